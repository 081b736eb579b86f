//! Colleagues: who handles errands in the unit of an errand without having to do with it. They see of it what their
//! board lets teams see (`sight`), and reach it with a reason (lag 2001:454, 10 §); never where someone there is
//! protected and they are not named for it (OSL 26 kap. 1 §).

use super::desk::Access;
use super::policy::Role;
use super::relations::ErrandFacts;
use super::standing::{has_staff, held_roles};
use crate::clock::{Day, Instant};
use crate::db::MultiBackend;
use crate::db::schema::{
    assignment, conflict, deputy, home, home_member, opening, person, protected_grant, role_grant,
};
use crate::error::Result;
use crate::id::{AssignmentId, BoardId, ErrandId, HomeId, PersonId, UnitId};
use diesel::dsl::exists;
use diesel::prelude::*;

pub(crate) type RolesHeld = role_grant::BoxedQuery<'static, MultiBackend>;

/// Who of the staff may have to do with a home.
pub(crate) struct Kept {
    /// Who lives in it or has a conflict of interest.
    apart: Vec<PersonId>,
    /// Where someone there is protected: those named for it, and nobody else.
    named: Option<Vec<PersonId>>,
}

impl Kept {
    /// Whether someone may have to do with the home.
    pub(crate) fn may_meet(&self, who: PersonId) -> bool {
        !self.apart.contains(&who) && self.named.as_ref().is_none_or(|named| named.contains(&who))
    }
}

