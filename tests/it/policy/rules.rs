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
        let unit = self.unit(errand);
        let mut roles = person.roles.iter();
        roles.any(|(role, of)| handles(*role) && of.is_some() && *of == unit)
    }

    /// The unit of an errand's assignment, or of its home.
    fn unit(&self, errand: &Errand) -> Option<UnitId> {
        let of_home = || self.homes.iter().find(|(home, _)| *home == errand.home);
        match errand.assignment {
            Some(id) => self.assignments.iter().find(|one| one.id == id).map(|one| one.unit),
            None => of_home().map(|(_, unit)| *unit),
        }
    }

    /// Whether an errand is about an assignment. One of the whole home is about those that run today.
    fn lies_behind(&self, one: &Assignment, errand: &Errand) -> bool {
        match errand.assignment {
            Some(assignment) => one.id == assignment,
            None => one.home == errand.home && one.from <= self.today && one.to.is_none_or(|to| to >= self.today),
        }
    }

    /// Whether someone is protected in an errand's home.
    pub fn is_protected(&self, errand: &Errand) -> bool {
        self.protected.contains(&errand.home)
    }

    /// Whether someone of the staff is to have nothing to do with an errand's home: where they live, or have a conflict of
    /// interest.
    fn is_apart(&self, person: &Person, errand: &Errand) -> bool {
        self.conflicts.contains(&(person.id, errand.home)) || person.homes.contains(&errand.home)
    }

    /// Whether someone of the staff may have to do with it: not those, and where someone is protected only who is named.
    fn may_meet(&self, person: &Person, errand: &Errand) -> bool {
        let named = self.named.contains(&(person.id, errand.home));
        !self.is_apart(person, errand) && (!self.is_protected(errand) || named)
    }

    /// Whether a deputy stands in today.
    fn stands_in(&self, (_, from, to): &(PersonId, Day, Day)) -> bool {
        *from <= self.today && *to >= self.today
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

    /// Who is told that one side has written in an errand: the home's, or of the staff who takes it.
    pub fn told(&self, errand: &Errand, by_home: bool) -> BTreeSet<PersonId> {
        let ids = |found: Vec<&Person>| {
            let hear = found.into_iter().filter(|one| !self.quiet.contains(&one.id));
            hear.map(|one| one.id).collect()
        };
        if !by_home {
            let member = |one: &&Person| self.reason(one, errand) == Some("member");
            return ids(self.people.iter().filter(member).collect());
        }
        let behind = || self.assignments.iter().filter(|one| self.lies_behind(one, errand));
        let first: BTreeSet<PersonId> = match errand.assignee {
            Some(assignee) => [assignee].into(),
            None => behind().map(|one| one.caseworker).collect(),
        };
        let theirs = behind().filter(|one| first.contains(&one.caseworker));
        let deputies = theirs.flat_map(|one| one.deputies.iter().filter(|one| self.stands_in(one)));
        let takes: BTreeSet<PersonId> = first.iter().copied().chain(deputies.map(|(who, ..)| *who)).collect();
        let handles = |one: &&Person| one.roles.iter().any(|(role, _)| handles(*role));
        let taking = |one: &&Person| takes.contains(&one.id) && handles(one) && self.may_meet(one, errand);
        let taking: Vec<&Person> = self.people.iter().filter(taking).collect();
        if !taking.is_empty() {
            return ids(taking);
        }
        // Nobody is left: the team leads of its unit, of a protected home also those who are not named, if none is.
        let unit = self.unit(errand);
        let leads = |one: &&Person| one.roles.contains(&(Role::TeamLead, unit)) && !self.is_apart(one, errand);
        let leads: Vec<&Person> = self.people.iter().filter(leads).collect();
        match leads.iter().any(|one| self.may_meet(one, errand)) {
            true => ids(leads.into_iter().filter(|one| self.may_meet(one, errand)).collect()),
            false => ids(leads),
        }
    }

    /// Whether an errand is about a whole home that has no assignment today.
    pub fn has_nothing_behind(&self, errand: &Errand) -> bool {
        errand.assignment.is_none() && !self.assignments.iter().any(|one| self.lies_behind(one, errand))
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
        for one in self.assignments.iter().filter(|one| self.lies_behind(one, errand)) {
            if handles && one.caseworker == person.id {
                return Some("assigned");
            }
            let deputy = |one: &(PersonId, Day, Day)| one.0 == person.id && self.stands_in(one);
            if handles && one.deputies.iter().any(deputy) {
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
        let unit = self.unit(errand);
        match errand.assignment {
            None if unit.is_some_and(leads) => Some("leads the home's unit"),
            None if unit.is_some_and(manages) => Some("manages the home's unit"),
            _ => None,
        }
    }
}

/// Whether a role handles errands: writes, decides, is told. Managers look on.
pub fn handles(role: Role) -> bool {
    matches!(role, Role::Caseworker | Role::TeamLead)
}
