//! One board: its logs, newest first, and what waits beside them.

use super::kept::Kept;
use super::report::Report;
use super::{Asked, FindingKind, events, log};
use crate::audit::erase::EraseOrder;
use crate::audit::tables::LogId;
use crate::crypt::{BoardKeys, Keyring};
use crate::db::Db;
use crate::db::schema::audit_epoch;
use crate::error::{Error, Result};
use crate::id::BoardId;
use diesel::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the verification of one board works with.
pub(super) struct Bench<'a> {
    pub db: &'a mut Db,
    pub board: BoardId,
    pub slug: String,
    /// `None` when they are not to be had; what is sealed is then not checked.
    pub keys: Option<Arc<BoardKeys>>,
    pub asked: &'a Asked,
    pub report: &'a mut Report,
}

impl<'a> Bench<'a> {
    pub(super) fn new(
        db: &'a mut Db,
        keyring: Option<&Keyring>,
        (board, slug): (BoardId, String),
        asked: &'a Asked,
        report: &'a mut Report,
    ) -> Result<Bench<'a>> {
        let keys = match keyring.map(|keyring| keyring.of(db, board)) {
            Some(Ok(keys)) => Some(keys),
            Some(Err(Error::Fault(_))) if keyring.map_or(Ok(false), |keyring| keyring.is_right(db))? => {
                report.find(&slug, None, None, FindingKind::BoardKeys);
                None
            }
            Some(Err(Error::Fault(_))) | None => {
                report.unchecked.push(format!(
                    "{slug}: texts and signing keys, for the board's keys do not open: the root key is not at hand or is another"
                ));
                None
            }
            Some(Err(cause)) => return Err(cause),
        };
        Ok(Bench {
            db,
            board,
            slug,
            keys,
            asked,
            report,
        })
    }
}

/// A row of `audit_epoch`.
#[derive(Queryable)]
pub(super) struct EpochRow {
    pub epoch: i64,
    pub origin: String,
    pub vkey: String,
    pub sealed_seed: Vec<u8>,
}

/// What later epochs say of earlier ones.
#[derive(Default)]
pub(super) struct Later {
    pub orders: Vec<EraseOrder>,
    /// The checkpoint of the epoch before that a first event quotes, with that epoch.
    pub quoted: Option<(i64, String)>,
}

pub(super) fn verify(mut bench: Bench<'_>, kept: &mut Kept) -> Result<()> {
    let logs: Vec<EpochRow> = audit_epoch::table
        .filter(audit_epoch::board_id.eq(bench.board))
        .select((
            audit_epoch::epoch,
            audit_epoch::origin,
            audit_epoch::vkey,
            audit_epoch::sealed_seed,
        ))
        .order(audit_epoch::epoch.desc())
        .load(bench.db)?;
    complete(&mut bench, &logs);
    let mut later = Later::default();
    for (age, row) in logs.iter().enumerate() {
        let id = LogId {
            board: bench.board,
            epoch: row.epoch,
        };
        log::verify(&mut bench, id, (row, age == 0), &mut later, kept)?;
    }
    events::pending(&mut bench)?;
    events::unplaced(&mut bench)
}

/// Epochs count from 1 without a gap.
fn complete(bench: &mut Bench<'_>, logs: &[EpochRow]) {
    let there: BTreeSet<i64> = logs.iter().map(|row| row.epoch).collect();
    let Some(newest) = there.last() else {
        return bench.report.find(&bench.slug, None, None, FindingKind::NoLog);
    };
    // A changed epoch may be any number: the first that is missing tells enough.
    if let Some(missing) = (1..*newest).find(|epoch| !there.contains(epoch)) {
        let what = FindingKind::EpochLost(missing as u64);
        bench.report.find(&bench.slug, None, None, what);
    }
}
