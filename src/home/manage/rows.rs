//! The tables `home`, `home_past`, `home_member`, `service_user`, `assignment`, `assignment_past` and `deputy`, as they
//! are kept by staff.

use crate::clock::{Day, Instant};
use crate::db::schema::{assignment, assignment_past, deputy, home, home_member, home_past, service_user};
use crate::db::{Db, MultiBackend};
use crate::error::Result;
use crate::home::Protection;
use crate::id::{AssignmentId, BoardId, HomeId, Id, PersonId, ServiceUserId, UnitId, of};
use diesel::prelude::*;

/// A home's row.
#[derive(Queryable, Selectable)]
#[diesel(table_name = home)]
pub(in crate::home) struct HomeRow {
    pub id: HomeId,
    pub unit_id: UnitId,
    pub kind: String,
    pub protected: String,
    pub name: Vec<u8>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
}

/// A membership's row.
#[derive(Queryable, Selectable)]
#[diesel(table_name = home_member)]
pub(super) struct MemberRow {
    pub id: Id<of::Member>,
    pub person_id: PersonId,
    pub from_at: Instant,
    pub to_at: Option<Instant>,
}

/// What of an assignment can be changed.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = assignment)]
pub(super) struct AssignmentRow {
    pub unit_id: UnitId,
    pub legal_basis: String,
    pub from_on: Day,
    pub to_on: Option<Day>,
    pub caseworker_id: PersonId,
    pub child_caseworker_id: Option<PersonId>,
    pub cost_code: Option<String>,
    pub version: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = deputy)]
pub(super) struct DeputyRow {
    pub id: Id<of::Deputy>,
    pub person_id: PersonId,
    pub from_on: Day,
    pub to_on: Day,
}

/// What a home was.
#[derive(Queryable, Selectable)]
#[diesel(table_name = home_past)]
pub(super) struct HomePastRow {
    pub unit_id: UnitId,
    pub kind: String,
    pub protected: String,
    pub name: Vec<u8>,
    pub version: i64,
    pub until_at: Instant,
    pub changed_by: Option<PersonId>,
}

/// What an assignment was.
#[derive(Queryable, Selectable)]
#[diesel(table_name = assignment_past)]
pub(super) struct AssignmentPastRow {
    pub unit_id: UnitId,
    pub legal_basis: String,
    pub to_on: Option<Day>,
    pub caseworker_id: PersonId,
    pub cost_code: Option<String>,
    pub until_at: Instant,
    pub changed_by: PersonId,
}

/// A service user's sealed names, version and key.
pub(super) type SealedNames = (ServiceUserId, Vec<u8>, Vec<u8>, i64, Vec<u8>);

macro_rules! columns {
    ($row:ty) => {
        <$row as Selectable<MultiBackend>>::construct_selection()
    };
}

pub(super) fn unit_of(db: &mut Db, in_board: BoardId, id: HomeId) -> Result<Option<UnitId>> {
    let one = home::table.filter(home::id.eq(id).and(home::board_id.eq(in_board)));
    Ok(one.select(home::unit_id).first(db).optional()?)
}

/// A page of the homes within a circle, newest first.
pub(super) fn page(
    db: &mut Db,
    within: home::BoxedQuery<'static, MultiBackend>,
    after: Option<HomeId>,
    most: usize,
) -> Result<Vec<HomeRow>> {
    let rest = match after {
        Some(after) => within.filter(home::id.lt(after)),
        None => within,
    };
    Ok(rest
        .select(columns!(HomeRow))
        .order(home::id.desc())
        .limit(most as i64)
        .load(db)?)
}

/// Whether any of these homes has an assignment that had begun by a day.
pub(super) fn any_assignment(db: &mut Db, homes: Vec<HomeId>, by: Day) -> Result<bool> {
    let begun = assignment::table.filter(assignment::home_id.eq_any(homes).and(assignment::from_on.le(by)));
    let one: Option<AssignmentId> = begun.select(assignment::id).first(db).optional()?;
    Ok(one.is_some())
}

pub(in crate::home) fn home(db: &mut Db, id: HomeId) -> Result<HomeRow> {
    Ok(home::table.find(id).select(columns!(HomeRow)).first(db)?)
}

/// Locks a home's row and reads it.
pub(in crate::home) fn lock_home(db: &mut Db, id: HomeId) -> Result<HomeRow> {
    diesel::update(home::table.find(id))
        .set(home::version.eq(home::version))
        .execute(db)?;
    home(db, id)
}

