//! One board's keys, unwrapped: what they seal, and the keys of rows that lie under them.

use super::field::does_not_open;
use super::row_key::RowKey;
use super::{BlindIndex, Key, Place};
use crate::error::{Error, Result};
use crate::id::BoardId;
use uuid::Uuid;
use zeroize::Zeroizing;

/// One board's keys: what seals its rows' keys, what its people are found by, what seals its log's salts.
pub struct BoardKeys {
    pub(super) board: BoardId,
    pub(super) seal: Layers,
    /// What seals the keys of where protected people are; none in a board older than it until the program starts anew.
    pub(super) protect: Option<Layers>,
    pub(super) index: BlindIndex,
    pub(super) log: Key,
}

/// A key that rows' keys are under, and those before it, while rows are still under them.
pub(super) struct Layers {
    pub newest: Key,
    pub older: Vec<Key>,
}

impl Layers {
    fn unwrap(&self, place: Place<'_>, wrapped: &[u8]) -> Result<Key> {
        let mut all = std::iter::once(&self.newest).chain(&self.older);
        let key = all.find_map(|key| key.try_unwrap(place, wrapped));
        key.ok_or_else(|| does_not_open(place))
    }
}

/// The table of the keys that are under the board's key to protect, not under that to seal.
const PROTECTED: &str = "protected_key";

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
        let key = self.bare_row_key();
        let wrapped = self.wrap_row_key(table, row, &key);
        (key, wrapped)
    }

    /// A key for a row that is written later, in another transaction: [`wrap_row_key`](BoardKeys::wrap_row_key) takes
    /// it under the board's key of that moment.
    pub fn bare_row_key(&self) -> RowKey {
        RowKey {
            board: self.board,
            key: Key::fresh(),
        }
    }

    /// The form in which a row keeps its key.
    pub fn wrap_row_key(&self, table: &'static str, row: Uuid, key: &RowKey) -> Vec<u8> {
        self.seal.newest.wrap(self.row_place(table, row), &key.key)
    }

    /// A new key for what says where protected people are in a row, and the form in which it is kept beside it.
    ///
    /// # Errors
    /// [`Error::Fault`] in a board that has no key for it yet.
    pub fn fresh_protected_key(&self, row: Uuid) -> Result<(RowKey, Vec<u8>)> {
        let key = self.bare_row_key();
        let wrapped = self.protect()?.newest.wrap(self.row_place(PROTECTED, row), &key.key);
        Ok((key, wrapped))
    }

    /// Such a key from the form in which it is kept.
    pub fn protected_key(&self, row: Uuid, wrapped: &[u8]) -> Result<RowKey> {
        let key = self.protect()?.unwrap(self.row_place(PROTECTED, row), wrapped)?;
        Ok(RowKey { board: self.board, key })
    }

    fn protect(&self) -> Result<&Layers> {
        let lacks = || {
            Error::fault(format!(
                "board {} has no key to protect yet: start Famn anew",
                self.board
            ))
        };
        self.protect.as_ref().ok_or_else(lacks)
    }

    /// A row's key from the form in which the row keeps it.
    pub fn row_key(&self, table: &'static str, row: Uuid, wrapped: &[u8]) -> Result<RowKey> {
        let key = self.seal.unwrap(self.row_place(table, row), wrapped)?;
        Ok(RowKey { board: self.board, key })
    }

    /// A row's key taken under the newest key of the board; `None` when it is already, or is under none of them, as
    /// that of a file which an errand has taken.
    pub(super) fn rewrap(&self, table: &str, row: Uuid, wrapped: &[u8]) -> Option<Vec<u8>> {
        let place = self.row_place(table, row);
        let layers = match table {
            PROTECTED => self.protect.as_ref()?,
            _ => &self.seal,
        };
        let inner = layers.older.iter().find_map(|key| key.try_unwrap(place, wrapped))?;
        Some(layers.newest.wrap(place, &inner))
    }

    fn row_place<'a>(&self, table: &'a str, row: Uuid) -> Place<'a> {
        Place {
            board: self.board.uuid(),
            table,
            column: "wrapped_key",
            row,
            version: 1,
        }
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
