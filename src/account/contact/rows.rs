//! The table `address_change`, and of `person` what tells where someone is reached.

use crate::clock::Instant;
use crate::db::Db;
use crate::db::schema::{address_change, person};
use crate::error::Result;
use crate::id::{BoardId, Id, PersonId};
use diesel::prelude::*;
use std::time::Duration;

/// All that is sealed at a person's version, and the language of letters.
#[derive(Queryable, Selectable)]
#[diesel(table_name = person)]
pub(super) struct ContactRow {
    pub name: Vec<u8>,
    pub email: Vec<u8>,
    pub phone: Option<Vec<u8>>,
    pub personal_number: Option<Vec<u8>>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
    pub language: String,
    pub notices: bool,
    pub shortcuts: bool,
}

/// Locks a person's row and reads it.
pub(super) fn lock(db: &mut Db, who: PersonId) -> Result<ContactRow> {
    diesel::update(person::table.find(who))
        .set(person::lock_no.eq(person::lock_no + 1))
        .execute(db)?;
    read(db, who)
}

pub(super) fn read(db: &mut Db, who: PersonId) -> Result<ContactRow> {
    let columns = <ContactRow as Selectable<crate::db::MultiBackend>>::construct_selection();
    Ok(person::table.find(who).select(columns).first(db)?)
}

pub(super) fn set(db: &mut Db, who: PersonId, token: &[u8; 16], row: &ContactRow) -> Result<()> {
    diesel::update(person::table.find(who))
        .set((
            person::email_token.eq(&token[..]),
            person::name.eq(&row.name),
            person::email.eq(&row.email),
            person::phone.eq(&row.phone),
            person::personal_number.eq(&row.personal_number),
            person::version.eq(row.version),
            person::language.eq(&row.language),
            person::notices.eq(row.notices),
            person::shortcuts.eq(row.shortcuts),
        ))
        .execute(db)?;
    Ok(())
}

/// An address that waits to be confirmed.
#[derive(Insertable)]
#[diesel(table_name = address_change)]
pub(super) struct AddressRow {
    pub id: Id<()>,
    pub board_id: BoardId,
    pub person_id: PersonId,
    pub email: Vec<u8>,
    pub hash: Vec<u8>,
    pub made_at: Instant,
    pub expires_at: Instant,
}

pub(super) fn insert_address(db: &mut Db, row: &AddressRow) -> Result<()> {
    diesel::insert_into(address_change::table).values(row).execute(db)?;
    Ok(())
}

/// How many new addresses a person asked for within the last day.
pub(super) fn asked_today(db: &mut Db, of: PersonId, now: Instant) -> Result<i64> {
    let since = now.minus(Duration::from_secs(24 * 60 * 60));
    let asked = address_change::table.filter(address_change::person_id.eq(of).and(address_change::made_at.gt(since)));
    Ok(asked.count().get_result(db)?)
}

/// Makes the codes void that wait for a person's answer.
pub(super) fn void_addresses(db: &mut Db, of: PersonId, now: Instant) -> Result<()> {
    let open = address_change::table.filter(address_change::person_id.eq(of).and(address_change::used_at.is_null()));
    diesel::update(open.filter(address_change::void_at.is_null()))
        .set(address_change::void_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Uses a person's code up, if it works; gives the sealed address.
pub(super) fn take_address(
    db: &mut Db,
    of: PersonId,
    hash: &[u8; 32],
    now: Instant,
) -> Result<Option<(Id<()>, Vec<u8>)>> {
    let one = || address_change::table.filter(address_change::person_id.eq(of).and(address_change::hash.eq(&hash[..])));
    let works = one()
        .filter(address_change::used_at.is_null().and(address_change::void_at.is_null()))
        .filter(address_change::expires_at.gt(now));
    if diesel::update(works).set(address_change::used_at.eq(now)).execute(db)? == 0 {
        return Ok(None);
    }
    Ok(Some(
        one().select((address_change::id, address_change::email)).first(db)?,
    ))
}

/// Removes codes that ran out before `until`, with their addresses.
pub(in crate::account) fn sweep(db: &mut Db, until: Instant) -> Result<usize> {
    Ok(diesel::delete(address_change::table.filter(address_change::expires_at.lt(until))).execute(db)?)
}
