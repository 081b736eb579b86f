//! The tables `decision` and `award`.

use crate::clock::{Day, Instant};
use crate::db::schema::{award, decision, errand};
use crate::db::{Db, Keep};
use crate::error::Result;
use crate::id::{AssignmentId, AwardId, BoardId, DecisionId, ErrandId, HomeId, PersonId};
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = decision, treat_none_as_default_value = false)]
pub(super) struct DecisionRow {
    pub id: DecisionId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub outcome: String,
    pub amount_ore: Option<i64>,
    pub conditions: Option<Vec<u8>>,
    pub valid_until: Option<Day>,
    pub reasons: Option<Vec<u8>>,
    pub decided_by: PersonId,
    pub decided_at: Instant,
    pub supersedes: Option<DecisionId>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = award, treat_none_as_default_value = false)]
pub(super) struct AwardRow {
    pub id: AwardId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub decision_id: DecisionId,
    pub assignment_id: AssignmentId,
    pub amount_ore: i64,
    pub valid_until: Day,
    pub made_at: Instant,
    pub ended_at: Option<Instant>,
}

pub(super) fn insert(db: &mut Db, row: &DecisionRow, award: Option<&AwardRow>) -> Result<()> {
    diesel::insert_into(decision::table).values(row).execute(db)?;
    if let Some(award) = award {
        diesel::insert_into(award::table).values(award).execute(db)?;
    }
    Ok(())
}

/// An errand's decisions, oldest first.
pub(super) fn decisions(db: &mut Db, of: ErrandId) -> Result<Vec<DecisionRow>> {
    Ok(decision::table
        .filter(decision::errand_id.eq(of))
        .order(decision::id)
        .load(db)?)
}

/// Ends the award that stands, if one does.
pub(super) fn end_award(db: &mut Db, of: ErrandId, at: Instant) -> Result<()> {
    let standing = award::table.filter(award::errand_id.eq(of).and(award::ended_at.is_null()));
    diesel::update(standing)
        .set(award::ended_at.eq(at))
        .kept()
        .execute(db)?;
    Ok(())
}

/// Sum and last day of the award that stands for a wish of this home and assignment.
pub(super) fn standing_award(
    db: &mut Db,
    of: ErrandId,
    (board, home, assignment): (BoardId, HomeId, AssignmentId),
) -> Result<Option<(i64, Day)>> {
    let of_home = errand::table
        .filter(errand::id.eq(of).and(errand::board_id.eq(board)))
        .filter(errand::home_id.eq(home))
        .select(errand::id);
    Ok(award::table
        .filter(award::errand_id.eq_any(of_home))
        .filter(award::assignment_id.eq(assignment).and(award::ended_at.is_null()))
        .select((award::amount_ore, award::valid_until))
        .first(db)
        .optional()?)
}

/// The awards that stand for wishes of these homes, the first to end first.
pub(super) fn standing_awards(
    db: &mut Db,
    board: BoardId,
    homes: &[HomeId],
) -> Result<Vec<(ErrandId, AssignmentId, i64, Day)>> {
    let of_homes = errand::table
        .filter(errand::board_id.eq(board).and(errand::home_id.eq_any(homes)))
        .select(errand::id);
    Ok(award::table
        .filter(award::errand_id.eq_any(of_homes).and(award::ended_at.is_null()))
        .order((award::valid_until, award::id))
        .select((
            award::errand_id,
            award::assignment_id,
            award::amount_ore,
            award::valid_until,
        ))
        .load(db)?)
}
