//! The table `restriction`.

use crate::clock::Instant;
use crate::db::schema::restriction;
use crate::db::{Db, Keep, filled_up};
use crate::error::Result;
use crate::id::{AssignmentId, BoardId, PersonId, RestrictionId};
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = restriction, treat_none_as_default_value = false)]
pub(super) struct RestrictionRow {
    pub id: RestrictionId,
    pub board_id: BoardId,
    pub assignment_id: AssignmentId,
    pub reason: Vec<u8>,
    pub restricted_by: PersonId,
    pub restricted_at: Instant,
    pub lift_reason: Option<Vec<u8>>,
    pub lifted_by: Option<PersonId>,
    pub lifted_at: Option<Instant>,
}

/// The one that stands over an assignment.
pub(super) fn standing(db: &mut Db, of: AssignmentId) -> Result<Option<RestrictionRow>> {
    Ok(restriction::table
        .filter(restriction::assignment_id.eq(of).and(restriction::lifted_at.is_null()))
        .first(db)
        .optional()?)
}

/// Those of these assignments over which one stands.
pub(super) fn standing_among(db: &mut Db, of: &[AssignmentId]) -> Result<Vec<AssignmentId>> {
    Ok(restriction::table
        .filter(restriction::assignment_id.eq_any(filled_up(of)))
        .filter(restriction::lifted_at.is_null())
        .select(restriction::assignment_id)
        .load(db)?)
}

pub(super) fn insert(db: &mut Db, row: &RestrictionRow) -> Result<()> {
    diesel::insert_into(restriction::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn lift(db: &mut Db, id: RestrictionId, reason: Vec<u8>, (by, at): (PersonId, Instant)) -> Result<()> {
    diesel::update(restriction::table.find(id))
        .set((
            restriction::lift_reason.eq(reason),
            restriction::lifted_by.eq(by),
            restriction::lifted_at.eq(at),
        ))
        .kept()
        .execute(db)?;
    Ok(())
}
