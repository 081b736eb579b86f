//! The table `protected_look`.

use crate::clock::Instant;
use crate::db::Db;
use crate::db::schema::{errand, protected_look};
use crate::error::Result;
use crate::id::{BoardId, ErrandId, HomeId, LookId, PersonId, SessionId};
use diesel::dsl::exists;
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
    pub shown_until: Option<Instant>,
    pub session_id: Option<SessionId>,
}

pub(super) fn insert(db: &mut Db, row: &LookRow) -> Result<()> {
    diesel::insert_into(protected_look::table).values(row).execute(db)?;
    Ok(())
}

/// Whether what an errand hides is open to this session at `at`.
pub(super) fn is_shown(db: &mut Db, of: ErrandId, to: SessionId, at: Instant) -> Result<bool> {
    let open = protected_look::table
        .filter(protected_look::errand_id.eq(of).and(protected_look::session_id.eq(to)))
        .filter(protected_look::shown_until.gt(at));
    Ok(diesel::select(exists(open)).get_result(db)?)
}

/// Ends what is open of a home's errands: to someone, or to everyone.
pub(super) fn end(db: &mut Db, home: HomeId, whose: Option<PersonId>, at: Instant) -> Result<()> {
    let errands = errand::table.filter(errand::home_id.eq(home)).select(errand::id);
    let open = || {
        let of_home = protected_look::errand_id.eq_any(errands);
        protected_look::table
            .filter(protected_look::shown_until.gt(at))
            .filter(of_home)
    };
    let ends = protected_look::shown_until.eq(at);
    match whose {
        Some(person) => diesel::update(open().filter(protected_look::person_id.eq(person)))
            .set(ends)
            .execute(db)?,
        None => diesel::update(open()).set(ends).execute(db)?,
    };
    Ok(())
}