impl Access<'_> {
    /// Whether the one who asks handles errands in an errand's unit, and may have to do with its home.
    pub(crate) fn is_colleague(self, errand: ErrandFacts) -> Result<bool> {
        let standing = self.standing();
        let units: Vec<UnitId> = standing.handles_in().collect();
        if units.is_empty() || standing.apart.contains(&errand.home) {
            return Ok(false);
        }
        Ok(units.contains(&self.unit_of(errand)?))
    }

    /// Whether someone is protected in a home, or was: then it is no part of what a board's teams see of each other's.
    pub(crate) fn is_protected(self, home: HomeId) -> bool {
        self.standing().protected.contains(&home)
    }

    /// Whether the one who asks has opened an errand with a reason, it is still open, and they have handled its unit's
    /// errands ever since: a role that is lost and given again opens nothing that was opened before.
    pub(crate) fn has_opened(self, id: ErrandId, errand: ErrandFacts) -> Result<bool> {
        let (person, now) = (self.person()?, self.now());
        let mine = opening::table.filter(opening::errand_id.eq(id).and(opening::person_id.eq(person)));
        let open = mine
            .filter(opening::open_until.gt(now))
            .order(opening::opened_at.desc());
        let opened: Option<Instant> = self.db(|db| open.select(opening::opened_at).first(db).optional())?;
        let Some(opened) = opened else { return Ok(false) };
        let handles = is_one_of(Role::ALL.into_iter().filter(|role| role.handles_errands()));
        let held = self.held_now().filter(handles).filter(role_grant::person_id.eq(person));
        let ever_since = held
            .filter(role_grant::unit_id.eq(self.unit_of(errand)?))
            .filter(role_grant::from_at.le(opened));
        Ok(self.db(|db| ever_since.count().get_result::<i64>(db))? > 0)
    }

    /// Who is to know that a colleague has opened an errand: whoever answers for it, and who stands in for them today.
    pub(crate) fn who_is_told(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let (me, mut told) = (self.person()?, self.who_answers_for(errand)?);
        told.extend(errand.assignee);
        told.extend(self.deputies_of(errand, &told)?);
        told.sort();
        told.dedup();
        told.retain(|one| *one != me);
        let mut told = self.or_their_leads(errand, told)?;
        told.retain(|one| *one != me);
        Ok(told)
    }

    /// Whom on the team something new in an errand is for: its assignee, and without one whoever answers for it; and who
    /// stands in for these today, since they may be away.
    pub(crate) fn who_takes(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let mut takes = match errand.assignee {
            Some(assignee) => vec![assignee],
            None => self.who_answers_for(errand)?,
        };
        takes.extend(self.deputies_of(errand, &takes)?);
        self.or_their_leads(errand, takes)
    }

    /// Those of `people` who still handle errands and may have to do with an errand's home; where that is nobody, the
    /// team leads of its unit. Where nobody is named for a protected home, they are told too: what came would lie there
    /// unseen.
    fn or_their_leads(self, errand: ErrandFacts, people: Vec<PersonId>) -> Result<Vec<PersonId>> {
        let kept = self.kept_to(errand.home)?;
        let met = |found: Vec<PersonId>| found.into_iter().filter(|one| kept.may_meet(*one)).collect::<Vec<_>>();
        let people = met(self.handling_among(&people)?);
        if !people.is_empty() {
            return Ok(people);
        }
        let leads = self.leads_of(errand)?;
        let named = met(leads.clone());
        Ok(if named.is_empty() {
            leads.into_iter().filter(|one| !kept.apart.contains(one)).collect()
        } else {
            named
        })
    }

    /// Who of the staff may have to do with a home.
    pub(crate) fn kept_to(self, home: HomeId) -> Result<Kept> {
        Ok(Kept {
            apart: self.apart_from(home)?,
            named: match self.is_protected(home) {
                true => Some(self.named_for(home)?),
                false => None,
            },
        })
    }

    /// Those who as staff are to have nothing to do with a home: who lives in it, and who has a conflict of interest
    /// (förvaltningslagen 16 §).
    pub(crate) fn apart_from(self, home: HomeId) -> Result<Vec<PersonId>> {
        let now = self.now();
        let declared = conflict::table.filter(conflict::home_id.eq(home).and(conflict::ended_at.is_null()));
        let members = home_member::table
            .filter(home_member::home_id.eq(home).and(home_member::from_at.le(now)))
            .filter(home_member::to_at.is_null().or(home_member::to_at.gt(now)));
        let mut found: Vec<PersonId> = self.db(|db| declared.select(conflict::person_id).load(db))?;
        found.extend(self.db(|db| members.select(home_member::person_id).load::<PersonId>(db))?);
        Ok(found)
    }

    /// Those who are named for a home where someone is protected.
    fn named_for(self, home: HomeId) -> Result<Vec<PersonId>> {
        let now = self.now();
        let named = protected_grant::table
            .filter(
                protected_grant::home_id
                    .eq(home)
                    .and(protected_grant::confirmed_at.le(now)),
            )
            .filter(protected_grant::to_at.is_null().or(protected_grant::to_at.gt(now)))
            .select(protected_grant::person_id);
        Ok(self.db(|db| named.load(db))?)
    }

    /// Who heads a unit now, and who speaks for everyone's data in the board, with accounts that are not closed.
    pub(crate) fn heads_of(self, unit: UnitId) -> Result<Vec<PersonId>> {
        let of_unit = role_grant::role
            .eq_any([Role::TeamLead.as_str(), Role::UnitManager.as_str()])
            .and(role_grant::unit_id.eq(unit));
        let officer = role_grant::role.eq(Role::DataProtectionOfficer.as_str());
        self.holders(self.held_now().filter(of_unit.or(officer.nullable())))
    }

    /// Who in the board holds one of these roles now, with accounts that are not closed.
    pub(crate) fn who_holds(self, roles: impl IntoIterator<Item = Role>) -> Result<Vec<PersonId>> {
        self.holders(self.held_now().filter(is_one_of(roles)))
    }

    /// Those who handle errands in a unit now, with accounts that are not closed.
    pub(crate) fn handlers_in(self, unit: UnitId) -> Result<Vec<PersonId>> {
        let handles = is_one_of(Role::ALL.into_iter().filter(|role| role.handles_errands()));
        let here = role_grant::unit_id.eq(unit);
        self.holders(self.held_now().filter(handles).filter(here))
    }

    /// Those of the board who see errands of any unit now, with accounts that are not closed.
    pub(crate) fn seers(self) -> Result<Vec<PersonId>> {
        self.who_holds(Role::ALL.into_iter().filter(|role| role.sees_errands()))
    }

    /// Those of these people who handle errands now, with accounts that are not closed.
    fn handling_among(self, people: &[PersonId]) -> Result<Vec<PersonId>> {
        self.holding_among(people, Role::ALL.into_iter().filter(|role| role.handles_errands()))
    }

    /// Those of these people who hold one of these roles now, with accounts that are not closed.
    pub(crate) fn holding_among(
        self,
        people: &[PersonId],
        roles: impl IntoIterator<Item = Role>,
    ) -> Result<Vec<PersonId>> {
        let among = role_grant::person_id.eq_any(people.to_vec());
        self.holders(self.held_now().filter(is_one_of(roles)).filter(among))
    }

    /// The team leads of an errand's unit, with accounts that are not closed.
    fn leads_of(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let here = role_grant::unit_id.eq(self.unit_of(errand)?);
        self.holders(self.held_now().filter(is_one_of([Role::TeamLead])).filter(here))
    }

    /// Until when someone sees errands: `None` with no end. Now, where they see none.
    pub(crate) fn sees_errands_until(self, who: PersonId) -> Result<Option<Instant>> {
        let now = self.now();
        let sees = is_one_of(Role::ALL.into_iter().filter(|role| role.sees_errands()));
        let held = self.held_now().filter(sees).filter(role_grant::person_id.eq(who));
        let ends: Vec<Option<Instant>> = self.db(|db| held.select(role_grant::to_at).load(db))?;
        Ok(match ends.iter().any(Option::is_none) {
            true => None,
            false => Some(ends.into_iter().flatten().max().unwrap_or(now)),
        })
    }

    fn held_now(self) -> RolesHeld {
        roles_held(self.standing().board, self.now())
    }

    /// Who holds what a query finds, each once.
    fn holders(self, held: RolesHeld) -> Result<Vec<PersonId>> {
        let people = held.select(role_grant::person_id).distinct();
        Ok(self.db(|db| people.order(role_grant::person_id).load(db))?)
    }

    /// The unit of an errand's assignment, or of its home.
    pub(crate) fn unit_of(self, errand: ErrandFacts) -> Result<UnitId> {
        Ok(match errand.assignment {
            Some(id) => self.db(|db| assignment::table.find(id).select(assignment::unit_id).first(db))?,
            None => self.db(|db| home::table.find(errand.home).select(home::unit_id).first(db))?,
        })
    }

    /// Who answers for an errand: the caseworker of its assignment, or of the home's running ones.
    pub(crate) fn who_answers_for(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let behind = behind(errand, self.now().day());
        Ok(self.db(|db| behind.select(assignment::caseworker_id).distinct().load(db))?)
    }

    /// Who stands in today for those of these people who answer for an errand.
    fn deputies_of(self, errand: ErrandFacts, answering: &[PersonId]) -> Result<Vec<PersonId>> {
        let today = self.now().day();
        let theirs = behind(errand, today).filter(assignment::caseworker_id.eq_any(answering.to_vec()));
        let theirs: Vec<AssignmentId> = self.db(|db| theirs.select(assignment::id).load(db))?;
        let deputies = deputy::table
            .filter(deputy::assignment_id.eq_any(theirs).and(deputy::ended_at.is_null()))
            .filter(deputy::from_on.le(today).and(deputy::to_on.ge(today)))
            .select(deputy::person_id);
        Ok(self.db(|db| deputies.load(db))?)
    }

    /// Whether someone of the same board handles errands in a unit now.
    pub(crate) fn handles_errands_of(self, who: PersonId, unit: UnitId) -> Result<bool> {
        Ok(self.handlers_in(unit)?.contains(&who))
    }

    /// Whether someone is of the same board, with an account that is not closed.
    pub(crate) fn is_open_here(self, who: PersonId) -> Result<bool> {
        let board = self.standing().board;
        let here = person::table.filter(person::id.eq(who).and(person::board_id.eq(board)));
        let open = here.filter(person::disabled_at.is_null()).count();
        Ok(self.db(|db| open.get_result::<i64>(db))? > 0)
    }

    /// Whether someone is of the same board, with an open account and a role on its staff now.
    pub(crate) fn is_staff_here(self, who: PersonId) -> Result<bool> {
        let now = self.now();
        Ok(self.is_open_here(who)? && has_staff(&self.db(|db| held_roles(db, who, now))?))
    }
}

