//! The API against its own OpenAPI document, by schemathesis: it makes calls up from the document, right ones and wrong
//! ones, and holds every answer against what the document says of it.

use crate::kit::{Person, Place, Running, python_tool};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;

/// Calls made up for each operation in each way of making them up.
const EXAMPLES: &str = "6";

/// Where calls bear ids.
const PLACES: &[&str] = &[
    "path.id",
    "path.part_id",
    "body.assignment_id",
    "body.home_id",
    "body.unit_id",
    "body.person_id",
    "body.caseworker_id",
    "body.request_id",
];

/// Tries every operation as someone, or as nobody, on a database of its own.
async fn agrees(who: Option<&str>) {
    let Some(program) = python_tool("schemathesis") else {
        return;
    };
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let limits = [("FAMN_LIMITS__PERSON", "100000"), ("FAMN_LIMITS__ADDRESS", "100000")];
    let server = Running::serving(&place, &limits);
    let nobody = Person::nobody(&server.base, Arc::default());
    let mut command = Command::new(program);
    command.current_dir(&place.folder);
    let config = place.folder.join("schemathesis.toml");
    std::fs::write(&config, settings(&ids(&nobody).await)).expect("a file");
    command
        .arg("--config-file")
        .arg(config)
        .args(["run", &format!("{}/api/v1/openapi.json", server.base)]);
    command.args(["--seed", "1", "--max-examples", EXAMPLES]);
    if let Some(who) = who {
        let email = format!("{who}@example.org");
        let someone = nobody.signed_in("borlange", &email, famn::demo::PASSWORD).await;
        command.args(["--header", &format!("Authorization: Bearer {}", someone.token())]);
        // Whoever signs out is nobody from then on.
        command.args(["--exclude-path", "/api/v1/sessions/current"]);
    }
    let done = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("it runs")
        .expect("it starts");
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(done.status.success(), "{who:?}:\n{told}\n{}", server.log());
    println!("{told}");
    let answer = nobody.send(nobody.plain(reqwest::Method::GET, "/health/ready")).await;
    assert_eq!(answer.expect(200), json!({"status": "ok"}));
    drop(server);
    crate::kit::assert_log_is_whole(&place).await;
}

/// The ids of what there is in town, so that calls reach something.
async fn ids(nobody: &Person) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for who in ["anna.berg", "maria.lind", "eva.strand", "stina.drift"] {
        let email = format!("{who}@example.org");
        let who = nobody.signed_in("borlange", &email, famn::demo::PASSWORD).await;
        for path in ["/errands", "/homes", "/assignments", "/persons", "/units"] {
            let mut open = vec![who.get(path).await.json()];
            while let Some(value) = open.pop() {
                match value {
                    Value::Array(items) => open.extend(items),
                    Value::Object(fields) => open.extend(fields.into_iter().map(|(_, value)| value)),
                    Value::String(text) if uuid::Uuid::parse_str(&text).is_ok() => drop(found.insert(text)),
                    _ => {}
                }
            }
        }
    }
    assert!(found.len() > 20, "{found:?}");
    found
}

/// The settings of schemathesis with those ids where an id belongs, more often than not.
fn settings(ids: &BTreeSet<String>) -> String {
    let mut settings = String::from(include_str!("../tools/schemathesis.toml"));
    let ids: Vec<_> = ids.iter().collect();
    let _ = write!(settings, "\n[dictionaries.ids]\nvalues = {ids:?}\n\n[parameters]\n");
    for place in PLACES {
        let _ = writeln!(settings, "{place:?} = {{ dictionary = \"ids\", probability = 0.7 }}");
    }
    settings
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_what_its_document_says_to_nobody() {
    agrees(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_what_its_document_says_to_a_foster_parent() {
    agrees(Some("anna.berg")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_what_its_document_says_to_a_caseworker() {
    agrees(Some("maria.lind")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_what_its_document_says_to_a_team_lead() {
    agrees(Some("eva.strand")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_what_its_document_says_to_a_steward() {
    agrees(Some("stina.drift")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_what_its_document_says_to_an_auditor() {
    agrees(Some("per.holm")).await;
}
