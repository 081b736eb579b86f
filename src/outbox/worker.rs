//! The worker: takes letters that are due, opens the address, and hands the letter to the mail server, or writes it as
//! an `.eml` file into a folder. The letter bears its own id as its Message-ID, however often it is tried.
//!
//! What is put off is tried again at growing distances, drawn a little apart; what is refused for good is dead. Before
//! the server is given the text, the row says so durably: if the program ends before the outcome is written, nobody can
//! know whether the letter was taken, and it is not sent a second time but told of as uncertain.

use super::relay::{Line, Server, Trouble};
use super::rows::{self, Taking, Waiting};
use super::{LetterFailure, LetterKind, letter};
use crate::alive::Pulse;
use crate::clock::{Clock, Instant};
use crate::config::Config;
use crate::crypt::Keyring;
use crate::db::housekeeping::Chore;
use crate::db::{Db, Store};
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::language::Language;
use crate::secret::{self, Secret};
use lettre::Message;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

pub static SEND: Chore = Chore {
    name: "send letters",
    tables: &["outbox", "person", "board_key", "invitation"],
};

/// Between two looks for letters that are due.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A letter that was taken and whose fate was not written (the program ended) is due again after this.
const LEASE: Duration = Duration::from_secs(60);
/// Between two tries while the mail server does not answer: from the first to the longest. Short, so that all that
/// waits is sent soon after the server is back.
const SERVER_BACK: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(2 * 60));
/// Between two tries of a letter that the server puts off: from the first to the longest.
const PUT_OFF: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(60 * 60));
/// A letter that was not taken within so long is given up.
const GIVE_UP: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// What is added to the longest answer before a letter that was handed over counts as uncertain.
const SLACK: Duration = Duration::from_secs(30);
/// How often an outcome is written again while the database does not answer.
const WRITES: u32 = 20;
/// Letters taken at a time.
const BATCH: i64 = 32;
/// Letters sent or given up are forgotten after 90 days.
const REMEMBERED: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Who has had someone's invitations sent, that work still.
pub type Senders = fn(&mut Db, PersonId) -> Result<Vec<PersonId>>;

/// What sending letters needs.
#[derive(Clone)]
pub struct Postman {
    senders: Senders,
    store: Store,
    keyring: Arc<Keyring>,
    clock: Clock,
    way: Way,
    from: String,
    /// Where the service is reached.
    url: String,
}

/// Where letters go.
#[derive(Clone)]
enum Way {
    Folder(PathBuf),
    Server(Server),
}

/// A letter taken, its address opened.
struct Taken {
    taking: Taking,
    made_at: Instant,
    kind: LetterKind,
    language: Language,
    to: Secret<String>,
    token: Option<Secret<String>>,
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
    /// As the settings say.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the mail server's password or certificates cannot be read.
    pub fn of(
        (store, keyring, clock): (Store, Arc<Keyring>, Clock),
        config: &Config,
        senders: Senders,
    ) -> Result<Postman> {
        Ok(Postman {
            senders,
            store,
            keyring,
            clock,
            way: match &config.mail.relay {
                Some(relay) => Way::Server(Server::of(relay, &config.mail.from)?),
                None => Way::Folder(config.data.folder.join("letters")),
            },
            from: config.mail.from.clone(),
            url: config.server.public_url.clone(),
        })
    }

    /// Runs until `stop` turns true.
    pub async fn run(self, mut stop: watch::Receiver<bool>, pulse: Pulse) {
        while !*stop.borrow_and_update() {
            if let Err(cause) = self.send_due(&stop, &pulse).await {
                tracing::error!(%cause, "letters could not be sent");
            }
            pulse.beat();
            let _ = tokio::time::timeout(LOOK_EVERY, stop.changed()).await;
        }
    }

    /// Sends all that is due, until `stop` turns true.
    async fn send_due(&self, stop: &watch::Receiver<bool>, pulse: &Pulse) -> Result<()> {
        let mut line = None;
        let mut letters = self.take().await?.into_iter();
        while let Some(taken) = letters.next() {
            if *stop.borrow() {
                break; // what was taken is due again after its lease
            }
            pulse.beat();
            let taking = taken.taking;
            if let Err(Trouble::Server(cause)) = self.send(&mut line, taken).await {
                tracing::warn!(cause, letter = %taking.0, "the mail server takes no letters");
                let rest = letters.by_ref().map(|taken| taken.taking);
                for taking in std::iter::once(taking).chain(rest) {
                    self.put_off(taking, SERVER_BACK, LetterFailure::Unreachable).await?;
                }
            }
        }
        if let Some(line) = line {
            line.quit().await;
        }
        Ok(())
    }

