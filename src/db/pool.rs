//! Connections, and the two ways work reaches them: reads on a pooled connection, writes on one that becomes durable
//! before the answer leaves (SQLite: the one writer thread, committing in groups; PostgreSQL: the pool).

use super::file::DatabaseFile;
use super::{Db, Transactions, writer};
use crate::alive::Pulse;
use crate::error::{Error, Result};
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};
use diesel::{Connection, ConnectionError, PgConnection, SqliteConnection};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// What is said of a SQLite database whose file was moved away or replaced: what is open goes on in the old one.
const GONE: &str = "the database's file is gone, or is another";

/// How long a request waits for a free connection before it is told 503.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(2);

/// Opens connections of the kind the URL's scheme names: `sqlite:PATH` or `postgres://…`.
#[derive(Clone)]
pub(super) struct Manager {
    url: String,
    /// SQLite only.
    file: Option<DatabaseFile>,
}

impl Manager {
    /// Of the database at `url`, whose file, if it is one, is looked for by `find`.
    pub(super) fn of(url: &str, find: impl FnOnce(&str) -> Result<DatabaseFile>) -> Result<Manager> {
        Ok(Manager {
            url: url.to_owned(),
            file: match is_postgres(url) {
                true => None,
                false => Some(find(url.strip_prefix("sqlite:").unwrap_or(url))?),
            },
        })
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

impl ManageConnection for Manager {
    type Connection = Db;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Db, Self::Error> {
        let refused = diesel::r2d2::Error::ConnectionError;
        let Some(file) = &self.file else {
            let mut db = PgConnection::establish(&self.url).map_err(refused)?;
            // As long as SQLite waits for a lock of another process, below. Names are looked for where the migrations
            // put them, whatever the role or the database is set to.
            db.batch_execute("SET lock_timeout = '5s'; SET search_path = public, pg_temp")
                .map_err(diesel::r2d2::Error::QueryError)?;
            return Ok(Db::Postgres(db));
        };
        if !file.is_there() {
            return Err(refused(ConnectionError::BadConnection(GONE.into())));
        }
        let mut db = SqliteConnection::establish(&file.uri()).map_err(refused)?;
        // FULL: NORMAL may lose acknowledged commits when the power goes.
        db.batch_execute(
            "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
             PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-4000;",
        )
        .map_err(diesel::r2d2::Error::QueryError)?;
        Ok(Db::Sqlite(db))
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), Self::Error> {
        db.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        db.is_broken()
    }
}

/// A connection owned for the length of a job: the writer thread's own, or one lent by the pool.
pub enum Conn {
    Own(Box<Db>),
    Lent(PooledConnection<ManagerHandle>),
}
/// The pool's manager, opaque outside this module.
pub struct ManagerHandle(Manager);

impl ManageConnection for ManagerHandle {
    type Connection = Db;
    type Error = diesel::r2d2::Error;
    fn connect(&self) -> Result<Db, Self::Error> {
        self.0.connect()
    }
    fn is_valid(&self, db: &mut Db) -> Result<(), Self::Error> {
        self.0.is_valid(db)
    }
    fn has_broken(&self, db: &mut Db) -> bool {
        self.0.has_broken(db)
    }
}

impl Deref for Conn {
    type Target = Db;
    fn deref(&self) -> &Db {
        match self {
            Conn::Own(db) => db,
            Conn::Lent(db) => db,
        }
    }
}
impl DerefMut for Conn {
    fn deref_mut(&mut self) -> &mut Db {
        match self {
            Conn::Own(db) => db,
            Conn::Lent(db) => db,
        }
    }
}

/// The database as the rest of the program has it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: Pool<ManagerHandle>,
    /// One for each connection of the pool. Whoever waits for a turn holds no thread.
    turns: Arc<Semaphore>,
    /// SQLite only: the queue to the one thread that writes.
    writer: Option<writer::Queue>,
    /// SQLite only.
    file: Option<DatabaseFile>,
}

/// How much of a store is in use.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Connections to read on (PostgreSQL: to read and write on) that are open.
    pub open: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
    /// How many more might be used at once.
    pub free: usize,
    /// Writes that wait for SQLite's one writer.
    pub writes_waiting: usize,
}

