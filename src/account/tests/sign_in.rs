use super::places::origin;
use super::{PASSWORD, Place, body_of};
use crate::access::{Actor, Role};
use crate::account::session::MOST;
use crate::account::{Attempt, open_page_session, session_of_cookie};
use crate::app::DemoPerson;
use crate::db::schema::{credential, refresh_token, session};
use crate::error::Error;
use crate::id::PersonId;
use crate::secret::{Secret, sha256};
use diesel::prelude::*;
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;

const ANNA: &str = "anna@example.org";

fn attempt(email: &str, password: &str) -> Attempt {
    Attempt {
        board: "borlange".into(),
        email: Secret::new(email.into()),
        password: Secret::new(password.into()),
        code: None,
    }
}

#[actix_web::test]
async fn a_right_password_opens_a_session() {
    let place = Place::new().await;
    let anna = place.person(ANNA, Role::Contractor).await;
    // However the address is written.
    let answer = place.try_from("192.0.2.1", " Anna@Example.ORG ", PASSWORD).await;
    assert_eq!(answer.status, 201);
    assert_eq!(
        (&answer.body["token_type"], &answer.body["expires_in"]),
        (&json!("Bearer"), &json!(300))
    );
    let person = json!({ "id": anna, "name": format!("Namn {ANNA}"), "roles": ["contractor"] });
    assert_eq!(answer.body["person"], person);

    let me = place.me(&answer.text("access_token")).await;
    let wanted = json!({
        "id": anna, "name": format!("Namn {ANNA}"), "board": "borlange", "roles": ["contractor"], "homes": [],
        "units": [], "acr": "urn:famn:acr:password",
    });
    assert_eq!((me.status, me.body), (200, wanted));

    let (begun, read) = (place.events("session.start").await, place.events("me.read").await);
    let [begun, read] = [&begun[..], &read[..]].map(|events| events.first().cloned().expect("an event"));
    assert_eq!((begun.outcome.as_deref(), begun.person), (Some("ok"), Some(anna)));
    // What tells the session apart in the log stands there from its first event on.
    let session_part = |actor: &Option<String>| {
        let actor: serde_json::Value = serde_json::from_str(actor.as_deref().expect("an actor")).expect("JSON");
        (actor["session"].clone(), actor["acr"].clone())
    };
    assert!(session_part(&begun.actor).0.is_string());
    assert_eq!(session_part(&begun.actor), session_part(&read.actor));
}

#[actix_web::test]
async fn only_hashes_of_the_tokens_are_kept() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    let token = place.sign_in(ANNA).await.text("refresh_token");
    assert_eq!(token.len(), 43, "256 bits in base64");
    let hash = sha256(token.as_bytes()).to_vec();
    let kept: Vec<Vec<u8>> = place
        .look(|db| {
            refresh_token::table
                .select(refresh_token::hash)
                .load(db)
                .expect("tokens")
        })
        .await;
    assert_eq!(kept, [hash]);
}

