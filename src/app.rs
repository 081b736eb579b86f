//! Everything a request needs, built once, for `serve`, the demo and the tests alike.

use crate::access::{Door, Pace, Seats, Turns};
use crate::alive::Roster;
use crate::audit::Watch;
use crate::audit::keeper::Keeper;
use crate::blob::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::crypt::password::Passwords;
use crate::crypt::token::AccessTokens;
use crate::crypt::{BlindIndex, Keyring, Secrets, secret_ids};
use crate::db::housekeeping::Chore;
use crate::db::{Db, Store, migrate, structure};
use crate::error::{Error, Result};
use crate::metrics::Metrics;
use crate::probe::Probe;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::Semaphore;
use uuid::Uuid;

static SECRETS: Chore = Chore {
    name: "the secrets of the installation",
    tables: &["instance_key", "root_mark", "board_key"],
};

/// The installation's keys, under the root key of its file.
///
/// # Errors
/// As [`Keyring::of_file`]; where the database lies under a key already, never with the advice to make one.
pub async fn keyring(config: &Config) -> Result<Keyring> {
    let path = &config.keys.root_file;
    if !path.exists() && is_sealed(config).await? {
        return Err(Error::Fault(format!(
            "no root key at {}: the database lies under one; bring it back from its safe copy, for a new key opens nothing",
            path.display()
        )));
    }
    Keyring::of_file(path)
}

/// Whether the database holds what is sealed under a root key, so that no other key may be made for it.
///
/// # Errors
/// [`Error::Unavailable`] when the database does not answer; there being none is no error.
pub async fn is_sealed(config: &Config) -> Result<bool> {
    let Some(store) = Store::open_existing(&config.database.url, 1)? else {
        return Ok(false);
    };
    if migrate::is_empty(&store).await? {
        return Ok(false);
    }
    store.survey(&SECRETS, Keyring::is_sealed).await
}

/// Stands in the data folder while a restore fills it: what is there is not to be served.
pub const UNFINISHED: &str = "restore-unfinished";

/// The program's parts, put together.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub clock: Clock,
    pub store: Store,
    pub keyring: Arc<Keyring>,
    pub door: Door,
    /// What this process knows of the log by itself.
    pub watch: Arc<Watch>,
    pub blobs: Blobs,
    pub passwords: Passwords,
    pub tokens: Arc<AccessTokens>,
    strangers: Arc<RwLock<Arc<BlindIndex>>>,
    /// Which secrets of the installation are held.
    held: Arc<Mutex<Vec<Uuid>>>,
    /// What runs by itself.
    pub tasks: Arc<Roster>,
    probes: Probes,
    /// What is counted for those who run the service.
    pub metrics: Arc<Metrics>,
    /// How fast people and strangers may call.
    pub pace: Arc<Pace>,
    /// Files read whole at the same time. Each holds a thread while it waits for another, so they must be well fewer
    /// than a worker's threads for what may block.
    pub reading: Arc<Semaphore>,
    /// Files that arrive: each holds some memory for as long as its sender takes.
    pub uploads: Turns,
    /// Where pictures are opened and written anew.
    pub darkroom: Darkroom,
    /// The demo's people, to be shown at sign-in; empty elsewhere.
    pub demo: Arc<[DemoPerson]>,
}

/// Large pictures one at a time, and beside them small ones one at a time: together they never take more memory than one
/// of each may, and a small one never waits for a large one.
#[derive(Clone)]
pub struct Darkroom {
    pub large: Turns,
    pub small: Turns,
}

/// Files that may be on their way in at once, each in 400 kB of memory; what is more waits, and then is told to come back.
const UPLOADS: Seats = Seats {
    all: 64,
    each: 8,
    spare: 16,
    waiting: 500,
    waiting_each: 100,
};
/// Pictures that are opened at once, and those that wait: they lie on the disk, and wait in next to no memory.
const PICTURES: Seats = Seats {
    all: 1,
    each: 1,
    spare: 0,
    waiting: 1000,
    waiting_each: 200,
};

