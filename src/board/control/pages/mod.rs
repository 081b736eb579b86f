//! Pages: the board's settings in groups, each with a form of its own and a day from which it holds; their history; the
//! units.

mod groups;
mod settings;
mod typed;
mod units;

pub use settings::{get_group, get_settings, post_group};
pub use units::{get_units, post_unit};
