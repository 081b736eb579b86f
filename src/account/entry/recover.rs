//! Lost passwords (SES-11): everyone is answered alike and at once; what is to be done is done behind the answer, so
//! that neither it nor its time tells whether an address is known.

use super::RECOVERY;
use super::rows::{self, RecoveryRow};
use crate::access::policy::Relation;
use crate::access::{Access, Actor, Happening, Origin};
use crate::account::rows as people;
use crate::account::verbs::email_token;
use crate::app::App;
use crate::audit::Action;
use crate::board::find_board;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::outbox::LetterKind;
use crate::secret::{SecretText, fresh_token};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Between two letters to one person.
const BETWEEN: Duration = Duration::from_secs(5 * 60);
/// Letters to one person in a day.
const MOST: usize = 5;
/// Requests in work; what comes above that is dropped, as if the address were unknown.
static IN_WORK: Semaphore = Semaphore::const_new(128);

/// Begins to recover a lost password, behind the answer.
pub fn recover(app: &App, board: String, email: SecretText, origin: Origin) {
    let app = app.clone();
    let Ok(place) = IN_WORK.try_acquire() else {
        tracing::warn!("too many lost passwords at once; one was dropped");
        return;
    };
    tokio::spawn(async move {
        if let Err(cause) = begin(&app, &board, email, origin).await {
            tracing::error!(%cause, request = %origin.request, "a lost password could not be seen to");
        }
        drop(place);
    });
}

async fn begin(app: &App, board: &str, email: SecretText, origin: Origin) -> Result<()> {
    let Some((board, alone)) = find_board(app, board).await? else {
        return Ok(());
    };
    let keyring = app.keyring.clone();
    let look = move |db: &mut Db| {
        let token = email_token(keyring.of(db, board)?.index(), email.expose());
        people::account(db, board, &token)
    };
    let account = app.store.survey(&rows::LOST, look).await?;
    let usable = account.filter(|account| account.disabled_at.is_none() && account.phc.is_some());
    let stranger = Actor::stranger(board, origin);
    let begun = match usable.filter(|_| alone || app.is_demo()) {
        Some(account) => {
            let begin = move |access: Access<'_>| access.begin_recovery(account.person);
            app.door.write(stranger, begin).await
        }
        None => Err(Error::NotFound),
    };
    match begun {
        Err(Error::NotFound | Error::TooMany(_)) => app.door.turn_away(stranger, Action::RecoveryStart).await,
        done => done,
    }
}

impl Access<'_> {
    /// Leaves a letter with a token. Asked of a stranger's access to the board.
    fn begin_recovery(self, person: PersonId) -> Result<()> {
        let (board, now, id) = (self.standing().board, self.now(), self.fresh_id());
        if self.db(|db| rows::lock_open(db, board, person))?.is_none() {
            return Err(Error::NotFound);
        }
        let begun = self.db(|db| rows::begun(db, person, now))?;
        if begun.len() >= MOST || begun.first().is_some_and(|last| now.since(*last) < BETWEEN) {
            return Err(Error::TooMany(BETWEEN.as_secs()));
        }
        let (token, hash) = fresh_token();
        let row = RecoveryRow {
            id,
            board_id: board,
            person_id: person,
            hash: hash.to_vec(),
            made_at: now,
            expires_at: now.plus(RECOVERY),
        };
        self.db(|db| rows::insert_recovery(db, &row))?;
        self.send_token(person, LetterKind::Recovery, &token)?;
        self.log(Happening::write(Action::RecoveryStart, Relation::Myself).person(person));
        Ok(())
    }

    /// Makes every token void that lies in a person's letters: they went to an address that is no longer theirs.
    pub(in crate::account) fn void_tokens(self, person: PersonId) -> Result<()> {
        let now = self.now();
        self.db(|db| rows::void_all(db, person, now))
    }
}
