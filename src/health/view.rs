//! How the service is, part by part.

use crate::clock::Instant;
use crate::review::CheckView;
use serde::Serialize;

crate::closed_list! {
    /// What a request needs.
    Part {
        Database = "database",
        /// Where files are kept.
        Files = "files",
        /// The log is written, and its events get their places.
        Audit = "audit",
    }
}

/// How the service is.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HealthView {
    /// The program's version.
    pub version: &'static str,
    /// When it was looked.
    pub at: Instant,
    pub parts: Vec<PartView>,
    pub log: LogView,
    pub letters: LettersView,
    /// When everything was last copied; null when it never was.
    #[schema(required = true)]
    pub last_backup: Option<Instant>,
}

/// Whether a part answers.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct PartView {
    pub part: Part,
    pub ok: bool,
}

/// How the board's log stands.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LogView {
    /// Events that have their places.
    pub placed: u64,
    /// Events that wait for theirs.
    pub waiting: u64,
    /// Events that the newest checkpoint counts.
    pub signed: u64,
    /// The newest check that has come to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<CheckView>,
}

/// Which of the board's letters are not sent.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct LettersView {
    pub waiting: u64,
    /// When the oldest of them was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Instant>,
    /// Given up.
    pub dead: u64,
}
