//! Colleagues: who handles errands in the unit of an errand without having to do with it. They see it in no list, and
//! reach it only with a reason (lag 2001:454, 10 §); never where someone in it is protected (OSL 26 kap.).

use super::desk::Access;
use super::policy::Role;
use super::relations::ErrandFacts;
use crate::db::schema::{assignment, home, opening, role_grant, service_user};
use crate::error::Result;
use crate::id::{ErrandId, PersonId, UnitId};
use diesel::dsl::exists;
use diesel::prelude::*;

/// How a column says that someone is not protected.
const UNPROTECTED: &str = "none";

impl Access<'_> {
    /// Whether the one who asks handles errands in an errand's unit, and nobody in it is protected.
    pub(crate) fn is_colleague(self, errand: ErrandFacts) -> Result<bool> {
        let handles = |role| matches!(role, Role::Caseworker | Role::TeamLead);
        let standing = self.standing();
        let roles = standing.roles.iter().filter(|held| handles(held.role));
        let units: Vec<UnitId> = roles.filter_map(|held| held.unit).collect();
        if units.is_empty() {
            return Ok(false);
        }
        if !units.contains(&self.unit_of(errand)?) {
            return Ok(false);
        }
        let of_home = home::table.find(errand.home).select(home::protected);
        let protected: String = self.db(|db| of_home.first(db))?;
        Ok(protected == UNPROTECTED && !self.is_about_protected(errand)?)
    }

    /// Whether a service user is protected whom an errand is about: that of its assignment, or any of the home's.
    fn is_about_protected(self, errand: ErrandFacts) -> Result<bool> {
        let about =
            assignment::table.inner_join(service_user::table.on(service_user::id.eq(assignment::service_user_id)));
        let protected = about.filter(service_user::protected.ne(UNPROTECTED));
        let found = match errand.assignment {
            Some(id) => {
                let of_it = protected.filter(assignment::id.eq(id));
                self.db(|db| diesel::select(exists(of_it)).get_result(db))?
            }
            None => {
                let at_home = protected.filter(assignment::home_id.eq(errand.home));
                self.db(|db| diesel::select(exists(at_home)).get_result(db))?
            }
        };
        Ok(found)
    }

    /// Whether the one who asks has opened an errand with a reason, and it is still open.
    pub(crate) fn has_opened(self, errand: ErrandId) -> Result<bool> {
        let (person, now) = (self.person()?, self.now());
        let mine = opening::table.filter(opening::errand_id.eq(errand).and(opening::person_id.eq(person)));
        let open = mine.filter(opening::open_until.gt(now));
        Ok(self.db(|db| diesel::select(exists(open)).get_result(db))?)
    }

    /// Who is to know that a colleague has opened an errand: whoever answers for it, and where that is nobody else, the
    /// team leads of its unit.
    pub(crate) fn who_is_told(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let (me, now) = (self.person()?, self.now());
        let others = |found: Vec<PersonId>| found.into_iter().filter(|one| *one != me).collect::<Vec<_>>();
        let told = others(self.who_answers_for(errand)?);
        if !told.is_empty() {
            return Ok(told);
        }
        let unit = self.unit_of(errand)?;
        let leads = role_grant::table
            .filter(
                role_grant::unit_id
                    .eq(unit)
                    .and(role_grant::role.eq(Role::TeamLead.as_str())),
            )
            .filter(role_grant::from_at.le(now))
            .filter(role_grant::to_at.is_null().or(role_grant::to_at.gt(now)))
            .select(role_grant::person_id);
        Ok(others(self.db(|db| leads.load(db))?))
    }

    /// The unit of an errand's assignment, or of its home.
    fn unit_of(self, errand: ErrandFacts) -> Result<UnitId> {
        Ok(match errand.assignment {
            Some(id) => self.db(|db| assignment::table.find(id).select(assignment::unit_id).first(db))?,
            None => self.db(|db| home::table.find(errand.home).select(home::unit_id).first(db))?,
        })
    }

    /// Who answers for an errand: its assignee, and the caseworker of its assignment or of the home's running ones.
    fn who_answers_for(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        let today = self.now().day();
        let behind = assignment::table.select(assignment::caseworker_id).into_boxed();
        let behind = match errand.assignment {
            Some(id) => behind.filter(assignment::id.eq(id)),
            None => behind
                .filter(assignment::home_id.eq(errand.home).and(assignment::from_on.le(today)))
                .filter(assignment::to_on.is_null().or(assignment::to_on.ge(today))),
        };
        let mut found: Vec<PersonId> = self.db(|db| behind.load(db))?;
        found.extend(errand.assignee);
        found.sort();
        found.dedup();
        Ok(found)
    }
}
