//! Verifies the log's tables, all of them, as they were at one moment: every event, its place, its filter columns and
//! its salts, the tree of every epoch, every checkpoint, what waits for its place, and rows that belong nowhere. Rows
//! are read page by page, so a log of any length can be checked. Before that: whether the database is made as the
//! migrations make it, since what is read passes through that. The rules of one log are [`chain`](super::chain)'s;
//! here is what only the tables can tell. Nothing is ever mended or written.

mod board;
mod events;
mod kept;
mod log;
mod report;
mod strays;

pub use report::{Found, LogSummary, Report};

pub(super) use events::judge_waiting;

use self::board::Bench;
use self::kept::Kept;
use super::finding::FindingKind;
use crate::clock::Instant;
use crate::crypt::Keyring;
use crate::db::housekeeping::Chore;
use crate::db::schema::board as boards;
use crate::db::structure::{self, Compared};
use crate::db::{Db, Store, sound};
use crate::error::{Error, Result};
use crate::id::BoardId;
use diesel::prelude::*;
use std::sync::Arc;
use std::time::Duration;

pub static VERIFY: Chore = Chore {
    name: "verify the log",
    tables: &[
        "audit_event",
        "audit_pending",
        "audit_epoch",
        "audit_seq",
        "audit_tree",
        "audit_checkpoint",
        "board",
        "board_key",
        "instance_key",
        "root_mark",
        // How the database is made.
        "__diesel_schema_migrations",
        "pg_catalog",
        "sqlite_schema",
    ],
};

/// How long an event may wait for its place, and a placed one for a checkpoint, before that is a finding.
const LATE: Duration = Duration::from_secs(60);

/// What is to be verified, and against what.
pub struct Asked {
    /// The slug of one board; `None`: every board.
    pub board: Option<String>,
    pub now: Instant,
    /// The configured first part of the logs' names, where the configuration is at hand.
    pub origin: Option<String>,
    /// Checkpoints that an auditor kept elsewhere: notes, one after another, as their files hold them.
    pub kept: String,
    /// Told now and then how many events of the log at hand have been checked.
    pub progress: fn(u64),
}

impl Asked {
    /// Everything there is, as of `now`.
    pub fn all(now: Instant) -> Asked {
        Asked {
            board: None,
            now,
            origin: None,
            kept: String::new(),
            progress: |_| {},
        }
    }
}

/// Verifies. Without a keyring, salts and signing keys are not opened, and the report says so.
///
/// # Errors
/// When the database does not answer. What is wrong with the log, a damaged file included, stands in the report.
pub async fn verify(store: &Store, keyring: Option<Arc<Keyring>>, asked: Asked) -> Result<Report> {
    let look = move |db: &mut Db| within(db, keyring.as_deref(), &asked);
    match store.snapshot(&VERIFY, look).await {
        Err(cause) => Report::of_damage(&cause).ok_or(cause),
        done => done,
    }
}

/// Verifies what the transaction that is open sees.
pub(super) fn within(db: &mut Db, keyring: Option<&Keyring>, asked: &Asked) -> Result<Report> {
    let mut report = Report::default();
    match look(db, keyring, asked, &mut report) {
        // A row that cannot be read is one that this program did not write.
        Err(Error::Fault(words)) => report.find("", None, None, FindingKind::Damaged(words)),
        done => done?,
    }
    Ok(report)
}

fn look(db: &mut Db, keyring: Option<&Keyring>, asked: &Asked, report: &mut Report) -> Result<()> {
    for words in sound::damages(db)? {
        report.find("", None, None, FindingKind::Damaged(words));
    }
    match structure::compare(db)? {
        Compared::With(differs) => {
            for words in differs {
                report.find("", None, None, FindingKind::Structure(words));
            }
        }
        Compared::OtherVersion(words) => report.unchecked.push(format!("how the database is made: {words}")),
        Compared::NotKept(words) => report.unchecked.push(format!("how the database is made: {words}")),
    }
    let mut kept = Kept::read(&asked.kept);
    strays::find(db, report)?;
    let all: Vec<(BoardId, String)> = boards::table
        .select((boards::id, boards::slug))
        .order(boards::slug)
        .load(db)?;
    let chosen = |slug: &str| asked.board.as_ref().is_none_or(|asked| asked == slug);
    let mut met = false;
    for (id, slug) in all.into_iter().filter(|(_, slug)| chosen(slug)) {
        met = true;
        let bench = Bench::new(db, keyring, (id, slug), asked, report)?;
        board::verify(bench, &mut kept)?;
    }
    if let (Some(slug), false) = (&asked.board, met) {
        report.unchecked.push(format!("there is no board {slug}"));
    }
    kept.rest(report);
    Ok(())
}
