//! The log's rows as they stand in the tables, page by page, and how an event's salts are opened. Whoever reads here
//! believes nothing of a row: the verification checks it, the export only writes what fits together.

use super::Malformed;
use super::merkle::Frontier;
use super::stored::{self, Columns, Salts, Stored};
use crate::crypt::BoardKeys;
use crate::db::schema::{audit_event, audit_pending, audit_seq, audit_tree};
use crate::db::types::RawId;
use crate::db::{Db, Keep, filled_up};
use crate::error::{Error, Result};
use crate::id::{BoardId, EventId};
use diesel::dsl::Nullable;
use diesel::prelude::*;
use uuid::Uuid;
use zeroize::Zeroizing;

/// One of a board's logs: each epoch has a tree, checkpoints and indexes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogId {
    pub board: BoardId,
    /// Counted from 1.
    pub epoch: i64,
}

/// A row of `audit_event`.
#[derive(Queryable, PartialEq)]
pub(super) struct EventRow {
    pub board: RawId,
    pub at_ms: i64,
    pub leaf: Vec<u8>,
    pub commitments: Vec<u8>,
    pub core: Option<String>,
    pub actor: Option<String>,
    pub subject: Option<String>,
    pub salts: Option<Vec<u8>>,
    pub action: Option<String>,
    pub outcome: Option<String>,
    pub person: Option<RawId>,
    pub role: Option<String>,
    pub errand: Option<RawId>,
    pub home: Option<RawId>,
}

/// The columns of an [`EventRow`], in its order.
type EventColumns = (
    audit_event::board_id,
    audit_event::at_ms,
    audit_event::leaf,
    audit_event::commitments,
    audit_event::core,
    audit_event::actor,
    audit_event::subject,
    audit_event::salts,
    audit_event::action,
    audit_event::outcome,
    audit_event::person_id,
    audit_event::role,
    audit_event::errand_id,
    audit_event::home_id,
);
const EVENT: EventColumns = (
    audit_event::board_id,
    audit_event::at_ms,
    audit_event::leaf,
    audit_event::commitments,
    audit_event::core,
    audit_event::actor,
    audit_event::subject,
    audit_event::salts,
    audit_event::action,
    audit_event::outcome,
    audit_event::person_id,
    audit_event::role,
    audit_event::errand_id,
    audit_event::home_id,
);

/// The columns of an event that may not be there.
pub(super) fn event_columns() -> Nullable<EventColumns> {
    EVENT.nullable()
}

/// A row of `audit_seq` with its event.
#[derive(Queryable)]
pub(super) struct PlacedRow {
    pub index: i64,
    pub event_id: RawId,
    pub leaf_hash: Vec<u8>,
    pub event: Option<EventRow>,
}

/// The places of a log from index `from` on, at most `limit`.
pub(super) fn placed(db: &mut Db, log: LogId, from: i64, limit: i64) -> Result<Vec<PlacedRow>> {
    Ok(audit_seq::table
        .left_join(audit_event::table.on(audit_event::id.eq(audit_seq::event_id)))
        .filter(audit_seq::board_id.eq(log.board).and(audit_seq::epoch.eq(log.epoch)))
        .filter(audit_seq::leaf_index.ge(from))
        .select((
            audit_seq::leaf_index,
            audit_seq::event_id,
            audit_seq::leaf_hash,
            event_columns(),
        ))
        .order(audit_seq::leaf_index)
        .limit(limit)
        .load(db)?)
}

impl EventRow {
    pub(super) fn texts(&self) -> [Option<&str>; 3] {
        [&self.core, &self.actor, &self.subject].map(Option::as_deref)
    }

    /// Opens the salts of the parts that are left.
    ///
    /// # Errors
    /// When their seal was broken, or is that of another event.
    pub(super) fn open_salts(&self, keys: &BoardKeys, event_id: Uuid) -> Result<Zeroizing<Vec<u8>>> {
        match &self.salts {
            Some(sealed) => keys.open_log("audit_event", "salts", event_id, 1, sealed),
            None => Ok(Zeroizing::default()),
        }
    }

