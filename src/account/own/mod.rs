//! One's own sessions: where one is signed in, ending one or all others; and whose session a browser's cookie named
//! last. Never anyone else's.

mod device;
pub mod pages;
mod rows;

use super::rows::{self as accounts, BEARERS, VISITORS};
use super::session::PageSession;
use crate::access::policy::Relation;
use crate::access::{Access, Actor, Happening, Origin};
use crate::app::App;
use crate::audit::Action;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{BoardId, PersonId, SessionId};
use crate::secret::sha256;
use crate::web::Language;
use crate::web::page::Guard;

/// A session as its person sees it.
#[derive(Debug)]
pub struct OwnSession {
    pub id: SessionId,
    pub started_at: Instant,
    pub seen_at: Instant,
    /// With what and from where it was begun; unknown of one that a program began.
    pub begun_with: Option<String>,
    /// The one that asks.
    pub is_this: bool,
}

impl Access<'_> {
    /// What tells whether anyone of the board is called otherwise than before.
    pub(crate) fn people_mark(self) -> Result<(i64, i64)> {
        let board = self.standing().board;
        self.db(|db| rows::people_mark(db, board))
    }

    /// Where one is signed in, what was used last first.
    ///
    /// # Errors
    /// [`Error::SignIn`] for nobody.
    pub fn own_sessions(self) -> Result<Vec<OwnSession>> {
        let key = self.own_key()?;
        let found = self.own_rows()?;
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        self.log(Happening::read(Action::MeRead, Relation::Myself).shown("session", shown));
        let this = self.standing().session;
        let show = |row: rows::OwnRow| {
            let sealed = row.begun_with.as_deref();
            let opened = sealed
                .map(|sealed| key.open("session", "begun_with", row.id, 1, sealed))
                .transpose()?;
            Ok(OwnSession {
                begun_with: opened.map(|text| text.expose().clone()),
                is_this: Some(row.id) == this,
                started_at: row.started_at,
                seen_at: row.seen_at,
                id: row.id,
            })
        };
        found.into_iter().map(show).collect()
    }

    /// Ends one of one's own sessions; none named: all but the one that asks. Gives how many.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a session that is none of one's own, or has ended.
    pub fn end_own_sessions(self, only: Option<SessionId>) -> Result<usize> {
        let (this, now) = (self.standing().session, self.now());
        let chosen = |row: &rows::OwnRow| only.map_or(Some(row.id) != this, |id| row.id == id);
        let ending: Vec<SessionId> = self
            .own_rows()?
            .iter()
            .filter(|row| chosen(row))
            .map(|row| row.id)
            .collect();
        if only.is_some() && ending.is_empty() {
            self.log(Happening::denied(Action::SessionRevoke));
            return Err(Error::NotFound);
        }
        for id in &ending {
            self.db(|db| accounts::end_session(db, *id, now))?;
            self.log(Happening::write(Action::SessionRevoke, Relation::Myself).object("session", *id));
        }
        if ending.is_empty() {
            self.goes_on();
        }
        Ok(ending.len())
    }

    /// Whether the keyboard's shortcuts are on for a person; homes' pages have none.
    pub(super) fn has_shortcuts(self, of: PersonId) -> Result<bool> {
        self.db(|db| rows::has_shortcuts(db, of))
    }

    /// Keeps the language that someone came in with by an invitation, which is in the log already.
    pub(super) fn prefers(self, who: PersonId, language: Language) -> Result<()> {
        self.db(|db| rows::set_language(db, who, language.tag()))
    }

    fn own_rows(self) -> Result<Vec<rows::OwnRow>> {
        let (me, now) = (self.person()?, self.now());
        let idle_since = now.minus(self.idle_limit(&self.standing().roles)?);
        self.db(|db| rows::of_person(db, me, now, idle_since))
    }

    /// Keeps with what and from where this very session was begun; its beginning is in the log already.
    fn keep_begun_with(self, text: &str) -> Result<()> {
        let session = self.standing().session.ok_or(Error::SignIn)?;
        let sealed = self.own_key()?.seal("session", "begun_with", session, 1, text);
        self.db(|db| rows::set_begun_with(db, session, &sealed))?;
        self.goes_on();
        Ok(())
    }
}

/// Keeps with what a page's session was begun, so that its person knows it again.
///
/// # Errors
/// [`Error::SignIn`] when it has ended meanwhile.
pub(super) async fn keep_begun_with(app: &App, session: &PageSession, agent: &str, origin: Origin) -> Result<()> {
    let address = origin.ip.map(|ip| ip.to_string()).unwrap_or_default();
    let both = [device::device(agent), address];
    let text = both
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    let actor = Actor::bearer(session.session, None, origin);
    app.door.write(actor, move |access| access.keep_begun_with(&text)).await
}

/// The language that someone who has just signed in prefers.
///
/// # Errors
/// [`Error::Unavailable`] when the database does not answer.
pub(super) async fn language_of(app: &App, person: PersonId) -> Result<Language> {
    let tag = app
        .store
        .survey(&VISITORS, move |db| rows::language(db, person))
        .await?;
    Ok(Language::tagged(&tag))
}

/// Whose session a guard's cookie named, also where it has ended, and at which board: whoever signs in next in the same
/// browser may be someone else.
///
/// # Errors
/// [`Error::Unavailable`] when the database does not answer.
pub(super) async fn ended_session(app: &App, guard: &Guard) -> Result<Option<(PersonId, BoardId)>> {
    let Some(cookie) = guard.session() else { return Ok(None) };
    let hash = sha256(cookie.expose().as_bytes());
    let find = move |db: &mut crate::db::Db| rows::ended_session(db, &hash);
    app.store.survey(&BEARERS, find).await
}
