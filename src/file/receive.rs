//! Receiving: the stream is judged by its first bytes, sealed on its way to the store, read whole by the check of its
//! format, and (a picture) re-encoded; only then is it kept. Whatever goes wrong, nothing is left behind.

mod pace;

use super::check::{self, CheckError, Checked, FIRST, FIRST_MOST, Format, Refusal, Shown};
use super::name::file_name;
use super::reencode::reencode;
use super::rows::BlobId;
use super::verbs::{Sealed, blob_name};
use crate::access::Actor;
use crate::app::App;
use crate::blob::{BlobFacts, BlobName, BlobWriter, Blobs};
use crate::crypt::RowKey;
use crate::db::housekeeping::Chore;
use crate::error::{Error, Result};
use crate::id::{BoardId, FileId, PersonId};
use bytes::Bytes;
use futures_util::Stream;
use pace::Pace;
use serde::Serialize;
use std::io::{Read as _, Write as _};

/// What a size is told in.
pub const MB: u64 = 1024 * 1024;
/// The largest file, in such; a board may take smaller ones alone.
pub const FILE_MOST_MB: i64 = 15;
/// The same in bytes.
pub const FILE_MAX: u64 = FILE_MOST_MB.unsigned_abs() * MB;

static KEYS: Chore = Chore {
    name: "a board's keys",
    tables: &["board_key"],
};

/// What the sender says of a file. What type it says that it is decides nothing.
#[derive(Debug, Clone, Default)]
pub struct Declared {
    /// `None`: it gets one by its type.
    pub name: Option<String>,
    pub length: Option<u64>,
    /// SHA-256, in hex, of the file as it was chosen, where a page made it smaller before it was sent.
    pub chosen: Option<String>,
}

/// A file that was kept.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Received {
    pub id: FileId,
    pub name: String,
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Hex, of the bytes sent.
    pub sha256: String,
}

