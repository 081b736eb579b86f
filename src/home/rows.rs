//! The tables `home`, `home_member`, `service_user`, `assignment` and `deputy`.

use super::{HomeKind, LegalBasis, NewAssignment};
use crate::access::ErrandFacts;
use crate::clock::{Day, Instant};
use crate::db::schema::{assignment, deputy, home, home_member, service_user};
use crate::db::{Db, Keep, MultiBackend, filled_up, is_protected, versions};
use crate::error::Result;
use crate::id::{AssignmentId, BoardId, HomeId, Id, PersonId, ServiceUserId, UnitId, of};
use diesel::dsl::not;
use diesel::prelude::*;

#[derive(Insertable)]
#[diesel(table_name = home)]
pub(super) struct NewHomeRow {
    pub id: HomeId,
    pub board_id: BoardId,
    pub unit_id: UnitId,
    pub kind: &'static str,
    pub protected: &'static str,
    pub name: Vec<u8>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
    pub created_at: Instant,
}

/// A home's kind, sealed name, the version it was sealed at, and its key.
pub(super) type SealedHome = (HomeId, String, Vec<u8>, i64, Vec<u8>);
/// A service user's sealed first name, version and key.
pub(super) type SealedUser = (ServiceUserId, Vec<u8>, i64, Vec<u8>);

#[derive(Insertable)]
#[diesel(table_name = service_user, treat_none_as_default_value = false)]
pub(super) struct ServiceUserRow {
    pub id: ServiceUserId,
    pub board_id: BoardId,
    pub protected: &'static str,
    pub first_name: Vec<u8>,
    pub last_name: Vec<u8>,
    pub personal_number: Option<Vec<u8>>,
    pub personal_number_token: Option<Vec<u8>>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = assignment)]
pub(super) struct AssignmentRow {
    pub id: AssignmentId,
    #[diesel(column_name = home_id)]
    pub home: HomeId,
    #[diesel(column_name = service_user_id)]
    pub service_user: ServiceUserId,
    pub label: String,
    pub kind: String,
    pub legal_basis: String,
    #[diesel(column_name = from_on)]
    pub from: Day,
    #[diesel(column_name = to_on)]
    pub to: Option<Day>,
}

/// What of an assignment others need: where it belongs and when it runs.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = assignment)]
pub struct AssignmentFacts {
    pub id: AssignmentId,
    #[diesel(column_name = home_id)]
    pub home: HomeId,
    #[diesel(column_name = unit_id)]
    pub unit: UnitId,
    pub label: String,
    #[diesel(column_name = from_on)]
    pub from: Day,
    #[diesel(column_name = to_on)]
    pub to: Option<Day>,
}