#[actix_web::test]
async fn wrong_anything_is_one_answer() {
    let place = Place::new().await;
    let anna = place.person(ANNA, Role::Contractor).await;
    let gone = place.person("gone@example.org", Role::Contractor).await;
    place
        .as_operator(move |access| access.disable_person(gone))
        .await
        .expect("closed");
    let invited = place
        .person_with_hash("invited@example.org", Role::Contractor, None)
        .await;
    let over_long = "x".repeat(1025);
    let at = |board: &str, email: &str, password: &str| json!({ "board": board, "email": email, "password": password });
    let mut with_code = body_of(ANNA, PASSWORD);
    with_code["code"] = json!("1".repeat(65));
    let tries: [(serde_json::Value, Option<PersonId>, bool); 10] = [
        (at("vansbro", ANNA, PASSWORD), None, false),
        (at("", ANNA, PASSWORD), None, false),
        (at("bor\0lange", ANNA, PASSWORD), None, false),
        (at("borlange", "nobody@example.org", PASSWORD), None, true),
        (at("borlange", "", ""), None, true),
        (at("borlange", ANNA, "wrong"), Some(anna), true),
        (at("borlange", ANNA, &over_long), Some(anna), true),
        (at("borlange", "gone@example.org", PASSWORD), Some(gone), true),
        (at("borlange", "invited@example.org", ""), Some(invited), true),
        (with_code, Some(anna), true),
    ];
    let mut denied = Vec::new();
    let mut answers = Vec::new();
    for (nth, (body, person, noted)) in tries.into_iter().enumerate() {
        let answer = place.post("/sessions", &format!("192.0.{nth}.1"), body).await;
        assert_eq!(answer.status, 401, "{nth}: {answer:?}");
        answers.push((answer.headers, answer.bytes));
        denied.extend(noted.then_some(person));
        place.forward(60); // so that nobody waits for the one before
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // Each stands in the log of the board it was tried at, with the person if there is one.
    let events = place.events("session.start").await;
    assert!(events.iter().all(|event| event.outcome.as_deref() == Some("denied")));
    assert_eq!(events.iter().map(|event| event.person).collect::<Vec<_>>(), denied);
    assert_eq!(place.open_sessions().await, []);
}

/// How long a wrong sign-in takes, from a network of its own.
async fn time_of(place: &Place, from: &str, email: &str, password: &str) -> Duration {
    let begun = std::time::Instant::now();
    let answer = place.try_from(from, email, password).await;
    assert_eq!(answer.status, 401);
    begun.elapsed()
}

/// How often each way to be refused is timed.
const ROUNDS: usize = 30;

/// Takes over five seconds: a hash each, and enough of them that chance does not decide.
#[actix_web::test]
async fn and_takes_the_same_time() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    let gone = place.person("gone@example.org", Role::Contractor).await;
    place
        .as_operator(move |access| access.disable_person(gone))
        .await
        .expect("closed");
    let over_long = "x".repeat(2000);
    let tries = [
        (ANNA, "wrong"),
        ("nobody@example.org", PASSWORD),
        ("gone@example.org", PASSWORD),
        (ANNA, &over_long),
    ];
    let mut times = [const { Vec::new() }; 4];
    for round in 0..ROUNDS {
        // In turns, so that what else runs on this machine slows them alike.
        for (nth, (email, password)) in tries.into_iter().enumerate() {
            times[nth].push(time_of(&place, &format!("10.{nth}.{round}.1"), email, password).await);
            place.forward(3600);
        }
    }
    // Were they alike, each of the others would be the slower one in about half of the rounds: fewer than 3 or more than
    // 27 of 30 happen by chance in one run of a million. What is left out, a hash or a question, is left out every time.
    let [known, others @ ..] = &times;
    for other in others {
        let slower = known.iter().zip(other).filter(|(known, other)| other > known).count();
        assert!((3..=27).contains(&slower), "{slower} of {ROUNDS}: {times:?}");
    }
    // A wide bound on how much: the middle of thirty.
    let middle = times.map(|mut times| {
        times.sort();
        times[ROUNDS / 2]
    });
    let alike = |other: &Duration| *other > middle[0] * 2 / 3 && *other < middle[0] * 3 / 2;
    assert!(middle.iter().all(alike), "{middle:?}");
}

#[actix_web::test]
async fn a_board_may_turn_passwords_off() {
    let place = Place::open(None, false, &[]).await;
    place.person(ANNA, Role::Contractor).await;
    for (email, password) in [(ANNA, PASSWORD), (ANNA, "wrong"), ("nobody@example.org", "")] {
        let answer = place.try_from("192.0.2.1", email, password).await;
        assert_eq!(answer.status, 403, "{answer:?}");
    }
    let demo = DemoPerson {
        password: "",
        email: ANNA,
        board: "borlange",
        is: "familjehemsförälder",
    };
    let place = Place::open(None, false, &[demo]).await;
    place.person(ANNA, Role::Contractor).await;
    place.sign_in(ANNA).await;
}

#[actix_web::test]
async fn what_is_no_sign_in_is_not_taken_for_a_wrong_one() {
    let place = Place::new().await;
    for body in [
        json!({}),
        json!({ "board": "borlange", "email": ANNA }),
        json!({ "board": "borlange", "email": ANNA, "password": 1 }),
        json!({ "board": "borlange", "email": ANNA, "password": "", "role": "auditor" }),
    ] {
        assert_eq!(
            place.post("/sessions", "192.0.2.1", body.clone()).await.status,
            400,
            "{body}"
        );
    }
    let mut null = body_of(ANNA, PASSWORD);
    null["code"] = serde_json::Value::Null;
    assert_eq!(place.post("/sessions", "192.0.2.1", null).await.status, 401);
}

