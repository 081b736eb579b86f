//! The tables `errand`, `message`, `note`, `move_reason`, `read_mark` and `number_series`.

use crate::access::Side;
use crate::clock::Instant;
use crate::db::schema::{errand, message, move_reason, note, number_series, read_mark};
use crate::db::{Db, Keep, MultiBackend, filled_up, insert_unless_there};
use crate::error::{Error, Result};
use crate::id::{AssignmentId, BoardId, ErrandId, HomeId, Id, MessageId, MoveReasonId, NoteId, PersonId};
use diesel::prelude::*;
use uuid::Uuid;

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = errand, treat_none_as_default_value = false)]
pub(super) struct ErrandRow {
    pub id: ErrandId,
    pub board_id: BoardId,
    pub home_id: HomeId,
    pub assignment_id: Option<AssignmentId>,
    pub kind: String,
    pub category: Option<String>,
    pub state: String,
    pub number_year: i64,
    pub number_serial: i64,
    pub subject: Option<Vec<u8>>,
    pub urgent: bool,
    pub created_by: PersonId,
    pub assignee_id: Option<PersonId>,
    pub received_at: Instant,
    /// The last change that its home sees.
    pub updated_at: Instant,
    pub version: i64,
    pub lock_no: i64,
    pub wrapped_key: Vec<u8>,
    /// The last change that the team sees: never before the home's.
    pub team_updated_at: Instant,
}

impl ErrandRow {
    /// The last change as one side sees it.
    pub const fn changed_to(&self, side: Side) -> Instant {
        match side {
            Side::Home => self.updated_at,
            Side::Team => self.team_updated_at,
        }
    }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = message, treat_none_as_default_value = false)]
pub(super) struct MessageRow {
    pub id: MessageId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub author_id: PersonId,
    pub side: String,
    pub body: Vec<u8>,
    pub sent_at: Instant,
    pub read_at: Option<Instant>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = note)]
pub(super) struct NoteRow {
    pub id: NoteId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub author_id: PersonId,
    pub body: Vec<u8>,
    pub written_at: Instant,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = move_reason)]
pub(super) struct MoveReasonRow {
    pub id: MoveReasonId,
    pub board_id: BoardId,
    pub errand_id: ErrandId,
    pub state: String,
    pub reason: Vec<u8>,
    pub given_by: PersonId,
    pub given_at: Instant,
}

pub(super) fn find(db: &mut Db, board: BoardId, id: ErrandId) -> Result<Option<ErrandRow>> {
    let one = errand::table.filter(errand::id.eq(id).and(errand::board_id.eq(board)));
    Ok(one
        .select(<ErrandRow as Selectable<MultiBackend>>::construct_selection())
        .first(db)
        .optional()?)
}

/// Locks the errand's row, which makes acts on it come one after the other, and reads it anew.
pub(super) fn lock(db: &mut Db, board: BoardId, id: ErrandId) -> Result<ErrandRow> {
    diesel::update(errand::table.find(id))
        .set(errand::lock_no.eq(errand::lock_no + 1))
        .kept()
        .execute(db)?;
    find(db, board, id)?.ok_or(Error::NotFound)
}

/// The next serial of the year. The row is there beforehand, or is made now, where a clock was set far ahead; its lock is
/// what makes numbers gapless.
pub(super) fn next_serial(db: &mut Db, board: BoardId, year: i64) -> Result<i64> {
    let row = number_series::table.find((board, year));
    let raise = |db: &mut Db| {
        let one_more = number_series::last_serial.eq(number_series::last_serial + 1);
        diesel::update(row).set(one_more).kept().execute(db)
    };
    if raise(db)? == 0 {
        let begun = (
            number_series::board_id.eq(board),
            number_series::year.eq(year),
            number_series::last_serial.eq(0),
        );
        insert_unless_there!(db, number_series::table, begun)?;
        if raise(db)? != 1 {
            return Err(Error::fault(format!("board {board} has no number series for {year}")));
        }
    }
    Ok(row.select(number_series::last_serial).first(db)?)
}

pub(super) fn insert(db: &mut Db, row: &ErrandRow) -> Result<()> {
    diesel::insert_into(errand::table).values(row).execute(db)?;
    Ok(())
}

/// Sets state, version and time, to both sides, of an errand whose row is locked.
pub(super) fn moved(db: &mut Db, id: ErrandId, state: &str, version: i64, at: Instant) -> Result<()> {
    diesel::update(errand::table.find(id))
        .set((
            errand::state.eq(state),
            errand::version.eq(version),
            errand::updated_at.eq(at),
            errand::team_updated_at.eq(at),
        ))
        .kept()
        .execute(db)?;
    Ok(())
}

/// Sets the time of a change that the team alone sees.
pub(super) fn changed_to_team(db: &mut Db, id: ErrandId, at: Instant) -> Result<()> {
    let earlier = errand::table.filter(errand::id.eq(id).and(errand::team_updated_at.lt(at)));
    diesel::update(earlier)
        .set(errand::team_updated_at.eq(at))
        .kept()
        .execute(db)?;
    Ok(())
}

