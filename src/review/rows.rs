//! Reads `audit_event` with the places in `audit_seq`; the table `log_check`.

use super::check::Found;
use super::verbs::EventFilter;
use crate::audit::Outcome;
use crate::clock::Instant;
use crate::db::schema::{audit_event, audit_seq, log_check};
use crate::db::{Db, MultiBackend, amiss};
use crate::error::Result;
use crate::id::{BoardId, ErrandId, EventId, HomeId, Id, LogCheckId, PersonId};
use diesel::dsl::count_star;
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
    pub home: Option<HomeId>,
    pub index: Option<i64>,
}

/// Events with their places, in the columns of [`EventRow`].
macro_rules! shown {
    () => {
        audit_event::table
            .left_join(audit_seq::table.on(audit_seq::event_id.eq(audit_event::id)))
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
                audit_event::home_id,
                audit_seq::leaf_index.nullable(),
            ))
    };
}

/// An event of the board.
pub(super) fn one(db: &mut Db, board: BoardId, id: EventId) -> Result<EventRow> {
    let one = shown!().filter(audit_event::id.eq(id).and(audit_event::board_id.eq(board)));
    Ok(one.first(db)?)
}

/// How many attempts of the board were refused since then.
pub(super) fn refused_since(db: &mut Db, board: BoardId, since: Instant) -> Result<u64> {
    let refused = audit_event::table
        .filter(audit_event::board_id.eq(board).and(amiss()))
        .filter(audit_event::outcome.eq(Outcome::Denied.as_str()))
        .filter(audit_event::at_ms.ge(since.millis() as i64));
    Ok(refused.count().get_result::<i64>(db)? as u64)
}

/// A query over events with their places, narrowed to a filter; `$errand` is the filter's errand.
macro_rules! narrowed {
    ($query:expr, $filter:expr, $errand:expr) => {{
        let (mut query, filter, of_errand) = ($query, $filter, $errand);
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
        query
    }};
}

/// How many of the board's events the filter lets through.
pub(super) fn count(db: &mut Db, board: BoardId, (filter, of_errand): (&EventFilter, Option<ErrandId>)) -> Result<u64> {
    let of_board = audit_event::table
        .left_join(audit_seq::table.on(audit_seq::event_id.eq(audit_event::id)))
        .select(count_star())
        .filter(audit_event::board_id.eq(board))
        .into_boxed::<MultiBackend>();
    let count: i64 = narrowed!(of_board, filter, of_errand).first(db)?;
    Ok(count as u64)
}

/// A page of the board's events that the filter lets through, newest first. `errand` is the filter's errand.
pub(super) fn page(
    db: &mut Db,
    board: BoardId,
    (filter, of_errand): (&EventFilter, Option<ErrandId>),
    (after, limit): (Option<EventId>, usize),
) -> Result<Vec<EventRow>> {
    let mut query = shown!()
        .filter(audit_event::board_id.eq(board))
        .order(audit_event::id.desc())
        .limit(limit as i64)
        .into_boxed::<MultiBackend>();
    if let Some(after) = after {
        query = query.filter(audit_event::id.lt(after));
    }
    Ok(narrowed!(query, filter, of_errand).load(db)?)
}

/// An id of that instant, with the rest of its bits; to find a stretch of time by the index over ids.
fn id_at(at: Instant, rest: u128) -> EventId {
    let millis = u128::try_from(at.micros() / 1000).unwrap_or(0);
    Id::of(Uuid::from_u128(millis << 80 | rest))
}

/// A check of a log, as it was asked for and what came of it.
#[derive(Debug, Clone, Queryable)]
pub(super) struct CheckRow {
    pub id: LogCheckId,
    pub board: BoardId,
    pub asked_by: Option<PersonId>,
    pub asked_at: Instant,
    pub done_at: Option<Instant>,
    pub verdict: Option<String>,
    pub events: i64,
    pub signed: i64,
    pub findings: i64,
    pub words: String,
}

impl CheckRow {
    /// One that is only asked for.
    pub(super) fn asked(id: LogCheckId, board: BoardId, by: Option<PersonId>, at: Instant) -> CheckRow {
        CheckRow {
            id,
            board,
            asked_by: by,
            asked_at: at,
            done_at: None,
            verdict: None,
            events: 0,
            signed: 0,
            findings: 0,
            words: String::new(),
        }
    }
}

pub(super) fn insert_check(db: &mut Db, row: &CheckRow) -> Result<()> {
    diesel::insert_into(log_check::table)
        .values((
            log_check::id.eq(row.id),
            log_check::board_id.eq(row.board),
            log_check::asked_by.eq(row.asked_by),
            log_check::asked_at.eq(row.asked_at),
            log_check::events.eq(row.events),
            log_check::signed.eq(row.signed),
            log_check::findings.eq(row.findings),
            log_check::words.eq(&row.words),
        ))
        .execute(db)?;
    Ok(())
}

pub(super) fn finish_check(db: &mut Db, id: LogCheckId, found: &Found) -> Result<()> {
    diesel::update(log_check::table.find(id))
        .set((
            log_check::done_at.eq(found.done_at),
            log_check::verdict.eq(found.verdict.as_str()),
            log_check::events.eq(found.events),
            log_check::signed.eq(found.signed),
            log_check::findings.eq(found.findings),
            log_check::words.eq(&found.words),
        ))
        .execute(db)?;
    Ok(())
}

pub(super) fn one_check(db: &mut Db, id: LogCheckId) -> Result<CheckRow> {
    Ok(log_check::table.find(id).first(db)?)
}

/// A board's checks, newest first.
pub(super) fn checks(
    db: &mut Db,
    board: BoardId,
    (after, limit): (Option<LogCheckId>, usize),
) -> Result<Vec<CheckRow>> {
    let mut query = log_check::table
        .filter(log_check::board_id.eq(board))
        .order(log_check::id.desc())
        .limit(limit as i64)
        .into_boxed::<MultiBackend>();
    if let Some(after) = after {
        query = query.filter(log_check::id.lt(after));
    }
    Ok(query.load(db)?)
}

/// The board's newest check that has come to its end.
pub(super) fn newest_done(db: &mut Db, board: BoardId) -> Result<Option<CheckRow>> {
    let done = log_check::table.filter(log_check::board_id.eq(board).and(log_check::done_at.is_not_null()));
    Ok(done.order(log_check::id.desc()).first(db).optional()?)
}
