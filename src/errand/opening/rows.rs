//! The table `opening`.

use crate::clock::Instant;
use crate::db::Db;
use crate::db::schema::{errand, opening};
use crate::error::Result;
use crate::id::{BoardId, ErrandId, HomeId, OpeningId, PersonId};
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

/// Ends what is open in a home's errands: someone's, or everyone's.
pub(super) fn end(db: &mut Db, home: HomeId, whose: Option<PersonId>, at: Instant) -> Result<()> {
    let errands = errand::table.filter(errand::home_id.eq(home)).select(errand::id);
    let open = opening::open_until.gt(at).and(opening::errand_id.eq_any(errands));
    let ends = opening::open_until.eq(at);
    match whose {
        Some(person) => diesel::update(opening::table.filter(open.and(opening::person_id.eq(person))))
            .set(ends)
            .execute(db)?,
        None => diesel::update(opening::table.filter(open)).set(ends).execute(db)?,
    };
    Ok(())
}

/// Until when an opening holds, or held.
pub(super) fn open_until(db: &mut Db, id: OpeningId) -> Result<Instant> {
    Ok(opening::table.find(id).select(opening::open_until).first(db)?)
}

/// Who has opened an errand, the newest first.
pub(super) fn of_errand(db: &mut Db, of: ErrandId) -> Result<Vec<OpeningRow>> {
    Ok(opening::table
        .filter(opening::errand_id.eq(of))
        .order(opening::id.desc())
        .load(db)?)
}
