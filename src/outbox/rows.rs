//! The table `outbox`.

use super::{LetterFailure, LetterKind, LetterState};
use crate::clock::Instant;
use crate::db::schema::{outbox, person};
use crate::db::{Db, Keep};
use crate::error::Result;
use crate::id::{BoardId, Id, PersonId, of};
use diesel::prelude::*;
use std::time::Duration;

/// "Something new" is told at most once in so long; what comes in between waits in the service itself.
const QUIET: Duration = Duration::from_secs(60 * 60);

/// A letter to be sent, with the receiver's sealed address.
#[derive(Queryable)]
pub(super) struct Waiting {
    pub id: Id<of::Letter>,
    pub board: BoardId,
    pub kind: String,
    /// How often it was taken, this time included; whoever takes it again makes it another number.
    pub tries: i64,
    pub made_at: Instant,
    pub person: PersonId,
    pub email: Vec<u8>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
    pub language: String,
    /// The token it bears, sealed under the person's key.
    pub token: Option<Vec<u8>>,
    /// The address it goes to, where that is no longer the person's; sealed as well.
    pub address: Option<Vec<u8>>,
}

/// What a letter of its own kind bears, sealed under the receiver's key for the letter's own row.
#[derive(Debug, Default)]
pub struct Enclosed {
    pub token: Option<Vec<u8>>,
    pub address: Option<Vec<u8>>,
}

/// Leaves a letter of its own kind, however many there were before.
pub fn enclose(
    db: &mut Db,
    id: Id<of::Letter>,
    (board, receiver): (BoardId, PersonId),
    (kind, enclosed): (LetterKind, Enclosed),
    now: Instant,
) -> Result<()> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(id),
            outbox::board_id.eq(board),
            outbox::person_id.eq(receiver),
            outbox::kind.eq(kind.as_str()),
            outbox::state.eq("waiting"),
            outbox::tries.eq(0),
            outbox::next_try_at.eq(now),
            outbox::made_at.eq(now),
            outbox::token.eq(enclosed.token),
            outbox::address.eq(enclosed.address),
        ))
        .execute(db)?;
    Ok(())
}

/// Leaves a letter, unless the receiver was told within the hour or has no account any more.
pub fn enqueue(
    db: &mut Db,
    id: Id<of::Letter>,
    (board, receiver): (BoardId, PersonId),
    kind: LetterKind,
    now: Instant,
) -> Result<()> {
    let told: Option<Id<of::Letter>> = outbox::table
        .filter(outbox::person_id.eq(receiver).and(outbox::made_at.gt(now.minus(QUIET))))
        .filter(outbox::kind.eq(kind.as_str()))
        .select(outbox::id)
        .first(db)
        .optional()?;
    if told.is_some() || is_closed(db, receiver)? {
        return Ok(());
    }
    enclose(db, id, (board, receiver), (kind, Enclosed::default()), now)
}

/// Takes the letters that are due: they are due again after `retry` unless they are sent by then. Of letters that acts
/// at the same moment have left, not knowing of each other, one is taken and the others are dropped; so are those of
/// people whose account was closed meanwhile.
pub(super) fn take_due(db: &mut Db, now: Instant, retry: Duration, most: i64) -> Result<Vec<Waiting>> {
    let due: Vec<(Id<of::Letter>, PersonId)> = outbox::table
        .filter(outbox::state.eq("waiting").and(outbox::next_try_at.le(now)))
        .select((outbox::id, outbox::person_id))
        .order(outbox::next_try_at)
        .limit(most)
        .load(db)?;
    // Whoever takes a person's letter holds that person's row, so that two instances do not take one each.
    let mut people: Vec<PersonId> = due.iter().map(|(_, person)| *person).collect();
    people.sort();
    people.dedup();
    for person in people {
        diesel::update(person::table.find(person))
            .set(person::lock_no.eq(person::lock_no + 1))
            .kept()
            .execute(db)?;
    }
    let mut taken = Vec::new();
    for (id, person) in due {
        if is_closed(db, person)? || is_told_already(db, id)? {
            diesel::delete(outbox::table.find(id)).execute(db)?;
            continue;
        }
        // Another instance that takes the same row waits for this one and then finds it no longer due.
        let row = outbox::table.filter(outbox::id.eq(id).and(outbox::next_try_at.le(now)));
        let set = (
            outbox::next_try_at.eq(now.plus(retry)),
            outbox::tries.eq(outbox::tries + 1),
        );
        if diesel::update(row).set(set).kept().execute(db)? == 1 {
            taken.push(waiting(db, id)?);
        }
    }
    Ok(taken)
}

/// Whether a person's account has been closed.
fn is_closed(db: &mut Db, who: PersonId) -> Result<bool> {
    let open = person::table.filter(person::id.eq(who).and(person::disabled_at.is_null()));
    Ok(open.count().get_result::<i64>(db)? == 0)
}

