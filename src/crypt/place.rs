//! Where a sealed thing belongs.

use std::fmt;
use uuid::Uuid;

/// The place a ciphertext is bound to. What is sealed for one place opens in no other, so that whoever can write to
/// the database can neither move a value to another row, column, table or board nor bring an older version back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    pub board: Uuid,
    pub table: &'a str,
    pub column: &'a str,
    pub row: Uuid,
    /// The row's version as it stands in the row; 0 where rows are never changed.
    pub version: i64,
}

impl Place<'_> {
    /// The bytes that are authenticated along with what is sealed: `famn1`, then board, table, column, row and version
    /// (big endian), each behind its length as four bytes, so that no two places give the same bytes.
    pub(super) fn aad(&self) -> Vec<u8> {
        let version = self.version.to_be_bytes();
        let parts = [
            self.board.as_bytes(),
            self.table.as_bytes(),
            self.column.as_bytes(),
            self.row.as_bytes(),
            &version,
        ];
        let mut aad = b"famn1".to_vec();
        for part in parts {
            aad.extend_from_slice(&length(part));
            aad.extend_from_slice(part);
        }
        aad
    }
}

/// How long a part is, as four bytes. Parts are names and ids, far below the 4 GiB at which this would not tell.
pub(super) fn length(part: &[u8]) -> [u8; 4] {
    u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes()
}

/// `table.column row`: names the place without telling anything about what is sealed there.
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} {}", self.table, self.column, self.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_stands_behind_its_length() {
        let place = Place {
            board: Uuid::from_u128(1),
            table: "note",
            column: "text",
            row: Uuid::from_u128(2),
            version: 3,
        };
        let wanted = "66616d6e3100000010000000000000000000000000000000010000000\
                      46e6f7465000000047465787400000010000000000000000000000000000000020000000\
                      80000000000000003";
        assert_eq!(hex::encode(place.aad()), wanted);
        let shifted = Place {
            table: "notet",
            column: "ext",
            ..place
        };
        assert_ne!(shifted.aad(), place.aad());
    }
}
