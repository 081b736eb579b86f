//! A database of its own for each town, copied from one that was filled once: a file, or a PostgreSQL template.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use famn::clock::Clock;
use famn::demo;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// On which database this run of the suite is.
pub fn on_postgres() -> bool {
    setting("FAMN_TEST_DATABASE").is_some_and(|kind| kind == "postgres")
}

#[expect(clippy::disallowed_methods, reason = "the tests' own settings are read here alone")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The administrator's address of the test server.
pub fn postgres() -> String {
    setting("FAMN_TEST_POSTGRES").expect("FAMN_TEST_POSTGRES names a server (tests/run starts one)")
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder and a database that nobody else has.
pub struct Place {
    pub folder: PathBuf,
    pub url: String,
    database: Option<String>,
}

struct Template {
    folder: PathBuf,
    database: Option<String>,
}

impl Place {
    /// A copy of the filled template.
    pub fn filled() -> Place {
        static TEMPLATE: OnceLock<Template> = OnceLock::new();
        let template = TEMPLATE.get_or_init(make_template);
        let place = Place::named(NEXT.fetch_add(1, Ordering::SeqCst), template.database.as_deref());
        copy_folder(&template.folder, &place.folder);
        place
    }

    /// Nothing in it yet.
    pub fn empty() -> Place {
        Place::named(
            NEXT.fetch_add(1, Ordering::SeqCst),
            Some("template0").filter(|_| on_postgres()),
        )
    }

    /// The files that are kept here, sealed, whole or begun.
    pub fn blobs(&self) -> BTreeSet<PathBuf> {
        fn within(folder: &Path, found: &mut BTreeSet<PathBuf>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    within(&entry.path(), found);
                } else {
                    found.insert(entry.path());
                }
            }
        }
        let mut found = BTreeSet::new();
        within(&self.folder.join("blobs"), &mut found);
        found
    }

    fn named(number: u32, template: Option<&str>) -> Place {
        let name = format!("famn_{}_{number}", std::process::id());
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let url = match template {
            Some(template) => {
                create(&name, template);
                database_url(&name)
            }
            None => format!("sqlite:{}", folder.join("famn.db").display()),
        };
        Place {
            folder,
            url,
            database: template.map(|_| name),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some(name) = &self.database {
            administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn database_url(name: &str) -> String {
    let server = postgres();
    let (server, _) = server.rsplit_once('/').expect("the address names a database");
    format!("{server}/{name}")
}

/// As the test server's administrator.
pub fn administer(statement: &str) {
    let mut db = PgConnection::establish(&postgres()).expect("the test server answers");
    db.batch_execute(statement)
        .unwrap_or_else(|cause| panic!("{statement}: {cause}"));
}

fn create(name: &str, template: &str) {
    administer(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
}

/// Fills a folder and a database as the demo does, once for the whole run.
fn make_template() -> Template {
    let place = Place::empty();
    let (folder, url) = (place.folder.clone(), place.url.clone());
    let database = place.database.clone();
    // Dropped at the end of the process only: `OnceLock` keeps it.
    std::mem::forget(place);
    let fill = move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let mut config = demo::config(&folder, SocketAddr::from(([127, 0, 0, 1], 0)));
            config.database.url = url.clone();
            let app = demo::open(config, Clock::system()).await.expect("the demo fills");
            let done = app.keeper().bring_up_to_date().await;
            done.expect("the log is brought up to date");
        });
        drop(runtime);
        settle(&url);
        folder
    };
    let folder = std::thread::spawn(fill).join().expect("the template is made");
    Template { folder, database }
}

/// Sees to it that the copy of the database's file, or of the database, is whole.
fn settle(url: &str) {
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut db = SqliteConnection::establish(path).expect("the file opens");
            db.batch_execute("PRAGMA busy_timeout=10000; PRAGMA wal_checkpoint(TRUNCATE);")
                .expect("a checkpoint");
        }
        None => {
            let name = url.rsplit('/').next().expect("a name");
            administer(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ));
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the folder is read").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}
