//! Signs checkpoints. Only a durable (size, root) is signed, and only if the events themselves lead there from what
//! was signed last: the signer keeps its own right edge of the tree and grows it from the sequenced leaf hashes.

use super::merkle::{Frontier, Hash};
use super::note::{Checkpoint, Origin, SigningKey};
use super::tables;
use crate::crypt::Keyring;
use crate::db::housekeeping::Chore;
use crate::db::schema::{audit_checkpoint, audit_epoch, audit_seq, audit_tree};
use crate::db::{Db, Keep, Store};
use crate::error::{Error, Result};
use crate::id::BoardId;
use diesel::prelude::*;
use std::sync::Arc;
use zeroize::Zeroizing;

pub static SIGN: Chore = Chore {
    name: "sign checkpoints",
    tables: &[
        "audit_tree",
        "audit_epoch",
        "audit_seq",
        "audit_checkpoint",
        "board_key",
    ],
};

/// Leaf hashes read at a time while growing the signer's own edge.
const STEP: i64 = 4096;

/// Signs every log that has grown since its last checkpoint. Gives how many were signed.
///
/// # Errors
/// [`Error::Fault`] when the stored tree is not the one the events lead to: it is not signed.
pub async fn sign_all(store: &Store, keyring: &Arc<Keyring>) -> Result<usize> {
    let grown = store.survey(&SIGN, grown).await?;
    let count = grown.len();
    let mut failed = None;
    for (board, epoch) in grown {
        let keyring = keyring.clone();
        let signed = store.chore(&SIGN, move |db| sign(db, &keyring, board, epoch)).await;
        // One log that cannot be signed does not keep the others from it.
        failed = failed.or(signed.err());
    }
    failed.map_or(Ok(count), Err)
}

/// The newest epochs whose tree is larger than the last checkpoint.
fn grown(db: &mut Db) -> Result<Vec<(BoardId, i64)>> {
    let trees: Vec<(BoardId, i64, i64)> = audit_tree::table
        .select((audit_tree::board_id, audit_tree::epoch, audit_tree::size))
        .order((audit_tree::board_id, audit_tree::epoch))
        .load(db)?;
    let mut found = Vec::new();
    for (board, epoch, size) in trees {
        if last(db, board, epoch)?.map_or(0, |(signed, _)| signed) < size {
            found.push((board, epoch));
        }
    }
    Ok(found)
}

fn last(db: &mut Db, board: BoardId, epoch: i64) -> Result<Option<(i64, Vec<u8>)>> {
    Ok(audit_checkpoint::table
        .filter(
            audit_checkpoint::board_id
                .eq(board)
                .and(audit_checkpoint::epoch.eq(epoch)),
        )
        .select((audit_checkpoint::size, audit_checkpoint::frontier))
        .order(audit_checkpoint::size.desc())
        .first(db)
        .optional()?)
}

pub(super) fn sign(db: &mut Db, keyring: &Keyring, board: BoardId, epoch: i64) -> Result<()> {
    let tree = audit_tree::table.find((board, epoch));
    diesel::update(tree)
        .set(audit_tree::size.eq(audit_tree::size))
        .kept()
        .execute(db)?;
    let (size, root): (i64, Vec<u8>) = tree.select((audit_tree::size, audit_tree::root)).first(db)?;
    let (signed, edge) = last(db, board, epoch)?.unwrap_or_default();
    if signed >= size {
        return Ok(()); // another instance was here
    }
    let mut own = Frontier::from_bytes(signed as u64, &edge).map_err(Error::fault)?;
    grow(db, &mut own, (board, epoch), size)?;
    if own.size() != size as u64 || own.root()[..] != root[..] {
        return Err(Error::fault(format!(
            "the log of board {board} does not lead from its last checkpoint to its tree"
        )));
    }
    let key = signing_key(db, keyring, board, epoch)?;
    let checkpoint = Checkpoint {
        origin: key.verifier_key().origin().clone(),
        size: own.size(),
        root: own.root(),
    };
    let written = (checkpoint.sign(&key).map_err(Error::fault)?, own.to_bytes());
    let row = (
        audit_checkpoint::board_id.eq(board),
        audit_checkpoint::epoch.eq(epoch),
        audit_checkpoint::size.eq(size),
        audit_checkpoint::note.eq(&written.0),
        audit_checkpoint::frontier.eq(&written.1),
    );
    let made = diesel::insert_into(audit_checkpoint::table).values(row).execute(db);
    tables::rows_done(made, 1, "audit_checkpoint")?;
    let read = audit_checkpoint::table
        .find((board, epoch, size))
        .select((audit_checkpoint::note, audit_checkpoint::frontier));
    tables::same(&read.load(db)?, &vec![written], "audit_checkpoint")
}

fn grow(db: &mut Db, own: &mut Frontier, (board, epoch): (BoardId, i64), to: i64) -> Result<()> {
    while own.size() < to as u64 {
        let from = own.size() as i64;
        let hashes: Vec<Vec<u8>> = audit_seq::table
            .filter(audit_seq::board_id.eq(board).and(audit_seq::epoch.eq(epoch)))
            .filter(
                audit_seq::leaf_index
                    .ge(from)
                    .and(audit_seq::leaf_index.lt(to.min(from + STEP))),
            )
            .select(audit_seq::leaf_hash)
            .order(audit_seq::leaf_index)
            .load(db)?;
        if hashes.is_empty() {
            return Err(Error::fault(format!("the log of board {board} lacks index {from}")));
        }
        for hash in hashes {
            own.push(Hash::try_from(&hash[..]).map_err(Error::fault)?);
        }
    }
    Ok(())
}

/// An epoch's signing key.
pub fn signing_key(db: &mut Db, keyring: &Keyring, board: BoardId, epoch: i64) -> Result<SigningKey> {
    let keys = keyring.of(db, board)?;
    let row = audit_epoch::table
        .find((board, epoch))
        .select((audit_epoch::origin, audit_epoch::sealed_seed));
    let (origin, sealed): (String, Vec<u8>) = row.first(db)?;
    let opened = keys.open_log("audit_epoch", "sealed_seed", board.uuid(), epoch, &sealed)?;
    let seed = <[u8; 32]>::try_from(&opened[..]).map_err(Error::fault)?;
    let origin: Origin = origin.parse().map_err(Error::fault)?;
    SigningKey::from_seed(origin, Zeroizing::new(seed)).map_err(Error::fault)
}
