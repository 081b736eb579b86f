//! Adding homes, members, service users and assignments; listing assignments; what homes are called.

use super::rows::{self, AssignmentRow, NewHomeRow, ServiceUserRow};
use super::view::{AssignmentView, HomeView, ServiceUserView};
use super::{AssignmentFacts, HomeKind, LegalBasis, Protection, protection};
use crate::access::policy::Relation;
use crate::access::{Access, ErrandFacts, Happening, Right, Shut};
use crate::audit::Action;
use crate::clock::Day;
use crate::error::{Error, Faults, Result};
use crate::id::{AssignmentId, HomeId, PersonId, ServiceUserId, UnitId};
use crate::secret::Secret;
use crate::typed::{in_one_line, personal_number};
use crate::web::{Listed, Listing, say};
use std::collections::HashMap;

/// A home to be added.
pub struct NewHome {
    pub name: Secret<String>,
    pub kind: HomeKind,
    pub unit: UnitId,
    pub protected: Protection,
}

/// A child or other person whom an assignment is for.
pub struct NewServiceUser {
    pub first_name: Secret<String>,
    pub last_name: Secret<String>,
    /// Personnummer or samordningsnummer.
    pub personal_number: Option<Secret<String>>,
    pub protected: Protection,
}

/// An assignment to be added.
#[derive(Debug, Clone)]
pub struct NewAssignment {
    pub home: HomeId,
    pub service_user: ServiceUserId,
    pub unit: UnitId,
    /// Such as `U-2041`, one of its kind in the board.
    pub label: String,
    pub kind: HomeKind,
    pub legal_basis: LegalBasis,
    pub from: Day,
    pub to: Option<Day>,
    pub caseworker: PersonId,
    pub child_caseworker: Option<PersonId>,
    pub cost_code: Option<String>,
}

/// Assignments one chooses from, at most.
const CHOSEN_FROM: usize = 100;

