//! The relation between a person and one errand or home: by membership, as the assignment's caseworker or deputy, as
//! the unit's team lead or manager, as the child's caseworker, or none. The same rules as [`super::circle`], for a
//! single thing.

use super::desk::Access;
use super::policy::{self, Relation, Right, Role};
use crate::clock::Day;
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

/// An assignment that may lie behind an errand, as far as it makes someone's relation to that.
#[derive(Queryable)]
struct AssignmentBehind {
    id: AssignmentId,
    home: HomeId,
    caseworker: PersonId,
    child_caseworker: Option<PersonId>,
    unit: UnitId,
    from: Day,
    to: Option<Day>,
}

impl AssignmentBehind {
    /// Whether it lies behind an errand: the errand is about it, or about the whole home while it runs.
    fn lies_behind(&self, errand: &ErrandFacts, today: Day) -> bool {
        match errand.assignment {
            Some(id) => self.id == id,
            None => self.home == errand.home && self.from <= today && self.to.is_none_or(|to| to >= today),
        }
    }
}

/// By what someone of the staff has to do with errands.
struct Mine {
    /// Oneself, while one works with errands.
    handler: Option<PersonId>,
    leads: Vec<UnitId>,
    led_homes: Vec<HomeId>,
    manages: Vec<UnitId>,
    managed_homes: Vec<HomeId>,
    /// Assignments one stands in for today, once they have been asked for.
    stood_in: Option<Vec<AssignmentId>>,
}