/// Whether the receiver of a letter that nobody has taken yet gets another of its kind from within the same hour.
fn is_told_already(db: &mut Db, id: Id<of::Letter>) -> Result<bool> {
    let fresh: Option<(PersonId, String, Instant)> = outbox::table
        .filter(outbox::id.eq(id).and(outbox::tries.eq(0)))
        .filter(outbox::kind.eq(LetterKind::SomethingNew.as_str()))
        .select((outbox::person_id, outbox::kind, outbox::made_at))
        .first(db)
        .optional()?;
    let Some((person, kind, made_at)) = fresh else {
        return Ok(false);
    };
    let others = outbox::table
        .filter(outbox::person_id.eq(person).and(outbox::kind.eq(kind)))
        .filter(outbox::id.ne(id).and(outbox::tries.gt(0)))
        .filter(
            outbox::made_at
                .gt(made_at.minus(QUIET))
                .and(outbox::made_at.lt(made_at.plus(QUIET))),
        );
    Ok(others.count().get_result::<i64>(db)? > 0)
}

fn waiting(db: &mut Db, id: Id<of::Letter>) -> Result<Waiting> {
    Ok(outbox::table
        .inner_join(person::table.on(person::id.eq(outbox::person_id)))
        .filter(outbox::id.eq(id))
        .select((
            outbox::id,
            outbox::board_id,
            outbox::kind,
            outbox::tries,
            outbox::made_at,
            person::id,
            person::email,
            person::version,
            person::wrapped_key,
            person::language,
            outbox::token,
            outbox::address,
        ))
        .first(db)?)
}

/// The rows of a letter that is still the one taken: another instance that takes it anew counts its tries up.
macro_rules! still_taken {
    ($id:expr, $tries:expr) => {
        outbox::table.filter(outbox::id.eq($id).and(outbox::tries.eq($tries)))
    };
}

/// Notes that the letter is about to be handed over, until `until` at the latest; gives whether it may be. From here on
/// a letter whose outcome is never written counts as uncertain.
pub(super) fn handing(db: &mut Db, (id, tries): Taking, until: Instant) -> Result<bool> {
    let row = still_taken!(id, tries).filter(outbox::state.eq(LetterState::Waiting.as_str()));
    let set = (
        outbox::state.eq(LetterState::Sending.as_str()),
        outbox::next_try_at.eq(until),
    );
    Ok(diesel::update(row).set(set).execute(db)? == 1)
}

/// A letter and the count of the taking.
pub(super) type Taking = (Id<of::Letter>, i64);

/// The letter was taken.
pub(super) fn sent(db: &mut Db, (id, tries): Taking, at: Instant) -> Result<()> {
    diesel::update(still_taken!(id, tries))
        .set((
            outbox::state.eq(LetterState::Sent.as_str()),
            outbox::sent_at.eq(at),
            outbox::failure.eq(None::<String>),
            // What it bore is nobody's any more.
            outbox::token.eq(None::<Vec<u8>>),
            outbox::address.eq(None::<Vec<u8>>),
        ))
        .execute(db)?;
    Ok(())
}

/// How many letters wait, when the oldest of them was made, and how many are given up.
pub(super) fn backlog(db: &mut Db) -> Result<(i64, Option<Instant>, i64)> {
    let of = |state: &'static str| outbox::table.filter(outbox::state.eq(state));
    let oldest = of("waiting").select(outbox::made_at).order(outbox::made_at).first(db);
    Ok((
        of("waiting").count().get_result(db)?,
        oldest.optional()?,
        of("dead").count().get_result(db)?,
    ))
}

/// The letter is tried again at `next`.
pub(super) fn put_off(db: &mut Db, (id, tries): Taking, next: Instant, why: LetterFailure) -> Result<()> {
    diesel::update(still_taken!(id, tries))
        .set((
            outbox::state.eq(LetterState::Waiting.as_str()),
            outbox::next_try_at.eq(next),
            outbox::failure.eq(why.as_str()),
        ))
        .execute(db)?;
    Ok(())
}

/// The letter is not tried again.
pub(super) fn bury(db: &mut Db, (id, tries): Taking, at: Instant, why: LetterFailure) -> Result<bool> {
    let buried = diesel::update(still_taken!(id, tries))
        .set((
            outbox::state.eq(LetterState::Dead.as_str()),
            outbox::died_at.eq(at),
            outbox::failure.eq(why.as_str()),
            // What it bore is nobody's any more.
            outbox::token.eq(None::<Vec<u8>>),
            outbox::address.eq(None::<Vec<u8>>),
        ))
        .execute(db)?;
    Ok(buried == 1)
}

/// Whose letter this is, and of what kind.
pub(super) fn whose(db: &mut Db, id: Id<of::Letter>) -> Result<(BoardId, PersonId, String)> {
    let letter = outbox::table.find(id);
    Ok(letter
        .select((outbox::board_id, outbox::person_id, outbox::kind))
        .first(db)?)
}

