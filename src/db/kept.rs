//! Statements that stay prepared. Diesel prepares anew every UPDATE, since the columns a changeset sets may differ from
//! call to call, and every IN with a list of values; parsing them again costs more than running them.

use super::MultiBackend;
use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

/// A statement kept prepared under its text.
pub(crate) struct Kept<Q>(Q);

/// What can be kept.
pub(crate) trait Keep: Sized {
    /// Keeps a statement prepared. Only for one whose text is the same at every call, or one of a handful: each text
    /// stays in memory for as long as its connection.
    fn kept(self) -> Kept<Self> {
        Kept(self)
    }
}

impl<Q: QueryFragment<MultiBackend>> Keep for Q {}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Kept<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q: QueryId> QueryId for Kept<Q> {
    type QueryId = Kept<Q::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: diesel::query_builder::Query> diesel::query_builder::Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Conn> RunQueryDsl<Conn> for Kept<Q> {}

/// The values of an IN, filled up to a power of two by repeating the last: so there are few texts to keep.
pub(crate) fn filled_up<T: Clone>(values: &[T]) -> Vec<T> {
    let mut values = values.to_vec();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::filled_up;

    #[test]
    fn few_texts_serve_all_lengths() {
        assert_eq!(filled_up::<u8>(&[]), [] as [u8; 0]);
        assert_eq!(filled_up(&[1]), [1]);
        assert_eq!(filled_up(&[1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(filled_up(&[1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
    }
}
