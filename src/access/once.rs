//! Idempotency keys: the same person, key and body within 24 hours gives the same object again, with another body a
//! conflict. Kept are key, a keyed hash of the body and the object's id, never the answer: that is rendered anew, by an
//! audited read.

use super::desk::Access;
use super::door::Door;
use crate::db::Keep;
use crate::db::housekeeping::Chore;
use crate::db::schema::{idempotency, person};
use crate::error::{Error, Result};
use crate::id::{Id, PersonId};
use diesel::prelude::*;
use std::time::Duration;
use uuid::Uuid;

/// How long a key is remembered.
pub const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

static FORGET: Chore = Chore {
    name: "forget idempotency keys",
    tables: &["idempotency"],
};

/// A key as the caller sent it: 1–64 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// # Errors
    /// [`Error::Malformed`] when it is empty, too long or has other characters.
    pub fn parse(text: &str) -> Result<IdempotencyKey> {
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7f).contains(&b));
        fits.then(|| IdempotencyKey(text.to_owned()))
            .ok_or_else(|| Error::Malformed("Idempotency-Key".into()))
    }
}

/// A key together with what it was sent with.
#[derive(Debug, Clone)]
pub struct Once {
    pub key: IdempotencyKey,
    /// SHA-256 over the operation and the body. It is not kept as it is: who reads the table must not be able to try
    /// which short message it was.
    pub body_hash: [u8; 32],
}

impl Door {
    /// Forgets the keys that are free again. Gives how many.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database does not take it.
    pub async fn forget_keys(&self) -> Result<usize> {
        let until = self.clock.now().minus(REMEMBERED);
        let forget = move |db: &mut crate::db::Db| {
            let free = idempotency::table.filter(idempotency::made_at.le(until));
            Ok(diesel::delete(free).execute(db)?)
        };
        self.store.chore(&FORGET, forget).await
    }
}

impl Access<'_> {
    /// The object made earlier under the same key and body, if any. Locks the person's row, so that two calls with one
    /// key come one after the other.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the key was used with another body.
    pub(crate) fn made_before<T>(self, once: Option<&Once>) -> Result<Option<Id<T>>> {
        match once {
            Some(_) => self.made_by(self.person()?, once),
            None => Ok(None),
        }
    }

    /// [`Access::made_before`] of someone whom no session names yet, but a token.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn made_by<T>(self, me: PersonId, once: Option<&Once>) -> Result<Option<Id<T>>> {
        let Some(once) = once else { return Ok(None) };
        let since = self.now().minus(REMEMBERED);
        let row = idempotency::table.find((me, &once.key.0));
        let found: Option<(Vec<u8>, Uuid)> = self.db(|db| {
            diesel::update(person::table.find(me))
                .set(person::lock_no.eq(person::lock_no + 1))
                .kept()
                .execute(db)?;
            let columns = (idempotency::body_hash, idempotency::object_id);
            let kept = row.filter(idempotency::made_at.gt(since)).select(columns);
            kept.first::<(Vec<u8>, Id<()>)>(db)
                .optional()
                .map(|found| found.map(|(hash, id)| (hash, id.uuid())))
        })?;
        let Some((hash, object)) = found else { return Ok(None) };
        if hash != self.kept_hash(once)? {
            return Err(Error::Conflict("idempotency-key-reused"));
        }
        self.desk.repeated.set(true);
        Ok(Some(Id::of(object)))
    }

    /// What is kept of the body: its hash under the board's key.
    fn kept_hash(self, once: &Once) -> Result<[u8; 16]> {
        let keys = self.keys()?;
        Ok(keys
            .index()
            .token("idempotency.body_hash", &hex::encode(once.body_hash)))
    }

    /// What is done now goes on with an act that stands in the log already: a draft that is typed on, the next part of a
    /// download.
    pub(crate) fn goes_on(self) {
        self.desk.repeated.set(true);
    }

    /// Remembers what was made under a key.
    pub(crate) fn remember<T>(self, once: Option<&Once>, made: Id<T>) -> Result<()> {
        match once {
            Some(_) => self.remember_by(self.person()?, once, made),
            None => Ok(()),
        }
    }

    /// [`Access::remember`] for someone whom no session names yet, but a token.
    pub(crate) fn remember_by<T>(self, me: PersonId, once: Option<&Once>, made: Id<T>) -> Result<()> {
        let Some(once) = once else { return Ok(()) };
        let now = self.now();
        let (made, hash): (Id<()>, _) = (Id::of(made.uuid()), self.kept_hash(once)?);
        self.db(|db| {
            diesel::delete(idempotency::table.find((me, &once.key.0))).execute(db)?;
            diesel::insert_into(idempotency::table)
                .values((
                    idempotency::person_id.eq(me),
                    idempotency::idempotency_key.eq(&once.key.0),
                    idempotency::body_hash.eq(&hash[..]),
                    idempotency::object_id.eq(made),
                    idempotency::made_at.eq(now),
                ))
                .execute(db)
        })?;
        Ok(())
    }
}
