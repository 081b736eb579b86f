//! How the service is, as the steward of a board sees it: what answers, how the board's log stands, which letters wait,
//! when everything was last copied, which version runs. It owns no table and holds nothing of a person; what load
//! balancers ask is `server/health.rs`.

pub mod api;
pub mod pages;
mod verbs;
mod view;

pub use verbs::health;
pub use view::{HealthView, LettersView, LogView, Part, PartView};
