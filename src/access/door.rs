//! The door itself: one transaction for one act, and no answer before its events are durable.

use super::actor::Actor;
use super::desk::{Access, Left, sit};
use super::flood::Floods;
use super::foresight::{Foresight, Found, Look};
use super::standing::Standing;
use crate::clock::Clock;
use crate::crypt::Keyring;
use crate::db::{Conn, Db, Store, as_unit, begin, commit, roll_back};
use crate::error::{Error, Result};
use crate::language::Language;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How often an act is begun before what it wants to know is looked up where it writes: each time it has changed meanwhile.
const BEGUN_MOST: usize = 3;
/// Looks before an act at a time. They take long, and connections to read on are for everyone.
const LOOKS: usize = 1;

/// The way to all data of persons.
#[derive(Clone)]
pub struct Door {
    pub(super) store: Store,
    keyring: Arc<Keyring>,
    pub(super) clock: Clock,
    pub(super) floods: Arc<Floods>,
    /// How long anyone waits for an act.
    deadline: Duration,
    /// Places for what is looked up before an act.
    looks: Arc<Semaphore>,
}

impl Door {
    /// Nobody is let wait longer than `deadline`: then the answer is [`Error::Unavailable`].
    pub fn new(store: Store, keyring: Arc<Keyring>, clock: Clock, deadline: Duration) -> Door {
        Door {
            deadline,
            store,
            keyring,
            clock,
            floods: Arc::default(),
            looks: Arc::new(Semaphore::new(LOOKS)),
        }
    }

