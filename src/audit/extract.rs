//! Reads a log out of the tables: its head (name, key, size, newest checkpoint) and its events as lines of an export,
//! salts opened. What does not fit together is marked in its place, with why, and the export goes on; the verification
//! tells what is wrong with it.

use super::event::Action;
use super::export::{BadLine, ExportLine};
use super::tables::{self, LogId, PlacedRow};
use crate::clock::Instant;
use crate::crypt::{BoardKeys, Keyring};
use crate::db::housekeeping::Chore;
use crate::db::schema::{audit_checkpoint, audit_epoch, audit_event, audit_pending, audit_tree, board};
use crate::db::{Db, Store};
use crate::error::{Error, Result};
use crate::id::BoardId;
use diesel::prelude::*;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub static EXPORT: Chore = Chore {
    name: "export the log",
    tables: &[
        "audit_event",
        "audit_epoch",
        "audit_seq",
        "audit_tree",
        "audit_checkpoint",
        "board",
        "board_key",
    ],
};

/// Events read at a time; a page is some 300 kB.
const PAGE: u64 = 256;

/// A log as a whole, at the moment it was looked at.
#[derive(Debug, Clone)]
pub struct LogHead {
    pub log: LogId,
    /// The key that signs it, as verifiers take it; begins with the log's name.
    pub vkey: String,
    /// How many events have their places.
    pub size: u64,
    /// The newest checkpoint and its size; `None` until the first event is signed.
    pub checkpoint: Option<(u64, String)>,
}

/// The log of that epoch, or of the newest; `None` when there is none.
pub fn head(db: &mut Db, of_board: BoardId, epoch: Option<u64>) -> Result<Option<LogHead>> {
    let mut query = audit_epoch::table
        .inner_join(
            audit_tree::table.on(audit_tree::board_id
                .eq(audit_epoch::board_id)
                .and(audit_tree::epoch.eq(audit_epoch::epoch))),
        )
        .filter(audit_epoch::board_id.eq(of_board))
        .select((audit_epoch::epoch, audit_epoch::vkey, audit_tree::size))
        .order(audit_epoch::epoch.desc())
        .into_boxed();
    if let Some(epoch) = epoch {
        // One above all numbers of the column is of no log either.
        query = query.filter(audit_epoch::epoch.eq(i64::try_from(epoch).unwrap_or(0)));
    }
    let Some((epoch, vkey, size)) = query.first::<(i64, String, i64)>(db).optional()? else {
        return Ok(None);
    };
    let checkpoint: Option<(i64, String)> = audit_checkpoint::table
        .filter(
            audit_checkpoint::board_id
                .eq(of_board)
                .and(audit_checkpoint::epoch.eq(epoch)),
        )
        .select((audit_checkpoint::size, audit_checkpoint::note))
        .order(audit_checkpoint::size.desc())
        .first(db)
        .optional()?;
    Ok(Some(LogHead {
        log: LogId { board: of_board, epoch },
        vkey,
        size: size as u64,
        checkpoint: checkpoint.map(|(size, note)| (size as u64, note)),
    }))
}

fn head_of(db: &mut Db, slug: &str, epoch: Option<u64>) -> Result<Option<LogHead>> {
    let named = board::table.filter(board::slug.eq(slug)).select(board::id);
    match named.first(db).optional()? {
        Some(id) => head(db, id, epoch),
        None => Ok(None),
    }
}

/// The newest checkpoint of a board's newest log; `None` when nothing is signed yet.
pub async fn newest_checkpoint(store: &Store, slug: &str) -> Result<Option<String>> {
    let slug = slug.to_owned();
    let find = move |db: &mut Db| {
        let head = head_of(db, &slug, None)?;
        Ok(head.and_then(|head| head.checkpoint).map(|(_, note)| note))
    };
    store.snapshot(&EXPORT, find).await
}

/// How many of the board's events wait for their places.
pub fn waiting(db: &mut Db, of_board: BoardId) -> Result<u64> {
    let of_board = audit_pending::table.filter(audit_pending::board_id.eq(of_board));
    Ok(of_board.count().get_result::<i64>(db)? as u64)
}

/// When the board last did such a thing; `None` when it never did.
pub fn last_done(db: &mut Db, of_board: BoardId, action: Action) -> Result<Option<Instant>> {
    let at: Option<i64> = audit_event::table
        .filter(audit_event::board_id.eq(of_board))
        .filter(audit_event::action.eq(action.as_str()))
        .select(audit_event::at_ms)
        .order(audit_event::id.desc())
        .first(db)
        .optional()?;
    Ok(at.map(|at| Instant::from_micros(at.saturating_mul(1000))))
}

/// The next lines of an export, at least one unless `places` is empty. Takes what it gives off `places`.
///
/// # Errors
/// When the database does not answer, or the board's keys do not open.
pub async fn next_lines(
    store: &Store,
    keyring: &Arc<Keyring>,
    log: LogId,
    mut places: Range<u64>,
) -> Result<(Vec<u8>, Range<u64>)> {
    let keyring = keyring.clone();
    let read = move |db: &mut Db| {
        let keys = keyring.of(db, log.board)?;
        let mut lines = Vec::new();
        write_page(db, &keys, log, &mut places, &mut lines)?;
        Ok((lines, places))
    };
    store.survey(&EXPORT, read).await
}