    /// The event as the verifier takes it; the columns only if they hold ids where ids belong.
    pub(super) fn stored<'a>(&'a self, salts: Option<Salts<'a>>) -> Stored<'a> {
        let id = |column: &Option<RawId>| column.as_ref().and_then(RawId::uuid);
        Stored {
            at_ms: self.at_ms as u64,
            leaf: Some(&self.leaf),
            commitments: &self.commitments,
            texts: self.texts(),
            salts,
            columns: Some(Columns {
                action: self.action.as_deref(),
                outcome: self.outcome.as_deref(),
                person: id(&self.person),
                role: self.role.as_deref(),
                errand: id(&self.errand),
                home: id(&self.home),
            }),
        }
    }

    /// The columns that hold something else than an id.
    pub(super) fn no_ids(&self) -> impl Iterator<Item = &'static str> {
        [("person", &self.person), ("errand", &self.errand), ("home", &self.home)]
            .into_iter()
            .filter_map(|(name, column)| column.as_ref().is_some_and(|id| id.uuid().is_none()).then_some(name))
    }
}

/// Whether a statement of the log did to as many rows as it was to.
///
/// # Errors
/// [`Error::LogNotKept`] when it did not, or when the table refused: by the database's leave, and not by ours.
pub(super) fn rows_done(done: QueryResult<usize>, expected: usize, table: &'static str) -> Result<()> {
    match done.map_err(Error::from) {
        Ok(rows) if rows == expected => Ok(()),
        Ok(rows) => Err(Error::LogNotKept(format!("{table} took {rows} rows of {expected}"))),
        Err(Error::Conflict(_)) => Err(Error::LogNotKept(format!("{table} has such a row already"))),
        Err(Error::Fault(words)) => Err(Error::LogNotKept(format!("{table} refuses the row: {words}"))),
        Err(cause) => Err(cause),
    }
}

/// Whether what was read back is what was written.
///
/// # Errors
/// [`Error::LogNotKept`] when it is not.
pub(super) fn same<T: PartialEq>(read: &T, written: &T, table: &'static str) -> Result<()> {
    if read == written {
        Ok(())
    } else {
        Err(Error::LogNotKept(format!(
            "{table} does not hold what was written to it"
        )))
    }
}

/// Whether the stored tree of a log is this.
///
/// # Errors
/// [`Error::LogNotKept`] when it is another.
pub(super) fn tree_is(db: &mut Db, (board, epoch): (BoardId, i64), tree: &Frontier) -> Result<()> {
    let row = audit_tree::table
        .find((board, epoch))
        .select((audit_tree::size, audit_tree::root, audit_tree::frontier));
    let read: Vec<(i64, Vec<u8>, Vec<u8>)> = row.load(db)?;
    let written = (tree.size() as i64, tree.root().to_vec(), tree.to_bytes());
    same(&read, &vec![written], "audit_tree")
}

/// Events that wait for their places, with whose row of `audit_pending` says they are: what `record` reads back.
pub(super) fn waiting(db: &mut Db, ids: &[EventId]) -> Result<Vec<(RawId, RawId, EventRow)>> {
    Ok(audit_pending::table
        .inner_join(audit_event::table.on(audit_event::id.eq(audit_pending::event_id)))
        .filter(audit_pending::event_id.eq_any(filled_up(ids)))
        .select((audit_pending::event_id, audit_pending::board_id, EVENT))
        .kept()
        .load(db)?)
}

/// Deals opened salts out to an event's parts.
pub(super) fn salts_of<'a>(row: &EventRow, opened: &'a [u8]) -> Result<Salts<'a>, Malformed> {
    stored::salts_of(row.texts(), opened)
}

/// How many rows a log has.
pub(super) fn count(db: &mut Db, log: LogId) -> Result<u64> {
    let rows: i64 = audit_seq::table
        .filter(audit_seq::board_id.eq(log.board).and(audit_seq::epoch.eq(log.epoch)))
        .count()
        .get_result(db)?;
    Ok(rows as u64)
}
