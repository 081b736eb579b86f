//! The table `file`.

use crate::clock::Instant;
use crate::db::schema::file;
use crate::db::{Db, Keep, MultiBackend};
use crate::error::Result;
use crate::id::{BoardId, ErrandId, FileId, Id, MessageId, PersonId};
use diesel::prelude::*;
use std::collections::HashSet;

/// A blob's own id in the store.
pub(super) type BlobId = Id<crate::id::of::Blob>;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = file, treat_none_as_default_value = false)]
pub(super) struct FileRow {
    pub id: FileId,
    pub board_id: BoardId,
    pub uploader_id: PersonId,
    pub errand_id: Option<ErrandId>,
    pub message_id: Option<MessageId>,
    pub name: Vec<u8>,
    pub sha256: Vec<u8>,
    pub media_type: String,
    pub size: i64,
    pub content_type: String,
    pub content_size: i64,
    pub original_blob: BlobId,
    pub content_blob: BlobId,
    pub original_key: Vec<u8>,
    pub content_key: Vec<u8>,
    pub wrapped_key: Vec<u8>,
    pub uploaded_at: Instant,
    pub lock_no: i64,
    pub kept_until: Option<Instant>,
    pub chosen_sha256: Option<Vec<u8>>,
}

fn whole_row() -> <FileRow as Selectable<MultiBackend>>::SelectExpression {
    <FileRow as Selectable<MultiBackend>>::construct_selection()
}

pub(super) fn insert(db: &mut Db, row: &FileRow) -> Result<()> {
    diesel::insert_into(file::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn find(db: &mut Db, board: BoardId, id: FileId) -> Result<Option<FileRow>> {
    let one = file::table.filter(file::id.eq(id).and(file::board_id.eq(board)));
    Ok(one.select(whole_row()).first(db).optional()?)
}

/// Takes an unclaimed file of `uploader` for an errand, under a new wrapping; gives whether it was there to take.
pub(super) fn claim(
    db: &mut Db,
    (id, uploader): (FileId, PersonId),
    (errand, message): (ErrandId, Option<MessageId>),
    wrapped_key: Vec<u8>,
) -> Result<bool> {
    let free = file::table.filter(
        file::id
            .eq(id)
            .and(file::uploader_id.eq(uploader))
            .and(file::errand_id.is_null()),
    );
    let claimed = diesel::update(free)
        .set((
            file::errand_id.eq(errand),
            file::message_id.eq(message),
            file::wrapped_key.eq(wrapped_key),
        ))
        .kept()
        .execute(db)?;
    Ok(claimed == 1)
}

/// Locks a file's row and reads it.
pub(super) fn lock(db: &mut Db, board: BoardId, id: FileId) -> Result<Option<FileRow>> {
    diesel::update(file::table.find(id))
        .set(file::lock_no.eq(file::lock_no + 1))
        .kept()
        .execute(db)?;
    find(db, board, id)
}

/// An errand's files: id, message, sealed name, media type, bytes, wrapped key.
pub(super) type Listed = (FileId, Option<MessageId>, Vec<u8>, String, i64, Vec<u8>);

pub(super) fn of_errand(db: &mut Db, errand: ErrandId) -> Result<Vec<Listed>> {
    let columns = (
        file::id,
        file::message_id,
        file::name,
        file::media_type,
        file::size,
        file::wrapped_key,
    );
    Ok(file::table
        .filter(file::errand_id.eq(errand))
        .select(columns)
        .order(file::id)
        .load(db)?)
}

/// Lets unclaimed files of `uploader` wait until then.
pub(super) fn keep_until(db: &mut Db, uploader: PersonId, ids: &[FileId], until: Instant) -> Result<()> {
    let waiting = file::table.filter(file::uploader_id.eq(uploader).and(file::errand_id.is_null()));
    diesel::update(waiting.filter(file::id.eq_any(ids.to_vec())))
        .set(file::kept_until.eq(until))
        .execute(db)?;
    Ok(())
}

/// Those of the files that are `uploader`'s and unclaimed.
pub(super) fn waiting(db: &mut Db, uploader: PersonId, ids: &[FileId]) -> Result<Vec<FileId>> {
    let waiting = file::table.filter(file::uploader_id.eq(uploader).and(file::errand_id.is_null()));
    let named = waiting.filter(file::id.eq_any(ids.to_vec()));
    Ok(named.select(file::id).load(db)?)
}

/// Unclaimed files uploaded before `before` that nothing keeps waiting at `now`, with their board and blobs.
pub(super) fn unclaimed(
    db: &mut Db,
    (before, now): (Instant, Instant),
    most: i64,
) -> Result<Vec<(FileId, BoardId, BlobId, BlobId)>> {
    Ok(file::table
        .filter(file::errand_id.is_null().and(file::uploaded_at.lt(before)))
        .filter(file::kept_until.is_null().or(file::kept_until.lt(now)))
        .select((file::id, file::board_id, file::original_blob, file::content_blob))
        .limit(most)
        .load(db)?)
}

/// Removes a file's row if it is still unclaimed.
pub(super) fn remove_unclaimed(db: &mut Db, id: FileId) -> Result<bool> {
    let free = file::table.filter(file::id.eq(id).and(file::errand_id.is_null()));
    Ok(diesel::delete(free).execute(db)? == 1)
}

/// Those of the blobs that any row names.
pub(super) fn named_blobs(db: &mut Db, blobs: &[BlobId]) -> Result<HashSet<BlobId>> {
    let any = || blobs.to_vec();
    let named: Vec<(BlobId, BlobId)> = file::table
        .filter(file::original_blob.eq_any(any()).or(file::content_blob.eq_any(any())))
        .select((file::original_blob, file::content_blob))
        .load(db)?;
    Ok(named
        .into_iter()
        .flat_map(|(original, content)| [original, content])
        .collect())
}

/// Every file's board and blobs.
pub(super) fn blobs_of_rows(db: &mut Db) -> Result<Vec<(BoardId, BlobId, BlobId)>> {
    let columns = (file::board_id, file::original_blob, file::content_blob);
    Ok(file::table.select(columns).load(db)?)
}