    /// Takes the letters that are due.
    async fn take(&self) -> Result<Vec<Taken>> {
        let (keyring, now) = (self.keyring.clone(), self.clock.now());
        let bury = self.burial(now);
        let take = move |db: &mut Db| {
            let uncertain = rows::bury_uncertain(db, now)?;
            if uncertain > 0 {
                tracing::error!(uncertain, "letters were with the mail server when the program ended");
            }
            let mut taken = Vec::new();
            for waiting in rows::take_due(db, now, LEASE, BATCH)? {
                let taking = (waiting.id, waiting.tries);
                if now.since(waiting.made_at) > GIVE_UP {
                    bury(db, taking, LetterFailure::Expired)?;
                    continue;
                }
                match open(db, &keyring, waiting) {
                    Ok(letter) => taken.push(letter),
                    // One address that does not open must not hold the other letters up.
                    Err(Error::Fault(cause)) => {
                        tracing::error!(cause, letter = %taking.0, "a letter's address does not open");
                        bury(db, taking, LetterFailure::Address)?;
                    }
                    Err(cause) => return Err(cause),
                }
            }
            Ok(taken)
        };
        self.store.chore(&SEND, take).await
    }

    /// Sends one letter and writes what became of it. `Err` is a server that takes none; the letter is then as it was.
    async fn send(&self, line: &mut Option<Line>, taken: Taken) -> Result<(), Trouble> {
        let (taking, made_at) = (taken.taking, taken.made_at);
        let outcome = match self.compose(&taken) {
            Err(_) => Err(Trouble::Address),
            Ok(letter) => match &self.way {
                Way::Folder(folder) => put(folder.clone(), taking.0.to_string(), letter).await,
                Way::Server(server) => self.hand(server, line, &letter, taking).await,
            },
        };
        let now = self.clock.now();
        let written = match outcome {
            Ok(Handed::Taken) => self.note_sent(taking).await,
            Ok(Handed::ToAnother) => Ok(()),
            Err(Trouble::Server(cause)) => return Err(Trouble::Server(cause)),
            Err(Trouble::Later(cause)) => {
                tracing::warn!(cause, letter = %taking.0, "a letter is put off");
                let late = now.since(made_at) + PUT_OFF.1 > GIVE_UP;
                let why = if late {
                    LetterFailure::Expired
                } else {
                    LetterFailure::PutOff
                };
                match why {
                    LetterFailure::Expired => self.bury(taking, why).await,
                    _ => self.put_off(taking, PUT_OFF, why).await,
                }
            }
            Err(Trouble::Refused(cause)) => {
                tracing::error!(cause, letter = %taking.0, "a letter is refused");
                self.bury(taking, LetterFailure::Refused).await
            }
            Err(Trouble::Address) => {
                tracing::error!(letter = %taking.0, "a letter has no address that can be written to");
                self.bury(taking, LetterFailure::Address).await
            }
        };
        if let Err(cause) = written {
            tracing::error!(%cause, letter = %taking.0, "what became of a letter could not be written");
        }
        Ok(())
    }

    /// Hands one letter to the server. A connection that failed is given up.
    async fn hand(
        &self,
        server: &Server,
        line: &mut Option<Line>,
        letter: &Message,
        taking: Taking,
    ) -> Result<Handed, Trouble> {
        let mut open = match line.take() {
            Some(open) => open,
            None => server.connect().await?,
        };
        let offered = open.offer(letter).await;
        let handed = match offered {
            Ok(()) => {
                let until = self.clock.now().plus(server.longest_answer() + SLACK);
                let mine = self.store.chore(&SEND, move |db| rows::handing(db, taking, until));
                match mine.await {
                    // The connection goes with it: the server waits for a text that does not come, and drops it.
                    Ok(false) => return Ok(Handed::ToAnother),
                    Err(cause) => return Err(Trouble::Server(format!("the database: {cause}"))),
                    Ok(true) => open.hand_over(letter).await.map(|()| Handed::Taken),
                }
            }
            Err(trouble) => Err(trouble),
        };
        let usable = match &handed {
            Ok(_) => true,
            Err(Trouble::Server(_)) => false,
            Err(_) => open.reset().await.is_ok(),
        };
        *line = usable.then_some(open);
        handed
    }

