//! The table `opening`.

use crate::clock::Instant;
use crate::db::Db;
use crate::db::schema::opening;
use crate::error::Result;
use crate::id::{BoardId, ErrandId, OpeningId, PersonId};
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = opening, treat_none_as_default_value = false)]
pub(super) struct OpeningRow {
    pub id: OpeningId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub person_id: PersonId,
    pub reason_code: String,
    pub reason: Option<Vec<u8>>,
    pub opened_at: Instant,
    pub open_until: Instant,
}

pub(super) fn insert(db: &mut Db, row: &OpeningRow) -> Result<()> {
    diesel::insert_into(opening::table).values(row).execute(db)?;
    Ok(())
}

/// Who has opened an errand, the newest first.
pub(super) fn of_errand(db: &mut Db, of: ErrandId) -> Result<Vec<OpeningRow>> {
    Ok(opening::table
        .filter(opening::errand_id.eq(of))
        .order(opening::id.desc())
        .load(db)?)
}
