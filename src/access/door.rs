//! The door itself: one transaction for one act, and no answer before its events are durable.

use super::actor::Actor;
use super::desk::{Access, Left, Means, sit};
use super::flood::Floods;
use super::foresight::{Foresight, Found, Look};
use super::standing::Standing;
use crate::audit::{Trace, Watch};
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
    watch: Arc<Watch>,
    pub(super) floods: Arc<Floods>,
    /// How long anyone waits for an act.
    deadline: Duration,
    /// Places for what is looked up before an act.
    looks: Arc<Semaphore>,
}

impl Door {
    /// Nobody is let wait longer than `deadline`: then the answer is [`Error::Unavailable`].
    pub fn new(store: Store, keyring: Arc<Keyring>, (clock, watch): (Clock, Arc<Watch>), deadline: Duration) -> Door {
        Door {
            deadline,
            store,
            keyring,
            clock,
            watch,
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
        let language = Language::spoken();
        let job = move |access: Access<'_>| language.speak_while(|| job(access));
        self.in_time(self.act(actor, self.means(), (Left::has_written, job)))
            .await
    }

    /// Does a job in one transaction; its events are remembered from when they are durable.
    async fn act<T, F>(&self, actor: Actor, means: Means, (audited, job): (Audited, F)) -> Result<T>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(Access<'tx>) -> Result<T> + Send + 'static,
    {
        let watch = self.watch.clone();
        let work = move |db| do_at(actor, db, means, audited, job);
        let stands = move |answer: &Answer<T>| watch.released(&answer.traces);
        self.store.durable_noting(work, stands).await?.done
    }

    fn means(&self) -> Means {
        Means {
            keyring: self.keyring.clone(),
            clock: self.clock.clone(),
            watch: self.watch.clone(),
            foresight: Foresight::default(),
        }
    }

    /// As [`Door::write`], for an act that may want something looked up first (`Access::look_first`).
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
            let (foreseen, job) = (foresight.clone(), job.clone());
            let means = Means {
                foresight: foreseen,
                ..self.means()
            };
            let once = move |access: Access<'_>| language.speak_while(|| job(access));
            let done = self.act(actor, means, (Left::has_written, once)).await;
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
        let means = self.means();
        let look = move |mut db: Conn| {
            let _place = place;
            begin(&mut db)?;
            let (mut left, found) = sit(actor, db, means, look);
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
        if !self.store.has_own_writer() {
            return self.act(actor, self.means(), (Left::has_looked, job)).await;
        }
        let (means, watch) = (self.means(), self.watch.clone());
        let (unreleased, write, audited) = self.store.lend(move |db| look(actor, db, means, job)).await?;
        match write {
            Some(write) => {
                let stands = move |traces: &Vec<Trace>| watch.released(traces);
                self.store.durable_noting(move |db| as_unit(db, write), stands).await?;
            }
            None if unreleased.0.is_ok() && !audited => return Err(Error::Unaudited),
            None => {}
        }
        unreleased.0
    }
}

/// What was read, not to be shown before its events are durable.
struct Unreleased<T>(Result<T>);

/// The events of a reading and what follows from it, to be written where writes are done.
type Aftermath = Box<dyn FnOnce(&mut Db) -> Result<Vec<Trace>> + Send>;

/// What came of a job, and the events that stand for it: also where the answer is that it was denied.
struct Answer<T> {
    done: Result<T>,
    traces: Vec<Trace>,
}

/// Reads in a transaction of its own and prepares what is to be written of it (SQLite); whether what was done may stand
/// without.
fn look<T>(
    actor: Actor,
    mut db: Conn,
    means: Means,
    job: impl for<'tx> FnOnce(Access<'tx>) -> Result<T>,
) -> (Unreleased<T>, Option<Aftermath>, bool) {
    if let Err(cause) = begin(&mut db) {
        return (Unreleased(Err(cause)), None, false);
    }
    let watch = means.watch.clone();
    let (mut left, done) = sit(actor, db, means, job);
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
    let write: Aftermath = Box::new(move |db| {
        let written = Left::write(db, keys.as_deref(), &entries, afterwards, seen);
        written.inspect_err(|cause| watch.tell(cause))?;
        Ok(Left::traces(keys.as_deref(), &entries))
    });
    (Unreleased(done), Some(write), audited)
}

/// Whether what a job left behind may stand.
type Audited = fn(&Left) -> bool;

/// Does a job and records it in one transaction, or inside the writer's.
fn do_at<T>(
    actor: Actor,
    mut db: Conn,
    means: Means,
    audited: Audited,
    job: impl for<'tx> FnOnce(Access<'tx>) -> Result<T>,
) -> (Conn, Result<Answer<T>>) {
    if let Err(cause) = begin(&mut db) {
        return (db, Err(cause));
    }
    let watch = means.watch.clone();
    let (left, done) = sit(actor, db, means, job);
    let value = match done {
        Ok(value) => value,
        Err(cause) => return after_failure(left, cause, &watch),
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
        commit(&mut db)?;
        Ok(Left::traces(keys.as_deref(), &entries))
    });
    if let Err(cause) = &written {
        watch.tell(cause);
        roll_back(&mut db);
    }
    let done = Ok(value);
    (db, written.map(|traces| Answer { done, traces }))
}

/// Rolls back and records what was denied, and that the session was used: no event, no answer.
fn after_failure<T>(left: Left, cause: Error, watch: &Watch) -> (Conn, Result<Answer<T>>) {
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
    match (stands, cause) {
        (Err(cause), _) => {
            watch.tell(&cause);
            (db, Err(cause))
        }
        // The writer is to hear that the database failed.
        (Ok(()), cause @ Error::Unavailable(_)) => (db, Err(cause)),
        (Ok(()), cause) => {
            let (done, traces) = (Err(cause), Left::traces(keys.as_deref(), &denied));
            (db, Ok(Answer { done, traces }))
        }
    }
}
