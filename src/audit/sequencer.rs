//! From pending to sequenced: gives events contiguous indexes and extends the tree. Rows are taken from
//! `audit_pending`, never "id greater than the last": ids are not in the order of commits. Several instances may run
//! it at once; the tree's row lock and the compare-and-swap on its size keep it one tree. Only what this program wrote
//! gets a place: all of an event is checked before, as the verification checks it.

use super::finding::FindingKind;
use super::merkle::{Frontier, Hash};
use super::tables::{self, EventRow};
use super::verify;
use super::watch::Watch;
use crate::crypt::{BoardKeys, Keyring};
use crate::db::housekeeping::Chore;
use crate::db::schema::{audit_event, audit_pending, audit_seq, audit_tree};
use crate::db::types::RawId;
use crate::db::{Db, Keep, Store, filled_up};
use crate::error::{Error, Result};
use crate::id::{BoardId, EventId, Id};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Events given their places in one transaction.
const BATCH: usize = 256;
/// Rows of `audit_pending` read at a time.
const PAGE: i64 = 1024;

pub static SEQUENCE: Chore = Chore {
    name: "sequence the log",
    tables: &["audit_pending", "audit_event", "audit_seq", "audit_tree", "board_key"],
};

#[derive(Insertable)]
#[diesel(table_name = audit_seq)]
pub(super) struct SeqRow {
    pub board_id: BoardId,
    pub epoch: i64,
    pub leaf_index: i64,
    pub event_id: EventId,
    pub leaf_hash: Vec<u8>,
}

/// Sequences what is pending, in batches, until nothing is left that can have a place. Gives how many events got
/// theirs. A row that is not as this program writes them is set aside and holds nobody up; nor does a board whose log
/// cannot be extended.
///
/// # Errors
/// The first of what went wrong, when all that could be done is done.
pub async fn sequence_all(store: &Store, keyring: &Arc<Keyring>, watch: &Watch) -> Result<usize> {
    let (mut all, mut failed) = (0, None);
    let mut left_alone = HashSet::new();
    loop {
        // A look first, so that an idle server writes nothing.
        let (aside, skip) = (watch.aside(), left_alone.clone());
        let next = store.survey(&SEQUENCE, move |db| waiting(db, &aside, &skip)).await?;
        watch.set_aside(next.strays);
        if let Some(still) = next.still_aside {
            watch.still_aside(still);
        }
        if next.boards.is_empty() {
            return failed.map_or(Ok(all), Err);
        }
        for (board, ids) in next.boards {
            let keyring = keyring.clone();
            let placed = store.chore(&SEQUENCE, move |db| batch(db, &keyring, board, &ids)).await;
            match placed {
                Ok(Batch { placed, aside }) => {
                    if placed == 0 && aside.is_empty() {
                        left_alone.insert(board); // another instance was here
                    }
                    all += placed;
                    watch.set_aside(aside);
                }
                Err(cause) => {
                    watch.tell(&cause);
                    left_alone.insert(board);
                    failed.get_or_insert(cause);
                }
            }
        }
    }
}

/// What waits.
#[derive(Default)]
struct Waiting {
    boards: BTreeMap<BoardId, Vec<EventId>>,
    /// Rows that name no event or no board.
    strays: Vec<(RawId, String)>,
    /// Of those that were set aside, those that still wait; `None` when not all was looked through.
    still_aside: Option<HashSet<RawId>>,
}

/// The next to be placed of each board, without those set aside.
fn waiting(db: &mut Db, aside: &HashSet<RawId>, skip: &HashSet<BoardId>) -> Result<Waiting> {
    let mut found = Waiting::default();
    let (mut still, mut fresh, mut after) = (HashSet::new(), 0, None::<RawId>);
    loop {
        let mut query = audit_pending::table
            .select((audit_pending::board_id, audit_pending::event_id))
            .order(audit_pending::event_id)
            .limit(PAGE)
            .into_boxed();
        if let Some(after) = after.take() {
            query = query.filter(audit_pending::event_id.gt(after));
        }
        let page: Vec<(RawId, RawId)> = query.load(db)?;
        for (board, event) in &page {
            match (board.uuid(), event.uuid()) {
                _ if aside.contains(event) => drop(still.insert(event.clone())),
                (Some(board), Some(id)) if !skip.contains(&Id::of(board)) => {
                    let of_board = found.boards.entry(Id::of(board)).or_default();
                    if of_board.len() < BATCH {
                        of_board.push(Id::of(id));
                        fresh += 1;
                    }
                }
                (Some(_), Some(_)) => {}
                _ => found
                    .strays
                    .push((event.clone(), "its row names no event or no board".into())),
            }
        }
        if page.len() < PAGE as usize {
            found.still_aside = Some(still);
            return Ok(found);
        }
        if fresh >= BATCH {
            return Ok(found);
        }
        after = page.into_iter().last().map(|(_, event)| event);
    }
}

/// What became of a batch.
struct Batch {
    placed: usize,
    aside: Vec<(RawId, String)>,
}

/// A row of `audit_pending` with its event, and the index of the place it has already.
type PendingRow = (RawId, Option<EventRow>, Option<i64>);

