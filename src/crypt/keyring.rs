//! The keys as the program holds them: the root key from its file, each board's keys unwrapped once and kept in
//! memory. Losing this cache costs a query; keys never change under their version, so it cannot go stale.

use super::{BlindIndex, Key, Place};
use crate::db::schema::{board_key, instance_key};
use crate::db::{Db, insert_unless_there};
use crate::error::{Error, Result};
use crate::id::{BoardId, Id};
use crate::secret::Secret;
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The version of a board's keys that new rows are sealed under.
const KEY_VERSION: i64 = 1;

/// The root key, and what has been unwrapped with it.
pub struct Keyring {
    root: Key,
    boards: RwLock<HashMap<BoardId, Arc<BoardKeys>>>,
}

/// One board's keys: what seals its rows' keys, what its people are found by, what seals its log's salts.
pub struct BoardKeys {
    board: BoardId,
    seal: Key,
    index: BlindIndex,
    log: Key,
}

/// The key of one row and what hangs on it: an errand, a person, a home, a service user, a file.
pub struct RowKey {
    board: BoardId,
    key: Key,
}

impl Keyring {
    pub fn new(root: Key) -> Keyring {
        Keyring {
            root,
            boards: RwLock::default(),
        }
    }

    /// A board's keys, from memory or from its rows.
    pub fn of(&self, db: &mut Db, board: BoardId) -> Result<Arc<BoardKeys>> {
        if let Some(keys) = self.boards.read().unwrap_or_else(PoisonError::into_inner).get(&board) {
            return Ok(keys.clone());
        }
        let rows: Vec<(String, Vec<u8>)> = board_key::table
            .filter(board_key::board_id.eq(board).and(board_key::version.eq(KEY_VERSION)))
            .select((board_key::purpose, board_key::wrapped))
            .load(db)?;
        let unwrap = |purpose: &'static str| {
            let row = rows.iter().find(|(name, _)| name == purpose);
            let (_, wrapped) = row.ok_or_else(|| Error::fault(format!("board {board} has no key to {purpose}")))?;
            self.root.unwrap(board_place(board, purpose), wrapped)
        };
        let index = BlindIndex::new(unwrap("index")?);
        Ok(self.keep(BoardKeys {
            board,
            seal: unwrap("seal")?,
            index,
            log: unwrap("log")?,
        }))
    }

    /// Makes a new board's keys.
    pub fn found(&self, db: &mut Db, board: BoardId) -> Result<Arc<BoardKeys>> {
        for purpose in ["seal", "index", "log"] {
            let wrapped = self.root.wrap(board_place(board, purpose), &Key::fresh());
            diesel::insert_into(board_key::table)
                .values((
                    board_key::board_id.eq(board),
                    board_key::purpose.eq(purpose),
                    board_key::version.eq(KEY_VERSION),
                    board_key::wrapped.eq(wrapped),
                ))
                .execute(db)?;
        }
        self.of(db, board)
    }

    fn keep(&self, keys: BoardKeys) -> Arc<BoardKeys> {
        let keys = Arc::new(keys);
        self.boards
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(keys.board, keys.clone());
        keys
    }

    /// Whether the database holds a secret of the installation, under whatever root key.
    pub fn is_sealed(db: &mut Db) -> Result<bool> {
        let sealed: i64 = instance_key::table.count().get_result(db)?;
        Ok(sealed > 0)
    }

    /// A secret of the whole installation, kept under `purpose`; `make` is asked for it the first time. Of
    /// several instances that start at once, the first to keep one has made it for all.
    ///
    /// # Errors
    /// [`Error::Fault`] when it does not open: the root key is not the one this database was made with.
    pub fn instance_secret(
        &self,
        db: &mut Db,
        purpose: &'static str,
        fresh: (Id<()>, crate::clock::Instant),
        make: impl FnOnce() -> Result<Zeroizing<Vec<u8>>>,
    ) -> Result<(Uuid, Zeroizing<Vec<u8>>)> {
        let place = |id: Uuid| Place {
            board: Uuid::nil(),
            table: "instance_key",
            column: purpose,
            row: id,
            version: 1,
        };
        let row = instance_key::table.filter(instance_key::purpose.eq(purpose));
        let columns = (instance_key::id, instance_key::sealed);
        let mut found: Option<(Id<()>, Vec<u8>)> = row.select(columns).first(db).optional()?;
        if found.is_none() {
            let (id, now) = fresh;
            let made = (
                instance_key::id.eq(id),
                instance_key::purpose.eq(purpose),
                instance_key::sealed.eq(self.root.seal(place(id.uuid()), &make()?)),
                instance_key::created_at.eq(now),
            );
            insert_unless_there!(db, instance_key::table, made)?;
            // Not what was made here: another instance may have been first.
            found = row.select(columns).first(db).optional()?;
        }
        let (id, sealed) = found.ok_or_else(|| Error::fault(format!("no secret to {purpose} was kept")))?;
        let secret = self.root.open(place(id.uuid()), &sealed).map_err(|cause| {
            Error::Fault(format!(
                "the root key is not the one this database was made with, which must be brought back: {cause}"
            ))
        })?;
        Ok((id.uuid(), secret))
    }
}

