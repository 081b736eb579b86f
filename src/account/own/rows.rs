//! The table `session` as its person looks at it, and of `person` the language.

use crate::clock::Instant;
use crate::db::schema::{person, session};
use crate::db::{Db, versions};
use crate::error::Result;
use crate::id::{BoardId, PersonId, SessionId};
use diesel::prelude::*;

/// A session that lasts.
#[derive(Queryable)]
pub(super) struct OwnRow {
    pub id: SessionId,
    pub started_at: Instant,
    pub seen_at: Instant,
    pub begun_with: Option<Vec<u8>>,
}

/// Whose session the cookie named, and at which board, whether it still lasts or not.
pub(super) fn ended_session(db: &mut Db, hash: &[u8; 32]) -> Result<Option<(PersonId, BoardId)>> {
    let named = session::table.filter(session::cookie_hash.eq(&hash[..]));
    Ok(named
        .select((session::person_id, session::board_id))
        .first(db)
        .optional()?)
}

/// A person's sessions that last, the one used last first; those unused since `idle_since` do not.
pub(super) fn of_person(db: &mut Db, of: PersonId, now: Instant, idle_since: Instant) -> Result<Vec<OwnRow>> {
    Ok(session::table
        .filter(session::person_id.eq(of).and(session::ended_at.is_null()))
        .filter(session::expires_at.gt(now).and(session::seen_at.gt(idle_since)))
        .select((session::id, session::started_at, session::seen_at, session::begun_with))
        .order((session::seen_at.desc(), session::id))
        .load(db)?)
}

pub(super) fn set_begun_with(db: &mut Db, id: SessionId, sealed: &[u8]) -> Result<()> {
    diesel::update(session::table.find(id))
        .set(session::begun_with.eq(sealed))
        .execute(db)?;
    Ok(())
}

/// Whether someone wants the keyboard's shortcuts.
pub(super) fn has_shortcuts(db: &mut Db, of: PersonId) -> Result<bool> {
    Ok(person::table.find(of).select(person::shortcuts).first(db)?)
}

pub(super) fn set_language(db: &mut Db, of: PersonId, tag: &str) -> Result<()> {
    diesel::update(person::table.find(of))
        .set(person::language.eq(tag))
        .execute(db)?;
    Ok(())
}

/// The language someone prefers.
pub(super) fn language(db: &mut Db, of: PersonId) -> Result<String> {
    Ok(person::table.find(of).select(person::language).first(db)?)
}

/// How many people a board has, and the sum of their versions.
pub(super) fn people_mark(db: &mut Db, board: BoardId) -> Result<(i64, i64)> {
    let all = person::table.filter(person::board_id.eq(board));
    Ok(all
        .select((diesel::dsl::count_star(), versions("person")))
        .get_result(db)?)
}