#[actix_web::test]
async fn the_twenty_first_session_ends_the_oldest() {
    let place = Place::new().await;
    let anna = place.person(ANNA, Role::Contractor).await;
    let mut tokens = Vec::new();
    for _ in 0..MOST {
        tokens.push(place.sign_in(ANNA).await.text("access_token"));
    }
    let before = place.open_sessions().await;
    tokens.push(place.sign_in(ANNA).await.text("access_token"));
    let after = place.open_sessions().await;
    assert_eq!((after.len(), &after[..MOST - 1]), (MOST, &before[1..]));
    assert_eq!(place.me(&tokens[0]).await.status, 401);
    assert_eq!(place.me(&tokens[1]).await.status, 200);
    assert_eq!(place.me(&tokens[MOST]).await.status, 200);
    let revoked = place.events("session.revoke").await;
    assert_eq!(
        revoked.iter().map(|event| event.person).collect::<Vec<_>>(),
        [Some(anna)]
    );
    // What has been idle too long is no session, and nothing need end for the next.
    place.forward(31 * 60);
    place.sign_in(ANNA).await;
    assert_eq!(place.events("session.revoke").await.len(), 1);
}

#[actix_web::test]
async fn many_may_sign_in_at_once() {
    for place in Place::on_each().await {
        place.person(ANNA, Role::Contractor).await;
        let all = join_all((0..30).map(|_| place.try_from("192.0.2.1", ANNA, PASSWORD))).await;
        assert_eq!(all.iter().filter(|answer| answer.status == 201).count(), 30, "{all:?}");
        assert_eq!(place.open_sessions().await.len(), MOST);
    }
}

#[actix_web::test]
async fn a_weak_hash_is_replaced_when_the_password_is_known() {
    use argon2::password_hash::PasswordHasher as _;
    let place = Place::new().await;
    let params = argon2::Params::new(8192, 1, 1, None).expect("allowed");
    let weak = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let weak = weak.hash_password(PASSWORD.as_bytes()).expect("hashed").to_string();
    let anna = place.person_with_hash(ANNA, Role::Contractor, Some(weak.clone())).await;
    let kept = move |db: &mut crate::db::Db| -> String {
        credential::table
            .find(anna)
            .select(credential::phc)
            .first(db)
            .expect("a hash")
    };
    assert_eq!(place.try_from("192.0.2.1", ANNA, "wrong").await.status, 401);
    assert_eq!(place.look(kept).await, weak);
    place.forward(2);
    place.sign_in(ANNA).await;
    let stronger = place.look(kept).await;
    assert!(stronger.contains("m=19456,t=2"), "{stronger}");
    place.sign_in(ANNA).await;
    assert_eq!(place.look(kept).await, stronger);
}

#[actix_web::test]
async fn a_closed_account_is_out_at_once() {
    let place = Place::new().await;
    let anna = place.person(ANNA, Role::Contractor).await;
    let tokens = place.sign_in(ANNA).await;
    place
        .as_operator(move |access| access.disable_person(anna))
        .await
        .expect("closed");
    assert_eq!(place.me(&tokens.text("access_token")).await.status, 401);
    assert_eq!(place.refresh(&tokens.text("refresh_token")).await.status, 401);
    assert_eq!(place.try_from("192.0.2.1", ANNA, PASSWORD).await.status, 401);
    let again = place.as_operator(move |access| access.disable_person(anna)).await;
    assert_eq!(again, Err(Error::NotFound));
}

#[actix_web::test]
async fn signing_out_ends_every_token_of_the_session_and_no_other() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    let (one, other) = (place.sign_in(ANNA).await, place.sign_in(ANNA).await);
    let renewed = place.refresh(&one.text("refresh_token")).await;
    assert_eq!(place.sign_out(&one.text("access_token")).await.status, 204);
    for token in [one.text("access_token"), renewed.text("access_token")] {
        assert_eq!(place.me(&token).await.status, 401);
        assert_eq!(place.sign_out(&token).await.status, 401);
    }
    assert_eq!(place.refresh(&renewed.text("refresh_token")).await.status, 401);
    assert_eq!(place.me(&other.text("access_token")).await.status, 200);
    assert_eq!(place.events("session.end").await.len(), 1);
}

