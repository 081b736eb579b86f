//! What a session is worth right now: whose it is, the roles and homes of that person. Read by primary key inside the
//! data's own transaction, so that sign-out, the loss of a role and the end of a membership hold at the next call on
//! every instance, and there is no cache to go stale.

use super::actor::{TokenId, Who};
use super::idle::{IDLE_HOME_MINUTES, IDLE_LEAST, IDLE_LEAST_MINUTES, IDLE_STAFF_MINUTES};
use super::policy::Role;
use super::shut::{ShutOff, shut_of};
use crate::clock::{Day, Instant};
use crate::db::schema::{
    board_setting, conflict, home, home_member, person, protected_grant, refresh_token, role_grant, session,
};
use crate::db::{Db, Keep, is_protected, unsearched};
use crate::error::{Error, Result};
use crate::id::{BoardId, HomeId, Id, PersonId, SessionId, UnitId};
use diesel::prelude::*;
use std::time::Duration;

/// The longest a session of staff lasts, however busy it is.
pub const LONGEST_STAFF: Duration = Duration::from_secs(10 * 60 * 60);
/// The longest a home's session lasts.
pub const LONGEST_HOME: Duration = Duration::from_secs(12 * 60 * 60);
/// How often "last seen" is written; idle limits are exact to this.
pub(super) const SEEN_EVERY: Duration = Duration::from_secs(60);

/// A role held now, for one unit or for the whole board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub role: Role,
    pub unit: Option<UnitId>,
}

/// The person behind a session, or nobody yet, or the program.
#[derive(Debug, Clone)]
pub struct Standing {
    pub board: BoardId,
    pub person: Option<PersonId>,
    pub roles: Vec<Held>,
    /// The homes the person is a member of now, as a contractor.
    pub homes: Vec<HomeId>,
    /// The homes the person is to have nothing to do with, as staff: by a conflict of interest (förvaltningslagen
    /// 16 §), or since someone there is protected and the person is not named for it (OSL 26 kap. 1 §).
    pub apart: Vec<HomeId>,
    /// The board's homes where someone is protected, or was: known whoever asks, also nobody and the program.
    pub protected: Vec<HomeId>,
    /// The assignments of these homes that are shut to them.
    pub(super) shut: ShutOff,
    pub session: Option<SessionId>,
    /// How strongly the person signed in.
    pub acr: Option<&'static str>,
    /// When the person signed in; what takes a fresh sign-in asks.
    pub(super) signed_in_at: Option<Instant>,
    /// When the session ends however busy it is.
    pub(super) expires_at: Option<Instant>,
    pub(super) operator: bool,
    /// What is to be written of the session's use, if anything.
    pub(super) seen: Option<Seen>,
}

/// A session was used: when, and the access token if it had never been used before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    session: SessionId,
    at: Instant,
    first_use: Option<TokenId>,
}

impl Standing {
    /// Reads what `who` is worth at `now`.
    ///
    /// # Errors
    /// [`Error::SignIn`] when the session is unknown, ended, idle too long, the person's account is closed or the
    /// access token has been replaced unused.
    pub(super) fn read(db: &mut Db, who: Who, now: Instant) -> Result<Standing> {
        match who {
            Who::Stranger(board) => Standing::of_nobody(db, board, false),
            Who::Operator(board) => Standing::of_nobody(db, board, true),
            Who::Bearer { session, token } => Standing::of_session(db, session, token, now),
        }
    }

    fn of_nobody(db: &mut Db, board: BoardId, operator: bool) -> Result<Standing> {
        Ok(Standing {
            board,
            protected: protected_homes(db, board)?,
            person: None,
            roles: vec![],
            homes: vec![],
            apart: vec![],
            shut: ShutOff::default(),
            session: None,
            acr: None,
            signed_in_at: None,
            expires_at: None,
            operator,
            seen: None,
        })
    }

