//! One log: the row it is made of, its places with their events, its checkpoints, its tree.

use super::board::{Bench, EpochRow, Later};
use super::kept::Kept;
use super::report::LogSummary;
use super::{FindingKind, LATE, events};
use crate::audit::chain::{Row, StoredTree, Verdict, Verifier};
use crate::audit::erase::EraseOrder;
use crate::audit::event::Action;
use crate::audit::finding::Finding;
use crate::audit::note::{Origin, SigningKey, VerifierKey};
use crate::audit::tables::{self, LogId, PlacedRow};
use crate::db::Db;
use crate::db::schema::{audit_checkpoint, audit_event, audit_seq, audit_tree};
use crate::error::Result;
use diesel::prelude::*;
use std::collections::VecDeque;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Places read at a time, and checkpoints.
const PAGE: i64 = 1000;

/// A log being verified.
struct Reading<'a, 'b> {
    bench: &'a mut Bench<'b>,
    log: LogId,
    place: String,
    verifier: Verifier,
    rows: u64,
    /// Checkpoints up to this size have been given to the verifier.
    noted: Option<i64>,
    /// Sizes not reached yet, with the edges stored beside their checkpoints.
    edges: VecDeque<(u64, Vec<u8>)>,
}

pub(super) fn verify(
    bench: &mut Bench<'_>,
    log: LogId,
    (row, newest): (&EpochRow, bool),
    later: &mut Later,
    kept: &mut Kept,
) -> Result<()> {
    let place = format!("{}/{}", bench.slug, log.epoch);
    let Some((origin, key)) = identity(bench, &place, row) else {
        return Ok(());
    };
    let mut verifier = Verifier::new(&origin, key);
    later.orders.iter().for_each(|order| verifier.order(order.clone()));
    orders(bench.db, log)?
        .into_iter()
        .for_each(|order| verifier.order(order));
    let quoted = later.quoted.take().filter(|(epoch, _)| *epoch == log.epoch);
    let kept = kept.of_log(origin.as_str());
    for note in quoted.map(|(_, note)| note).iter().chain(&kept) {
        verifier.checkpoint(None, note);
    }
    let reading = Reading {
        bench,
        log,
        place,
        verifier,
        rows: 0,
        noted: None,
        edges: VecDeque::new(),
    };
    let verdict = reading.read(newest)?;
    later.orders.extend(verdict.orders);
    later.quoted = verdict.opening.map(|opening| (log.epoch - 1, opening.checkpoint));
    Ok(())
}

/// Checks that the log's name, verifier key and signing key belong together, to this board and epoch. Gives the name
/// and key to go by; `None` when there is no key at all.
fn identity(bench: &mut Bench<'_>, place: &str, row: &EpochRow) -> Option<(Origin, VerifierKey)> {
    let mut wrong = Vec::new();
    let ends = format!("/{}/{}", bench.slug, row.epoch);
    let base = row.origin.strip_suffix(&ends);
    if base.is_none() || bench.asked.origin.as_deref().is_some_and(|asked| base != Some(asked)) {
        wrong.push("its name is not that of the board and the epoch");
    }
    let key: Option<VerifierKey> = row.vkey.parse().ok();
    if key.is_none() {
        wrong.push("its verifier key cannot be read");
    }
    let origin: Option<Origin> = row.origin.parse().ok();
    let origin = origin.or_else(|| key.as_ref().map(|key| key.origin().clone()));
    let own = origin.clone().and_then(|origin| signing_key(bench, origin, row));
    if bench.keys.is_some() {
        match &own {
            None => wrong.push("its signing key does not open"),
            Some(own) if own.verifier_key().to_string() != row.vkey => {
                wrong.push("its signing key is not that of its verifier key");
            }
            Some(_) => {}
        }
    }
    for what in wrong {
        bench.report.find(place, None, None, FindingKind::LogRow(what));
    }
    let key = key.or_else(|| own.map(|own| own.verifier_key().clone()));
    origin.zip(key)
}

