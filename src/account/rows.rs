//! The tables `person`, `credential`, `role_grant`, `session`, `refresh_token` and `sign_in_bucket`.

use super::guess::{Bucket, Counters, Counts};
use crate::access::{Role, TokenId};
use crate::clock::Instant;
use crate::db::housekeeping::Chore;
use crate::db::schema::{credential, person, refresh_token, role_grant, session, sign_in_bucket};
use crate::db::{Db, Keep, filled_up};
use crate::error::{Error, Result};
use crate::id::{BoardId, Id, PersonId, SessionId, UnitId, of};
use diesel::prelude::*;

/// What is looked at before there is anyone: who it may be, and what was counted against the attempt.
pub(super) static VISITORS: Chore = Chore {
    name: "visitors at sign-in",
    tables: &["board_key", "person", "credential", "session", "sign_in_bucket"],
};
/// Which session a cookie or a refresh token names.
pub(super) static BEARERS: Chore = Chore {
    name: "bearers of sessions",
    tables: &["session", "refresh_token"],
};
pub(super) static SWEEP: Chore = Chore {
    name: "sweep sessions",
    tables: &["session", "refresh_token", "sign_in_bucket"],
};

#[derive(Insertable)]
#[diesel(table_name = person, treat_none_as_default_value = false)]
pub(super) struct PersonRow {
    pub id: PersonId,
    pub board_id: BoardId,
    pub email_token: Vec<u8>,
    pub personal_number_token: Option<Vec<u8>>,
    pub name: Vec<u8>,
    pub email: Vec<u8>,
    pub phone: Option<Vec<u8>>,
    pub personal_number: Option<Vec<u8>>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
    pub language: &'static str,
    pub created_at: Instant,
    pub lock_no: i64,
}

/// A person's sealed name, the version it was sealed at, the person's key, and the mark of protection.
pub(super) type SealedName = (PersonId, Vec<u8>, i64, Vec<u8>, String);

#[derive(Insertable)]
#[diesel(table_name = session, treat_none_as_default_value = false)]
pub(super) struct SessionRow {
    pub id: SessionId,
    pub board_id: BoardId,
    pub person_id: PersonId,
    pub cookie_hash: Option<Vec<u8>>,
    pub acr: &'static str,
    pub amr: &'static str,
    pub started_at: Instant,
    pub seen_at: Instant,
    pub expires_at: Instant,
    pub network_token: Vec<u8>,
    pub lock_no: i64,
}

#[derive(Insertable)]
#[diesel(table_name = refresh_token)]
pub(super) struct RefreshRow {
    pub id: TokenId,
    pub session_id: SessionId,
    pub hash: Vec<u8>,
    pub made_at: Instant,
}

/// A refresh token as it stands.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = refresh_token)]
pub(super) struct KeptRefresh {
    pub id: TokenId,
    pub used_at: Option<Instant>,
    /// When the access token made with it was first used.
    pub access_used_at: Option<Instant>,
    #[diesel(column_name = successor_id)]
    pub successor: Option<TokenId>,
    pub dead_at: Option<Instant>,
}

/// An account found by its address.
#[derive(Debug, Clone, Queryable)]
pub(super) struct AccountRow {
    pub person: PersonId,
    pub disabled_at: Option<Instant>,
    pub phc: Option<String>,
}

// People.

pub(super) fn is_taken(db: &mut Db, new: &PersonRow) -> Result<bool> {
    let same_number = match &new.personal_number_token {
        Some(number) => numbered(db, new.board_id, number)?,
        None => None,
    };
    Ok(same_number.is_some() || by_email(db, new.board_id, &new.email_token)?.is_some())
}

pub(super) fn numbered(db: &mut Db, of: BoardId, token: &[u8]) -> Result<Option<PersonId>> {
    let same = person::table.filter(person::board_id.eq(of).and(person::personal_number_token.eq(token)));
    Ok(same.select(person::id).first(db).optional()?)
}

