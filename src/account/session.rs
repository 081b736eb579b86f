//! Sessions: how one begins, which the page's cookie names, and signing out.

use super::guess::Counters;
use super::rows::{self, RefreshRow, SessionRow};
use super::verbs::roles_once;
use crate::access::policy::Relation;
use crate::access::{Access, Actor, Happening, Origin, PASSWORD_ALONE, Role, TokenId, longest};
use crate::app::App;
use crate::audit::Action;
use crate::clock::Instant;
use crate::crypt::token::{Bearer, Named};
use crate::error::{Error, Result};
use crate::id::{BoardId, PersonId, SessionId};
use crate::secret::{Secret, fresh_token, sha256};

/// Live sessions a person can have; one more ends the oldest.
pub(super) const MOST: usize = 20;
/// Signed in with a password, in the words of RFC 8176.
const PASSWORD: &str = "pwd";

/// What a session of the REST API is borne by.
#[derive(Debug)]
pub struct Tokens {
    pub access: Secret<String>,
    pub refresh: Secret<String>,
    pub person: PersonId,
    pub name: Secret<String>,
    pub roles: Vec<Role>,
}

/// What a page's session is borne by.
#[derive(Debug)]
pub struct PageSession {
    /// The cookie's value.
    pub cookie: Secret<String>,
    pub session: SessionId,
    pub person: PersonId,
    /// When it ends, however busy it is.
    pub expires_at: Instant,
}

/// What is to bear a session that begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bearing {
    /// The hash of the page's cookie.
    Cookie([u8; 32]),
    /// The first refresh token, by its hash.
    Refresh(TokenId, [u8; 32]),
}

/// Someone whose password was right.
#[derive(Debug)]
pub(super) struct Proven {
    pub person: PersonId,
    /// The hash it was checked against.
    pub kept: Secret<String>,
    /// A stronger hash, to be kept from now on.
    pub stronger: Option<Secret<String>>,
    pub counters: Counters,
}

/// A session as its tokens are made of it.
#[derive(Debug)]
pub(super) struct Session {
    pub id: SessionId,
    pub board: BoardId,
    pub person: PersonId,
    pub name: Secret<String>,
    pub roles: Vec<Role>,
    pub amr: String,
    pub signed_in_at: Instant,
    pub expires_at: Instant,
}

impl Session {
    /// The tokens to bear it with: the refresh token made last, and an access token that goes with it.
    pub(super) fn tokens(self, app: &App, token: TokenId, refresh: Secret<String>) -> Result<Tokens> {
        let bearer = Bearer {
            board: self.board,
            named: Named {
                session: self.id,
                person: self.person,
                token,
            },
            acr: PASSWORD_ALONE,
            amr: &self.amr,
            signed_in_at: self.signed_in_at,
        };
        Ok(Tokens {
            access: app.tokens.make(bearer, app.clock.now())?,
            refresh,
            person: self.person,
            name: self.name,
            roles: self.roles,
        })
    }
}

