//! The tables whose rows keep a key of their own under the board's: what a rotation of keys goes through. A test holds
//! the list to the schema.

use super::Db;
use super::schema;
use crate::error::{Error, Result};
use crate::id::{BoardId, Id};
use diesel::prelude::*;
use uuid::Uuid;

macro_rules! wrapped {
    ($($table:ident),+ $(,)?) => {
        /// All of them. Each has `id`, `board_id` and `wrapped_key`.
        pub const TABLES: &[&str] = &[$(stringify!($table)),+];

        /// Rows of a board after `after`, by id, with their wrapped keys.
        pub fn page(
            db: &mut Db,
            (board, table): (BoardId, &str),
            after: Option<Uuid>,
            most: i64,
        ) -> Result<Vec<(Uuid, Vec<u8>)>> {
            let rows: Vec<(Id<()>, Vec<u8>)> = match table {
                $(stringify!($table) => {
                    let mut query = schema::$table::table
                        .filter(schema::$table::board_id.eq(board))
                        .select((schema::$table::id, schema::$table::wrapped_key))
                        .order(schema::$table::id)
                        .limit(most)
                        .into_boxed();
                    if let Some(after) = after {
                        query = query.filter(schema::$table::id.gt(Id::<()>::of(after)));
                    }
                    query.load(db)?
                })+
                _ => return Err(Error::fault(format!("{table} keeps no keys"))),
            };
            Ok(rows.into_iter().map(|(id, key)| (id.uuid(), key)).collect())
        }

        /// Gives a row another form of its key, if it still has the one that was read.
        pub fn swap(db: &mut Db, table: &str, row: Uuid, (old, new): (&[u8], &[u8])) -> Result<bool> {
            let id = Id::<()>::of(row);
            let swapped = match table {
                $(stringify!($table) => {
                    let row = schema::$table::table.filter(schema::$table::id.eq(id));
                    diesel::update(row.filter(schema::$table::wrapped_key.eq(old)))
                        .set(schema::$table::wrapped_key.eq(new))
                        .execute(db)?
                })+
                _ => return Err(Error::fault(format!("{table} keeps no keys"))),
            };
            Ok(swapped == 1)
        }
    };
}
wrapped!(person, home, service_user, errand, file, incident);
