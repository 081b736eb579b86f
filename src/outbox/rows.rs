//! The table `outbox`.

use super::LetterKind;
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
    pub tries: i64,
    pub person: PersonId,
    pub email: Vec<u8>,
    pub version: i64,
    pub wrapped_key: Vec<u8>,
    pub language: String,
}

/// Leaves a letter, unless the receiver was told within the hour.
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
    if told.is_some() {
        return Ok(());
    }
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
        ))
        .execute(db)?;
    Ok(())
}

/// Takes the letters that are due: they are due again after `retry` unless they are sent by then. Of letters that acts
/// at the same moment have left, not knowing of each other, one is taken and the others are dropped.
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
    for (id, _) in due {
        if is_told_already(db, id)? {
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

/// Whether the receiver of a letter that nobody has taken yet gets another of its kind from within the same hour.
fn is_told_already(db: &mut Db, id: Id<of::Letter>) -> Result<bool> {
    let fresh: Option<(PersonId, String, Instant)> = outbox::table
        .filter(outbox::id.eq(id).and(outbox::tries.eq(0)))
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
            person::id,
            person::email,
            person::version,
            person::wrapped_key,
            person::language,
        ))
        .first(db)?)
}

pub(super) fn sent(db: &mut Db, id: Id<of::Letter>, at: Instant) -> Result<()> {
    diesel::update(outbox::table.find(id))
        .set((outbox::state.eq("sent"), outbox::sent_at.eq(at)))
        .kept()
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

/// Forgets letters sent before `before`.
pub(super) fn forget(db: &mut Db, before: Instant) -> Result<usize> {
    Ok(diesel::delete(outbox::table.filter(outbox::state.eq("sent").and(outbox::sent_at.lt(before)))).execute(db)?)
}