/// Writes the next page of `places` and takes it off them.
fn write_page(db: &mut Db, keys: &BoardKeys, log: LogId, places: &mut Range<u64>, out: &mut impl Write) -> Result<()> {
    let next = places.start..places.end.min(places.start.saturating_add(PAGE));
    let rows = tables::placed(db, log, next.start as i64, next.clone().count() as i64)?;
    // By their indexes: a row may be missing, or there twice.
    let mut rows = rows.iter().peekable();
    for index in next {
        while rows.next_if(|row| (row.index as u64) < index).is_some() {}
        let row = rows.next_if(|row| row.index as u64 == index);
        let Err(fault) = write_line(row, keys, out)? else {
            places.start = index + 1;
            continue;
        };
        let LogId { board, epoch } = log;
        tracing::error!(%board, epoch, index, fault, "an event cannot be exported; its place is marked");
        let bad = BadLine {
            index,
            event_id: row.and_then(|row| row.event_id.uuid()),
            leaf_hash: row.map(|row| hex::encode(&row.leaf_hash)),
            fault,
        };
        bad.write_line(out).map_err(Error::fault)?;
        places.start = index + 1;
    }
    Ok(())
}

/// Writes the line of a row, or says why there can be none.
fn write_line(row: Option<&PlacedRow>, keys: &BoardKeys, out: &mut impl Write) -> Result<Result<(), &'static str>> {
    let Some(row) = row else {
        return Ok(Err("nothing stands here"));
    };
    let Some((event_id, event)) = row.event_id.uuid().zip(row.event.as_ref()) else {
        return Ok(Err("the event is missing"));
    };
    let Ok(opened) = event.open_salts(keys, event_id) else {
        return Ok(Err("its salts do not open"));
    };
    let Ok(salts) = tables::salts_of(event, &opened) else {
        return Ok(Err("its salts are not those of its parts"));
    };
    let Ok(commitments) = event.commitments[..].try_into() else {
        return Ok(Err("the commitments to its parts are missing"));
    };
    let line = ExportLine {
        index: row.index as u64,
        event_id,
        at_ms: event.at_ms as u64,
        texts: event.texts().map(|text| text.map(Into::into)),
        salts: salts.map(|salt| salt.copied()),
        commitments,
    };
    line.write_line(out).map_err(Error::fault).map(Ok)
}

/// Exports a board's log, of one epoch or the newest, into `folder`: `events.jsonl`, `checkpoint`, `log.vkey`, on the
/// disk when this returns. Gives the number of events; those beyond the checkpoint are exported too.
///
/// # Errors
/// [`Error::Fault`] with the cause: no such board or log, nothing signed yet, a folder that is not empty, a file that
/// cannot be written.
pub async fn export_to(
    store: &Store,
    keyring: &Arc<Keyring>,
    (slug, epoch): (&str, Option<u64>),
    folder: &Path,
) -> Result<u64> {
    let (keyring, slug, folder) = (keyring.clone(), slug.to_owned(), folder.to_owned());
    let export = move |db: &mut Db| {
        let head = head_of(db, &slug, epoch)?.ok_or_else(|| Error::fault(format!("{slug}: no such board or log")))?;
        let unsigned = || Error::fault(format!("{slug}: nothing of the log is signed yet"));
        let (_, note) = head.checkpoint.as_ref().ok_or_else(unsigned)?;
        let keys = keyring.of(db, head.log.board)?;
        let files = Folder::make(&folder)?;
        files.write("log.vkey", |out| {
            writeln!(out, "{}", head.vkey).map_err(|cause| files.cannot(cause))
        })?;
        files.write("checkpoint", |out| {
            out.write_all(note.as_bytes()).map_err(|cause| files.cannot(cause))
        })?;
        files.write("events.jsonl", |out| {
            let mut places = 0..head.size;
            while !places.is_empty() {
                write_page(db, &keys, head.log, &mut places, out)?;
            }
            Ok(())
        })?;
        files.sync().map_err(|cause| files.cannot(cause))?;
        Ok(head.size)
    };
    store.snapshot(&EXPORT, export).await
}

/// A folder that was empty, readable by its owner alone: an export tells who has read what.
struct Folder(PathBuf);

impl Folder {
    fn make(path: &Path) -> Result<Folder> {
        let folder = Folder(path.to_owned());
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let made = builder.recursive(true).create(path);
        let there = made.and_then(|()| Ok(fs::read_dir(path)?.next().is_some()));
        match there {
            Ok(false) => Ok(folder),
            Ok(true) => Err(Error::fault(format!("{} is not empty", path.display()))),
            Err(cause) => Err(folder.cannot(cause)),
        }
    }

    fn write(&self, name: &str, fill: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.0.join(name)).map_err(|cause| self.cannot(cause))?;
        let mut out = BufWriter::new(file);
        fill(&mut out)?;
        let file = out.into_inner().map_err(|cause| self.cannot(cause.into_error()))?;
        file.sync_all().map_err(|cause| self.cannot(cause))
    }

    /// New files are there after a power cut only once their folder is on the disk too.
    fn sync(&self) -> std::io::Result<()> {
        if cfg!(unix) {
            File::open(&self.0)?.sync_all()
        } else {
            Ok(())
        }
    }

    fn cannot(&self, cause: std::io::Error) -> Error {
        Error::fault(format!("cannot write the export to {}: {cause}", self.0.display()))
    }
}
