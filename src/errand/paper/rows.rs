//! The table `paper_errand`.

use crate::clock::{Day, Instant};
use crate::db::Db;
use crate::db::schema::paper_errand;
use crate::error::Result;
use crate::id::{BoardId, ErrandId, FileId, PersonId};
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = paper_errand)]
pub(super) struct PaperRow {
    pub errand_id: ErrandId,
    pub board_id: BoardId,
    pub registered_by: PersonId,
    pub registered_at: Instant,
    pub received_on: Day,
    pub scan_id: FileId,
}

pub(super) fn insert(db: &mut Db, row: &PaperRow) -> Result<()> {
    diesel::insert_into(paper_errand::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn find(db: &mut Db, of: ErrandId) -> Result<Option<PaperRow>> {
    Ok(paper_errand::table.find(of).first(db).optional()?)
}
