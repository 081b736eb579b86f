//! Signing in and out over the wire: what strangers learn (nothing), what many at once come to, what stands in the log.

use crate::kit::{Answer, Person, Town, events, rows_of};
use famn::clock::Clock;
use famn::demo::PASSWORD;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn body(email: &str, password: &str) -> Value {
    json!({"board": "borlange", "email": email, "password": password})
}

async fn tries(town: &Town, email: &str, password: &str) -> Answer {
    town.nobody().post("/sessions", body(email, password)).await
}

async fn refreshes(person: &Person, token: &str) -> Answer {
    person.post("/sessions/refresh", json!({"refresh_token": token})).await
}

/// All of an answer that a stranger could compare: status, headers and body without what names the request.
fn face(answer: &Answer) -> (u16, Vec<(String, String)>, Value) {
    let named = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap_or_default().to_owned())
    };
    let own = |(name, _): &(String, String)| !["x-request-id", "date"].contains(&name.as_str());
    let mut body = answer.json();
    body["request_id"] = Value::Null;
    let mut headers: Vec<_> = answer.headers.iter().map(named).filter(own).collect();
    headers.sort();
    (answer.status.as_u16(), headers, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_learns_nothing_of_who_is_known() {
    let town = Town::new().await;
    let nobody = town.nobody();
    let unknown_board = json!({"board": "falun", "email": "anna.berg@example.org", "password": PASSWORD});
    let over_long = "x".repeat(5000);
    let answers = [
        tries(&town, "anna.berg@example.org", "wrong").await,
        tries(&town, "ingen@example.org", "wrong").await,
        tries(&town, "erik.berg@example.org", &over_long).await,
        tries(&town, "lisa.vans@example.org", PASSWORD).await,
        nobody.post("/sessions", unknown_board).await,
    ];
    let faces: Vec<_> = answers.iter().map(face).collect();
    assert!(faces.iter().all(|one| *one == faces[0]), "{faces:#?}");
    assert_eq!((faces[0].0, &faces[0].2["type"]), (401, &json!("/problems/sign-in")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_costs_a_second_and_a_flood_half_a_minute() {
    let town = Town::new().await;
    let begun = Instant::now();
    tries(&town, "maria.lind@example.org", "fel").await.expect(401);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    let begun = Instant::now();
    tries(&town, "maria.lind@example.org", PASSWORD).await.expect(201);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());

    let all = join_all((0..60).map(|_| tries(&town, "jonas.ahl@example.org", "fel"))).await;
    let tried = all.iter().filter(|answer| answer.status == 401).count();
    let refused: Vec<&Answer> = all.iter().filter(|answer| answer.status == 429).collect();
    assert!((1..=4).contains(&tried) && tried + refused.len() == 60, "{tried} tried");
    for answer in refused {
        let wait: u64 = answer.header("retry-after").parse().expect("seconds");
        assert!((1..=30).contains(&wait));
    }
    // A flood is a row a second, and every attempt is counted in one.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    tries(&town, "jonas.ahl@example.org", "fel").await;
    let denied = rows_of(
        &town.place,
        "SELECT subject AS text FROM audit_event WHERE action = 'session.start' AND outcome = 'denied'",
    );
    assert!(denied.len() < 15, "{denied:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_refreshes_at_once_one_lives() {
    let town = Town::new().await;
    for _ in 0..5 {
        let anna = town.anna().await;
        let token = anna.refresh_token.clone().expect("a token");
        let all = join_all((0..6).map(|_| refreshes(&anna, &token))).await;
        let made: Vec<Value> = all.into_iter().map(|answer| answer.expect(201)).collect();
        let bearer = |made: &Value| anna.with_token(made["access_token"].as_str());
        let used = join_all(
            made.iter()
                .map(|made| async { bearer(made).get("/me").await.status.as_u16() }),
        )
        .await;
        assert_eq!(used.iter().filter(|status| **status == 200).count(), 1, "{used:?}");
        // Now that one was used, the first is nobody's any more: whoever comes with it ends the session for all.
        refreshes(&anna, &token).await.expect(401);
        let after = join_all(
            made.iter()
                .map(|made| async { bearer(made).get("/me").await.status.as_u16() }),
        )
        .await;
        assert!(after.iter().all(|status| *status == 401), "{after:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_may_sign_in_at_once_and_out_again() {
    let town = Town::new().await;
    let all = join_all((0..12).map(|_| town.anna())).await;
    for anna in &all {
        anna.get("/me").await.expect(200);
    }
    all[0]
        .send(all[0].request(Method::DELETE, "/sessions/current"))
        .await
        .expect(204);
    all[0].get("/me").await.expect(401);
    refreshes(&all[0], all[0].refresh_token.as_deref().unwrap_or_default())
        .await
        .expect(401);
    let me = all[1].get("/me").await.expect(200);
    assert_eq!(
        (&me["board"], &me["roles"]),
        (&json!("borlange"), &json!(["contractor"]))
    );
    assert_eq!(
        (&me["homes"][0]["name"], &me["name"]),
        (&json!("Berg"), &json!("Anna Berg"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_turned_away_last_is_told_of_when_the_server_stops() {
    let mut town = Town::at(Clock::fixed(
        Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)),
    ))
    .await;
    let signed = |event: &Value| event["action"] == "session.start";
    let before = events(&town.place).into_iter().filter(signed).count();
    let tries = join_all((0..20).map(|_| tries(&town, "anna.berg@example.org", "fel lösenord hela vägen"))).await;
    assert!(tries.iter().any(|answer| answer.status == 429), "some come too early");
    let told = |town: &Town| -> u64 {
        let events = events(&town.place).into_iter().filter(signed).skip(before);
        events.map(|event| event["count"].as_u64().unwrap_or(1)).sum()
    };
    assert!(told(&town) < 20, "the clock stands still: not all have been told of");
    town.close();
    assert_eq!(told(&town), 20);
}