impl Store {
    /// Opens the database at `url` with `connections` to read on. One that is a file is to be there.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the database's own words when it cannot be reached.
    pub fn open(url: &str, connections: u32) -> Result<Store> {
        Store::of(Manager::of(url, DatabaseFile::at)?, connections)
    }

    /// As [`Store::open`], to be migrated: a file that is not there is made.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub(super) fn make(url: &str) -> Result<Store> {
        Store::of(Manager::of(url, DatabaseFile::make)?, 1)
    }

    fn of(manager: Manager, connections: u32) -> Result<Store> {
        // Once by hand, since the pool would only say that it timed out.
        let first = manager.connect().map_err(Error::unavailable)?;
        let file = manager.file.clone();
        let writer = match file {
            Some(_) => Some(writer::start(manager.clone(), first)?),
            None => None,
        };
        let readers = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(WAIT_FOR_CONNECTION)
            .build_unchecked(ManagerHandle(manager));
        Ok(Store {
            readers,
            turns: Arc::new(Semaphore::new(connections as usize)),
            writer,
            file,
        })
    }

    /// As [`Store::open`]; nothing where a file is not there.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_existing(url: &str, connections: u32) -> Result<Option<Store>> {
        let lacking = url
            .strip_prefix("sqlite:")
            .is_some_and(|path| !Path::new(path).is_file());
        if lacking {
            return Ok(None);
        }
        Store::open(url, connections).map(Some)
    }

    /// Whether reads and writes are apart, so that a read's events need a second step (SQLite).
    pub fn has_own_writer(&self) -> bool {
        self.writer.is_some()
    }

    /// Lends a connection to `work` on a thread that may block.
    pub(crate) async fn lend<T: Send + 'static>(&self, work: impl FnOnce(Conn) -> T + Send + 'static) -> Result<T> {
        let turn = tokio::time::timeout(WAIT_FOR_CONNECTION, self.turns.clone().acquire_owned()).await;
        let turn = turn
            .map_err(|_| Error::unavailable("no connection to the database was free in time"))?
            .map_err(Error::fault)?;
        let readers = self.readers.clone();
        let work = move || {
            let _turn = turn;
            readers.get().map(|db| work(Conn::Lent(db))).map_err(Error::unavailable)
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::fault)?
    }

    /// Does `work` where writes are done and answers when it is durable.
    ///
    /// # Errors
    /// What `work` gave; [`Error::Unavailable`] when it cannot be made durable, and then nothing of it stands.
    pub(crate) async fn durable<T: Send + 'static>(
        &self,
        work: impl FnOnce(Conn) -> (Conn, Result<T>) + Send + 'static,
    ) -> Result<T> {
        self.durable_noting(work, |_| ()).await
    }

    /// As [`Store::durable`], and has `stands` note what was made durable: also when nobody waits for it any more.
    ///
    /// # Errors
    /// As [`Store::durable`].
    pub(crate) async fn durable_noting<T: Send + 'static>(
        &self,
        work: impl FnOnce(Conn) -> (Conn, Result<T>) + Send + 'static,
        stands: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T> {
        match &self.writer {
            Some(queue) => queue.run(work, stands).await,
            None => self.lend(|db| work(db).1.inspect(stands)).await?,
        }
    }

    /// How much of it is in use just now.
    pub fn load(&self) -> Load {
        let pool = self.readers.state();
        Load {
            open: pool.connections,
            idle: pool.idle_connections,
            free: self.turns.available_permits(),
            writes_waiting: self.writer.as_ref().map_or(0, writer::Queue::waiting),
        }
    }

    /// SQLite only: whether the writer lives.
    pub fn writer_pulse(&self) -> Option<Pulse> {
        self.writer.as_ref().map(writer::Queue::pulse)
    }

    /// Whether the database answers (`/health/ready`).
    pub async fn ping(&self) -> Result<()> {
        let file = self.file.clone();
        let ping = move |mut db: Conn| {
            // SQLite goes on answering from a file that has lost its name, and what it writes there is lost with it.
            if file.is_some_and(|file| !file.is_there()) {
                return Err(Error::unavailable(GONE));
            }
            db.ping().map_err(Error::unavailable)
        };
        self.lend(ping).await?
    }
}