/// Keeps what a home was, and writes what it is.
pub(super) fn change_home(
    db: &mut Db,
    (id, in_board): (Id<()>, BoardId),
    (was, is): (&HomeRow, &HomeRow),
    (by, at): (Option<PersonId>, Instant),
) -> Result<()> {
    diesel::insert_into(home_past::table)
        .values((
            home_past::id.eq(id),
            home_past::board_id.eq(in_board),
            home_past::home_id.eq(was.id),
            home_past::unit_id.eq(was.unit_id),
            home_past::kind.eq(&was.kind),
            home_past::protected.eq(&was.protected),
            home_past::name.eq(&was.name),
            home_past::version.eq(was.version),
            home_past::until_at.eq(at),
            home_past::changed_by.eq(by),
        ))
        .execute(db)?;
    diesel::update(home::table.find(is.id))
        .set((
            home::unit_id.eq(is.unit_id),
            home::kind.eq(&is.kind),
            home::protected.eq(&is.protected),
            home::name.eq(&is.name),
            home::version.eq(is.version),
        ))
        .execute(db)?;
    Ok(())
}

pub(super) fn members(db: &mut Db, of_home: HomeId) -> Result<Vec<MemberRow>> {
    Ok(home_member::table
        .filter(home_member::home_id.eq(of_home))
        .select(columns!(MemberRow))
        .order(home_member::id.desc())
        .load(db)?)
}

/// Whether someone belongs to a home at `at` or will later.
pub(super) fn belongs(db: &mut Db, of_home: HomeId, who: PersonId, at: Instant) -> Result<bool> {
    let open = home_member::table
        .filter(home_member::home_id.eq(of_home).and(home_member::person_id.eq(who)))
        .filter(home_member::to_at.is_null().or(home_member::to_at.gt(at)));
    Ok(open.count().get_result::<i64>(db)? > 0)
}

pub(super) fn insert_member(
    db: &mut Db,
    id: Id<of::Member>,
    (in_board, of_home, who): (BoardId, HomeId, PersonId),
    (from, to): (Instant, Option<Instant>),
) -> Result<()> {
    diesel::insert_into(home_member::table)
        .values((
            home_member::id.eq(id),
            home_member::board_id.eq(in_board),
            home_member::home_id.eq(of_home),
            home_member::person_id.eq(who),
            home_member::from_at.eq(from),
            home_member::to_at.eq(to),
        ))
        .execute(db)?;
    Ok(())
}

/// Ends a membership that has not ended at `at`; tells whether there was one.
pub(super) fn end_member(db: &mut Db, id: Id<of::Member>, at: Instant, now: Instant) -> Result<bool> {
    let open = home_member::table
        .filter(home_member::id.eq(id))
        .filter(home_member::to_at.is_null().or(home_member::to_at.gt(now)));
    Ok(diesel::update(open).set(home_member::to_at.eq(at)).execute(db)? == 1)
}

/// The service user of that number.
pub(super) fn by_number(db: &mut Db, in_board: BoardId, token: &[u8; 16]) -> Result<Option<SealedNames>> {
    let same = service_user::table
        .filter(service_user::board_id.eq(in_board))
        .filter(service_user::personal_number_token.eq(&token[..]));
    let columns = (
        service_user::id,
        service_user::first_name,
        service_user::last_name,
        service_user::version,
        service_user::wrapped_key,
    );
    Ok(same.select(columns).first(db).optional()?)
}

/// Raises a service user's mark of protection; whether it was lower.
pub(super) fn protect(db: &mut Db, id: ServiceUserId, to: Protection) -> Result<bool> {
    let lower = Protection::ALL
        .iter()
        .take_while(|one| **one != to)
        .map(|one| one.as_str());
    let there = service_user::table
        .filter(service_user::id.eq(id))
        .filter(service_user::protected.eq_any(lower.collect::<Vec<_>>()));
    let raised = diesel::update(there).set(service_user::protected.eq(to.as_str()));
    Ok(raised.execute(db)? == 1)
}

/// Whether a service user has or had an assignment in one of `units`.
pub(super) fn known_to(db: &mut Db, in_board: BoardId, id: ServiceUserId, units: Vec<UnitId>) -> Result<bool> {
    let theirs = assignment::table
        .filter(
            assignment::board_id
                .eq(in_board)
                .and(assignment::service_user_id.eq(id)),
        )
        .filter(assignment::unit_id.eq_any(units));
    Ok(theirs.count().get_result::<i64>(db)? > 0)
}

pub(super) fn assignment(db: &mut Db, id: AssignmentId) -> Result<AssignmentRow> {
    Ok(assignment::table.find(id).select(columns!(AssignmentRow)).first(db)?)
}