    fn of_session(db: &mut Db, id: SessionId, token: Option<TokenId>, now: Instant) -> Result<Standing> {
        type Found = (
            BoardId,
            PersonId,
            String,
            Instant,
            Instant,
            Instant,
            Option<TokenId>,
            Option<Instant>,
            Option<Instant>,
        );
        // A page's cookie comes without a token; nothing bears the id of no token.
        let asked = token.unwrap_or(Id::of_none());
        let with_token = refresh_token::id
            .eq(asked)
            .and(refresh_token::session_id.eq(session::id));
        let live = session::ended_at.is_null().and(person::disabled_at.is_null());
        let found: Option<Found> = session::table
            .inner_join(person::table.on(person::id.eq(session::person_id)))
            .left_join(refresh_token::table.on(with_token))
            .filter(session::id.eq(id).and(live))
            .select((
                session::board_id,
                session::person_id,
                session::acr,
                session::started_at,
                session::seen_at,
                session::expires_at,
                refresh_token::id.nullable(),
                refresh_token::access_used_at.nullable(),
                refresh_token::dead_at.nullable(),
            ))
            .first(db)
            .optional()?;
        let (board, person, acr, started_at, seen_at, expires_at, made, used_at, dead_at) =
            found.ok_or(Error::SignIn)?;
        // The access token's row is that of the refresh token it was made with. One that was replaced before anyone
        // used it is worth nothing.
        if token.is_some() && (made.is_none() || dead_at.is_some()) {
            return Err(Error::SignIn);
        }
        let first_use = token.filter(|_| used_at.is_none());
        let roles = held_roles(db, person, now)?;
        // What no board can end yet is not asked about: most calls come soon after the one before.
        let idle = now.since(seen_at);
        if now >= expires_at || (idle >= IDLE_LEAST && idle >= idle_limit(db, (board, now.day()), &roles)?) {
            return Err(Error::SignIn);
        }
        let is_contractor = roles.iter().any(|held| held.role == Role::Contractor);
        let homes = if is_contractor {
            homes_of(db, person, now)?
        } else {
            Vec::new()
        };
        let (protected, mut apart) = (protected_homes(db, board)?, Vec::new());
        if has_staff(&roles) {
            apart = apart_from(db, person)?;
            if !protected.is_empty() {
                let named = named_for(db, person, now)?;
                apart.extend(protected.iter().filter(|home| !named.contains(home)));
            }
            // Whoever lives in a home is no staff to it, also without the role of a home.
            apart.extend(homes_of(db, person, now)?);
        }
        let shut = shut_of(db, (board, &homes), now.day())?;
        let seen = (first_use.is_some() || now.since(seen_at) >= SEEN_EVERY).then_some(Seen {
            session: id,
            at: now,
            first_use,
        });
        let (session, acr) = (Some(id), acr_text(&acr));
        Ok(Standing {
            board,
            person: Some(person),
            roles,
            homes,
            apart,
            protected,
            shut,
            session,
            acr,
            signed_in_at: Some(started_at),
            expires_at: Some(expires_at),
            operator: false,
            seen,
        })
    }

    /// The person signed in.
    ///
    /// # Errors
    /// [`Error::SignIn`] when nobody is.
    pub fn person(&self) -> Result<PersonId> {
        self.person.ok_or(Error::SignIn)
    }

    pub fn holds(&self, role: Role) -> bool {
        self.roles.iter().any(|held| held.role == role)
    }

    pub fn is_staff(&self) -> bool {
        has_staff(&self.roles)
    }

    /// The units led by the person.
    pub fn leads(&self) -> impl Iterator<Item = UnitId> + '_ {
        self.roles
            .iter()
            .filter(|held| held.role == Role::TeamLead)
            .filter_map(|held| held.unit)
    }

    /// The units the person is manager of (enhetschef).
    pub fn manages(&self) -> impl Iterator<Item = UnitId> + '_ {
        let manages = |held: &&Held| held.role == Role::UnitManager;
        self.roles.iter().filter(manages).filter_map(|held| held.unit)
    }

    /// Whether the person has anyone to send something for: a home they belong to now, or those whose errands they
    /// handle.
    pub(crate) fn sends(&self) -> bool {
        self.handles_errands() || !self.homes.is_empty()
    }

    /// Whether the person has the role of a home and belongs to none now, and is nothing else here.
    pub(crate) fn is_without_home(&self) -> bool {
        self.holds(Role::Contractor) && self.homes.is_empty() && !self.is_staff()
    }

    /// Whether the person works with errands.
    pub(crate) fn handles_errands(&self) -> bool {
        self.roles.iter().any(|held| held.role.handles_errands())
    }

    /// Whether the person, as staff, reaches errands at all.
    pub(crate) fn sees_errands(&self) -> bool {
        self.roles.iter().any(|held| held.role.sees_errands())
    }

    /// The units in which the person handles errands.
    pub(super) fn handles_in(&self) -> impl Iterator<Item = UnitId> + '_ {
        let handles = |held: &&Held| held.role.handles_errands();
        self.roles.iter().filter(handles).filter_map(|held| held.unit)
    }

    /// The unit on whose behalf the person acts, for the log.
    pub(super) fn unit(&self) -> Option<UnitId> {
        self.roles.iter().find_map(|held| held.unit)
    }
}

