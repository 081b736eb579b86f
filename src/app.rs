//! Everything a request needs, built once, for `serve`, the demo and the tests alike.

use crate::access::{Door, Pace};
use crate::blob::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::crypt::password::Passwords;
use crate::crypt::token::AccessTokens;
use crate::crypt::{BlindIndex, Key, Keyring, RootKey};
use crate::db::housekeeping::Chore;
use crate::db::{Db, Store, migrate};
use crate::error::{Error, Result};
use crate::metrics::Metrics;
use crate::secret;
use std::sync::Arc;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

static SECRETS: Chore = Chore {
    name: "the secrets of the installation",
    tables: &["instance_key"],
};

/// The program's parts, put together.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub clock: Clock,
    pub store: Store,
    pub keyring: Arc<Keyring>,
    pub door: Door,
    pub blobs: Blobs,
    pub passwords: Passwords,
    pub tokens: Arc<AccessTokens>,
    /// What wrong sign-ins are counted by: accounts and networks stand there as tokens of this index alone.
    pub strangers: Arc<BlindIndex>,
    /// What is counted for those who run the service.
    pub metrics: Arc<Metrics>,
    /// How fast people and strangers may call.
    pub pace: Arc<Pace>,
    /// Files read whole at the same time. Each holds a thread while it waits for another, so they must be well fewer
    /// than a worker's threads for what may block.
    pub reading: Arc<Semaphore>,
    /// One photo is re-encoded at a time, so that this never holds other requests up.
    pub darkroom: Arc<Semaphore>,
    /// The demo's people, to be shown at sign-in; empty elsewhere.
    pub demo: Arc<[DemoPerson]>,
}

/// Someone of the demo, whose password is no secret.
#[derive(Debug, Clone, Copy)]
pub struct DemoPerson {
    pub email: &'static str,
    pub board: &'static str,
    pub password: &'static str,
    /// What the person is, in Swedish.
    pub is: &'static str,
}

impl App {
    /// Opens database, keys and files as the settings say.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with what is missing and what to do about it.
    pub async fn open(config: Config, clock: Clock, demo: &[DemoPerson]) -> Result<App> {
        let root = RootKey::load(&config.keys.root_file)?;
        let store = Store::open(&config.database.url, config.database.connections)?;
        migrate::require_current(&store).await?;
        let keyring = Arc::new(Keyring::new(root.into_key()));
        let (keys, now, ids) = (keyring.clone(), clock.now(), [clock.fresh_id(), clock.fresh_id()]);
        let secrets = move |db: &mut Db| {
            let signing = keys.instance_secret(db, "access-tokens", (ids[0], now), AccessTokens::fresh_key)?;
            let fresh_index = || Ok(Zeroizing::new(secret::random::<32>().to_vec()));
            Ok((
                signing,
                keys.instance_secret(db, "strangers", (ids[1], now), fresh_index)?,
            ))
        };
        let ((kid, pkcs8), (_, index)) = store.chore(&SECRETS, secrets).await?;
        let index = index.as_slice().try_into().map_err(Error::fault)?;
        Ok(App {
            door: Door::new(store.clone(), keyring.clone(), clock.clone(), config.server.deadline),
            blobs: Blobs::local(&config.data.folder.join("blobs"))?,
            passwords: Passwords::new(config.passwords.at_once)?,
            tokens: Arc::new(AccessTokens::new(kid, &pkcs8, &config.server.public_url)?),
            strangers: Arc::new(BlindIndex::new(Key::from_bytes(index))),
            metrics: Arc::default(),
            pace: Arc::new(Pace::new(config.limits)),
            reading: Arc::new(Semaphore::new(3)),
            darkroom: Arc::new(Semaphore::new(1)),
            demo: demo.into(),
            config: Arc::new(config),
            clock,
            store,
            keyring,
        })
    }

    /// Whether this is the demo, where passwords alone suffice.
    pub fn is_demo(&self) -> bool {
        !self.demo.is_empty()
    }

    /// Whether every part answers; names the first that does not.
    pub async fn check(&self) -> Result<(), (&'static str, Error)> {
        self.store.ping().await.map_err(|cause| ("database", cause))?;
        self.blobs.check().await.map_err(|cause| ("files", cause))
    }
}
