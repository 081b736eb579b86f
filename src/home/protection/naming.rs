//! Naming someone for a home where someone is protected: proposed by who heads its unit, confirmed by a second person,
//! ended at once.

use super::rows::{self, NamingRow};
use super::{HomeRow, NamingState, NamingView};
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Once, Right};
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::errand::required;
use crate::error::{Error, Faults, Result};
use crate::home::NamedPerson;
use crate::home::Protection;
use crate::id::{HomeId, NamingId, PersonId, UnitId};
use crate::secret::{Secret, SecretText};
use crate::web::say;
use serde::Deserialize;

/// Characters of a reason.
const REASON_MAX: usize = 500;

/// Someone of the staff to be named.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamingBody {
    /// Never oneself.
    pub person_id: PersonId,
    /// 1–500 characters.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: SecretText,
    /// The last day.
    pub to: Option<Day>,
}

/// Either the second person's yes, or that it is over.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamingChange {
    /// `true`, by another person than the one who proposed it and the one who is named.
    pub confirmed: Option<bool>,
    /// `true`: from now on that person meets nothing of the home.
    pub ended: Option<bool>,
}

/// That someone is named for a home of a unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NamedInUnit {
    pub id: NamingId,
    pub home: HomeId,
    pub person: PersonId,
    pub since: Instant,
    /// The last day.
    pub to: Option<Day>,
}

/// What is told before a home is marked as protected.
#[derive(Debug, Clone)]
pub struct AheadOfMark {
    /// Who is proposed in any case.
    pub answering: Vec<NamedPerson>,
    /// Who could be named besides.
    pub others: Vec<NamedPerson>,
    /// Who could say yes.
    pub seconds: Vec<NamedPerson>,
}

