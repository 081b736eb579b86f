//! The rules of who reaches what in a world, read as plainly as they can be said.

use super::world::{Assignment, Errand, Person, World};
use famn::access::{Role, TeamSight};
use famn::clock::Day;
use famn::id::{PersonId, UnitId};
use std::collections::BTreeSet;

/// What someone meets of a world's errands, by their ids.
#[derive(Debug, Default)]
pub struct Met {
    /// By a relation of one's own.
    pub reached: BTreeSet<String>,
    /// Colleagues' that a reason opens, or that the board lets one see.
    pub colleagues: BTreeSet<String>,
    /// In the list.
    pub listed: BTreeSet<String>,
    /// Opened without a reason.
    pub seen: BTreeSet<String>,
    /// Opened with a reason.
    pub at_door: BTreeSet<String>,
}

impl World {
    /// Whether a person handles errands in the unit of one: who has no way to it may open it with a reason.
    pub fn is_colleague(&self, person: &Person, errand: &Errand) -> bool {
        if !self.may_meet(person, errand) {
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

    /// Whether someone is protected in an errand's home.
    pub fn is_protected(&self, errand: &Errand) -> bool {
        self.protected.contains(&errand.home)
    }

    /// Whether someone of the staff may have to do with an errand's home: not with a conflict of interest, not where they
    /// live, and where someone is protected only who is named.
    fn may_meet(&self, person: &Person, errand: &Errand) -> bool {
        let of = (person.id, errand.home);
        let apart = self.conflicts.contains(&of) || person.homes.contains(&errand.home);
        !apart && (!self.protected.contains(&errand.home) || self.named.contains(&of))
    }

    /// What a person meets of its errands.
    pub fn met(&self, person: &Person) -> Met {
        let mut met = Met::default();
        for errand in &self.errands {
            let id = errand.id.to_string();
            if self.reason(person, errand).is_some() {
                met.reached.insert(id);
            } else if self.is_colleague(person, errand) {
                met.colleagues.insert(id);
            }
        }
        // What a team sees of each other's is never about protected people: a reason opens it to whoever is named.
        let open = self.errands.iter().filter(|one| !self.is_protected(one));
        let open: BTreeSet<String> = open.map(|one| one.id.to_string()).collect();
        let in_sight: BTreeSet<String> = open.intersection(&met.colleagues).cloned().collect();
        let (listed, seen) = match self.sight {
            TeamSight::Off => (false, false),
            TeamSight::Metadata => (true, false),
            TeamSight::Full => (true, true),
        };
        let with = |more: bool| match more {
            true => met.reached.union(&in_sight).cloned().collect(),
            false => met.reached.clone(),
        };
        (met.listed, met.seen) = (with(listed), with(seen));
        met.at_door = met.colleagues.difference(&met.seen).cloned().collect();
        met
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
        if !self.may_meet(person, errand) {
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
