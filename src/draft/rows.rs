//! The table `draft`.

use crate::clock::Instant;
use crate::db::Db;
use crate::db::housekeeping::Chore;
use crate::db::schema::draft;
use crate::error::Result;
use crate::id::{BoardId, DraftId, PersonId};
use diesel::prelude::*;

/// Which boards have drafts old enough to be told of or removed.
pub(super) static OLD: Chore = Chore {
    name: "old drafts",
    tables: &["draft"],
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = draft)]
pub(super) struct DraftRow {
    pub author_id: PersonId,
    pub id: DraftId,
    pub board_id: BoardId,
    pub kind: String,
    pub content: Vec<u8>,
    pub version: i64,
    pub saved_at: Instant,
    pub told_at: Option<Instant>,
}

macro_rules! columns {
    () => {
        <DraftRow as Selectable<crate::db::MultiBackend>>::construct_selection()
    };
}

pub(super) fn of_author(db: &mut Db, author: PersonId) -> Result<Vec<DraftRow>> {
    Ok(draft::table
        .filter(draft::author_id.eq(author))
        .select(columns!())
        .order(draft::saved_at.desc())
        .load(db)?)
}

pub(super) fn insert(db: &mut Db, row: &DraftRow) -> Result<()> {
    diesel::insert_into(draft::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn update(db: &mut Db, row: &DraftRow) -> Result<()> {
    diesel::update(draft::table.find((row.author_id, row.id)))
        .set((
            draft::kind.eq(&row.kind),
            draft::content.eq(&row.content),
            draft::version.eq(row.version),
            draft::saved_at.eq(row.saved_at),
            draft::told_at.eq(row.told_at),
        ))
        .execute(db)?;
    Ok(())
}

pub(super) fn remove(db: &mut Db, (author, id): (PersonId, DraftId)) -> Result<bool> {
    Ok(diesel::delete(draft::table.find((author, id))).execute(db)? == 1)
}

/// The boards that have a draft saved before `before`.
pub(super) fn boards(db: &mut Db, before: Instant) -> Result<Vec<BoardId>> {
    Ok(draft::table
        .filter(draft::saved_at.lt(before))
        .select(draft::board_id)
        .distinct()
        .load(db)?)
}

/// A board's drafts saved before `before`, at most `most`, oldest first.
pub(super) fn saved_before(
    db: &mut Db,
    of: BoardId,
    before: Instant,
    most: i64,
) -> Result<Vec<(PersonId, DraftId, Option<Instant>)>> {
    Ok(draft::table
        .filter(draft::board_id.eq(of).and(draft::saved_at.lt(before)))
        .select((draft::author_id, draft::id, draft::told_at))
        .order(draft::saved_at)
        .limit(most)
        .load(db)?)
}

/// A board's drafts saved before `before` whose authors have not been told, at most `most`.
pub(super) fn untold(db: &mut Db, of: BoardId, before: Instant, most: i64) -> Result<Vec<(PersonId, DraftId)>> {
    Ok(draft::table
        .filter(draft::board_id.eq(of).and(draft::saved_at.lt(before)))
        .filter(draft::told_at.is_null())
        .select((draft::author_id, draft::id))
        .order(draft::saved_at)
        .limit(most)
        .load(db)?)
}

pub(super) fn told(db: &mut Db, (author, id): (PersonId, DraftId), at: Instant) -> Result<()> {
    diesel::update(draft::table.find((author, id)))
        .set(draft::told_at.eq(at))
        .execute(db)?;
    Ok(())
}
