//! Keeps the log going while the program runs: sequences within 250 ms, signs within a second of growth, looks for what
//! was released, and writes a heartbeat each hour, so that silence is visible.

use super::event::{Action, Subject};
use super::watch::{self, Watch};
use super::{of_the_program, record, sequencer, signer};
use crate::alive::Pulse;
use crate::clock::{Clock, Instant};
use crate::crypt::Keyring;
use crate::db::housekeeping::Chore;
use crate::db::schema::{audit_checkpoint, audit_event, audit_pending, audit_seq, audit_tree};
use crate::db::{Db, Store};
use crate::error::{Error, Result};
use crate::id::BoardId;
use diesel::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch::Receiver;

/// Between two looks for what is pending.
const SEQUENCE_EVERY: Duration = Duration::from_millis(150);
/// Looks between two signings, and between two looks for a needed heartbeat.
const SIGN_AT: u32 = 5;
const HEARTBEAT_AT: u32 = 200;
/// Looks between two comparisons of the database with what the migrations make: a quarter of a minute.
const STRUCTURE_AT: u32 = 100;
/// The longest silence of a log.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(60 * 60);

static HEARTBEAT: Chore = Chore {
    name: "heartbeat of the log",
    tables: &["audit_event", "audit_pending", "audit_tree", "board_key"],
};

static LOOK: Chore = Chore {
    name: "look for released events",
    tables: &["audit_seq", "audit_pending", "audit_event", "audit_checkpoint"],
};

static LAG: Chore = Chore {
    name: "lag of the log",
    tables: &["audit_pending", "audit_event"],
};

static STATE: Chore = Chore {
    name: "state of the logs",
    tables: &[
        "audit_pending",
        "audit_tree",
        "audit_checkpoint",
        "audit_seq",
        "audit_event",
    ],
};

/// What keeping the log needs.
#[derive(Clone)]
pub struct Keeper {
    pub store: Store,
    pub keyring: Arc<Keyring>,
    pub clock: Clock,
    pub watch: Arc<Watch>,
}

impl Keeper {
    /// Runs until `stop` turns true, then brings the log up to date a last time.
    pub async fn run(self, mut stop: Receiver<bool>, pulse: Pulse) {
        let mut looks: u32 = 0;
        while !*stop.borrow_and_update() {
            self.turn(looks).await;
            pulse.beat();
            looks = looks.wrapping_add(1);
            let _ = tokio::time::timeout(SEQUENCE_EVERY, stop.changed()).await;
        }
        if let Err(cause) = self.bring_up_to_date().await {
            self.watch.tell(&cause);
            tracing::error!(%cause, "the audit log could not be brought up to date at the end");
        }
    }

    /// One look; what goes wrong in one part of it keeps no other from being done.
    async fn turn(&self, looks: u32) {
        if looks.is_multiple_of(HEARTBEAT_AT) {
            self.tell(self.heartbeats().await);
        }
        self.tell(self.sequence().await);
        if looks.is_multiple_of(SIGN_AT) {
            self.tell(self.sign().await);
            self.tell(look_for_released(&self.store, &self.watch).await);
        }
        if looks % STRUCTURE_AT == STRUCTURE_AT - 1 {
            self.tell(watch::look_at_structure(&self.store, &self.watch).await);
        }
    }

    fn tell(&self, done: Result<()>) {
        if let Err(cause) = done {
            self.watch.tell(&cause);
            if !matches!(cause, Error::LogNotKept(_)) {
                tracing::error!(%cause, "the audit log could not be kept");
            }
        }
    }

    async fn sequence(&self) -> Result<()> {
        let placed = sequencer::sequence_all(&self.store, &self.keyring, &self.watch).await;
        placed.map(drop)
    }

    async fn sign(&self) -> Result<()> {
        signer::sign_all(&self.store, &self.keyring).await.map(drop)
    }

    /// Sequences and signs all there is, and looks for what was released.
    ///
    /// # Errors
    /// The first of what went wrong, when all that could be done is done.
    pub async fn bring_up_to_date(&self) -> Result<()> {
        let sequenced = self.sequence().await;
        let signed = self.sign().await;
        sequenced.and(signed)?;
        look_for_released(&self.store, &self.watch).await?;
        self.watch.require_all_whole()
    }

