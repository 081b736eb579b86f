//! What must hold whenever a town is left.

use super::database::{Place, on_postgres};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use famn::app::App;
use famn::audit::verify::{Asked, verify};
use std::path::Path;
use std::process::Command;

/// The log verifies; nothing sent stands in clear in the database or among the files.
pub fn check(app: &App, place: &Place, sent: &[String]) {
    let app = app.clone();
    let look = move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let asked = Asked::all(app.clock.now());
        let report = runtime.block_on(verify(&app.store, Some(app.keyring.clone()), asked));
        report.expect("the log can be verified")
    };
    let report = std::thread::spawn(look).join().expect("the verification ends");
    assert!(report.exit_code() == 0, "{report}");
    for (what, bytes) in everything_kept(place) {
        if let Some(text) = in_clear(&bytes, sent) {
            panic!("{text:?} stands in clear in {what}");
        }
    }
}

/// The first of `texts` that stands in `bytes`: as it is, in hex (as a dump shows bytes), or in UTF-16.
pub fn in_clear<'a>(bytes: &[u8], texts: &'a [String]) -> Option<&'a str> {
    let holds = |needle: &[u8]| needle.len() <= bytes.len() && memchr::memmem::find(bytes, needle).is_some();
    let stands = |text: &&String| {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        holds(text.as_bytes()) || holds(hex::encode(text).as_bytes()) || holds(&wide)
    };
    texts.iter().find(stands).map(String::as_str)
}

/// Every file of the town's folder but its letters, and every row of its database.
pub fn everything_kept(place: &Place) -> Vec<(String, Vec<u8>)> {
    let mut kept = Vec::new();
    files(&place.folder, &mut kept);
    if on_postgres() {
        rows(&place.url, &mut kept);
    }
    kept
}

fn files(folder: &Path, kept: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("letters") {
            files(&path, kept);
        } else if path.is_file() {
            kept.push((path.display().to_string(), bytes_of(&path)));
        }
    }
}

/// A file's bytes. Those of a SQLite database are read by another process: one that closes its file lets go of all locks
/// of its own connections, and whatever opens the database next would take it for nobody's.
fn bytes_of(path: &Path) -> Vec<u8> {
    let is_database = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("famn.db"));
    if is_database {
        let read = Command::new("cat").arg(path).output();
        return read.expect("cat is there").stdout;
    }
    std::fs::read(path).unwrap_or_default()
}

/// The texts a statement gives in its column `text`, on either database.
pub fn rows_of(place: &Place, statement: &str) -> Vec<String> {
    let texts: Vec<Text> = if on_postgres() {
        let mut db = PgConnection::establish(&place.url).expect("the database answers");
        diesel::sql_query(statement).load(&mut db).expect("the rows")
    } else {
        let path = place.url.strip_prefix("sqlite:").expect("a file");
        let mut db = SqliteConnection::establish(path).expect("the file opens");
        db.batch_execute("PRAGMA busy_timeout=10000").expect("a pragma");
        diesel::sql_query(statement).load(&mut db).expect("the rows")
    };
    texts.into_iter().map(|row| row.text).collect()
}

/// Opens a place that nobody serves, brings its log up to date and verifies it.
pub async fn assert_log_is_whole(place: &Place) {
    let mut config = famn::demo::config(&place.folder, std::net::SocketAddr::from(([127, 0, 0, 1], 0)));
    config.database.url = place.url.clone();
    let app = famn::demo::open(config, famn::clock::Clock::system())
        .await
        .expect("it opens");
    let keeper = app.keeper();
    keeper.bring_up_to_date().await.expect("the log is brought up to date");
    let report = verify(&app.store, Some(app.keyring.clone()), Asked::all(app.clock.now())).await;
    let report = report.expect("the log can be verified");
    assert_eq!(report.exit_code(), 0, "{report}");
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

fn rows(url: &str, kept: &mut Vec<(String, Vec<u8>)>) {
    let mut db = PgConnection::establish(url).expect("the town's database answers");
    let tables = "SELECT tablename AS text FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<Text> = diesel::sql_query(tables).load(&mut db).expect("the tables");
    for Text { text: table } in tables {
        let all = format!("SELECT t::text AS text FROM {table} t");
        let rows: Vec<Text> = diesel::sql_query(all).load(&mut db).expect("the rows");
        let bytes = rows.into_iter().flat_map(|row| row.text.into_bytes()).collect();
        kept.push((format!("the table {table}"), bytes));
    }
}