fn signing_key(bench: &Bench<'_>, origin: Origin, row: &EpochRow) -> Option<SigningKey> {
    let (keys, board) = (bench.keys.as_deref()?, bench.board.uuid());
    let opened = keys.open_log("audit_epoch", "sealed_seed", board, row.epoch, &row.sealed_seed);
    let seed = <[u8; 32]>::try_from(&opened.ok()?[..]).ok()?;
    SigningKey::from_seed(origin, Zeroizing::new(seed)).ok()
}

/// The orders to erase that stand in this log, as the tables have them.
fn orders(db: &mut Db, log: LogId) -> Result<Vec<EraseOrder>> {
    type Found = (crate::db::types::RawId, i64, Option<String>, Option<String>);
    let found: Vec<Found> = audit_event::table
        .inner_join(audit_seq::table.on(audit_seq::event_id.eq(audit_event::id)))
        .filter(audit_event::board_id.eq(log.board))
        .filter(audit_event::action.eq(Action::AuditErase.as_str()))
        .filter(audit_seq::board_id.eq(log.board).and(audit_seq::epoch.eq(log.epoch)))
        .select((
            audit_event::id,
            audit_seq::leaf_index,
            audit_event::core,
            audit_event::subject,
        ))
        .load(db)?;
    // One that is none is found when its row is come to.
    let read = |(id, index, core, subject): Found| {
        let place = (log.epoch as u64, index as u64);
        EraseOrder::of_stored(id.uuid()?, place, core.as_deref(), subject.as_deref()).ok()?
    };
    Ok(found.into_iter().filter_map(read).collect())
}

impl Reading<'_, '_> {
    fn read(mut self, newest: bool) -> Result<Verdict> {
        let mut from = 0;
        loop {
            let page = tables::placed(self.bench.db, self.log, from, PAGE)?;
            let Some(last) = page.last().map(|row| row.index) else {
                break;
            };
            self.checkpoints(last.saturating_add(1))?;
            page.iter().for_each(|row| self.row(row));
            self.rows += page.len() as u64;
            self.hand_over();
            (self.bench.asked.progress)(self.rows);
            match last.checked_add(1) {
                // A damaged file may give rows out of order: forward only.
                Some(next) if next > from => from = next,
                _ => break,
            }
        }
        self.checkpoints(i64::MAX)?;
        self.hand_over();
        self.finish(newest)
    }

    fn hand_over(&mut self) {
        let findings = self.verifier.take_findings();
        self.bench.report.take(&self.place, findings);
    }

    fn find(&mut self, event_id: Option<Uuid>, index: Option<u64>, what: FindingKind) {
        self.bench.report.find(&self.place, event_id, index, what);
    }

    /// Gives the verifier the checkpoints filed under sizes up to `size`.
    fn checkpoints(&mut self, size: i64) -> Result<()> {
        loop {
            let notes = notes(self.bench.db, self.log, (self.noted, size))?;
            let Some((last, ..)) = notes.last() else {
                return Ok(());
            };
            self.noted = Some(*last);
            for (size, note, edge) in notes {
                self.verifier.checkpoint(Some(size as u64), &note);
                self.edges.push_back((size as u64, edge));
            }
            self.meet_edges();
        }
    }

    /// Compares the edges stored for the size the tree has now. Where the root does not agree, that is told already.
    fn meet_edges(&mut self) {
        let Some(tree) = self.verifier.tree() else {
            return self.edges.clear();
        };
        let (size, mut differs) = (tree.size(), false);
        while let Some((_, edge)) = self.edges.pop_front_if(|(due, _)| *due <= size) {
            differs |= edge != tree.to_bytes();
        }
        if differs && self.verifier.agreed() == Some(size) {
            self.find(None, None, FindingKind::CheckpointFrontier(size));
        }
    }