#[actix_web::test]
async fn a_session_ends_when_idle_and_when_its_time_is_up() {
    for (email, role, idle, longest) in [
        ("staff@example.org", Role::Caseworker, 15 * 60, 10 * 3600),
        (ANNA, Role::Contractor, 30 * 60, 12 * 3600),
    ] {
        let place = Place::new().await;
        place.person(email, role).await;
        let mut tokens = place.sign_in(email).await;
        place.forward(idle - 1);
        tokens = place.refresh(&tokens.text("refresh_token")).await;
        assert_eq!(
            (tokens.status, place.me(&tokens.text("access_token")).await.status),
            (201, 200)
        );
        place.forward(idle);
        assert_eq!(
            place.refresh(&tokens.text("refresh_token")).await.status,
            401,
            "{email}"
        );

        // Kept busy it lasts until its time is up, whatever is refreshed.
        tokens = place.sign_in(email).await;
        let step = 240;
        for _ in 0..(longest / step - 1) {
            place.forward(step);
            tokens = place.refresh(&tokens.text("refresh_token")).await;
            assert_eq!(tokens.status, 201);
        }
        place.forward(step - 1);
        assert_eq!(place.me(&tokens.text("access_token")).await.status, 200);
        place.forward(1);
        assert_eq!(place.me(&tokens.text("access_token")).await.status, 401, "{email}");
        assert_eq!(
            place.refresh(&tokens.text("refresh_token")).await.status,
            401,
            "{email}"
        );
    }
}

#[actix_web::test]
async fn a_pages_session_is_named_by_its_cookie() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    let opened = open_page_session(&place.app, attempt(ANNA, PASSWORD), origin())
        .await
        .expect("opened");
    let named = session_of_cookie(&place.app, &opened.cookie).await;
    assert_eq!(named.map(|(session, _)| session), Ok(opened.session));
    let hash = sha256(opened.cookie.expose().as_bytes()).to_vec();
    let kept: Vec<Option<Vec<u8>>> = place
        .look(|db| session::table.select(session::cookie_hash).load(db).expect("rows"))
        .await;
    assert_eq!(kept, [Some(hash)]);
    let bearer = Actor::bearer(opened.session, None, origin());
    assert!(place.app.door.read(bearer, |access| access.me()).await.is_ok());
    place
        .app
        .door
        .write(bearer, |access| access.sign_out())
        .await
        .expect("signed out");
    assert_eq!(session_of_cookie(&place.app, &opened.cookie).await, Err(Error::SignIn));
    let strange = Secret::new("strange".to_owned());
    assert_eq!(session_of_cookie(&place.app, &strange).await, Err(Error::SignIn));
    let wrong = open_page_session(&place.app, attempt(ANNA, "wrong"), origin()).await;
    assert_eq!(wrong.map(|_| ()), Err(Error::SignIn));
    // No cookie is an access or a refresh token, nor the other way round.
    assert_eq!(place.me(opened.cookie.expose()).await.status, 401);
    assert_eq!(place.refresh(opened.cookie.expose()).await.status, 401);
    let refresh = Secret::new(place.try_from("192.0.9.1", ANNA, PASSWORD).await.text("refresh_token"));
    assert_eq!(session_of_cookie(&place.app, &refresh).await, Err(Error::SignIn));
}

#[actix_web::test]
async fn nothing_secret_shows_in_debug() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    let opened = open_page_session(&place.app, attempt(ANNA, PASSWORD), origin())
        .await
        .expect("opened");
    let tokens = crate::account::open_api_session(&place.app, attempt(ANNA, PASSWORD), origin())
        .await
        .expect("opened");
    let shown = format!(
        "{:?} {opened:?} {tokens:?} {:?}",
        attempt(ANNA, PASSWORD),
        super::places::new_person(ANNA)
    );
    let secrets = [
        ANNA,
        PASSWORD,
        opened.cookie.expose(),
        tokens.access.expose(),
        tokens.refresh.expose(),
    ];
    for secret in secrets {
        assert!(!shown.contains(secret), "{shown}");
    }
}