/// Locks an assignment's row and reads it.
pub(super) fn lock_assignment(db: &mut Db, id: AssignmentId) -> Result<AssignmentRow> {
    diesel::update(assignment::table.find(id))
        .set(assignment::version.eq(assignment::version))
        .execute(db)?;
    assignment(db, id)
}

/// Keeps what an assignment was, and writes what it is.
pub(super) fn change_assignment(
    db: &mut Db,
    (id, in_board, of): (Id<()>, BoardId, AssignmentId),
    (was, is): (&AssignmentRow, &AssignmentRow),
    (by, at): (PersonId, Instant),
) -> Result<()> {
    diesel::insert_into(assignment_past::table)
        .values((
            assignment_past::id.eq(id),
            assignment_past::board_id.eq(in_board),
            assignment_past::assignment_id.eq(of),
            assignment_past::unit_id.eq(was.unit_id),
            assignment_past::legal_basis.eq(&was.legal_basis),
            assignment_past::to_on.eq(was.to_on),
            assignment_past::caseworker_id.eq(was.caseworker_id),
            assignment_past::child_caseworker_id.eq(was.child_caseworker_id),
            assignment_past::cost_code.eq(&was.cost_code),
            assignment_past::version.eq(was.version),
            assignment_past::until_at.eq(at),
            assignment_past::changed_by.eq(by),
        ))
        .execute(db)?;
    diesel::update(assignment::table.find(of))
        .set((
            assignment::unit_id.eq(is.unit_id),
            assignment::legal_basis.eq(&is.legal_basis),
            assignment::to_on.eq(is.to_on),
            assignment::caseworker_id.eq(is.caseworker_id),
            assignment::child_caseworker_id.eq(is.child_caseworker_id),
            assignment::cost_code.eq(&is.cost_code),
            assignment::version.eq(is.version),
        ))
        .execute(db)?;
    Ok(())
}

/// Those who stand in on `day` or later and have not been let go.
pub(super) fn deputies(db: &mut Db, of: AssignmentId, day: Day) -> Result<Vec<DeputyRow>> {
    Ok(deputy::table
        .filter(deputy::assignment_id.eq(of).and(deputy::to_on.ge(day)))
        .filter(deputy::ended_at.is_null())
        .select(columns!(DeputyRow))
        .order(deputy::id)
        .load(db)?)
}

/// Who stands in for whom in a unit's assignments on `day` or later, with the assignment, oldest first.
pub(super) fn deputies_in(db: &mut Db, unit: UnitId, day: Day) -> Result<Vec<(DeputyRow, PersonId)>> {
    Ok(deputy::table
        .inner_join(assignment::table.on(assignment::id.eq(deputy::assignment_id)))
        .filter(assignment::unit_id.eq(unit))
        .filter(assignment::to_on.is_null().or(assignment::to_on.ge(day)))
        .filter(deputy::to_on.ge(day).and(deputy::ended_at.is_null()))
        .select((columns!(DeputyRow), assignment::caseworker_id))
        .order(deputy::id)
        .load(db)?)
}

/// Lets someone stand in no longer; the days that were meant stay.
pub(super) fn end_deputy(db: &mut Db, id: Id<of::Deputy>, at: Instant, by: PersonId) -> Result<()> {
    diesel::update(deputy::table.find(id))
        .set((deputy::ended_at.eq(at), deputy::ended_by.eq(by)))
        .execute(db)?;
    Ok(())
}

/// The assignments of a home within a circle, newest first.
pub(super) fn assignments_of(
    db: &mut Db,
    within: assignment::BoxedQuery<'static, MultiBackend>,
    of_home: HomeId,
) -> Result<Vec<AssignmentId>> {
    let theirs = within.filter(assignment::home_id.eq(of_home));
    Ok(theirs.select(assignment::id).order(assignment::id.desc()).load(db)?)
}

pub(super) fn home_past(db: &mut Db, of_home: HomeId) -> Result<Vec<HomePastRow>> {
    Ok(home_past::table
        .filter(home_past::home_id.eq(of_home))
        .select(columns!(HomePastRow))
        .order(home_past::id.desc())
        .load(db)?)
}

pub(super) fn assignment_past(db: &mut Db, of: AssignmentId) -> Result<Vec<AssignmentPastRow>> {
    Ok(assignment_past::table
        .filter(assignment_past::assignment_id.eq(of))
        .select(columns!(AssignmentPastRow))
        .order(assignment_past::id.desc())
        .load(db)?)
}
