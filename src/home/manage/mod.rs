//! Homes, their members and assignments as staff keeps them: the team lead of the unit writes, whoever has a relation to
//! the home reads. All of it is dated, what was before a change stays, and an end takes sight and sessions with it.

pub mod api;
mod assignments;
mod homes;
mod members;
mod rows;
mod view;

pub use assignments::{AssignmentBody, AssignmentChange};
pub use homes::{HomeBody, HomeChange};
pub use members::{MemberBody, MemberChange};
