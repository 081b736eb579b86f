//! The schema's versions. They are applied only when asked (`famn migrate`, `--migrate`); a database that is behind,
//! or ahead of this program, is not served.

use super::{Db, Store};
use crate::error::{Error, Result};
use diesel::RunQueryDsl as _;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::path::Path;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How a database stands to this program.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Known here, not yet applied there.
    pub pending: Vec<String>,
    /// Applied there, not known here: the database belongs to a newer program.
    pub unknown: Vec<String>,
}

/// Opens the database at `url`, made if it is a file that is not there, and applies what is pending.
pub async fn bring_up_to_date(url: &str) -> Result<Vec<String>> {
    if let Some(folder) = url.strip_prefix("sqlite:").and_then(|path| Path::new(path).parent()) {
        std::fs::create_dir_all(folder).map_err(Error::unavailable)?;
    }
    run(&Store::make(url)?).await
}

/// Applies what is pending and gives the names of it.
async fn run(store: &Store) -> Result<Vec<String>> {
    let work = |db: &mut Db| {
        let done = match db {
            Db::Sqlite(db) => db.run_pending_migrations(SQLITE).map(|done| names(&done)),
            Db::Postgres(db) => db.run_pending_migrations(POSTGRES).map(|done| names(&done)),
        };
        done.map_err(Error::fault)
    };
    store.lend(move |mut db| work(&mut db)).await?
}

/// Compares the versions applied with those known.
pub async fn versions(store: &Store) -> Result<Versions> {
    store.lend(|mut db| compare(&mut db)).await?
}

/// Whether nothing has been applied yet: a database nobody has used.
pub async fn is_empty(store: &Store) -> Result<bool> {
    let found = versions(store).await?;
    let known = known::<diesel::sqlite::Sqlite>(&SQLITE)?;
    Ok(found.unknown.is_empty() && found.pending.len() == known.len())
}

/// What is to be said of a database that is not exactly at this program's version; nothing of one that is.
pub(super) fn other_version(db: &mut Db) -> Result<Option<String>> {
    // Not as diesel asks, which makes the table where there is none: a look writes nothing.
    let applied = "SELECT version AS applied FROM __diesel_schema_migrations";
    let applied: Vec<Applied> = match db {
        Db::Sqlite(db) => diesel::sql_query(applied).load(db)?,
        Db::Postgres(db) => diesel::sql_query(applied).load(db)?,
    };
    let applied = applied.into_iter().map(|one| one.applied).collect();
    Ok(told_apart(&names_known()?, applied).words())
}

#[derive(diesel::QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    applied: String,
}

/// The names of all migrations known here, in their order.
pub(super) fn names_known() -> Result<Vec<String>> {
    let mut names = known::<diesel::pg::Pg>(&POSTGRES)?;
    names.sort();
    Ok(names)
}

/// Makes on a database what all migrations make.
pub(super) fn all_on_sqlite(db: &mut diesel::SqliteConnection) -> Result<()> {
    db.run_pending_migrations(SQLITE).map(drop).map_err(Error::fault)
}

/// Refuses a database that is not exactly at this program's version.
///
/// # Errors
/// [`Error::Unavailable`] that names what is pending or unknown, and what to do.
pub async fn require_current(store: &Store) -> Result<()> {
    let words = versions(store).await?.words();
    words.map_or(Ok(()), |words| Err(Error::Unavailable(words)))
}

impl Versions {
    fn words(&self) -> Option<String> {
        if !self.unknown.is_empty() {
            let names = self.unknown.join(", ");
            return Some(format!("the database is newer than this program (it has {names})"));
        }
        let names = self.pending.join(", ");
        (!names.is_empty()).then(|| format!("the database lacks {names}: run `famn migrate`, or serve with --migrate"))
    }
}

fn compare(db: &mut Db) -> Result<Versions> {
    let (known, applied) = match db {
        Db::Sqlite(db) => (
            known::<diesel::sqlite::Sqlite>(&SQLITE)?,
            db.applied_migrations().map_err(Error::fault)?,
        ),
        Db::Postgres(db) => (
            known::<diesel::pg::Pg>(&POSTGRES)?,
            db.applied_migrations().map_err(Error::fault)?,
        ),
    };
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    Ok(told_apart(&known, applied))
}

fn told_apart(known: &[String], applied: Vec<String>) -> Versions {
    let version = |name: &String| name.split('_').next().unwrap_or_default().replace('-', "");
    let pending = known
        .iter()
        .filter(|name| !applied.contains(&version(name)))
        .cloned()
        .collect();
    let known: Vec<String> = known.iter().map(version).collect();
    let unknown = applied.into_iter().filter(|one| !known.contains(one)).collect();
    Versions { pending, unknown }
}

fn known<B: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>> {
    let found: Vec<_> = MigrationSource::<B>::migrations(source).map_err(Error::fault)?;
    Ok(found.iter().map(|one| one.name().to_string()).collect())
}

fn names(done: &[diesel::migration::MigrationVersion<'_>]) -> Vec<String> {
    done.iter().map(ToString::to_string).collect()
}
