//! Into the tables: events in the transaction of the act itself, and the rows a new log begins with.

use super::entry::Entry;
use super::event::{Action, ActorPart, Core, Outcome, Relation, Subject};
use super::merkle::Frontier;
use super::note::{Origin, SigningKey};
use super::tables;
use crate::clock::Clock;
use crate::crypt::BoardKeys;
use crate::db::Db;
use crate::db::schema::{audit_epoch, audit_event, audit_pending, audit_tree};
use crate::db::types::RawId;
use crate::error::{Error, Result};
use crate::id::{BoardId, ErrandId, EventId, HomeId, Id, PersonId, of};
use diesel::prelude::*;

#[derive(Insertable)]
#[diesel(table_name = audit_event, treat_none_as_default_value = false)]
struct EventRow<'a> {
    id: EventId,
    board_id: BoardId,
    at_ms: i64,
    leaf: &'a [u8],
    commitments: &'a [u8],
    core: &'a str,
    actor: &'a str,
    subject: &'a str,
    salts: Vec<u8>,
    action: Option<&'static str>,
    outcome: Option<&'static str>,
    person_id: Option<PersonId>,
    role: Option<String>,
    errand_id: Option<ErrandId>,
    home_id: Option<HomeId>,
}

impl EventRow<'_> {
    /// As it is to be read: the event's id, the board of its row in `audit_pending`, the row itself.
    fn into_stored(self) -> (RawId, RawId, tables::EventRow) {
        let text = |text: &str| Some(text.to_owned());
        let row = tables::EventRow {
            board: self.board_id.into(),
            at_ms: self.at_ms,
            leaf: self.leaf.to_vec(),
            commitments: self.commitments.to_vec(),
            core: text(self.core),
            actor: text(self.actor),
            subject: text(self.subject),
            salts: Some(self.salts),
            action: self.action.and_then(text),
            outcome: self.outcome.and_then(text),
            person: self.person_id.map(RawId::from),
            role: self.role,
            errand: self.errand_id.map(RawId::from),
            home: self.home_id.map(RawId::from),
        };
        (self.id.into(), self.board_id.into(), row)
    }
}

/// Events read back with one statement.
const READ_BACK: usize = 256;

#[derive(Insertable)]
#[diesel(table_name = audit_pending)]
struct PendingRow {
    event_id: EventId,
    board_id: BoardId,
}

/// Writes events into the board's log, to be sequenced. The caller's transaction makes them durable, or not.
///
/// # Errors
/// [`Error::LogNotKept`] when the log did not take them as they are.
pub fn record(db: &mut Db, keys: &BoardKeys, entries: &[Entry]) -> Result<()> {
    let board_id = keys.board();
    for some in entries.chunks(READ_BACK) {
        let rows: Vec<EventRow<'_>> = some.iter().map(|entry| event_row(keys, entry)).collect::<Result<_>>()?;
        // One by one: each a statement that is kept prepared, and there is seldom more than one.
        for row in &rows {
            let event = diesel::insert_into(audit_event::table).values(row).execute(db);
            tables::rows_done(event, 1, "audit_event")?;
            let event_id = row.id;
            let pending = diesel::insert_into(audit_pending::table).values(PendingRow { event_id, board_id });
            tables::rows_done(pending.execute(db), 1, "audit_pending")?;
        }
        read_back(db, rows)?;
    }
    Ok(())
}

/// Reads what was written, all of it with one statement. That a row was taken says nothing of what it holds: a trigger
/// may have changed it or taken it away again, a rule or a view have put it elsewhere.
fn read_back(db: &mut Db, written: Vec<EventRow<'_>>) -> Result<()> {
    let ids: Vec<EventId> = written.iter().map(|row| row.id).collect();
    let mut read = tables::waiting(db, &ids)?;
    let mut expected: Vec<_> = written.into_iter().map(EventRow::into_stored).collect();
    read.sort_by(|one, other| one.0.cmp(&other.0));
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    tables::same(&read, &expected, "the log")
}

