//! Colleagues: who handles errands in the unit of an errand without having to do with it. They see it in no list, and
//! reach it only with a reason; never where someone in it is protected (OSL 26 kap.; offentlighets- och sekretesslagen
//! knows no curiosity).

use super::desk::Access;
use super::policy::Role;
use super::relations::ErrandFacts;
use crate::db::schema::{assignment, home, opening, service_user};
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
        let of_home = home::table.find(errand.home).select((home::unit_id, home::protected));
        let (home_unit, protected): (UnitId, String) = self.db(|db| of_home.first(db))?;
        let unit = match errand.assignment {
            Some(id) => self.db(|db| assignment::table.find(id).select(assignment::unit_id).first(db))?,
            None => home_unit,
        };
        Ok(units.contains(&unit) && protected == UNPROTECTED && !self.is_about_protected(errand)?)
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

    /// Who answers for an errand: its assignee, and the caseworker of its assignment or of the home's running ones.
    pub(crate) fn who_answers_for(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
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
