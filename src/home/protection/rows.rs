//! The table `protected_grant`, and where someone is protected.

use super::NamingState;
use crate::clock::{Day, Instant};
use crate::db::schema::{assignment, deputy, home, home_member, protected_grant, service_user};
use crate::db::{Db, Keep, filled_up, is_protected as is_protected_in};
use crate::error::Result;
use crate::home::Protection;
use crate::id::{AssignmentId, BoardId, HomeId, NamingId, PersonId, ServiceUserId, UnitId};
use diesel::dsl::exists;
use diesel::prelude::*;

/// What of a home is needed to keep who is named for it.
#[derive(Queryable)]
pub(super) struct HomeRow {
    pub id: HomeId,
    pub unit: UnitId,
    pub kind: String,
    pub wrapped_key: Vec<u8>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = protected_grant, treat_none_as_default_value = false)]
pub(super) struct NamingRow {
    pub id: NamingId,
    pub board_id: BoardId,
    pub home_id: HomeId,
    pub person_id: PersonId,
    pub reason: Option<Vec<u8>>,
    pub proposed_by: Option<PersonId>,
    pub proposed_at: Instant,
    pub confirmed_by: Option<PersonId>,
    pub confirmed_at: Option<Instant>,
    pub to_at: Option<Instant>,
    pub ended_by: Option<PersonId>,
}

impl NamingRow {
    /// Where it stands at `now`.
    pub fn state(&self, now: Instant) -> NamingState {
        match (self.to_at, self.confirmed_at) {
            (Some(to), _) if to <= now => NamingState::Ended,
            (_, None) => NamingState::Proposed,
            _ => NamingState::Held,
        }
    }
}

/// Those homes of a board, newest first.
pub(super) fn homes(db: &mut Db, in_board: BoardId, ids: &[HomeId]) -> Result<Vec<HomeRow>> {
    let named = home::table.filter(home::board_id.eq(in_board).and(home::id.eq_any(filled_up(ids))));
    Ok(named
        .select((home::id, home::unit_id, home::kind, home::wrapped_key))
        .order(home::id.desc())
        .load(db)?)
}

/// Whether someone is protected in a home, or was.
pub(super) fn is_protected(db: &mut Db, of: HomeId) -> Result<bool> {
    let there = home::table.find(of).filter(is_protected_in("home.id"));
    Ok(diesel::select(exists(there)).get_result(db)?)
}

/// Makes acts on who is named for a home come one after the other.
pub(super) fn lock_home(db: &mut Db, of: HomeId) -> Result<()> {
    diesel::update(home::table.find(of))
        .set(home::version.eq(home::version))
        .execute(db)?;
    Ok(())
}

/// All who are named for a home, were or are to be, newest first.
pub(super) fn named(db: &mut Db, of: HomeId) -> Result<Vec<NamingRow>> {
    Ok(protected_grant::table
        .filter(protected_grant::home_id.eq(of))
        .order(protected_grant::id.desc())
        .load(db)?)
}

/// Who is named at `at` for which of a unit's homes where someone is protected, confirmed, oldest first.
pub(super) fn held_in(db: &mut Db, unit: UnitId, at: Instant) -> Result<Vec<NamingRow>> {
    let homes = home::table.filter(home::unit_id.eq(unit)).select(home::id);
    Ok(protected_grant::table
        .filter(protected_grant::home_id.eq_any(homes))
        .filter(is_protected_in("protected_grant.home_id"))
        .filter(protected_grant::confirmed_at.le(at))
        .filter(protected_grant::to_at.is_null().or(protected_grant::to_at.gt(at)))
        .order(protected_grant::id)
        .load(db)?)
}

pub(super) fn insert(db: &mut Db, row: &NamingRow) -> Result<()> {
    diesel::insert_into(protected_grant::table).values(row).execute(db)?;
    Ok(())
}

/// Notes the second person; whether it still waited.
pub(super) fn confirm(db: &mut Db, id: NamingId, by: PersonId, at: Instant) -> Result<bool> {
    let waiting = protected_grant::table
        .filter(protected_grant::id.eq(id).and(protected_grant::confirmed_at.is_null()))
        .filter(protected_grant::to_at.is_null().or(protected_grant::to_at.gt(at)));
    let set = (
        protected_grant::confirmed_by.eq(by),
        protected_grant::confirmed_at.eq(at),
    );
    Ok(diesel::update(waiting).set(set).kept().execute(db)? == 1)
}

