//! Using a token: choosing a password, and with an invitation becoming what it says. The token is looked at before
//! anything is computed, and again under the account's lock, so that of two uses at once one counts.

use super::Welcome;
use super::rows::{self, InvitationRow, Way};
use crate::access::policy::Relation;
use crate::access::{Access, Actor, Happening, Once, Origin, Role};
use crate::account::password::hash_new_password;
use crate::account::roles::Give;
use crate::account::rows as people;
use crate::app::App;
use crate::audit::Action;
use crate::board::board_words;
use crate::crypt::RowKey;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::id::{BoardId, PersonId, of};
use crate::outbox::LetterKind;
use crate::secret::{Secret, SecretText, sha256};
use crate::web::Language;

/// Accepts an invitation with a first password. Someone who has one keeps it, whatever is given here.
///
/// # Errors
/// [`Error::SignIn`] when the token is none, was used, has expired or was made void; [`Error::Invalid`] for a password
/// that cannot be one.
pub async fn accept_invitation(
    app: &App,
    (token, password): (&SecretText, SecretText),
    once: Option<Once>,
    origin: Origin,
) -> Result<Welcome> {
    accept(app, Way::Invitation, (token, password), once, origin).await
}

/// Sets a new password for one that was lost; every session ends.
///
/// # Errors
/// As [`accept_invitation`].
pub async fn accept_recovery(
    app: &App,
    (token, password): (&SecretText, SecretText),
    once: Option<Once>,
    origin: Origin,
) -> Result<Welcome> {
    accept(app, Way::Recovery, (token, password), once, origin).await
}

impl Way {
    const fn action(self) -> Action {
        match self {
            Way::Invitation => Action::InvitationAccept,
            Way::Recovery => Action::RecoveryAccept,
        }
    }
}

/// Whom a token is for.
struct Bearer {
    board: BoardId,
    person: PersonId,
    name: SecretText,
    email: SecretText,
    works: bool,
}

async fn accept(
    app: &App,
    way: Way,
    (token, password): (&SecretText, SecretText),
    once: Option<Once>,
    origin: Origin,
) -> Result<Welcome> {
    let hash = sha256(token.expose().as_bytes());
    let (keyring, now) = (app.keyring.clone(), app.clock.now());
    let look = move |db: &mut Db| {
        let Some(found) = rows::find(db, way, &hash)? else {
            return Ok(None);
        };
        let key = keyring
            .of(db, found.board)?
            .row_key("person", found.person.uuid(), &found.wrapped_key)?;
        let open = |column, sealed: &[u8]| key.open("person", column, found.person, found.version, sealed);
        Ok(Some(Bearer {
            board: found.board,
            person: found.person,
            name: open("name", &found.name)?,
            email: open("email", &found.email)?,
            works: found.works(now),
        }))
    };
    let Some(bearer) = app.store.survey(&rows::TOKENS, look).await? else {
        return Err(Error::SignIn);
    };
    let stranger = Actor::stranger(bearer.board, origin);
    if !bearer.works {
        let person = bearer.person;
        let told = match once {
            Some(once) => {
                let again = move |access: Access<'_>| access.took_before(way, person, Some(&once));
                app.door.write(stranger, again).await
            }
            None => Err(Error::SignIn),
        };
        if let Err(Error::SignIn) = told {
            app.door.turn_away(stranger, way.action()).await?;
        }
        return told;
    }
    let board = board_words(app, bearer.board).await?;
    let whose = (bearer.email.expose().as_str(), bearer.name.expose().as_str());
    let phc = hash_new_password(app, password, whose, &board).await?;
    let person = bearer.person;
    // English is chosen; Swedish is what there is until something is.
    let chosen = Some(Language::spoken()).filter(|language| *language != Language::default());
    let take = move |access: Access<'_>| {
        let welcome = access.take_token(way, (person, &hash), &phc, once.as_ref())?;
        match chosen {
            Some(language) if matches!(way, Way::Invitation) => access.prefers(person, language).map(|()| welcome),
            _ => Ok(welcome),
        }
    };
    app.door.write(stranger, take).await
}