    async fn heartbeats(&self) -> Result<()> {
        let clock = self.clock.clone();
        let due = move |db: &mut Db| {
            let mut boards: Vec<BoardId> = audit_tree::table.select(audit_tree::board_id).distinct().load(db)?;
            let mut silent = Vec::new();
            for board in boards.drain(..) {
                if clock.now().since(newest(db, board)?) >= HEARTBEAT_EVERY {
                    silent.push(board);
                }
            }
            Ok(silent)
        };
        let mut failed = None;
        for board in self.store.survey(&HEARTBEAT, due).await? {
            let (keyring, clock) = (self.keyring.clone(), self.clock.clone());
            let beat = move |db: &mut Db| {
                // Another instance may have been here.
                if clock.now().since(newest(db, board)?) < HEARTBEAT_EVERY {
                    return Ok(());
                }
                let keys = keyring.of(db, board)?;
                let beat = of_the_program(&clock, (Action::AuditHeartbeat, None), &Subject::default())?;
                record(db, &keys, &[beat])
            };
            failed = failed.or(self.store.chore(&HEARTBEAT, beat).await.err());
        }
        failed.map_or(Ok(()), Err)
    }
}

/// Looks for all that is remembered. A board whose log has lost any of it is stopped.
///
/// # Errors
/// When the database does not answer.
pub async fn look_for_released(store: &Store, watch: &Watch) -> Result<()> {
    for (board, traces) in watch.remembered() {
        for some in traces.chunks(watch::AT_ONCE) {
            let some = some.to_vec();
            let found = store.snapshot(&LOOK, move |db| watch::look(db, board, &some)).await?;
            watch.looked(board, &found);
        }
    }
    Ok(())
}

/// How the logs stand, for those who run the service.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// Events that wait for their place.
    pub pending: i64,
    /// How long the oldest of them has waited.
    pub lag: Duration,
    /// Age of the newest event under a signed checkpoint, of the board where it is oldest. With a heartbeat an hour it
    /// stays below that and a little.
    pub checkpoint_age: Duration,
}

/// How the logs stand just now.
pub async fn state(store: &Store, clock: &Clock) -> Result<State> {
    let now = clock.now();
    let ask = move |db: &mut Db| {
        let pending = audit_pending::table.count().get_result(db)?;
        let boards: Vec<BoardId> = audit_tree::table.select(audit_tree::board_id).distinct().load(db)?;
        let mut age = Duration::ZERO;
        for board in boards {
            age = age.max(now.since(signed_up_to(db, board)?));
        }
        Ok((pending, age))
    };
    let (pending, checkpoint_age) = store.survey(&STATE, ask).await?;
    Ok(State {
        pending,
        lag: lag(store, clock).await?,
        checkpoint_age,
    })
}

/// When the newest event under a checkpoint of the board happened; long ago when nothing was ever signed.
fn signed_up_to(db: &mut Db, board: BoardId) -> Result<Instant> {
    let newest: Option<(i64, i64)> = audit_checkpoint::table
        .filter(audit_checkpoint::board_id.eq(board))
        .select((audit_checkpoint::epoch, audit_checkpoint::size))
        .order((audit_checkpoint::epoch.desc(), audit_checkpoint::size.desc()))
        .first(db)
        .optional()?;
    let Some((epoch, size)) = newest else {
        return Ok(Instant::from_micros(0));
    };
    let last = audit_seq::table
        .find((board, epoch, size - 1))
        .inner_join(audit_event::table.on(audit_event::id.eq(audit_seq::event_id)));
    let at: Option<i64> = last.select(audit_event::at_ms).first(db).optional()?;
    Ok(Instant::from_micros(at.unwrap_or(0).saturating_mul(1000)))
}

/// How long the oldest event has waited for its place in a log.
pub async fn lag(store: &Store, clock: &Clock) -> Result<Duration> {
    let now = clock.now();
    let oldest = |db: &mut Db| {
        let oldest: Option<i64> = audit_pending::table
            .inner_join(audit_event::table.on(audit_event::id.eq(audit_pending::event_id)))
            .select(audit_event::at_ms)
            .order(audit_pending::event_id)
            .first(db)
            .optional()?;
        Ok(oldest)
    };
    let oldest = store.survey(&LAG, oldest).await?;
    Ok(oldest.map_or(Duration::ZERO, |at| {
        now.since(Instant::from_micros(at.saturating_mul(1000)))
    }))
}

/// When the board's log was last written to.
fn newest(db: &mut Db, board: BoardId) -> Result<Instant> {
    let at: Option<i64> = audit_event::table
        .filter(audit_event::board_id.eq(board))
        .select(audit_event::at_ms)
        .order(audit_event::id.desc())
        .first(db)
        .optional()?;
    Ok(Instant::from_micros(at.unwrap_or(0).saturating_mul(1000)))
}
