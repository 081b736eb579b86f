//! Drafts: their author's alone, one a form, gone after ninety days with a notice before.

use crate::kit::{Town, count, events, id};
use famn::clock::Clock;
use famn::draft::sweep;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test(flavor = "multi_thread")]
async fn the_list_takes_no_parameters() {
    let town = Town::new().await;
    let anna = town.anna().await;
    anna.get("/drafts").await.expect(200);
    for odd in ["kind=message", "limit=1", "cursor=x"] {
        assert_eq!(
            anna.get(&format!("/drafts?{odd}")).await.problem(400),
            "malformed",
            "{odd}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_its_authors_alone_and_one_a_form() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let words = "Vi vill fråga om en ny säng till Alva";
    anna.plant(words);
    let first = anna
        .put("/drafts", json!({"kind": "message", "content": {"body": words}}))
        .await;
    let tag = first.header("etag").to_owned();
    let first = first.expect(200);
    let longer = json!({"kind": "message", "content": {"body": format!("{words} och en lampa")}});
    let again = anna
        .send(
            anna.request(Method::PUT, "/drafts")
                .header("If-Match", &tag)
                .json(&longer),
        )
        .await
        .expect(200);
    assert_eq!(first["id"], again["id"], "one a form");
    let stale = anna
        .send(
            anna.request(Method::PUT, "/drafts")
                .header("If-Match", &tag)
                .json(&longer),
        )
        .await;
    assert_eq!(stale.problem(412), "stale");
    anna.put("/drafts", json!({"kind": "receipt_claim", "content": "fritt"}))
        .await
        .expect(200);
    let mine = anna.get("/drafts").await.expect(200);
    let kinds: Vec<_> = mine["items"]
        .as_array()
        .expect("drafts")
        .iter()
        .map(|one| one["kind"].clone())
        .collect();
    assert_eq!(kinds, ["receipt_claim", "message"]);
    assert_eq!(mine["items"][1]["content"]["body"], format!("{words} och en lampa"));
    let at = format!("/drafts/{}", id(&again));
    for other in [&erik, &maria] {
        assert_eq!(other.get("/drafts").await.expect(200)["items"], json!([]));
        assert_eq!(other.get(&at).await.problem(404), "not-found");
        assert_eq!(other.delete(&at).await.problem(404), "not-found");
        // The same id is another's own: it tells nothing, and touches nothing of Anna's.
        other
            .put(&at, json!({"kind": "message", "content": {"body": "Något eget"}}))
            .await
            .expect(200);
    }
    assert_eq!(
        anna.get(&at).await.expect(200)["content"]["body"],
        format!("{words} och en lampa")
    );
    let saved = events(&town.place);
    let saved = saved
        .iter()
        .filter(|event| event["action"] == "draft.save" && event["person"] == json!(anna.id));
    assert_eq!(saved.count(), 2, "one event a draft, not one a save");
    assert_eq!(anna.delete(&at).await.status.as_u16(), 204);
    assert_eq!(anna.get(&at).await.problem(404), "not-found");
    assert_eq!(anna.delete(&at).await.problem(404), "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_ones_own_choice_takes_the_place_of_the_forms_old_draft() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let fresh = || town.app.clock.fresh_id::<()>().to_string();
    let (one, other) = (fresh(), fresh());
    let of = |kind: &str| json!({"kind": kind, "content": {"body": "Utkast nummer ett"}});
    assert_eq!(
        anna.put(&format!("/drafts/{one}"), of("message")).await.expect(200)["id"],
        json!(one)
    );
    anna.put(&format!("/drafts/{other}"), of("message")).await.expect(200);
    assert_eq!(anna.get(&format!("/drafts/{one}")).await.problem(404), "not-found");
    anna.put("/drafts", of("travel_request")).await.expect(200);
    assert_eq!(
        anna.put(&format!("/drafts/{other}"), of("travel_request"))
            .await
            .problem(409),
        "exists"
    );
    for wrong in [json!(null), json!(7), json!([1])] {
        let body = json!({"kind": "message", "content": wrong});
        assert_eq!(anna.put("/drafts", body).await.problem(400), "malformed");
    }
    let long = json!({"kind": "message", "content": {"body": "x".repeat(140_000)}});
    assert_eq!(
        anna.put("/drafts", long).await.faults(),
        [("content".into(), "too-long".into())]
    );
    let kind = json!({"kind": "poem", "content": {}});
    assert_eq!(anna.put("/drafts", kind).await.problem(400), "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_first_saves_at_once_are_one_draft() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let body = json!({"kind": "message", "content": {"body": "Samma utkast från två flikar"}});
    let all = futures_util::future::join_all((0..16).map(|_| anna.put("/drafts", body.clone()))).await;
    assert!(all.iter().all(|answer| answer.status == 200));
    assert_eq!(count(&town.place, "draft"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_draft_is_told_of_and_then_removed() {
    let clock = Clock::fixed(Clock::system().now().plus(DAY));
    let town = Town::at(clock.clone()).await;
    let anna = town.anna().await;
    anna.put(
        "/drafts",
        json!({"kind": "message", "content": {"body": "Det här glömmer jag"}}),
    )
    .await
    .expect(200);
    let letters = async || town.letters_to("anna.berg@example.org").await.len();
    let before = letters().await;
    clock.forward(DAY * 75);
    assert_eq!(sweep(&town.app).await.expect("a sweep"), 0);
    assert_eq!(letters().await, before, "not yet");
    clock.forward(DAY * 2);
    assert_eq!(sweep(&town.app).await.expect("a sweep"), 0);
    assert_eq!(letters().await, before + 1, "a notice, that says nothing");
    sweep(&town.app).await.expect("a sweep");
    assert_eq!(letters().await, before + 1, "once");
    clock.forward(DAY * 14);
    sweep(&town.app).await.expect("a sweep");
    assert_eq!(count(&town.place, "draft"), 0);
    let told = events(&town.place);
    let removed = told
        .iter()
        .find(|event| event["action"] == "draft.remove")
        .expect("an event");
    assert_eq!(removed["relation"], "system");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_nobody_was_told_of_is_not_removed_at_once() {
    let clock = Clock::fixed(Clock::system().now().plus(DAY));
    let town = Town::at(clock.clone()).await;
    town.maria()
        .await
        .put("/drafts", json!({"kind": "message", "content": "utkast"}))
        .await
        .expect(200);
    clock.forward(DAY * 120);
    // The town sweeps by itself too, so what is left counts, not who removed it.
    sweep(&town.app).await.expect("a sweep");
    assert_eq!(count(&town.place, "draft"), 1, "told first");
    clock.forward(DAY * 8);
    sweep(&town.app).await.expect("a sweep");
    assert_eq!(count(&town.place, "draft"), 0);
}
