//! Changing one's own address, phone and language. Where letters go decides who can choose a new password, so address
//! and phone take a fresh sign-in (SES-08, class account.change) and the old address is told. A new address counts when
//! it is confirmed, by the person signed in, with the code that went there; until then nothing tells whether it is
//! another's.

mod confirm;
pub mod pages;
mod rows;

pub(super) use rows::sweep;

use super::rows as people;
use super::verbs::{LONGEST_PHONE, email_token};
use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::audit::Action;
use crate::crypt::RowKey;
use crate::error::{Error, Faults, Result};
use crate::id::PersonId;
use crate::outbox::{self, LetterKind};
use crate::secret::{Secret, SecretText};
use crate::typed::{address, breaks_a_line, normal_address};
use crate::web::Language;
use serde::{Deserialize, Serialize};

/// What is to be changed; what is left out stays.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactChange {
    /// Takes effect when it is confirmed (`POST /me/email`).
    pub email: Option<SecretText>,
    /// At most 40 characters; an empty text takes it away.
    #[schema(max_length = 40)]
    pub phone: Option<SecretText>,
    pub language: Option<Language>,
    /// Whether letters come when there is something new.
    pub notices: Option<bool>,
    /// Whether the keyboard's shortcuts are on at the team's pages.
    pub shortcuts: Option<bool>,
}

impl ContactChange {
    /// Whether anything that letters go to is to be changed.
    fn is_reached(&self) -> bool {
        self.email.is_some() || self.phone.is_some()
    }

    fn is_empty(&self) -> bool {
        let chosen = [self.notices, self.shortcuts].iter().any(Option::is_some);
        !self.is_reached() && self.language.is_none() && !chosen
    }
}

/// Where one is reached.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ContactView {
    /// The address that letters go to, and that one signs in with.
    pub email: String,
    /// The address just asked for: it counts when the code of the letter that went there comes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    pub language: Language,
    /// Whether letters come when there is something new.
    pub notices: bool,
    /// Whether the keyboard's shortcuts are on at the team's pages.
    pub shortcuts: bool,
}

/// All that is sealed at a person's version, open.
struct Contact {
    row: rows::ContactRow,
    key: RowKey,
    /// Under which the telephone number lies, as all that says where protected people are; none where there never was
    /// one.
    phone_key: Option<RowKey>,
    name: SecretText,
    email: SecretText,
    phone: Option<SecretText>,
    number: Option<SecretText>,
}