pub(super) fn insert_person(db: &mut Db, row: &PersonRow) -> Result<()> {
    diesel::insert_into(person::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn insert_credential(db: &mut Db, of: PersonId, phc: &str, now: Instant) -> Result<()> {
    let values = (
        credential::person_id.eq(of),
        credential::phc.eq(phc),
        credential::changed_at.eq(now),
    );
    diesel::insert_into(credential::table).values(values).execute(db)?;
    Ok(())
}

pub(super) fn insert_grant(
    db: &mut Db,
    id: Id<of::RoleGrant>,
    (in_board, to): (BoardId, PersonId),
    (role, unit): (Role, Option<UnitId>),
    from: Instant,
) -> Result<()> {
    let values = (
        role_grant::id.eq(id),
        role_grant::board_id.eq(in_board),
        role_grant::person_id.eq(to),
        role_grant::role.eq(role.as_str()),
        role_grant::unit_id.eq(unit),
        role_grant::from_at.eq(from),
    );
    diesel::insert_into(role_grant::table).values(values).execute(db)?;
    Ok(())
}

/// Ends what grants of the role the person holds; gives how many.
pub(super) fn end_grants(db: &mut Db, (in_board, of): (BoardId, PersonId), role: Role, at: Instant) -> Result<usize> {
    let open = role_grant::table
        .filter(role_grant::board_id.eq(in_board).and(role_grant::person_id.eq(of)))
        .filter(role_grant::role.eq(role.as_str()))
        .filter(role_grant::to_at.is_null().or(role_grant::to_at.gt(at)));
    Ok(diesel::update(open).set(role_grant::to_at.eq(at)).kept().execute(db)?)
}

/// Closes an account; tells whether there was an open one.
pub(super) fn disable(db: &mut Db, in_board: BoardId, who: PersonId, now: Instant) -> Result<bool> {
    let open = person::table
        .filter(person::id.eq(who).and(person::board_id.eq(in_board)))
        .filter(person::disabled_at.is_null());
    Ok(diesel::update(open)
        .set(person::disabled_at.eq(now))
        .kept()
        .execute(db)?
        == 1)
}

pub(super) fn sealed_names(db: &mut Db, in_board: BoardId, ids: &[PersonId]) -> Result<Vec<SealedName>> {
    let columns = (
        person::id,
        person::name,
        person::version,
        person::wrapped_key,
        person::protected,
    );
    let named = person::table.filter(person::id.eq_any(filled_up(ids)).and(person::board_id.eq(in_board)));
    Ok(named.select(columns).kept().load(db)?)
}

// Signing in.

pub(super) fn account(db: &mut Db, in_board: BoardId, email: &[u8; 16]) -> Result<Option<AccountRow>> {
    let found = person::table
        .left_join(credential::table.on(credential::person_id.eq(person::id)))
        .filter(person::board_id.eq(in_board).and(person::email_token.eq(&email[..])))
        .select((person::id, person::disabled_at, credential::phc.nullable()));
    Ok(found.first(db).optional()?)
}

/// Locks an open account's row, so that its sign-ins come one after the other; gives the password's hash.
pub(super) fn lock_account(db: &mut Db, in_board: BoardId, who: PersonId) -> Result<Option<String>> {
    let open = person::table
        .filter(person::id.eq(who).and(person::board_id.eq(in_board)))
        .filter(person::disabled_at.is_null());
    if diesel::update(open)
        .set(person::lock_no.eq(person::lock_no + 1))
        .kept()
        .execute(db)?
        == 0
    {
        return Ok(None);
    }
    Ok(credential::table
        .find(who)
        .select(credential::phc)
        .first(db)
        .optional()?)
}

pub(super) fn set_password(db: &mut Db, of: PersonId, phc: &str, now: Instant) -> Result<()> {
    let set = (credential::phc.eq(phc), credential::changed_at.eq(now));
    diesel::update(credential::table.find(of)).set(set).kept().execute(db)?;
    Ok(())
}

// What was counted against sign-ins.

pub(super) fn counts(db: &mut Db, of: &Counters) -> Result<Counts> {
    let known = session::table
        .filter(session::network_token.eq(&of.pair[..]))
        .select(session::id);
    let known = known.first::<SessionId>(db).optional()?.is_some();
    Ok(Counts {
        known,
        pair: bucket(db, &of.pair)?,
        account: bucket(db, &of.account)?,
        network: bucket(db, &of.network)?,
        everyone: bucket(db, &of.everyone)?,
    })
}

fn bucket(db: &mut Db, token: &[u8; 16]) -> Result<Option<Bucket>> {
    let columns = (
        sign_in_bucket::failures,
        sign_in_bucket::began_at,
        sign_in_bucket::last_at,
    );
    let found: Option<(i64, Instant, Instant)> = sign_in_bucket::table
        .find(&token[..])
        .select(columns)
        .first(db)
        .optional()?;
    Ok(found.map(|(failures, began_at, last_at)| Bucket {
        failures,
        began_at,
        last_at,
    }))
}

/// Locks a bucket's row, if it is there.
pub(super) fn lock_bucket(db: &mut Db, token: &[u8; 16]) -> Result<()> {
    let row = sign_in_bucket::table.find(&token[..]);
    let same = sign_in_bucket::failures.eq(sign_in_bucket::failures);
    diesel::update(row).set(same).kept().execute(db)?;
    Ok(())
}

/// Keeps a bucket. One that another instance makes at the same moment is a conflict: the caller begins anew.
pub(super) fn keep_bucket(db: &mut Db, token: &[u8; 16], kept: Bucket) -> Result<()> {
    let values = (
        sign_in_bucket::failures.eq(kept.failures),
        sign_in_bucket::began_at.eq(kept.began_at),
        sign_in_bucket::last_at.eq(kept.last_at),
    );
    if diesel::update(sign_in_bucket::table.find(&token[..]))
        .set(values)
        .kept()
        .execute(db)?
        == 0
    {
        let row = (sign_in_bucket::token.eq(&token[..]), values);
        diesel::insert_into(sign_in_bucket::table).values(row).execute(db)?;
    }
    Ok(())
}

/// Keeps a bucket unless there is one.
pub(super) fn ensure_bucket(db: &mut Db, token: &[u8; 16], kept: Bucket) -> Result<()> {
    match bucket(db, token)? {
        Some(_) => Ok(()),
        None => keep_bucket(db, token, kept),
    }
}

pub(super) fn forget_bucket(db: &mut Db, token: &[u8; 16]) -> Result<()> {
    diesel::delete(sign_in_bucket::table.find(&token[..])).execute(db)?;
    Ok(())
}

// Sessions.

pub(super) fn insert_session(db: &mut Db, row: &SessionRow) -> Result<()> {
    diesel::insert_into(session::table).values(row).execute(db)?;
    Ok(())
}

/// The person's sessions that have neither ended nor run out, oldest first; those unused since `idle_since` have.
pub(super) fn live_sessions(db: &mut Db, of: PersonId, now: Instant, idle_since: Instant) -> Result<Vec<SessionId>> {
    Ok(session::table
        .filter(session::person_id.eq(of).and(session::ended_at.is_null()))
        .filter(session::expires_at.gt(now).and(session::seen_at.gt(idle_since)))
        .select(session::id)
        .order((session::started_at, session::id))
        .load(db)?)
}

/// Ends a session; tells whether it was still open.
pub(super) fn end_session(db: &mut Db, id: SessionId, now: Instant) -> Result<bool> {
    let open = session::table.filter(session::id.eq(id).and(session::ended_at.is_null()));
    let set = (session::ended_at.eq(now), session::lock_no.eq(session::lock_no + 1));
    Ok(diesel::update(open).set(set).kept().execute(db)? == 1)
}

/// Locks an open session's row; gives when its person signed in, when it ends, and how they signed in.
pub(super) fn lock_session(db: &mut Db, id: SessionId) -> Result<Option<(Instant, Instant, String)>> {
    let open = session::table.filter(session::id.eq(id).and(session::ended_at.is_null()));
    if diesel::update(open)
        .set(session::lock_no.eq(session::lock_no + 1))
        .kept()
        .execute(db)?
        == 0
    {
        return Ok(None);
    }
    let row = session::table
        .find(id)
        .select((session::started_at, session::expires_at, session::amr));
    Ok(Some(row.first(db)?))
}

pub(super) fn session_of_cookie(db: &mut Db, hash: &[u8; 32]) -> Result<(SessionId, PersonId)> {
    let open = session::table.filter(session::cookie_hash.eq(&hash[..]).and(session::ended_at.is_null()));
    let named = open.select((session::id, session::person_id));
    named.first(db).optional()?.ok_or(Error::SignIn)
}

pub(super) fn session_of_refresh(db: &mut Db, hash: &[u8; 32]) -> Result<SessionId> {
    let named = refresh_token::table.filter(refresh_token::hash.eq(&hash[..]));
    named
        .select(refresh_token::session_id)
        .first(db)
        .optional()?
        .ok_or(Error::SignIn)
}

pub(super) fn refresh_by_hash(db: &mut Db, of: SessionId, hash: &[u8; 32]) -> Result<KeptRefresh> {
    let named = refresh_token::table.filter(refresh_token::session_id.eq(of));
    let kept = KeptRefresh::as_select();
    Ok(named.filter(refresh_token::hash.eq(&hash[..])).select(kept).first(db)?)
}

pub(super) fn refresh_by_id(db: &mut Db, id: TokenId) -> Result<KeptRefresh> {
    Ok(refresh_token::table
        .find(id)
        .select(KeptRefresh::as_select())
        .first(db)?)
}

pub(super) fn insert_refresh(db: &mut Db, row: &RefreshRow) -> Result<()> {
    diesel::insert_into(refresh_token::table).values(row).execute(db)?;
    Ok(())
}

/// Notes that a refresh token was used, first at `used_at`, and what came of it.
pub(super) fn succeed_refresh(db: &mut Db, id: TokenId, used_at: Instant, successor: TokenId) -> Result<()> {
    let set = (
        refresh_token::used_at.eq(used_at),
        refresh_token::successor_id.eq(successor),
    );
    diesel::update(refresh_token::table.find(id))
        .set(set)
        .kept()
        .execute(db)?;
    Ok(())
}

/// Ends a refresh token that nobody has used, and the access token made with it.
pub(super) fn kill_refresh(db: &mut Db, id: TokenId, now: Instant) -> Result<()> {
    diesel::update(refresh_token::table.find(id))
        .set(refresh_token::dead_at.eq(now))
        .kept()
        .execute(db)?;
    Ok(())
}

// What is past.

/// Removes sessions that ran out before `sessions` with their tokens, and buckets untouched since `buckets`.
pub(super) fn sweep(db: &mut Db, sessions: Instant, buckets: Instant) -> Result<usize> {
    let past = || session::table.filter(session::expires_at.lt(sessions));
    let of_past = refresh_token::session_id.eq_any(past().select(session::id));
    diesel::delete(refresh_token::table.filter(of_past)).execute(db)?;
    let gone = diesel::delete(past()).execute(db)?;
    let quiet = sign_in_bucket::table.filter(sign_in_bucket::last_at.lt(buckets));
    Ok(gone + diesel::delete(quiet).execute(db)?)
}

/// The board's person of that e-mail.
pub(super) fn by_email(db: &mut Db, in_board: BoardId, email: &[u8]) -> Result<Option<PersonId>> {
    let one = person::table.filter(person::board_id.eq(in_board).and(person::email_token.eq(email)));
    Ok(one.select(person::id).first(db).optional()?)
}
