//! Homes, their members and assignments as staff keeps them: the team lead of the unit writes, whoever has a relation
//! to the home reads. All of it is dated, what was before a change stays, and an end takes sight and sessions with it.

pub mod api;
mod assignments;
mod homes;
mod members;
pub(in crate::home) mod rows;
mod view;
mod whole;

pub use assignments::{AssignmentBody, AssignmentChange, DeputyBody, ServiceUserBody};
pub use homes::{HomeBody, HomeChange};
pub use members::{Invited, MemberBody, MemberChange};
pub use view::{
    AssignmentDetail, AssignmentPast, DeputyView, HomeDetail, HomePast, MemberState, MemberView, NamedPerson,
};
