//! What the steward sees of letters: which were not taken and why, without an address or a text. Sending them is
//! `outbox`'s; here nothing is changed.

pub mod api;
mod verbs;
mod view;

pub use view::LetterView;
