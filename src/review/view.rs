//! What an auditor is shown of an event: who, when, what was done to which thing, and by which relation. Never what
//! the thing says.

use crate::audit::{Action, Outcome, Relation};
use crate::clock::Instant;
use crate::errand::ErrandNumber;
use crate::id::{EventId, PersonId};
use serde::Serialize;
use uuid::Uuid;

/// An event of the log. Where a part of it was erased by order, what that part said is left out.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EventView {
    pub event_id: EventId,
    /// Its place in its epoch's log, counted from 0; null for the moment it waits for one.
    #[schema(required = true)]
    pub index: Option<u64>,
    pub at: Instant,
    /// Null when erased.
    #[schema(required = true)]
    pub action: Option<Action>,
    /// Null when erased.
    #[schema(required = true)]
    pub outcome: Option<Outcome>,
    pub actor: EventActor,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errand_number: Option<ErrandNumber>,
    /// What kind of thing, such as `errand`, `file` or `event`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_id: Option<Uuid>,
    /// What the person had to do with the thing; `none` in most denials. Null when erased.
    #[schema(required = true)]
    pub relation: Option<Relation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
}

/// Who did it; empty for what the program does by itself.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EventActor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The role in which the person acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The name of the unit on whose behalf it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// The state of a board's newest log, for pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogState {
    /// Counted from 1.
    pub epoch: u64,
    /// Events that have their places.
    pub placed: u64,
    /// Events that wait for theirs.
    pub waiting: u64,
    /// What was signed last; `None` until the first event is.
    pub signed: Option<SignedState>,
    /// The log's name and the key that checks its signatures, as verifiers take it.
    pub key: String,
}

/// What the newest checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedState {
    /// How many events it counts.
    pub size: u64,
    /// The root over them, in base64 as it stands in the note.
    pub root: String,
}