/// When those invitations were made whose letter was given up, each with whom it was to.
pub fn dead_invitations(db: &mut Db, people: &[PersonId]) -> Result<Vec<(PersonId, Instant)>> {
    let dead = outbox::table
        .filter(outbox::state.eq(LetterState::Dead.as_str()))
        .filter(outbox::kind.eq(LetterKind::Invitation.as_str()));
    let to = dead.filter(outbox::person_id.eq_any(people.iter().copied()));
    Ok(to.select((outbox::person_id, outbox::made_at)).load(db)?)
}

/// Buries the letters that were handed over and whose outcome nobody wrote: the program ended in between. Whether the
/// mail server took them cannot be known, and none is sent twice. Gives how many.
pub(super) fn bury_uncertain(db: &mut Db, now: Instant) -> Result<usize> {
    let lost = outbox::table
        .filter(outbox::state.eq(LetterState::Sending.as_str()))
        .filter(outbox::next_try_at.le(now));
    Ok(diesel::update(lost)
        .set((
            outbox::state.eq(LetterState::Dead.as_str()),
            outbox::died_at.eq(now),
            outbox::failure.eq(LetterFailure::Uncertain.as_str()),
        ))
        .execute(db)?)
}

/// Forgets letters sent, or given up, before `before`.
pub(super) fn forget(db: &mut Db, before: Instant) -> Result<usize> {
    let sent = outbox::table.filter(outbox::state.eq("sent").and(outbox::sent_at.lt(before)));
    let dead = outbox::table.filter(outbox::state.eq("dead").and(outbox::died_at.lt(before)));
    Ok(diesel::delete(sent).execute(db)? + diesel::delete(dead).execute(db)?)
}

/// What there is to see of a letter: no address, and no text, which the kind tells.
#[derive(Debug, Clone, Queryable)]
pub struct LetterRow {
    pub id: Id<of::Letter>,
    pub kind: String,
    pub state: String,
    pub person: PersonId,
    pub tries: i64,
    pub made_at: Instant,
    pub failure: Option<String>,
    pub died_at: Option<Instant>,
}

/// The columns of a [`LetterRow`].
const LETTER: (
    outbox::id,
    outbox::kind,
    outbox::state,
    outbox::person_id,
    outbox::tries,
    outbox::made_at,
    outbox::failure,
    outbox::died_at,
) = (
    outbox::id,
    outbox::kind,
    outbox::state,
    outbox::person_id,
    outbox::tries,
    outbox::made_at,
    outbox::failure,
    outbox::died_at,
);

/// A letter of the board that is given up.
pub fn dead_letter(db: &mut Db, board: BoardId, id: Id<of::Letter>) -> Result<Option<LetterRow>> {
    let dead = outbox::table
        .filter(outbox::id.eq(id).and(outbox::board_id.eq(board)))
        .filter(outbox::state.eq(LetterState::Dead.as_str()));
    Ok(dead.select(LETTER).first(db).optional()?)
}

/// Has a letter that was given up tried anew, as if it had just been left; whether it still was given up.
pub fn revive(db: &mut Db, id: Id<of::Letter>, now: Instant) -> Result<bool> {
    let dead = outbox::table.filter(outbox::id.eq(id).and(outbox::state.eq(LetterState::Dead.as_str())));
    let revived = diesel::update(dead).set((
        outbox::state.eq(LetterState::Waiting.as_str()),
        outbox::next_try_at.eq(now),
        outbox::made_at.eq(now),
        outbox::died_at.eq(None::<Instant>),
        outbox::failure.eq(None::<String>),
    ));
    Ok(revived.execute(db)? == 1)
}

/// Forgets a letter that was given up; whether it still was.
pub fn forget_dead(db: &mut Db, id: Id<of::Letter>) -> Result<bool> {
    let dead = outbox::table.filter(outbox::id.eq(id).and(outbox::state.eq(LetterState::Dead.as_str())));
    Ok(diesel::delete(dead).execute(db)? == 1)
}

/// What of a board's letters is not sent.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    pub waiting: i64,
    /// When the oldest of them was left.
    pub oldest: Option<Instant>,
    /// Given up.
    pub dead: i64,
}

/// What of a board's letters is not sent.
pub fn waits(db: &mut Db, board: BoardId) -> Result<Waits> {
    let of =
        |state: LetterState| outbox::table.filter(outbox::board_id.eq(board).and(outbox::state.eq(state.as_str())));
    let oldest = of(LetterState::Waiting).select(outbox::made_at).order(outbox::made_at);
    Ok(Waits {
        waiting: of(LetterState::Waiting).count().get_result(db)?,
        oldest: oldest.first(db).optional()?,
        dead: of(LetterState::Dead).count().get_result(db)?,
    })
}

/// A board's letters of one state, newest first, those before `before`.
pub fn of_board(
    db: &mut Db,
    board: BoardId,
    state: LetterState,
    (before, most): (Option<Id<of::Letter>>, i64),
) -> Result<Vec<LetterRow>> {
    let mut query = outbox::table
        .filter(outbox::board_id.eq(board).and(outbox::state.eq(state.as_str())))
        .select(LETTER)
        .order(outbox::id.desc())
        .limit(most)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(outbox::id.lt(before));
    }
    Ok(query.load(db)?)
}