    fn row(&mut self, row: &PlacedRow) {
        let (id, index) = (row.event_id.uuid(), row.index as u64);
        let mut found = Vec::new();
        let opened = row.event.as_ref().and_then(|event| {
            let keys = self.bench.keys.as_deref();
            events::examine(event, id, self.log.board, keys, &mut found)
        });
        let stored = row.event.as_ref().map(|event| {
            let salts = opened.as_ref().and_then(|opened| tables::salts_of(event, opened).ok());
            event.stored(salts)
        });
        self.verifier.row(&Row {
            index,
            event_id: id.unwrap_or_default(),
            leaf_hash: Some(&row.leaf_hash),
            event: stored,
        });
        let name = |what| Finding {
            event_id: id,
            index: Some(index),
            what,
        };
        self.bench.report.take(&self.place, found.into_iter().map(name));
        self.meet_edges();
    }

    fn finish(mut self, newest: bool) -> Result<Verdict> {
        let rows = tables::count(self.bench.db, self.log)?;
        let spare = self.rows.abs_diff(rows);
        let trees: Vec<(i64, Vec<u8>, Vec<u8>)> = audit_tree::table
            .filter(audit_tree::board_id.eq(self.log.board))
            .filter(audit_tree::epoch.eq(self.log.epoch))
            .select((audit_tree::size, audit_tree::root, audit_tree::frontier))
            .load(self.bench.db)?;
        let spare = spare + trees.len().saturating_sub(1) as u64;
        if spare > 0 {
            self.find(None, None, FindingKind::RowsToSpare(spare));
        }
        let stored = trees.first().map(|(size, root, frontier)| StoredTree {
            size: *size as u64,
            root,
            frontier,
        });
        if stored.is_none() {
            self.find(None, None, FindingKind::TreeLost);
        }
        let mut verdict = self.verifier.finish(stored.as_ref());
        let (report, place) = (&mut self.bench.report, &self.place);
        report.take(place, std::mem::take(&mut verdict.findings));
        report.logs.push(LogSummary {
            place: place.clone(),
            events: self.rows,
            signed: verdict.checkpoint.unwrap_or(0),
            root: verdict.root,
        });
        if newest {
            signed_in_time(self.bench, self.log, &verdict)?;
        }
        Ok(verdict)
    }
}

/// A log that grows is signed within seconds. Whoever takes checkpoints away to change what they count leaves events
/// behind that no checkpoint counts.
fn signed_in_time(bench: &mut Bench<'_>, log: LogId, verdict: &Verdict) -> Result<()> {
    let signed = verdict.checkpoint.unwrap_or(0);
    let oldest: Option<Option<i64>> = audit_seq::table
        .left_join(audit_event::table.on(audit_event::id.eq(audit_seq::event_id)))
        .filter(audit_seq::board_id.eq(log.board).and(audit_seq::epoch.eq(log.epoch)))
        .filter(audit_seq::leaf_index.eq(signed as i64))
        .select(audit_event::at_ms.nullable())
        .first(bench.db)
        .optional()?;
    if let Some(Some(at_ms)) = oldest {
        let age = bench.asked.now.since(events::written_at(at_ms));
        if age > LATE {
            let (size, seconds) = (verdict.rows, age.as_secs());
            let what = FindingKind::Unsigned { size, seconds };
            bench
                .report
                .find(&format!("{}/{}", bench.slug, log.epoch), None, Some(signed), what);
        }
    }
    Ok(())
}

fn notes(db: &mut Db, log: LogId, (after, to): (Option<i64>, i64)) -> Result<Vec<(i64, String, Vec<u8>)>> {
    let mut query = audit_checkpoint::table
        .filter(audit_checkpoint::board_id.eq(log.board))
        .filter(audit_checkpoint::epoch.eq(log.epoch))
        .filter(audit_checkpoint::size.le(to))
        .select((
            audit_checkpoint::size,
            audit_checkpoint::note,
            audit_checkpoint::frontier,
        ))
        .order(audit_checkpoint::size)
        .limit(PAGE)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(audit_checkpoint::size.gt(after));
    }
    Ok(query.load(db)?)
}
