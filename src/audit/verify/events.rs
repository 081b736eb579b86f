//! One event's row by itself, and the events that have no place in the log.

use super::board::Bench;
use super::report::MOST_NAMED;
use super::{FindingKind, LATE};
use crate::audit::finding::Finding;
use crate::audit::leaf::Part;
use crate::audit::merkle::Hash;
use crate::audit::tables::{self, EventRow};
use crate::clock::Instant;
use crate::crypt::BoardKeys;
use crate::db::Db;
use crate::db::schema::{audit_event, audit_pending, audit_seq};
use crate::db::types::RawId;
use crate::error::Result;
use crate::id::BoardId;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Rows of `audit_pending` read at a time.
const PAGE: i64 = 1000;

/// Checks what only the row can show: whose board's it is, ids that are none, the seal of the salts. Gives the salts
/// if they open and fit.
pub(super) fn examine(
    event: &EventRow,
    id: Option<Uuid>,
    board: BoardId,
    keys: Option<&BoardKeys>,
    found: &mut Vec<FindingKind>,
) -> Option<Zeroizing<Vec<u8>>> {
    if event.board != RawId::from(board) {
        found.push(FindingKind::OfOtherBoard);
    }
    found.extend(event.no_ids().map(FindingKind::Column));
    let opened = event.open_salts(keys?, id?).ok();
    let fitting = opened.filter(|opened| tables::salts_of(event, opened).is_ok());
    if fitting.is_none() {
        found.push(FindingKind::SaltsSealed);
    }
    fitting
}

/// A row of `audit_pending`, its event, and the index of the place it has already, if it has.
type PendingRow = (RawId, Option<EventRow>, Option<i64>);

/// Checks the events that wait for their places.
pub(super) fn pending(bench: &mut Bench<'_>) -> Result<()> {
    let mut after = None;
    loop {
        let page = pending_page(bench.db, bench.board, after.take())?;
        for row in &page {
            let findings = waiting(bench, row);
            bench.report.take(&bench.slug, findings);
        }
        match page.into_iter().last() {
            Some((id, ..)) => after = Some(id),
            None => return Ok(()),
        }
    }
}

fn pending_page(db: &mut Db, board: BoardId, after: Option<RawId>) -> Result<Vec<PendingRow>> {
    let mut query = audit_pending::table
        .left_join(audit_event::table.on(audit_event::id.eq(audit_pending::event_id)))
        .left_join(audit_seq::table.on(audit_seq::event_id.eq(audit_pending::event_id)))
        .filter(audit_pending::board_id.eq(board))
        .select((
            audit_pending::event_id,
            tables::event_columns(),
            audit_seq::leaf_index.nullable(),
        ))
        .order(audit_pending::event_id)
        .limit(PAGE)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(audit_pending::event_id.gt(after));
    }
    Ok(query.load(db)?)
}

/// Judges an event that waits for its place: what of it is not as this program writes events, and the hash of its leaf.
pub(in crate::audit) fn judge_waiting(
    event: &EventRow,
    id: Option<Uuid>,
    board: BoardId,
    keys: Option<&BoardKeys>,
) -> (Option<Hash>, Vec<FindingKind>) {
    let mut found = Vec::new();
    let salts = examine(event, id, board, keys, &mut found);
    let salts = salts.as_ref().and_then(|opened| tables::salts_of(event, opened).ok());
    let hash = event.stored(salts).check(id.unwrap_or_default(), &mut found);
    // Only what has its place can have been ordered to be erased.
    let missing = Part::ALL.into_iter().zip(event.texts());
    found.extend(missing.filter_map(|(part, text)| text.is_none().then_some(FindingKind::ErasedUnordered(part))));
    (hash, found)
}

fn waiting(bench: &Bench<'_>, (id, event, place): &PendingRow) -> Vec<Finding> {
    let (event_id, mut found) = (id.uuid(), Vec::new());
    if place.is_some() {
        found.push(FindingKind::PendingPlaced);
    }
    match event {
        None => found.push(FindingKind::PendingLost),
        Some(event) => {
            found.extend(judge_waiting(event, event_id, bench.board, bench.keys.as_deref()).1);
            let waited = bench.asked.now.since(written_at(event.at_ms));
            if waited > LATE {
                found.push(FindingKind::PendingLong(waited.as_secs()));
            }
        }
    }
    let index = place.map(|index| index as u64);
    let name = |what| Finding { event_id, index, what };
    found.into_iter().map(name).collect()
}

/// The instant of an event, from its milliseconds since 1970 UTC.
pub(super) const fn written_at(at_ms: i64) -> Instant {
    Instant::from_micros(at_ms.saturating_mul(1000))
}

/// Finds events of the board that neither have a place in its log nor wait for one.
pub(super) fn unplaced(bench: &mut Bench<'_>) -> Result<()> {
    let placed = audit_seq::table
        .filter(audit_seq::event_id.eq(audit_event::id))
        .filter(audit_seq::board_id.eq(audit_event::board_id));
    let waiting = audit_pending::table
        .filter(audit_pending::event_id.eq(audit_event::id))
        .filter(audit_pending::board_id.eq(audit_event::board_id));
    let lost: Vec<RawId> = audit_event::table
        .filter(audit_event::board_id.eq(bench.board))
        .filter(not(exists(placed)).and(not(exists(waiting))))
        .select(audit_event::id)
        .order(audit_event::id)
        .limit(MOST_NAMED as i64 + 1)
        .load(bench.db)?;
    for id in lost {
        bench.report.find(&bench.slug, id.uuid(), None, FindingKind::Unplaced);
    }
    Ok(())
}
