//! Signing in with a password, one way for both faces. Whatever is wrong is answered alike and takes the same time:
//! board, address, password, a closed account. The order is: wait if others failed ([`super::guess`]), compute the hash
//! outside any transaction, then count the failure or begin the session, both judged anew under a lock.

use super::guess::{Bucket, Counters, Wait};
use super::rows::{self, AccountRow};
use super::session::{Bearing, PageSession, Proven, Session, Tokens, fresh_cookie};
use super::verbs::email_token;
use crate::access::{Actor, Happening, Origin};
use crate::app::App;
use crate::audit::Action;
use crate::board::find_board;
use crate::crypt::password::{LONGEST, Verdict};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::id::{BoardId, PersonId};
use crate::places::Asker;
use crate::secret::{Secret, fresh_token};
use crate::typed::normal_address;
use std::time::Duration;

/// The longest wait that is waited for; whoever has to wait longer is told to come back. So a slip of the fingers, or a
/// form sent twice, is not answered with a refusal.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest code of a second factor.
const LONGEST_CODE: usize = 64;
/// How often a count is begun anew when another instance makes the same row at the same moment.
const TRIES: usize = 3;

/// What someone types to sign in.
#[derive(Debug)]
pub struct Attempt {
    /// The board's slug.
    pub board: String,
    pub email: Secret<String>,
    pub password: Secret<String>,
    /// Of a second factor, for whoever has one.
    pub code: Option<Secret<String>>,
}

/// Whoever stands at the sign-in, as far as they have said.
#[derive(Debug, Clone)]
struct Stranger {
    /// `None`: there is no such board.
    board: Option<BoardId>,
    /// In its normal form.
    email: Secret<String>,
    counters: Counters,
    origin: Origin,
}

/// Signs in through the REST API.
///
/// # Errors
/// [`Error::SignIn`] for wrong anything; [`Error::TooMany`] when it is too early; [`Error::PasswordsOff`] where the
/// board lets no password alone in.
pub async fn open_api_session(app: &App, attempt: Attempt, origin: Origin) -> Result<Tokens> {
    let (refresh, hash) = fresh_token();
    let token = app.clock.fresh_id();
    let session = sign_in(app, attempt, origin, Bearing::Refresh(token, hash)).await?;
    session.tokens(app, token, refresh)
}

/// Signs in through a page.
///
/// # Errors
/// As [`open_api_session`].
pub async fn open_page_session(app: &App, attempt: Attempt, origin: Origin) -> Result<PageSession> {
    let (cookie, bearing) = fresh_cookie();
    let session = sign_in(app, attempt, origin, bearing).await?;
    Ok(PageSession {
        cookie,
        session: session.id,
        person: session.person,
        expires_at: session.expires_at,
    })
}

async fn sign_in(app: &App, attempt: Attempt, origin: Origin, bearing: Bearing) -> Result<Session> {
    let stranger = stranger(app, &attempt, origin).await?;
    let (account, is_known) = admit(app, &stranger).await?;
    let person = account.as_ref().map(|account| account.person);
    let Some(proven) = prove(app, &stranger, (account, is_known), attempt).await? else {
        return Err(fail(app, &stranger, person).await);
    };
    let Some(board) = stranger.board else {
        return Err(Error::SignIn);
    };
    let begin = move |access: crate::access::Access<'_>| access.begin_session(&proven, bearing);
    match app.door.write(Actor::stranger(board, origin), begin).await {
        Err(Error::TooMany(seconds)) => Err(turn_away(app, &stranger, seconds).await),
        done => done,
    }
}

/// Finds the board, and refuses where it lets no password alone in.
async fn stranger(app: &App, attempt: &Attempt, origin: Origin) -> Result<Stranger> {
    let board = match find_board(app, &attempt.board).await? {
        Some((board, passwords_alone)) if passwords_alone || app.is_demo() => Some(board),
        Some((board, _)) => {
            app.door
                .turn_away(Actor::stranger(board, origin), Action::SessionStart)
                .await?;
            return Err(Error::PasswordsOff);
        }
        None => None,
    };
    let email = normal_address(attempt.email.expose());
    Ok(Stranger {
        board,
        counters: Counters::of(&app.strangers(), &attempt.board, &email, origin.network()),
        email: Secret::new(email),
        origin,
    })
}

/// Lets a stranger try when it is time, and finds the account they speak of, and whether it has signed in from there
/// before.
async fn admit(app: &App, stranger: &Stranger) -> Result<(Option<AccountRow>, bool)> {
    let mut has_waited = false;
    loop {
        let (account, is_known, wait) = look(app, stranger).await?;
        if wait.is_over() {
            return Ok((account, is_known));
        }
        if wait.begins {
            note(app, stranger).await?;
        }
        if has_waited || wait.left > PATIENCE {
            app.metrics.sign_ins_failed.inc();
            return Err(turn_away(app, stranger, wait.seconds()).await);
        }
        app.clock.wait(wait.left).await;
        has_waited = true;
    }
}

