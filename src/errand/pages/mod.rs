//! Pages: a home's start, writing a message, handing in receipts, lists, one errand with what is said and noted in it.
//! Each handler calls the same verbs as the API; what a home's page is made of has no place for a note.

mod act;
mod cards;
mod claim;
mod facts;
mod list;
mod said;
mod start;
mod thread;
mod words;
mod write;

pub use act::{post_assignee, post_note, post_reply, post_state};
pub use claim::{get_claim, post_claim};
pub use list::get_list;
pub use start::get_start;
pub use thread::{get_done, get_thread};
pub use write::{get_write, post_write};

#[cfg(test)]
mod tests;
