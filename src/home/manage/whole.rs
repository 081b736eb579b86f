//! A home whole, as its page shows it: its assignments within one's circle, one of them to be changed, those who can
//! answer for one, and what was before each change.

use super::rows;
use super::view::{AssignmentDetail, AssignmentPast, DeputyView, HomePast, NamedPerson};
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Right};
use crate::audit::Action;
use crate::clock::Day;
use crate::error::{Error, Result};
use crate::home::{HomeKind, LegalBasis, Protection};
use crate::id::{AssignmentId, HomeId, Id, PersonId, UnitId, of};

/// That someone stands in for someone in a unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeputyInUnit {
    pub id: Id<of::Deputy>,
    pub person: PersonId,
    pub stands_in_for: PersonId,
    pub from: Day,
    /// The last day.
    pub to: Day,
}

impl Access<'_> {
    /// Whether one keeps a home: asked before a form is shown.
    ///
    /// # Errors
    /// As `home_for`.
    pub fn may_keep_home(self, home: HomeId, action: Action) -> Result<()> {
        self.home_for(home, Right::ManageHome, action).map(drop)
    }

    /// The assignments of a home within one's circle, newest first, those that have ended too.
    ///
    /// # Errors
    /// As `home_for`.
    pub fn home_assignments(self, home: HomeId) -> Result<Vec<AssignmentDetail>> {
        let relation = self.home_for(home, Right::SeeHome, Action::AssignmentList)?;
        let within = self.circle()?.assignments();
        let found = self.db(|db| rows::assignments_of(db, within, home))?;
        let shown = found.iter().map(|id| id.uuid()).collect();
        let listed = Happening::read(Action::AssignmentList, relation).home(Some(home));
        self.log(listed.shown("assignment", shown));
        found.into_iter().map(|id| self.assignment_detail(id)).collect()
    }

    /// One assignment, to be changed.
    ///
    /// # Errors
    /// As `change_assignment`.
    pub fn assignment_to_change(self, id: AssignmentId) -> Result<AssignmentDetail> {
        let (home, relation) = self.assignment_to_manage(id)?;
        let listed = Happening::read(Action::AssignmentList, relation).home(Some(home));
        self.log(listed.object("assignment", id));
        self.assignment_detail(id)
    }

    /// An assignment as its team lead sees it; the caller has found it through the one who asks.
    pub(super) fn assignment_detail(self, id: AssignmentId) -> Result<AssignmentDetail> {
        let today = self.now().day();
        let (row, deputies) =
            self.db(|db| Ok::<_, Error>((rows::assignment(db, id)?, rows::deputies(db, id, today)?)))?;
        let assignment = self.assignment_shown(id)?;
        let keeps = self.standing().leads().any(|led| led == row.unit_id);
        let mut people: Vec<PersonId> = deputies.iter().map(|one| one.person_id).collect();
        people.push(row.caseworker_id);
        people.extend(row.child_caseworker_id);
        let names = self.names_of(&people)?;
        let named = |id: PersonId| {
            let name = names.get(&id).ok_or(Error::NotFound)?.expose().clone();
            Ok::<_, Error>(NamedPerson { id, name })
        };
        let show = |one: rows::DeputyRow| {
            Ok(DeputyView {
                person: named(one.person_id)?,
                from: one.from_on,
                to: one.to_on,
            })
        };
        Ok(AssignmentDetail {
            restricted: self.restriction_of((assignment.home.id, id), keeps)?,
            assignment,
            unit: self.units_by_id(&[row.unit_id])?.pop().ok_or(Error::NotFound)?,
            caseworker: named(row.caseworker_id)?,
            child_caseworker: row.child_caseworker_id.map(named).transpose()?,
            deputies: deputies.into_iter().map(show).collect::<Result<_>>()?,
            cost_code: row.cost_code,
            version: row.version,
        })
    }

    /// Who stands in for whom in a unit now or later, whoever asks: for the list that its manager goes through.
    pub(crate) fn deputies_in(self, unit: UnitId) -> Result<Vec<DeputyInUnit>> {
        let today = self.now().day();
        let found = self.db(|db| rows::deputies_in(db, unit, today))?;
        let shown = found.into_iter().map(|(row, stands_in_for)| DeputyInUnit {
            id: row.id,
            person: row.person_id,
            stands_in_for,
            from: row.from_on,
            to: row.to_on,
        });
        Ok(shown.collect())
    }

    /// What a home was before each change, newest first.
    ///
    /// # Errors
    /// As `home_for`.
    pub fn home_past(self, id: HomeId) -> Result<Vec<HomePast>> {
        let relation = self.home_for(id, Right::SeeHome, Action::HomeRead)?;
        self.log(Happening::read(Action::HomeRead, relation).home(Some(id)));
        let (wrapped, past) = self.db(|db| {
            let home = rows::home(db, id)?;
            Ok::<_, Error>((home.wrapped_key, rows::home_past(db, id)?))
        })?;
        let key = self.keys()?.row_key("home", id.uuid(), &wrapped)?;
        let people: Vec<PersonId> = past.iter().filter_map(|row| row.changed_by).collect();
        let (names, units) = (
            self.names_of(&people)?,
            self.units_by_id(&past.iter().map(|row| row.unit_id).collect::<Vec<_>>())?,
        );
        let show = |row: rows::HomePastRow| {
            let name = key.open("home", "name", id, row.version, &row.name)?;
            Ok(HomePast {
                name: name.expose().clone(),
                kind: HomeKind::stored(&row.kind)?,
                protected: Protection::stored(&row.protected)?,
                unit: units.iter().find(|unit| unit.id == row.unit_id).cloned(),
                until: row.until_at,
                by: row
                    .changed_by
                    .and_then(|by| names.get(&by))
                    .map(|name| name.expose().clone()),
            })
        };
        past.into_iter().map(show).collect()
    }

    /// What an assignment was before each change, newest first.
    ///
    /// # Errors
    /// As `change_assignment`.
    pub fn assignment_past(self, id: AssignmentId) -> Result<Vec<AssignmentPast>> {
        let (home, relation) = self.assignment_to_manage(id)?;
        let listed = Happening::read(Action::AssignmentList, relation).home(Some(home));
        self.log(listed.object("assignment", id));
        let past = self.db(|db| rows::assignment_past(db, id))?;
        let people: Vec<PersonId> = past
            .iter()
            .flat_map(|row| [row.caseworker_id, row.changed_by])
            .collect();
        let (names, units) = (
            self.names_of(&people)?,
            self.units_by_id(&past.iter().map(|row| row.unit_id).collect::<Vec<_>>())?,
        );
        let name = |id: PersonId| names.get(&id).map(|name| name.expose().clone());
        let show = |row: rows::AssignmentPastRow| {
            Ok(AssignmentPast {
                caseworker: name(row.caseworker_id),
                unit: units.iter().find(|unit| unit.id == row.unit_id).cloned(),
                legal_basis: LegalBasis::stored(&row.legal_basis)?,
                to: row.to_on,
                cost_code: row.cost_code,
                until: row.until_at,
                by: name(row.changed_by),
            })
        };
        past.into_iter().map(show).collect()
    }

    /// Those who can answer for an assignment of a home, in a unit one leads, by their names.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever does not lead it.
    pub fn handlers_to_choose(self, home: HomeId, unit: UnitId) -> Result<Vec<NamedPerson>> {
        if !self.standing().leads().any(|led| led == unit) {
            return Err(self.deny(Happening::denied(Action::AssignmentAdd)));
        }
        let kept = self.kept_to(home)?;
        let mut ids = self.handlers_in(unit)?;
        ids.retain(|one| kept.may_meet(*one));
        let shown = ids.iter().map(|one| one.uuid()).collect();
        let listed = Happening::read(Action::PersonList, Relation::TeamLead).home(Some(home));
        self.log(listed.shown("person", shown));
        let named = self.names_of(&ids)?.into_iter().map(|(id, name)| NamedPerson {
            id,
            name: name.expose().clone(),
        });
        let mut found: Vec<NamedPerson> = named.collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// The units one leads, to add a home to.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever leads none.
    pub fn units_to_add_to(self) -> Result<Vec<crate::board::UnitView>> {
        let led: Vec<UnitId> = self.standing().leads().collect();
        if led.is_empty() {
            return Err(self.deny(Happening::denied(Action::HomeAdd)));
        }
        self.log(Happening::read(Action::UnitList, Relation::TeamLead));
        self.units_by_id(&led)
    }
}
