//! The worker: takes letters that are due, opens the address, writes the letter as an `.eml` file into a folder. The
//! file bears the letter's own id, so that one written again after a crash is the same file.

use super::rows::{self, Waiting};
use super::{LetterKind, letter};
use crate::clock::Clock;
use crate::config::Config;
use crate::crypt::Keyring;
use crate::db::housekeeping::Chore;
use crate::db::{Db, Store};
use crate::error::{Error, Result};
use crate::id::{Id, of};
use crate::secret::Secret;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

pub static SEND: Chore = Chore {
    name: "send letters",
    tables: &["outbox", "person", "board_key"],
};

/// Between two looks for letters that are due.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A letter that was taken and not sent is tried again after this.
const RETRY: Duration = Duration::from_secs(60);
/// Letters taken at a time.
const BATCH: i64 = 32;
/// Sent letters are forgotten after 90 days.
const REMEMBERED: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// What sending letters needs.
#[derive(Clone)]
pub struct Postman {
    pub store: Store,
    pub keyring: Arc<Keyring>,
    pub clock: Clock,
    /// Where letters are put.
    pub folder: PathBuf,
    pub from: String,
}

/// A letter taken, its address opened.
struct Taken {
    id: Id<of::Letter>,
    kind: LetterKind,
    language: String,
    to: Secret<String>,
}

/// Letters that are not sent yet, for those who run the service.
#[derive(Debug, Clone, Copy)]
pub struct Backlog {
    pub waiting: i64,
    /// How long the oldest of them has waited.
    pub oldest: Duration,
    /// Given up, and not tried again.
    pub dead: i64,
}

/// What has not been sent just now.
pub async fn backlog(store: &Store, clock: &Clock) -> Result<Backlog> {
    let (waiting, since, dead) = store.survey(&SEND, rows::backlog).await?;
    Ok(Backlog {
        waiting,
        oldest: since.map_or(Duration::ZERO, |since| clock.now().since(since)),
        dead,
    })
}

impl Postman {
    pub fn of(store: Store, keyring: Arc<Keyring>, clock: Clock, config: &Config) -> Postman {
        Postman {
            store,
            keyring,
            clock,
            folder: config.data.folder.join("letters"),
            from: config.mail.from.clone(),
        }
    }

    /// Runs until `stop` turns true.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow_and_update() {
            if let Err(cause) = self.send_due().await {
                tracing::error!(%cause, "letters could not be sent");
            }
            let _ = tokio::time::timeout(LOOK_EVERY, stop.changed()).await;
        }
    }

    /// Sends all that is due; gives how many.
    pub async fn send_due(&self) -> Result<usize> {
        let (keyring, now) = (self.keyring.clone(), self.clock.now());
        let taken = self.store.chore(&SEND, move |db| {
            let due = rows::take_due(db, now, RETRY, BATCH)?;
            // One address that does not open must not hold the other letters up; its own letter stays due.
            let opened = due.into_iter().filter_map(|waiting| {
                let letter = waiting.id;
                open(db, &keyring, waiting)
                    .inspect_err(|cause| tracing::error!(%cause, %letter, "a letter's address does not open"))
                    .ok()
            });
            Ok(opened.collect::<Vec<Taken>>())
        });
        let mut sent = 0;
        for letter in taken.await? {
            let id = letter.id;
            if let Err(cause) = self.put(letter).await {
                tracing::error!(%cause, letter = %id, "a letter could not be sent; it is tried again");
                continue;
            }
            self.store.chore(&SEND, move |db| rows::sent(db, id, now)).await?;
            sent += 1;
        }
        Ok(sent)
    }

    /// Forgets letters sent long ago.
    pub async fn sweep(&self) -> Result<usize> {
        let before = self.clock.now().minus(REMEMBERED);
        self.store.chore(&SEND, move |db| rows::forget(db, before)).await
    }

    async fn put(&self, taken: Taken) -> Result<()> {
        let name = taken.id.to_string();
        let letter = letter::compose(taken.kind, &taken.language, &self.from, &taken.to, &name)?;
        let folder = self.folder.clone();
        let put = move || put_file(&folder, &name, &letter.formatted());
        tokio::task::spawn_blocking(put).await.map_err(Error::fault)?
    }
}

fn open(db: &mut Db, keyring: &Keyring, waiting: Waiting) -> Result<Taken> {
    let key = keyring
        .of(db, waiting.board)?
        .row_key("person", waiting.person.uuid(), &waiting.wrapped_key)?;
    let to = key.open("person", "email", waiting.person, waiting.version, &waiting.email)?;
    tracing::debug!(letter = %waiting.id, tries = waiting.tries, "a letter is due");
    Ok(Taken {
        id: waiting.id,
        kind: LetterKind::stored(&waiting.kind)?,
        language: waiting.language,
        to,
    })
}

/// Whole or not at all, and on the disk before it counts as sent.
fn put_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let (part, whole) = (folder.join(format!(".{name}")), folder.join(format!("{name}.eml")));
    let write = || {
        std::fs::create_dir_all(folder)?;
        // Letters bear addresses: the folder is this program's user's alone.
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, &whole)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|cause: std::io::Error| Error::unavailable(cause))
}
