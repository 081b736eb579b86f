//! Exchanging a refresh token for the next (SES-06). Each works once. The one exception is an answer that got lost:
//! used again within half a minute, while nobody has used its successor or the access token made with that, it gets
//! another successor, and the unused one dies with its access token. Anything else that comes twice was stolen from
//! someone: the session ends for both.

use super::rows::{self, KeptRefresh};
use super::session::{Session, Tokens};
use super::verbs::roles_once;
use crate::access::policy::Relation;
use crate::access::{Access, Actor, Happening, Origin, TokenId};
use crate::app::App;
use crate::audit::Action;
use crate::clock::Instant;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::secret::{Secret, fresh_token, sha256};
use std::time::Duration;

/// How long an answer may be thought lost, from the token's first use.
const GRACE: Duration = Duration::from_secs(30);

/// What using a refresh token amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    First,
    /// The answer to its first use, at this time, got lost; this successor was never used.
    AnswerLost(Instant, TokenId),
    Stolen,
}

/// What comes of an exchange that is written.
enum Exchange {
    Made(Session),
    /// The session ended. It must be written, and so it is no error yet.
    Revoked,
}

/// Exchanges a refresh token for the next and a new access token.
///
/// # Errors
/// [`Error::SignIn`] when there is no such token, its session has ended, run out or been idle too long, or the token
/// was used before; in the last case the session ends.
pub async fn refresh(app: &App, presented: &Secret<String>, origin: Origin) -> Result<Tokens> {
    let hash = sha256(presented.expose().as_bytes());
    let find = move |db: &mut Db| rows::session_of_refresh(db, &hash);
    let session = app.store.survey(&rows::BEARERS, find).await?;
    let (next, next_hash) = fresh_token();
    let id = app.clock.fresh_id();
    let exchange = move |access: Access<'_>| access.exchange(&hash, (id, next_hash));
    match app.door.write(Actor::bearer(session, None, origin), exchange).await? {
        Exchange::Made(session) => session.tokens(app, id, next),
        Exchange::Revoked => Err(Error::SignIn),
    }
}

fn judge(token: &KeptRefresh, successor: Option<&KeptRefresh>, now: Instant) -> Use {
    match (token.dead_at, token.used_at, successor) {
        (None, None, _) => Use::First,
        (None, Some(used_at), Some(next)) if now.since(used_at) <= GRACE && is_untouched(next) => {
            Use::AnswerLost(used_at, next.id)
        }
        _ => Use::Stolen,
    }
}

/// Whether neither a refresh token nor the access token made with it was ever used.
fn is_untouched(token: &KeptRefresh) -> bool {
    token.used_at.is_none() && token.access_used_at.is_none() && token.dead_at.is_none()
}

impl Access<'_> {
    /// Puts `next` (its id and hash) in the place of the presented token, known by its hash.
    fn exchange(self, hash: &[u8; 32], next: (TokenId, [u8; 32])) -> Result<Exchange> {
        let (standing, now) = (self.standing(), self.now());
        let (id, person) = (standing.session.ok_or(Error::SignIn)?, standing.person()?);
        // The lock first: of two exchanges at once the second sees what the first has done.
        let (signed_in_at, expires_at, amr) = self.db(|db| rows::lock_session(db, id))?.ok_or(Error::SignIn)?;
        let token = self.db(|db| rows::refresh_by_hash(db, id, hash))?;
        let successor = token.successor.map(|next| self.db(|db| rows::refresh_by_id(db, next)));
        let used_at = match judge(&token, successor.transpose()?.as_ref(), now) {
            Use::First => now,
            Use::AnswerLost(used_at, unused) => {
                self.db(|db| rows::kill_refresh(db, unused, now))?;
                used_at
            }
            Use::Stolen => {
                self.db(|db| rows::end_session(db, id, now))?;
                self.log(Happening::write(Action::SessionRevoke, Relation::Myself));
                self.tell(&[person])?;
                return Ok(Exchange::Revoked);
            }
        };
        self.insert_refresh(id, next.0, next.1)?;
        self.db(|db| rows::succeed_refresh(db, token.id, used_at, next.0))?;
        self.log(Happening::write(Action::SessionRefresh, Relation::Myself));
        Ok(Exchange::Made(Session {
            id,
            board: standing.board,
            person,
            name: self.name_of(person)?,
            roles: roles_once(&standing.roles),
            amr,
            signed_in_at,
            expires_at,
        }))
    }
}