    fn compose(&self, taken: &Taken) -> Result<Message> {
        let id = taken.taking.0.to_string();
        let text = letter::Text {
            kind: taken.kind,
            language: taken.language,
            url: &self.url,
            token: taken.token.as_ref(),
        };
        letter::compose(&text, &self.from, &taken.to, &id)
    }

    /// That a letter was taken must be written, for else it counts as uncertain: tried for some seconds.
    async fn note_sent(&self, taking: Taking) -> Result<()> {
        let now = self.clock.now();
        let mut pause = Duration::from_millis(50);
        for _ in 1..WRITES {
            match self.store.chore(&SEND, move |db| rows::sent(db, taking, now)).await {
                Err(Error::Unavailable(_)) => tokio::time::sleep(pause).await,
                done => return done,
            }
            pause = (pause * 2).min(Duration::from_secs(1));
        }
        self.store.chore(&SEND, move |db| rows::sent(db, taking, now)).await
    }

    async fn put_off(&self, taking: Taking, steps: (Duration, Duration), why: LetterFailure) -> Result<()> {
        let next = self.clock.now().plus(pause(steps, taking.1));
        self.store
            .chore(&SEND, move |db| rows::put_off(db, taking, next, why))
            .await
    }

    async fn bury(&self, taking: Taking, why: LetterFailure) -> Result<()> {
        let bury = self.burial(self.clock.now());
        self.store.chore(&SEND, move |db| bury(db, taking, why)).await
    }

    /// Gives a letter up. Who had an invitation sent is told that it did not arrive.
    fn burial(&self, now: Instant) -> impl Fn(&mut Db, Taking, LetterFailure) -> Result<()> + Send + 'static {
        let (senders, clock) = (self.senders, self.clock.clone());
        move |db, taking, why| {
            let (board, receiver, kind) = rows::whose(db, taking.0)?;
            if rows::bury(db, taking, now, why)? && kind == LetterKind::Invitation.as_str() {
                for sender in senders(db, receiver)? {
                    rows::enqueue(db, clock.fresh_id(), (board, sender), LetterKind::Undelivered, now)?;
                }
            }
            Ok(())
        }
    }

    /// Forgets letters sent long ago.
    pub async fn sweep(&self) -> Result<usize> {
        let before = self.clock.now().minus(REMEMBERED);
        self.store.chore(&SEND, move |db| rows::forget(db, before)).await
    }
}

/// What came of handing a letter over.
enum Handed {
    Taken,
    /// Another instance had it meanwhile.
    ToAnother,
}

/// The pause after the `tries`-th try: doubled each time, and drawn from its upper half, so that what failed together
/// does not come again together.
fn pause((first, longest): (Duration, Duration), tries: i64) -> Duration {
    let doubled = tries.saturating_sub(1).clamp(0, 16);
    let whole = first.saturating_mul(1 << doubled).min(longest);
    whole / 2 + whole / 2 * u32::from(secret::random::<1>()[0]) / 255
}

fn open(db: &mut Db, keyring: &Keyring, waiting: Waiting) -> Result<Taken> {
    let key = keyring
        .of(db, waiting.board)?
        .row_key("person", waiting.person.uuid(), &waiting.wrapped_key)?;
    let enclosed = |column, sealed: &[u8]| key.open("outbox", column, waiting.id, 1, sealed);
    let to = match &waiting.address {
        Some(old) => enclosed("address", old)?,
        None => key.open("person", "email", waiting.person, waiting.version, &waiting.email)?,
    };
    let token = waiting
        .token
        .as_deref()
        .map(|sealed| enclosed("token", sealed))
        .transpose()?;
    Ok(Taken {
        taking: (waiting.id, waiting.tries),
        made_at: waiting.made_at,
        kind: LetterKind::stored(&waiting.kind)?,
        language: Language::tagged(&waiting.language),
        to,
        token,
    })
}

/// Puts a letter into the folder. One written again after a crash is the same file.
async fn put(folder: PathBuf, name: String, letter: Message) -> Result<Handed, Trouble> {
    let put = move || put_file(&folder, &name, &letter.formatted());
    let done = tokio::task::spawn_blocking(put).await.map_err(Error::fault);
    match done.and_then(|done| done) {
        Ok(()) => Ok(Handed::Taken),
        Err(cause) => Err(Trouble::Server(cause.to_string())),
    }
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

#[cfg(test)]
mod tests;
