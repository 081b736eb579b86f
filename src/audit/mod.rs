//! The audit log as bytes: what an event says, how it is committed to, the Merkle tree over all events of a board, the
//! signed checkpoints of that tree, exports, and their verification.
//!
//! The formats come first, and know no database, no seals and no clock: salts come in and go out in clear. Beside them
//! stands what keeps them in the tables: recording, sequencing, signing, exporting, verifying. What is logged and who
//! may read it is decided elsewhere. Whatever is written here must be readable by programs that share no code with
//! Famn; the formats are those of RFC 6962 and of C2SP (signed-note, tlog-checkpoint), pinned by
//! `tests/it/audit/vectors.json`.

pub mod chain;
pub mod entry;
pub mod erase;
pub mod event;
pub mod export;
pub mod finding;
pub mod leaf;
pub mod merkle;
pub mod note;
pub mod stored;

pub mod epoch;
pub mod extract;
pub mod keeper;
pub mod one;
mod record;
pub mod sequencer;
pub mod signer;
mod tables;
pub mod verify;
pub mod watch;

pub use entry::Entry;
pub use event::{Action, ActorPart, Core, Outcome, Relation, Subject};
pub use record::{found_log, of_the_program, record};
pub use tables::LogId;
pub use watch::{Trace, Watch};

#[cfg(test)]
pub(crate) mod tests;

use std::fmt;

/// Bytes or text that do not have the form they must have; says what was wrong with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}
