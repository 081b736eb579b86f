//! The file of a SQLite database: who makes it, and whether it is still the one that was opened. Opens no connection.
//! A file made beside the log (`-wal`) or the index of it (`-shm`) of one that was moved away takes both: what stood in the
//! log is lost, and every process that uses the index may end.

use crate::error::{Error, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// A SQLite database's file: where it is, and which one it was when it was opened.
#[derive(Debug, Clone)]
pub(super) struct DatabaseFile {
    path: String,
    /// The device it lies on, and its number there.
    was: (u64, u64),
}

impl DatabaseFile {
    /// The file that is there.
    ///
    /// # Errors
    /// [`Error::Unavailable`], which says what to do, when there is none.
    pub(super) fn at(path: &str) -> Result<DatabaseFile> {
        match which(path) {
            Some(was) => Ok(DatabaseFile { path: path.into(), was }),
            None => Err(Error::Unavailable(match left_of(path) {
                Some(left) => format!("{left} is there, but not the database it belongs to: put {path} back"),
                None => format!("there is no database {path}: run `famn migrate`, or serve with --migrate"),
            })),
        }
    }

    /// The same, made empty where there is none and nothing is left of one.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it cannot be made.
    pub(super) fn make(path: &str) -> Result<DatabaseFile> {
        if which(path).is_none() && left_of(path).is_none() {
            let made = fs::OpenOptions::new().append(true).create(true).open(path);
            made.map_err(|cause| Error::Unavailable(format!("{path} cannot be made: {cause}")))?;
        }
        DatabaseFile::at(path)
    }

    /// Whether it still lies where it was opened.
    pub(super) fn is_there(&self) -> bool {
        which(&self.path) == Some(self.was)
    }

    /// How SQLite is asked to open it and to make none.
    pub(super) fn uri(&self) -> String {
        format!("file:{}?mode=rw", utf8_percent_encode(&self.path, NON_ALPHANUMERIC))
    }
}

fn which(path: &str) -> Option<(u64, u64)> {
    let found = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some((found.dev(), found.ino()))
}

/// What lies beside a database's file and is no use without it.
fn left_of(path: &str) -> Option<String> {
    let beside = ["-wal", "-shm"].map(|end| format!("{path}{end}"));
    beside.into_iter().find(|path| Path::new(path).exists())
}
