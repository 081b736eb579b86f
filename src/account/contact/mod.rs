//! Changing one's own address, phone and language. Where letters go decides who can choose a new password, so the
//! address takes a fresh sign-in (SES-08, class account.change), the old address is told, and tokens sent there die.

mod rows;

use super::rows as people;
use super::verbs::{LONGEST_PHONE, email_token, is_email};
use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::audit::Action;
use crate::crypt::normal_email;
use crate::error::{Error, Faults, Result};
use crate::outbox::{self, LetterKind};
use crate::secret::SecretText;
use crate::web::Language;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How fresh a sign-in must be. `web::failure` tells it to the caller.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// What is to be changed; what is left out stays.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactChange {
    pub email: Option<SecretText>,
    /// At most 40 characters; an empty text takes it away.
    #[schema(max_length = 40)]
    pub phone: Option<SecretText>,
    pub language: Option<Language>,
    /// Whether letters come when there is something new.
    pub notices: Option<bool>,
}

/// Where one is reached.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ContactView {
    pub email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    pub language: Language,
    /// Whether letters come when there is something new.
    pub notices: bool,
}

impl Access<'_> {
    /// Where one is reached.
    ///
    /// # Errors
    /// [`Error::SignIn`] for nobody.
    pub fn contact(self) -> Result<ContactView> {
        let (me, keys) = (self.person()?, self.keys()?);
        let row = self.db(|db| rows::read(db, me))?;
        let key = keys.row_key("person", me.uuid(), &row.wrapped_key)?;
        let open = |column, sealed: &[u8]| key.open("person", column, me, row.version, sealed);
        self.log(Happening::read(Action::MeRead, Relation::Myself).object("person", me));
        Ok(ContactView {
            email: open("email", &row.email)?.expose().clone(),
            phone: row
                .phone
                .as_deref()
                .map(|sealed| open("phone", sealed))
                .transpose()?
                .map(|phone| phone.expose().clone()),
            language: Language::tagged(&row.language),
            notices: row.notices,
        })
    }

    /// Changes where one is reached.
    ///
    /// # Errors
    /// [`Error::StepUp`] for address and phone when one signed in more than five minutes ago; [`Error::Invalid`];
    /// [`Error::Conflict`] when the address is another's.
    pub fn change_contact(self, change: &ContactChange) -> Result<ContactView> {
        let (me, now, keys) = (self.person()?, self.now(), self.keys()?);
        let nothing = change.email.is_none() && change.phone.is_none();
        if nothing && change.language.is_none() && change.notices.is_none() {
            return Err(Error::Malformed("nothing is to be changed".into()));
        }
        if change.email.is_some() || change.phone.is_some() {
            self.require_fresh()?;
        }
        let mut faults = Faults::default();
        let email = change.email.as_ref().map(|email| email.expose().trim().to_owned());
        faults.unless(email.as_ref().is_none_or(|email| is_email(email)), "email", "email");
        let phone = change.phone.as_ref().map(|phone| phone.expose().trim().to_owned());
        let fits = |text: &String| text.chars().count() <= LONGEST_PHONE && !text.chars().any(char::is_control);
        faults.unless(phone.as_ref().is_none_or(fits), "phone", "too-long");
        faults.check()?;
        let old = self.db(|db| rows::lock(db, me))?;
        let key = keys.row_key("person", me.uuid(), &old.wrapped_key)?;
        let open = |column, sealed: &[u8]| key.open("person", column, me, old.version, sealed);
        let (name, old_email) = (open("name", &old.name)?, open("email", &old.email)?);
        let old_phone = old.phone.as_deref().map(|sealed| open("phone", sealed)).transpose()?;
        let number = old
            .personal_number
            .as_deref()
            .map(|sealed| open("personal_number", sealed))
            .transpose()?;
        let is_new = email
            .as_ref()
            .is_some_and(|email| normal_email(email) != normal_email(old_email.expose()));
        let email = email.unwrap_or_else(|| old_email.expose().clone());
        let phone = phone
            .or_else(|| old_phone.map(|phone| phone.expose().clone()))
            .filter(|phone| !phone.is_empty());
        let token = email_token(keys.index(), &email);
        if is_new && self.db(|db| people::by_email(db, keys.board(), &token))?.is_some() {
            self.log(Happening::denied(Action::MeChange).object("person", me));
            return Err(Error::Conflict("exists"));
        }
        let version = old.version + 1;
        let seal = |column, text: &str| key.seal("person", column, me, version, text);
        let language = change.language.unwrap_or(Language::tagged(&old.language));
        let new = rows::ContactRow {
            name: seal("name", name.expose()),
            email: seal("email", &email),
            phone: phone.as_ref().map(|phone| seal("phone", phone)),
            personal_number: number.map(|number| seal("personal_number", number.expose())),
            version,
            wrapped_key: old.wrapped_key,
            language: language.tag().into(),
            notices: change.notices.unwrap_or(old.notices),
        };
        self.db(|db| rows::set(db, me, &token, &new))?;
        if change.email.is_some() || change.phone.is_some() {
            let id = self.fresh_id();
            let told = outbox::Enclosed {
                token: None,
                address: Some(key.seal("outbox", "address", id, 1, old_email.expose())),
            };
            self.db(|db| outbox::enclose(db, id, (keys.board(), me), (LetterKind::ContactChanged, told), now))?;
        }
        if is_new {
            self.void_tokens(me)?;
        }
        self.log(Happening::write(Action::MeChange, Relation::Myself).object("person", me));
        Ok(ContactView {
            email,
            phone,
            language,
            notices: new.notices,
        })
    }

    /// Whether one has signed in within the last five minutes.
    fn require_fresh(self) -> Result<()> {
        let session = self.standing().session.ok_or(Error::SignIn)?;
        let now = self.now();
        let signed_in_at = self.db(|db| rows::signed_in_at(db, session))?;
        if now.since(signed_in_at) <= FRESH {
            Ok(())
        } else {
            Err(Error::StepUp)
        }
    }
}
