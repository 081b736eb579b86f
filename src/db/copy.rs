//! The whole database at once: a copy while it is served, an empty one filled from a copy, what is counted in it.
//! SQLite copies itself (`VACUUM INTO`); PostgreSQL is copied by its own `pg_dump` and filled by `pg_restore`, found on
//! the path, or row by row from a copy of SQLite.

use super::pool::as_snapshot;
use super::{Db, Store};
use crate::error::{Error, Result};
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, RunQueryDsl as _, SqliteConnection};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many rows each table has.
pub type Counts = BTreeMap<String, u64>;

/// The name of the back end a copy is of.
pub fn kind(url: &str) -> &'static str {
    if url.starts_with("sqlite:") {
        "sqlite"
    } else {
        "postgres"
    }
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

impl Store {
    /// Copies the database of `url`, which this store is of, into a new file, as it is at one moment.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the database's words, or that `pg_dump` is not to be found.
    pub async fn copy_to(&self, url: &str, file: &Path) -> Result<Counts> {
        let (url, file) = (url.to_owned(), file.to_owned());
        self.lend(move |mut db| match &mut *db {
            Db::Sqlite(db) => {
                diesel::sql_query("VACUUM INTO ?")
                    .bind::<Text, _>(path_text(&file)?)
                    .execute(db)?;
                counts_of(&mut open_file(&file)?)
            }
            Db::Postgres(_) => as_snapshot(db, |db| dump(db, &url, &file)),
        })
        .await?
    }

    /// Writes what the write-ahead log of SQLite holds into the file itself, so that nothing old is left in it.
    pub async fn fold_log(&self) -> Result<()> {
        self.lend(|mut db| match &mut *db {
            Db::Sqlite(db) => Ok(db.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?),
            Db::Postgres(_) => Ok(()),
        })
        .await?
    }

    /// How many rows each table has.
    pub async fn counts(&self) -> Result<Counts> {
        self.lend(|mut db| counts_of(&mut db)).await?
    }
}

/// Whether there is nothing at `url` yet: no file, or no table.
pub async fn is_empty(url: &str) -> Result<bool> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        return Ok(!["", "-wal", "-shm"]
            .iter()
            .any(|end| Path::new(&format!("{path}{end}")).exists()));
    }
    let store = Store::open(url, 1)?;
    Ok(store.counts().await?.is_empty())
}

/// Fills the empty database at `url` from a copy. All of it is there when this returns, or nothing.
pub async fn fill(url: &str, copy: &Path) -> Result<()> {
    let (url, copy) = (url.to_owned(), copy.to_owned());
    let fill = move || match url.strip_prefix("sqlite:") {
        Some(path) => place_file(&copy, Path::new(path)),
        None => {
            let mut restore = client("pg_restore", &url)?;
            restore.args([
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
            ]);
            run("pg_restore", restore.arg(copy))
        }
    };
    tokio::task::spawn_blocking(fill).await.map_err(Error::fault)?
}

/// Pours the SQLite database of a file into the PostgreSQL one at `url`, which has the same tables and nothing in them.
/// All of it is there when this returns, or nothing.
pub async fn pour(url: &str, copy: &Path) -> Result<()> {
    let copy = copy.to_owned();
    Store::open(url, 1)?
        .lend(move |mut db| match &mut *db {
            Db::Postgres(db) => super::pour::pour(&copy, db),
            Db::Sqlite(_) => Err(Error::fault("poured into SQLite")),
        })
        .await?
}

fn place_file(copy: &Path, path: &Path) -> Result<()> {
    let part = PathBuf::from(format!("{}.part", path_text(path)?));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(copy, &part))
        .and_then(|_| fs::File::open(&part)?.sync_all())
        .and_then(|()| fs::rename(&part, path))
        .and_then(|()| fs::File::open(folder)?.sync_all())
        .map_err(Error::unavailable)
}

/// A database that lives as long as this does, beside the one at a URL: for a rehearsal.
pub struct Scratch {
    pub url: String,
    /// On PostgreSQL: the server's address and the database's name.
    made: Option<(String, String)>,
}

