//! Taking in a municipality: six CSV files of units, staff, homes, members, service users and assignments, all of them
//! or nothing, in one transaction, through the verbs that the command line's operator has. It adds what is missing and
//! changes nothing that is there, so the same files may be taken in again. Faults name file, line and column and repeat
//! nothing of what stands there. It owns the files' columns (`docs/import/`), and no rule of what they mean.

mod apply;
mod files;
mod left_out;
mod table;

use crate::access::{Access, Actor};
use crate::app::App;
use crate::error::{Error, Result};
use crate::id::{BoardId, PersonId};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Something that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImportFault {
    pub file: &'static str,
    /// From 1; 0 is the file as a whole.
    pub line: u64,
    /// As the file's head names it; empty is the line as a whole.
    pub column: String,
    pub what: String,
}

impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.line {
            0 => self.file.to_owned(),
            line => format!("{}:{line}", self.file),
        };
        let parts = [place.as_str(), &self.column, &self.what].into_iter();
        f.write_str(&parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": "))
    }
}

/// What came of it: faults, and then nothing was taken in; or what was added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    pub faults: Vec<ImportFault>,
    /// How many of each file were added, in the order of the files.
    pub added: Vec<(&'static str, usize)>,
    /// How many of each file were there already.
    pub there: Vec<(&'static str, usize)>,
    /// The people that were added. They have no password: each is to be invited.
    pub people: Vec<PersonId>,
    /// How many of the people in the files were invited.
    pub invited: usize,
}

impl Outcome {
    /// Whether anything was added, or anyone invited.
    pub fn has_changed(&self) -> bool {
        self.invited > 0 || self.added.iter().any(|(_, count)| *count > 0)
    }
}

/// How files are taken in.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// All is tried and nothing kept.
    pub dry_run: bool,
    /// Who has no password and no invitation that works is invited by letter.
    pub invite: bool,
}

/// Reads the files in `folder` and takes them in at a board.
///
/// # Errors
/// [`Error::Unavailable`] when the folder cannot be read or the database does not answer. What is wrong in the files is
/// no error but an [`Outcome`] with faults.
pub async fn import(app: &App, board: BoardId, folder: &Path, how: How) -> Result<Outcome> {
    let files = files::read(folder, app.clock.now().day()).map_err(Error::Unavailable)?;
    let told: Arc<Mutex<Outcome>> = Arc::default();
    let tell = told.clone();
    let take_in = move |access: Access<'_>| {
        let outcome = apply::apply(access, &files, how.invite)?;
        let keep = outcome.faults.is_empty() && outcome.has_changed() && !how.dry_run;
        *tell.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
        if keep { Ok(()) } else { Err(ROLLED_BACK) }
    };
    match app.door.write(Actor::operator(board), take_in).await {
        Ok(()) | Err(ROLLED_BACK) => Ok(told.lock().unwrap_or_else(PoisonError::into_inner).clone()),
        Err(cause) => Err(cause),
    }
}

/// What the transaction is given up with when nothing of it is to stay.
const ROLLED_BACK: Error = Error::Conflict("import-rolled-back");
