//! The table `session`, as its person looks at it.

use crate::db::Db;
use crate::db::schema::session;
use crate::error::Result;
use crate::id::{BoardId, PersonId};
use diesel::prelude::*;

/// Whose session the cookie named, and at which board, whether it still lasts or not.
pub(super) fn ended_session(db: &mut Db, hash: &[u8; 32]) -> Result<Option<(PersonId, BoardId)>> {
    let named = session::table.filter(session::cookie_hash.eq(&hash[..]));
    Ok(named
        .select((session::person_id, session::board_id))
        .first(db)
        .optional()?)
}
