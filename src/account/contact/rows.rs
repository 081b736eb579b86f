//! Of the table `person` what tells where someone is reached.

use crate::clock::Instant;
use crate::db::Db;
use crate::db::schema::{person, session};
use crate::error::Result;
use crate::id::{PersonId, SessionId};
use diesel::prelude::*;

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
        ))
        .execute(db)?;
    Ok(())
}

/// When the person of a session signed in.
pub(super) fn signed_in_at(db: &mut Db, of: SessionId) -> Result<Instant> {
    Ok(session::table.find(of).select(session::started_at).first(db)?)
}
