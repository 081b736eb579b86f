//! Every operation does what it is for at least once, and what it answers fits the document (`kit::held` holds every
//! answer against it); every one that creates does it once for one key.

use super::{Berg, PEOPLE, Row, operations, table};
use crate::kit::{Answer, Person, Town, held, id};
use famn::access::Role;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PASSWORD: &str = "en alldeles egen lång mening";

/// Whoever the table says is answered with what the operation is for.
fn who_can(row: &Row) -> Option<&'static str> {
    let place = row.statuses.iter().position(|status| (200..300).contains(status))?;
    PEOPLE.get(place).copied()
}

/// A manager of the unit, who says which rights are needed.
async fn manager(town: &Town) -> Person {
    town.hires("chef.ny", Role::UnitManager).await
}

/// The token of a new invitation.
async fn invited(town: &Town, berg: &Berg, email: &str) -> String {
    let new = json!({"email": email, "name": "Ny Person", "home_id": berg.ground.home});
    town.maria().await.post("/invitations", new).await.expect(201);
    town.code_for(email, 1).await
}

/// The token of a new way to choose a password.
async fn lost(town: &Town, email: &str, letters: usize) -> String {
    let body = json!({"board": "borlange", "email": email});
    let asked = town.nobody().post("/recoveries", body).await;
    assert_eq!(asked.status, 202, "{asked}");
    town.code_for(email, letters).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_does_what_it_is_for_and_answers_as_the_document_says() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let mut rows = table();
    // Signing out comes last.
    rows.sort_by_key(|row| row.path == "/sessions/current");
    for row in rows {
        let Some(name) = who_can(&row) else { continue };
        let who = match name {
            "nobody" => town.nobody(),
            name => town.person(name).await,
        };
        let there = match row.path.contains("{id}") {
            true => berg.id_for(row.path).await,
            false => String::new(),
        };
        let answer = berg.tries(&who, &row, &there).await;
        assert!(
            answer.status.is_success(),
            "{} {} by {name}: {answer}",
            row.method,
            row.path
        );
    }
    // What the table has nobody do.
    let erik = town.erik().await;
    let refresh = json!({"refresh_token": erik.refresh_token});
    town.nobody().post("/sessions/refresh", refresh).await.expect(201);
    let right = json!({"grant_id": berg.ground.role, "keep": true});
    let at = format!("/units/{}/recertification", berg.ground.unit);
    manager(&town).await.post(&at, right).await.expect(201);
    let accept = async |way: &str, token: String| {
        let body = json!({"token": token, "password": PASSWORD});
        town.nobody().post(&format!("/{way}/accept"), body).await.expect(201)
    };
    accept("invitations", invited(&town, &berg, "inbjuden.ny@example.org").await).await;
    accept("recoveries", lost(&town, "sara.ohman@example.org", 1).await).await;
    let erik = town.erik().await;
    let email = "erik.ny.adress@example.org";
    erik.patch("/me", json!({"email": email})).await.expect(200);
    let code = town.code_for(email, 1).await;
    erik.post("/me/email", json!({"token": code})).await.expect(200);
    let (moa, karl) = (town.person("moa.sund").await, town.person("karl.vans").await);
    let own = moa.get("/errands").await.expect(200);
    let at = format!("/errands/{}/protected", id(&own["items"][1]));
    let shown = karl.post(&at, json!({"reason": "Kontrollerar resans längd"})).await;
    shown.expect(200);

    let (met, all) = (held::met(&town.base), held::all());
    let never: Vec<_> = all.difference(&met).collect();
    assert!(never.is_empty(), "never done: {never:?}");
}

/// The operations that make something and may be sent again.
fn creating() -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for (method, path, operation) in operations() {
        let keyed = operation["parameters"].as_array().into_iter().flatten();
        let keyed = keyed.filter(|one| one["name"] == "Idempotency-Key").count() == 1;
        if method == Method::POST && operation["responses"].get("201").is_some() {
            found.push((path, keyed));
        } else {
            assert!(!keyed, "{method} {path} makes nothing");
        }
    }
    found
}

