//! Adding people, closing their accounts, what they are called, and what one may know of oneself.

use super::rows::{self, PersonRow};
use super::view::MeView;
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Role, Side};
use crate::audit::Action;
use crate::error::{Error, Faults, Result};
use crate::home::{Protection, alias_of_person};
use crate::id::{PersonId, UnitId};
use crate::secret::Secret;
use crate::typed::{address, in_one_line, normal_address, personal_number};
use crate::web::{Language, say};
use std::collections::HashMap;

/// The longest name, in characters.
const LONGEST_NAME: usize = 120;
/// The longest phone number, in characters.
pub(super) const LONGEST_PHONE: usize = 40;

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub name: Secret<String>,
    pub email: Secret<String>,
    pub phone: Option<Secret<String>>,
    /// Personnummer or samordningsnummer.
    pub personal_number: Option<Secret<String>>,
    pub language: Language,
    /// The hash of the first password, made beforehand by [`super::hash_new_password`]; without one nobody signs in.
    pub password: Option<Secret<String>>,
    /// What the person is, for one unit or the whole board.
    pub roles: Vec<(Role, Option<UnitId>)>,
}

impl Access<'_> {
    /// Adds a person with the roles to begin with. Name, addresses and number are sealed under a key of their own.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all that is wrong; [`Error::Conflict`] when the board has someone of that address or
    /// number.
    pub fn add_person(self, new: &NewPerson) -> Result<PersonId> {
        self.only_operator()?;
        let id = self.insert_new_person(new, Relation::System)?;
        let (board, now) = (self.standing().board, self.now());
        for (role, unit) in &new.roles {
            let grant = self.fresh_id();
            self.db(|db| rows::insert_grant(db, grant, (board, id), (*role, *unit), now))?;
            self.log(Happening::write(Action::RoleGrant, Relation::System).object("role_grant", grant));
        }
        Ok(id)
    }

    /// Writes a person without any role; the caller has asked for the right to.
    pub(super) fn insert_new_person(self, new: &NewPerson, relation: Relation) -> Result<PersonId> {
        let (keys, id, now) = (self.keys()?, self.fresh_id(), self.now());
        let (email, number) = self.checked(new)?;
        let (board, version) = (keys.board(), 1);
        let (key, wrapped_key) = keys.fresh_row_key("person", id.uuid());
        let seal = |column, text: &str| key.seal("person", column, id, version, text);
        let phone = match &new.phone {
            Some(phone) => {
                let key = self.fresh_protected_key(id)?;
                let phone = in_one_line(phone.expose());
                Some(key.seal("person", "phone", id, version, phone.trim()))
            }
            None => None,
        };
        let row = PersonRow {
            id,
            board_id: board,
            email_token: email_token(keys.index(), email.expose()).to_vec(),
            personal_number_token: number.as_ref().map(|number| number_token(keys.index(), number)),
            name: seal("name", in_one_line(new.name.expose()).trim()),
            email: seal("email", email.expose()),
            phone,
            personal_number: number.as_ref().map(|number| seal("personal_number", number.expose())),
            version,
            wrapped_key,
            language: new.language.tag(),
            created_at: now,
            lock_no: 0,
        };
        self.db(|db| {
            // Looked for first: where rows are kept by PostgreSQL, a refused insert would spoil the transaction.
            if rows::is_taken(db, &row)? {
                return Err(Error::Conflict("exists"));
            }
            rows::insert_person(db, &row)?;
            new.password
                .as_ref()
                .map_or(Ok(()), |hash| rows::insert_credential(db, id, hash.expose(), now))
        })?;
        self.log(Happening::write(Action::PersonAdd, relation).object("person", id));
        Ok(id)
    }

    /// Checks a new person; gives the address as it is kept, and the personal number in its normal form.
    fn checked(self, new: &NewPerson) -> Result<(Secret<String>, Option<Secret<String>>)> {
        let mut faults = Faults::default();
        let name = in_one_line(new.name.expose());
        let name = name.trim();
        faults.unless(!name.is_empty(), "name", "required");
        faults.unless(name.chars().count() <= LONGEST_NAME, "name", "too-long");
        let email = address(new.email.expose());
        faults.unless(email.is_some(), "email", "email");
        let phone = new.phone.as_ref().map_or("", |phone| phone.expose().trim());
        faults.unless(phone.chars().count() <= LONGEST_PHONE, "phone", "too-long");
        let today = self.now().day();
        let typed = new.personal_number.as_ref();
        let number = typed.and_then(|typed| personal_number(typed.expose(), today));
        faults.unless(
            number.is_some() == typed.is_some(),
            "personal_number",
            "personal-number",
        );
        let mut units: Vec<UnitId> = new.roles.iter().filter_map(|(_, unit)| *unit).collect();
        units.sort();
        units.dedup();
        let known = self.units_by_id(&units)?;
        for (at, (role, unit)) in new.roles.iter().enumerate() {
            let fits = match unit {
                Some(unit) => known.iter().any(|one| one.id == *unit),
                None => !matches!(role, Role::Caseworker | Role::TeamLead | Role::UnitManager),
            };
            faults.unless(fits, format!("roles.{at}.unit"), "unit");
        }
        faults.check()?;
        Ok((Secret::new(email.unwrap_or_default()), number.map(Secret::new)))
    }

    /// Closes an account: its sessions are worth nothing from the next call on.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the board has no such open account.
    pub fn disable_person(self, person: PersonId) -> Result<()> {
        self.only_operator()?;
        let (board, now) = (self.standing().board, self.now());
        if !self.db(|db| rows::disable(db, board, person, now))? {
            return Err(Error::NotFound);
        }
        self.log(Happening::write(Action::PersonDisable, Relation::System).object("person", person));
        self.end_namings_without_role(person, Relation::System)
    }

    /// Ends a role at once: the next call of that person is worth that much less.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the person does not hold it.
    pub fn end_role(self, person: PersonId, role: Role) -> Result<()> {
        self.only_operator()?;
        let (board, now) = (self.standing().board, self.now());
        if self.db(|db| rows::end_grants(db, (board, person), role, now))? == 0 {
            return Err(Error::NotFound);
        }
        self.log(Happening::write(Action::RoleEnd, Relation::System).object("person", person));
        self.end_namings_without_role(person, Relation::System)
    }

    /// The person of that address.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn person_by_email(self, email: &str) -> Result<PersonId> {
        self.only_operator()?;
        let (keys, token) = (self.keys()?, email_token(self.keys()?.index(), email));
        self.db(|db| rows::by_email(db, keys.board(), &token))?
            .ok_or(Error::NotFound)
    }

    /// What people of the board are called, where no home or errand stands between: to staff as its team, to a home as
    /// a home. The caller has found them through the person asking.
    pub(crate) fn names_of(self, ids: &[PersonId]) -> Result<HashMap<PersonId, Secret<String>>> {
        let standing = self.standing();
        match standing.person.is_some() && !standing.is_staff() {
            true => self.names_to(Side::Home, ids),
            false => self.names_to(Side::Team, ids),
        }
    }

    /// The same to one who stands on this side: an alias for protected staff to homes, and for whoever lives where
    /// someone is protected to staff that is not named for it.
    pub(crate) fn names_to(self, side: Side, ids: &[PersonId]) -> Result<HashMap<PersonId, Secret<String>>> {
        let standing = self.standing();
        let hidden = self.hidden_among(ids)?;
        let is_home = side == Side::Home;
        let mut own: Vec<PersonId> = standing.person.into_iter().collect();
        if is_home {
            for home in standing.homes.iter().filter(|home| self.is_protected(**home)) {
                own.extend(self.members_of(*home)?);
            }
        }
        self.opened_names(ids, |id, is_marked| {
            if own.contains(&id) {
                None
            } else if hidden.contains(&id) {
                Some(alias_of_person(id))
            } else {
                (is_home && is_marked).then(|| say("protection-alias-staff").to_owned())
            }
        })
    }

    /// The same without any alias, for what is never shown: which names are compared.
    pub(crate) fn true_names_of(self, ids: &[PersonId]) -> Result<HashMap<PersonId, Secret<String>>> {
        self.opened_names(ids, |_, _| None)
    }

    /// Names, but where there is an alias by id and by whether someone is marked as protected.
    fn opened_names(
        self,
        ids: &[PersonId],
        alias: impl Fn(PersonId, bool) -> Option<String>,
    ) -> Result<HashMap<PersonId, Secret<String>>> {
        let keys = self.keys()?;
        let sealed = self.db(|db| rows::sealed_names(db, keys.board(), ids))?;
        let open = |(id, name, version, wrapped, mark): rows::SealedName| {
            if let Some(alias) = alias(id, mark != Protection::None.as_str()) {
                return Ok((id, Secret::new(alias)));
            }
            let key = keys.row_key("person", id.uuid(), &wrapped)?;
            Ok((id, key.open("person", "name", id, version, &name)?))
        };
        sealed.into_iter().map(open).collect()
    }

    /// The person of the board whose personnummer has this token.
    pub(crate) fn person_numbered(self, token: &[u8; 16]) -> Result<Option<PersonId>> {
        let board = self.standing().board;
        self.db(|db| rows::numbered(db, board, token))
    }

    /// What one person is called.
    pub(super) fn name_of(self, id: PersonId) -> Result<Secret<String>> {
        self.names_of(&[id])?.remove(&id).ok_or(Error::NotFound)
    }

    /// Who the one who asks is here.
    pub fn me(self) -> Result<MeView> {
        let (standing, me) = (self.standing(), self.person()?);
        let mut homes = self.homes_by_id(&standing.homes)?;
        let mut units: Vec<UnitId> = standing.roles.iter().filter_map(|held| held.unit).collect();
        units.sort();
        units.dedup();
        let view = MeView {
            id: me,
            name: self.name_of(me)?.expose().clone(),
            board: self.board_slug()?,
            roles: roles_once(&standing.roles),
            homes: standing.homes.iter().filter_map(|home| homes.remove(home)).collect(),
            units: self.units_by_id(&units)?,
            acr: standing.acr.unwrap_or_default(),
        };
        self.log(Happening::read(Action::MeRead, Relation::Myself).object("person", me));
        Ok(view)
    }
}

/// The roles held, each named once though it be held for several units.
pub(super) fn roles_once(held: &[crate::access::Held]) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    for one in held {
        if !roles.contains(&one.role) {
            roles.push(one.role);
        }
    }
    roles
}

/// What an account is found by.
pub(super) fn email_token(index: &crate::crypt::BlindIndex, email: &str) -> [u8; 16] {
    index.token("person.email", &normal_address(email))
}

fn number_token(index: &crate::crypt::BlindIndex, number: &Secret<String>) -> Vec<u8> {
    index.token("person.personal_number", number.expose()).to_vec()
}
