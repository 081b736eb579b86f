//! Colleagues: who handles errands in the unit of an errand without having to do with it. They see of it what
//! their board lets teams see (`sight`), and reach it with a reason (lag 2001:454, 10 §); never where someone in it is protected (OSL 26 kap.).

use super::desk::Access;
use super::policy::Role;
use super::relations::ErrandFacts;
use crate::db::schema::{assignment, conflict, home, home_member, opening, role_grant, service_user};
use crate::error::Result;
use crate::id::{ErrandId, HomeId, PersonId, UnitId};
use diesel::dsl::exists;
use diesel::prelude::*;

/// How a column says that someone is not protected.
pub(super) const UNPROTECTED: &str = "none";

impl Access<'_> {
    /// Whether the one who asks handles errands in an errand's unit, and nobody in it is protected.
    pub(crate) fn is_colleague(self, errand: ErrandFacts) -> Result<bool> {
        let standing = self.standing();
        let units: Vec<UnitId> = standing.handles_in().collect();
        if units.is_empty() || standing.apart.contains(&errand.home) {
            return Ok(false);
        }
        if !units.contains(&self.unit_of(errand)?) {
            return Ok(false);
        }
        let of_home = home::table.find(errand.home).select(home::protected);
        let protected: String = self.db(|db| of_home.first(db))?;
        Ok(protected == UNPROTECTED && !self.is_of_protected(errand.home)?)
    }

    /// Whether a protected service user has or had an assignment in a home: then nothing of it is a colleague's.
    fn is_of_protected(self, home: HomeId) -> Result<bool> {
        let at_home = assignment::table
            .inner_join(service_user::table.on(service_user::id.eq(assignment::service_user_id)))
            .filter(assignment::home_id.eq(home))
            .filter(service_user::protected.ne(UNPROTECTED));
        Ok(self.db(|db| diesel::select(exists(at_home)).get_result(db))?)
    }

    /// Whether the one who asks has opened an errand with a reason, and it is still open.
    pub(crate) fn has_opened(self, errand: ErrandId) -> Result<bool> {
        let (person, now) = (self.person()?, self.now());
        let mine = opening::table.filter(opening::errand_id.eq(errand).and(opening::person_id.eq(person)));
        let open = mine.filter(opening::open_until.gt(now));
        Ok(self.db(|db| diesel::select(exists(open)).get_result(db))?)
    }

    /// Who is to know that a colleague has opened an errand: whoever answers for it.
    pub(crate) fn who_is_told(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let (me, mut told) = (self.person()?, self.who_answers_for(errand)?);
        told.extend(errand.assignee);
        told.sort();
        told.dedup();
        told.retain(|one| *one != me);
        let mut told = self.or_their_leads(errand, told)?;
        told.retain(|one| *one != me);
        Ok(told)
    }

    /// Whom on the team something new in an errand is for: its assignee, and without one whoever answers for it.
    pub(crate) fn who_takes(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let takes = match errand.assignee {
            Some(assignee) => vec![assignee],
            None => self.who_answers_for(errand)?,
        };
        self.or_their_leads(errand, takes)
    }

    /// Those of `people` who may have to do with an errand's home; where that is nobody, the team leads of its unit.
    fn or_their_leads(self, errand: ErrandFacts, people: Vec<PersonId>) -> Result<Vec<PersonId>> {
        let apart = self.apart_from(errand.home)?;
        let met = |found: Vec<PersonId>| found.into_iter().filter(|one| !apart.contains(one)).collect::<Vec<_>>();
        let people = met(people);
        Ok(if people.is_empty() {
            met(self.leads_of(errand)?)
        } else {
            people
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

    /// The team leads of an errand's unit.
    fn leads_of(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let (unit, now) = (self.unit_of(errand)?, self.now());
        let leads = role_grant::table
            .filter(
                role_grant::unit_id
                    .eq(unit)
                    .and(role_grant::role.eq(Role::TeamLead.as_str())),
            )
            .filter(role_grant::from_at.le(now))
            .filter(role_grant::to_at.is_null().or(role_grant::to_at.gt(now)))
            .select(role_grant::person_id);
        Ok(self.db(|db| leads.load(db))?)
    }

    /// The unit of an errand's assignment, or of its home.
    pub(crate) fn unit_of(self, errand: ErrandFacts) -> Result<UnitId> {
        Ok(match errand.assignment {
            Some(id) => self.db(|db| assignment::table.find(id).select(assignment::unit_id).first(db))?,
            None => self.db(|db| home::table.find(errand.home).select(home::unit_id).first(db))?,
        })
    }

    /// Who answers for an errand: the caseworker of its assignment, or of the home's running ones.
    fn who_answers_for(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let today = self.now().day();
        let behind = assignment::table.select(assignment::caseworker_id).into_boxed();
        let behind = match errand.assignment {
            Some(id) => behind.filter(assignment::id.eq(id)),
            None => behind
                .filter(assignment::home_id.eq(errand.home).and(assignment::from_on.le(today)))
                .filter(assignment::to_on.is_null().or(assignment::to_on.ge(today))),
        };
        Ok(self.db(|db| behind.distinct().load(db))?)
    }
}