/// Does `work` as one unit: a transaction, or a savepoint inside the writer's.
pub(crate) fn as_unit<T>(mut db: Conn, work: impl FnOnce(&mut Db) -> Result<T>) -> (Conn, Result<T>) {
    if let Err(cause) = Transactions::begin_transaction(&mut *db) {
        return (db, Err(cause.into()));
    }
    let done = work(&mut db).and_then(|value| {
        Transactions::commit_transaction(&mut *db)?;
        Ok(value)
    });
    if done.is_err() {
        roll_back(&mut db);
    }
    (db, done)
}

/// Does `work` on one moment of the database, without writing.
pub(crate) fn as_snapshot<T>(mut db: Conn, work: impl FnOnce(&mut Db) -> Result<T>) -> Result<T> {
    match &mut *db {
        // With a write-ahead log a transaction sees the moment of its first read until it ends.
        Db::Sqlite(db) => AnsiTransactionManager::begin_transaction_sql(db, "BEGIN")?,
        Db::Postgres(db) => {
            AnsiTransactionManager::begin_transaction_sql(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        }
    }
    let done = work(&mut db);
    roll_back(&mut db);
    done
}

/// Takes back the unit begun last. A connection that cannot is broken, and the pool or the writer replaces it.
pub(crate) fn roll_back(db: &mut Db) {
    if let Err(cause) = Transactions::rollback_transaction(db) {
        tracing::warn!(%cause, "a transaction could not be rolled back; its connection is given up");
    }
}

/// Opens a unit: a transaction, or a savepoint inside the writer's.
pub(crate) fn begin(db: &mut Db) -> Result<()> {
    Ok(Transactions::begin_transaction(db)?)
}

/// Closes the unit begun last, keeping it.
pub(crate) fn commit(db: &mut Db) -> Result<()> {
    Ok(Transactions::commit_transaction(db)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A folder of its own, and the address of a database in it whose name is not plain.
    fn place() -> (std::path::PathBuf, std::path::PathBuf, String) {
        let folder = std::env::temp_dir().join(format!("famn-pool-{}", hex::encode(crate::secret::random::<8>())));
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("50% #1?.db");
        let url = format!("sqlite:{}", file.display());
        (folder, file, url)
    }

    async fn writes(store: &Store, sql: &'static str) -> Result<()> {
        let write = move |mut db: Conn| {
            let done = db.batch_execute(sql).map_err(Error::from);
            (db, done)
        };
        store.durable(write).await
    }

    #[tokio::test]
    async fn a_file_that_is_gone_is_not_made_anew_and_nothing_of_it_is_lost() {
        let (folder, file, url) = place();
        let away = folder.join("borta.db");
        assert!(
            Store::open(&url, 1).is_err() && !file.exists(),
            "only who migrates makes one"
        );
        let store = Store::make(&url).expect("it is made");
        writes(&store, "CREATE TABLE kept (one INTEGER); INSERT INTO kept VALUES (1)")
            .await
            .expect("kept");
        let manager = Manager::of(&url, DatabaseFile::at).expect("it is there");

        fs::rename(&file, &away).expect("it is moved away");
        assert!(manager.connect().is_err() && store.ping().await.is_err(), "it is told");
        for opened in [Store::open(&url, 1), Store::make(&url)] {
            let words = opened.err().expect("no program makes one beside its log").to_string();
            assert!(words.contains("put"), "{words}");
        }
        assert!(!file.exists());
        fs::copy(&away, &file).expect("another takes its place");
        assert!(manager.connect().is_err() && store.ping().await.is_err(), "it is told");

        fs::rename(&away, &file).expect("it is moved back");
        store.ping().await.expect("it answers again");
        writes(&store, "INSERT INTO kept VALUES (2)").await.expect("kept");
        drop(store);
        let again = Store::open(&url, 1).expect("it is opened");
        assert_eq!(again.counts().await.expect("counts")["kept"], 2);
        fs::remove_dir_all(&folder).expect("it is cleared away");
    }
}
