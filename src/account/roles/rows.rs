//! The tables `role_grant` and `role_proposal`, and of `person` what the list of people needs.

use crate::access::Role;
use crate::clock::Instant;
use crate::db::Db;
use crate::db::schema::{credential, person, role_grant, role_proposal};
use crate::error::Result;
use crate::id::{BoardId, GrantId, PersonId, UnitId};
use diesel::prelude::*;

/// A person in the list: when the account was closed, and when its password was set.
pub(super) type PersonFound = (PersonId, Option<Instant>, Option<Instant>);

/// A role given.
#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = role_grant)]
pub(super) struct GrantRow {
    pub id: GrantId,
    pub board_id: BoardId,
    pub person_id: PersonId,
    pub role: String,
    pub unit_id: Option<UnitId>,
    pub from_at: Instant,
    pub to_at: Option<Instant>,
    pub reason: Option<Vec<u8>>,
    pub granted_by: Option<PersonId>,
    pub ended_by: Option<PersonId>,
    pub end_reason: Option<Vec<u8>>,
}

/// A role proposed.
#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = role_proposal)]
pub(super) struct ProposalRow {
    pub id: GrantId,
    pub board_id: BoardId,
    pub person_id: PersonId,
    pub role: String,
    pub unit_id: Option<UnitId>,
    pub from_at: Instant,
    pub to_at: Option<Instant>,
    pub reason: Vec<u8>,
    pub proposed_by: PersonId,
    pub proposed_at: Instant,
    pub confirmed_by: Option<PersonId>,
    pub confirmed_at: Option<Instant>,
}

pub(super) fn page(db: &mut Db, of: BoardId, after: Option<PersonId>, most: usize) -> Result<Vec<PersonFound>> {
    let of_board = person::table
        .left_join(credential::table.on(credential::person_id.eq(person::id)))
        .filter(person::board_id.eq(of))
        .into_boxed();
    let rest = match after {
        Some(after) => of_board.filter(person::id.lt(after)),
        None => of_board,
    };
    Ok(rest
        .select((person::id, person::disabled_at, credential::changed_at.nullable()))
        .order(person::id.desc())
        .limit(most as i64)
        .load(db)?)
}

/// Locks a person's row, so that changes of their roles come one after the other; gives the person's key, or nothing
/// where the board has no such person.
pub(super) fn lock_person(db: &mut Db, of: BoardId, who: PersonId) -> Result<Option<Vec<u8>>> {
    let one = || person::table.filter(person::id.eq(who).and(person::board_id.eq(of)));
    diesel::update(one())
        .set(person::lock_no.eq(person::lock_no + 1))
        .execute(db)?;
    Ok(one().select(person::wrapped_key).first(db).optional()?)
}

/// A person's key, or nothing where the board has no such person.
pub(super) fn key(db: &mut Db, of: BoardId, who: PersonId) -> Result<Option<Vec<u8>>> {
    let one = person::table.filter(person::id.eq(who).and(person::board_id.eq(of)));
    Ok(one.select(person::wrapped_key).first(db).optional()?)
}

pub(super) fn grants(db: &mut Db, of: BoardId, to: PersonId) -> Result<Vec<GrantRow>> {
    let columns = <GrantRow as Selectable<crate::db::MultiBackend>>::construct_selection();
    let of_person = role_grant::table.filter(role_grant::board_id.eq(of).and(role_grant::person_id.eq(to)));
    Ok(of_person.select(columns).order(role_grant::id.desc()).load(db)?)
}

pub(super) fn proposals(db: &mut Db, of: BoardId, to: PersonId) -> Result<Vec<ProposalRow>> {
    let columns = <ProposalRow as Selectable<crate::db::MultiBackend>>::construct_selection();
    let of_person = role_proposal::table.filter(role_proposal::board_id.eq(of).and(role_proposal::person_id.eq(to)));
    Ok(of_person.select(columns).order(role_proposal::id.desc()).load(db)?)
}

/// Whether the person holds the role, or will, at `at` or later.
pub(super) fn holds(db: &mut Db, who: PersonId, (role, unit): (Role, Option<UnitId>), at: Instant) -> Result<bool> {
    let same = role_grant::table
        .filter(role_grant::person_id.eq(who).and(role_grant::role.eq(role.as_str())))
        .filter(role_grant::to_at.is_null().or(role_grant::to_at.gt(at)))
        .select(role_grant::unit_id);
    let units: Vec<Option<UnitId>> = same.load(db)?;
    Ok(units.contains(&unit))
}

/// Whether the same role waits for a second person.
pub(super) fn waits(db: &mut Db, who: PersonId, (role, unit): (Role, Option<UnitId>), at: Instant) -> Result<bool> {
    let same = role_proposal::table
        .filter(
            role_proposal::person_id
                .eq(who)
                .and(role_proposal::role.eq(role.as_str())),
        )
        .filter(role_proposal::confirmed_at.is_null())
        .filter(role_proposal::to_at.is_null().or(role_proposal::to_at.gt(at)))
        .select(role_proposal::unit_id);
    let units: Vec<Option<UnitId>> = same.load(db)?;
    Ok(units.contains(&unit))
}

