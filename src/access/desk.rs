//! The desk at the door: what a closure works with while its transaction is open. [`Access`] is a small `Copy` handle
//! over it, so that a verb can hold two things at once.

use super::actor::Actor;
use super::foresight::Foresight;
use super::happening::Happening;
use super::policy::{self, Relation, Right};
use super::standing::{self, Held, Seen, Standing};
use crate::audit::{self, Action, ActorPart, Core, Entry, Outcome, Trace, Watch};
use crate::clock::{Clock, Instant};
use crate::crypt::{BoardKeys, Keyring};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::id::{ErrandId, HomeId, Id, PersonId};
use crate::secret::sha256;
use std::cell::{OnceCell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

/// What every act is done with.
#[derive(Clone)]
pub(super) struct Means {
    pub(super) keyring: Arc<Keyring>,
    pub(super) clock: Clock,
    pub(super) watch: Arc<Watch>,
    pub(super) foresight: Foresight,
}

pub(super) struct Desk {
    pub(super) db: RefCell<Conn>,
    pub(super) actor: Actor,
    standing: OnceCell<Rc<Standing>>,
    keys: OnceCell<Arc<BoardKeys>>,
    pub(super) means: Means,
    pub(super) trail: RefCell<Vec<Happening>>,
    /// Small writes that follow from a read: they are done with its events, and are no acts of their own.
    afterwards: RefCell<Vec<Afterwards>>,
    /// An act that was done before under the same idempotency key: nothing is written now.
    pub(super) repeated: std::cell::Cell<bool>,
}

/// A small write that follows from a read (a read mark).
pub(super) type Afterwards = Box<dyn FnOnce(&mut Db) -> Result<()> + Send>;

/// What is left on the desk when the closure is done.
pub(super) struct Left {
    pub(super) db: Conn,
    pub(super) trail: Vec<Happening>,
    pub(super) entries: Result<Vec<Entry>>,
    pub(super) keys: Option<Arc<BoardKeys>>,
    /// The session's use, which counts whether or not the job came to anything.
    pub(super) seen: Option<Seen>,
    pub(super) afterwards: Vec<Afterwards>,
    pub(super) repeated: bool,
}

/// A person's (or the program's) reach into the data, for as long as one transaction is open.
#[derive(Clone, Copy)]
pub struct Access<'tx> {
    pub(super) desk: &'tx Desk,
}

/// Runs a job over a desk and gives the connection back, also after a panic.
pub(super) fn sit<T>(
    actor: Actor,
    db: Conn,
    means: Means,
    job: impl for<'tx> FnOnce(Access<'tx>) -> Result<T>,
) -> (Left, Result<T>) {
    let desk = Desk {
        db: RefCell::new(db),
        actor,
        standing: OnceCell::new(),
        keys: OnceCell::new(),
        means,
        trail: RefCell::default(),
        afterwards: RefCell::default(),
        repeated: std::cell::Cell::new(false),
    };
    let done = catch_unwind(AssertUnwindSafe(|| {
        desk.arrive()?;
        job(Access { desk: &desk })
    }))
    .unwrap_or_else(|_| Err(Error::fault("a job panicked")));
    (desk.leave(), done)
}

impl Desk {
    /// Finds out who is here, before anything else.
    fn arrive(&self) -> Result<()> {
        let standing = Standing::read(&mut self.db.borrow_mut(), self.actor.who, self.means.clock.now())?;
        self.means.watch.require_whole(standing.board)?;
        let _ = self.standing.set(Rc::new(standing));
        Ok(())
    }

    fn leave(self) -> Left {
        let trail = self.trail.take();
        let standing = self.standing.get().cloned();
        let compose = |standing: &Rc<Standing>| -> Result<Vec<Entry>> {
            trail
                .iter()
                .map(|one| compose(one, standing, self.actor, &self.means.clock))
                .collect()
        };
        let entries = standing.as_ref().map_or(Ok(Vec::new()), compose);
        let keys = match (trail.is_empty(), &standing) {
            (false, Some(standing)) => self.keys(standing).ok(),
            _ => None,
        };
        Left {
            seen: standing.and_then(|standing| standing.seen),
            afterwards: self.afterwards.take(),
            repeated: self.repeated.get(),
            db: self.db.into_inner(),
            trail,
            entries,
            keys,
        }
    }