impl Access<'_> {
    /// Adds a home; its name is sealed under a key of its own.
    pub fn add_home(self, new: &NewHome) -> Result<HomeId> {
        self.only_operator()?;
        self.write_home(new, Relation::System)
    }

    /// Writes a home; the caller has asked for the right to.
    pub(super) fn write_home(self, new: &NewHome, relation: Relation) -> Result<HomeId> {
        let (keys, id, version) = (self.keys()?, self.fresh_id(), 1);
        let (key, wrapped_key) = keys.fresh_row_key("home", id.uuid());
        let row = NewHomeRow {
            id,
            board_id: keys.board(),
            unit_id: new.unit,
            kind: new.kind.as_str(),
            protected: new.protected.as_str(),
            name: key.seal("home", "name", id, version, &in_one_line(new.name.expose())),
            version,
            wrapped_key,
            created_at: self.now(),
        };
        self.db(|db| rows::insert_home(db, &row))?;
        self.log(Happening::write(Action::HomeAdd, relation).home(Some(id)));
        Ok(id)
    }

    /// Makes a person a member of a home from now on.
    pub fn add_member(self, home: HomeId, person: PersonId) -> Result<()> {
        self.only_operator()?;
        let (board, id, now) = (self.standing().board, self.fresh_id(), self.now());
        self.db(|db| rows::insert_member(db, id, (board, home, person), now))?;
        self.log(
            Happening::write(Action::MemberAdd, Relation::System)
                .home(Some(home))
                .object("person", person),
        );
        self.end_openings(home, Some(person))?;
        self.shelter_member(home, person, Relation::System)
    }

    /// Ends a membership at once: the next call of that person no longer reaches the home.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the person is no member.
    pub fn end_membership(self, home: HomeId, person: PersonId) -> Result<()> {
        self.only_operator()?;
        let now = self.now();
        if self.db(|db| rows::end_membership(db, home, person, now))? == 0 {
            return Err(Error::NotFound);
        }
        self.log(
            Happening::write(Action::MemberEnd, Relation::System)
                .home(Some(home))
                .object("person", person),
        );
        self.end_sessions_of(person, Relation::System)
    }

    /// Adds a service user; names and personnummer are sealed under a key of their own.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the personnummer is none.
    pub fn add_service_user(self, new: &NewServiceUser) -> Result<ServiceUserId> {
        self.only_operator()?;
        self.write_service_user(new, Relation::System)
    }

    /// Writes a service user; the caller has asked for the right to.
    pub(super) fn write_service_user(self, new: &NewServiceUser, relation: Relation) -> Result<ServiceUserId> {
        let (keys, id, version) = (self.keys()?, self.fresh_id(), 1);
        let today = self.now().day();
        let number = match &new.personal_number {
            Some(typed) => {
                let normal = personal_number(typed.expose(), today);
                Some(normal.ok_or_else(|| Error::invalid("personal_number", "value"))?)
            }
            None => None,
        };
        let (key, wrapped_key) = keys.fresh_row_key("service_user", id.uuid());
        let seal = |column, text: &str| key.seal("service_user", column, id, version, text);
        let token = |text: &String| keys.index().token("service_user.personal_number", text).to_vec();
        let row = ServiceUserRow {
            id,
            board_id: keys.board(),
            protected: new.protected.as_str(),
            first_name: seal("first_name", &in_one_line(new.first_name.expose())),
            last_name: seal("last_name", &in_one_line(new.last_name.expose())),
            personal_number: number.as_deref().map(|text| seal("personal_number", text)),
            personal_number_token: number.as_ref().map(token),
            version,
            wrapped_key,
        };
        self.db(|db| rows::insert_service_user(db, &row))?;
        self.log(Happening::write(Action::ServiceUserAdd, relation).object("service_user", id));
        Ok(id)
    }

    /// Adds an assignment.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the label is taken; [`Error::Invalid`] when it ends before it begins.
    pub fn add_assignment(self, new: &NewAssignment) -> Result<AssignmentId> {
        self.only_operator()?;
        self.write_assignment(new, Relation::System)
    }

    /// Writes an assignment; the caller has asked for the right to.
    pub(super) fn write_assignment(self, new: &NewAssignment, relation: Relation) -> Result<AssignmentId> {
        let (board, id, now) = (self.standing().board, self.fresh_id(), self.now());
        if new.to.is_some_and(|to| to < new.from) {
            return Err(Error::invalid("to", "time-order"));
        }
        if self.db(|db| rows::label_taken(db, board, &new.label))? {
            return Err(Error::Conflict("exists"));
        }
        self.db(|db| rows::insert_assignment(db, (id, board, now), new))?;
        let happening = Happening::write(Action::AssignmentAdd, relation);
        self.log(happening.home(Some(new.home)).object("assignment", id));
        self.shelter(new.home, relation)?;
        Ok(id)
    }

    /// Lets a person stand in for an assignment's caseworker, first and last day included.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] for days in the wrong order, and for a member of the home (nobody
    /// answers for the home they live in: förvaltningslagen 16 §).
    pub fn add_deputy(self, assignment: AssignmentId, person: PersonId, from: Day, to: Day) -> Result<()> {
        self.only_operator()?;
        let facts = self.assignment_facts(assignment)?.ok_or(Error::NotFound)?;
        let mut faults = Faults::default();
        faults.unless(from <= to, "to", "time-order");
        faults.unless(!self.members_of(facts.home)?.contains(&person), "person", "person");
        faults.check()?;
        self.write_deputy((facts.home, assignment), person, (from, to), Relation::System)?;
        self.shelter(facts.home, Relation::System)
    }

    /// Writes who stands in; the caller has asked for the right to.
    pub(super) fn write_deputy(
        self,
        (home, assignment): (HomeId, AssignmentId),
        person: PersonId,
        (from, to): (Day, Day),
        relation: Relation,
    ) -> Result<()> {
        let (board, id) = (self.standing().board, self.fresh_id());
        self.db(|db| rows::insert_deputy(db, id, (board, assignment, person), (from, to)))?;
        let added = Happening::write(Action::DeputyAdd, relation).home(Some(home));
        self.log(added.object("assignment", assignment));
        Ok(())
    }

    /// A page of the assignments in the circle of the one who asks, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for one whose role handles no errands at all, as for the list of errands.
    pub fn assignments(self, listing: Listing<crate::id::of::Assignment>) -> Result<Listed<AssignmentView>> {
        let sees = |relation| self.may(relation, Right::SeeErrand);
        if !sees(Relation::OwnHome) && !self.standing().sees_errands() {
            return Err(self.deny(Happening::denied(Action::AssignmentList)));
        }
        let within = self.circle()?.assignments();
        let mut found = self.db(|db| rows::page(db, within, listing.after, listing.limit + 1))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        self.log_listed(&found)?;
        let next_cursor = if more {
            found.last().map(|row| row.id.to_string())
        } else {
            None
        };
        Ok(Listed {
            items: self.show_assignments(found, Access::homes_listed)?,
            next_cursor,
        })
    }

    /// The newest assignments that one may start an errand for, to choose from.
    ///
    /// # Errors
    /// As [`Access::assignments`].
    pub fn assignments_to_start_for(self) -> Result<Vec<AssignmentView>> {
        let within = self.circle()?.assignments();
        let found = self.db(|db| rows::page(db, within, None, CHOSEN_FROM))?;
        let facts: Vec<ErrandFacts> = found.iter().map(AssignmentRow::facts).collect();
        let relations = self.relations_to(&facts)?;
        let may =
            |relation: &Relation| self.may(*relation, Right::StartErrand) || self.may(*relation, Right::WriteToHome);
        let found: Vec<AssignmentRow> = found
            .into_iter()
            .zip(&relations)
            .filter_map(|(row, relation)| may(relation).then_some(row))
            .filter(|row| {
                !matches!(
                    self.standing().shut(Some(row.id)),
                    Some(Shut::Over | Shut::Restricted(..))
                )
            })
            .collect();
        self.log_listed(&found)?;
        self.show_assignments(found, Access::homes_listed)
    }

    fn log_listed(self, found: &[AssignmentRow]) -> Result<()> {
        let facts: Vec<ErrandFacts> = found.iter().map(AssignmentRow::facts).collect();
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        let relation = self.relation_to_all(&facts)?;
        let listed = Happening::read(Action::AssignmentList, relation).shown("assignment", shown);
        self.log(listed.among(found.iter().map(|row| row.home)));
        Ok(())
    }

    /// What homes are called. The caller has found them through the person asking.
    pub(crate) fn homes_by_id(self, ids: &[HomeId]) -> Result<HashMap<HomeId, HomeView>> {
        let keys = self.keys()?;
        let sealed = self.db(|db| rows::sealed_homes(db, keys.board(), ids))?;
        let open = |(id, kind, name, version, wrapped): rows::SealedHome| {
            let key = keys.row_key("home", id.uuid(), &wrapped)?;
            let name = key.open("home", "name", id, version, &name)?.expose().clone();
            Ok((
                id,
                HomeView {
                    id,
                    kind: HomeKind::stored(&kind)?,
                    name,
                    protected: self.is_protected(id),
                },
            ))
        };
        sealed.into_iter().map(open).collect()
    }

    /// The same as lists show them: to staff an alias where someone there is protected.
    pub(crate) fn homes_listed(self, ids: &[HomeId]) -> Result<HashMap<HomeId, HomeView>> {
        let (mut homes, own) = (self.homes_by_id(ids)?, self.standing().homes.clone());
        for home in homes.values_mut().filter(|one| one.protected && !own.contains(&one.id)) {
            home.name = protection::alias(home.id);
        }
        Ok(homes)
    }

    /// One assignment as it is shown beside an errand.
    pub(crate) fn assignment_shown(self, id: AssignmentId) -> Result<AssignmentView> {
        let row = self.db(|db| rows::one_assignment(db, id))?;
        self.show_assignments(vec![row], Access::homes_by_id)?
            .pop()
            .ok_or(Error::NotFound)
    }

    /// A label that no assignment of the board has: the next number.
    pub(super) fn next_label(self) -> Result<String> {
        let (board, mut number) = (self.standing().board, self.next_label_number()?);
        while self.db(|db| rows::label_taken(db, board, &format!("U-{number}")))? {
            number += 1;
        }
        self.keep_label_number(number)?;
        Ok(format!("U-{number}"))
    }

    /// An assignment of the board, whoever's it is: the caller asks for the relation before using it.
    pub(crate) fn assignment_facts(self, id: AssignmentId) -> Result<Option<AssignmentFacts>> {
        let board = self.standing().board;
        self.db(|db| rows::facts(db, board, id))
    }

    /// Who belongs to a home now.
    pub(crate) fn members_of(self, home: HomeId) -> Result<Vec<PersonId>> {
        let now = self.now();
        self.db(|db| rows::members_now(db, home, now))
    }

    /// Assignments, with their homes as `named`; where these have an alias, whom they are for has one too.
    fn show_assignments(
        self,
        found: Vec<AssignmentRow>,
        named: impl Fn(Self, &[HomeId]) -> Result<HashMap<HomeId, HomeView>>,
    ) -> Result<Vec<AssignmentView>> {
        let keys = self.keys()?;
        let mut home_ids: Vec<HomeId> = found.iter().map(|row| row.home).collect();
        home_ids.sort();
        home_ids.dedup();
        let homes = named(self, &home_ids)?;
        let user_ids: Vec<ServiceUserId> = found.iter().map(|row| row.service_user).collect();
        let sealed = self.db(|db| rows::sealed_users(db, keys.board(), &user_ids))?;
        let open = |(id, name, version, wrapped): rows::SealedUser| {
            let key = keys.row_key("service_user", id.uuid(), &wrapped)?;
            Ok((
                id,
                key.open("service_user", "first_name", id, version, &name)?
                    .expose()
                    .clone(),
            ))
        };
        let names: HashMap<ServiceUserId, String> = sealed.into_iter().map(open).collect::<Result<_>>()?;
        let standing = self.standing();
        let show = |mut row: AssignmentRow| {
            if let Some(then) = standing.when_shut(row.id) {
                (row.to, row.legal_basis) = (then.to, then.legal_basis.clone());
            }
            let home = homes.get(&row.home).cloned().ok_or(Error::NotFound)?;
            let first_name = match home.name == protection::alias(home.id) {
                true => say("protection-alias-person").to_owned(),
                false => names.get(&row.service_user).cloned().ok_or(Error::NotFound)?,
            };
            Ok(AssignmentView {
                kind: row.kind()?,
                legal_basis: row.legal_basis()?,
                home,
                service_user: ServiceUserView { first_name },
                id: row.id,
                label: row.label,
                from: row.from,
                to: row.to,
            })
        };
        found.into_iter().map(show).collect()
    }
}
