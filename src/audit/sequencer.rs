//! From pending to sequenced: gives events contiguous indexes and extends the tree. Rows are taken from
//! `audit_pending`, never "id greater than the last": ids are not in the order of commits. Several instances may run
//! it at once; the tree's row lock and the compare-and-swap on its size keep it one tree.

use super::leaf::Leaf;
use super::merkle::Frontier;
use crate::db::housekeeping::Chore;
use crate::db::schema::{audit_event, audit_pending, audit_seq, audit_tree};
use crate::db::{Db, Keep, Store, filled_up};
use crate::error::{Error, Result};
use crate::id::{BoardId, EventId};
use diesel::prelude::*;

/// Events given their places in one transaction.
const BATCH: i64 = 256;

pub static SEQUENCE: Chore = Chore {
    name: "sequence the log",
    tables: &["audit_pending", "audit_event", "audit_seq", "audit_tree"],
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

/// Sequences what is pending, in batches, until nothing is left. Gives how many events got their place.
pub async fn sequence_all(store: &Store) -> Result<usize> {
    let mut all = 0;
    loop {
        // A look first, so that an idle server writes nothing.
        let waiting = store
            .survey(&SEQUENCE, |db| {
                Ok(audit_pending::table.count().get_result::<i64>(db)?)
            })
            .await?;
        if waiting == 0 {
            return Ok(all);
        }
        let placed = store.chore(&SEQUENCE, batch).await?;
        if placed == 0 {
            return Ok(all); // what remains has lost its event: for the verification to tell
        }
        all += placed;
    }
}

/// The event of a pending row, if it is there. Asked for row by row: joined, SQLite would walk all events for the few
/// that wait.
#[diesel::dsl::auto_type]
fn own_event() -> _ {
    audit_event::table
        .filter(audit_event::id.eq(audit_pending::event_id))
        .filter(audit_event::board_id.eq(audit_pending::board_id))
}

fn batch(db: &mut Db) -> Result<usize> {
    // Of those whose event is there: one that has lost its own must not hold the others up.
    let first: Option<BoardId> = audit_pending::table
        .filter(diesel::dsl::exists(own_event()))
        .select(audit_pending::board_id)
        .first(db)
        .optional()?;
    let Some(board) = first else { return Ok(0) };
    let tree = audit_tree::table.filter(audit_tree::board_id.eq(board));
    // The row lock first: it makes instances come one after the other.
    diesel::update(tree)
        .set(audit_tree::size.eq(audit_tree::size))
        .kept()
        .execute(db)?;
    let (epoch, size, frontier): (i64, i64, Vec<u8>) = tree
        .select((audit_tree::epoch, audit_tree::size, audit_tree::frontier))
        .order(audit_tree::epoch.desc())
        .first(db)?;
    let mut grown = Frontier::from_bytes(size as u64, &frontier).map_err(Error::fault)?;
    let next: Vec<EventId> = audit_pending::table
        .filter(audit_pending::board_id.eq(board))
        .filter(diesel::dsl::exists(own_event()))
        .select(audit_pending::event_id)
        .order(audit_pending::event_id)
        .limit(BATCH)
        .load(db)?;
    let waiting: Vec<(EventId, Vec<u8>)> = audit_event::table
        .filter(audit_event::id.eq_any(filled_up(&next)))
        .select((audit_event::id, audit_event::leaf))
        .order(audit_event::id)
        .kept()
        .load(db)?;
    let mut rows = Vec::with_capacity(waiting.len());
    for (event_id, leaf) in waiting {
        let hash = Leaf::try_from(&leaf[..]).map_err(Error::fault)?.hash();
        let leaf_index = grown.size() as i64;
        rows.push(SeqRow {
            board_id: board,
            epoch,
            leaf_index,
            event_id,
            leaf_hash: hash.to_vec(),
        });
        grown.push(hash);
    }
    place(db, &rows, (board, epoch, size), &grown)?;
    Ok(rows.len())
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
    crate::insert_all!(&mut *db, audit_seq::table, rows)?;
    let placed = audit_seq::table
        .filter(audit_seq::board_id.eq(board).and(audit_seq::epoch.eq(epoch)))
        .filter(audit_seq::leaf_index.ge(size))
        .select(audit_seq::event_id);
    diesel::delete(audit_pending::table.filter(audit_pending::event_id.eq_any(placed))).execute(db)?;
    let tree = audit_tree::table.find((board, epoch)).filter(audit_tree::size.eq(size));
    let swapped = diesel::update(tree)
        .set((
            audit_tree::size.eq(grown.size() as i64),
            audit_tree::root.eq(&grown.root()[..]),
            audit_tree::frontier.eq(grown.to_bytes()),
        ))
        .kept()
        .execute(db)?;
    if swapped == 1 {
        Ok(())
    } else {
        Err(Error::Conflict("tree-moved"))
    }
}
