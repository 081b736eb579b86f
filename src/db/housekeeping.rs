//! The other door: work that is nobody's act (sequencing the log, sending letters, sweeping what is past). Each chore
//! names the tables it may touch, and in debug builds, so in every test, a query that touches another one panics.
//! It never reads or writes on a person's behalf.

use super::pool::{as_snapshot, as_unit};
use super::{Db, Store};
use crate::error::Result;
use diesel::connection::{Connection, Instrumentation, InstrumentationEvent, get_default_instrumentation};

/// A piece of housekeeping and its bounds.
#[derive(Debug)]
pub struct Chore {
    pub name: &'static str,
    /// The only tables it may read or write.
    pub tables: &'static [&'static str],
}

impl Store {
    /// Does a chore in one transaction; answers when it is durable.
    pub async fn chore<T: Send + 'static>(
        &self,
        chore: &'static Chore,
        work: impl FnOnce(&mut Db) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.durable(move |db| as_unit(db, |db| within(db, chore, work))).await
    }

    /// Lets a chore look, without writing.
    pub async fn survey<T: Send + 'static>(
        &self,
        chore: &'static Chore,
        work: impl FnOnce(&mut Db) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.lend(move |db| as_unit(db, |db| within(db, chore, work)).1).await?
    }

    /// Lets a chore look at one moment of the database for as long as it takes: what is written meanwhile it does not
    /// see.
    pub async fn snapshot<T: Send + 'static>(
        &self,
        chore: &'static Chore,
        work: impl FnOnce(&mut Db) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.lend(move |db| as_snapshot(db, |db| within(db, chore, work)))
            .await?
    }
}

fn within<T>(db: &mut Db, chore: &'static Chore, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<T> {
    if cfg!(debug_assertions) {
        db.set_instrumentation(Bounds(chore));
    }
    let done = work(db);
    if cfg!(debug_assertions) {
        db.set_instrumentation(get_default_instrumentation());
    }
    done
}

/// Watches the tables a chore's queries name.
struct Bounds(&'static Chore);

impl Instrumentation for Bounds {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let sql = query.to_string();
            for table in tables_of(&sql) {
                assert!(
                    self.0.tables.contains(&table),
                    "the chore {} may not touch {table}: {sql}",
                    self.0.name
                );
            }
        }
    }
}

/// The tables a statement of diesel's names: the word after FROM, JOIN, INTO or UPDATE.
fn tables_of(sql: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let named = move |i: usize| {
        let opens = i > 0
            && matches!(
                words[i - 1].trim_start_matches('('),
                "FROM" | "JOIN" | "INTO" | "UPDATE"
            );
        let name = words[i]
            .trim_matches(['(', ')', '`', '"', ';'])
            .split(['.', '('])
            .next()
            .unwrap_or_default();
        (opens && !name.is_empty() && !words[i].starts_with("(SELECT")).then_some((i, name.trim_matches(['`', '"'])))
    };
    let count = sql.split_whitespace().count();
    (0..count)
        .filter_map(named)
        .map(|(_, name)| name)
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::tables_of;

    #[test]
    fn the_tables_of_a_statement_are_found() {
        let found = |sql| tables_of(sql).collect::<Vec<_>>();
        assert_eq!(
            found("SELECT `a`.`id` FROM (`a` INNER JOIN `b` ON (`b`.`a` = `a`.`id`)) WHERE 1"),
            ["a", "b"]
        );
        assert_eq!(found("INSERT INTO \"outbox\" (\"id\") VALUES ($1)"), ["outbox"]);
        assert_eq!(found("UPDATE `outbox` SET `tries` = 1"), ["outbox"]);
        assert_eq!(
            found("DELETE FROM `file` WHERE `id` IN (SELECT `x` FROM `seen`)"),
            ["file", "seen"]
        );
    }
}
