//! One event with everything that proves it: its texts and commitments, its leaf, its place in the tree with the leaves
//! beside it, and the first checkpoint that counts it.

use super::finding::{Finding, FindingKind};
use super::tables::{self, EventRow};
use crate::crypt::BoardKeys;
use crate::db::Db;
use crate::db::schema::{audit_checkpoint, audit_event, audit_seq};
use crate::error::Result;
use crate::id::{BoardId, EventId, Id};
use diesel::prelude::*;

/// An event, whole.
#[derive(Debug, Clone)]
pub struct OneEvent {
    /// Core, actor and subject as they are stored; `None` is erased.
    pub texts: [Option<String>; 3],
    /// To core, actor and subject, one after another: 96 bytes.
    pub commitments: Vec<u8>,
    pub leaf: Vec<u8>,
    /// `None` for the moment it waits for its place.
    pub place: Option<Place>,
    /// What does not fit together in it, in plain sentences; nothing where all does.
    pub faults: Vec<String>,
}

/// Where an event stands.
#[derive(Debug, Clone)]
pub struct Place {
    pub epoch: u64,
    /// Counted from 0.
    pub index: u64,
    pub leaf_hash: Vec<u8>,
    pub before: Option<Neighbour>,
    pub after: Option<Neighbour>,
    /// Size and note of the first checkpoint that counts it; `None` for the second until one is signed.
    pub checkpoint: Option<(u64, String)>,
}

/// The event before or after.
#[derive(Debug, Clone)]
pub struct Neighbour {
    pub event_id: EventId,
    pub leaf_hash: Vec<u8>,
}

/// The event of that id, if it is the board's.
///
/// # Errors
/// When the database does not answer.
pub fn find(db: &mut Db, keys: &BoardKeys, id: EventId) -> Result<Option<OneEvent>> {
    let board = keys.board();
    let row: Option<Option<EventRow>> = audit_event::table
        .filter(audit_event::id.eq(id).and(audit_event::board_id.eq(board)))
        .select(tables::event_columns())
        .first(db)
        .optional()?;
    let Some(row) = row.flatten() else { return Ok(None) };
    let place = place(db, board, id)?;
    let faults = faults(&row, keys, id, place.as_ref());
    let [core, actor, subject] = row.texts().map(|text| text.map(ToOwned::to_owned));
    Ok(Some(OneEvent {
        texts: [core, actor, subject],
        commitments: row.commitments,
        leaf: row.leaf,
        place,
        faults,
    }))
}

/// What does not fit together: texts with commitments, commitments with the leaf, the leaf with its hash in the tree.
fn faults(row: &EventRow, keys: &BoardKeys, id: EventId, place: Option<&Place>) -> Vec<String> {
    let mut found = Vec::new();
    let opened = row.open_salts(keys, id.uuid()).ok();
    let salts = opened.as_ref().and_then(|opened| tables::salts_of(row, opened).ok());
    if salts.is_none() {
        found.push(FindingKind::SaltsSealed);
    }
    let hash = row.stored(salts).check(id.uuid(), &mut found);
    if let (Some(hash), Some(place)) = (hash, place)
        && place.leaf_hash != hash
    {
        found.push(FindingKind::LeafHashChanged);
    }
    let tell = |what| Finding {
        event_id: None,
        index: None,
        what,
    };
    found.into_iter().map(|what| tell(what).to_string()).collect()
}

fn place(db: &mut Db, board: BoardId, id: EventId) -> Result<Option<Place>> {
    let found: Option<(i64, i64, Vec<u8>)> = audit_seq::table
        .filter(audit_seq::event_id.eq(id).and(audit_seq::board_id.eq(board)))
        .select((audit_seq::epoch, audit_seq::leaf_index, audit_seq::leaf_hash))
        .first(db)
        .optional()?;
    let Some((epoch, index, leaf_hash)) = found else {
        return Ok(None);
    };
    let checkpoint: Option<(i64, String)> = audit_checkpoint::table
        .filter(
            audit_checkpoint::board_id
                .eq(board)
                .and(audit_checkpoint::epoch.eq(epoch)),
        )
        .filter(audit_checkpoint::size.gt(index))
        .select((audit_checkpoint::size, audit_checkpoint::note))
        .order(audit_checkpoint::size)
        .first(db)
        .optional()?;
    Ok(Some(Place {
        epoch: epoch as u64,
        index: index as u64,
        leaf_hash,
        before: neighbour(db, (board, epoch, index - 1))?,
        after: neighbour(db, (board, epoch, index + 1))?,
        checkpoint: checkpoint.map(|(size, note)| (size as u64, note)),
    }))
}

fn neighbour(db: &mut Db, at: (BoardId, i64, i64)) -> Result<Option<Neighbour>> {
    let found: Option<(Id<crate::id::of::Event>, Vec<u8>)> = audit_seq::table
        .find(at)
        .select((audit_seq::event_id, audit_seq::leaf_hash))
        .first(db)
        .optional()?;
    Ok(found.map(|(event_id, leaf_hash)| Neighbour { event_id, leaf_hash }))
}
