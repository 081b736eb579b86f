//! From one database to the other by a backup: from SQLite to the one the tests run on.

use super::kept::{elsewhere, shelf, text};
use super::{is_there, sign_in, writes};
use crate::kit::{Person, Place, Running, Server, count, famn};
use std::sync::Arc;

/// A municipality that has outgrown one machine: the demo's SQLite, backed up, fills PostgreSQL.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_sqlite_fills_either_database_and_the_log_goes_on() {
    let mut from = tokio::task::spawn_blocking(Place::empty).await.expect("a place");
    from.url = format!("sqlite:{}", from.folder.join("famn.db").display());
    let mut demo = Running::demo(&from.folder);
    let nobody = Person::nobody(&demo.base, Arc::default());
    let anna = nobody
        .signed_in("borlange", "anna.berg@example.org", famn::demo::PASSWORD)
        .await;
    let written = writes(&anna, "Innan vi flyttar till en större databas")
        .await
        .expect("written");
    demo.gets("TERM");
    assert_eq!(demo.ended().await, 0);
    let (recovery, shelf) = (elsewhere(&from, "recovery.key"), shelf(&from));
    let public = famn(&from, &["keys", "recovery", text(&recovery)], "").done();
    famn(&from, &["backup", text(&shelf.0), "--for", public.trim()], "").done();

    let target = tokio::task::spawn_blocking(Place::empty).await.expect("a place");
    std::fs::copy(from.folder.join("root.key"), target.folder.join("root.key")).expect("the root key");
    let restore = ["restore", text(&shelf.0), "--recovery-key", text(&recovery)];
    let rehearsed = famn(&target, &[&restore[..], &["--rehearse"]].concat(), "");
    assert!(
        rehearsed.code == 0 && rehearsed.output.contains("it is good"),
        "{rehearsed:?}"
    );
    let restored = famn(&target, &restore, "");
    assert_eq!(restored.code, 0, "{restored:?}");
    let verified = famn(&target, &["audit", "verify"], "");
    assert!(
        verified.code == 0 && verified.output.contains("borlange/2"),
        "{verified:?}"
    );
    for table in [
        "audit_event WHERE action <> 'audit.epoch'",
        "message",
        "session",
        "person",
        "file",
    ] {
        assert_eq!(count(&target, table), count_in(&from.url, table), "{table}");
    }
    let server = Server::start(&target);
    let people = sign_in(&server).await;
    is_there(&people[0], &written).await;
    writes(&people[1], "Det går att skriva på det nya stället")
        .await
        .expect("written");
    drop(server);
    crate::kit::assert_log_is_whole(&target).await;
    let _ = std::fs::remove_file(&recovery);
}

/// So many rows lie in a table of a SQLite file.
fn count_in(url: &str, table: &str) -> usize {
    use diesel::{Connection as _, RunQueryDsl as _};
    let path = url.strip_prefix("sqlite:").expect("a file");
    let mut db = diesel::SqliteConnection::establish(path).expect("it opens");
    let query = format!("SELECT count(*) FROM {table}");
    let found: i64 = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&format!("({query})")))
        .get_result(&mut db)
        .expect("a count");
    usize::try_from(found).expect("a count")
}
