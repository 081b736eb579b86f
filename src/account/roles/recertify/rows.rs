//! The tables `recertification` and `recertification_told`, and of `role_grant` who holds what in a unit.

use crate::access::{Role, roles_held};
use crate::clock::{Day, Instant};
use crate::db::Db;
use crate::db::housekeeping::Chore;
use crate::db::schema::{recertification, recertification_told, role_grant};
use crate::error::Result;
use crate::id::{BoardId, GrantId, HeldRightId, PersonId, RecertificationId, UnitId};
use diesel::prelude::*;

/// Which boards have units with managers.
pub(super) static MANAGED: Chore = Chore {
    name: "boards with managers",
    tables: &["role_grant"],
};

#[derive(Queryable, Insertable)]
#[diesel(table_name = recertification, treat_none_as_default_value = false)]
pub(super) struct SaidRow {
    pub id: RecertificationId,
    pub board_id: BoardId,
    pub unit_id: UnitId,
    pub grant_id: HeldRightId,
    pub period: Day,
    pub keep: bool,
    pub reason: Option<Vec<u8>>,
    pub decided_by: PersonId,
    pub decided_at: Instant,
    pub kind: String,
}

/// A role held in a unit.
#[derive(Queryable)]
pub(super) struct HeldRow {
    pub id: GrantId,
    pub person_id: PersonId,
    pub role: String,
    pub from_at: Instant,
    pub to_at: Option<Instant>,
}

pub(super) fn boards(db: &mut Db) -> Result<Vec<BoardId>> {
    let managers = role_grant::table.filter(role_grant::role.eq(Role::UnitManager.as_str()));
    Ok(managers.select(role_grant::board_id).distinct().load(db)?)
}

/// The units that someone manages now.
pub(super) fn managed(db: &mut Db, of: BoardId, at: Instant) -> Result<Vec<UnitId>> {
    let managers = roles_held(of, at).filter(role_grant::role.eq(Role::UnitManager.as_str()));
    let found: Vec<Option<UnitId>> = managers.select(role_grant::unit_id).distinct().load(db)?;
    Ok(found.into_iter().flatten().collect())
}

/// The roles held in a unit now, oldest first.
pub(super) fn held_in(db: &mut Db, (of, unit): (BoardId, UnitId), at: Instant) -> Result<Vec<HeldRow>> {
    Ok(roles_held(of, at)
        .filter(role_grant::unit_id.eq(unit))
        .order(role_grant::id)
        .select((
            role_grant::id,
            role_grant::person_id,
            role_grant::role,
            role_grant::from_at,
            role_grant::to_at,
        ))
        .load(db)?)
}

/// What was said of a unit's roles in a period.
pub(super) fn said(db: &mut Db, unit: UnitId, period: Day) -> Result<Vec<SaidRow>> {
    Ok(recertification::table
        .filter(
            recertification::unit_id
                .eq(unit)
                .and(recertification::period.eq(period)),
        )
        .load(db)?)
}

pub(super) fn insert(db: &mut Db, row: &SaidRow) -> Result<()> {
    diesel::insert_into(recertification::table).values(row).execute(db)?;
    Ok(())
}

/// Notes that a unit's managers are told of a period; whether they had not been.
pub(super) fn mark_told(db: &mut Db, (board, unit): (BoardId, UnitId), period: Day, at: Instant) -> Result<bool> {
    let added = crate::db::insert_unless_there!(
        db,
        recertification_told::table,
        (
            recertification_told::unit_id.eq(unit),
            recertification_told::period.eq(period),
            recertification_told::board_id.eq(board),
            recertification_told::told_at.eq(at)
        )
    )?;
    Ok(added == 1)
}

/// Notes that a unit's managers are told that a period's list is overdue; whether they had not been.
pub(super) fn mark_reminded(db: &mut Db, unit: UnitId, period: Day, at: Instant) -> Result<bool> {
    let told = recertification_told::table
        .find((unit, period))
        .filter(recertification_told::reminded_at.is_null());
    let noted = diesel::update(told).set(recertification_told::reminded_at.eq(at));
    Ok(noted.execute(db)? == 1)
}
