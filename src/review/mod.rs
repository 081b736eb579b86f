//! Reviewing the log: the law wants who has read what checked systematically and recurringly (lag 2001:454, 10 §).
//! Owns what auditors are shown of the log and how they narrow it, has the log checked, and gives its checkpoint, key
//! and export out. It never shows content or free text, never crosses a board, and writes nothing but the events of its
//! own reading and what checks found.

pub mod api;
mod check;
pub mod pages;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod verbs;
mod view;

pub use check::{CheckVerdict, check_daily, check_log};
pub use table::{Table, TableForm, table_of};
pub use verbs::{ErrandNamed, EventFilter, Export, Places, download_of};
pub use view::{
    CheckState, CheckView, EventActor, EventView, EventWhole, LogState, NeighbourView, PlaceView, SignedState,
};
