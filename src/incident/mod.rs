//! The register of personal data breaches (GDPR art. 33.5): one incident for each file or message that was taken out of
//! view, with the 72 hours within which the supervisory authority is to be told (art. 33.1). The data protection
//! officer writes the record, closes it, and lets the item be seen again. Owns the table of incidents. It knows the
//! number of an errand and nothing of what lies in it.

pub mod api;
pub mod pages;
mod rows;
mod verbs;
mod view;

pub(crate) use verbs::Discovered;
pub use verbs::{IncidentChange, NewLift, NewRecord};
pub use view::{IncidentRecord, IncidentRow, IncidentView};

crate::closed_list! {
    /// How far an incident has come.
    IncidentState {
        Open = "open",
        /// What happened and what it leads to is written down.
        Assessed = "assessed",
        /// The record is whole; it is not changed any more.
        Closed = "closed",
    }
}
