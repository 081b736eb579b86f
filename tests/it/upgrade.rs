//! Data of an earlier version, made by that version itself, brought up to date and read whole: `tests/fixtures`.

use crate::kit::{Person, Place, Town, id, on_postgres, rows_of};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use famn::clock::{Clock, Instant};
use famn::db::{Store, migrate};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// The town as the first version left it.
fn floor() -> Place {
    let place = Place::empty();
    let kind = if on_postgres() { "postgres" } else { "sqlite" };
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/floor")
        .join(kind);
    let dump = std::fs::read_to_string(from.join("famn.sql")).expect("the dump");
    match place.url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut db = SqliteConnection::establish(path).expect("a file");
            db.batch_execute(&dump)
        }
        None => {
            let mut db = PgConnection::establish(&place.url).expect("a database");
            db.batch_execute(&dump)
        }
    }
    .expect("the dump is taken");
    let key = place.folder.join("root.key");
    std::fs::copy(from.join("root.key"), &key).expect("the key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("0600");
    for folder in std::fs::read_dir(from.join("blobs")).expect("the files").flatten() {
        let to = place.folder.join("blobs").join(folder.file_name());
        std::fs::create_dir_all(&to).expect("a folder");
        for file in std::fs::read_dir(folder.path()).expect("a folder").flatten() {
            std::fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
        }
    }
    place
}

/// Opens every errand in someone's list; gives them, newest first.
async fn reads_all(person: &Person) -> Vec<Value> {
    let list = person.get("/errands").await.expect(200);
    let mut read = Vec::new();
    for errand in list["items"].as_array().expect("a list") {
        read.push(person.opens(&id(errand)).await.expect(200));
    }
    read
}

/// Every file that stands in a view.
fn files_in(view: &Value, found: &mut Vec<Value>) {
    match view {
        Value::Object(fields) if fields.contains_key("media_type") => found.push(view.clone()),
        Value::Object(fields) => fields.values().for_each(|inner| files_in(inner, found)),
        Value::Array(items) => items.iter().for_each(|inner| files_in(inner, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_first_version_kept_is_brought_up_to_date_and_read_whole() {
    let place = tokio::task::spawn_blocking(floor).await.expect("the floor");
    let applied = "SELECT version AS text FROM __diesel_schema_migrations";
    assert_eq!(rows_of(&place, applied), ["20261122000001"], "the floor alone");
    let store = Store::open(&place.url, 1).expect("the database opens");
    let refused = migrate::require_current(&store)
        .await
        .map_err(|cause| cause.to_string());
    assert!(refused.expect_err("it is not served").contains("famn migrate"));
    drop(store);

    let later = Instant::parse("2026-11-23T08:00:00Z").expect("a time");
    let town = Town::on(place, Clock::fixed(later), |_| {}).await;
    let (anna, erik, maria, lisa) = (
        town.anna().await,
        town.erik().await,
        town.maria().await,
        town.lisa().await,
    );
    for text in ["Alva har fått en kallelse till ögonläkaren", "Optikern i Borlänge"] {
        anna.plant(text);
    }
    let (annas, eriks, marias) = (reads_all(&anna).await, reads_all(&erik).await, reads_all(&maria).await);
    assert!(!reads_all(&lisa).await.is_empty());
    assert_eq!(annas.len(), eriks.len());
    assert!(marias.len() >= annas.len());
    let numbered = |serial: &str| {
        annas
            .iter()
            .find(|one| one["number"].as_str().is_some_and(|n| n.contains(serial)))
    };
    let message = numbered("-000004-").expect("the message");
    let bodies: Vec<&str> = message["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter_map(|one| one["body"].as_str())
        .collect();
    let said = [
        "Alva har fått en kallelse till ögonläkaren",
        "Tack, jag ordnar så att ni får resan betald",
    ];
    assert_eq!(bodies, said);
    let notes = maria.get(&format!("/errands/{}/notes", id(message))).await.expect(200);
    assert_eq!(notes["items"][0]["body"], "Stämt av med barnets socialsekreterare");
    let claim = numbered("-000006-").expect("the claim");
    let receipt = &claim["receipts"][0];
    assert_eq!(
        (&receipt["supplier"], &receipt["amount_ore"]),
        (&"Optikern i Borlänge".into(), &129_900.into())
    );

    let mut files = Vec::new();
    annas.iter().for_each(|errand| files_in(errand, &mut files));
    let kinds: Vec<&str> = files.iter().filter_map(|file| file["media_type"].as_str()).collect();
    for kind in ["application/pdf", "image/jpeg"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    for file in &files {
        for (person, form) in [(&anna, "content"), (&maria, "original")] {
            let got = person.get(&format!("/files/{}/{form}", id(file))).await;
            assert_eq!(got.status, 200, "{got}");
            if form == "original" {
                assert_eq!(Some(got.bytes.len() as u64), file["size"].as_u64());
            }
        }
    }

    let next = anna.writes("Vi har kommit hem från ögonläkaren").await;
    assert!(
        next["number"]
            .as_str()
            .is_some_and(|number| number.contains("-000007-")),
        "{next}"
    );
    maria
        .answers(message["id"].as_str().expect("an id"), "Hur gick det?")
        .await
        .expect(201);
    assert_eq!(
        anna.get("/assignments").await.expect(200)["items"][0]["service_user"]["first_name"],
        "Alva"
    );
    let events = town.per().await.get("/audit/events").await.expect(200);
    assert!(events["items"].as_array().is_some_and(|events| !events.is_empty()));
}
