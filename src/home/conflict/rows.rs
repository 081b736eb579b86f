//! The table `conflict`.

use crate::clock::Instant;
use crate::db::schema::{conflict, home};
use crate::db::{Db, Keep};
use crate::error::Result;
use crate::id::{BoardId, ConflictId, HomeId, PersonId};
use diesel::dsl::exists;
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = conflict, treat_none_as_default_value = false)]
pub(super) struct ConflictRow {
    pub id: ConflictId,
    pub board_id: BoardId,
    pub home_id: HomeId,
    pub person_id: PersonId,
    pub reason: Vec<u8>,
    pub declared_by: PersonId,
    pub declared_at: Instant,
    pub ended_by: Option<PersonId>,
    pub ended_at: Option<Instant>,
    pub end_reason: Option<Vec<u8>>,
}

pub(super) fn of_home(db: &mut Db, of: HomeId) -> Result<Vec<ConflictRow>> {
    Ok(conflict::table
        .filter(conflict::home_id.eq(of))
        .order(conflict::id.desc())
        .load(db)?)
}

/// Whether a home is of a board.
pub(super) fn is_of(db: &mut Db, id: HomeId, board: BoardId) -> Result<bool> {
    let here = home::table.filter(home::id.eq(id).and(home::board_id.eq(board)));
    Ok(diesel::select(exists(here)).get_result(db)?)
}

pub(super) fn insert(db: &mut Db, row: &ConflictRow) -> Result<()> {
    diesel::insert_into(conflict::table).values(row).execute(db)?;
    Ok(())
}

/// Ends one; whether it stood.
pub(super) fn end(db: &mut Db, id: ConflictId, (by, why): (PersonId, Vec<u8>), at: Instant) -> Result<bool> {
    let standing = conflict::table.filter(conflict::id.eq(id).and(conflict::ended_at.is_null()));
    let set = (
        conflict::ended_by.eq(by),
        conflict::ended_at.eq(at),
        conflict::end_reason.eq(why),
    );
    let ended = diesel::update(standing).set(set);
    Ok(ended.kept().execute(db)? == 1)
}