/// Receives a file for the one who asks.
///
/// # Errors
/// [`Error::TooLarge`], [`Error::WrongType`], [`Error::Invalid`] at `file` (cut off, damaged, sealed with a password …),
/// [`Error::TooSlow`], [`Error::Forbidden`], [`Error::NoHome`]; [`Error::TooMany`], [`Error::Unavailable`] where too many
/// files of the sender or of all are on their way.
pub async fn receive<E: std::fmt::Display>(
    app: &App,
    actor: Actor,
    declared: Declared,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Received> {
    let standing = app.door.standing(actor).await?;
    if !standing.sends() {
        return app.door.read(actor, |access| Err(access.refuse_upload())).await;
    }
    if declared.length.is_some_and(|length| length > FILE_MAX) {
        return Err(Error::TooLarge);
    }
    let mut kept = Unkept::new(&app.blobs);
    let sender = (standing.board, standing.person.ok_or(Error::SignIn)?);
    let sealed = match seal_and_check(app, sender, declared, body, &mut kept).await {
        Ok(sealed) => sealed,
        Err(cause) => return Err(told_of(app, actor, cause).await),
    };
    let answer = Received {
        id: sealed.id,
        name: sealed.name.clone(),
        media_type: sealed.media_type.into(),
        size: sealed.size,
        sha256: sealed.sha256.clone(),
    };
    app.door.write(actor, move |access| access.keep(&sealed)).await?;
    kept.keep();
    app.metrics.uploads.inc();
    app.metrics.upload_bytes.inc_by(answer.size);
    Ok(answer)
}

/// A file refused for what it is stands in the log before its sender is told; what broke off on the way does not.
async fn told_of(app: &App, actor: Actor, cause: Error) -> Error {
    let why = match &cause {
        Error::WrongType(why) => Some(*why),
        Error::Invalid(faults) => faults.first().map(|fault| fault.code),
        _ => None,
    };
    let Some(why) = why else { return cause };
    match app
        .door
        .read(actor, move |access| Err::<(), _>(access.refuse(why)))
        .await
    {
        Err(Error::Forbidden) | Ok(()) => cause,
        Err(unlogged) => unlogged,
    }
}

async fn seal_and_check<E: std::fmt::Display>(
    app: &App,
    (board, person): (BoardId, PersonId),
    declared: Declared,
    body: impl Stream<Item = Result<Bytes, E>>,
    unkept: &mut Unkept,
) -> Result<Sealed> {
    let place = app.uploads.place(board, person).await?;
    let keyring = app.keyring.clone();
    let keys = app.store.survey(&KEYS, move |db| keyring.of(db, board)).await?;
    let id: FileId = app.clock.fresh_id();
    let key = keys.bare_row_key();
    let original: (BlobId, RowKey) = (app.clock.fresh_id(), key.fresh_inner());
    let name = blob_name(board, original.0);
    let (format, facts) = arrive(&app.blobs, name, &original.1, body).await?;
    unkept.add(name);
    drop(place);
    let checked = read_whole(app, name, &original.1, format, facts.size).await?;
    let file_name = file_name(declared.name.as_deref(), format);
    let content: (BlobId, RowKey) = (app.clock.fresh_id(), key.fresh_inner());
    let content_name = blob_name(board, content.0);
    let shown = show_form(
        app,
        (name, &original.1),
        (content_name, &content.1),
        checked,
        facts.size,
        (board, person),
    )
    .await?;
    let (content, content_type, content_size) = match shown {
        Some((media_type, facts)) => {
            unkept.add(content_name);
            (content, media_type, facts.size)
        }
        None => (
            (original.0, original.1.second_holder()),
            format.media_type(),
            facts.size,
        ),
    };
    Ok(Sealed {
        id,
        name: file_name,
        chosen: declared.chosen.filter(|chosen| is_digest(chosen)),
        sha256: hex::encode(facts.sha256),
        media_type: format.media_type(),
        size: facts.size,
        content_type,
        content_size,
        original,
        content,
        key,
    })
}

/// Whether it is written as a SHA-256 in lower-case hex is.
fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Takes the bytes in, judging the format by the first of them.
async fn arrive<E: std::fmt::Display>(
    blobs: &Blobs,
    name: BlobName,
    key: &RowKey,
    body: impl Stream<Item = Result<Bytes, E>>,
) -> Result<(Format, BlobFacts)> {
    let mut body = std::pin::pin!(body);
    let mut first = Vec::new();
    let mut pace = Pace::start();
    let mut format = None;
    // A document may begin behind the head of a mail.
    for most in [FIRST, FIRST_MOST] {
        while format.is_none() && first.len() < most {
            match pace.next(&mut body).await? {
                Some(bytes) => first.extend_from_slice(&bytes),
                None => break,
            }
        }
        format = format.or_else(|| Format::sniff(&first));
    }
    if first.is_empty() {
        return Err(Error::invalid("file", "file-empty"));
    }
    let format = format.ok_or(Error::WrongType("file-type"))?;
    let mut writer = blobs.create(name, key.bare()).await?;
    let taken = take(&mut writer, first.into(), &mut pace, &mut body).await;
    match taken {
        Ok(()) => Ok((format, writer.finish().await?)),
        Err(cause) => {
            writer.abort().await;
            Err(cause)
        }
    }
}

async fn take<E: std::fmt::Display>(
    writer: &mut BlobWriter,
    first: Bytes,
    pace: &mut Pace,
    body: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
) -> Result<()> {
    let mut next = Some(first);
    while let Some(bytes) = next {
        if writer.size() + bytes.len() as u64 > FILE_MAX {
            return Err(Error::TooLarge);
        }
        writer.push(&bytes).await?;
        next = pace.next(body).await?;
    }
    Ok(())
}

/// The full structural read, over the sealed blob.
async fn read_whole(app: &App, name: BlobName, key: &RowKey, format: Format, size: u64) -> Result<Checked> {
    let mut reader = app.blobs.reader(name, key.bare(), size);
    let permit = app.reading.clone().acquire_owned().await.map_err(Error::unavailable)?;
    let read = move || {
        let _permit = permit;
        check::check(format, size, &mut reader)
    };
    tokio::task::spawn_blocking(read)
        .await
        .map_err(Error::fault)?
        .map_err(told)
}

/// Makes the form for viewing, where it is another than the original.
async fn show_form(
    app: &App,
    (original, original_key): (BlobName, &RowKey),
    (content, content_key): (BlobName, &RowKey),
    checked: Checked,
    size: u64,
    (board, person): (BoardId, PersonId),
) -> Result<Option<(&'static str, BlobFacts)>> {
    let reader = app.blobs.reader(original, original_key.bare(), size);
    let (blobs, key, format) = (app.blobs.clone(), content_key.bare().copy(), checked.format);
    match format {
        Format::Pdf | Format::Heic if checked.shown.is_whole(size) => Ok(None),
        Format::Pdf | Format::Heic => {
            let shown = checked.shown;
            let permit = app.reading.clone().acquire_owned().await.map_err(Error::unavailable)?;
            let copy = move || {
                let _permit = permit;
                copy_shown(reader, &blobs, content, &key, &shown)
            };
            let facts = tokio::task::spawn_blocking(copy).await.map_err(Error::fault)??;
            Ok(Some((format.media_type(), facts)))
        }
        Format::Jpeg | Format::Png | Format::Webp => {
            let room = match checked.plan.is_small() {
                true => &app.darkroom.small,
                false => &app.darkroom.large,
            };
            // The place goes with the work: one that is given up by its sender still ends before the next begins.
            let place = room.place(board, person).await?;
            let develop = move || {
                let _place = place;
                let mut writer = blobs.blocking_writer(content, &key)?;
                let kind = reencode(&checked, reader, &mut writer).map_err(told)?;
                Ok::<_, Error>((kind, writer.finish()?))
            };
            Ok(Some(tokio::task::spawn_blocking(develop).await.map_err(Error::fault)??))
        }
    }
}

/// Copies what is shown of a document or of a HEIC; neither is decoded.
fn copy_shown(
    mut from: crate::blob::BlobReader,
    blobs: &Blobs,
    to: BlobName,
    key: &crate::crypt::Key,
    shown: &Shown,
) -> Result<BlobFacts> {
    let mut writer = blobs.blocking_writer(to, key)?;
    let (mut at, mut buffer) = (0u64, vec![0; 1 << 16]);
    loop {
        let read = from.read(&mut buffer).map_err(Error::unavailable)?;
        if read == 0 {
            return writer.finish();
        }
        writer
            .write_all(shown.change(at, &mut buffer[..read]))
            .map_err(Error::unavailable)?;
        at += read as u64;
    }
}

fn told(cause: CheckError) -> Error {
    match cause {
        CheckError::Io(cause) => Error::unavailable(cause),
        CheckError::Refused(Refusal::NotThisType) => Error::WrongType("file-type"),
        CheckError::Refused(Refusal::Animated) => Error::WrongType("file-animated"),
        CheckError::Refused(Refusal::CutOff) => Error::invalid("file", "file-cut-off"),
        CheckError::Refused(Refusal::Damaged) => Error::invalid("file", "file-damaged"),
        CheckError::Refused(Refusal::Password) => Error::invalid("file", "file-password"),
        CheckError::Refused(Refusal::Foreign) => Error::invalid("file", "file-trailing"),
        CheckError::Refused(Refusal::TooManyPixels) => Error::invalid("file", "file-pixels"),
        CheckError::Refused(Refusal::TooHeavy) => Error::invalid("file", "file-memory"),
        CheckError::Refused(Refusal::NothingToShow) => Error::invalid("file", "file-nothing"),
    }
}

/// Blobs that no row names yet; dropped, it removes them, also when the sender goes away in the middle.
struct Unkept {
    blobs: Blobs,
    names: Vec<BlobName>,
}

impl Unkept {
    fn new(blobs: &Blobs) -> Unkept {
        Unkept {
            blobs: blobs.clone(),
            names: Vec::new(),
        }
    }
    fn add(&mut self, name: BlobName) {
        self.names.push(name);
    }
    fn keep(mut self) {
        self.names.clear();
    }
}

impl Drop for Unkept {
    fn drop(&mut self) {
        let (blobs, names) = (self.blobs.clone(), std::mem::take(&mut self.names));
        if let (false, Ok(runtime)) = (names.is_empty(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                for name in names {
                    if let Err(cause) = blobs.delete(name).await {
                        tracing::warn!(%cause, "an unkept file was not removed; the sweep will find it");
                    }
                }
            });
        }
    }
}

#[cfg(test)]
mod tests;
