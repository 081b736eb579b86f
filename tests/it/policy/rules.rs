//! The rules of who reaches what in a world, read as plainly as they can be said.

use super::world::{Assignment, Errand, Person, World};
use famn::access::Role;
use famn::clock::Day;
use famn::id::{PersonId, UnitId};

impl World {
    /// Whether a person handles errands in the unit of one: who has no way to it may open it with a reason.
    pub fn is_colleague(&self, person: &Person, errand: &Errand) -> bool {
        if self.conflicts.contains(&(person.id, errand.home)) || person.homes.contains(&errand.home) {
            return false;
        }
        if self.protected.contains(&errand.home) {
            return false;
        }
        let of_assignment = errand
            .assignment
            .and_then(|id| self.assignments.iter().find(|one| one.id == id));
        let of_home = self
            .homes
            .iter()
            .find(|(home, _)| *home == errand.home)
            .map(|(_, unit)| *unit);
        let unit = of_assignment.map_or(of_home, |one| Some(one.unit));
        let handles = |role| matches!(role, Role::Caseworker | Role::TeamLead);
        person
            .roles
            .iter()
            .any(|(role, of)| handles(*role) && of.is_some() && *of == unit)
    }

    /// By which rule a person reaches an errand, if by any.
    pub fn reason(&self, person: &Person, errand: &Errand) -> Option<&'static str> {
        let holds = |role: Role| person.roles.iter().any(|(held, _)| *held == role);
        let leads = |unit: UnitId| person.roles.contains(&(Role::TeamLead, Some(unit)));
        let manages = |unit: UnitId| person.roles.contains(&(Role::UnitManager, Some(unit)));
        if holds(Role::Contractor) && person.homes.contains(&errand.home) {
            return Some("member");
        }
        let handles = holds(Role::Caseworker) || holds(Role::TeamLead);
        if !handles && !holds(Role::UnitManager) {
            return None;
        }
        if self.conflicts.contains(&(person.id, errand.home)) || person.homes.contains(&errand.home) {
            return None;
        }
        if handles && errand.assignee == Some(person.id) {
            return Some("assignee");
        }
        // An errand of the whole home is everyone's who has to do with it today.
        let behind = |one: &&Assignment| match errand.assignment {
            Some(assignment) => one.id == assignment,
            None => one.home == errand.home && one.from <= self.today && one.to.is_none_or(|to| to >= self.today),
        };
        for one in self.assignments.iter().filter(behind) {
            if handles && one.caseworker == person.id {
                return Some("assigned");
            }
            let stands_in =
                |(who, from, to): &(PersonId, Day, Day)| *who == person.id && *from <= self.today && *to >= self.today;
            if handles && one.deputies.iter().any(stands_in) {
                return Some("deputy");
            }
            if leads(one.unit) {
                return Some("leads");
            }
            if manages(one.unit) {
                return Some("manages");
            }
            if handles && errand.assignment.is_some() && one.child_caseworker == Some(person.id) {
                return Some("of the child");
            }
        }
        let unit = self
            .homes
            .iter()
            .find(|(home, _)| *home == errand.home)
            .map(|(_, unit)| *unit);
        match errand.assignment {
            None if unit.is_some_and(leads) => Some("leads the home's unit"),
            None if unit.is_some_and(manages) => Some("manages the home's unit"),
            _ => None,
        }
    }
}
