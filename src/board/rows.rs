//! The tables `board`, `board_entry`, `board_setting`, `unit` and `number_series`.

use super::verbs::{NewBoard, PublicEntry};
use super::view::UnitRow;
use crate::clock::{Day, Instant};
use crate::db::Db;
use crate::db::housekeeping::Chore;
use crate::db::schema::{board, board_entry, board_setting, number_series, unit};
use crate::error::Result;
use crate::id::{BoardId, Id, PersonId, UnitId};
use diesel::prelude::*;

/// Public pages are nobody's data; they are read by anyone who comes.
pub(super) static PUBLIC: Chore = Chore {
    name: "public pages",
    tables: &["board", "board_entry", "board_setting"],
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
    pub passwords_alone: bool,
    pub version: i64,
}

/// A setting as someone set it: `value` is JSON.
#[derive(Debug, Clone, Queryable)]
pub(super) struct SettingRow {
    pub name: String,
    pub value: String,
    pub from_on: Day,
    pub set_at: Instant,
    pub set_by: Option<PersonId>,
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

pub(super) fn one(db: &mut Db, id: BoardId) -> Result<BoardRow> {
    let columns = <BoardRow as Selectable<crate::db::MultiBackend>>::construct_selection();
    Ok(board::table.find(id).select(columns).first(db)?)
}

/// Whether the board was founded as one that lets passwords alone in.
pub(super) fn founded_alone(db: &mut Db, id: BoardId) -> Result<bool> {
    Ok(board::table.find(id).select(board::passwords_alone).first(db)?)
}

/// Locks a board's row, so that changes of its settings and its labels come one after the other; gives its version.
pub(super) fn lock_board(db: &mut Db, id: BoardId) -> Result<i64> {
    let row = board::table.find(id);
    diesel::update(row).set(board::version.eq(board::version)).execute(db)?;
    Ok(row.select(board::version).first(db)?)
}

pub(super) fn next_version(db: &mut Db, id: BoardId) -> Result<()> {
    diesel::update(board::table.find(id))
        .set(board::version.eq(board::version + 1))
        .execute(db)?;
    Ok(())
}

const SETTING: (
    board_setting::name,
    board_setting::value,
    board_setting::from_on,
    board_setting::set_at,
    board_setting::set_by,
) = (
    board_setting::name,
    board_setting::value,
    board_setting::from_on,
    board_setting::set_at,
    board_setting::set_by,
);

/// What a board has set that holds on `day`, in the order in which it took effect.
pub(super) fn set_by(db: &mut Db, of: BoardId, day: Day) -> Result<Vec<SettingRow>> {
    let begun = board_setting::table.filter(board_setting::board_id.eq(of).and(board_setting::from_on.le(day)));
    Ok(begun
        .select(SETTING)
        .order((board_setting::from_on, board_setting::id))
        .load(db)?)
}

/// All that a board has ever set, in the order in which it takes effect.
pub(super) fn all_set(db: &mut Db, of: BoardId) -> Result<Vec<SettingRow>> {
    let of_board = board_setting::table.filter(board_setting::board_id.eq(of));
    Ok(of_board
        .select(SETTING)
        .order((board_setting::from_on, board_setting::id))
        .load(db)?)
}

/// What all boards have set that holds on `day`.
pub(super) fn set_by_all(db: &mut Db, day: Day) -> Result<Vec<(BoardId, SettingRow)>> {
    Ok(board_setting::table
        .filter(board_setting::from_on.le(day))
        .select((board_setting::board_id, SETTING))
        .order((board_setting::from_on, board_setting::id))
        .load(db)?)
}

pub(super) fn insert_setting(db: &mut Db, id: Id<()>, of: BoardId, row: &SettingRow) -> Result<()> {
    diesel::insert_into(board_setting::table)
        .values((
            board_setting::id.eq(id),
            board_setting::board_id.eq(of),
            board_setting::name.eq(&row.name),
            board_setting::value.eq(&row.value),
            board_setting::from_on.eq(row.from_on),
            board_setting::set_at.eq(row.set_at),
            board_setting::set_by.eq(row.set_by),
        ))
        .execute(db)?;
    Ok(())
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

pub(super) fn insert_unit(
    db: &mut Db,
    id: UnitId,
    (of, name): (BoardId, &str),
    manager: Option<PersonId>,
) -> Result<()> {
    diesel::insert_into(unit::table)
        .values((
            unit::id.eq(id),
            unit::board_id.eq(of),
            unit::name.eq(name),
            unit::manager_id.eq(manager),
        ))
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

pub(super) fn name_and_phone(db: &mut Db, of: BoardId) -> Result<(String, String)> {
    Ok(board::table.find(of).select((board::name, board::phone)).first(db)?)
}

pub(super) fn slug(db: &mut Db, of: BoardId) -> Result<String> {
    Ok(board::table.find(of).select(board::slug).first(db)?)
}

pub(super) fn units(db: &mut Db, of: BoardId, ids: &[UnitId]) -> Result<Vec<(UnitId, String)>> {
    let named = unit::table.filter(unit::board_id.eq(of).and(unit::id.eq_any(ids.to_vec())));
    Ok(named.select((unit::id, unit::name)).order(unit::name).load(db)?)
}

/// A page of the board's units, newest first.
pub(super) fn page_of_units(db: &mut Db, of: BoardId, after: Option<UnitId>, most: usize) -> Result<Vec<UnitRow>> {
    let of_board = unit::table.filter(unit::board_id.eq(of)).into_boxed();
    let rest = match after {
        Some(after) => of_board.filter(unit::id.lt(after)),
        None => of_board,
    };
    let rows: Vec<(UnitId, String, Option<PersonId>)> = rest
        .select((unit::id, unit::name, unit::manager_id))
        .order(unit::id.desc())
        .limit(most as i64)
        .load(db)?;
    let show = |(id, name, manager_id)| UnitRow { id, name, manager_id };
    Ok(rows.into_iter().map(show).collect())
}

pub(super) fn one_unit(db: &mut Db, of: BoardId, id: UnitId) -> Result<UnitRow> {
    let one = unit::table.filter(unit::board_id.eq(of).and(unit::id.eq(id)));
    let (id, name, manager_id) = one.select((unit::id, unit::name, unit::manager_id)).first(db)?;
    Ok(UnitRow { id, name, manager_id })
}

/// The last number given to a label; the caller holds the board's row.
pub(super) fn last_label(db: &mut Db, of: BoardId) -> Result<i64> {
    Ok(board::table.find(of).select(board::last_label).first(db)?)
}

pub(super) fn set_last_label(db: &mut Db, of: BoardId, number: i64) -> Result<()> {
    diesel::update(board::table.find(of))
        .set(board::last_label.eq(number))
        .execute(db)?;
    Ok(())
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
