//! The table `restricted_errand`.

use crate::clock::Instant;
use crate::db::Db;
use crate::db::schema::{errand, restricted_errand};
use crate::errand::list::ErrandQuery;
use crate::error::Result;
use crate::id::{AssignmentId, BoardId, ErrandId, RestrictionId};
use diesel::prelude::*;

/// How an errand stood when its assignment was shut to the home.
#[derive(Debug, Clone, Queryable)]
pub(in crate::errand) struct Frozen {
    pub errand: ErrandId,
    pub state: String,
    pub version: i64,
    pub updated_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = restricted_errand)]
struct FrozenRow {
    errand_id: ErrandId,
    restriction_id: RestrictionId,
    board_id: BoardId,
    state: String,
    version: i64,
    updated_at: Instant,
}

const FROZEN: (
    restricted_errand::errand_id,
    restricted_errand::state,
    restricted_errand::version,
    restricted_errand::updated_at,
) = (
    restricted_errand::errand_id,
    restricted_errand::state,
    restricted_errand::version,
    restricted_errand::updated_at,
);

/// Rows of one statement.
const AT_ONCE: usize = 500;

pub(super) fn freeze(db: &mut Db, (board, of): (BoardId, AssignmentId), by: RestrictionId) -> Result<()> {
    let columns = (errand::id, errand::state, errand::version, errand::updated_at);
    let standing: Vec<Frozen> = errand::table
        .filter(errand::assignment_id.eq(of).and(errand::board_id.eq(board)))
        .select(columns)
        .load(db)?;
    let rows: Vec<FrozenRow> = standing
        .into_iter()
        .map(|one| FrozenRow {
            errand_id: one.errand,
            restriction_id: by,
            board_id: board,
            state: one.state,
            version: one.version,
            updated_at: one.updated_at,
        })
        .collect();
    for some in rows.chunks(AT_ONCE) {
        crate::insert_all!(db, restricted_errand::table, some)?;
    }
    Ok(())
}

pub(super) fn thaw(db: &mut Db, by: RestrictionId) -> Result<()> {
    let frozen = restricted_errand::table.filter(restricted_errand::restriction_id.eq(by));
    diesel::delete(frozen).execute(db)?;
    Ok(())
}

pub(super) fn frozen(db: &mut Db, by: Vec<RestrictionId>) -> Result<Vec<Frozen>> {
    let all = restricted_errand::table.filter(restricted_errand::restriction_id.eq_any(by));
    Ok(all.select(FROZEN).load(db)?)
}

pub(super) fn frozen_one(db: &mut Db, by: Vec<RestrictionId>, id: ErrandId) -> Result<Option<Frozen>> {
    let one = restricted_errand::table.filter(
        restricted_errand::errand_id
            .eq(id)
            .and(restricted_errand::restriction_id.eq_any(by)),
    );
    Ok(one.select(FROZEN).first(db).optional()?)
}

pub(super) fn only(query: ErrandQuery, ids: &[ErrandId]) -> ErrandQuery {
    query.filter(errand::id.eq_any(ids.to_vec()))
}