fn board_place(board: BoardId, purpose: &'static str) -> Place {
    Place {
        board: board.uuid(),
        table: "board_key",
        column: purpose,
        row: board.uuid(),
        version: KEY_VERSION,
    }
}

impl BoardKeys {
    pub const fn board(&self) -> BoardId {
        self.board
    }

    /// What people are found by.
    pub const fn index(&self) -> &BlindIndex {
        &self.index
    }

    /// A new row's key, and the form in which the row keeps it.
    pub fn fresh_row_key(&self, table: &'static str, row: Uuid) -> (RowKey, Vec<u8>) {
        let key = RowKey {
            board: self.board,
            key: Key::fresh(),
        };
        let wrapped = self.seal.wrap(key.place(table, "wrapped_key", row, 1), &key.key);
        (key, wrapped)
    }

    /// A row's key from the form in which the row keeps it.
    pub fn row_key(&self, table: &'static str, row: Uuid, wrapped: &[u8]) -> Result<RowKey> {
        let place = Place {
            board: self.board.uuid(),
            table,
            column: "wrapped_key",
            row,
            version: 1,
        };
        Ok(RowKey {
            board: self.board,
            key: self.seal.unwrap(place, wrapped)?,
        })
    }

    /// Seals something of the log (an event's salts, the signing key).
    pub fn seal_log(
        &self,
        table: &'static str,
        column: &'static str,
        row: Uuid,
        version: i64,
        clear: &[u8],
    ) -> Vec<u8> {
        self.log.seal(
            Place {
                board: self.board.uuid(),
                table,
                column,
                row,
                version,
            },
            clear,
        )
    }

    /// Opens what [`BoardKeys::seal_log`] sealed.
    pub fn open_log(
        &self,
        table: &'static str,
        column: &'static str,
        row: Uuid,
        version: i64,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        self.log.open(
            Place {
                board: self.board.uuid(),
                table,
                column,
                row,
                version,
            },
            sealed,
        )
    }
}

impl RowKey {
    fn place(&self, table: &'static str, column: &'static str, row: Uuid, version: i64) -> Place {
        Place {
            board: self.board.uuid(),
            table,
            column,
            row,
            version,
        }
    }

    /// Seals a text for the column of a row it belongs to; `version` is the row's.
    pub fn seal<T>(&self, table: &'static str, column: &'static str, row: Id<T>, version: i64, text: &str) -> Vec<u8> {
        self.key
            .seal(self.place(table, column, row.uuid(), version), text.as_bytes())
    }

    /// Opens what [`RowKey::seal`] sealed, if it stands where it was put.
    pub fn open<T>(
        &self,
        table: &'static str,
        column: &'static str,
        row: Id<T>,
        version: i64,
        sealed: &[u8],
    ) -> Result<Secret<String>> {
        self.key
            .open_text(self.place(table, column, row.uuid(), version), sealed)
    }

    /// Takes another key under this one: a file's under the errand's, a blob's under the file's.
    pub fn wrap<T>(&self, table: &'static str, column: &'static str, row: Id<T>, inner: &RowKey) -> Vec<u8> {
        self.key.wrap(self.place(table, column, row.uuid(), 1), &inner.key)
    }

    /// Gives back a key taken by [`RowKey::wrap`].
    pub fn unwrap<T>(&self, table: &'static str, column: &'static str, row: Id<T>, wrapped: &[u8]) -> Result<RowKey> {
        let key = self.key.unwrap(self.place(table, column, row.uuid(), 1), wrapped)?;
        Ok(RowKey { board: self.board, key })
    }

    /// A new key of the same board, to be taken under this one.
    pub fn fresh_inner(&self) -> RowKey {
        RowKey {
            board: self.board,
            key: Key::fresh(),
        }
    }

    /// A second holder of the same key: a file shown as it came has one key for both forms.
    pub(crate) fn second_holder(&self) -> RowKey {
        RowKey {
            board: self.board,
            key: self.key.copy(),
        }
    }

    /// The bare key, for the file streams.
    pub const fn bare(&self) -> &Key {
        &self.key
    }
}
