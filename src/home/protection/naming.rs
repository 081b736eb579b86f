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
use crate::id::{HomeId, NamingId, PersonId, UnitId};
use crate::secret::SecretText;
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