impl Access<'_> {
    /// Uses a token up. Asked of a stranger's access to the board.
    fn take_token(
        self,
        way: Way,
        (person, hash): (PersonId, &[u8; 32]),
        phc: &Secret<String>,
        once: Option<&Once>,
    ) -> Result<Welcome> {
        let (board, now) = (self.standing().board, self.now());
        // Of two calls at once with one key the second finds here what the first did.
        match self.took_before(way, person, once) {
            Err(Error::SignIn) => {}
            told => return told,
        }
        let locked = self.db(|db| rows::lock_open(db, board, person))?;
        let taken = locked.is_some() && self.db(|db| rows::take(db, way, hash, now))?;
        let Some(wrapped) = locked.filter(|_| taken) else {
            self.log(Happening::denied(way.action()).person(person));
            return Err(Error::SignIn);
        };
        let had_one = self.db(|db| rows::has_password(db, person))?;
        // Who has an account keeps its password: an invitation adds to the account, and is no way to take it over.
        let chooses = !had_one || matches!(way, Way::Recovery);
        if chooses {
            self.db(|db| {
                if had_one {
                    people::set_password(db, person, phc.expose(), now)?;
                } else {
                    people::insert_credential(db, person, phc.expose(), now)?;
                }
                // A password chosen is the end of every other way to choose one.
                rows::void_recoveries(db, person, now)
            })?;
        }
        if had_one && chooses {
            self.end_sessions_of(person, Relation::Myself)?;
            self.tell_of(person, LetterKind::Alarm)?;
        }
        match way {
            Way::Recovery => self.log(Happening::write(way.action(), Relation::Myself).person(person)),
            Way::Invitation => {
                let key = self.keys()?.row_key("person", person.uuid(), &wrapped)?;
                let row = self.db(|db| rows::invitation(db, hash))?;
                self.become_invited(person, row, &key)?;
            }
        }
        self.remember_by(person, once, person)?;
        Ok(Welcome {
            board: self.board_slug()?,
        })
    }

    /// That a token that works no more was taken by this very call, sent before: its answer was lost on the way.
    fn took_before(self, way: Way, person: PersonId, once: Option<&Once>) -> Result<Welcome> {
        if self.made_by::<of::Person>(person, once)?.is_none() {
            return Err(Error::SignIn);
        }
        self.log(Happening::read(way.action(), Relation::Myself).person(person));
        Ok(Welcome {
            board: self.board_slug()?,
        })
    }

    /// Whether whoever sent an invitation holds a role by which they could: homes are invited by those who handle their
    /// errands and may have to do with the home, staff by the steward.
    fn may_still_invite(self, by: PersonId, row: &InvitationRow) -> Result<bool> {
        let could = |role: Role| match row.home_id {
            Some(_) => role.handles_errands(),
            None => matches!(role, Role::Steward),
        };
        let may_meet = match row.home_id {
            Some(home) => self.kept_to(home)?.may_meet(by),
            None => true,
        };
        Ok(may_meet && self.is_staff_here(by)? && self.roles_of(by)?.iter().any(|held| could(held.role)))
    }

    /// Makes someone what their invitation says; the caller holds the person's row.
    fn become_invited(self, person: PersonId, row: InvitationRow, key: &RowKey) -> Result<()> {
        let (action, now) = (Action::InvitationAccept, self.now());
        if let Some(by) = row.invited_by
            && !self.may_still_invite(by, &row)?
        {
            // What whoever invited could give then they can give no more.
            self.log(Happening::denied(action).person(person));
            return Err(Error::SignIn);
        }
        let done = Happening::write(action, Relation::Myself).person(person);
        self.log(done.home(row.home_id).object("invitation", row.id));
        // Whom the operator invited has role and home already, or has lost them since.
        let Some(by) = row.invited_by else { return Ok(()) };
        let give = Give {
            role: Role::read(&row.role)?,
            unit: row.unit_id,
            from: row.from_at.min(now),
            to: None,
            reason: Secret::new("Inbjudan".into()),
            by,
        };
        if let Some(home) = row.home_id {
            self.join_home((home, person), (row.from_at, row.to_at), Relation::Myself)?;
        }
        let holds = self.roles_of(person)?;
        let is_held = |held: &crate::access::Held| (held.role, held.unit) == (give.role, give.unit);
        if !holds.iter().any(is_held) {
            self.grant_or_propose(person, give, key, Relation::Myself)?;
        }
        Ok(())
    }
}
