//! The auditor's side: the log checked while it is served, one event whole, the log's pages.

use crate::kit::{Browser, Page, Person, Town, count, events, execute, id, rows_of, sql_id};
use famn::clock::Clock;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The events that no checkpoint counts yet.
const UNSIGNED: &str = "SELECT 'unsigned' AS text FROM audit_seq WHERE leaf_index >= (SELECT COALESCE(MAX(size), 0) \
                        FROM audit_checkpoint WHERE audit_checkpoint.board_id = audit_seq.board_id \
                        AND audit_checkpoint.epoch = audit_seq.epoch)";

/// The newest check, once it has come to its end.
async fn checked(per: &Person) -> Value {
    for _ in 0..1500 {
        let newest = per.get("/audit/checks").await.expect(200)["items"][0].clone();
        if newest["state"] == "done" {
            return newest;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the check does not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_has_the_log_checked_and_is_told_what_is_wrong() {
    let town = Town::new().await;
    let (per, dora) = (town.per().await, town.person("dora.sund").await);
    let begun = per.post("/audit/checks", json!(null)).await.expect(201);
    assert_eq!(
        (&begun["state"], &begun["asked_by"]),
        (&json!("running"), &json!("Per Holm"))
    );
    let found = checked(&per).await;
    assert_eq!(
        (&found["id"], &found["verdict"], &found["findings"]),
        (&begun["id"], &json!("whole"), &json!(0))
    );
    assert!(found["events"].as_u64().is_some_and(|events| events > 10), "{found}");
    let told = events(&town.place);
    let of_check = |relation: &str| {
        told.iter()
            .filter(|one| one["action"] == "audit.verify" && one["relation"] == relation)
            .count()
    };
    assert_eq!((of_check("auditor"), of_check("system")), (1, 1));
    assert_eq!(
        dora.get("/audit/checks").await.expect(200)["items"]
            .as_array()
            .expect("checks")
            .len(),
        1
    );
    assert_eq!(dora.post("/audit/checks", json!(null)).await.problem(403), "forbidden");

    // Someone writes to the table beside the program: who read it is another's role now.
    let event = per.get("/audit/events?action=errand.create&limit=1").await.expect(200)["items"][0].clone();
    let event_id = event["event_id"].as_str().expect("an id");
    let at = sql_id(&town.place, event_id);
    let set = |role: &str| {
        execute(
            &town.place,
            &format!("UPDATE audit_event SET role = '{role}' WHERE id = {at}"),
        )
    };
    assert_eq!(set("finance"), 1);
    per.post("/audit/checks", json!(null)).await.expect(201);
    let found = checked(&per).await;
    assert_eq!(
        (&found["verdict"], &found["findings"]),
        (&json!("not_whole"), &json!(1))
    );
    assert!(
        found["words"][0].as_str().is_some_and(|words| words.contains(event_id)),
        "{found}"
    );
    let browser = Browser::signed_in(&town.base, "per.holm").await;
    assert!(browser.get("/logg").await.shows("Nej, något stämmer inte"));
    let state = browser.get("/logg/kontroll").await;
    assert!(
        state.shows("Det här stämmer inte") && state.shows(event_id),
        "{}",
        state.text
    );
    assert!(
        browser
            .get(&format!("/logg/{event_id}"))
            .await
            .shows("Händelsen stämmer inte")
    );
    let role = event["actor"]["role"].as_str().expect("a role");
    assert_eq!(set(role), 1);
    assert!(
        browser
            .get(&format!("/logg/{event_id}"))
            .await
            .shows("Händelsen är orörd")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_checks_each_log_once_a_day() {
    let clock = Clock::fixed(Clock::system().now().plus(DAY));
    let town = Town::at(clock.clone()).await;
    let check = async || {
        famn::review::check_daily(&town.app)
            .await
            .expect("the logs are checked")
    };
    assert_eq!((check().await, check().await), (2, 0), "both boards, and not twice");
    // An event that has waited a day for its place or for its signature would be a finding.
    while count(&town.place, "audit_pending") > 0 || !rows_of(&town.place, UNSIGNED).is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    clock.forward(DAY);
    assert_eq!(check().await, 2);
    let newest = town.per().await.get("/audit/checks").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&newest["asked_by"], &newest["verdict"]),
        (&json!(null), &json!("whole"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_shown_whole_with_what_proves_it() {
    let town = Town::new().await;
    let (anna, maria, per) = (town.anna().await, town.maria().await, town.per().await);
    let errand = id(&anna.writes("Alva har börjat simma").await);
    maria.opens(&errand).await.expect(200);
    let list = per.get("/audit/events?action=errand.read&limit=1").await.expect(200);
    let event_id = list["items"][0]["event_id"].as_str().expect("an id").to_owned();
    let mut event = Value::Null;
    for _ in 0..500 {
        event = per.get(&format!("/audit/events/{event_id}")).await.expect(200);
        if !event["place"]["checkpoint"].is_null() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        (&event["faults"], &event["action"]),
        (&json!([]), &json!("errand.read"))
    );
    let place = &event["place"];
    let export = per
        .get(&format!("/audit/export?from_index={0}&to_index={0}", place["index"]))
        .await;
    let line: Value = serde_json::from_slice(&export.bytes).expect("a line");
    assert_eq!(line["event_id"], event_id.as_str());
    assert_eq!(
        event["commitments"],
        json!([
            line["core_commitment"],
            line["actor_commitment"],
            line["subject_commitment"]
        ])
    );
    assert_eq!((&event["core"], &event["actor_part"]), (&line["core"], &line["actor"]));
    let leaf = hex::decode(event["leaf"].as_str().expect("hex")).expect("hex");
    assert_eq!(
        hex::encode(famn::audit::merkle::leaf_hash(&leaf)),
        place["leaf_hash"].as_str().expect("hex")
    );
    let before = per
        .get(&format!(
            "/audit/events/{}",
            place["before"]["event_id"].as_str().expect("an id")
        ))
        .await;
    let before = before.expect(200);
    assert_eq!(
        (&before["place"]["leaf_hash"], &before["place"]["after"]["event_id"]),
        (&place["before"]["leaf_hash"], &json!(event_id))
    );
    // Another board's auditor meets nothing.
    let greta = town.person("greta.vans").await;
    assert_eq!(
        greta.get(&format!("/audit/events/{event_id}")).await.problem(404),
        "not-found"
    );

    let browser = Browser::signed_in(&town.base, "per.holm").await;
    let page = browser
        .get(&format!("/logg/{event_id}?outcome=ok&person={}", maria.id))
        .await;
    for shown in [
        "Läste ärende",
        "Maria Lind",
        "Ansvarig handläggare",
        "Händelsen är orörd",
        place["leaf_hash"].as_str().expect("hex"),
    ] {
        assert!(page.shows(shown), "{shown}: {}", page.text);
    }
    assert!(!page.shows("simma"));
    let back = page.link("/logg?person");
    assert!(
        back.contains("outcome=ok") && back.contains(&maria.id),
        "back to the same list: {back}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_narrowed_and_its_pages_keep_that() {
    let town = Town::new().await;
    let (anna, jonas) = (town.anna().await, town.jonas().await);
    let errand = id(&anna.writes("Sextio gånger nej").await);
    for _ in 0..60 {
        assert_eq!(jonas.opens(&errand).await.problem(403), "reason-required");
    }
    let browser = Browser::signed_in(&town.base, "per.holm").await;
    let all = browser.get("/logg").await;
    assert!(
        all.shows(&format!("<option value=\"{}\">Jonas Ahl</option>", jonas.id)),
        "staff can be chosen"
    );
    let narrowed = format!("/logg?person={}&outcome=denied", jonas.id);
    let page = browser.get(&narrowed).await;
    let rows = |page: &Page| page.text.matches("class=\"is-flag\"").count();
    assert_eq!(rows(&page), 50);
    assert!(page.shows("selected>Jonas Ahl"));
    let older = page.link("/logg?person");
    assert!(
        older.contains("outcome=denied") || page.shows("outcome=denied&#38;cursor="),
        "{older}"
    );
    let at = page.text.find("cursor=").expect("a page after this one");
    let cursor = page.text[at..].split('"').next().expect("an end");
    let next = browser.get(&format!("{narrowed}&{cursor}")).await;
    assert_eq!(rows(&next), 10);
    assert!(next.shows("Till de nyaste"));
    for wrong in ["from=snart", "errand=FH-1", "from=2026-11-22&to=2026-11-01"] {
        assert_eq!(browser.get(&format!("/logg?{wrong}")).await.status, 422, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_checked_and_fetched_from_its_page() {
    let town = Town::new().await;
    let browser = Browser::signed_in(&town.base, "per.holm").await;
    let form = browser.get("/logg/kontroll").await.form("/logg/kontroll");
    let page = browser.submit("/logg/kontroll", &form, false).await;
    assert_eq!(page.path, "/logg/kontroll?klart=kontroll");
    checked(&town.per().await).await;
    let page = browser.get("/logg/kontroll").await;
    assert!(
        page.shows("Ja, loggen är hel") && page.shows("Per Holm"),
        "{}",
        page.text
    );
    let before = count(&town.place, "audit_event WHERE action = 'audit.export'");
    let export = browser.get("/logg/export?epoch=&from_index=0&to_index=4").await;
    assert_eq!(
        export.answer.header("content-disposition"),
        "attachment; filename=\"events.jsonl\""
    );
    assert_eq!(export.text.lines().count(), 5);
    assert_eq!(
        count(&town.place, "audit_event WHERE action = 'audit.export'"),
        before + 1
    );
    let wrong = browser.get("/logg/export?from_index=nio&to_index=3").await;
    assert!(
        wrong.status == 422 && wrong.shows("Skriv numret med siffror."),
        "{}",
        wrong.text
    );
    assert!(
        browser
            .get("/logg/kontrollpunkt")
            .await
            .text
            .starts_with("famn.demo/audit/borlange/1\n")
    );
    assert!(
        browser
            .get("/logg/nyckel")
            .await
            .text
            .starts_with("famn.demo/audit/borlange/1+")
    );
    let dora = Browser::signed_in(&town.base, "dora.sund").await;
    let page = dora.get("/logg/kontroll").await;
    assert!(
        page.status == 200 && !page.shows("Kontrollera nu"),
        "to be seen, not to be asked for"
    );
}