/// The roles of a board that are held at a moment, by those whose accounts are not closed.
pub(crate) fn roles_held(board: BoardId, at: Instant) -> RolesHeld {
    // Asked for each role found: as a list, all people of the board would be walked through first.
    let own = person::table.filter(person::id.eq(role_grant::person_id));
    let open = own.filter(person::board_id.eq(board).and(person::disabled_at.is_null()));
    role_grant::table
        .filter(role_grant::board_id.eq(board))
        .filter(exists(open))
        .filter(role_grant::from_at.le(at))
        .filter(role_grant::to_at.is_null().or(role_grant::to_at.gt(at)))
        .into_boxed()
}

/// The assignments behind an errand: its own, or the home's that run.
fn behind(errand: ErrandFacts, today: Day) -> assignment::BoxedQuery<'static, MultiBackend> {
    let all = assignment::table.into_boxed();
    match errand.assignment {
        Some(id) => all.filter(assignment::id.eq(id)),
        None => all
            .filter(assignment::home_id.eq(errand.home).and(assignment::from_on.le(today)))
            .filter(assignment::to_on.is_null().or(assignment::to_on.ge(today))),
    }
}

/// That a role held is one of these.
fn is_one_of(roles: impl IntoIterator<Item = Role>) -> diesel::dsl::EqAny<role_grant::role, Vec<&'static str>> {
    role_grant::role.eq_any(roles.into_iter().map(Role::as_str).collect::<Vec<_>>())
}