/// The people who can sign in and hold the role, given for the whole board, with no end to it.
pub(super) fn holders_for_good(db: &mut Db, of: BoardId, role: Role, at: Instant) -> Result<Vec<PersonId>> {
    Ok(role_grant::table
        .inner_join(person::table.on(person::id.eq(role_grant::person_id)))
        .inner_join(credential::table.on(credential::person_id.eq(person::id)))
        .filter(role_grant::board_id.eq(of).and(role_grant::role.eq(role.as_str())))
        .filter(role_grant::from_at.le(at).and(role_grant::to_at.is_null()))
        .filter(person::disabled_at.is_null())
        .select(role_grant::person_id)
        .load(db)?)
}

pub(super) fn insert_grant(db: &mut Db, row: &GrantRow) -> Result<()> {
    diesel::insert_into(role_grant::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn insert_proposal(db: &mut Db, row: &ProposalRow) -> Result<()> {
    diesel::insert_into(role_proposal::table).values(row).execute(db)?;
    Ok(())
}

/// Ends a grant that has not ended at `to`; tells whether there was one.
pub(super) fn end_grant(db: &mut Db, id: GrantId, to: Instant, (by, reason): (PersonId, Vec<u8>)) -> Result<bool> {
    let open = role_grant::table
        .filter(role_grant::id.eq(id))
        .filter(role_grant::to_at.is_null().or(role_grant::to_at.gt(to)));
    let set = (
        role_grant::to_at.eq(to),
        role_grant::ended_by.eq(by),
        role_grant::end_reason.eq(reason),
    );
    Ok(diesel::update(open).set(set).execute(db)? == 1)
}

/// Notes the second person; tells whether the proposal still waited.
pub(super) fn confirm(db: &mut Db, id: GrantId, by: PersonId, at: Instant) -> Result<bool> {
    let waiting = role_proposal::table
        .filter(role_proposal::id.eq(id).and(role_proposal::confirmed_at.is_null()))
        .filter(role_proposal::to_at.is_null().or(role_proposal::to_at.gt(at)));
    let set = (role_proposal::confirmed_by.eq(by), role_proposal::confirmed_at.eq(at));
    Ok(diesel::update(waiting).set(set).execute(db)? == 1)
}

/// A page of what waits for a second person: the role, and whose it will be.
pub(super) fn waiting(
    db: &mut Db,
    (of, at): (BoardId, Instant),
    after: Option<GrantId>,
    most: usize,
) -> Result<Vec<(GrantId, PersonId)>> {
    let waiting = role_proposal::table
        .filter(
            role_proposal::board_id
                .eq(of)
                .and(role_proposal::confirmed_at.is_null()),
        )
        .filter(role_proposal::to_at.is_null().or(role_proposal::to_at.gt(at)))
        .into_boxed();
    let rest = match after {
        Some(after) => waiting.filter(role_proposal::id.lt(after)),
        None => waiting,
    };
    Ok(rest
        .select((role_proposal::id, role_proposal::person_id))
        .order(role_proposal::id.desc())
        .limit(most as i64)
        .load(db)?)
}

/// Takes a proposal back that still waits; tells whether there was one.
pub(super) fn withdraw(db: &mut Db, id: GrantId, at: Instant) -> Result<bool> {
    let waiting = role_proposal::table
        .filter(role_proposal::id.eq(id).and(role_proposal::confirmed_at.is_null()))
        .filter(role_proposal::to_at.is_null().or(role_proposal::to_at.gt(at)));
    Ok(diesel::update(waiting).set(role_proposal::to_at.eq(at)).execute(db)? == 1)
}

/// Everyone who has, or had, a role of the staff.
pub(super) fn staff_ever(db: &mut Db, of: BoardId) -> Result<Vec<PersonId>> {
    let staff = role_grant::table
        .filter(
            role_grant::board_id
                .eq(of)
                .and(role_grant::role.ne(Role::Contractor.as_str())),
        )
        .select(role_grant::person_id)
        .distinct();
    Ok(staff.load(db)?)
}

/// Raises a person's mark of protection; whether it was lower.
pub(super) fn protect(db: &mut Db, who: PersonId, lower: Vec<&'static str>, to: &'static str) -> Result<bool> {
    let there = person::table.filter(person::id.eq(who).and(person::protected.eq_any(lower)));
    Ok(diesel::update(there).set(person::protected.eq(to)).execute(db)? == 1)
}

/// A person's mark of protection.
pub(super) fn mark(db: &mut Db, of: BoardId, who: PersonId) -> Result<Option<String>> {
    let one = person::table.filter(person::id.eq(who).and(person::board_id.eq(of)));
    Ok(one.select(person::protected).first(db).optional()?)
}
