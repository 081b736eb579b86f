//! What a verification has to say, line by line.

use crate::audit::finding::{Finding, FindingKind};
use crate::audit::merkle::Hash;
use crate::db::sound;
use crate::error::Error;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fmt;
use uuid::Uuid;

/// Findings that are named one by one; the rest is counted.
pub(super) const MOST_NAMED: usize = 10_000;

/// What came out. [`Display`](fmt::Display) gives it as lines, the verdict last.
#[derive(Debug, Default)]
pub struct Report {
    pub logs: Vec<LogSummary>,
    pub found: Vec<Found>,
    /// Findings above the ten thousand that are named.
    pub more: u64,
    /// What could not be checked, a sentence each.
    pub unchecked: Vec<String>,
}

/// A log that was read to its end.
#[derive(Debug)]
pub struct LogSummary {
    /// Board and epoch, such as `borlange/1`.
    pub place: String,
    pub events: u64,
    /// The size of its largest checkpoint that agrees.
    pub signed: u64,
    /// `None` when a gap made it impossible to tell.
    pub root: Option<Hash>,
}

/// Something that is wrong, and where.
#[derive(Debug)]
pub struct Found {
    /// Board and epoch (`borlange/1`), the board alone, or nothing.
    pub place: String,
    pub finding: Finding,
}

impl Report {
    /// The report of a database that SQLite can no longer read as one; `None` when something else went wrong. Opening
    /// a damaged database may fail before there is anything to verify.
    pub fn of_damage(cause: &Error) -> Option<Report> {
        let words = sound::damage(cause)?.to_owned();
        let mut report = Report::default();
        report.find("", None, None, FindingKind::Damaged(words));
        Some(report)
    }

    /// 0: whole. 1: something was changed, is missing or was added. 2: nothing wrong was found, but not everything
    /// could be checked.
    pub fn exit_code(&self) -> u8 {
        match (self.found.is_empty(), self.unchecked.is_empty()) {
            (false, _) => 1,
            (true, false) => 2,
            (true, true) => 0,
        }
    }

    /// How many findings there are, named or not.
    pub fn count(&self) -> u64 {
        self.found.len() as u64 + self.more
    }

    pub(super) fn find(&mut self, place: &str, event_id: Option<Uuid>, index: Option<u64>, what: FindingKind) {
        self.take(place, [Finding { event_id, index, what }]);
    }

    pub(super) fn take(&mut self, place: &str, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            if self.found.len() < MOST_NAMED {
                self.found.push(Found {
                    place: place.to_owned(),
                    finding,
                });
            } else {
                self.more += 1;
            }
        }
    }
}

impl fmt::Display for LogSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} events, signed up to {}",
            self.place, self.events, self.signed
        )?;
        match self.root {
            Some(root) => write!(f, ", root {}", BASE64_STANDARD.encode(root)),
            None => f.write_str(", no root"),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            write!(f, "{}", self.finding)
        } else {
            write!(f, "{}: {}", self.place, self.finding)
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for log in &self.logs {
            writeln!(f, "{log}")?;
        }
        for found in &self.found {
            writeln!(f, "{found}")?;
        }
        if self.more > 0 {
            writeln!(f, "and at least {} findings more", self.more)?;
        }
        for what in &self.unchecked {
            writeln!(f, "not checked: {what}")?;
        }
        match self.exit_code() {
            0 => f.write_str("whole"),
            1 => write!(f, "NOT WHOLE: {} findings", self.count()),
            _ => f.write_str("nothing wrong found, but not everything could be checked"),
        }
    }
}