    fn keys(&self, standing: &Standing) -> Result<Arc<BoardKeys>> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys.clone());
        }
        let keys = self.means.keyring.of(&mut self.db.borrow_mut(), standing.board)?;
        Ok(self.keys.get_or_init(|| keys).clone())
    }
}

impl Access<'_> {
    /// Who is asking.
    pub fn standing(self) -> Rc<Standing> {
        // `arrive` has set it before any closure gets an `Access`.
        self.desk
            .standing
            .get()
            .cloned()
            .unwrap_or_else(|| unreachable!("nobody works at an empty desk"))
    }

    /// The person signed in.
    pub fn person(self) -> Result<PersonId> {
        self.standing().person()
    }

    /// The roles a person of any standing holds now; for one who is only about to sign in.
    pub(crate) fn roles_of(self, person: PersonId) -> Result<Vec<Held>> {
        let now = self.now();
        self.db(|db| standing::held_roles(db, person, now))
    }

    pub fn now(self) -> Instant {
        self.desk.means.clock.now()
    }

    pub fn fresh_id<T>(self) -> Id<T> {
        self.desk.means.clock.fresh_id()
    }

    /// The board's keys.
    pub(crate) fn keys(self) -> Result<Arc<BoardKeys>> {
        self.desk.keys(&self.standing())
    }

    /// Makes a new board's keys; only the program itself founds boards.
    pub(crate) fn found_keys(self) -> Result<Arc<BoardKeys>> {
        let standing = self.standing();
        self.only_operator()?;
        let keys = self
            .desk
            .means
            .keyring
            .found(&mut self.desk.db.borrow_mut(), standing.board)?;
        Ok(self.desk.keys.get_or_init(|| keys).clone())
    }

    /// The transaction, for a feature's own rows.
    pub(crate) fn db<T>(self, query: impl FnOnce(&mut Db) -> T) -> T {
        query(&mut self.desk.db.borrow_mut())
    }

    /// Notes what happened; it is in the log before anyone is answered.
    pub fn log(self, happening: Happening) {
        self.desk.trail.borrow_mut().push(happening);
    }

    /// Leaves a small write to be done together with a read's events.
    pub(crate) fn afterwards(self, write: impl FnOnce(&mut Db) -> Result<()> + Send + 'static) {
        self.desk.afterwards.borrow_mut().push(Box::new(write));
    }

    /// Whether this is the program itself at work.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anyone else.
    pub fn only_operator(self) -> Result<()> {
        if self.standing().operator {
            Ok(())
        } else {
            Err(Error::Forbidden)
        }
    }

    /// Asks the policy for a right that no home stands between: the log's, the settings'.
    ///
    /// # Errors
    /// [`Error::Forbidden`], and the attempt stands in the log as `action`.
    pub fn require(self, right: Right, action: Action) -> Result<Relation> {
        let standing = self.standing();
        let by = |role: policy::Role| policy::allows(role, role.to_board(), right).then(|| role.to_board());
        match standing.roles.iter().find_map(|held| by(held.role)) {
            Some(relation) => Ok(relation),
            None => Err(self.deny(Happening::denied(action))),
        }
    }

    /// Notes a refused attempt and gives the error to answer with.
    pub fn deny(self, attempt: Happening) -> Error {
        self.log(attempt);
        Error::Forbidden
    }

    /// Notes that someone who sends nothing has tried to, and gives the error to answer with: whoever has left their
    /// home is told so, whatever they named.
    pub(crate) fn sends_nothing(self, attempt: Happening) -> Error {
        self.log(attempt);
        match self.standing().is_without_home() {
            true => Error::NoHome,
            false => Error::Forbidden,
        }
    }

    /// Notes an attempt at an errand that is not there for this person, and gives the error to answer with. The home is
    /// that of an errand that is another's.
    pub fn absent(self, action: Action, (errand, home): (ErrandId, Option<HomeId>)) -> Error {
        let sends = matches!(action, Action::MessageSend | Action::ErrandState);
        let attempt = Happening::denied(action).errand(errand).home(home);
        if sends && self.standing().is_without_home() {
            return self.sends_nothing(attempt);
        }
        self.log(attempt);
        Error::NotFound
    }
}