fn batch(db: &mut Db, keyring: &Keyring, board: BoardId, ids: &[EventId]) -> Result<Batch> {
    let tree = audit_tree::table.filter(audit_tree::board_id.eq(board));
    // The row lock first: it makes instances come one after the other.
    let locked = diesel::update(tree)
        .set(audit_tree::size.eq(audit_tree::size))
        .kept()
        .execute(db)?;
    let newest: Option<(i64, i64, Vec<u8>)> = tree
        .select((audit_tree::epoch, audit_tree::size, audit_tree::frontier))
        .order(audit_tree::epoch.desc())
        .first(db)
        .optional()?;
    let Some((epoch, size, frontier)) = newest else {
        let stray = |id: &EventId| (RawId::from(*id), format!("its board {board} has no log"));
        let aside = ids.iter().map(stray).collect();
        return Ok(Batch { placed: 0, aside });
    };
    if locked == 0 {
        return Err(Error::LogNotKept("audit_tree took 0 rows".into()));
    }
    let keys = keyring.of(db, board)?;
    let mut grown = Frontier::from_bytes(size as u64, &frontier).map_err(Error::fault)?;
    let (mut rows, mut aside) = (Vec::with_capacity(ids.len()), Vec::new());
    for (raw, event, place) in pending(db, board, ids)? {
        // Before it has a place, which nobody takes from it again.
        let judged = match (raw.uuid(), event, place) {
            (Some(id), Some(event), None) => judge(&event, id, &keys).map(|hash| (id, hash)),
            (_, None, _) => Err(FindingKind::PendingLost),
            _ => Err(FindingKind::PendingPlaced),
        };
        let (id, hash) = match judged {
            Ok(ours) => ours,
            Err(what) => {
                aside.push((raw, format!("board {board}: {what}")));
                continue;
            }
        };
        rows.push(SeqRow {
            board_id: board,
            epoch,
            leaf_index: grown.size() as i64,
            event_id: Id::of(id),
            leaf_hash: hash.to_vec(),
        });
        grown.push(hash);
    }
    place(db, &rows, (board, epoch, size), &grown)?;
    let placed = rows.len();
    Ok(Batch { placed, aside })
}

/// Those of these that still wait, with what is there of them.
fn pending(db: &mut Db, board: BoardId, ids: &[EventId]) -> Result<Vec<PendingRow>> {
    Ok(audit_pending::table
        .left_join(audit_event::table.on(audit_event::id.eq(audit_pending::event_id)))
        .left_join(audit_seq::table.on(audit_seq::event_id.eq(audit_pending::event_id)))
        .filter(audit_pending::event_id.eq_any(filled_up(ids)))
        .filter(audit_pending::board_id.eq(board))
        .select((
            audit_pending::event_id,
            tables::event_columns(),
            audit_seq::leaf_index.nullable(),
        ))
        .order(audit_pending::event_id)
        .kept()
        .load(db)?)
}

/// The hash of an event's leaf, if all of it fits together and its salts are sealed as only this program can seal them.
fn judge(event: &EventRow, id: Uuid, keys: &BoardKeys) -> Result<Hash, FindingKind> {
    let (hash, found) = verify::judge_waiting(event, Some(id), keys.board(), Some(keys));
    match (hash, found.into_iter().next()) {
        (_, Some(what)) => Err(what),
        (Some(hash), None) => Ok(hash),
        (None, None) => Err(FindingKind::CommitmentsLost),
    }
}

pub(super) fn place(
    db: &mut Db,
    rows: &[SeqRow],
    (board, epoch, size): (BoardId, i64, i64),
    grown: &Frontier,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    tables::rows_done(
        crate::insert_all!(&mut *db, audit_seq::table, rows),
        rows.len(),
        "audit_seq",
    )?;
    let ids: Vec<EventId> = rows.iter().map(|row| row.event_id).collect();
    let waited = audit_pending::table.filter(audit_pending::event_id.eq_any(filled_up(&ids)));
    let gone = diesel::delete(waited).kept().execute(db);
    tables::rows_done(gone, rows.len(), "audit_pending")?;
    let tree = audit_tree::table.find((board, epoch)).filter(audit_tree::size.eq(size));
    let swapped = diesel::update(tree)
        .set((
            audit_tree::size.eq(grown.size() as i64),
            audit_tree::root.eq(&grown.root()[..]),
            audit_tree::frontier.eq(grown.to_bytes()),
        ))
        .kept()
        .execute(db)?;
    if swapped != 1 {
        return Err(Error::Conflict("tree-moved"));
    }
    read_back(db, rows, (board, epoch, size))?;
    tables::tree_is(db, (board, epoch), grown)
}

/// Reads the new places after all else is done, with their events: what a trigger does at any of it is seen.
fn read_back(db: &mut Db, rows: &[SeqRow], (board, epoch, size): (BoardId, i64, i64)) -> Result<()> {
    let read: Vec<(i64, RawId, Vec<u8>, Option<RawId>)> = audit_seq::table
        .left_join(audit_event::table.on(audit_event::id.eq(audit_seq::event_id)))
        .filter(audit_seq::board_id.eq(board).and(audit_seq::epoch.eq(epoch)))
        .filter(audit_seq::leaf_index.ge(size))
        .select((
            audit_seq::leaf_index,
            audit_seq::event_id,
            audit_seq::leaf_hash,
            audit_event::id.nullable(),
        ))
        .order(audit_seq::leaf_index)
        .limit(rows.len() as i64)
        .load(db)?;
    let id = |row: &SeqRow| RawId::from(row.event_id);
    let written = |row: &SeqRow| (row.leaf_index, id(row), row.leaf_hash.clone(), Some(id(row)));
    tables::same(&read, &rows.iter().map(written).collect(), "audit_seq")
}
