//! Keeping, claiming and opening files.

use super::receive::MB;
use super::rows::{self, BlobId, FileRow};
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Right};
use crate::audit::Action;
use crate::blob::BlobName;
use crate::clock::Instant;
use crate::crypt::{Key, RowKey};
use crate::errand::FileView;
use crate::error::{Error, Faults, Result};
use crate::id::{ErrandId, FileId, Id, MessageId};
use crate::secret::{Secret, SecretText};
use crate::web::say;
use std::collections::{HashMap, HashSet};

/// Files of one message, at most; a board may take fewer.
pub const FILES_MOST: i64 = 10;
/// Bytes of one message's files together.
const BYTES_MOST: i64 = 50 * 1024 * 1024;

/// In which form a file is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For viewing: pictures re-encoded without metadata, other files as they came.
    Content,
    /// The very bytes, place data and all: for staff and the uploader, an action of its own in the log.
    Original,
}

impl Form {
    const fn action(self) -> Action {
        match self {
            Form::Content => Action::FileRead,
            Form::Original => Action::FileOriginal,
        }
    }
}

/// A file that may be served: its reading is already in the log.
pub struct OpenFile {
    pub name: String,
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    pub(super) blob: BlobName,
    pub(super) key: Key,
}

/// A file received, checked and sealed, to be kept.
pub(super) struct Sealed {
    pub id: FileId,
    pub name: String,
    /// Hex of SHA-256 over the bytes sent.
    pub sha256: String,
    /// Hex of SHA-256 over the file as it was chosen, where that is another.
    pub chosen: Option<String>,
    pub media_type: &'static str,
    pub size: u64,
    pub content_type: &'static str,
    pub content_size: u64,
    pub original: (BlobId, RowKey),
    pub content: (BlobId, RowKey),
    pub key: RowKey,
}

/// What is to take files: its limits, and what its fields are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taker {
    Message,
    Receipts,
    /// The paper that an errand came on.
    Scan,
}

impl Taker {
    fn field(self, place: usize) -> String {
        match self {
            Taker::Message => format!("file_ids.{place}"),
            Taker::Receipts => format!("receipts.{place}.file_id"),
            Taker::Scan => "scan_id".into(),
        }
    }
}

/// Files that may be taken, locked until the transaction ends.
#[derive(Default)]
pub(crate) struct FreeFiles(Vec<FileRow>);

