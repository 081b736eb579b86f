//! Idempotency keys: a call that is sent again does nothing again.

use crate::kit::{Answer, Person, Town, count, id, texts};
use famn::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn keyed(person: &Person, path: &str, key: &str, body: &Value) -> Answer {
    let request = person.request(Method::POST, path).header("Idempotency-Key", key);
    person.send(request.json(body)).await
}

fn message(body: &str) -> Value {
    json!({"kind": "message", "body": body})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_errand_sent_again_is_the_same_errand() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let before = count(&town.place, "errand");
    let body = message("Vi tappade nätet mitt i");
    let first = keyed(&anna, "/errands", "k-1", &body).await.expect(201);
    maria.moves(&id(&first), "in_progress", None).await.expect(200);
    let again = keyed(&anna, "/errands", "k-1", &body).await;
    assert_eq!(again.header("location"), format!("/api/v1/errands/{}", id(&first)));
    let again = again.expect(201);
    assert_eq!((&again["id"], &again["number"]), (&first["id"], &first["number"]));
    assert_eq!(again["state"], "in_progress", "it is rendered anew");
    let other = keyed(&anna, "/errands", "k-1", &message("Något helt annat")).await;
    assert_eq!(other.problem(409), "idempotency-key-reused");
    // The key is the person's own.
    let by_erik = keyed(&erik, "/errands", "k-1", &body).await.expect(201);
    assert_ne!(by_erik["id"], first["id"]);
    assert_eq!(count(&town.place, "errand"), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_1_to_64_printable_characters_and_a_refusal_does_not_use_it_up() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let body = message("Hej på er");
    keyed(&anna, "/errands", &"k".repeat(64), &body).await.expect(201);
    for key in [&*"k".repeat(65), "", "a\tb"] {
        assert_eq!(
            keyed(&anna, "/errands", key, &body).await.problem(400),
            "malformed",
            "{key:?}"
        );
    }
    let request = anna
        .request(Method::POST, "/errands")
        .header("Idempotency-Key", "å".as_bytes());
    assert_eq!(anna.send(request.json(&body)).await.problem(400), "malformed");
    assert_eq!(keyed(&anna, "/errands", "k-2", &message("")).await.faults().len(), 1);
    keyed(&anna, "/errands", "k-2", &body).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_and_notes_sent_again_are_the_same() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Vilka tider gäller?").await);
    let (messages, notes) = (
        format!("/errands/{errand}/messages"),
        format!("/errands/{errand}/notes"),
    );
    let body = json!({"body": "Klockan tio"});
    let reply = keyed(&maria, &messages, "r", &body).await.expect(201);
    assert_eq!(keyed(&maria, &messages, "r", &body).await.expect(201), reply);
    let other = keyed(&maria, &messages, "r", &json!({"body": "Klockan elva"})).await;
    assert_eq!(other.problem(409), "idempotency-key-reused");
    // The same key and body somewhere else is something else.
    assert_eq!(
        keyed(&maria, &notes, "r", &body).await.problem(409),
        "idempotency-key-reused"
    );
    let note = keyed(&maria, &notes, "n", &body).await.expect(201);
    assert_eq!(keyed(&maria, &notes, "n", &body).await.expect(201), note);
    let seen = maria.opens(&errand).await.expect(200);
    assert_eq!(seen["messages"].as_array().map(Vec::len), Some(2));
    assert_eq!(seen["version"], 2);
    let listed = maria.get(&notes).await.expect(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_no_longer_see_is_not_told_again() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let body = message("Det här är sista gången");
    let errand = id(&keyed(&anna, "/errands", "k", &body).await.expect(201));
    let home = anna.opens(&errand).await.expect(200)["home"]["id"].clone();
    town.ends_membership(home.as_str().expect("an id"), &anna.id).await;
    let anna = town.anna().await;
    assert_eq!(keyed(&anna, "/errands", "k", &body).await.problem(404), "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_a_key_is_free_again() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let body = message("Samma fråga som i går");
    let first = keyed(&town.anna().await, "/errands", "k", &body).await.expect(201);
    clock.forward(Duration::from_secs(24 * 60 * 60 - 1));
    let within = keyed(&town.anna().await, "/errands", "k", &body).await.expect(201);
    assert_eq!(within["id"], first["id"]);
    clock.forward(Duration::from_secs(1));
    let after = keyed(&town.anna().await, "/errands", "k", &body).await.expect(201);
    assert_ne!(after["id"], first["id"]);
    let again = keyed(&town.anna().await, "/errands", "k", &body).await.expect(201);
    assert_eq!(again["id"], after["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_gone_after_its_day_and_its_body_is_a_keyed_hash() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let body = message("Ja");
    for who in [town.anna().await, town.erik().await, town.lisa().await] {
        keyed(&who, "/errands", "k", &body).await.expect(201);
    }
    // One body is one hash in a board, and another in another: nobody without the key can try what it was.
    let query = "SELECT CAST(count(DISTINCT body_hash) AS TEXT) || ' of ' || CAST(max(length(body_hash)) AS TEXT) \
                 AS text FROM idempotency";
    assert_eq!(texts(&town.place, query), ["2 of 16"]);
    clock.forward(Duration::from_secs(24 * 60 * 60 - 1));
    assert_eq!(town.app.door.forget_keys().await.expect("swept"), 0);
    clock.forward(Duration::from_secs(1));
    assert_eq!(town.app.door.forget_keys().await.expect("swept"), 3);
    assert_eq!(count(&town.place, "idempotency"), 0);
}