impl Scratch {
    /// A file in `folder`, or a database of its own on the same server.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the server does not let this user make one.
    pub fn beside(url: &str, folder: &Path, name: &str) -> Result<Scratch> {
        if kind(url) == "sqlite" {
            let url = format!("sqlite:{}", path_text(&folder.join(name))?);
            return Ok(Scratch { url, made: None });
        }
        administer(url, &format!("CREATE DATABASE \"{name}\" TEMPLATE template0")).map_err(|cause| {
            Error::Unavailable(format!(
                "no database to rehearse in could be made ({cause}): give one with --scratch, or the user CREATEDB"
            ))
        })?;
        let (head, query) = url
            .split_once('?')
            .map_or((url, None), |(head, query)| (head, Some(query)));
        let head = head.rsplit_once('/').map_or(head, |(server, _)| server);
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        Ok(Scratch {
            url: format!("{head}/{name}{query}"),
            made: Some((url.to_owned(), name.to_owned())),
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some((url, name)) = &self.made
            && let Err(cause) = administer(url, &format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"))
        {
            tracing::error!(%cause, name, "the database of a rehearsal could not be removed");
        }
    }
}

fn administer(url: &str, statement: &str) -> Result<()> {
    let mut db = PgConnection::establish(url).map_err(Error::unavailable)?;
    Ok(db.batch_execute(statement)?)
}

pub(super) fn open_file(path: &Path) -> Result<Db> {
    let db = SqliteConnection::establish(path_text(path)?);
    db.map(Db::Sqlite).map_err(Error::unavailable)
}

fn counts_of(db: &mut Db) -> Result<Counts> {
    let tables = match db {
        Db::Sqlite(_) => "SELECT name AS text FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        Db::Postgres(_) => "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public'",
    };
    let mut counts = Counts::new();
    for table in texts(db, tables)? {
        let count = format!("SELECT CAST(count(*) AS TEXT) AS text FROM \"{table}\"");
        let rows = texts(db, &count)?.first().and_then(|text| text.parse().ok());
        counts.insert(table, rows.ok_or_else(|| Error::fault("a count that is no number"))?);
    }
    Ok(counts)
}

fn texts(db: &mut Db, query: &str) -> Result<Vec<String>> {
    let query = diesel::sql_query(query);
    let lines: Vec<Line> = match db {
        Db::Sqlite(db) => query.load(db)?,
        Db::Postgres(db) => query.load(db)?,
    };
    Ok(lines.into_iter().map(|line| line.text).collect())
}

/// Dumps what the open transaction sees, and counts it.
fn dump(db: &mut Db, url: &str, file: &Path) -> Result<Counts> {
    let snapshot = texts(db, "SELECT pg_export_snapshot() AS text")?;
    let mut dump = client("pg_dump", url)?;
    dump.args(["--format=custom", "--no-owner", "--no-privileges"])
        .arg(format!("--snapshot={}", snapshot.concat()))
        .arg(format!("--file={}", path_text(file)?));
    run("pg_dump", &mut dump)?;
    counts_of(db)
}

/// One of PostgreSQL's own programs. The password goes by the environment: arguments stand in the list of processes.
fn client(program: &str, url: &str) -> Result<Command> {
    let mut command = Command::new(program);
    let (scheme, rest) = url
        .split_once("://")
        .ok_or_else(|| Error::fault("a URL without a scheme"))?;
    let authority = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority);
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = user
        .split_once(':')
        .map_or((user, None), |(user, password)| (user, Some(password)));
    if let Some(password) = password {
        let clear = percent_encoding::percent_decode_str(password).decode_utf8();
        command.env(
            "PGPASSWORD",
            &*clear.map_err(|_| Error::fault("a password that is no text"))?,
        );
    }
    let at = if user.is_empty() { "" } else { "@" };
    command.arg(format!("--dbname={scheme}://{user}{at}{host}{path}"));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    Ok(command)
}

fn run(program: &str, command: &mut Command) -> Result<()> {
    let done = command.output().map_err(|cause| match cause.kind() {
        std::io::ErrorKind::NotFound => Error::Unavailable(format!(
            "{program} is not on the path: install PostgreSQL's client programs, of the server's version or newer"
        )),
        _ => Error::Unavailable(format!("{program}: {cause}")),
    })?;
    if done.status.success() {
        return Ok(());
    }
    // The first line alone: those after it may show rows.
    let words = String::from_utf8_lossy(&done.stderr);
    Err(Error::Unavailable(words.lines().next().unwrap_or(program).to_owned()))
}

fn path_text(path: &Path) -> Result<&str> {
    path.to_str()
        .ok_or_else(|| Error::Unavailable(format!("{} is no path that can be written", path.display())))
}