impl Access<'_> {
    /// Begins a session for someone whose password was right. Asked of a stranger's access to the board.
    ///
    /// # Errors
    /// [`Error::SignIn`] when the account was closed or its password changed meanwhile; [`Error::TooMany`] when others
    /// have failed at it meanwhile, so that many attempts at once are worth no more than one.
    pub(super) fn begin_session(self, proven: &Proven, bearing: Bearing) -> Result<Session> {
        let (board, person, now) = (self.standing().board, proven.person, self.now());
        let kept = self.db(|db| rows::lock_account(db, board, person))?;
        if kept.as_ref() != Some(proven.kept.expose()) {
            self.log(Happening::denied(Action::SessionStart).person(person));
            return Err(Error::SignIn);
        }
        self.forgive(&proven.counters)?;
        if let Some(stronger) = &proven.stronger {
            self.db(|db| rows::set_password(db, person, stronger.expose(), now))?;
        }
        let roles = self.roles_of(person)?;
        self.end_oldest(person, now.minus(self.idle_limit(&roles)?))?;
        let session = Session {
            id: self.fresh_id(),
            board,
            person,
            name: self.name_of(person)?,
            roles: roles_once(&roles),
            amr: PASSWORD.into(),
            signed_in_at: now,
            expires_at: now.plus(longest(&roles)),
        };
        self.insert(&session, bearing, proven.counters.pair)?;
        let begun = Happening::write(Action::SessionStart, Relation::Myself).person(person);
        self.log(begun.session(session.id, Some(PASSWORD_ALONE)));
        Ok(session)
    }

    /// Forgets the failures of a pair that has now signed in, unless one came so lately that this would be too early.
    fn forgive(self, counters: &Counters) -> Result<()> {
        let now = self.now();
        self.db(|db| {
            rows::lock_bucket(db, &counters.pair)?;
            let wait = rows::counts(db, counters)?.wait(now);
            if !wait.is_over() {
                return Err(Error::TooMany(wait.seconds()));
            }
            rows::forget_bucket(db, &counters.pair)
        })
    }

    /// Makes room for one more session. What has been idle since `idle_since` is no session any more.
    fn end_oldest(self, person: PersonId, idle_since: Instant) -> Result<()> {
        let now = self.now();
        let live = self.db(|db| rows::live_sessions(db, person, now, idle_since))?;
        let too_many = (live.len() + 1).saturating_sub(MOST);
        for oldest in live.into_iter().take(too_many) {
            self.db(|db| rows::end_session(db, oldest, now))?;
            let ended = Happening::write(Action::SessionRevoke, Relation::Myself).person(person);
            self.log(ended.session(oldest, None));
            self.tell(&[person])?;
        }
        Ok(())
    }

    fn insert(self, session: &Session, bearing: Bearing, network: [u8; 16]) -> Result<()> {
        let cookie_hash = match bearing {
            Bearing::Cookie(hash) => Some(hash.to_vec()),
            Bearing::Refresh(..) => None,
        };
        let row = SessionRow {
            id: session.id,
            board_id: session.board,
            person_id: session.person,
            cookie_hash,
            acr: PASSWORD_ALONE,
            amr: PASSWORD,
            started_at: session.signed_in_at,
            seen_at: session.signed_in_at,
            expires_at: session.expires_at,
            network_token: network.to_vec(),
            lock_no: 0,
        };
        self.db(|db| rows::insert_session(db, &row))?;
        match bearing {
            Bearing::Cookie(_) => Ok(()),
            Bearing::Refresh(id, hash) => self.insert_refresh(session.id, id, hash),
        }
    }

    pub(super) fn insert_refresh(self, session: SessionId, id: TokenId, hash: [u8; 32]) -> Result<()> {
        let row = RefreshRow {
            id,
            session_id: session,
            hash: hash.to_vec(),
            made_at: self.now(),
        };
        self.db(|db| rows::insert_refresh(db, &row))
    }

    /// Ends every session of a person, by whoever may.
    pub(crate) fn end_sessions_of(self, person: PersonId, relation: Relation) -> Result<()> {
        let now = self.now();
        for session in self.db(|db| rows::live_sessions(db, person, now, Instant::from_micros(0)))? {
            self.db(|db| rows::end_session(db, session, now))?;
            self.log(Happening::write(Action::SessionRevoke, relation).object("session", session));
        }
        Ok(())
    }

    /// Ends the session one came with, and all its tokens with it.
    ///
    /// # Errors
    /// [`Error::SignIn`] when it ended meanwhile.
    pub fn sign_out(self) -> Result<()> {
        let session = self.standing().session.ok_or(Error::SignIn)?;
        let now = self.now();
        if !self.db(|db| rows::end_session(db, session, now))? {
            return Err(Error::SignIn);
        }
        self.log(Happening::write(Action::SessionEnd, Relation::Myself));
        Ok(())
    }
}

/// A secret of 256 bits for a cookie, and how the session is found by it.
pub(super) fn fresh_cookie() -> (Secret<String>, Bearing) {
    let (cookie, hash) = fresh_token();
    (cookie, Bearing::Cookie(hash))
}

/// The session a page's cookie names, if it has not ended, and whose it is. What it is worth is read inside the
/// transaction.
///
/// # Errors
/// [`Error::SignIn`] when it names none.
pub async fn session_of_cookie(app: &App, cookie: &Secret<String>) -> Result<(SessionId, PersonId)> {
    let hash = sha256(cookie.expose().as_bytes());
    let find = move |db: &mut crate::db::Db| rows::session_of_cookie(db, &hash);
    app.store.survey(&rows::BEARERS, find).await
}

/// Whether the session that a page's cookie names still stands.
///
/// # Errors
/// [`Error::SignIn`] when it does not; [`Error::Unavailable`] when that cannot be looked up.
pub async fn cookie_stands(app: &App, cookie: &Secret<String>, origin: Origin) -> Result<()> {
    let (session, _) = session_of_cookie(app, cookie).await?;
    let standing = app.door.standing(Actor::bearer(session, None, origin));
    standing.await.map(drop)
}