async fn look(app: &App, stranger: &Stranger) -> Result<(Option<AccountRow>, bool, Wait)> {
    let (keyring, now, stranger) = (app.keyring.clone(), app.clock.now(), stranger.clone());
    let look = move |db: &mut Db| {
        let account = match stranger.board {
            Some(board) => {
                let token = email_token(keyring.of(db, board)?.index(), stranger.email.expose());
                rows::account(db, board, &token)?
            }
            None => None,
        };
        let counts = rows::counts(db, &stranger.counters)?;
        Ok((account, counts.known, counts.wait(now)))
    };
    app.store.survey(&rows::VISITORS, look).await
}

/// Computes the hash: the account's, or for want of one a hash of nothing anyone types, which takes as long.
async fn prove(
    app: &App,
    stranger: &Stranger,
    (account, is_known): (Option<AccountRow>, bool),
    attempt: Attempt,
) -> Result<Option<Proven>> {
    let is_too_long = attempt.password.expose().len() > LONGEST
        || attempt.code.is_some_and(|code| code.expose().len() > LONGEST_CODE);
    let (person, kept) = match account {
        Some(account) if account.disabled_at.is_none() && !is_too_long => (Some(account.person), account.phc),
        _ => (None, None),
    };
    let password = if is_too_long {
        Secret::new(String::new())
    } else {
        attempt.password
    };
    let asker = Asker {
        from: stranger.origin.network(),
        is_known,
    };
    let stronger = match app.passwords.verify(password, kept.clone(), asker).await? {
        Verdict::Wrong => return Ok(None),
        Verdict::Right => None,
        Verdict::RightUpgraded(hash) => Some(Secret::new(hash)),
    };
    Ok(person.zip(kept).map(|(person, kept)| Proven {
        person,
        kept: Secret::new(kept),
        stronger,
        counters: stranger.counters,
    }))
}

/// Counts a failure and notes it in the board's log; gives the error to answer with.
async fn fail(app: &App, stranger: &Stranger, person: Option<PersonId>) -> Error {
    app.metrics.sign_ins_failed.inc();
    match count(app, stranger).await {
        Ok(wait) if !wait.is_over() => return turn_away(app, stranger, wait.seconds()).await,
        Ok(_) => {}
        Err(cause) => return cause,
    }
    let Some(board) = stranger.board else {
        tracing::info!(request = %stranger.origin.request, "somebody tried to sign in at a board that there is not");
        return Error::SignIn;
    };
    let tried = Happening::denied(Action::SessionStart);
    let tried = person.map_or(tried.clone(), |person| tried.person(person));
    let noted = app.door.write(Actor::stranger(board, stranger.origin), move |access| {
        access.log(tried);
        Err::<(), _>(Error::SignIn)
    });
    noted.await.err().unwrap_or(Error::SignIn)
}

/// Counts a failure, unless by now it has been too early for this attempt: then nothing is said of its password, and
/// many attempts at once are worth no more than one.
async fn count(app: &App, stranger: &Stranger) -> Result<Wait> {
    let (counters, now) = (stranger.counters, app.clock.now());
    in_buckets(app, move |db| {
        for (token, _) in counters.all() {
            rows::lock_bucket(db, &token)?;
        }
        let counts = rows::counts(db, &counters)?;
        let wait = counts.wait(now);
        if wait.is_over() {
            let found = [counts.pair, counts.account, counts.network, counts.everyone];
            for ((token, over), found) in counters.all().into_iter().zip(found) {
                rows::keep_bucket(db, &token, Bucket::with_failure(found, over, now))?;
            }
        }
        Ok(wait)
    })
    .await
}

/// Notes when a pair was first made to wait.
async fn note(app: &App, stranger: &Stranger) -> Result<()> {
    let (pair, now) = (stranger.counters.pair, app.clock.now());
    in_buckets(app, move |db| rows::ensure_bucket(db, &pair, Bucket::empty(now))).await
}

/// Works on the buckets, beginning anew when another instance has made the same one meanwhile.
async fn in_buckets<T: Send + 'static>(
    app: &App,
    work: impl Fn(&mut Db) -> Result<T> + Clone + Send + 'static,
) -> Result<T> {
    for _ in 1..TRIES {
        match app.store.chore(&rows::VISITORS, work.clone()).await {
            Err(Error::Conflict(_)) => {}
            done => return done,
        }
    }
    app.store.chore(&rows::VISITORS, work).await
}

/// Notes an attempt that came too early; gives the error to answer with.
async fn turn_away(app: &App, stranger: &Stranger, seconds: u64) -> Error {
    let Some(board) = stranger.board else {
        return Error::TooMany(seconds);
    };
    let actor = Actor::stranger(board, stranger.origin);
    let noted = app.door.turn_away(actor, Action::SessionStart).await;
    noted.err().unwrap_or(Error::TooMany(seconds))
}
