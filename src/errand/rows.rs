//! The tables `errand`, `message`, `note`, `move_reason`, `read_mark` and `number_series`.

use super::list::{Assignee, Filter};
use crate::clock::Instant;
use crate::db::schema::{errand, message, move_reason, note, number_series, read_mark};
use crate::db::{Db, Keep, MultiBackend, filled_up, is_open};
use crate::error::{Error, Result};
use crate::id::{AssignmentId, BoardId, ErrandId, HomeId, Id, MessageId, MoveReasonId, NoteId, PersonId};
use diesel::prelude::*;
use std::time::Duration;
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
    pub updated_at: Instant,
    pub version: i64,
    pub lock_no: i64,
    pub wrapped_key: Vec<u8>,
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

/// The next serial of the year. The row is there beforehand; its lock is what makes numbers gapless.
pub(super) fn next_serial(db: &mut Db, board: BoardId, year: i64) -> Result<i64> {
    let row = number_series::table.find((board, year));
    let raised = diesel::update(row)
        .set(number_series::last_serial.eq(number_series::last_serial + 1))
        .kept()
        .execute(db)?;
    if raised != 1 {
        return Err(Error::fault(format!("board {board} has no number series for {year}")));
    }
    Ok(row.select(number_series::last_serial).first(db)?)
}

pub(super) fn insert(db: &mut Db, row: &ErrandRow) -> Result<()> {
    diesel::insert_into(errand::table).values(row).execute(db)?;
    Ok(())
}

/// Sets state, version and time of an errand whose row is locked.
pub(super) fn moved(db: &mut Db, id: ErrandId, state: &str, version: i64, at: Instant) -> Result<()> {
    diesel::update(errand::table.find(id))
        .set((
            errand::state.eq(state),
            errand::version.eq(version),
            errand::updated_at.eq(at),
        ))
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

/// A person's marks on errands from `oldest` to `newest`.
pub(super) fn marks_between(
    db: &mut Db,
    by: PersonId,
    (oldest, newest): (ErrandId, ErrandId),
) -> Result<Vec<(ErrandId, Instant)>> {
    Ok(read_mark::table
        .filter(read_mark::person_id.eq(by))
        .filter(read_mark::errand_id.ge(oldest).and(read_mark::errand_id.le(newest)))
        .select((read_mark::errand_id, read_mark::read_at))
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

pub(super) type ErrandQuery = errand::BoxedQuery<'static, MultiBackend>;

/// A query narrowed to what `filter` asks for; `me` is whose marks and assignments count.
pub(super) fn narrowed(mut query: ErrandQuery, filter: &Filter, me: PersonId) -> ErrandQuery {
    if let Some(kind) = filter.kind {
        query = query.filter(errand::kind.eq(kind.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(errand::state.eq(state.as_str()));
    }
    query = match filter.assignee {
        None => query,
        Some(Assignee::Me) => query.filter(errand::assignee_id.eq(me)),
        Some(Assignee::None) => query.filter(errand::assignee_id.is_null()),
        Some(Assignee::Person(who)) => query.filter(errand::assignee_id.eq(who)),
    };
    if filter.unread {
        let seen = read_mark::table
            .filter(read_mark::person_id.eq(me).and(read_mark::errand_id.eq(errand::id)))
            .filter(read_mark::read_at.ge(errand::updated_at));
        query = query.filter(diesel::dsl::not(diesel::dsl::exists(seen)));
    }
    if let Some(home) = filter.home {
        query = query.filter(errand::home_id.eq(home));
    }
    if let Some(number) = filter.number {
        query = query.filter(
            errand::number_year
                .eq(number.year())
                .and(errand::number_serial.eq(number.serial())),
        );
    }
    query
}

/// Whether any of these queries finds an errand of a home.
pub(super) fn any_of(db: &mut Db, circle: Vec<ErrandQuery>, of: HomeId) -> Result<bool> {
    for query in circle {
        let one = query.filter(errand::home_id.eq(of)).select(errand::id).limit(1);
        if !one.load::<ErrandId>(db)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How far back a list is looked for at first, and then: most pages are full within the last weeks, and a query that
/// reaches no further has little to sort.
const SPANS: [Option<Duration>; 3] = [
    Some(Duration::from_secs(30 * 86_400)),
    Some(Duration::from_secs(365 * 86_400)),
    None,
];

/// The newest `limit` errands that any of the queries finds, below `after`. First only their ids, which an index holds
/// beside what the circle asks for; then the rows of those alone that are shown.
pub(super) fn newest(
    db: &mut Db,
    circle: impl Fn() -> Vec<ErrandQuery>,
    (after, now): (Option<ErrandId>, Instant),
    limit: usize,
) -> Result<Vec<ErrandRow>> {
    let mut found: Vec<ErrandId> = Vec::new();
    for span in SPANS {
        let least: ErrandId = span.map_or(Id::of(Uuid::nil()), |span| now.minus(span).least_id());
        if after.is_some_and(|after| after < least) {
            continue;
        }
        found.clear();
        for query in circle() {
            let below = query.filter(
                errand::id
                    .ge(least)
                    .and(errand::id.lt(after.unwrap_or(Id::of(Uuid::max())))),
            );
            let page = below.order(errand::id.desc()).limit(limit as i64);
            found.extend(page.select(errand::id).load::<ErrandId>(db)?);
        }
        found.sort_by_key(|id| std::cmp::Reverse(*id));
        found.dedup();
        if found.len() >= limit {
            break;
        }
    }
    found.truncate(limit);
    Ok(errand::table
        .filter(errand::id.eq_any(filled_up(&found)))
        .order(errand::id.desc())
        .select(<ErrandRow as Selectable<MultiBackend>>::construct_selection())
        .kept()
        .load(db)?)
}

/// Open errands that are counted at most.
const OPEN_MOST: i64 = 5_000;

/// The open errands of a query, in no order: where each stands, and who answers for it.
pub(super) fn open(db: &mut Db, query: ErrandQuery) -> Result<Vec<(ErrandId, String, Option<PersonId>)>> {
    let open = query.filter(is_open());
    Ok(open
        .select((errand::id, errand::state, errand::assignee_id))
        .limit(OPEN_MOST)
        .load(db)?)
}

/// The ids of some open errands of a query.
pub(super) fn open_ids(db: &mut Db, query: ErrandQuery, most: usize) -> Result<Vec<ErrandId>> {
    let open = query.filter(is_open());
    Ok(open.select(errand::id).limit(most as i64).load(db)?)
}
