//! What the steward sees of letters: which were not taken and why, without an address or a text; and what can be done
//! about one: have it tried again, or clear it away. Sending them is `outbox`'s.

pub mod api;
pub mod pages;
mod verbs;
mod view;

pub use view::LetterView;