impl Access<'_> {
    /// Refuses one who hands nothing in, and notes it.
    pub(super) fn refuse_upload(self) -> Error {
        self.sends_nothing(Happening::denied(Action::FileUpload))
    }

    /// Notes that a file was refused for its content: why, and nothing that its sender calls it.
    pub(super) fn refuse(self, why: &'static str) -> Error {
        self.deny(Happening::denied(Action::FileUpload).reason(why))
    }

    /// Keeps a received file as its uploader's, until an errand takes it.
    pub(super) fn keep(self, sealed: &Sealed) -> Result<()> {
        let (id, board) = (sealed.id, self.standing().board);
        if sealed.size > self.rules()?.file_most_mb.unsigned_abs() * MB {
            return Err(Error::TooLarge);
        }
        let row = FileRow {
            id,
            board_id: board,
            uploader_id: self.person()?,
            errand_id: None,
            message_id: None,
            name: sealed.key.seal("file", "name", id, 1, &sealed.name),
            sha256: sealed.key.seal("file", "sha256", id, 1, &sealed.sha256),
            chosen_sha256: sealed
                .chosen
                .as_ref()
                .filter(|chosen| **chosen != sealed.sha256)
                .map(|chosen| sealed.key.seal("file", "chosen_sha256", id, 1, chosen)),
            media_type: sealed.media_type.into(),
            size: i64::try_from(sealed.size).map_err(Error::fault)?,
            content_type: sealed.content_type.into(),
            content_size: i64::try_from(sealed.content_size).map_err(Error::fault)?,
            original_blob: sealed.original.0,
            content_blob: sealed.content.0,
            original_key: sealed.key.wrap("file", "original_key", id, &sealed.original.1),
            content_key: sealed.key.wrap("file", "content_key", id, &sealed.content.1),
            wrapped_key: self.keys()?.wrap_row_key("file", id.uuid(), &sealed.key),
            uploaded_at: self.now(),
            lock_no: 0,
            kept_until: None,
        };
        self.db(|db| rows::insert(db, &row))?;
        self.log(Happening::write(Action::FileUpload, Relation::Myself).object("file", id));
        Ok(())
    }

    /// Lets files of the one who asks wait for an errand until then, where none has taken them.
    pub(crate) fn keep_waiting(self, ids: &[FileId], until: Instant) -> Result<()> {
        let me = self.person()?;
        self.db(|db| rows::keep_until(db, me, ids, until))
    }

    /// Those of the files that are one's own and that no errand has taken.
    pub(crate) fn still_waiting(self, ids: &[FileId]) -> Result<Vec<FileId>> {
        let me = self.person()?;
        self.db(|db| rows::waiting(db, me, ids))
    }

    /// Finds files of the one who asks that no errand has taken yet, and locks them; what is wrong goes to `faults`.
    pub(crate) fn free_files(self, ids: &[FileId], taker: Taker, faults: &mut Faults) -> Result<FreeFiles> {
        let (board, me) = (self.standing().board, self.person()?);
        if taker == Taker::Message {
            let most = usize::try_from(self.rules()?.files_most.min(FILES_MOST)).map_err(Error::fault)?;
            let different = ids.iter().collect::<HashSet<_>>().len();
            faults.unless(different == ids.len(), "file_ids", "file-twice");
            faults.unless(ids.len() <= most, "file_ids", "too-many-files");
            if ids.len() > most {
                return Ok(FreeFiles(Vec::new()));
            }
        }
        // Always in the same order, so that two that take the same files cannot wait for each other.
        let mut ordered: Vec<(FileId, usize)> = ids.iter().copied().zip(0..).collect();
        ordered.sort_unstable();
        ordered.dedup_by_key(|(id, _)| *id);
        let mut free = Vec::new();
        for (id, place) in ordered {
            let found = self.db(|db| rows::lock(db, board, id))?;
            match found.filter(|row| row.uploader_id == me && row.errand_id.is_none()) {
                Some(row) => free.push(row),
                None => faults.unless(false, taker.field(place), "file-unknown"),
            }
        }
        let bytes: i64 = free.iter().map(|row| row.size).sum();
        let fits = taker == Taker::Receipts || bytes <= BYTES_MOST;
        faults.unless(fits, "file_ids", "files-too-large");
        Ok(FreeFiles(free))
    }

    /// What each file is called.
    pub(crate) fn file_names(self, free: &FreeFiles) -> Result<Vec<SecretText>> {
        let keys = self.keys()?;
        let open = |row: &FileRow| {
            let key = keys.row_key("file", row.id.uuid(), &row.wrapped_key)?;
            key.open("file", "name", row.id, 1, &row.name)
        };
        free.0.iter().map(open).collect()
    }

    /// SHA-256 of each file's very bytes, in hex, and of the file that it was made from.
    pub(crate) fn digests_of(self, free: &FreeFiles) -> Result<Vec<(FileId, Vec<Secret<String>>)>> {
        let keys = self.keys()?;
        let open = |row: &FileRow| {
            let key = keys.row_key("file", row.id.uuid(), &row.wrapped_key)?;
            let mut digests = vec![key.open("file", "sha256", row.id, 1, &row.sha256)?];
            if let Some(chosen) = &row.chosen_sha256 {
                digests.push(key.open("file", "chosen_sha256", row.id, 1, chosen)?);
            }
            Ok((row.id, digests))
        };
        free.0.iter().map(open).collect()
    }

    /// Lets an errand take files: their keys pass from the board's to the errand's.
    pub(crate) fn claim_files(
        self,
        free: &FreeFiles,
        (errand, message): (ErrandId, Option<MessageId>),
        errand_key: &RowKey,
    ) -> Result<()> {
        let keys = self.keys()?;
        for row in &free.0 {
            let file_key = keys.row_key("file", row.id.uuid(), &row.wrapped_key)?;
            let wrapped = errand_key.wrap("file", "wrapped_key", row.id, &file_key);
            if !self.db(|db| rows::claim(db, (row.id, row.uploader_id), (errand, message), wrapped))? {
                return Err(Error::fault("a locked file was taken"));
            }
        }
        Ok(())
    }

    /// An errand's files, with the message each belongs to.
    pub(crate) fn files_of(
        self,
        errand: ErrandId,
        errand_key: &RowKey,
    ) -> Result<HashMap<FileId, (Option<MessageId>, FileView)>> {
        let show = |(id, message, name, media_type, size, wrapped): rows::Listed| {
            let key = errand_key.unwrap("file", "wrapped_key", id, &wrapped)?;
            let name = key.open("file", "name", id, 1, &name)?.expose().clone();
            Ok((
                id,
                (
                    message,
                    FileView {
                        id,
                        name,
                        media_type,
                        size: size as u64,
                        isolated: None,
                        hidden: false,
                    },
                ),
            ))
        };
        self.db(|db| rows::of_errand(db, errand))?
            .into_iter()
            .map(show)
            .collect()
    }

    /// Opens a file for serving, if the one who asks may see the errand it belongs to (or sent it and it belongs to
    /// none yet).
    ///
    /// # Errors
    /// [`Error::NotFound`] outside the circle; [`Error::Forbidden`] for the original, unless it is one's own or one is
    /// of the team; and for all of the team, who sent it too, where someone in the home is protected;
    /// [`Error::ReasonRequired`] there for the rest, until whoever handles the errand has said why.
    pub fn open_file(self, id: FileId, form: Form) -> Result<OpenFile> {
        let (keys, me, action) = (self.keys()?, self.person()?, form.action());
        let outside = || {
            self.log(Happening::denied(action).object("file", id));
            Error::NotFound
        };
        let found = self.db(|db| rows::find(db, keys.board(), id))?;
        let waits_for_me = |row: &FileRow| row.uploader_id == me && self.standing().sends();
        let Some(row) = found.filter(|row| row.errand_id.is_some() || waits_for_me(row)) else {
            self.look_for_none()?;
            return Err(outside());
        };
        let (mine, mut hidden) = (row.uploader_id == me, false);
        let (file_key, happened) = match row.errand_id {
            None => (
                keys.row_key("file", id.uuid(), &row.wrapped_key)?,
                Happening::read(action, Relation::Myself),
            ),
            Some(errand) => {
                let errand = self.errand_for(errand, action)?;
                if !mine && !errand.shows_file_of(row.message_id) {
                    return Err(outside());
                }
                if errand.hides_file(id, row.message_id)? {
                    self.log(errand.refused(action).object("file", id));
                    return Err(Error::NotFound);
                }
                if form == Form::Original && !mine {
                    errand.require(Right::SeeOriginal, action)?;
                }
                hidden = errand.hides_places();
                if hidden && form == Form::Original {
                    return Err(self.deny(errand.refused(action).object("file", id)));
                }
                if errand.hides_files()? {
                    self.log(errand.refused(action).object("file", id));
                    return Err(Error::ReasonRequired);
                }
                (
                    errand.unwrap_key("file", "wrapped_key", id, &row.wrapped_key)?,
                    errand.looked(action),
                )
            }
        };
        self.log(happened.object("file", id));
        let (blob, column, wrapped, media_type, size) = match form {
            Form::Content => (
                row.content_blob,
                "content_key",
                &row.content_key,
                row.content_type,
                row.content_size,
            ),
            Form::Original => (
                row.original_blob,
                "original_key",
                &row.original_key,
                row.media_type,
                row.size,
            ),
        };
        let name = file_key.open("file", "name", id, 1, &row.name)?.expose().clone();
        let key = file_key.unwrap("file", column, id, wrapped)?.bare().copy();
        let name = if hidden {
            say("protection-file").to_owned()
        } else {
            name
        };
        let name = with_extension(&name, &media_type);
        Ok(OpenFile {
            name,
            media_type,
            size: size as u64,
            blob: blob_name(row.board_id, blob),
            key,
        })
    }
}

pub(super) fn blob_name<T>(board: Id<T>, blob: BlobId) -> BlobName {
    BlobName {
        board: board.uuid(),
        blob: blob.uuid(),
    }
}

/// A re-encoded picture may be of another type than its name says.
fn with_extension(name: &str, media_type: &str) -> String {
    let fits = super::check::Format::from_media_type(media_type).is_none_or(|format| format.fits_name(name));
    if fits {
        return name.to_owned();
    }
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let extension = media_type.rsplit('/').next().unwrap_or("bin").replace("jpeg", "jpg");
    format!("{stem}.{extension}")
}
