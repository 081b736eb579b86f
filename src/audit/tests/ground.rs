//! For unit tests: the whole [`App`] on a database of its own, which is gone when the test is over. Owns no data of
//! its own and no rule; what a test needs in the tables it puts there itself.

use crate::access::Actor;
use crate::app::App;
use crate::board::NewBoard;
use crate::clock::{Clock, Instant};
use crate::config::Config;
use crate::crypt::RootKey;
use crate::db::{Db, migrate};
use crate::error::Result;
use crate::id::BoardId;
use crate::secret::random;
use diesel::connection::{Connection as _, SimpleConnection as _};
use figment::providers::{Format as _, Toml};
use std::path::PathBuf;
use std::time::Duration;

/// The first part of the logs' names.
pub(crate) const ORIGIN: &str = "famn.example/audit";

/// An app, its folder and its database.
pub(crate) struct Ground {
    pub app: App,
    pub folder: PathBuf,
    /// The server's address and the database made on it.
    on_server: Option<(String, String)>,
}

impl Ground {
    /// On a new SQLite file; the clock stands still.
    pub(crate) async fn sqlite() -> Ground {
        let folder = folder();
        let url = format!("sqlite:{}", folder.join("famn.db").display());
        Ground::open(folder, url, None).await
    }

    /// On the database that this run of the tests stands on.
    pub(crate) async fn new() -> Ground {
        match (
            variable("FAMN_TEST_DATABASE").as_deref(),
            variable("FAMN_TEST_POSTGRES"),
        ) {
            (Some("postgres"), Some(server)) => {
                let name = format!("famn_{}", hex::encode(random::<8>()));
                on(&server, &format!("CREATE DATABASE {name}"));
                let (base, _) = server.rsplit_once('/').unwrap();
                Ground::open(folder(), format!("{base}/{name}"), Some((server.clone(), name))).await
            }
            _ => Ground::sqlite().await,
        }
    }

    async fn open(folder: PathBuf, url: String, on_server: Option<(String, String)>) -> Ground {
        let root = folder.join("root.key");
        RootKey::make(&root).unwrap();
        let settings = format!(
            "[data]\nfolder = {folder:?}\n[database]\nurl = {url:?}\n[keys]\nroot_file = {root:?}\n\
             [audit]\norigin = {ORIGIN:?}\n[mail]\nfrom = \"famn@example.org\"\n"
        );
        let config = Config::from_provider(Toml::string(&settings)).unwrap();
        migrate::bring_up_to_date(&url).await.unwrap();
        let clock = Clock::fixed(Instant::parse("2026-11-22T08:00:00Z").unwrap());
        let app = App::open(config, clock, &[]).await.unwrap();
        Ground { app, folder, on_server }
    }

    /// Founds a board.
    pub(crate) async fn board(&self, slug: &str) -> BoardId {
        let id: BoardId = self.app.clock.fresh_id();
        let new = NewBoard {
            slug: slug.into(),
            name: slug.into(),
            administration: "Socialförvaltningen".into(),
            audience: "Familjehem".into(),
            phone: "0243-740 00".into(),
            email: "post@example.org".into(),
            address: None,
            hours: None,
            updated_on: self.app.clock.now().day(),
            passwords_alone: true,
            entries: vec![],
        };
        let found = self
            .app
            .door
            .write(Actor::operator(id), move |access| access.found_board(&new, ORIGIN));
        found.await.unwrap();
        id
    }

    /// Works on a bare connection, past every door and every bound.
    pub(crate) async fn bare<T: Send + 'static>(&self, work: impl FnOnce(&mut Db) -> T + Send + 'static) -> T {
        self.app.store.lend(move |mut db| work(&mut db)).await.unwrap()
    }

    /// Runs statements on a bare connection.
    pub(crate) async fn sql(&self, statements: impl Into<String>) {
        let statements = statements.into();
        let run = move |db: &mut Db| db.batch_execute(&statements).map_err(crate::error::Error::from);
        let done: Result<()> = self.bare(run).await;
        done.unwrap();
    }

    /// Moves the clock forward.
    pub(crate) fn pass(&self, seconds: u64) {
        self.app.clock.forward(Duration::from_secs(seconds));
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some((server, name)) = &self.on_server {
            on(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "which database the tests stand on is no setting of the program"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("famn-test-{}", hex::encode(random::<8>())));
    std::fs::create_dir(&folder).unwrap();
    folder
}

fn on(server: &str, statement: &str) {
    diesel::PgConnection::establish(server)
        .unwrap()
        .batch_execute(statement)
        .unwrap();
}