impl Access<'_> {
    /// Changes where one is reached; a new address only when it is confirmed.
    ///
    /// # Errors
    /// [`Error::StepUp`] for address and phone when one signed in more than five minutes ago; [`Error::Invalid`];
    /// [`Error::TooMany`] for a sixth new address within the day.
    pub fn change_contact(self, change: &ContactChange) -> Result<ContactView> {
        let me = self.person()?;
        let reached = change.is_reached();
        if change.is_empty() {
            return Err(Error::Malformed("nothing is to be changed".into()));
        }
        if reached {
            self.require_fresh(Happening::denied(Action::MeChange))?;
        }
        let typed = |text: &Option<SecretText>| text.as_ref().map(|text| text.expose().trim().to_owned());
        let (email, phone) = (change.email.as_ref(), typed(&change.phone));
        let email = email.map(|email| address(email.expose()));
        let mut faults = Faults::default();
        faults.unless(email != Some(None), "email", "email");
        let email = email.flatten();
        let (is_short, is_a_line) = (
            |text: &String| text.chars().count() <= LONGEST_PHONE,
            |text: &String| !text.contains(breaks_a_line),
        );
        faults.unless(phone.as_ref().is_none_or(is_short), "phone", "too-long");
        faults.unless(phone.as_ref().is_none_or(is_a_line), "phone", "one-line");
        faults.check()?;
        let mut contact = self.contact_held(me)?;
        let is_same = |email: &String| normal_address(email) == normal_address(contact.email.expose());
        let (same, new_email) = match email {
            Some(email) if is_same(&email) => (Some(email), None),
            other => (None, other),
        };
        if let Some(new) = &new_email {
            self.ask_for_address(me, &contact.key, new)?;
        }
        if reached {
            self.tell_old_address(me, &contact)?;
        }
        contact.email = same.map_or(contact.email, Secret::new);
        contact.phone = phone.map(Secret::new).or(contact.phone);
        contact.phone = contact.phone.filter(|phone| !phone.expose().is_empty());
        let language = change.language.unwrap_or(Language::tagged(&contact.row.language));
        contact.row.notices = change.notices.unwrap_or(contact.row.notices);
        contact.row.shortcuts = change.shortcuts.unwrap_or(contact.row.shortcuts);
        self.keep_contact(me, &contact, language)?;
        self.log(Happening::write(Action::MeChange, Relation::Myself).object("person", me));
        Ok(contact.shown(new_email, language))
    }

    /// Where one is reached.
    ///
    /// # Errors
    /// [`Error::SignIn`] for nobody.
    pub fn contact(self) -> Result<ContactView> {
        let me = self.person()?;
        let contact = self.opened(me, self.db(|db| rows::read(db, me))?)?;
        self.log(Happening::read(Action::MeRead, Relation::Myself).object("person", me));
        let language = Language::tagged(&contact.row.language);
        Ok(contact.shown(None, language))
    }

    /// Holds a person's row and opens what is sealed in it.
    fn contact_held(self, me: PersonId) -> Result<Contact> {
        let row = self.db(|db| rows::lock(db, me))?;
        self.opened(me, row)
    }

    fn opened(self, me: PersonId, row: rows::ContactRow) -> Result<Contact> {
        let key = self.keys()?.row_key("person", me.uuid(), &row.wrapped_key)?;
        let open = |column, sealed: &[u8]| key.open("person", column, me, row.version, sealed);
        let maybe = |column, sealed: &Option<Vec<u8>>| sealed.as_deref().map(|sealed| open(column, sealed)).transpose();
        let phone_key = self.protected_key_of(me)?;
        let phone = match (&row.phone, &phone_key) {
            (Some(sealed), Some(key)) => Some(key.open("person", "phone", me, row.version, sealed)?),
            // Of before there were such keys.
            (sealed, None) => maybe("phone", sealed)?,
            (None, _) => None,
        };
        Ok(Contact {
            name: open("name", &row.name)?,
            email: open("email", &row.email)?,
            phone,
            phone_key,
            number: maybe("personal_number", &row.personal_number)?,
            key,
            row,
        })
    }

    /// Seals all of it anew, at the next version.
    fn keep_contact(self, me: PersonId, contact: &Contact, language: Language) -> Result<()> {
        let version = contact.row.version + 1;
        let seal = |column, text: &SecretText| contact.key.seal("person", column, me, version, text.expose());
        let phone = match (&contact.phone, &contact.phone_key) {
            (None, _) => None,
            (Some(phone), Some(key)) => Some(key.seal("person", "phone", me, version, phone.expose())),
            (Some(phone), None) => {
                let key = self.fresh_protected_key(me)?;
                Some(key.seal("person", "phone", me, version, phone.expose()))
            }
        };
        let row = rows::ContactRow {
            name: seal("name", &contact.name),
            email: seal("email", &contact.email),
            phone,
            personal_number: contact.number.as_ref().map(|number| seal("personal_number", number)),
            version,
            wrapped_key: contact.row.wrapped_key.clone(),
            language: language.tag().into(),
            notices: contact.row.notices,
            shortcuts: contact.row.shortcuts,
        };
        let token = email_token(self.keys()?.index(), contact.email.expose());
        self.db(|db| rows::set(db, me, &token, &row))
    }

    /// Leaves a letter to the address there is now, whatever it is when the letter is sent.
    fn tell_old_address(self, me: PersonId, contact: &Contact) -> Result<()> {
        let (board, id, now) = (self.standing().board, self.fresh_id(), self.now());
        let told = outbox::Enclosed {
            token: None,
            address: Some(contact.key.seal("outbox", "address", id, 1, contact.email.expose())),
        };
        self.db(|db| outbox::enclose(db, id, (board, me), (LetterKind::ContactChanged, told), now))
    }
}

impl Contact {
    fn shown(&self, new_email: Option<String>, language: Language) -> ContactView {
        ContactView {
            email: self.email.expose().clone(),
            new_email,
            phone: self.phone.as_ref().map(|phone| phone.expose().clone()),
            language,
            notices: self.row.notices,
            shortcuts: self.row.shortcuts,
        }
    }
}
