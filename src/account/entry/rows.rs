//! The tables `invitation` and `recovery`, and of `person`, `credential` and `role_grant` what a way in needs.

use crate::access::Role;
use crate::clock::Instant;
use crate::db::Db;
use crate::db::housekeeping::Chore;
use crate::db::schema::{credential, invitation, person, recovery};
use crate::error::Result;
use crate::id::{BoardId, HomeId, Id, PersonId, UnitId, of};
use diesel::prelude::*;
use std::time::Duration;

/// Whom a token is for, before there is anyone.
pub(super) static TOKENS: Chore = Chore {
    name: "tokens of letters",
    tables: &["board_key", "person", "invitation", "recovery"],
};
/// Which account a lost password is of.
pub(super) static LOST: Chore = Chore {
    name: "accounts of lost passwords",
    tables: &["board_key", "person", "credential"],
};

/// Letters' codes that are past.
pub(in crate::account) static PAST: Chore = Chore {
    name: "sweep codes of letters",
    tables: &["invitation", "recovery", "address_change"],
};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Invitation,
    Recovery,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = invitation)]
pub(super) struct InvitationRow {
    pub id: Id<of::Invitation>,
    pub board_id: BoardId,
    pub person_id: PersonId,
    pub role: String,
    pub unit_id: Option<UnitId>,
    pub home_id: Option<HomeId>,
    pub from_at: Instant,
    pub to_at: Option<Instant>,
    pub hash: Vec<u8>,
    /// Nobody: the operator.
    pub invited_by: Option<PersonId>,
    pub made_at: Instant,
    pub expires_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = recovery)]
pub(super) struct RecoveryRow {
    pub id: Id<()>,
    pub board_id: BoardId,
    pub person_id: PersonId,
    pub hash: Vec<u8>,
    pub made_at: Instant,
    pub expires_at: Instant,
}

/// The one a token is for, and whether it works now.
#[derive(Queryable)]
pub(super) struct Found {
    pub board: BoardId,
    pub person: PersonId,
    pub name: Vec<u8>,
    pub email: Vec<u8>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
    pub void_at: Option<Instant>,
}

impl Found {
    pub(super) fn works(&self, now: Instant) -> bool {
        self.used_at.is_none() && self.void_at.is_none() && self.expires_at > now
    }
}

macro_rules! of_token {
    ($db:expr, $table:ident, $hash:expr) => {
        $table::table
            .inner_join(person::table.on(person::id.eq($table::person_id)))
            .filter($table::hash.eq(&$hash[..]))
            .select((
                person::board_id,
                person::id,
                person::name,
                person::email,
                person::version,
                person::wrapped_key,
                $table::expires_at,
                $table::used_at,
                $table::void_at,
            ))
            .first($db)
            .optional()
    };
}

pub(super) fn find(db: &mut Db, way: Way, hash: &[u8; 32]) -> Result<Option<Found>> {
    Ok(match way {
        Way::Invitation => of_token!(db, invitation, hash)?,
        Way::Recovery => of_token!(db, recovery, hash)?,
    })
}

/// Uses a token up; tells whether it worked still.
pub(super) fn take(db: &mut Db, way: Way, hash: &[u8; 32], now: Instant) -> Result<bool> {
    let taken = match way {
        Way::Invitation => diesel::update(
            invitation::table
                .filter(invitation::hash.eq(&hash[..]).and(invitation::used_at.is_null()))
                .filter(invitation::void_at.is_null().and(invitation::expires_at.gt(now))),
        )
        .set(invitation::used_at.eq(now))
        .execute(db)?,
        Way::Recovery => diesel::update(
            recovery::table
                .filter(recovery::hash.eq(&hash[..]).and(recovery::used_at.is_null()))
                .filter(recovery::void_at.is_null().and(recovery::expires_at.gt(now))),
        )
        .set(recovery::used_at.eq(now))
        .execute(db)?,
    };
    Ok(taken == 1)
}

