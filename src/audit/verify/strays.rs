//! Rows that belong to no board or to no log that is there, and events placed more than once. What a board's own
//! verification never comes to see.

use super::FindingKind;
use super::report::{MOST_NAMED, Report};
use crate::db::Db;
use crate::db::schema::{audit_checkpoint, audit_epoch, audit_event, audit_pending, audit_seq, audit_tree, board};
use crate::db::types::RawId;
use crate::error::Result;
use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;

const MOST: i64 = MOST_NAMED as i64 + 1;

pub(super) fn find(db: &mut Db, report: &mut Report) -> Result<()> {
    of_no_board(db, report)?;
    of_no_log(db, report)?;
    twice(db, report)
}

/// Whether a board of that id exists.
macro_rules! board_exists {
    ($id:expr) => {
        exists(board::table.filter(board::id.eq($id)))
    };
}

/// Whether that board has a log of that epoch.
macro_rules! log_exists {
    ($table:ident) => {
        exists(
            audit_epoch::table
                .filter(audit_epoch::board_id.eq($table::board_id))
                .filter(audit_epoch::epoch.eq($table::epoch)),
        )
    };
}

fn of_no_board(db: &mut Db, report: &mut Report) -> Result<()> {
    let events: Vec<RawId> = audit_event::table
        .filter(not(board_exists!(audit_event::board_id)))
        .select(audit_event::id)
        .limit(MOST)
        .load(db)?;
    let pending: Vec<RawId> = audit_pending::table
        .filter(not(board_exists!(audit_pending::board_id)))
        .select(audit_pending::event_id)
        .limit(MOST)
        .load(db)?;
    let named = |table| move |id: RawId| (id, FindingKind::Stray(table));
    let found = events.into_iter().map(named("audit_event"));
    for (id, what) in found.chain(pending.into_iter().map(named("audit_pending"))) {
        report.find("", id.uuid(), None, what);
    }
    let logs: Vec<(RawId, i64)> = audit_epoch::table
        .filter(not(board_exists!(audit_epoch::board_id)))
        .select((audit_epoch::board_id, audit_epoch::epoch))
        .limit(MOST)
        .load(db)?;
    for log in logs {
        report.find(&place(&log), None, None, FindingKind::Stray("audit_epoch"));
    }
    Ok(())
}

fn of_no_log(db: &mut Db, report: &mut Report) -> Result<()> {
    let placed: Vec<(RawId, i64, RawId, i64)> = audit_seq::table
        .filter(not(log_exists!(audit_seq)))
        .select((
            audit_seq::board_id,
            audit_seq::epoch,
            audit_seq::event_id,
            audit_seq::leaf_index,
        ))
        .limit(MOST)
        .load(db)?;
    for (board, epoch, id, index) in placed {
        let index = u64::try_from(index).ok();
        report.find(
            &place(&(board, epoch)),
            id.uuid(),
            index,
            FindingKind::Stray("audit_seq"),
        );
    }
    let trees: Vec<(RawId, i64)> = audit_tree::table
        .filter(not(log_exists!(audit_tree)))
        .select((audit_tree::board_id, audit_tree::epoch))
        .limit(MOST)
        .load(db)?;
    let notes: Vec<(RawId, i64)> = audit_checkpoint::table
        .filter(not(log_exists!(audit_checkpoint)))
        .select((audit_checkpoint::board_id, audit_checkpoint::epoch))
        .limit(MOST)
        .load(db)?;
    let named = |table| move |log: (RawId, i64)| (log, FindingKind::Stray(table));
    let found = trees.into_iter().map(named("audit_tree"));
    for (log, what) in found.chain(notes.into_iter().map(named("audit_checkpoint"))) {
        report.find(&place(&log), None, None, what);
    }
    Ok(())
}

fn place((board, epoch): &(RawId, i64)) -> String {
    format!("board {board}, epoch {epoch}")
}

/// Only a schema that was changed lets an event have two places.
fn twice(db: &mut Db, report: &mut Report) -> Result<()> {
    let found: Vec<RawId> = audit_seq::table
        .group_by(audit_seq::event_id)
        .having(count_star().gt(1))
        .select(audit_seq::event_id)
        .limit(MOST)
        .load(db)?;
    for id in found {
        report.find("", id.uuid(), None, FindingKind::PlacedTwice);
    }
    Ok(())
}