fn event_row<'a>(keys: &BoardKeys, entry: &'a Entry) -> Result<EventRow<'a>> {
    let says = entry.filters().map_err(Error::fault)?;
    Ok(EventRow {
        id: Id::of(entry.id),
        board_id: keys.board(),
        at_ms: i64::try_from(entry.at_ms).map_err(Error::fault)?,
        leaf: entry.leaf.as_bytes(),
        commitments: &entry.commitments,
        core: &entry.core,
        actor: &entry.actor,
        subject: &entry.subject,
        salts: keys.seal_log("audit_event", "salts", entry.id, 1, &entry.salts[..]),
        action: says.action.map(super::Action::as_str),
        outcome: says.outcome.map(super::Outcome::as_str),
        person_id: says.person.map(Id::of),
        role: says.role,
        errand_id: says.errand.map(Id::of),
        home_id: says.home.map(Id::of),
    })
}

/// An event of something that the program does by itself, with the code of its reason where there is one.
pub fn of_the_program(
    clock: &Clock,
    (action, reason_code): (Action, Option<&'static str>),
    subject: &Subject<'_>,
) -> Result<Entry> {
    let core = Core {
        action,
        outcome: Outcome::Ok,
        reason_code,
        relation: Relation::System,
        request_id: None,
        unit: None,
    };
    let id = clock.fresh_id::<of::Event>().uuid();
    Entry::compose(id, clock.now().millis(), &core, &ActorPart::default(), subject).map_err(Error::fault)
}

/// Opens a new board's log: epoch 1 with a signing key of its own and an empty tree. `base` is the configured part of
/// the log's name; it never comes from a request.
pub fn found_log(db: &mut Db, keys: &BoardKeys, base: &str, slug: &str) -> Result<()> {
    let origin = Origin::new(base, slug, 1).map_err(Error::fault)?;
    add_epoch(db, keys, origin).map(|_| ())
}

/// Opens the log of that name, with a signing key of its own and an empty tree; gives the key that checks it.
pub(super) fn add_epoch(db: &mut Db, keys: &BoardKeys, origin: Origin) -> Result<String> {
    let epoch = i64::try_from(origin.epoch()).map_err(Error::fault)?;
    let (name, key) = (
        origin.as_str().to_owned(),
        SigningKey::generate(origin).map_err(Error::fault)?,
    );
    let board = keys.board();
    let seed = keys.seal_log("audit_epoch", "sealed_seed", board.uuid(), epoch, &key.seed()[..]);
    let vkey = key.verifier_key().to_string();
    let written = (name, vkey.clone(), seed);
    let row = (
        audit_epoch::board_id.eq(board),
        audit_epoch::epoch.eq(epoch),
        audit_epoch::origin.eq(&written.0),
        audit_epoch::vkey.eq(&written.1),
        audit_epoch::sealed_seed.eq(&written.2),
    );
    let made = diesel::insert_into(audit_epoch::table).values(row).execute(db);
    tables::rows_done(made, 1, "audit_epoch")?;
    let read = audit_epoch::table.find((board, epoch)).select((
        audit_epoch::origin,
        audit_epoch::vkey,
        audit_epoch::sealed_seed,
    ));
    tables::same(&read.load(db)?, &vec![written], "audit_epoch")?;
    let tree = Frontier::new();
    let row = (
        audit_tree::board_id.eq(board),
        audit_tree::epoch.eq(epoch),
        audit_tree::size.eq(0),
        audit_tree::root.eq(tree.root().to_vec()),
        audit_tree::frontier.eq(tree.to_bytes()),
    );
    let made = diesel::insert_into(audit_tree::table).values(row).execute(db);
    tables::rows_done(made, 1, "audit_tree")?;
    tables::tree_is(db, (board, epoch), &tree)?;
    Ok(vkey)
}