pub(super) fn invitation(db: &mut Db, hash: &[u8; 32]) -> Result<InvitationRow> {
    let columns = <InvitationRow as Selectable<crate::db::MultiBackend>>::construct_selection();
    Ok(invitation::table
        .filter(invitation::hash.eq(&hash[..]))
        .select(columns)
        .first(db)?)
}

/// Of an invitation, who may call it back.
#[derive(Queryable)]
pub(super) struct Sent {
    pub invited_by: Option<PersonId>,
    pub unit: Option<UnitId>,
    pub home: Option<HomeId>,
}

pub(super) fn sent(db: &mut Db, in_board: BoardId, id: Id<of::Invitation>) -> Result<Option<Sent>> {
    let one = invitation::table.filter(invitation::id.eq(id).and(invitation::board_id.eq(in_board)));
    let columns = (invitation::invited_by, invitation::unit_id, invitation::home_id);
    Ok(one.select(columns).first(db).optional()?)
}

/// Makes an invitation void that works still; tells whether it did.
pub(super) fn recall(db: &mut Db, id: Id<of::Invitation>, now: Instant) -> Result<bool> {
    let open = invitation::table
        .filter(invitation::id.eq(id).and(invitation::used_at.is_null()))
        .filter(invitation::void_at.is_null().and(invitation::expires_at.gt(now)));
    Ok(diesel::update(open).set(invitation::void_at.eq(now)).execute(db)? == 1)
}

/// Removes invitations and lost passwords whose time was over before `until`; what came of them stands in the log.
pub(in crate::account) fn sweep(db: &mut Db, until: Instant) -> Result<usize> {
    let invited = diesel::delete(invitation::table.filter(invitation::expires_at.lt(until))).execute(db)?;
    let lost = diesel::delete(recovery::table.filter(recovery::expires_at.lt(until))).execute(db)?;
    Ok(invited + lost)
}

pub(super) fn expiry(db: &mut Db, id: Id<of::Invitation>) -> Result<Instant> {
    Ok(invitation::table.find(id).select(invitation::expires_at).first(db)?)
}

