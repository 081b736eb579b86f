//! The tables `board`, `board_entry`, `unit` and `number_series`.

use super::verbs::{NewBoard, PublicEntry};
use crate::clock::{Day, Instant};
use crate::db::Db;
use crate::db::housekeeping::Chore;
use crate::db::schema::{board, board_entry, number_series, unit};
use crate::error::Result;
use crate::id::{BoardId, UnitId};
use diesel::prelude::*;

/// Public pages are nobody's data; they are read by anyone who comes.
pub(super) static PUBLIC: Chore = Chore {
    name: "public pages",
    tables: &["board", "board_entry"],
};
pub(super) static NUMBERS: Chore = Chore {
    name: "number series of the year",
    tables: &["board", "number_series"],
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = board)]
pub(super) struct BoardRow {
    pub id: BoardId,
    pub slug: String,
    pub name: String,
    pub administration: String,
    pub audience: String,
    pub phone: String,
    pub email: String,
    pub address: Option<String>,
    pub hours: Option<String>,
    pub updated_on: Day,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = board_entry)]
pub(super) struct EntryRow {
    pub board_id: BoardId,
    pub section: String,
    pub code: String,
    pub title: String,
    pub body: String,
}

pub(super) fn all(db: &mut Db) -> Result<Vec<BoardRow>> {
    let columns = <BoardRow as Selectable<crate::db::MultiBackend>>::construct_selection();
    Ok(board::table.select(columns).order(board::name).load(db)?)
}

pub(super) fn entries(db: &mut Db) -> Result<Vec<EntryRow>> {
    let columns = <EntryRow as Selectable<crate::db::MultiBackend>>::construct_selection();
    Ok(board_entry::table
        .select(columns)
        .order((board_entry::board_id, board_entry::position))
        .load(db)?)
}

pub(super) fn slugs(db: &mut Db) -> Result<Vec<(BoardId, String)>> {
    Ok(board::table
        .select((board::id, board::slug))
        .order(board::slug)
        .load(db)?)
}

pub(super) fn by_slug(db: &mut Db, slug: &str) -> Result<Option<(BoardId, bool)>> {
    let row = board::table
        .filter(board::slug.eq(slug))
        .select((board::id, board::passwords_alone));
    Ok(row.first(db).optional()?)
}

pub(super) fn insert(db: &mut Db, id: BoardId, new: &NewBoard, now: Instant) -> Result<()> {
    diesel::insert_into(board::table)
        .values((
            board::id.eq(id),
            board::slug.eq(&new.slug),
            board::name.eq(&new.name),
            board::administration.eq(&new.administration),
            board::audience.eq(&new.audience),
            board::phone.eq(&new.phone),
            board::email.eq(&new.email),
            board::address.eq(&new.address),
            board::hours.eq(&new.hours),
            board::updated_on.eq(new.updated_on),
            board::passwords_alone.eq(new.passwords_alone),
            board::created_at.eq(now),
        ))
        .execute(db)?;
    for (position, entry) in new.entries.iter().enumerate() {
        insert_entry(db, id, position as i64, entry)?;
    }
    Ok(())
}

fn insert_entry(db: &mut Db, id: BoardId, position: i64, entry: &PublicEntry) -> Result<()> {
    diesel::insert_into(board_entry::table)
        .values((
            board_entry::board_id.eq(id),
            board_entry::section.eq(entry.section),
            board_entry::position.eq(position),
            board_entry::code.eq(&entry.code),
            board_entry::title.eq(&entry.title),
            board_entry::body.eq(&entry.body),
        ))
        .execute(db)?;
    Ok(())
}

pub(super) fn insert_unit(db: &mut Db, id: UnitId, of: BoardId, name: &str) -> Result<()> {
    diesel::insert_into(unit::table)
        .values((unit::id.eq(id), unit::board_id.eq(of), unit::name.eq(name)))
        .execute(db)?;
    Ok(())
}

pub(super) fn unit_exists(db: &mut Db, of: BoardId, name: &str) -> Result<bool> {
    let same = unit::table.filter(unit::board_id.eq(of).and(unit::name.eq(name)));
    Ok(same.count().get_result::<i64>(db)? > 0)
}

pub(super) fn unit_named(db: &mut Db, of: BoardId, name: &str) -> Result<Option<UnitId>> {
    let same = unit::table.filter(unit::board_id.eq(of).and(unit::name.eq(name)));
    Ok(same.select(unit::id).first(db).optional()?)
}

pub(super) fn name(db: &mut Db, of: BoardId) -> Result<String> {
    Ok(board::table.find(of).select(board::name).first(db)?)
}

pub(super) fn slug(db: &mut Db, of: BoardId) -> Result<String> {
    Ok(board::table.find(of).select(board::slug).first(db)?)
}

pub(super) fn units(db: &mut Db, of: BoardId, ids: &[UnitId]) -> Result<Vec<(UnitId, String)>> {
    let named = unit::table.filter(unit::board_id.eq(of).and(unit::id.eq_any(ids.to_vec())));
    Ok(named.select((unit::id, unit::name)).order(unit::name).load(db)?)
}

/// Makes the rows that count errands of `year` where they are missing.
pub(super) fn ensure_series(db: &mut Db, year: i16) -> Result<()> {
    let year = i64::from(year);
    let with: Vec<BoardId> = number_series::table
        .filter(number_series::year.eq(year))
        .select(number_series::board_id)
        .load(db)?;
    let boards: Vec<BoardId> = board::table.select(board::id).load(db)?;
    for id in boards.into_iter().filter(|id| !with.contains(id)) {
        insert_series(db, id, year)?;
    }
    Ok(())
}

pub(super) fn insert_series(db: &mut Db, id: BoardId, year: i64) -> Result<()> {
    diesel::insert_into(number_series::table)
        .values((
            number_series::board_id.eq(id),
            number_series::year.eq(year),
            number_series::last_serial.eq(0),
        ))
        .execute(db)?;
    Ok(())
}
