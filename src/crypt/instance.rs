//! The installation's own secrets, which belong to no board: what access tokens are signed with, and what wrong sign-ins
//! are counted by. They lie under the root key; a rotation makes them anew, for whoever had the old root key had them.

use super::{AccessTokens, Key, Keyring};
use crate::clock::Clock;
use crate::db::Db;
use crate::db::schema::instance_key;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::secret;
use diesel::prelude::*;
use uuid::Uuid;
use zeroize::Zeroizing;

const TOKENS: &str = "access-tokens";
const STRANGERS: &str = "strangers";

/// The secrets as they are used.
pub struct Secrets {
    /// Which ones they are.
    pub ids: Vec<Uuid>,
    /// The id of the key that access tokens are signed with, and the key.
    pub kid: Uuid,
    pub signing: Zeroizing<Vec<u8>>,
    /// What accounts and networks of wrong sign-ins stand under.
    pub strangers: Key,
}

impl Keyring {
    /// The installation's secrets, made the first time.
    ///
    /// # Errors
    /// [`Error::Fault`] when they do not open: the root key is not the one this database was made with.
    pub fn secrets(&self, db: &mut Db, clock: &Clock) -> Result<Secrets> {
        let now = clock.now();
        let (kid, signing) = self.instance_secret(db, TOKENS, (clock.fresh_id(), now), || fresh(TOKENS))?;
        let (_, index) = self.instance_secret(db, STRANGERS, (clock.fresh_id(), now), || fresh(STRANGERS))?;
        Ok(Secrets {
            ids: secret_ids(db)?,
            kid,
            signing,
            strangers: Key::from_bytes(index.as_slice().try_into().map_err(Error::fault)?),
        })
    }
}

/// Which secrets there are: others, once they have been rotated.
pub fn secret_ids(db: &mut Db) -> Result<Vec<Uuid>> {
    let all = instance_key::table.select(instance_key::id).order(instance_key::id);
    let ids: Vec<Id<()>> = all.load(db)?;
    Ok(ids.into_iter().map(Id::uuid).collect())
}

/// A new secret for a purpose.
pub(super) fn fresh(purpose: &str) -> Result<Zeroizing<Vec<u8>>> {
    match purpose {
        TOKENS => AccessTokens::fresh_key(),
        STRANGERS => Ok(Zeroizing::new(secret::random::<32>().to_vec())),
        other => Err(Error::fault(format!("nobody makes a secret to {other}"))),
    }
}