impl Access<'_> {
    /// The relation of the one who asks to an errand; `None` where it lies outside the circle. A member of the home is
    /// that and nothing else, whatever other roles the person holds.
    pub(crate) fn relation_to(self, errand: ErrandFacts) -> Result<Relation> {
        Ok(self.relations_to(&[errand])?.pop().unwrap_or(Relation::None))
    }

    /// The relation to each of several errands, in their order, with as few questions as to one.
    pub(crate) fn relations_to(self, errands: &[ErrandFacts]) -> Result<Vec<Relation>> {
        let (standing, today) = (self.standing(), self.now().day());
        let person = standing.person()?;
        let hidden: Vec<AssignmentId> = standing.hidden().collect();
        let is_hidden = |errand: &ErrandFacts| errand.assignment.is_some_and(|id| hidden.contains(&id));
        let lives_in = |errand: &ErrandFacts| standing.holds(Role::Contractor) && standing.homes.contains(&errand.home);
        let own = |errand: &ErrandFacts| lives_in(errand) && !is_hidden(errand);
        let mut found: Vec<Relation> = errands
            .iter()
            .map(|errand| if own(errand) { Relation::OwnHome } else { Relation::None })
            .collect();
        // What lies in a home one is apart from takes not one question more than what is not there: no more time
        // either.
        let apart = |errand: &ErrandFacts| standing.apart.contains(&errand.home);
        let open = |(errand, one): (&ErrandFacts, &Relation)| *one == Relation::None && !apart(errand);
        let asked = errands.iter().zip(&found).filter(|pair| open(*pair));
        let asked: Vec<ErrandFacts> = asked.map(|(errand, _)| *errand).collect();
        if !standing.sees_errands() || asked.is_empty() {
            return Ok(found);
        }
        let assignments = self.assignments_behind(&asked)?;
        let leads: Vec<UnitId> = standing.leads().collect();
        let manages: Vec<UnitId> = standing.manages().collect();
        let mut mine = Mine {
            handler: standing.handles_errands().then_some(person),
            led_homes: self.homes_led(&leads, &asked)?,
            managed_homes: self.homes_led(&manages, &asked)?,
            leads,
            manages,
            stood_in: None,
        };
        for (errand, relation) in errands
            .iter()
            .zip(&mut found)
            .filter(|(errand, one)| **one == Relation::None && !apart(errand))
        {
            let behind: Vec<&AssignmentBehind> = assignments
                .iter()
                .filter(|one| one.lies_behind(errand, today))
                .collect();
            *relation = self.relation_by(&mut mine, errand, &behind)?;
        }
        Ok(found)
    }

    /// The closest relation of someone of the staff to an errand with these assignments behind it.
    fn relation_by(self, mine: &mut Mine, errand: &ErrandFacts, behind: &[&AssignmentBehind]) -> Result<Relation> {
        let whole_of = |homes: &[HomeId]| errand.assignment.is_none() && homes.contains(&errand.home);
        let of_unit = |units: &[UnitId]| behind.iter().any(|one| units.contains(&one.unit));
        if let Some(me) = mine.handler
            && (errand.assignee == Some(me) || behind.iter().any(|one| one.caseworker == me))
        {
            return Ok(Relation::Assigned);
        }
        if whole_of(&mine.led_homes) || of_unit(&mine.leads) {
            return Ok(Relation::TeamLead);
        }
        if let Some(me) = mine.handler {
            let stood_in = match mine.stood_in.take() {
                Some(known) => known,
                None => self.stood_in(me, self.now().day())?,
            };
            let stands_in = behind.iter().any(|one| stood_in.contains(&one.id));
            mine.stood_in = Some(stood_in);
            if stands_in {
                return Ok(Relation::Deputy);
            }
        }
        if whole_of(&mine.managed_homes) || of_unit(&mine.manages) {
            return Ok(Relation::UnitManager);
        }
        let of_child = |me| behind.iter().any(|one| one.child_caseworker == Some(me));
        Ok(match mine.handler {
            Some(me) if errand.assignment.is_some() && of_child(me) => Relation::ChildCaseworker,
            _ => Relation::None,
        })
    }

    /// What allowed all of these to be seen; nothing, where it was not one and the same: each opening tells its own.
    pub(crate) fn relation_to_all(self, seen: &[ErrandFacts]) -> Result<Relation> {
        Ok(common_relation(self.relations_to(seen)?))
    }

    /// Whether any role held, with `relation`, gives `right`.
    pub(crate) fn may(self, relation: Relation, right: Right) -> bool {
        self.standing()
            .roles
            .iter()
            .any(|held| policy::allows(held.role, relation, right))
    }

    /// The assignments that may lie behind the errands.
    fn assignments_behind(self, errands: &[ErrandFacts]) -> Result<Vec<AssignmentBehind>> {
        let columns = (
            assignment::id,
            assignment::home_id,
            assignment::caseworker_id,
            assignment::child_caseworker_id,
            assignment::unit_id,
            assignment::from_on,
            assignment::to_on,
        );
        let mut named: Vec<AssignmentId> = errands.iter().filter_map(|errand| errand.assignment).collect();
        named.sort();
        named.dedup();
        let whole = errands.iter().filter(|errand| errand.assignment.is_none());
        let mut homes: Vec<HomeId> = whole.map(|errand| errand.home).collect();
        homes.sort();
        homes.dedup();
        // Two questions, each with an index of its own. That for one is written so that it stays prepared.
        let all = || assignment::table.select(columns);
        let mut found: Vec<AssignmentBehind> = match named[..] {
            [] => Vec::new(),
            [one] => self.db(|db| all().filter(assignment::id.eq(one)).load(db))?,
            _ => self.db(|db| all().filter(assignment::id.eq_any(named)).load(db))?,
        };
        found.extend(match homes[..] {
            [] => Vec::<AssignmentBehind>::new(),
            [one] => self.db(|db| all().filter(assignment::home_id.eq(one)).load(db))?,
            _ => self.db(|db| all().filter(assignment::home_id.eq_any(homes)).load(db))?,
        });
        Ok(found)
    }

    /// Those homes, of errands about a whole home, that are in one of these units.
    fn homes_led(self, leads: &[UnitId], errands: &[ErrandFacts]) -> Result<Vec<HomeId>> {
        let whole = errands.iter().filter(|errand| errand.assignment.is_none());
        let homes: Vec<HomeId> = whole.map(|errand| errand.home).collect();
        if leads.is_empty() || homes.is_empty() {
            return Ok(Vec::new());
        }
        let led = home::table.filter(home::id.eq_any(homes).and(home::unit_id.eq_any(leads.to_vec())));
        Ok(self.db(|db| led.select(home::id).load(db))?)
    }

    /// The assignments in which a person stands in today.
    fn stood_in(self, person: PersonId, today: Day) -> Result<Vec<AssignmentId>> {
        let mine = deputy::table
            .filter(deputy::person_id.eq(person).and(deputy::ended_at.is_null()))
            .filter(deputy::from_on.le(today).and(deputy::to_on.ge(today)))
            .select(deputy::assignment_id);
        Ok(self.db(|db| mine.load(db))?)
    }
}

/// The relation by which all of a list was seen; none where it was not one and the same.
pub(crate) fn common_relation(mut relations: Vec<Relation>) -> Relation {
    // What is listed without a relation of one's own is so by the board's team sight.
    for one in relations.iter_mut().filter(|one| **one == Relation::None) {
        *one = Relation::Team;
    }
    relations.dedup();
    match relations[..] {
        [one] => one,
        _ => Relation::None,
    }
}
