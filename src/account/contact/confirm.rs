//! A new address: asked for, and confirmed with the code that went there. Whether someone else in the board has it
//! shows neither in the answer nor in its time: the same is written and the same letter sent for any address, and only
//! who reads the letter could learn more.

use super::rows::{self, AddressRow};
use super::{ContactView, people};
use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::account::verbs::email_token;
use crate::audit::Action;
use crate::crypt::RowKey;
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::outbox::{self, LetterKind};
use crate::secret::{SecretText, fresh_token, sha256};
use crate::web::Language;
use std::time::Duration;

/// How long a code for a new address works.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);
/// New addresses that one person may ask for in a day: letters go to whoever has them.
const MOST: i64 = 5;

impl Access<'_> {
    /// Sends the code to an address that is to be one's own. The caller holds the person's row.
    pub(super) fn ask_for_address(self, me: PersonId, key: &RowKey, email: &str) -> Result<()> {
        let (board, now, id, letter) = (self.standing().board, self.now(), self.fresh_id(), self.fresh_id());
        if self.db(|db| rows::asked_today(db, me, now))? >= MOST {
            return Err(Error::TooMany(60 * 60));
        }
        let (token, hash) = fresh_token();
        let row = AddressRow {
            id,
            board_id: board,
            person_id: me,
            email: key.seal("address_change", "email", id, 1, email),
            hash: hash.to_vec(),
            made_at: now,
            expires_at: now.plus(CONFIRMED_WITHIN),
        };
        let enclosed = outbox::Enclosed {
            token: Some(key.seal("outbox", "token", letter, 1, token.expose())),
            address: Some(key.seal("outbox", "address", letter, 1, email)),
        };
        self.db(|db| {
            rows::void_addresses(db, me, now)?;
            rows::insert_address(db, &row)?;
            outbox::enclose(db, letter, (board, me), (LetterKind::ContactChanged, enclosed), now)
        })
    }

    /// Makes the address one's own that the code went to. Whoever else has the code has none of one's sessions.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a code that is none of one's own, was used, has expired or was followed by another, and
    /// for an address that someone else has by now: all of these alike.
    pub fn confirm_address(self, code: &SecretText) -> Result<ContactView> {
        let (me, now, keys) = (self.person()?, self.now(), self.keys()?);
        let mut contact = self.contact_held(me)?;
        let hash = sha256(code.expose().as_bytes());
        let Some((id, sealed)) = self.db(|db| rows::take_address(db, me, &hash, now))? else {
            return Err(self.wrong_code(me));
        };
        let email = contact.key.open("address_change", "email", id, 1, &sealed)?;
        let token = email_token(keys.index(), email.expose());
        if self.db(|db| people::by_email(db, keys.board(), &token))?.is_some() {
            return Err(self.wrong_code(me));
        }
        self.tell_old_address(me, &contact)?;
        contact.email = email;
        let language = Language::tagged(&contact.row.language);
        self.keep_contact(me, &contact, language)?;
        self.void_tokens(me)?;
        self.log(Happening::write(Action::MeConfirm, Relation::Myself).object("person", me));
        Ok(contact.shown(None, language))
    }

    fn wrong_code(self, me: PersonId) -> Error {
        self.log(Happening::denied(Action::MeConfirm).object("person", me));
        Error::invalid("token", "code-wrong")
    }
}
