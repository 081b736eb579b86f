//! The reason at the door: a colleague opens one errand for half an hour and says why; whoever answers for it is told;
//! what is about protected people stays shut.

use crate::kit::{Browser, Person, Town, count, events, execute, id, sql_id};
use famn::clock::Clock;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

const WHY: &str = "Modern ringde växeln om barnets medicin";

async fn shut(person: &Person, errand: &str) {
    let refused = person.opens(errand).await;
    assert_eq!(refused.problem(403), "reason-required");
}

/// Relation and reason of what was done to an errand, as the log has it.
fn logged(town: &Town, action: &str) -> Vec<(String, String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let of = events(&town.place)
        .into_iter()
        .filter(|event| event["action"] == action);
    of.map(|event| {
        (
            text(&event["outcome"]),
            text(&event["relation"]),
            text(&event["reason_code"]),
        )
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_opens_one_errand_for_half_an_hour_and_says_why() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let (anna, maria, jonas) = (town.anna().await, town.maria().await, town.jonas().await);
    let (errand, other) = (
        id(&anna.writes("Barnet har fått feber").await),
        id(&anna.writes("Ett till").await),
    );
    shut(&jonas, &errand).await;
    let before = town.letters_to("maria.lind@example.org").await.len();
    let openings = format!("/errands/{errand}/openings");
    let opened = jonas
        .post(&openings, json!({"reason_code": "on_call"}))
        .await
        .expect(201);
    assert!(opened["open_until"].is_string());
    let letters = town.letters_to("maria.lind@example.org").await;
    assert_eq!(
        letters.len(),
        before + 1,
        "told at once, though she has had a letter within the hour"
    );
    let letter = letters.last().expect("a letter");
    assert!(!letter.contains("Jonas") && !letter.contains("feber"), "{letter}");

    jonas.opens(&errand).await.expect(200);
    jonas.answers(&errand, "Ring vårdguiden 1177").await.expect(201);
    jonas.notes(&errand, "Svarade från jouren").await.expect(201);
    for (path, body) in [
        ("state", json!({"state": "closed"})),
        ("assignee", json!({"person_id": jonas.id})),
    ] {
        let refused = jonas.put(&format!("/errands/{errand}/{path}"), body).await;
        assert_eq!(refused.problem(403), "forbidden", "{path}");
    }
    shut(&jonas, &other).await;
    let listed = jonas.get("/errands?limit=100").await.expect(200);
    let listed: BTreeSet<String> = listed["items"].as_array().expect("items").iter().map(id).collect();
    assert!(!listed.contains(&errand), "opened is not handled");

    let seen = maria.get(&openings).await.expect(200);
    assert_eq!(seen["items"][0]["by"]["name"], "Jonas Ahl");
    assert_eq!(seen["items"][0]["reason_code"], "on_call");
    anna.get(&openings).await.problem(403);
    let done = ("ok".into(), "break_glass".into(), "on_call".into());
    assert_eq!(logged(&town, "errand.open"), [done]);
    let reads = logged(&town, "errand.read");
    assert!(
        reads.contains(&("ok".into(), "break_glass".into(), String::new())),
        "{reads:?}"
    );

    clock.forward(Duration::from_secs(30 * 60));
    let jonas = town.jonas().await;
    shut(&jonas, &errand).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stands_in_today_is_told_of_an_opening_too() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let (anna, eva, jonas) = (town.anna().await, town.eva().await, town.jonas().await);
    let (today, both) = (clock.now().day(), ["maria.lind@example.org", "eva.strand@example.org"]);
    town.deputises("U-2041", &eva.id, (today, today)).await;
    let errand = id(&anna.writes("Medan Maria är ledig").await);
    let mut before = Vec::new();
    for who in both {
        before.push(town.letters_to(who).await.len());
    }
    let openings = format!("/errands/{errand}/openings");
    jonas
        .post(&openings, json!({"reason_code": "on_call"}))
        .await
        .expect(201);
    for (who, before) in both.into_iter().zip(before) {
        assert_eq!(town.letters_to(who).await.len(), before + 1, "{who}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_of_whoever_has_only_opened_an_errand_takes_nothing_up() {
    let town = Town::new().await;
    let (anna, maria, jonas) = (town.anna().await, town.maria().await, town.jonas().await);
    let (message, wish) = (id(&anna.writes("En fråga").await), id(&anna.wishes(150_000).await));
    for (errand, onward) in [(&message, "in_progress"), (&wish, "under_review")] {
        let opening = json!({"reason_code": "on_call"});
        jonas
            .post(&format!("/errands/{errand}/openings"), opening)
            .await
            .expect(201);
        jonas.answers(errand, "Jag svarar från jouren").await.expect(201);
        assert_eq!(
            anna.opens(errand).await.expect(200)["state"],
            "received",
            "nobody handles it yet"
        );
        maria.answers(errand, "Nu tar jag det").await.expect(201);
        assert_eq!(anna.opens(errand).await.expect(200)["state"], onward);
    }
    maria
        .put(&format!("/errands/{message}/state"), json!({"state": "closed"}))
        .await
        .expect(200);
    let late = jonas.answers(&message, "En sak till").await;
    assert_eq!(late.problem(409), "state", "nor does it take up again what is closed");
    assert_eq!(anna.opens(&message).await.expect(200)["state"], "closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_reason_is_said_in_words_and_lies_sealed() {
    let town = Town::new().await;
    let (anna, maria, jonas, erik) = (
        town.anna().await,
        town.maria().await,
        town.jonas().await,
        town.erik().await,
    );
    let errand = id(&anna.writes("En fråga").await);
    let openings = format!("/errands/{errand}/openings");
    for (reason, code) in [(None, "required"), (Some("kort"), "too-short")] {
        let new = json!({"reason_code": "other", "reason": reason});
        let faults = jonas.post(&openings, new).await.faults();
        assert_eq!(faults, [("reason".to_owned(), code.to_owned())]);
    }
    assert_eq!(count(&town.place, "opening"), 0);
    jonas.plant(WHY);
    let new = json!({"reason_code": "other", "reason": WHY});
    jonas.post(&openings, new.clone()).await.expect(201);
    assert_eq!(
        jonas.post(&openings, new.clone()).await.problem(409),
        "open",
        "it is open"
    );
    assert_eq!(count(&town.place, "opening"), 1);
    let seen = maria.get(&openings).await.expect(200);
    assert_eq!(seen["items"][0]["reason"], WHY);
    // Who sees it anyway has nothing to open, and says nothing about oneself.
    assert_eq!(maria.post(&openings, new.clone()).await.problem(409), "open");
    assert_eq!(erik.post(&openings, new).await.problem(403), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_protected_people_stays_shut_and_unknown() {
    let town = Town::new().await;
    let (anna, jonas) = (town.anna().await, town.jonas().await);
    let errand = id(&anna.writes("Vi har flyttat").await);
    let reason = json!({"reason_code": "consultation"});
    let openings = format!("/errands/{errand}/openings");
    jonas.post(&openings, reason.clone()).await.expect(201);
    jonas.opens(&errand).await.expect(200);
    let of = format!(
        "(SELECT home_id FROM errand WHERE id = {})",
        sql_id(&town.place, &errand)
    );
    let user = format!("id IN (SELECT service_user_id FROM assignment WHERE home_id = {of})");
    for (table, which) in [("home", format!("id = {of}")), ("service_user", user)] {
        execute(
            &town.place,
            &format!("UPDATE {table} SET protected = 'secrecy_marking' WHERE {which}"),
        );
        // At once, also for whoever has opened it before; and exactly as what is not there.
        jonas.opens(&errand).await.problem(404);
        jonas.post(&openings, reason.clone()).await.problem(404);
        execute(
            &town.place,
            &format!("UPDATE {table} SET protected = 'none' WHERE {which}"),
        );
        jonas.opens(&errand).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_why_and_opens() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let errand = id(&anna.writes("Vi behöver prata").await);
    let jonas = Browser::signed_in(&town.base, "jonas.ahl").await;
    let (path, action) = (format!("/arenden/{errand}"), format!("/arenden/{errand}/oppna"));
    let asked = jonas.get(&path).await;
    assert_eq!(asked.status, 403);
    assert!(
        asked.shows("Varför behöver du se ärendet?") && !asked.shows("Vi behöver prata"),
        "{}",
        asked.text
    );
    let form = asked.form(&action);
    let again = jonas.submit(&action, &form, false).await;
    assert!(
        again.status == 422 && again.shows("Välj varför du behöver se ärendet."),
        "{}",
        again.text
    );
    let opened = jonas
        .submit(&action, &form.with("reason_code", "handover"), false)
        .await;
    assert!(
        opened.status == 200 && opened.path == path && opened.shows("Vi behöver prata"),
        "{}",
        opened.text
    );
    // To read, answer and note; what would be refused is not offered.
    let act = format!("{path}/ansvarig");
    assert!(
        !opened.text.contains(&act) && !opened.text.contains("/lage"),
        "{}",
        opened.text
    );
    let maria = Browser::signed_in(&town.base, "maria.lind").await.get(&path).await;
    let told = maria.shows("Öppnat av kollegor") && maria.shows("Jonas Ahl") && maria.shows("Jag ska ta över ärendet");
    assert!(told, "{}", maria.text);
    let anna = Browser::signed_in(&town.base, "anna.berg").await.get(&path).await;
    assert!(anna.status == 200 && !anna.shows("Jonas Ahl"), "{}", anna.text);
}