pub(super) fn insert_invitation(db: &mut Db, row: &InvitationRow) -> Result<()> {
    diesel::insert_into(invitation::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn insert_recovery(db: &mut Db, row: &RecoveryRow) -> Result<()> {
    diesel::insert_into(recovery::table).values(row).execute(db)?;
    Ok(())
}

/// Makes older invitations of a person to the same home or role void.
pub(super) fn void_like(
    db: &mut Db,
    of: PersonId,
    (role, unit, home): (Role, Option<UnitId>, Option<HomeId>),
    now: Instant,
) -> Result<()> {
    let open = invitation::table
        .filter(invitation::person_id.eq(of).and(invitation::role.eq(role.as_str())))
        .filter(invitation::used_at.is_null().and(invitation::void_at.is_null()));
    let found: Vec<(Id<of::Invitation>, Option<UnitId>, Option<HomeId>)> = open
        .select((invitation::id, invitation::unit_id, invitation::home_id))
        .load(db)?;
    for (id, ..) in found.into_iter().filter(|(_, u, h)| (*u, *h) == (unit, home)) {
        diesel::update(invitation::table.find(id))
            .set(invitation::void_at.eq(now))
            .execute(db)?;
    }
    Ok(())
}

/// Makes every open invitation into a home void.
pub(super) fn void_into(db: &mut Db, home: HomeId, now: Instant) -> Result<()> {
    let open = invitation::table
        .filter(invitation::home_id.eq(home))
        .filter(invitation::used_at.is_null().and(invitation::void_at.is_null()));
    diesel::update(open).set(invitation::void_at.eq(now)).execute(db)?;
    Ok(())
}

/// Makes every token void that lies in a person's letters.
pub(super) fn void_all(db: &mut Db, of: PersonId, now: Instant) -> Result<()> {
    let open = invitation::table.filter(invitation::person_id.eq(of).and(invitation::used_at.is_null()));
    diesel::update(open.filter(invitation::void_at.is_null()))
        .set(invitation::void_at.eq(now))
        .execute(db)?;
    void_recoveries(db, of, now)
}

pub(super) fn void_recoveries(db: &mut Db, of: PersonId, now: Instant) -> Result<()> {
    let open = recovery::table.filter(recovery::person_id.eq(of).and(recovery::used_at.is_null()));
    diesel::update(open.filter(recovery::void_at.is_null()))
        .set(recovery::void_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// How many invitations a person was sent within the last day.
pub(super) fn invited_today(db: &mut Db, of: PersonId, now: Instant) -> Result<i64> {
    let since = now.minus(Duration::from_secs(24 * 60 * 60));
    let sent = invitation::table.filter(invitation::person_id.eq(of).and(invitation::made_at.gt(since)));
    Ok(sent.count().get_result(db)?)
}

/// Whether a person has an invitation that works.
pub(super) fn is_invited(db: &mut Db, who: PersonId, now: Instant) -> Result<bool> {
    let open = invitation::table
        .filter(invitation::person_id.eq(who).and(invitation::used_at.is_null()))
        .filter(invitation::void_at.is_null().and(invitation::expires_at.gt(now)));
    Ok(open.count().get_result::<i64>(db)? > 0)
}

/// When recoveries of a person were begun within the last day, newest first.
pub(super) fn begun(db: &mut Db, of: PersonId, now: Instant) -> Result<Vec<Instant>> {
    let since = now.minus(Duration::from_secs(24 * 60 * 60));
    Ok(recovery::table
        .filter(recovery::person_id.eq(of).and(recovery::made_at.gt(since)))
        .select(recovery::made_at)
        .order(recovery::made_at.desc())
        .load(db)?)
}

/// Locks an open account's row; gives the person's key, or nothing where the account is closed.
pub(super) fn lock_open(db: &mut Db, of: BoardId, who: PersonId) -> Result<Option<Vec<u8>>> {
    let open = || {
        person::table
            .filter(person::id.eq(who).and(person::board_id.eq(of)))
            .filter(person::disabled_at.is_null())
    };
    diesel::update(open())
        .set(person::lock_no.eq(person::lock_no + 1))
        .execute(db)?;
    Ok(open().select(person::wrapped_key).first(db).optional()?)
}

pub(super) fn has_password(db: &mut Db, who: PersonId) -> Result<bool> {
    Ok(credential::table.find(who).count().get_result::<i64>(db)? > 0)
}

/// Who has sent the invitations of a person that wait to be used.
pub fn senders(db: &mut Db, of: PersonId) -> Result<Vec<PersonId>> {
    let open = invitation::table
        .filter(invitation::person_id.eq(of).and(invitation::used_at.is_null()))
        .filter(invitation::void_at.is_null().and(invitation::invited_by.is_not_null()));
    let by: Vec<Option<PersonId>> = open.select(invitation::invited_by).distinct().load(db)?;
    Ok(by.into_iter().flatten().collect())
}

/// An invitation that works still, with the address it went to.
#[derive(Queryable)]
pub(super) struct Waiting {
    pub id: Id<of::Invitation>,
    pub from_at: Instant,
    pub made_at: Instant,
    pub expires_at: Instant,
    pub invited_by: Option<PersonId>,
    pub person: PersonId,
    pub email: Vec<u8>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
}

/// The invitations into a home that work still, newest first.
pub(super) fn waiting(db: &mut Db, into: HomeId, now: Instant) -> Result<Vec<Waiting>> {
    let open = invitation::table
        .inner_join(person::table.on(person::id.eq(invitation::person_id)))
        .filter(invitation::home_id.eq(into).and(invitation::used_at.is_null()))
        .filter(invitation::void_at.is_null().and(invitation::expires_at.gt(now)));
    let columns = (
        invitation::id,
        invitation::from_at,
        invitation::made_at,
        invitation::expires_at,
        invitation::invited_by,
        person::id,
        person::email,
        person::version,
        person::wrapped_key,
    );
    Ok(open.select(columns).order(invitation::id.desc()).load(db)?)
}
