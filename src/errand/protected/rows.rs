//! The table `protected_look`.

use crate::clock::Instant;
use crate::db::Db;
use crate::db::schema::protected_look;
use crate::error::Result;
use crate::id::{BoardId, ErrandId, LookId, PersonId};
use diesel::prelude::*;

#[derive(Insertable)]
#[diesel(table_name = protected_look)]
pub(super) struct LookRow {
    pub id: LookId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub person_id: PersonId,
    pub reason: Vec<u8>,
    pub looked_at: Instant,
}

pub(super) fn insert(db: &mut Db, row: &LookRow) -> Result<()> {
    diesel::insert_into(protected_look::table).values(row).execute(db)?;
    Ok(())
}
