//! What an auditor is shown of an event: who, when, what was done to which thing, and by which relation. Never what
//! the thing says.

use super::check::{AT_MOST, CheckVerdict};
use super::rows::CheckRow;
use crate::audit::one::{Neighbour, OneEvent};
use crate::audit::{Action, Outcome, Relation};
use crate::clock::Instant;
use crate::errand::ErrandNumber;
use crate::error::Result;
use crate::id::{EventId, HomeId, LogCheckId, PersonId};
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
    /// The home it was about; in a denial the one that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_id: Option<HomeId>,
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
#[derive(Debug, Clone)]
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
    /// The newest check that has come to its end.
    pub checked: Option<CheckView>,
}

/// What the newest checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedState {
    /// How many events it counts.
    pub size: u64,
    /// The root over them, in base64 as it stands in the note.
    pub root: String,
    /// The whole signed note.
    pub note: String,
}

/// An event whole: what its row says and what proves it. Hashes are in hex.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EventWhole {
    #[serde(flatten)]
    pub event: EventView,
    /// Core as it is stored, byte for byte; null when erased.
    #[schema(required = true)]
    pub core: Option<String>,
    #[schema(required = true)]
    pub actor_part: Option<String>,
    #[schema(required = true)]
    pub subject: Option<String>,
    /// To core, actor and subject.
    pub commitments: [String; 3],
    /// Sixty bytes.
    pub leaf: String,
    /// Null for the moment it waits for its place.
    #[schema(required = true)]
    pub place: Option<PlaceView>,
    /// What does not fit together in it, in plain sentences; empty when all does.
    pub faults: Vec<String>,
}

/// Where an event stands in the tree.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PlaceView {
    pub epoch: u64,
    pub index: u64,
    /// The hash under which the tree knows the leaf.
    pub leaf_hash: String,
    /// The event before it in the log.
    #[schema(required = true)]
    pub before: Option<NeighbourView>,
    /// The event after it.
    #[schema(required = true)]
    pub after: Option<NeighbourView>,
    /// The size of the first checkpoint that counts it.
    #[schema(required = true)]
    pub checkpoint_size: Option<u64>,
    /// That checkpoint, the whole signed note.
    #[schema(required = true)]
    pub checkpoint: Option<String>,
}

/// The event beside another.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NeighbourView {
    pub event_id: EventId,
    pub leaf_hash: String,
}

impl EventWhole {
    pub(super) fn of(event: EventView, whole: OneEvent) -> EventWhole {
        let [core, actor_part, subject] = whole.texts;
        let part = |at: usize| hex::encode(whole.commitments.get(at * 32..(at + 1) * 32).unwrap_or_default());
        let beside = |one: Neighbour| NeighbourView {
            event_id: one.event_id,
            leaf_hash: hex::encode(one.leaf_hash),
        };
        EventWhole {
            event,
            core,
            actor_part,
            subject,
            commitments: [part(0), part(1), part(2)],
            leaf: hex::encode(&whole.leaf),
            place: whole.place.map(|place| PlaceView {
                epoch: place.epoch,
                index: place.index,
                leaf_hash: hex::encode(place.leaf_hash),
                before: place.before.map(beside),
                after: place.after.map(beside),
                checkpoint_size: place.checkpoint.as_ref().map(|(size, _)| *size),
                checkpoint: place.checkpoint.map(|(_, note)| note),
            }),
            faults: whole.faults,
        }
    }
}

crate::closed_list! {
    /// How far a check of the log has come.
    CheckState {
        Running = "running",
        Done = "done",
        /// The program ended before the check did.
        BrokenOff = "broken_off",
    }
}

/// A check of the whole log.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CheckView {
    pub id: LogCheckId,
    pub state: CheckState,
    /// Who asked for it; null where the program did by itself.
    #[schema(required = true)]
    pub asked_by: Option<String>,
    pub asked_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<CheckVerdict>,
    /// Events that were checked.
    pub events: u64,
    /// Of these, those that a checkpoint counts.
    pub signed: u64,
    /// How many things are wrong.
    pub findings: u64,
    /// The first of them, a sentence each, in the words of `famn audit verify`.
    pub words: Vec<String>,
}

impl CheckView {
    pub(super) fn of(row: CheckRow, asked_by: Option<String>, now: Instant) -> Result<CheckView> {
        let state = match row.done_at {
            Some(_) => CheckState::Done,
            None if now.since(row.asked_at) < AT_MOST => CheckState::Running,
            None => CheckState::BrokenOff,
        };
        Ok(CheckView {
            id: row.id,
            state,
            asked_by,
            asked_at: row.asked_at,
            done_at: row.done_at,
            verdict: row.verdict.as_deref().map(CheckVerdict::stored).transpose()?,
            events: row.events as u64,
            signed: row.signed as u64,
            findings: row.findings as u64,
            words: row.words.lines().map(str::to_owned).collect(),
        })
    }
}
