//! Having the whole log of a board checked while the service runs: by an auditor who asks for it, and by the program
//! itself once a day. The check is the verification of `famn audit verify`; what it found is kept, so that the log's
//! page can say when it was last found whole.

use super::rows::{self, CheckRow};
use super::view::CheckView;
use crate::access::{Access, Actor, Happening, Once, Right};
use crate::app::App;
use crate::audit::verify::{Asked, Report, verify};
use crate::audit::{Action, Subject, of_the_program, record};
use crate::board::all_boards;
use crate::clock::Instant;
use crate::db::Db;
use crate::db::housekeeping::Chore;
use crate::error::Result;
use crate::id::{BoardId, LogCheckId, of};
use crate::web::{Listed, Listing};
use std::time::Duration;

static CHECK: Chore = Chore {
    name: "check of the log",
    tables: &["log_check", "board_key", "audit_event", "audit_pending"],
};

crate::closed_list! {
    /// What a check of the log found.
    CheckVerdict {
        /// Nothing was changed, taken away or added.
        Whole = "whole",
        NotWhole = "not_whole",
        /// Nothing wrong, but something could not be checked.
        Unclear = "unclear",
    }
}

/// A check that has not ended within this has broken off: the program ended meanwhile.
pub const AT_MOST: Duration = Duration::from_secs(15 * 60);
/// The program checks each log by itself when the last check is older than this.
const DAILY: Duration = Duration::from_secs(23 * 60 * 60);
/// Findings that are kept by their words; the rest is counted.
const KEPT: usize = 50;

/// A check to be done.
struct Wanted {
    id: LogCheckId,
    board: BoardId,
    slug: String,
}

impl Access<'_> {
    /// Notes that a check is wanted; whether it is a new one, or one that runs already.
    fn want_check(self, once: Option<&Once>) -> Result<(CheckView, Option<Wanted>)> {
        let relation = self.require(Right::ReadLog, Action::AuditVerify)?;
        let (board, me, now) = (self.standing().board, self.person()?, self.now());
        if let Some(made) = self.made_before(once)? {
            let row = self.db(|db| rows::one_check(db, made))?;
            self.log(Happening::read(Action::AuditCheckpoint, relation).object("log_check", made));
            return Ok((self.show_checks(vec![row])?.remove(0), None));
        }
        let running = self.db(|db| rows::checks(db, board, (None, 1)))?;
        let running = running
            .into_iter()
            .find(|row| row.done_at.is_none() && now.since(row.asked_at) < AT_MOST);
        let (row, wanted) = match running {
            Some(row) => (row, None),
            None => {
                let row = CheckRow::asked(self.fresh_id(), board, Some(me), now);
                self.db(|db| rows::insert_check(db, &row))?;
                let slug = self.board_slug()?;
                let wanted = Wanted {
                    id: row.id,
                    board,
                    slug,
                };
                (row, Some(wanted))
            }
        };
        self.log(Happening::write(Action::AuditVerify, relation).object("log_check", row.id));
        self.remember(once, row.id)?;
        Ok((self.show_checks(vec![row])?.remove(0), wanted))
    }

    /// The checks of the board's logs, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::error::Error::Forbidden) for all but auditors and the data protection officer.
    pub fn log_checks(self, listing: Listing<of::LogCheck>) -> Result<Listed<CheckView>> {
        let relation = self.require(Right::ReadCheckpoint, Action::AuditCheckpoint)?;
        let board = self.standing().board;
        let mut found = self.db(|db| rows::checks(db, board, (listing.after, listing.limit + 1)))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        self.log(Happening::read(Action::AuditCheckpoint, relation).shown("log_check", shown));
        let last = found.last().map(|row| row.id.to_string());
        Ok(Listed {
            next_cursor: last.filter(|_| more),
            items: self.show_checks(found)?,
        })
    }

    /// The newest check that has come to its end, for whoever may see how the log stands.
    pub(crate) fn newest_check(self) -> Result<Option<CheckView>> {
        let board = self.standing().board;
        let found = self.db(|db| rows::newest_done(db, board))?;
        Ok(self.show_checks(found.into_iter().collect())?.pop())
    }

    fn show_checks(self, found: Vec<CheckRow>) -> Result<Vec<CheckView>> {
        let people: Vec<_> = found.iter().filter_map(|row| row.asked_by).collect();
        let names = self.names_of(&people)?;
        let name = |row: &CheckRow| names.get(&row.asked_by?).map(|name| name.expose().clone());
        found
            .into_iter()
            .map(|row| {
                let by = name(&row);
                CheckView::of(row, by, self.now())
            })
            .collect()
    }
}