pub(super) fn assign(db: &mut Db, id: ErrandId, to: PersonId) -> Result<()> {
    diesel::update(errand::table.find(id))
        .set(errand::assignee_id.eq(to))
        .kept()
        .execute(db)?;
    Ok(())
}

pub(super) fn insert_message(db: &mut Db, row: &MessageRow) -> Result<()> {
    diesel::insert_into(message::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn messages(db: &mut Db, of: ErrandId) -> Result<Vec<MessageRow>> {
    Ok(message::table
        .filter(message::errand_id.eq(of))
        .order(message::id)
        .load(db)?)
}

pub(super) fn message(db: &mut Db, id: MessageId) -> Result<Option<MessageRow>> {
    Ok(message::table.find(id).first(db).optional()?)
}

/// Notes that the other side has now seen the messages of `side` up to `newest`, those it had not before.
pub(super) fn seen(db: &mut Db, of: ErrandId, side: &'static str, newest: MessageId, at: Instant) -> Result<()> {
    let unseen = message::table
        .filter(message::errand_id.eq(of).and(message::id.le(newest)))
        .filter(message::side.eq(side).and(message::read_at.is_null()));
    diesel::update(unseen).set(message::read_at.eq(at)).kept().execute(db)?;
    Ok(())
}

pub(super) fn insert_note(db: &mut Db, row: &NoteRow) -> Result<()> {
    diesel::insert_into(note::table).values(row).execute(db)?;
    Ok(())
}

pub(super) fn notes(db: &mut Db, of: ErrandId) -> Result<Vec<NoteRow>> {
    Ok(note::table.filter(note::errand_id.eq(of)).order(note::id).load(db)?)
}

pub(super) fn note(db: &mut Db, id: NoteId) -> Result<Option<NoteRow>> {
    Ok(note::table.find(id).first(db).optional()?)
}

pub(super) fn insert_move_reason(db: &mut Db, row: &MoveReasonRow) -> Result<()> {
    diesel::insert_into(move_reason::table).values(row).execute(db)?;
    Ok(())
}

/// The newest reason given for a move of an errand, of those with an id below `before`.
pub(super) fn newest_move_reason(db: &mut Db, of: ErrandId, before: Uuid) -> Result<Option<MoveReasonRow>> {
    let before: MoveReasonId = Id::of(before);
    Ok(move_reason::table
        .filter(move_reason::errand_id.eq(of).and(move_reason::id.lt(before)))
        .order(move_reason::id.desc())
        .first(db)
        .optional()?)
}

/// Marks an errand as read by a person up to what was last changed in it at `at`.
pub(super) fn set_mark(db: &mut Db, errand: ErrandId, by: PersonId, at: Instant) -> Result<()> {
    let row = read_mark::table.find((by, errand));
    if diesel::update(row).set(read_mark::read_at.eq(at)).kept().execute(db)? == 0 {
        insert_mark(db, errand, by, at)?;
    }
    Ok(())
}

/// A first mark. Two at once by one person on PostgreSQL: the second finds it there, which is as good.
fn insert_mark(db: &mut Db, errand: ErrandId, by: PersonId, at: Instant) -> Result<()> {
    crate::db::insert_unless_there!(
        db,
        read_mark::table,
        (
            read_mark::person_id.eq(by),
            read_mark::errand_id.eq(errand),
            read_mark::read_at.eq(at)
        )
    )?;
    Ok(())
}

/// Up to when a person has read an errand.
pub(super) fn mark(db: &mut Db, errand: ErrandId, by: PersonId) -> Result<Option<Instant>> {
    let row = read_mark::table.find((by, errand));
    Ok(row.select(read_mark::read_at).first(db).optional()?)
}

pub(super) fn unmark(db: &mut Db, errand: ErrandId, by: PersonId) -> Result<()> {
    diesel::delete(read_mark::table.find((by, errand))).execute(db)?;
    Ok(())
}

/// A person's marks on errands.
pub(super) fn marks_on(db: &mut Db, by: PersonId, errands: &[ErrandId]) -> Result<Vec<(ErrandId, Instant)>> {
    Ok(read_mark::table
        .filter(read_mark::person_id.eq(by))
        .filter(read_mark::errand_id.eq_any(filled_up(errands)))
        .select((read_mark::errand_id, read_mark::read_at))
        .kept()
        .load(db)?)
}

/// The years and serials of errands, whoever's they are.
pub(super) fn numbers(db: &mut Db, board: BoardId, ids: &[ErrandId]) -> Result<Vec<(ErrandId, i64, i64)>> {
    let named = errand::table.filter(errand::board_id.eq(board).and(errand::id.eq_any(ids.to_vec())));
    Ok(named
        .select((errand::id, errand::number_year, errand::number_serial))
        .load(db)?)
}

pub(super) fn numbered(db: &mut Db, board: BoardId, number: super::ErrandNumber) -> Result<Option<ErrandId>> {
    Ok(errand::table
        .filter(errand::board_id.eq(board))
        .filter(errand::number_year.eq(number.year()))
        .filter(errand::number_serial.eq(number.serial()))
        .select(errand::id)
        .first(db)
        .optional()?)
}
