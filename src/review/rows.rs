//! Reads `audit_event` with the places in `audit_seq`.

use super::verbs::EventFilter;
use crate::audit::Outcome;
use crate::clock::Instant;
use crate::db::schema::{audit_event, audit_seq};
use crate::db::{Db, MultiBackend, amiss};
use crate::error::Result;
use crate::id::{BoardId, ErrandId, EventId, Id, PersonId};
use diesel::prelude::*;
use std::time::Duration;
use uuid::Uuid;

/// By how much an event's id, which begins with the time, may depart from its instant: clocks are set right.
const ID_MAY_DEPART: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// An event as it lies in the tables.
#[derive(Queryable)]
pub(super) struct EventRow {
    pub id: EventId,
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
    pub core: Option<String>,
    pub subject: Option<String>,
    pub action: Option<String>,
    pub outcome: Option<String>,
    pub person: Option<PersonId>,
    pub role: Option<String>,
    pub errand: Option<ErrandId>,
    pub index: Option<i64>,
}

/// A page of the board's events that the filter lets through, newest first. `errand` is the filter's errand.
pub(super) fn page(
    db: &mut Db,
    board: BoardId,
    (filter, of_errand): (&EventFilter, Option<ErrandId>),
    (after, limit): (Option<EventId>, usize),
) -> Result<Vec<EventRow>> {
    let mut query = audit_event::table
        .left_join(audit_seq::table.on(audit_seq::event_id.eq(audit_event::id)))
        .filter(audit_event::board_id.eq(board))
        .select((
            audit_event::id,
            audit_event::at_ms,
            audit_event::core,
            audit_event::subject,
            audit_event::action,
            audit_event::outcome,
            audit_event::person_id,
            audit_event::role,
            audit_event::errand_id,
            audit_seq::leaf_index.nullable(),
        ))
        .order(audit_event::id.desc())
        .limit(limit as i64)
        .into_boxed::<MultiBackend>();
    if let Some(after) = after {
        query = query.filter(audit_event::id.lt(after));
    }
    if let Some(person) = filter.person {
        query = query.filter(audit_event::person_id.eq(person));
    }
    if let Some(id) = of_errand {
        query = query.filter(audit_event::errand_id.eq(id));
    }
    if let Some(home) = filter.home {
        query = query.filter(audit_event::home_id.eq(home));
    }
    let of_one = filter.person.is_some() || of_errand.is_some() || filter.home.is_some();
    if let Some(action) = filter.action {
        // SQLite goes by the index with the most columns that fit, and one person's acts are fewer than all of a kind.
        query = match of_one {
            true => query.filter(audit_event::action.concat("").eq(action.as_str())),
            false => query.filter(audit_event::action.eq(action.as_str())),
        };
    }
    if let Some(outcome) = filter.outcome {
        query = query.filter(audit_event::outcome.eq(outcome.as_str()));
        if outcome != Outcome::Ok {
            query = query.filter(amiss());
        }
    }
    if let Some(epoch) = filter.epoch {
        query = query.filter(audit_seq::epoch.eq(i64::try_from(epoch).unwrap_or(0)));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_event::at_ms.ge(from.millis() as i64));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit_event::at_ms.le(to.millis() as i64));
    }
    // Without anything else to go by, the index over ids finds the stretch of time.
    let (from, to) = if of_one { (None, None) } else { (filter.from, filter.to) };
    if let Some(from) = from {
        query = query.filter(audit_event::id.ge(id_at(from.minus(ID_MAY_DEPART), 0)));
    }
    if let Some(to) = to {
        query = query.filter(audit_event::id.le(id_at(to.plus(ID_MAY_DEPART), u128::MAX >> 48)));
    }
    Ok(query.load(db)?)
}

/// An id of that instant, with the rest of its bits; to find a stretch of time by the index over ids.
fn id_at(at: Instant, rest: u128) -> EventId {
    let millis = u128::try_from(at.micros() / 1000).unwrap_or(0);
    Id::of(Uuid::from_u128(millis << 80 | rest))
}