impl Access<'_> {
    /// Proposes someone of the staff for a home. It counts once a second person has said yes.
    ///
    /// # Errors
    /// As `protected_home_for`; [`Error::Forbidden`] for oneself; [`Error::Invalid`]; [`Error::StepUp`] without a fresh
    /// sign-in; [`Error::Conflict`] where the person is named already, or waits to be.
    pub fn name_for_protected(self, id: HomeId, new: &NamingBody, once: Option<&Once>) -> Result<NamingView> {
        let action = Action::ProtectedPropose;
        let (home, relation) = self.protected_home_for(id, Right::NameForProtected, action)?;
        let (me, now) = (self.person()?, self.now());
        if new.person_id == me {
            return Err(self.deny(Happening::denied(action).home(Some(id)).object("person", me)));
        }
        self.db(|db| rows::lock_home(db, id))?;
        if let Some(made) = self.made_before(once)? {
            self.log(Happening::read(Action::ProtectedList, relation).home(Some(id)));
            return self.show_naming(&home, made);
        }
        let mut faults = Faults::default();
        let reason = required(&mut faults, "reason", &new.reason, 1, REASON_MAX);
        faults.unless(new.to.is_none_or(|to| to >= now.day()), "to", "date-past");
        faults.unless(self.nameable(id)?.contains(&new.person_id), "person_id", "person");
        faults.check()?;
        self.require_fresh(Happening::denied(action).home(Some(id)).object("person", new.person_id))?;
        let there = self.db(|db| rows::named(db, id))?;
        let stands = |row: &NamingRow| row.person_id == new.person_id && row.state(now) != NamingState::Ended;
        if there.iter().any(stands) {
            return Err(Error::Conflict("exists"));
        }
        let naming = self.write_naming(&home, (new.person_id, &reason), new.to.map(Day::ends), relation)?;
        self.remember(once, naming)?;
        self.tell(&self.second_persons(&home, new.person_id)?)?;
        self.show_naming(&home, naming)
    }

    /// Proposes people in the act that marks their home: from then on nobody else meets it. Those who are proposed
    /// already stay so.
    ///
    /// # Errors
    /// [`Error::Invalid`] for whoever cannot be named, and where the act sets no mark; [`Error::Forbidden`] for oneself;
    /// [`Error::StepUp`] without a fresh sign-in.
    pub(in crate::home) fn name_with_mark(self, id: HomeId, mark: Protection, people: &[PersonId]) -> Result<()> {
        if people.is_empty() {
            return Ok(());
        }
        let (board, me, now) = (self.standing().board, self.person()?, self.now());
        let tried = || Happening::denied(Action::ProtectedPropose).home(Some(id));
        if people.contains(&me) {
            return Err(self.deny(tried().object("person", me)));
        }
        let (mut faults, nameable) = (Faults::default(), self.nameable(id)?);
        faults.unless(mark != Protection::None, "named_ids", "not-marked");
        faults.unless(people.iter().all(|one| nameable.contains(one)), "named_ids", "person");
        faults.check()?;
        self.require_fresh(tried())?;
        let home = self
            .db(|db| rows::homes(db, board, &[id]))?
            .pop()
            .ok_or(Error::NotFound)?;
        let reason = Secret::new(say("protection-reason-marked").to_owned());
        for person in people {
            let there = self.db(|db| rows::named(db, id))?;
            let stands = |row: &NamingRow| row.person_id == *person && row.state(now) != NamingState::Ended;
            if !there.iter().any(stands) {
                self.write_naming(&home, (*person, &reason), None, Relation::TeamLead)?;
                self.tell(&self.second_persons(&home, *person)?)?;
            }
        }
        Ok(())
    }

    /// What the page that marks a home tells: those who answer for it, those who could be named besides, and those who
    /// could be the second person. For a home that is not there yet, of a unit one leads.
    ///
    /// # Errors
    /// As `home_for`; [`Error::Forbidden`] for whoever does not lead the unit.
    pub fn ahead_of_mark(self, id: Option<HomeId>, unit: UnitId) -> Result<AheadOfMark> {
        let (action, me, now) = (Action::PersonList, self.person()?, self.now());
        let answering = match id {
            Some(id) => {
                self.home_for(id, Right::ManageHome, action)?;
                self.db(|db| rows::answering(db, id, now.day()))?
            }
            None if self.standing().leads().any(|led| led == unit) => Vec::new(),
            None => return Err(self.deny(Happening::denied(action))),
        };
        let apart = id.map_or(Ok(Vec::new()), |id| self.apart_from(id))?;
        let mut seconds = self.heads_of(unit)?;
        seconds.retain(|one| *one != me && !apart.contains(one));
        let mut others = self.seers()?;
        others.retain(|one| *one != me && !apart.contains(one) && !answering.contains(one));
        let all: Vec<PersonId> = [&answering[..], &seconds, &others].concat();
        let shown = all.iter().map(|one| one.uuid()).collect();
        self.log(
            Happening::read(action, Relation::TeamLead)
                .home(id)
                .shown("person", shown),
        );
        let names = self.names_of(&all)?;
        let named = |ids: Vec<PersonId>| {
            let named = |id| {
                names.get(&id).map(|name| NamedPerson {
                    id,
                    name: name.expose().clone(),
                })
            };
            let mut found: Vec<NamedPerson> = ids.into_iter().filter_map(named).collect();
            found.sort_by(|a, b| a.name.cmp(&b.name));
            found
        };
        Ok(AheadOfMark {
            answering: named(answering),
            others: named(others),
            seconds: named(seconds),
        })
    }

    /// Ends what someone is named for, from when they see no errands any more: named again, they are named by two.
    pub(crate) fn end_namings_without_role(self, person: PersonId, relation: Relation) -> Result<()> {
        let (now, me) = (self.now(), self.standing().person);
        let Some(until) = self.sees_errands_until(person)? else {
            return Ok(());
        };
        for (id, home) in self.db(|db| rows::open_of(db, person, until))? {
            self.db(|db| rows::end_by(db, id, me, until))?;
            if until <= now {
                self.end_openings(home, Some(person))?;
            }
            let ended = Happening::write(Action::ProtectedEnd, relation).home(Some(home));
            self.log(ended.object("person", person));
        }
        Ok(())
    }

    /// How many wait for the yes of the one who asks.
    pub(crate) fn namings_to_confirm(self) -> Result<usize> {
        let (standing, now) = (self.standing(), self.now());
        if standing.protected.is_empty() || !self.heads_any() {
            return Ok(0);
        }
        let me = self.person()?;
        let waiting = self.db(|db| rows::waiting(db, standing.board, now))?;
        let mut found = 0;
        for (row, unit) in waiting {
            let is_mine = row.person_id == me || row.proposed_by == Some(me);
            let meets = !is_mine && self.head_of(unit) != Relation::None;
            if meets && !self.apart_from(row.home_id)?.contains(&me) {
                found += 1;
            }
        }
        Ok(found)
    }

    /// Those of the staff who can be named for a home, by name.
    ///
    /// # Errors
    /// As `protected_home_for`.
    pub fn staff_to_name(self, id: HomeId) -> Result<Vec<NamedPerson>> {
        let action = Action::PersonList;
        let (home, relation) = self.protected_home_for(id, Right::NameForProtected, action)?;
        let (now, me) = (self.now(), self.person()?);
        let mut ids = self.nameable(id)?;
        let there = self.db(|db| rows::named(db, home.id))?;
        let stands = |one: &PersonId| {
            let of = |row: &&NamingRow| row.person_id == *one && row.state(now) != NamingState::Ended;
            there.iter().find(of).is_some()
        };
        ids.retain(|one| *one != me && !stands(one));
        let shown = ids.iter().map(|one| one.uuid()).collect();
        self.log(Happening::read(action, relation).home(Some(id)).shown("person", shown));
        let named = self.names_of(&ids)?.into_iter().map(|(id, name)| NamedPerson {
            id,
            name: name.expose().clone(),
        });
        let mut found: Vec<NamedPerson> = named.collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Who of the staff can be named for a home: those who see errands at all, and may meet this home. To anyone else
    /// it would open nothing, and say that they know of it.
    fn nameable(self, home: HomeId) -> Result<Vec<PersonId>> {
        let apart = self.apart_from(home)?;
        let mut ids = self.seers()?;
        ids.retain(|one| !apart.contains(one));
        Ok(ids)
    }

    /// Writes that someone is named: proposed by the one who asks, or at once by the program itself. The caller has
    /// asked for the right to.
    pub(super) fn write_naming(
        self,
        home: &HomeRow,
        (person, reason): (PersonId, &SecretText),
        to: Option<Instant>,
        relation: Relation,
    ) -> Result<NamingId> {
        let (keys, id, now, me) = (self.keys()?, self.fresh_id(), self.now(), self.standing().person);
        let by_operator = self.only_operator().is_ok();
        let key = keys.row_key("home", home.id.uuid(), &home.wrapped_key)?;
        let row = NamingRow {
            id,
            board_id: keys.board(),
            home_id: home.id,
            person_id: person,
            reason: Some(key.seal("protected_grant", "reason", id, 1, reason.expose())),
            proposed_by: me,
            proposed_at: now,
            confirmed_by: None,
            confirmed_at: by_operator.then_some(now),
            to_at: to,
            ended_by: None,
        };
        self.db(|db| rows::insert(db, &row))?;
        let action = match by_operator {
            true => Action::ProtectedGrant,
            false => Action::ProtectedPropose,
        };
        let named = Happening::write(action, relation).home(Some(home.id));
        self.log(named.object("person", person));
        Ok(id)
    }

    /// The second person's yes, or that it is over.
    ///
    /// # Errors
    /// As `protected_home_for`; [`Error::Forbidden`] for a yes by the first person or the one named; [`Error::StepUp`]
    /// for one without a fresh sign-in; [`Error::Conflict`] where it does not wait, or has ended.
    pub fn change_naming(self, home: HomeId, id: NamingId, change: &NamingChange) -> Result<NamingView> {
        match (change.confirmed, change.ended) {
            (Some(true), None) => self.confirm_naming(home, id),
            (None, Some(true)) => self.end_naming(home, id),
            _ => Err(Error::Malformed("either a confirmation or an end".into())),
        }
    }

    fn confirm_naming(self, of: HomeId, id: NamingId) -> Result<NamingView> {
        let (home, relation) = self.protected_home_for(of, Right::ConfirmForProtected, Action::ProtectedGrant)?;
        let (me, now) = (self.person()?, self.now());
        let row = self.naming_of(of, id, Action::ProtectedGrant)?;
        let tried = Happening::denied(Action::ProtectedGrant).home(Some(of));
        let tried = tried.object("person", row.person_id);
        if row.person_id == me || row.proposed_by == Some(me) {
            return Err(self.deny(tried));
        }
        self.require_fresh(tried)?;
        if !self.db(|db| rows::confirm(db, id, me, now))? {
            return Err(Error::Conflict("ended"));
        }
        // Of a time before it nothing comes back.
        self.end_openings(of, Some(row.person_id))?;
        let named = Happening::write(Action::ProtectedGrant, relation).home(Some(of));
        self.log(named.object("person", row.person_id));
        self.show_naming(&home, id)
    }

    fn end_naming(self, of: HomeId, id: NamingId) -> Result<NamingView> {
        let (home, relation) = self.protected_home_for(of, Right::NameForProtected, Action::ProtectedEnd)?;
        let (me, now) = (self.person()?, self.now());
        let row = self.naming_of(of, id, Action::ProtectedEnd)?;
        if !self.db(|db| rows::end(db, id, me, now))? {
            return Err(Error::Conflict("ended"));
        }
        self.end_openings(of, Some(row.person_id))?;
        let ended = Happening::write(Action::ProtectedEnd, relation).home(Some(of));
        self.log(ended.object("person", row.person_id));
        self.show_naming(&home, id)
    }

    fn naming_of(self, of: HomeId, id: NamingId, action: Action) -> Result<NamingRow> {
        self.db(|db| rows::lock_home(db, of))?;
        let found = self.db(|db| rows::named(db, of))?;
        found.into_iter().find(|row| row.id == id).ok_or_else(|| {
            self.log(Happening::denied(action).home(Some(of)).object("naming", id));
            Error::NotFound
        })
    }

    fn show_naming(self, home: &HomeRow, id: NamingId) -> Result<NamingView> {
        let mut found = self.db(|db| rows::named(db, home.id))?;
        found.retain(|row| row.id == id);
        self.show_namings(home, found)?.pop().ok_or(Error::NotFound)
    }

    /// Who is named now for homes of a unit, whoever asks: for the list that its manager goes through.
    pub(crate) fn named_in(self, unit: UnitId) -> Result<Vec<NamedInUnit>> {
        let now = self.now();
        let found = self.db(|db| rows::held_in(db, unit, now))?;
        let named = found.into_iter().map(|row| NamedInUnit {
            id: row.id,
            home: row.home_id,
            person: row.person_id,
            since: row.confirmed_at.unwrap_or(row.proposed_at),
            to: row.to_at.map(Instant::last_day),
        });
        Ok(named.collect())
    }

    /// Those who can say yes to what the one who asks has proposed for `person`.
    pub(super) fn second_persons(self, home: &HomeRow, person: PersonId) -> Result<Vec<PersonId>> {
        let me = self.standing().person;
        let mut heads = self.heads_of(home.unit)?;
        let apart = self.apart_from(home.id)?;
        heads.retain(|one| *one != person && Some(*one) != me && !apart.contains(one));
        Ok(heads)
    }
}