#[test]
fn all_that_creates_takes_a_key_but_for_sessions_and_files() {
    let without: BTreeSet<String> = creating()
        .into_iter()
        .filter_map(|(path, keyed)| (!keyed).then_some(path))
        .collect();
    let excepted = ["/sessions", "/sessions/refresh", "/files"].map(str::to_owned);
    assert_eq!(without, excepted.into());
}

/// What an operation is called with so that it makes something, and by whom.
async fn right_call(town: &Town, berg: &Berg, row: &Row) -> (Person, String, Option<Value>) {
    let there = match row.path.contains("{id}") {
        true => berg.id_for(row.path).await,
        false => String::new(),
    };
    let at = berg.at(row.path, &there);
    let token = |token: String| Some(json!({"token": token, "password": PASSWORD}));
    match row.path {
        "/units/{id}/recertification" => {
            let body = json!({"grant_id": berg.ground.role, "keep": false, "reason": "Har slutat"});
            (manager(town).await, at, Some(body))
        }
        "/invitations/accept" => (
            town.nobody(),
            at,
            token(invited(town, berg, "inbjuden.ny@example.org").await),
        ),
        "/recoveries/accept" => (town.nobody(), at, token(lost(town, "sara.ohman@example.org", 1).await)),
        _ => {
            let who = town.person(who_can(row).expect("someone who can")).await;
            let body = berg.filled(&who, &row.method, row.path, &there).await;
            (who, at, body)
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_with_its_key_is_made_once_and_with_another_body_refused() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    for row in table() {
        let keyed = |(path, keyed): &(String, bool)| *keyed && path == row.path;
        if row.method != Method::POST || !creating().iter().any(keyed) {
            continue;
        }
        let (who, at, body) = right_call(&town, &berg, &row).await;
        let key = format!("key of {}", row.path);
        let send = async |body: Option<String>| -> Answer {
            let mut request = who.request(Method::POST, &at).header("Idempotency-Key", &key);
            if let Some(body) = body {
                request = request.header("Content-Type", "application/json").body(body);
            }
            who.send(request).await
        };
        let text = body.as_ref().map(Value::to_string);
        let first = send(text.clone()).await;
        let again = send(text.clone()).await;
        assert_eq!(first.header("location"), again.header("location"), "{at}");
        let (first, again) = (first.expect(201), again.expect(201));
        match first.get("id") {
            Some(made) => assert_eq!(Some(made), again.get("id"), "{at}"),
            None => assert_eq!(first, again, "{at}"),
        }
        if let Some(text) = text {
            // One byte more is another body.
            let other = send(Some(format!("{text} "))).await;
            assert_eq!(other.problem(409), "idempotency-key-reused", "{at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_of_ones_own_is_told_again_though_it_shuts_the_home() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let maria = town.maria().await;
    let at = format!("/homes/{}/conflicts", berg.ground.home);
    let body = json!({"person_id": maria.id, "reason": "Syskon till familjehemmet"});
    let send = async |key: &str| {
        let request = maria.request(Method::POST, &at).header("Idempotency-Key", key);
        maria.send(request.json(&body)).await
    };
    let first = send("k").await.expect(201);
    assert_eq!(send("k").await.expect(201), first);
    assert_eq!(send("other").await.problem(404), "not-found", "the home is shut to her");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_taken_opens_nothing_to_another_key_or_body() {
    let town = Town::new().await;
    let token = lost(&town, "sara.ohman@example.org", 1).await;
    let nobody = town.nobody();
    let send = async |key: Option<&str>, password: &str| {
        let mut request = nobody.request(Method::POST, "/recoveries/accept");
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let body = json!({"token": token, "password": password});
        nobody.send(request.json(&body)).await
    };
    let first = send(Some("k"), PASSWORD).await.expect(201);
    assert_eq!(send(Some("k"), PASSWORD).await.expect(201), first);
    for key in [None, Some("other")] {
        assert_eq!(send(key, PASSWORD).await.problem(401), "sign-in", "{key:?}");
    }
    let other = send(Some("k"), "en annan ganska lång mening").await;
    assert_eq!(other.problem(409), "idempotency-key-reused");
    nobody.signed_in("borlange", "sara.ohman@example.org", PASSWORD).await;
}
