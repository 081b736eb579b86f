//! New keys in the place of the old: a new root key over the boards' keys, and a new key of each board over the keys of
//! its rows. What rows seal with their own keys is not touched, so it takes as long as there are rows, not bytes.
//!
//! Each step leaves the database whole: first everything that lies under the root key passes to the new one, and each
//! board gets a second key to seal with, in one transaction. From then on rows may be under either. Once none is under
//! the older, it is removed. Whatever is broken off goes on from what the tables say.

use super::instance::fresh;
use super::keyring::{Keyring, ROTATED, add_key, board_place, instance_place, set_mark};
use super::{Key, root};
use crate::clock::Clock;
use crate::db::schema::{board_key, instance_key};
use crate::db::{Db, wrapped};
use crate::error::Result;
use crate::id::{BoardId, Id};
use diesel::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows looked at in one transaction.
const PAGE: i64 = 500;

/// Puts everything that is under the root key under `new`, gives each board other keys to seal and protect with, and
/// makes the installation's own secrets anew: those who serve take them up within seconds. Gives the boards, or none where that was done before.
pub fn begin(db: &mut Db, keyring: &Keyring, new: &Key, clock: &Clock) -> Result<Vec<BoardId>> {
    let old = keyring.current_root(db)?;
    if root::check(&old) == root::check(new) {
        return Ok(Vec::new());
    }
    let keys: Vec<(BoardId, String, i64, Vec<u8>)> = board_key::table
        .select((
            board_key::board_id,
            board_key::purpose,
            board_key::version,
            board_key::wrapped,
        ))
        .load(db)?;
    let mut newest: BTreeMap<(BoardId, &'static str), i64> = BTreeMap::new();
    for (board, purpose, version, wrapped) in keys {
        let place = board_place(board, &purpose, version);
        let again = new.wrap(place, &old.unwrap(place, &wrapped)?);
        diesel::update(board_key::table.find((board, &purpose, version)))
            .set(board_key::wrapped.eq(again))
            .execute(db)?;
        if let Some(purpose) = ROTATED.into_iter().find(|one| *one == purpose) {
            let at = newest.entry((board, purpose)).or_default();
            *at = version.max(*at);
        }
    }
    let secrets: Vec<(Id<()>, String)> = instance_key::table
        .select((instance_key::id, instance_key::purpose))
        .load(db)?;
    for (id, purpose) in secrets {
        let other: Id<()> = clock.fresh_id();
        let sealed = new.seal(instance_place(other.uuid(), &purpose), &fresh(&purpose)?);
        diesel::delete(instance_key::table.find(id)).execute(db)?;
        diesel::insert_into(instance_key::table)
            .values((
                instance_key::id.eq(other),
                instance_key::purpose.eq(&purpose),
                instance_key::sealed.eq(sealed),
                instance_key::created_at.eq(clock.now()),
            ))
            .execute(db)?;
    }
    for ((board, purpose), version) in &newest {
        add_key(db, (*board, purpose, version + 1), new)?;
    }
    set_mark(db, new)?;
    keyring.forget();
    let mut boards: Vec<BoardId> = newest.into_keys().map(|(board, _)| board).collect();
    boards.dedup();
    Ok(boards)
}

/// The boards that have rows under an older key, or may have.
pub fn boards_left(db: &mut Db) -> Result<Vec<BoardId>> {
    let mut boards: Vec<BoardId> = board_key::table
        .filter(board_key::purpose.eq("seal"))
        .select(board_key::board_id)
        .order(board_key::board_id)
        .load(db)?;
    let all = boards.clone();
    boards.dedup();
    boards.retain(|board| all.iter().filter(|one| *one == board).count() > 1);
    Ok(boards)
}

/// Puts the keys of some rows of a table under the board's newest key: those after `after`. Gives how many were not
/// there yet, and the last row looked at; `None` at the table's end.
pub fn rewrap(
    db: &mut Db,
    keyring: &Keyring,
    (board, table): (BoardId, &str),
    after: Option<Uuid>,
) -> Result<(usize, Option<Uuid>)> {
    let keys = keyring.of(db, board)?;
    let rows = wrapped::page(db, (board, table), after, PAGE)?;
    let mut changed = 0;
    for (row, old) in &rows {
        if let Some(new) = keys.rewrap(table, *row, old) {
            // A row whose key was changed meanwhile is met again in the next round.
            wrapped::swap(db, table, *row, (old, &new))?;
            changed += 1;
        }
    }
    let full = rows.len() as i64 == PAGE;
    Ok((changed, rows.last().map(|(row, _)| *row).filter(|_| full)))
}

/// Removes a board's older keys; no row is under them any more.
pub fn end(db: &mut Db, keyring: &Keyring, board: BoardId) -> Result<()> {
    for purpose in ROTATED {
        let of = || board_key::table.filter(board_key::board_id.eq(board).and(board_key::purpose.eq(purpose)));
        let newest = of().select(board_key::version).order(board_key::version.desc());
        if let Some(newest) = newest.first::<i64>(db).optional()? {
            diesel::delete(of().filter(board_key::version.lt(newest))).execute(db)?;
        }
    }
    keyring.forget();
    Ok(())
}