/// Has the log of the asker's board checked; the answer does not wait for the end.
///
/// # Errors
/// [`Error::Forbidden`](crate::error::Error::Forbidden) for all but auditors.
pub async fn check_log(app: &App, actor: Actor, once: Option<Once>) -> Result<CheckView> {
    let want = move |access: Access<'_>| access.want_check(once.as_ref());
    let (view, wanted) = app.door.write(actor, want).await?;
    if let Some(wanted) = wanted {
        let app = app.clone();
        tokio::spawn(async move { told(&app, check(&app, wanted).await) });
    }
    Ok(view)
}

/// Checks the logs whose last check is a day old. Gives how many.
///
/// # Errors
/// When the database does not answer.
pub async fn check_daily(app: &App) -> Result<usize> {
    let mut count = 0;
    for (board, slug) in all_boards(app).await? {
        let clock = app.clock.clone();
        let due = move |db: &mut Db| {
            let now = clock.now();
            let newest = rows::checks(db, board, (None, 1))?;
            // One that broke off is none, once it could not be under way any more.
            let counts = |row: &CheckRow| row.done_at.is_some() || now.since(row.asked_at) < AT_MOST;
            if newest.iter().any(|row| now.since(row.asked_at) < DAILY && counts(row)) {
                return Ok(None);
            }
            let row = CheckRow::asked(clock.fresh_id(), board, None, now);
            rows::insert_check(db, &row)?;
            Ok(Some(row.id))
        };
        if let Some(id) = app.store.chore(&CHECK, due).await? {
            told(app, check(app, Wanted { id, board, slug }).await);
            count += 1;
        }
    }
    Ok(count)
}

fn told(app: &App, done: Result<()>) {
    if let Err(cause) = done {
        app.watch.tell(&cause);
        tracing::error!(%cause, "a check of the log broke off");
    }
}

async fn check(app: &App, wanted: Wanted) -> Result<()> {
    let asked = Asked {
        board: Some(wanted.slug.clone()),
        origin: Some(app.config.audit.origin.clone()),
        ..Asked::all(app.clock.now())
    };
    let report = verify(&app.store, Some(app.keyring.clone()), asked).await?;
    let verdict = verdict(&report);
    if verdict != CheckVerdict::Whole {
        tracing::error!(board = wanted.slug, %report, "the log was checked and not found whole");
    }
    let (clock, keyring) = (app.clock.clone(), app.keyring.clone());
    let note = move |db: &mut Db| {
        rows::finish_check(db, wanted.id, &found(&report, verdict, clock.now()))?;
        let subject = Subject {
            count: Some(report.logs.iter().map(|log| log.events).sum()),
            object: Some(wanted.id.uuid()),
            object_type: Some("log_check"),
            ..Subject::default()
        };
        let event = of_the_program(&clock, (Action::AuditVerify, Some(verdict.as_str())), &subject)?;
        let keys = keyring.of(db, wanted.board)?;
        record(db, &keys, &[event])
    };
    app.store.chore(&CHECK, note).await
}

fn verdict(report: &Report) -> CheckVerdict {
    match report.exit_code() {
        0 => CheckVerdict::Whole,
        1 => CheckVerdict::NotWhole,
        _ => CheckVerdict::Unclear,
    }
}

/// What a check found, as it is kept.
pub(super) struct Found {
    pub done_at: Instant,
    pub verdict: CheckVerdict,
    pub events: i64,
    pub signed: i64,
    pub findings: i64,
    pub words: String,
}

fn found(report: &Report, verdict: CheckVerdict, now: Instant) -> Found {
    let sum = |of: fn(&crate::audit::verify::LogSummary) -> u64| report.logs.iter().map(of).sum::<u64>();
    let named = report.found.iter().take(KEPT).map(ToString::to_string);
    let unchecked = report.unchecked.iter().map(|what| format!("not checked: {what}"));
    Found {
        done_at: now,
        verdict,
        events: sum(|log| log.events) as i64,
        signed: sum(|log| log.signed) as i64,
        findings: report.count() as i64,
        words: named.chain(unchecked).collect::<Vec<_>>().join("\n"),
    }
}
