//! The relation between a person and one errand or home: by membership, as the assignment's caseworker or deputy, as
//! the unit's team lead, or none. The same rules as [`super::circle`], for a single thing.

use super::circle::{active, handles_errands};
use super::desk::Access;
use super::policy::{self, Relation, Right, Role};
use crate::db::schema::{assignment, deputy, home};
use crate::error::Result;
use crate::id::{AssignmentId, HomeId, PersonId, UnitId};
use diesel::prelude::*;

/// What of an errand decides who may see it.
#[derive(Debug, Clone, Copy)]
pub struct ErrandFacts {
    pub home: HomeId,
    /// `None`: it concerns the whole home.
    pub assignment: Option<AssignmentId>,
    pub assignee: Option<PersonId>,
}

/// For whom someone speaks in an errand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Home,
    Team,
}

impl Side {
    pub const fn as_str(self) -> &'static str {
        match self {
            Side::Home => "home",
            Side::Team => "team",
        }
    }
    pub const fn other(self) -> Side {
        match self {
            Side::Home => Side::Team,
            Side::Team => Side::Home,
        }
    }
    pub const fn of(relation: Relation) -> Side {
        if matches!(relation, Relation::OwnHome) {
            Side::Home
        } else {
            Side::Team
        }
    }
    pub fn read(stored: &str) -> Side {
        if stored == "home" { Side::Home } else { Side::Team }
    }
}

type Assigned = (AssignmentId, PersonId, UnitId);

impl Access<'_> {
    /// The relation of the one who asks to an errand; `None` where it lies outside the circle. A member of the home is
    /// that and nothing else, whatever other roles the person holds.
    pub(crate) fn relation_to(self, errand: ErrandFacts) -> Result<Relation> {
        let standing = self.standing();
        let person = standing.person()?;
        if standing.holds(Role::Contractor) && standing.homes.contains(&errand.home) {
            return Ok(Relation::OwnHome);
        }
        if !handles_errands(&standing) {
            return Ok(Relation::None);
        }
        let assignments = self.assignments_behind(errand)?;
        if errand.assignee == Some(person) || assignments.iter().any(|(_, caseworker, _)| *caseworker == person) {
            return Ok(Relation::Assigned);
        }
        let leads: Vec<UnitId> = standing.leads().collect();
        let led_unit = |unit: &UnitId| leads.contains(unit);
        if assignments.iter().any(|(_, _, unit)| led_unit(unit)) {
            return Ok(Relation::TeamLead);
        }
        if errand.assignment.is_none() && !leads.is_empty() {
            let unit: UnitId = self.db(|db| home::table.find(errand.home).select(home::unit_id).first(db))?;
            if led_unit(&unit) {
                return Ok(Relation::TeamLead);
            }
        }
        let ids = assignments.iter().map(|(id, _, _)| *id).collect();
        Ok(if self.is_deputy(ids)? {
            Relation::Deputy
        } else {
            Relation::None
        })
    }

    /// Whether any role held, with `relation`, gives `right`.
    pub(crate) fn may(self, relation: Relation, right: Right) -> bool {
        self.standing()
            .roles
            .iter()
            .any(|held| policy::allows(held.role, relation, right))
    }

    fn assignments_behind(self, errand: ErrandFacts) -> Result<Vec<Assigned>> {
        let columns = (assignment::id, assignment::caseworker_id, assignment::unit_id);
        let found = match errand.assignment {
            Some(id) => self.db(|db| assignment::table.find(id).select(columns).load(db))?,
            None => {
                let day = self.now().day();
                let running = assignment::table
                    .filter(assignment::home_id.eq(errand.home))
                    .filter(active(day));
                self.db(|db| running.select(columns).load(db))?
            }
        };
        Ok(found)
    }

    fn is_deputy(self, assignments: Vec<AssignmentId>) -> Result<bool> {
        let (person, today) = (self.person()?, self.now().day());
        let mine = deputy::table
            .filter(
                deputy::person_id
                    .eq(person)
                    .and(deputy::from_on.le(today))
                    .and(deputy::to_on.ge(today)),
            )
            .select(deputy::assignment_id);
        let stood_in: Vec<AssignmentId> = self.db(|db| mine.load(db))?;
        Ok(stood_in.iter().any(|id| assignments.contains(id)))
    }
}