pub(super) fn insert_home(db: &mut Db, row: &NewHomeRow) -> Result<()> {
    diesel::insert_into(home::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn insert_member(
    db: &mut Db,
    id: Id<of::Member>,
    (in_board, of_home, who): (BoardId, HomeId, PersonId),
    from: Instant,
) -> Result<()> {
    diesel::insert_into(home_member::table)
        .values((
            home_member::id.eq(id),
            home_member::board_id.eq(in_board),
            home_member::home_id.eq(of_home),
            home_member::person_id.eq(who),
            home_member::from_at.eq(from),
        ))
        .execute(db)?;
    Ok(())
}

/// Ends what memberships of the person in the home are open; gives how many.
pub(super) fn end_membership(db: &mut Db, of_home: HomeId, who: PersonId, at: Instant) -> Result<usize> {
    let open = home_member::table
        .filter(home_member::home_id.eq(of_home).and(home_member::person_id.eq(who)))
        .filter(home_member::to_at.is_null().or(home_member::to_at.gt(at)));
    Ok(diesel::update(open).set(home_member::to_at.eq(at)).kept().execute(db)?)
}

pub(super) fn members_now(db: &mut Db, of_home: HomeId, now: Instant) -> Result<Vec<PersonId>> {
    Ok(home_member::table
        .filter(home_member::home_id.eq(of_home).and(home_member::from_at.le(now)))
        .filter(home_member::to_at.is_null().or(home_member::to_at.gt(now)))
        .select(home_member::person_id)
        .order(home_member::id)
        .load(db)?)
}

pub(super) fn insert_service_user(db: &mut Db, row: &ServiceUserRow) -> Result<()> {
    diesel::insert_into(service_user::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn insert_assignment(
    db: &mut Db,
    (id, in_board, made): (AssignmentId, BoardId, Instant),
    new: &NewAssignment,
) -> Result<()> {
    diesel::insert_into(assignment::table)
        .values((
            assignment::id.eq(id),
            assignment::board_id.eq(in_board),
            assignment::home_id.eq(new.home),
            assignment::service_user_id.eq(new.service_user),
            assignment::unit_id.eq(new.unit),
            assignment::label.eq(&new.label),
            assignment::kind.eq(new.kind.as_str()),
            assignment::legal_basis.eq(new.legal_basis.as_str()),
            assignment::from_on.eq(new.from),
            assignment::to_on.eq(new.to),
            assignment::caseworker_id.eq(new.caseworker),
            assignment::child_caseworker_id.eq(new.child_caseworker),
            assignment::cost_code.eq(&new.cost_code),
            assignment::created_at.eq(made),
        ))
        .execute(db)?;
    Ok(())
}

pub(super) fn label_taken(db: &mut Db, in_board: BoardId, label: &str) -> Result<bool> {
    let same = assignment::table.filter(assignment::board_id.eq(in_board).and(assignment::label.eq(label)));
    Ok(same.count().get_result::<i64>(db)? > 0)
}

pub(super) fn labelled(
    db: &mut Db,
    in_board: BoardId,
    label: &str,
) -> Result<Option<(AssignmentFacts, ServiceUserId)>> {
    let one = assignment::table.filter(assignment::board_id.eq(in_board).and(assignment::label.eq(label)));
    Ok(one
        .select((AssignmentFacts::as_select(), assignment::service_user_id))
        .first(db)
        .optional()?)
}

pub(super) fn home_ids(db: &mut Db, in_board: BoardId) -> Result<Vec<HomeId>> {
    let all = home::table.filter(home::board_id.eq(in_board));
    Ok(all.select(home::id).order(home::id).load(db)?)
}

pub(super) fn user_by_number(db: &mut Db, in_board: BoardId, token: &[u8; 16]) -> Result<Option<ServiceUserId>> {
    let one = service_user::table
        .filter(service_user::board_id.eq(in_board))
        .filter(service_user::personal_number_token.eq(token.to_vec()));
    Ok(one
        .select(service_user::id)
        .order(service_user::id)
        .first(db)
        .optional()?)
}

pub(super) fn insert_deputy(
    db: &mut Db,
    id: Id<of::Deputy>,
    (in_board, to, who): (BoardId, AssignmentId, PersonId),
    (from, until): (Day, Day),
) -> Result<()> {
    diesel::insert_into(deputy::table)
        .values((
            deputy::id.eq(id),
            deputy::board_id.eq(in_board),
            deputy::assignment_id.eq(to),
            deputy::person_id.eq(who),
            deputy::from_on.eq(from),
            deputy::to_on.eq(until),
        ))
        .execute(db)?;
    Ok(())
}

pub(super) fn page(
    db: &mut Db,
    within: assignment::BoxedQuery<'static, MultiBackend>,
    after: Option<AssignmentId>,
    limit: usize,
) -> Result<Vec<AssignmentRow>> {
    let mut query = within
        .select(AssignmentRow::as_select())
        .order(assignment::id.desc())
        .limit(limit as i64);
    if let Some(after) = after {
        query = query.filter(assignment::id.lt(after));
    }
    Ok(query.load(db)?)
}

pub(super) fn facts(db: &mut Db, in_board: BoardId, id: AssignmentId) -> Result<Option<AssignmentFacts>> {
    let one = assignment::table.filter(assignment::id.eq(id).and(assignment::board_id.eq(in_board)));
    Ok(one.select(AssignmentFacts::as_select()).first(db).optional()?)
}

pub(super) fn one_assignment(db: &mut Db, id: AssignmentId) -> Result<AssignmentRow> {
    Ok(assignment::table
        .find(id)
        .select(AssignmentRow::as_select())
        .first(db)?)
}

pub(super) fn sealed_homes(db: &mut Db, in_board: BoardId, ids: &[HomeId]) -> Result<Vec<SealedHome>> {
    let columns = (home::id, home::kind, home::name, home::version, home::wrapped_key);
    let named = home::table.filter(home::id.eq_any(filled_up(ids)).and(home::board_id.eq(in_board)));
    Ok(named.select(columns).kept().load(db)?)
}

pub(super) fn sealed_users(db: &mut Db, in_board: BoardId, ids: &[ServiceUserId]) -> Result<Vec<SealedUser>> {
    let of_board = service_user::table.filter(service_user::board_id.eq(in_board));
    let columns = (
        service_user::id,
        service_user::first_name,
        service_user::version,
        service_user::wrapped_key,
    );
    let named = of_board.filter(service_user::id.eq_any(filled_up(ids)));
    Ok(named.select(columns).kept().load(db)?)
}

impl AssignmentRow {
    /// An errand of it, as what one's relation is asked to.
    pub(super) fn facts(&self) -> ErrandFacts {
        ErrandFacts {
            home: self.home,
            assignment: Some(self.id),
            assignee: None,
        }
    }
    pub(super) fn kind(&self) -> Result<HomeKind> {
        HomeKind::stored(&self.kind)
    }
    pub(super) fn legal_basis(&self) -> Result<LegalBasis> {
        LegalBasis::stored(&self.legal_basis)
    }
}

/// Of an assignment: its home and label; whom it is for, with the sealed names, their version and key.
#[derive(Queryable)]
pub(super) struct UserOf {
    pub home: HomeId,
    pub label: String,
    pub id: ServiceUserId,
    pub first_name: Vec<u8>,
    pub last_name: Vec<u8>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn user_of() -> _ {
    (
        assignment::home_id,
        assignment::label,
        service_user::id,
        service_user::first_name,
        service_user::last_name,
        service_user::version,
        service_user::wrapped_key,
    )
}

pub(super) fn unprotected_homes(db: &mut Db, within: home::BoxedQuery<'static, MultiBackend>) -> Result<Vec<HomeId>> {
    Ok(within.filter(not(is_protected("home.id"))).select(home::id).load(db)?)
}

/// Who belongs to each of these homes now.
pub(super) fn members_of_each(db: &mut Db, homes: &[HomeId], now: Instant) -> Result<Vec<(HomeId, PersonId)>> {
    Ok(home_member::table
        .filter(home_member::home_id.eq_any(filled_up(homes)))
        .filter(home_member::from_at.le(now))
        .filter(home_member::to_at.is_null().or(home_member::to_at.gt(now)))
        .select((home_member::home_id, home_member::person_id))
        .load(db)?)
}

/// Whom those of these assignments are for that run on `day`, in homes where nobody is protected and that are not one's
/// `own`; with `number`, the one whose it is.
pub(super) fn unprotected_users(
    db: &mut Db,
    within: assignment::BoxedQuery<'static, MultiBackend>,
    (own, day): (&[HomeId], Day),
    number: Option<&[u8; 16]>,
) -> Result<Vec<UserOf>> {
    let ids: Vec<AssignmentId> = within
        .filter(not(is_protected("assignment.home_id")))
        .filter(assignment::home_id.ne_all(own.to_vec()))
        .filter(assignment::from_on.le(day))
        .filter(assignment::to_on.is_null().or(assignment::to_on.ge(day)))
        .select(assignment::id)
        .load(db)?;
    let mut of = assignment::table
        .inner_join(service_user::table.on(service_user::id.eq(assignment::service_user_id)))
        .filter(assignment::id.eq_any(filled_up(&ids)))
        .into_boxed();
    if let Some(number) = number {
        of = of.filter(service_user::personal_number_token.eq(&number[..]));
    }
    Ok(of.select(user_of()).load(db)?)
}

/// Whom all assignments of a board are or were for.
pub(super) fn users_of(db: &mut Db, in_board: BoardId) -> Result<Vec<UserOf>> {
    let of = assignment::table.inner_join(service_user::table.on(service_user::id.eq(assignment::service_user_id)));
    Ok(of
        .filter(assignment::board_id.eq(in_board))
        .select(user_of())
        .load(db)?)
}

/// How many homes a board has, and the sum of their versions.
pub(super) fn homes_mark(db: &mut Db, in_board: BoardId) -> Result<(i64, i64)> {
    let all = home::table.filter(home::board_id.eq(in_board));
    Ok(all
        .select((diesel::dsl::count_star(), versions("home")))
        .get_result(db)?)
}

/// How many service users a board has, and the sum of their versions.
pub(super) fn users_mark(db: &mut Db, in_board: BoardId) -> Result<(i64, i64)> {
    let all = service_user::table.filter(service_user::board_id.eq(in_board));
    Ok(all
        .select((diesel::dsl::count_star(), versions("service_user")))
        .get_result(db)?)
}

/// How many assignments a board has or had; where one is it stays.
pub(super) fn assignments_mark(db: &mut Db, in_board: BoardId) -> Result<i64> {
    let all = assignment::table.filter(assignment::board_id.eq(in_board));
    Ok(all.count().get_result(db)?)
}

/// How many memberships a board has or had, and how many of them there are now.
pub(super) fn members_mark(db: &mut Db, in_board: BoardId, now: Instant) -> Result<(i64, i64)> {
    let all = home_member::table.filter(home_member::board_id.eq(in_board));
    let at_present = all
        .filter(home_member::from_at.le(now))
        .filter(home_member::to_at.is_null().or(home_member::to_at.gt(now)));
    Ok((all.count().get_result(db)?, at_present.count().get_result(db)?))
}

/// The homes that have or had an assignment for someone.
pub(super) fn homes_of_user(db: &mut Db, user: ServiceUserId) -> Result<Vec<HomeId>> {
    let theirs = assignment::table.filter(assignment::service_user_id.eq(user));
    Ok(theirs.select(assignment::home_id).load(db)?)
}
