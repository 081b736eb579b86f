//! What the service says of itself: the OpenAPI document, whether it is up, and which part keeps it from serving.

use crate::kit::{Place, Town, execute, on_postgres};
use famn::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A path as nobody in particular asks for it: its status and what it says.
pub async fn asked(town: &Town, path: &str) -> (u16, Value) {
    let nobody = town.nobody();
    let answer = nobody.send(nobody.plain(Method::GET, path)).await;
    (answer.status.as_u16(), answer.json())
}

/// Waits until the service is as ready as `expected` says, and gives what it says then.
pub async fn until_ready(town: &Town, expected: u16) -> Value {
    for _ in 0..1500 {
        let (status, said) = asked(town, "/health/ready").await;
        if status == expected {
            return said;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never {expected}");
}

pub fn unavailable(part: &str) -> Value {
    json!({"status": "unavailable", "failing": part})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_openapi_document_stands_at_its_address() {
    let town = Town::new().await;
    let (status, said) = asked(&town, "/api/v1/openapi.json").await;
    assert_eq!(status, 200);
    let document = serde_json::to_value(famn::server::openapi()).expect("a document");
    assert_eq!(said, document);
    let version = said["openapi"].as_str().expect("a version");
    assert!(version.starts_with("3.1."), "{version}");
    // Nothing is named that is not there, or nobody could make a client of it.
    let mut open = vec![&said];
    let mut named = 0;
    while let Some(value) = open.pop() {
        if let Some(place) = value.get("$ref").and_then(Value::as_str) {
            named += 1;
            assert!(said.pointer(place.trim_start_matches('#')).is_some(), "{place}");
        }
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            _ => {}
        }
    }
    assert!(named > 20, "{named} references");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_live_and_ready_and_says_nothing_more() {
    let town = Town::new().await;
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(asked(&town, path).await, (200, json!({"status": "ok"})), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_files_it_is_not_ready() {
    let town = Town::new().await;
    until_ready(&town, 200).await;
    let (blobs, away) = (town.place.folder.join("blobs"), town.place.folder.join("borta"));
    std::fs::rename(&blobs, &away).expect("it is moved away");
    assert_eq!(asked(&town, "/health/ready").await, (503, unavailable("files")));
    assert_eq!(asked(&town, "/health/live").await.0, 200, "it is up all the same");
    std::fs::rename(&away, &blobs).expect("it is moved back");
    assert_eq!(until_ready(&town, 200).await, json!({"status": "ok"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_it_is_not_ready() {
    let town = Town::new().await;
    until_ready(&town, 200).await;
    let taken = Gone::take(&town.place);
    assert_eq!(until_ready(&town, 503).await, unavailable("database"));
    assert_eq!(asked(&town, "/health/live").await.0, 200, "it is up all the same");
    taken.give_back();
    assert_eq!(until_ready(&town, 200).await, json!({"status": "ok"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_wait_too_long_for_their_place_make_it_unready() {
    // Later than whatever the town was made with.
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(3600)));
    let town = Town::at(clock.clone()).await;
    // The keeper of the log fails from now on; people can still work, and their events wait.
    execute(&town.place, "ALTER TABLE audit_seq RENAME TO audit_seq_away");
    town.anna().await.writes("Hur går det för er?").await;
    clock.forward(Duration::from_secs(59));
    assert_eq!(asked(&town, "/health/ready").await.0, 200, "not yet too long");
    clock.forward(Duration::from_secs(2));
    assert_eq!(asked(&town, "/health/ready").await, (503, unavailable("audit")));
    execute(&town.place, "ALTER TABLE audit_seq_away RENAME TO audit_seq");
    assert_eq!(until_ready(&town, 200).await, json!({"status": "ok"}));
}

/// A database that is gone: its file moved away, or every connection ended and none let in.
pub struct Gone<'a>(&'a Place);

impl Gone<'_> {
    pub fn take(place: &Place) -> Gone<'_> {
        if on_postgres() {
            let name = place.url.rsplit('/').next().expect("a name");
            crate::kit::administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
            crate::kit::administer(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ));
        } else {
            let folder = &place.folder;
            std::fs::rename(folder.join("famn.db"), folder.join("borta.db")).expect("it is moved away");
        }
        Gone(place)
    }

    pub fn give_back(self) {
        if on_postgres() {
            let name = self.0.url.rsplit('/').next().expect("a name");
            crate::kit::administer(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
        } else {
            let folder = &self.0.folder;
            assert!(!folder.join("famn.db").exists(), "nothing is made in its place");
            std::fs::rename(folder.join("borta.db"), folder.join("famn.db")).expect("it is moved back");
        }
    }
}
