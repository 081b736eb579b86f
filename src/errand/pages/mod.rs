//! Pages: a home's start, writing a message, handing in receipts, lists, one errand with what is said and noted in it.
//! Each handler calls the same verbs as the API; what a home's page is made of has no place for a note.

mod act;
mod awards;
mod cards;
mod check;
mod claim;
mod claim_check;
mod decide;
mod door;
mod drafts;
mod drives;
mod facts;
mod form;
mod former;
mod list;
mod pane;
mod paper;
mod protected;
mod purchase;
mod query;
mod review;
mod said;
mod start;
mod team;
mod thread;
mod travel;
mod typed;
mod without;
mod words;
mod write;
mod wrong;

pub use act::{post_assignee, post_note, post_reply, post_state};
pub use awards::get_awards;
pub use claim::{get_claim, post_claim};
pub use decide::post_decision;
pub use door::post_opening;
pub use former::get_former;
pub use list::get_list;
pub use protected::post_protected;
pub use purchase::{get_purchase, post_purchase};
pub use review::{get_review, post_review};
pub use start::get_start;
pub use thread::{get_done, get_thread};
pub use travel::{get_travel, post_travel};
pub(crate) use words::receipt_category;
pub use write::{get_write, post_write};
pub use wrong::{get_isolation, get_report, post_isolation, post_report};

#[cfg(test)]
mod tests;