/// What is asked of the disk for health, one at a time: a disk that does not answer holds one thread each, no more.
#[derive(Clone, Default)]
struct Probes {
    root_key: Probe,
    files: Probe,
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
        if config.data.folder.join(UNFINISHED).exists() {
            let folder = config.data.folder.display();
            return Err(Error::Unavailable(format!(
                "a restore into {folder} was not finished: empty the folder and the database, and restore again"
            )));
        }
        let keyring = Arc::new(keyring(&config).await?);
        let store = Store::open(&config.database.url, config.database.connections)?;
        migrate::require_current(&store).await?;
        structure::require_ours(&store).await?;
        let watch: Arc<Watch> = Arc::default();
        let (keys, own) = (keyring.clone(), clock.clone());
        let secrets = move |db: &mut Db| {
            keys.complete(db)?;
            keys.secrets(db, &own)
        };
        let secrets = store.chore(&SECRETS, secrets).await?;
        let tasks = Roster::default();
        if let Some(writer) = store.writer_pulse() {
            tasks.add(writer);
        }
        Ok(App {
            door: Door::new(
                store.clone(),
                keyring.clone(),
                (clock.clone(), watch.clone()),
                config.server.deadline,
            ),
            blobs: Blobs::local(&config.data.folder.join("blobs"))?,
            passwords: Passwords::new(config.passwords.at_once)?,
            tokens: Arc::new(AccessTokens::new(
                secrets.kid,
                &secrets.signing,
                &config.server.public_url,
            )?),
            strangers: Arc::new(RwLock::new(Arc::new(BlindIndex::new(secrets.strangers)))),
            held: Arc::new(Mutex::new(secrets.ids)),
            tasks: Arc::new(tasks),
            probes: Probes::default(),
            metrics: Arc::default(),
            pace: Arc::new(Pace::new(config.limits)),
            reading: Arc::new(Semaphore::new(3)),
            uploads: Turns::new(UPLOADS),
            darkroom: Darkroom {
                large: Turns::new(PICTURES),
                small: Turns::new(PICTURES),
            },
            demo: demo.into(),
            config: Arc::new(config),
            watch,
            clock,
            store,
            keyring,
        })
    }

    /// What keeps the boards' logs.
    pub fn keeper(&self) -> Keeper {
        Keeper {
            store: self.store.clone(),
            keyring: self.keyring.clone(),
            clock: self.clock.clone(),
            watch: self.watch.clone(),
        }
    }

    /// Whether this is the demo, where passwords alone suffice.
    pub fn is_demo(&self) -> bool {
        !self.demo.is_empty()
    }

    /// What wrong sign-ins are counted by: accounts and networks stand there as tokens of this index alone.
    pub fn strangers(&self) -> Arc<BlindIndex> {
        self.strangers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes up the installation's secrets where a rotation has made others, and says whether it has.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database does not answer.
    pub async fn meet_new_secrets(&self) -> Result<bool> {
        let there = self.store.survey(&SECRETS, secret_ids).await?;
        if *self.held.lock().unwrap_or_else(PoisonError::into_inner) == there {
            return Ok(false);
        }
        let (keys, clock) = (self.keyring.clone(), self.clock.clone());
        let Secrets {
            ids,
            kid,
            signing,
            strangers,
        } = self.store.chore(&SECRETS, move |db| keys.secrets(db, &clock)).await?;
        self.tokens.renew(kid, &signing)?;
        let index = Arc::new(BlindIndex::new(strangers));
        *self.strangers.write().unwrap_or_else(PoisonError::into_inner) = index;
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = ids;
        Ok(true)
    }

    /// Whether every part answers; names the first that does not.
    pub async fn check(&self) -> Result<(), (&'static str, Error)> {
        self.store.ping().await.map_err(|cause| ("database", cause))?;
        let blobs = self.blobs.clone();
        let files = self.probes.files.ask(move || blobs.check());
        files.await.map_err(|cause| ("files", cause))?;
        let mark = self.store.survey(&SECRETS, Keyring::mark).await;
        let mark = mark.map_err(|cause| ("database", cause))?;
        let keyring = self.keyring.clone();
        let root_key = self.probes.root_key.ask(move || keyring.check_file(mark.as_deref()));
        root_key.await.map_err(|cause| ("root-key", cause))?;
        match self.tasks.missing() {
            None => Ok(()),
            Some(task) => {
                let how = format!(
                    "came round {} s ago, begun again {} times",
                    task.quiet.as_secs(),
                    task.begun_again
                );
                Err((task.name, Error::Unavailable(how)))
            }
        }
    }
}