/// Ends it at `at`; whether it stood or waited.
pub(super) fn end(db: &mut Db, id: NamingId, by: PersonId, at: Instant) -> Result<bool> {
    let open = protected_grant::table
        .filter(protected_grant::id.eq(id))
        .filter(protected_grant::to_at.is_null().or(protected_grant::to_at.gt(at)));
    let set = (protected_grant::to_at.eq(at), protected_grant::ended_by.eq(by));
    Ok(diesel::update(open).set(set).kept().execute(db)? == 1)
}

/// What someone is named for, or waits to be, and for which home, beyond `until`.
pub(super) fn open_of(db: &mut Db, who: PersonId, until: Instant) -> Result<Vec<(NamingId, HomeId)>> {
    Ok(protected_grant::table
        .filter(protected_grant::person_id.eq(who))
        .filter(protected_grant::to_at.is_null().or(protected_grant::to_at.gt(until)))
        .select((protected_grant::id, protected_grant::home_id))
        .load(db)?)
}

/// Ends one at `at`, by someone or by the program.
pub(super) fn end_by(db: &mut Db, id: NamingId, by: Option<PersonId>, at: Instant) -> Result<()> {
    diesel::update(protected_grant::table.find(id))
        .set((protected_grant::to_at.eq(at), protected_grant::ended_by.eq(by)))
        .execute(db)?;
    Ok(())
}

/// What waits for a second person in a board, with the home's unit.
pub(super) fn waiting(db: &mut Db, of: BoardId, at: Instant) -> Result<Vec<(NamingRow, UnitId)>> {
    Ok(protected_grant::table
        .inner_join(home::table.on(home::id.eq(protected_grant::home_id)))
        .filter(
            protected_grant::board_id
                .eq(of)
                .and(protected_grant::confirmed_at.is_null()),
        )
        .filter(protected_grant::to_at.is_null().or(protected_grant::to_at.gt(at)))
        .select((protected_grant::all_columns, home::unit_id))
        .load(db)?)
}

/// Who answers for a home's assignments that run on `day`, or stands in there then.
pub(super) fn answering(db: &mut Db, of: HomeId, day: Day) -> Result<Vec<PersonId>> {
    let running = || {
        assignment::table
            .filter(assignment::home_id.eq(of))
            .filter(assignment::to_on.is_null().or(assignment::to_on.ge(day)))
    };
    let mut found: Vec<PersonId> = running().select(assignment::caseworker_id).distinct().load(db)?;
    let ids = running().select(assignment::id);
    let deputies = deputy::table
        .filter(deputy::assignment_id.eq_any(ids).and(deputy::to_on.ge(day)))
        .filter(deputy::ended_at.is_null());
    found.extend(deputies.select(deputy::person_id).load::<PersonId>(db)?);
    found.sort();
    found.dedup();
    Ok(found)
}

/// The homes someone belongs to, did or will.
pub(super) fn homes_of(db: &mut Db, who: PersonId) -> Result<Vec<HomeId>> {
    let theirs = home_member::table.filter(home_member::person_id.eq(who));
    Ok(theirs.select(home_member::home_id).distinct().load(db)?)
}

/// Which of these people belong to one of these homes, or did.
pub(super) fn members_among(db: &mut Db, homes: &[HomeId], people: &[PersonId]) -> Result<Vec<PersonId>> {
    let theirs = home_member::table
        .filter(home_member::person_id.eq_any(filled_up(people)))
        .filter(home_member::home_id.eq_any(filled_up(homes)));
    Ok(theirs.select(home_member::person_id).distinct().load(db)?)
}

/// Whom an assignment is for.
pub(super) fn child_of(db: &mut Db, of: BoardId, id: AssignmentId) -> Result<Option<ServiceUserId>> {
    let one = assignment::table.filter(assignment::id.eq(id).and(assignment::board_id.eq(of)));
    Ok(one.select(assignment::service_user_id).first(db).optional()?)
}

pub(super) fn mark_child(db: &mut Db, id: ServiceUserId, to: Protection) -> Result<()> {
    let one = service_user::table.find(id);
    diesel::update(one)
        .set(service_user::protected.eq(to.as_str()))
        .execute(db)?;
    Ok(())
}

/// Ends all that stands or waits of who is named for a home; gives who they were.
pub(super) fn end_all(db: &mut Db, of: HomeId, at: Instant) -> Result<Vec<PersonId>> {
    let open = || {
        protected_grant::table
            .filter(protected_grant::home_id.eq(of))
            .filter(protected_grant::to_at.is_null().or(protected_grant::to_at.gt(at)))
    };
    let people = open().select(protected_grant::person_id).load(db)?;
    diesel::update(open())
        .set(protected_grant::to_at.eq(at))
        .kept()
        .execute(db)?;
    Ok(people)
}
