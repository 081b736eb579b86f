//! Something that happened and is to stand in the log: what, to what, with which relation. It becomes an event when
//! the door closes.

use super::policy::Relation;
use crate::audit::{Action, Outcome, Subject};
use crate::id::{ErrandId, HomeId, Id, SessionId};
use uuid::Uuid;

/// One thing that was done or tried.
#[derive(Debug, Clone)]
pub struct Happening {
    pub(super) action: Action,
    pub(super) outcome: Outcome,
    pub(super) relation: Relation,
    /// Whether it changes data; a write without one such is rolled back.
    pub(super) writes: bool,
    /// The code of the reason, where there is one to tell.
    pub(super) reason: Option<&'static str>,
    errand: Option<Uuid>,
    home: Option<Uuid>,
    /// Of a list: whose rows it showed.
    among: Vec<HomeId>,
    object: Option<(&'static str, Option<Uuid>)>,
    shown: Option<Vec<Uuid>>,
    count: Option<u64>,
    /// For a sign-in: the person, whom no session names yet.
    pub(super) person: Option<Uuid>,
    /// The session meant, where it is not the one that acts.
    pub(super) session: Option<SessionId>,
    /// How strongly its person signed in.
    pub(super) acr: Option<&'static str>,
}

impl Happening {
    /// Something was looked at.
    pub const fn read(action: Action, relation: Relation) -> Happening {
        Happening {
            action,
            outcome: Outcome::Ok,
            relation,
            writes: false,
            reason: None,
            errand: None,
            home: None,
            among: Vec::new(),
            object: None,
            shown: None,
            count: None,
            person: None,
            session: None,
            acr: None,
        }
    }

    /// Something was changed.
    pub const fn write(action: Action, relation: Relation) -> Happening {
        let mut one = Happening::read(action, relation);
        one.writes = true;
        one
    }

    /// Something was tried and refused.
    pub const fn denied(action: Action) -> Happening {
        let mut one = Happening::read(action, Relation::None);
        one.outcome = Outcome::Denied;
        one
    }

    pub const fn reason(mut self, code: &'static str) -> Happening {
        self.reason = Some(code);
        self
    }
    pub fn errand(mut self, id: ErrandId) -> Happening {
        self.errand = Some(id.uuid());
        self
    }
    pub fn home(mut self, id: Option<HomeId>) -> Happening {
        self.home = id.map(Id::uuid);
        self
    }
    /// Whose rows a list showed: it bears the mark of protection where someone is protected in one of these homes.
    pub fn among(mut self, homes: impl IntoIterator<Item = HomeId>) -> Happening {
        self.among = homes.into_iter().collect();
        self
    }
    pub fn object<T>(mut self, kind: &'static str, id: Id<T>) -> Happening {
        self.object = Some((kind, Some(id.uuid())));
        self
    }
    /// The ids a list showed: who saw a name in a list has had access to it.
    pub fn shown(mut self, kind: &'static str, ids: Vec<Uuid>) -> Happening {
        self.object = Some((kind, None));
        self.shown = Some(ids);
        self
    }
    /// How many of them, where the ids themselves say nothing (exported events, like denials told as one).
    pub fn count(mut self, count: u64) -> Happening {
        self.count = Some(count);
        self
    }
    pub fn person<T>(mut self, id: Id<T>) -> Happening {
        self.person = Some(id.uuid());
        self
    }
    /// For a sign-in: the session that it begins or ends, and how strongly its person signed in.
    pub fn session(mut self, id: SessionId, acr: Option<&'static str>) -> Happening {
        (self.session, self.acr) = (Some(id), acr);
        self
    }

    /// What it was done to, as the log tells it; `protected` are the homes where someone is.
    pub(super) fn subject(&self, protected: &[HomeId]) -> Subject<'_> {
        let mut homes = self.among.iter().copied().chain(self.home.map(Id::of));
        Subject {
            protected: homes.any(|home| protected.contains(&home)).then_some(true),
            count: self.count,
            errand: self.errand,
            home: self.home,
            object: self.object.and_then(|(_, id)| id),
            object_type: self.object.map(|(kind, _)| kind),
            shown: self.shown.as_deref(),
            ..Subject::default()
        }
    }
}
