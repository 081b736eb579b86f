//! The keys of single rows, and what they seal.

use super::{Key, Place};
use crate::error::Result;
use crate::id::{BoardId, Id};
use crate::secret::Secret;
use uuid::Uuid;

/// The key of one row and what hangs on it: an errand, a person, a home, a service user, a file.
pub struct RowKey {
    pub(super) board: BoardId,
    pub(super) key: Key,
}

impl RowKey {
    fn place<'a>(&self, table: &'a str, column: &'a str, row: Uuid, version: i64) -> Place<'a> {
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
