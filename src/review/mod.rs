//! Reviewing the log: the law wants who has read what checked systematically and recurringly (lag 2001:454, 10 §).
//! Owns what auditors are shown of the log and how they narrow it, and gives the log's checkpoint, key and export out.
//! It never shows content or free text, never crosses a board, and writes nothing but the events of its own reading.

pub mod api;
mod rows;
#[cfg(test)]
mod tests;
mod verbs;
mod view;

pub use verbs::{ErrandNamed, EventFilter, Export, Places, lines};
pub use view::{EventActor, EventView, LogState, SignedState};
