//! Attacks on the service by those who have an account, a stolen token or the database itself.

use crate::kit::{Person, Town, execute, id, sql_id};
use reqwest::{Method, header};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_dies_with_its_session_and_opens_no_other_board() {
    let town = Town::new().await;
    let (anna, lisa) = (town.anna().await, town.lisa().await);
    let errand = id(&anna.writes("Bara för Borlänge").await);
    let stolen = anna.with_token(Some(anna.token()));
    stolen.opens(&errand).await.expect(200);
    assert_eq!(lisa.opens(&errand).await.problem(404), "not-found");
    let arrival = lisa.get("/errands").await.expect(200)["items"][0]["id"].clone();
    assert_eq!(
        anna.opens(arrival.as_str().expect("an id")).await.problem(404),
        "not-found"
    );
    assert_eq!(anna.delete("/sessions/current").await.status.as_u16(), 204);
    for path in [
        "/errands".to_owned(),
        format!("/errands/{errand}"),
        "/me".into(),
        "/assignments".into(),
    ] {
        let refused = stolen.get(&path).await;
        assert_eq!(refused.header("www-authenticate"), "Bearer");
        assert_eq!(refused.problem(401), "sign-in");
    }
    assert_eq!(
        stolen.answers(&errand, "Jag är fortfarande här").await.problem(401),
        "sign-in"
    );
    for forged in [
        "",
        "x",
        "a.b.c",
        &anna.token()[..anna.token().len() - 2],
        &format!("{}AA", anna.token()),
    ] {
        assert_eq!(
            anna.with_token(Some(forged)).get("/me").await.problem(401),
            "sign-in",
            "{forged}"
        );
    }
    // A cookie is no token, and a token in the address neither.
    let nobody = town.nobody();
    let cookie = nobody
        .request(Method::GET, "/me")
        .header(header::COOKIE, format!("__Host-sid={}", lisa.token()));
    assert_eq!(nobody.send(cookie).await.problem(401), "sign-in");
    let in_address = nobody.get(&format!("/me?access_token={}", lisa.token())).await;
    assert_eq!(in_address.problem(400), "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_a_membership_a_role_or_an_account_holds_at_the_next_call() {
    let town = Town::new().await;
    let (anna, erik, maria, jonas) = (
        town.anna().await,
        town.erik().await,
        town.maria().await,
        town.jonas().await,
    );
    let errand = id(&anna.writes("Vi skiljer oss i sommar").await);
    let home = anna.opens(&errand).await.expect(200)["home"]["id"].clone();
    erik.opens(&errand).await.expect(200);
    town.ends_membership(home.as_str().expect("an id"), &erik.id).await;
    assert_eq!(erik.opens(&errand).await.problem(401), "sign-in");
    let erik = town.erik().await;
    assert_eq!(erik.opens(&errand).await.problem(404), "not-found");
    assert_eq!(erik.answers(&errand, "Men jag då?").await.problem(403), "no-home");
    assert_eq!(erik.get("/errands").await.expect(200)["items"], json!([]));
    assert_eq!(erik.get("/assignments").await.expect(200)["items"], json!([]));
    anna.opens(&errand).await.expect(200);

    let give = json!({"person_id": jonas.id});
    maria.put(&format!("/errands/{errand}/assignee"), give).await;
    jonas.opens(&errand).await.expect(200);
    let of = |person: &Person| sql_id(&town.place, &person.id);
    execute(
        &town.place,
        &format!("UPDATE role_grant SET to_at = from_at WHERE person_id = {}", of(&jonas)),
    );
    assert_eq!(jonas.opens(&errand).await.problem(404), "not-found");
    assert_eq!(jonas.get("/errands").await.problem(403), "forbidden");
    execute(
        &town.place,
        &format!("UPDATE person SET disabled_at = created_at WHERE id = {}", of(&maria)),
    );
    assert_eq!(maria.opens(&errand).await.problem(401), "sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_text_moved_within_the_database_is_shown_to_nobody() {
    let town = Town::new().await;
    let (anna, sara, maria) = (town.anna().await, town.sara().await, town.maria().await);
    let (of_anna, of_sara) = (
        id(&anna.writes("Det står i Annas ärende").await),
        id(&sara.writes("Det står i Saras ärende").await),
    );
    maria.answers(&of_anna, "Det svarade Maria Anna").await.expect(201);
    let within = |errand: &str| format!("errand_id = {}", sql_id(&town.place, errand));
    // Between two errands, and between two messages of one.
    let other = format!("(SELECT body FROM message WHERE {} LIMIT 1)", within(&of_sara));
    let turned = "(SELECT body FROM message AS o WHERE o.errand_id = message.errand_id AND o.id <> message.id)";
    for (errand, seen_by, from) in [(&of_anna, &anna, turned), (&of_anna, &anna, &*other)] {
        assert_eq!(
            execute(
                &town.place,
                &format!("UPDATE message SET body = {from} WHERE {}", within(errand))
            ),
            2
        );
        for one in [seen_by, &maria] {
            let answer = one.opens(errand).await;
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert_eq!(answer.problem(500), "fault");
            assert!(
                !text.contains("Det s") && !text.contains("seal") && !text.contains("decrypt"),
                "{text}"
            );
        }
    }
    // The whole errand with its key under another home: its key opens nothing there.
    let key = format!(
        "(SELECT wrapped_key FROM errand WHERE id = {})",
        sql_id(&town.place, &of_anna)
    );
    execute(
        &town.place,
        &format!(
            "UPDATE errand SET wrapped_key = {key} WHERE id = {}",
            sql_id(&town.place, &of_sara)
        ),
    );
    assert_eq!(sara.opens(&of_sara).await.problem(500), "fault");
    maria.get("/errands").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_say_what_is_wrong_in_the_readers_language_and_nothing_of_the_inside() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let faulty = || {
        anna.request(Method::POST, "/errands")
            .json(&json!({"kind": "message", "body": ""}))
    };
    let (swedish, english) = (
        anna.send(faulty()).await,
        anna.send(faulty().header("Accept-Language", "en")).await,
    );
    for (answer, language, words) in [(&swedish, "sv", "Fyll i fältet"), (&english, "en", "Fill in")] {
        assert_eq!(answer.header("content-language"), language);
        assert!(answer.header("content-type").starts_with("application/problem+json"));
        assert!(String::from_utf8_lossy(&answer.bytes).contains(words), "{answer}");
        let body = answer.json();
        assert_eq!(body["request_id"], answer.header("x-request-id"));
        assert_eq!(
            (&body["type"], &body["status"]),
            (&json!("/problems/invalid"), &json!(422))
        );
    }
    assert_ne!(swedish.header("x-request-id"), english.header("x-request-id"));
    let ours = anna.request(Method::GET, "/me").header("X-Request-Id", "chosen-by-me");
    assert_ne!(anna.send(ours).await.header("x-request-id"), "chosen-by-me");
    for path in [
        "/errands/nowhere",
        "/errands/../../etc/passwd",
        "/nothing",
        "/errands?cursor='",
        "/errands/%00",
    ] {
        let answer = anna.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {answer}");
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        for inside in [
            "SELECT", "diesel", "src/", ".rs", "panicked", "sqlite", "postgres", "uuid",
        ] {
            assert!(!text.contains(inside), "{path}: {text}");
        }
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}