fn compose(one: &Happening, standing: &Standing, actor: Actor, clock: &Clock) -> Result<Entry> {
    let core = Core {
        action: one.action,
        outcome: one.outcome,
        reason_code: one.reason,
        relation: if standing.operator {
            Relation::System
        } else {
            one.relation
        },
        request_id: actor.origin.map(|origin| origin.request),
        unit: standing.unit().map(Id::uuid),
    };
    let person = one.person.or_else(|| standing.person.map(Id::uuid));
    let role = acting_role(one, standing);
    let (session, acr) = match one.session {
        Some(id) => (Some(id), one.acr),
        None => (standing.session, standing.acr),
    };
    let session = session.map(|id| sha256(id.uuid().as_bytes()));
    let part = ActorPart {
        acr,
        ip: actor.origin.and_then(|o| o.ip),
        person,
        role,
        session,
    };
    let at = clock.now();
    Entry::compose(
        clock.fresh_id::<crate::id::of::Event>().uuid(),
        at.millis(),
        &core,
        &part,
        &one.subject(&standing.protected),
    )
    .map_err(Error::fault)
}

/// The role the person acted in: the one that fits the relation, else the first held.
fn acting_role(one: &Happening, standing: &Standing) -> Option<&'static str> {
    let fits = |role: policy::Role| match one.relation {
        Relation::OwnHome => role == policy::Role::Contractor,
        Relation::TeamLead => role == policy::Role::TeamLead,
        Relation::Assigned | Relation::Deputy | Relation::BreakGlass | Relation::Team | Relation::ChildCaseworker => {
            role.handles_errands()
        }
        relation => role.to_board() == relation,
    };
    let held = standing
        .roles
        .iter()
        .find(|held| fits(held.role))
        .or(standing.roles.first());
    held.map(|held| held.role.as_str())
}

impl Left {
    /// Writes the events (all, or only the denials) and what follows from the reading.
    pub(super) fn write(
        db: &mut Db,
        keys: Option<&BoardKeys>,
        entries: &[Entry],
        afterwards: Vec<Afterwards>,
        seen: Option<Seen>,
    ) -> Result<()> {
        afterwards.into_iter().try_for_each(|write| write(db))?;
        seen.map_or(Ok(()), |seen| seen.write(db))?;
        if entries.is_empty() {
            return Ok(());
        }
        // Last, so that what a trigger does at anything before is seen when the events are read back.
        let keys = keys.ok_or_else(|| Error::unavailable("the board's keys are not to be had"))?;
        audit::record(db, keys, entries)
    }

    /// What is to be looked for of these events once an answer is released on them.
    pub(super) fn traces(keys: Option<&BoardKeys>, entries: &[Entry]) -> Vec<Trace> {
        let of = |keys: &BoardKeys| entries.iter().map(|entry| Trace::of(keys.board(), entry)).collect();
        keys.map(of).unwrap_or_default()
    }

    pub(super) fn has_looked(&self) -> bool {
        self.repeated || !self.trail.is_empty()
    }

    pub(super) fn has_written(&self) -> bool {
        self.repeated || self.trail.iter().any(|one| one.writes && one.outcome == Outcome::Ok)
    }

    /// The events of what was denied; they outlive the roll-back.
    pub(super) fn denials(trail: &[Happening], entries: Vec<Entry>) -> Vec<Entry> {
        let denied = trail.iter().map(|one| one.outcome == Outcome::Denied);
        entries
            .into_iter()
            .zip(denied)
            .filter_map(|(entry, denied)| denied.then_some(entry))
            .collect()
    }
}