    /// Changes something. The job's events commit with it; a job that changes without an event is rolled back. A denied
    /// attempt is rolled back too, but its event stands before the answer leaves.
    ///
    /// # Errors
    /// What the job gave; [`Error::Unaudited`]; [`Error::Unavailable`] when it could not be made durable.
    pub async fn write<T, F>(&self, actor: Actor, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(Access<'tx>) -> Result<T> + Send + 'static,
    {
        let (keyring, clock) = (self.keyring.clone(), self.clock.clone());
        let language = Language::spoken();
        let job = move |access: Access<'_>| language.speak_while(|| job(access));
        let job = move |db| {
            do_at(
                actor,
                db,
                (keyring, clock),
                Foresight::default(),
                Left::has_written,
                job,
            )
        };
        self.in_time(self.store.durable(job)).await
    }

    /// As [`Door::write`], for an act that may want something looked up first ([`Access::look_first`]).
    ///
    /// # Errors
    /// As [`Door::write`].
    pub async fn write_foreseeing<T, F>(&self, actor: Actor, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'tx> Fn(Access<'tx>) -> Result<T> + Send + Sync + 'static,
    {
        self.in_time(self.begin_until_foreseen(actor, Arc::new(job))).await
    }

    async fn begin_until_foreseen<T, F>(&self, actor: Actor, job: Arc<F>) -> Result<T>
    where
        T: Send + 'static,
        F: for<'tx> Fn(Access<'tx>) -> Result<T> + Send + Sync + 'static,
    {
        let language = Language::spoken();
        let mut foresight = Foresight::default();
        for turn in 1.. {
            // Elsewhere an act has a connection of its own and holds nobody up.
            foresight.may_ask = turn < BEGUN_MOST && self.store.has_own_writer();
            let (keyring, clock, foreseen, job) =
                (self.keyring.clone(), self.clock.clone(), foresight.clone(), job.clone());
            let once = move |access: Access<'_>| language.speak_while(|| job(access));
            let act = move |db| do_at(actor, db, (keyring, clock), foreseen, Left::has_written, once);
            let done = self.store.durable(act).await;
            match foresight.take() {
                Some(look) if done.is_err() => foresight.found = Some(self.look_aside(actor, look).await?),
                _ => return done,
            }
        }
        Err(Error::fault("an act was never begun"))
    }

    /// Looks something up on a connection that only reads. It is shown to nobody, so no event tells of it.
    async fn look_aside(&self, actor: Actor, look: Look) -> Result<Found> {
        let place = self.looks.clone().acquire_owned().await.map_err(Error::fault)?;
        let (keyring, clock) = (self.keyring.clone(), self.clock.clone());
        let look = move |mut db: Conn| {
            let _place = place;
            begin(&mut db)?;
            let (mut left, found) = sit(actor, db, (keyring, clock), Foresight::default(), look);
            roll_back(&mut left.db);
            found
        };
        self.store.lend(look).await?
    }

    /// What was begun and not answered in time is there whole or not at all; what had not begun is not done any more.
    async fn in_time<T>(&self, act: impl Future<Output = Result<T>>) -> Result<T> {
        let late = || Error::Unavailable(format!("not done within {} s", self.deadline.as_secs()));
        tokio::time::timeout(self.deadline, act)
            .await
            .unwrap_or_else(|_| Err(late()))
    }

    /// Who is asking, and nothing of anyone else's: no event tells of it.
    ///
    /// # Errors
    /// [`Error::SignIn`] when the session is worth nothing.
    pub async fn standing(&self, actor: Actor) -> Result<Standing> {
        let now = self.clock.now();
        let read = self.store.lend(move |mut db| Standing::read(&mut db, actor.who, now));
        self.in_time(read).await?
    }

    /// Looks at something. What was seen is given out only when the events of the looking are durable.
    ///
    /// # Errors
    /// What the job gave; [`Error::Unaudited`] when it noted nothing; [`Error::Unavailable`] when the log cannot be
    /// written, and then nothing is shown.
    pub async fn read<T, F>(&self, actor: Actor, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(Access<'tx>) -> Result<T> + Send + 'static,
    {
        let language = Language::spoken();
        let job = move |access: Access<'_>| language.speak_while(|| job(access));
        self.in_time(self.look_through(actor, job)).await
    }

    async fn look_through<T, F>(&self, actor: Actor, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(Access<'tx>) -> Result<T> + Send + 'static,
    {
        let (keyring, clock) = (self.keyring.clone(), self.clock.clone());
        if !self.store.has_own_writer() {
            return self
                .store
                .durable(move |db| do_at(actor, db, (keyring, clock), Foresight::default(), Left::has_looked, job))
                .await;
        }
        let (unreleased, write, audited) = self.store.lend(move |db| look(actor, db, keyring, clock, job)).await?;
        match write {
            Some(write) => self.store.durable(move |db| as_unit(db, write)).await?,
            None if unreleased.0.is_ok() && !audited => return Err(Error::Unaudited),
            None => {}
        }
        unreleased.0
    }
}

/// What was read, not to be shown before its events are durable.
struct Unreleased<T>(Result<T>);

/// The events of a reading and what follows from it, to be written where writes are done.
type Aftermath = Box<dyn FnOnce(&mut Db) -> Result<()> + Send>;

/// Reads in a transaction of its own and prepares what is to be written of it (SQLite); whether what was done may stand
/// without.
fn look<T>(
    actor: Actor,
    mut db: Conn,
    keyring: Arc<Keyring>,
    clock: Clock,
    job: impl for<'tx> FnOnce(Access<'tx>) -> Result<T>,
) -> (Unreleased<T>, Option<Aftermath>, bool) {
    if let Err(cause) = begin(&mut db) {
        return (Unreleased(Err(cause)), None, false);
    }
    let (mut left, done) = sit(actor, db, (keyring, clock), Foresight::default(), job);
    roll_back(&mut left.db);
    let audited = left.has_looked();
    let Left {
        trail,
        entries,
        keys,
        seen,
        afterwards,
        ..
    } = left;
    let entries = match entries {
        Ok(entries) => entries,
        Err(cause) => return (Unreleased(Err(cause)), None, false),
    };
    let (entries, afterwards) = if done.is_ok() {
        (entries, afterwards)
    } else {
        (Left::denials(&trail, entries), Vec::new())
    };
    if entries.is_empty() && (done.is_ok() || seen.is_none()) {
        return (Unreleased(done), None, audited);
    }
    let write: Aftermath = Box::new(move |db| Left::write(db, keys.as_deref(), &entries, afterwards, seen));
    (Unreleased(done), Some(write), audited)
}

/// Whether what a job left behind may stand.
type Audited = fn(&Left) -> bool;

/// Does a job and records it in one transaction, or inside the writer's.
fn do_at<T>(
    actor: Actor,
    mut db: Conn,
    keys: (Arc<Keyring>, Clock),
    foresight: Foresight,
    audited: Audited,
    job: impl for<'tx> FnOnce(Access<'tx>) -> Result<T>,
) -> (Conn, Result<T>) {
    if let Err(cause) = begin(&mut db) {
        return (db, Err(cause));
    }
    let (left, done) = sit(actor, db, keys, foresight, job);
    let value = match done {
        Ok(value) => value,
        Err(cause) => return after_failure(left, cause),
    };
    let audited = audited(&left);
    let Left {
        mut db,
        entries,
        keys,
        seen,
        afterwards,
        ..
    } = left;
    let written = entries.and_then(|entries| {
        if !audited {
            return Err(Error::Unaudited);
        }
        Left::write(&mut db, keys.as_deref(), &entries, afterwards, seen)?;
        commit(&mut db)
    });
    if written.is_err() {
        roll_back(&mut db);
    }
    (db, written.map(|()| value))
}

/// Rolls back and records what was denied, and that the session was used: no event, no answer.
fn after_failure<T>(left: Left, cause: Error) -> (Conn, Result<T>) {
    let Left {
        mut db,
        trail,
        entries,
        keys,
        seen,
        ..
    } = left;
    roll_back(&mut db);
    let denied = match entries {
        Ok(entries) => Left::denials(&trail, entries),
        Err(fault) => return (db, Err(fault)),
    };
    if denied.is_empty() && seen.is_none() {
        return (db, Err(cause));
    }
    let (db, stands) = as_unit(db, |db| Left::write(db, keys.as_deref(), &denied, Vec::new(), seen));
    (db, Err(stands.err().unwrap_or(cause)))
}