impl Seen {
    /// Writes it; a session ended meanwhile stays ended.
    ///
    /// # Errors
    /// [`Error::SignIn`] when the access token, never used before, has been replaced meanwhile: whoever replaced it
    /// relied on its not being used, so it must not count now.
    pub(super) fn write(self, db: &mut Db) -> Result<()> {
        // The session's row first: it is what a refresh locks too.
        let row = session::table.filter(session::id.eq(self.session).and(session::ended_at.is_null()));
        diesel::update(row)
            .set(session::seen_at.eq(self.at))
            .kept()
            .execute(db)?;
        let Some(token) = self.first_use else { return Ok(()) };
        let live = refresh_token::table.filter(refresh_token::id.eq(token).and(refresh_token::dead_at.is_null()));
        let used = diesel::update(live).set(refresh_token::access_used_at.eq(self.at));
        if used.kept().execute(db)? == 1 {
            Ok(())
        } else {
            Err(Error::SignIn)
        }
    }
}

/// Inactivity that ends a session of someone with these roles on that day.
pub(super) fn idle_limit(db: &mut Db, (board, day): (BoardId, Day), roles: &[Held]) -> Result<Duration> {
    let (name, most) = match has_staff(roles) {
        true => ("idle_staff_minutes", IDLE_STAFF_MINUTES),
        false => ("idle_home_minutes", IDLE_HOME_MINUTES),
    };
    let set: Option<String> = board_setting::table
        .filter(board_setting::board_id.eq(board).and(board_setting::name.eq(name)))
        .filter(board_setting::from_on.le(day))
        .order((board_setting::from_on.desc(), board_setting::id.desc()))
        .select(board_setting::value)
        .first(db)
        .optional()?;
    let set = set.map(|value| serde_json::from_str::<i64>(&value).map_err(Error::fault));
    let minutes = set.transpose()?.unwrap_or(most).clamp(IDLE_LEAST_MINUTES, most);
    Ok(Duration::from_secs(minutes.unsigned_abs() * 60))
}

/// The longest a session of someone with these roles lasts.
pub(crate) fn longest(roles: &[Held]) -> Duration {
    if has_staff(roles) { LONGEST_STAFF } else { LONGEST_HOME }
}

pub(super) fn has_staff(roles: &[Held]) -> bool {
    roles.iter().any(|held| held.role.is_staff())
}

/// The roles a person holds now.
pub(super) fn held_roles(db: &mut Db, person: PersonId, now: Instant) -> Result<Vec<Held>> {
    let rows: Vec<(String, Option<UnitId>)> = role_grant::table
        .filter(role_grant::person_id.eq(person).and(role_grant::from_at.le(now)))
        .filter(role_grant::to_at.is_null().or(role_grant::to_at.gt(now)))
        .select((role_grant::role, role_grant::unit_id))
        .order(role_grant::id)
        .load(db)?;
    rows.into_iter()
        .map(|(role, unit)| {
            Ok(Held {
                role: Role::read(&role)?,
                unit,
            })
        })
        .collect()
}

fn homes_of(db: &mut Db, person: PersonId, now: Instant) -> Result<Vec<HomeId>> {
    Ok(home_member::table
        .filter(home_member::person_id.eq(person).and(home_member::from_at.le(now)))
        .filter(home_member::to_at.is_null().or(home_member::to_at.gt(now)))
        .select(home_member::home_id)
        .order(home_member::id)
        .load(db)?)
}

/// The homes a person is to have nothing to do with.
fn apart_from(db: &mut Db, person: PersonId) -> Result<Vec<HomeId>> {
    Ok(conflict::table
        .filter(conflict::person_id.eq(person).and(conflict::ended_at.is_null()))
        .select(conflict::home_id)
        .load(db)?)
}

/// A board's homes where someone is protected, or was.
fn protected_homes(db: &mut Db, board: BoardId) -> Result<Vec<HomeId>> {
    Ok(home::table
        .filter(unsearched("home.board_id").eq(board).and(is_protected("home.id")))
        .select(home::id)
        .kept()
        .load(db)?)
}

/// Such homes that a person of the staff is named for.
fn named_for(db: &mut Db, person: PersonId, now: Instant) -> Result<Vec<HomeId>> {
    Ok(protected_grant::table
        .filter(
            protected_grant::person_id
                .eq(person)
                .and(protected_grant::confirmed_at.le(now)),
        )
        .filter(protected_grant::to_at.is_null().or(protected_grant::to_at.gt(now)))
        .select(protected_grant::home_id)
        .load(db)?)
}

/// The levels a sign-in can reach; the password alone is the only one so far.
fn acr_text(stored: &str) -> Option<&'static str> {
    (stored == PASSWORD_ALONE).then_some(PASSWORD_ALONE)
}

/// Signed in with a password and nothing more.
pub const PASSWORD_ALONE: &str = "urn:famn:acr:password";
