//! Whether the database is what the migrations make: tables, columns, constraints, triggers, views, rules, policies,
//! functions, and on PostgreSQL the settings under which they are met. Whoever can write to a database can change what
//! the program's statements do by changing these, and no row would tell. Compared part by part, a line for each, never
//! by one printed definition: those differ by version. More indexes than ours and rights of others are no difference.

mod postgres;
mod sqlite;

use super::{Db, Store, migrate};
use crate::error::{Error, Result};
use std::collections::BTreeSet;

/// A part of the database each, in words.
type Lines = BTreeSet<String>;

/// Differences that are told by name; what is more is counted.
const MOST_TOLD: usize = 12;

/// What came of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// What differs, a sentence each; nothing where all is as it was made.
    With(Vec<String>),
    /// It cannot be compared, and why: the database is of another version than this program.
    OtherVersion(String),
    /// It cannot be compared, and why: a fault of whoever built the program, and of nobody who writes to the database.
    NotKept(&'static str),
}

/// Compares what the open transaction sees with what the migrations make.
///
/// # Errors
/// When the database does not answer.
pub fn compare(db: &mut Db) -> Result<Compared> {
    if let Some(words) = migrate::other_version(db)? {
        return Ok(Compared::OtherVersion(words));
    }
    let (ours, there) = match db {
        Db::Sqlite(db) => (sqlite::made()?.clone(), sqlite::there(db)?),
        Db::Postgres(db) => match postgres::kept(&migrate::names_known()?) {
            Some(kept) => (kept, postgres::there(db)?),
            None => return Ok(Compared::NotKept(postgres::STALE)),
        },
    };
    Ok(Compared::With(differences(&ours, &there)))
}

fn differences(ours: &Lines, there: &Lines) -> Vec<String> {
    let lacks = ours.difference(there).map(|line| format!("lacks {line}"));
    let more = there.difference(ours).filter(|line| !is_no_matter(line));
    let mut all: Vec<String> = lacks.chain(more.map(|line| format!("has {line}"))).collect();
    // What belongs together stands together.
    all.sort_by_key(|line| line.split_once(' ').map(|(_, of)| of.to_owned()));
    all
}

/// An index that holds nothing to a rule and calls nothing of anybody's.
fn is_no_matter(line: &str) -> bool {
    line.starts_with("index ")
}

/// Compares the database with what the migrations make.
///
/// # Errors
/// When the database does not answer.
pub async fn look(store: &Store) -> Result<Compared> {
    store.lend(|db| super::pool::as_snapshot(db, compare)).await?
}

/// Refuses a database that is not what the migrations make.
///
/// # Errors
/// [`Error::Unavailable`] that names what differs.
pub async fn require_ours(store: &Store) -> Result<()> {
    match look(store).await? {
        Compared::With(differs) if differs.is_empty() => Ok(()),
        Compared::With(differs) => Err(Error::Unavailable(format!(
            "the database is not what this program's migrations make; it is not served until someone has looked at it: {}",
            told(&differs)
        ))),
        Compared::OtherVersion(words) => Err(Error::Unavailable(words)),
        Compared::NotKept(words) => {
            tracing::error!(words, "the database's structure was not compared");
            Ok(())
        }
    }
}

/// Differences on one line.
pub fn told(differs: &[String]) -> String {
    let mut words = differs.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join("; ");
    if differs.len() > MOST_TOLD {
        words += &format!("; and {} more", differs.len() - MOST_TOLD);
    }
    words
}

/// What PostgreSQL has, as `postgres.txt` keeps it, for the test that makes it anew; nothing of SQLite, whose own is
/// made when it is asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn to_keep(store: &Store) -> Result<Option<String>> {
    let read = |db: &mut Db| match db {
        Db::Sqlite(_) => Ok(None),
        Db::Postgres(db) => Ok(Some(postgres::text(&migrate::names_known()?, &postgres::there(db)?))),
    };
    store.lend(move |db| super::pool::as_snapshot(db, read)).await?
}

/// Names of the migrations that `postgres.txt` was made from.
pub fn kept_from() -> Vec<&'static str> {
    postgres::migrations().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_indexes_that_bind_nothing_may_be_more() {
        let lines = |all: &[&str]| all.iter().map(|line| (*line).to_owned()).collect::<Lines>();
        let ours = lines(&["table a", "index b on a"]);
        assert_eq!(differences(&ours, &ours), [""; 0]);
        let there = lines(&["table a", "index b on a", "index c on a"]);
        assert_eq!(differences(&ours, &there), [""; 0]);
        let there = lines(&["table a", "unique index c on a", "trigger d on a"]);
        assert_eq!(
            differences(&ours, &there),
            ["lacks index b on a", "has trigger d on a", "has unique index c on a"]
        );
    }

    #[test]
    fn many_differences_are_counted() {
        let many: Vec<String> = (0..20).map(|number| format!("has trigger {number}")).collect();
        assert!(told(&many).ends_with("; and 8 more"));
        assert_eq!(told(&many[..1]), "has trigger 0");
    }
}
