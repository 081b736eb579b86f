//! Homes, members and those the service is for, by what they are called, to search among: within the circle of the one
//! who asks, and never the protected.

use super::{Sought, rows};
use crate::access::Access;
use crate::error::{Error, Result};
use crate::id::{HomeId, PersonId, ServiceUserId};
use crate::secret::{Secret, SecretText};
use std::collections::HashMap;
use uuid::Uuid;

/// What something known is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownKind {
    Home,
    Member,
    ServiceUser,
}

/// A home within one's circle, someone who belongs to it, or someone it has or had an assignment for.
#[derive(Debug)]
pub struct Known {
    pub kind: KnownKind,
    pub id: Uuid,
    pub home: HomeId,
    /// The whole name.
    pub name: SecretText,
    /// What lists call it.
    pub label: String,
}

/// What tells whether anyone of a board is called otherwise than before, or belongs elsewhere: counts, and sums of the
/// versions, which only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamesMark {
    homes: (i64, i64),
    users: (i64, i64),
    assignments: i64,
    members: (i64, i64),
    people: (i64, i64),
}

impl Access<'_> {
    /// As of which state of the board's names something was looked up.
    pub(crate) fn names_mark(self) -> Result<NamesMark> {
        let (board, now) = (self.standing().board, self.now());
        Ok(NamesMark {
            homes: self.db(|db| rows::homes_mark(db, board))?,
            users: self.db(|db| rows::users_mark(db, board))?,
            assignments: self.db(|db| rows::assignments_mark(db, board))?,
            members: self.db(|db| rows::members_mark(db, board, now))?,
            people: self.people_mark()?,
        })
    }

    /// All within the circle of the one who asks.
    pub(crate) fn known_by_name(self) -> Result<Vec<Known>> {
        let (circle, now) = (self.circle()?, self.now());
        let own = self.standing().homes.clone();
        let homes = self.db(|db| rows::unprotected_homes(db, circle.homes()))?;
        let members = self.members_met(&homes)?;
        let mut found: Vec<Known> = self
            .homes_by_id(&homes)?
            .into_iter()
            .map(|(id, home)| Known {
                kind: KnownKind::Home,
                id: id.uuid(),
                home: id,
                name: Secret::new(home.name.clone()),
                label: home.name,
            })
            .collect();
        found.extend(self.known_members(&members)?);
        found.extend(
            self.known_users(
                self.db(|db| rows::unprotected_users(db, circle.assignments(), (&own, now.day()), None))?,
            )?,
        );
        Ok(found)
    }

    /// Those within the circle who have a personnummer, in its normal form.
    pub(crate) fn known_by_number(self, number: &str) -> Result<Vec<Known>> {
        let (keys, circle, now) = (self.keys()?, self.circle()?, self.now());
        let own = self.standing().homes.clone();
        let token = |column| keys.index().token(column, number);
        let of_user = token("service_user.personal_number");
        let users =
            self.db(|db| rows::unprotected_users(db, circle.assignments(), (&own, now.day()), Some(&of_user)))?;
        let mut found = self.known_users(users)?;
        if let Some(person) = self.person_numbered(&token("person.personal_number"))? {
            let homes = self.db(|db| rows::unprotected_homes(db, circle.homes()))?;
            let mut members = self.members_met(&homes)?;
            members.retain(|(_, member)| *member == person);
            found.extend(self.known_members(&members)?);
        }
        Ok(found)
    }

    /// What the board's other homes, who belongs to them and those they have assignments for are called, as it is looked
    /// for, each with its home: what is not to be said to this home. The protected too: they first
    /// of all.
    pub(crate) fn names_elsewhere(self, home: HomeId) -> Result<Vec<(HomeId, Sought)>> {
        let (board, now) = (self.standing().board, self.now());
        let homes = self.db(|db| rows::home_ids(db, board))?;
        let members = self.db(|db| rows::members_of_each(db, &homes, now))?;
        let users = self.db(|db| rows::users_of(db, board))?;
        let named = self.homes_by_id(&homes)?.into_iter();
        let mut all: Vec<(HomeId, Uuid, Sought)> = named
            .map(|(id, home)| (id, id.uuid(), Sought::home(&home.name)))
            .collect();
        let known = self
            .known_members(&members)?
            .into_iter()
            .chain(self.known_users(users)?);
        all.extend(known.map(|one| (one.home, one.id, Sought::person(one.name.expose()))));
        let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(of, _, _)| *of == home);
        // Who is of this home too, and whoever is called the same, is no stranger to it.
        let is_own = |id: &Uuid, name: &Sought| own.iter().any(|(_, known, said)| known == id || said == name);
        let others = others.into_iter().filter(|(_, id, name)| !is_own(id, name));
        Ok(others.map(|(of, _, name)| (of, name)).collect())
    }

    /// Where whoever has a personnummer belongs or is placed; `None` if that is nobody, nobody of a home, or of this
    /// home too.
    pub(crate) fn numbered_elsewhere(self, home: HomeId, number: &str) -> Result<Option<Vec<HomeId>>> {
        let (keys, board, now) = (self.keys()?, self.standing().board, self.now());
        let token = |column| keys.index().token(column, number);
        if let Some(person) = self.person_numbered(&token("person.personal_number"))? {
            let homes = self.db(|db| rows::home_ids(db, board))?;
            let of = self.db(|db| rows::members_of_each(db, &homes, now))?;
            let of: Vec<HomeId> = of
                .into_iter()
                .filter(|(_, one)| *one == person)
                .map(|(of, _)| of)
                .collect();
            return Ok(Some(of).filter(|of| !of.is_empty() && !of.contains(&home)));
        }
        let Some(user) = self.db(|db| rows::user_by_number(db, board, &token("service_user.personal_number")))? else {
            return Ok(None);
        };
        let placed = self.db(|db| rows::homes_of_user(db, user))?;
        Ok(Some(placed).filter(|placed| !placed.contains(&home)))
    }

    /// Who belongs to each of these homes now, without those whose name the one who asks is not to know: a hit would
    /// tell who is behind the alias, whatever it was called.
    fn members_met(self, homes: &[HomeId]) -> Result<Vec<(HomeId, PersonId)>> {
        let now = self.now();
        let mut members = self.db(|db| rows::members_of_each(db, homes, now))?;
        let people: Vec<PersonId> = members.iter().map(|(_, person)| *person).collect();
        let hidden = self.hidden_among(&people)?;
        members.retain(|(_, person)| !hidden.contains(person));
        Ok(members)
    }

    /// By their true names: only those one meets are to be shown.
    fn known_members(self, members: &[(HomeId, PersonId)]) -> Result<Vec<Known>> {
        let people: Vec<PersonId> = members.iter().map(|(_, person)| *person).collect();
        let names = self.true_names_of(&people)?;
        let known = |(home, person): &(HomeId, PersonId)| {
            let name = names.get(person).ok_or(Error::NotFound)?;
            Ok(Known {
                kind: KnownKind::Member,
                id: person.uuid(),
                home: *home,
                name: name.clone(),
                label: name.expose().clone(),
            })
        };
        members.iter().map(known).collect()
    }

    fn known_users(self, users: Vec<rows::UserOf>) -> Result<Vec<Known>> {
        let keys = self.keys()?;
        let mut named: HashMap<ServiceUserId, (SecretText, String)> = HashMap::new();
        let mut found = Vec::new();
        for of in users {
            let id = of.id;
            let (name, first) = match named.get(&id) {
                Some(known) => known.clone(),
                None => {
                    let key = keys.row_key("service_user", id.uuid(), &of.wrapped_key)?;
                    let open = |column, sealed: &[u8]| key.open("service_user", column, id, of.version, sealed);
                    let (first, last) = (open("first_name", &of.first_name)?, open("last_name", &of.last_name)?);
                    let name = Secret::new(format!("{} {}", first.expose(), last.expose()));
                    let known = (name, first.expose().clone());
                    named.insert(id, known.clone());
                    known
                }
            };
            found.push(Known {
                kind: KnownKind::ServiceUser,
                id: id.uuid(),
                home: of.home,
                name,
                label: format!("{first} · {}", of.label),
            });
        }
        Ok(found)
    }
}
