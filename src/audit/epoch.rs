//! The next epoch of a log: after an old copy of the database was put back, what follows must not pretend to be the
//! continuation that others have seen. The new log's first event quotes the last checkpoint of the one before, names
//! the reason, and bears the new key that checks the log's signatures.

use super::event::{Action, Subject};
use super::merkle::Frontier;
use super::note::{Checkpoint, Origin};
use super::sequencer::{SeqRow, place};
use super::{of_the_program, record, signer};
use crate::clock::Clock;
use crate::crypt::Keyring;
use crate::db::housekeeping::Chore;
use crate::db::schema::{audit_checkpoint, audit_epoch, audit_tree, board};
use crate::db::{Db, Store};
use crate::error::{Error, Result};
use crate::id::{BoardId, Id};
use diesel::prelude::*;
use std::sync::Arc;

static OPEN: Chore = Chore {
    name: "open the log's next epoch",
    tables: &[
        "audit_epoch",
        "audit_event",
        "audit_pending",
        "audit_seq",
        "audit_tree",
        "audit_checkpoint",
        "board",
        "board_key",
    ],
};

crate::closed_list! {
    /// Why a log has another epoch.
    EpochReason {
        /// A backup was restored.
        Restore = "restore",
        /// An older copy of the database was put back by other means.
        OldCopy = "old_copy",
        /// The key that signs the log has to be another.
        KeyChange = "key_change",
        /// Something else, told elsewhere.
        Other = "other",
    }
}

/// Opens the next epoch of one board's log, or of every board's. Gives the boards' slugs with their new epochs.
///
/// What waits for its place goes to the new log: on the machine that was lost it may have had another place in the old.
///
/// # Errors
/// [`Error::NotFound`] for a board that is not there; [`Error::Fault`] when a log does not lead to its tree.
pub async fn open_next(
    store: &Store,
    keyring: &Arc<Keyring>,
    clock: &Clock,
    (of_board, reason): (Option<String>, EpochReason),
) -> Result<Vec<(String, u64)>> {
    let (keyring, clock) = (keyring.clone(), clock.clone());
    let open = move |db: &mut Db| {
        let all: Vec<(BoardId, String)> = board::table
            .select((board::id, board::slug))
            .order(board::slug)
            .load(db)?;
        let chosen = |slug: &str| of_board.as_ref().is_none_or(|asked| asked == slug);
        let mut opened = Vec::new();
        for (id, slug) in all.into_iter().filter(|(_, slug)| chosen(slug)) {
            let epoch = open_one(db, &keyring, &clock, (id, &slug), reason)?;
            opened.push((slug, epoch));
        }
        if opened.is_empty() && of_board.is_some() {
            return Err(Error::NotFound);
        }
        Ok(opened)
    };
    store.chore(&OPEN, open).await
}

fn open_one(
    db: &mut Db,
    keyring: &Keyring,
    clock: &Clock,
    (board, slug): (BoardId, &str),
    reason: EpochReason,
) -> Result<u64> {
    let trees = audit_tree::table.filter(audit_tree::board_id.eq(board));
    // The row lock first: whoever sequences waits, and then finds the new log.
    diesel::update(trees)
        .set(audit_tree::size.eq(audit_tree::size))
        .execute(db)?;
    let old: i64 = trees
        .select(audit_tree::epoch)
        .order(audit_tree::epoch.desc())
        .first(db)?;
    let quoted = last_checkpoint(db, keyring, board, old)?;
    let name: String = audit_epoch::table
        .find((board, old))
        .select(audit_epoch::origin)
        .first(db)?;
    let base = name.strip_suffix(&format!("/{slug}/{old}"));
    let base = base.ok_or_else(|| Error::fault(format!("the log {name} is not that of {slug}")))?;
    let epoch = old as u64 + 1;
    let keys = keyring.of(db, board)?;
    let vkey = record::add_epoch(db, &keys, Origin::new(base, slug, epoch).map_err(Error::fault)?)?;
    let says = Subject {
        checkpoint: Some(&quoted),
        log_key: Some(&vkey),
        ..Subject::default()
    };
    let opening = of_the_program(clock, (Action::AuditEpoch, Some(reason.as_str())), &says)?;
    // At once in its place, before all that waits.
    record(db, &keys, std::slice::from_ref(&opening))?;
    let mut tree = Frontier::new();
    tree.push(opening.leaf.hash());
    let row = SeqRow {
        board_id: board,
        epoch: old + 1,
        leaf_index: 0,
        event_id: Id::of(opening.id),
        leaf_hash: opening.leaf.hash().to_vec(),
    };
    place(db, &[row], (board, old + 1, 0), &tree)?;
    Ok(epoch)
}

/// The old log's last checkpoint, made now if the log has grown since it was made.
fn last_checkpoint(db: &mut Db, keyring: &Keyring, board: BoardId, epoch: i64) -> Result<String> {
    signer::sign(db, keyring, board, epoch)?;
    let newest: Option<String> = audit_checkpoint::table
        .filter(audit_checkpoint::board_id.eq(board))
        .filter(audit_checkpoint::epoch.eq(epoch))
        .select(audit_checkpoint::note)
        .order(audit_checkpoint::size.desc())
        .first(db)
        .optional()?;
    if let Some(note) = newest {
        return Ok(note);
    }
    // Nothing had its place yet: the empty log is quoted.
    let key = signer::signing_key(db, keyring, board, epoch)?;
    let empty = Checkpoint {
        origin: key.verifier_key().origin().clone(),
        size: 0,
        root: Frontier::new().root(),
    };
    empty.sign(&key).map_err(Error::fault)
}
