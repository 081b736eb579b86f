//! The keys of what says where protected people are (class A1: places of trips, shops, telephone numbers): one beside
//! each row that holds such, under a board key of its own. It lies so whether or not anyone is protected, so that a
//! mark covers what was there before it.

use super::desk::Access;
use crate::crypt::RowKey;
use crate::db::schema::protected_key;
use crate::error::Result;
use crate::id::Id;
use diesel::prelude::*;

impl Access<'_> {
    /// The key beside a row; `None` where the row is older than such keys, and all of it lies under its own.
    pub(crate) fn protected_key_of<T>(self, row: Id<T>) -> Result<Option<RowKey>> {
        let beside = protected_key::table.find(Id::<()>::of(row.uuid()));
        let kept: Option<Vec<u8>> = self.db(|db| beside.select(protected_key::wrapped_key).first(db).optional())?;
        let keys = self.keys()?;
        kept.map(|wrapped| keys.protected_key(row.uuid(), &wrapped)).transpose()
    }

    /// Draws the key beside a row and keeps it.
    pub(crate) fn fresh_protected_key<T>(self, row: Id<T>) -> Result<RowKey> {
        let keys = self.keys()?;
        let (key, wrapped) = keys.fresh_protected_key(row.uuid())?;
        self.db(|db| {
            diesel::insert_into(protected_key::table)
                .values((
                    protected_key::id.eq(Id::<()>::of(row.uuid())),
                    protected_key::board_id.eq(keys.board()),
                    protected_key::wrapped_key.eq(wrapped),
                ))
                .execute(db)
        })?;
        Ok(key)
    }
}
