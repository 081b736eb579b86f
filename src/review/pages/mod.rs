//! Pages: the log for auditors. Who did what, when, to which errand and by what right; never what an errand says.
//! Looking at it is itself an event. Beside the list: one event whole, and how the log stands with its last checks.

mod log;
mod one;
mod query;
mod state;
mod words;

pub use log::{get_log, get_table};
pub use one::get_event;
pub use state::{get_checkpoint, get_export, get_key, get_state, post_check};
