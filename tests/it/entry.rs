//! Ways in by letter: invitations here, lost passwords and changed addresses beside.

mod address;
mod came;
mod lost;

use crate::kit::{Answer, Person, Town, count, events, execute, id};
use famn::clock::Clock;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);
const NEW_PASSWORD: &str = "regn över tallmon i november";

async fn home_of(person: &Person) -> Value {
    person.get("/me").await.expect(200)["homes"][0]["id"].clone()
}

async fn accepts(town: &Town, way: &str, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password});
    town.nobody().post(&format!("/{way}/accept"), body).await
}

async fn invites(who: &Person, email: &str, name: &str, home: &Value) -> Answer {
    who.plant(email);
    who.plant(name);
    let new = json!({"email": email, "name": name, "home_id": home});
    who.post("/invitations", new).await
}

/// A clock an hour or two after the demo's errands.
fn clock() -> Clock {
    Clock::fixed(Clock::system().now().plus(HOUR * 2))
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_invited_into_a_home_comes_in_and_sees_it() {
    let town = Town::at(clock()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let home = home_of(&anna).await;
    let errand = id(&anna.writes("Mormor ska hjälpa till hemma").await);
    let email = "mormor.granlund@example.org";
    let made = invites(&maria, email, "Majken Granlund", &home).await.expect(201);
    assert!(made["id"].is_string() && made["expires_at"].is_string());
    let code = town.code_for(email, 1).await;
    maria.plant(&code);
    let letter = town.letters_to(email).await.pop().expect("a letter");
    for word in ["Majken", "Berg", "Alva", "Maria", "Borl", "familjehem"] {
        assert!(!letter.replace("=\r\n", "").contains(word), "{word} in {letter}");
    }
    assert!(
        !letter.contains(&format!("/{code}")) && !letter.contains(&format!("={code}")),
        "no link bears the code"
    );
    assert_eq!(
        count(&town.place, "outbox WHERE token IS NOT NULL"),
        0,
        "gone once it is sent"
    );
    let short = accepts(&town, "invitations", &code, "kort").await;
    assert_eq!(short.faults(), [("password".into(), "password-short".into())]);
    let own = accepts(&town, "invitations", &code, "Majken Granlund Granlund").await;
    assert_eq!(own.faults(), [("password".into(), "password-own".into())]);
    assert_eq!(
        accepts(&town, "invitations", &code, NEW_PASSWORD).await.expect(201)["board"],
        "borlange"
    );
    assert_eq!(
        accepts(&town, "invitations", &code, NEW_PASSWORD).await.problem(401),
        "sign-in",
        "once"
    );
    let majken = town.nobody().signed_in("borlange", email, NEW_PASSWORD).await;
    assert_eq!(majken.get("/me").await.expect(200)["homes"][0]["name"], "Berg");
    majken.opens(&errand).await.expect(200);
    let members = maria
        .get(&format!("/homes/{}/members", home.as_str().expect("an id")))
        .await
        .expect(200);
    assert_eq!(members["items"].as_array().expect("members").len(), 3);
    let told: Vec<Value> = events(&town.place);
    let accepted = told
        .iter()
        .find(|event| event["action"] == "invitation.accept" && event["outcome"] == "ok")
        .expect("an event");
    assert_eq!((&accepted["person"], &accepted["home"]), (&json!(majken.id), &home));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_dead_after_its_time_and_when_a_newer_one_is_sent() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let home = home_of(&anna).await;
    let email = "sen.sune@example.org";
    invites(&maria, email, "Sune Sen", &home).await.expect(201);
    let first = town.code_for(email, 1).await;
    invites(&maria, email, "Sune Sen", &home).await.expect(201);
    let second = town.code_for(email, 2).await;
    assert_ne!(first, second);
    assert_eq!(
        accepts(&town, "invitations", &first, NEW_PASSWORD).await.problem(401),
        "sign-in",
        "a newer one was sent"
    );
    clock.forward(HOUR * 72);
    assert_eq!(
        accepts(&town, "invitations", &second, NEW_PASSWORD).await.problem(401),
        "sign-in",
        "72 hours are over"
    );
    for odd in ["", "none", &"x".repeat(5_000), &first.to_uppercase()] {
        assert_eq!(
            accepts(&town, "invitations", odd, NEW_PASSWORD).await.problem(401),
            "sign-in",
            "{odd}"
        );
    }
    // A token of one kind is none of the other.
    let maria = town.maria().await;
    invites(&maria, email, "Sune Sen", &home).await.expect(201);
    let third = town.code_for(email, 3).await;
    assert_eq!(
        accepts(&town, "recoveries", &third, NEW_PASSWORD).await.problem(401),
        "sign-in"
    );
    let both =
        futures_util::future::join_all((0..6).map(|_| accepts(&town, "invitations", &third, NEW_PASSWORD))).await;
    assert_eq!(
        both.iter().filter(|answer| answer.status == 201).count(),
        1,
        "of many at once one counts"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_invite_whom() {
    let town = Town::at(clock()).await;
    let (anna, sara, maria, eva, jonas) = (
        town.anna().await,
        town.sara().await,
        town.maria().await,
        town.eva().await,
        town.jonas().await,
    );
    let stina = town.person("stina.drift").await;
    let home = home_of(&anna).await;
    let invite = |role: &str| json!({"email": "ny.kraft@example.org", "name": "Ny Kraft", "role": role});
    for who in [&anna, &maria, &eva, &jonas] {
        assert_eq!(
            who.post("/invitations", invite("finance")).await.problem(403),
            "forbidden"
        );
    }
    assert_eq!(
        invites(&anna, "vem@example.org", "Vem Som", &home).await.problem(403),
        "forbidden"
    );
    assert_eq!(
        invites(&sara, "vem@example.org", "Vem Som", &home).await.problem(404),
        "not-found"
    );
    assert_eq!(
        invites(&stina, "vem@example.org", "Vem Som", &home).await.problem(404),
        "not-found"
    );
    let myself = json!({"email": "Stina.Drift@example.org", "name": "Stina", "role": "finance"});
    assert_eq!(
        stina.post("/invitations", myself).await.problem(403),
        "forbidden",
        "never oneself"
    );
    assert_eq!(
        stina.post("/invitations", invite("caseworker")).await.faults(),
        [("unit_id".into(), "unit".into())]
    );
    let neither = json!({"email": "ny.kraft@example.org", "name": "Ny Kraft"});
    assert_eq!(
        stina.post("/invitations", neither).await.faults(),
        [("home_id".into(), "required".into())]
    );
    // A sensitive role is only proposed when the invitation is accepted.
    stina.post("/invitations", invite("auditor")).await.expect(201);
    let code = town.code_for("ny.kraft@example.org", 1).await;
    accepts(&town, "invitations", &code, NEW_PASSWORD).await.expect(201);
    let ny = town
        .nobody()
        .signed_in("borlange", "ny.kraft@example.org", NEW_PASSWORD)
        .await;
    assert_eq!(ny.get("/audit/events").await.problem(403), "forbidden");
    let roles = stina.get(&format!("/persons/{}/roles", ny.id)).await.expect(200);
    assert_eq!(roles["items"][0]["state"], "proposed");
    let role_at = format!("/persons/{}/roles/{}", ny.id, id(&roles["items"][0]));
    let dora = town.person("dora.sund").await;
    assert_eq!(
        stina.patch(&role_at, json!({"confirmed": true})).await.problem(403),
        "forbidden"
    );
    dora.patch(&role_at, json!({"confirmed": true})).await.expect(200);
    ny.get("/audit/events").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_does_not_tell_who_is_known() {
    let town = Town::at(clock()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let home = home_of(&anna).await;
    let known = invites(&maria, "sara.ohman@example.org", "Någon", &home).await;
    let unknown = invites(&maria, "obekant.person@example.org", "Någon", &home).await;
    let keys = |answer: &Answer| {
        answer
            .json()
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!((known.status, keys(&known)), (unknown.status, keys(&unknown)));
    // Someone known comes into the home; the letter is no way to another password.
    let sara = town.sara().await;
    let code = town.code_for("sara.ohman@example.org", 1).await;
    accepts(&town, "invitations", &code, NEW_PASSWORD).await.expect(201);
    sara.get("/me").await.expect(200);
    assert_eq!(
        sara.get("/me").await.expect(200)["homes"]
            .as_array()
            .expect("homes")
            .len(),
        2
    );
    assert_eq!(
        sara.get("/me").await.expect(200)["name"],
        "Sara Öhman",
        "the name is the one she has"
    );
    let body = json!({"board": "borlange", "email": "sara.ohman@example.org", "password": NEW_PASSWORD});
    assert_eq!(town.nobody().post("/sessions", body).await.problem(401), "sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_falls_with_whoever_sent_it() {
    let town = Town::at(clock()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let home = home_of(&anna).await;
    invites(&maria, "ny.granne@example.org", "Ny Granne", &home)
        .await
        .expect(201);
    let code = town.code_for("ny.granne@example.org", 1).await;
    let ended = "UPDATE role_grant SET to_at = from_at WHERE role = 'caseworker'";
    assert!(execute(&town.place, ended) > 0);
    assert_eq!(
        accepts(&town, "invitations", &code, NEW_PASSWORD).await.problem(401),
        "sign-in"
    );
    let told = events(&town.place);
    let denied = told.iter().filter(|event| event["action"] == "invitation.accept");
    assert_eq!(denied.filter(|event| event["outcome"] == "denied").count(), 1);
    assert_eq!(
        count(&town.place, "invitation WHERE used_at IS NOT NULL"),
        0,
        "nothing was taken"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_flooded_with_invitations() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let home = home_of(&anna).await;
    let send = async || invites(&maria, "ny.granne@example.org", "Ny Granne", &home).await;
    for _ in 0..10 {
        send().await.expect(201);
    }
    let before = count(&town.place, "outbox");
    assert_eq!(send().await.problem(429), "too-many");
    assert_eq!(count(&town.place, "outbox"), before);
    clock.forward(Duration::from_secs(25 * 60 * 60));
    let maria = town.maria().await;
    invites(&maria, "ny.granne@example.org", "Ny Granne", &home)
        .await
        .expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_called_back_by_its_sender_or_the_team_lead() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (anna, maria, eva, jonas) = (
        town.anna().await,
        town.maria().await,
        town.eva().await,
        town.jonas().await,
    );
    let stina = town.person("stina.drift").await;
    let home = home_of(&anna).await;
    let at = |made: &Value| format!("/invitations/{}", id(made));
    let first = invites(&maria, "forsta@example.org", "Första Gången", &home)
        .await
        .expect(201);
    for (who, status, problem) in [
        (&anna, 403, "forbidden"),
        (&jonas, 404, "not-found"),
        (&stina, 404, "not-found"),
    ] {
        assert_eq!(who.delete(&at(&first)).await.problem(status), problem);
    }
    let code = town.code_for("forsta@example.org", 1).await;
    maria.delete(&at(&first)).await.expect(204);
    assert_eq!(
        accepts(&town, "invitations", &code, NEW_PASSWORD).await.problem(401),
        "sign-in"
    );
    assert_eq!(maria.delete(&at(&first)).await.problem(409), "ended", "once");
    let second = invites(&maria, "andra@example.org", "Andra Gången", &home)
        .await
        .expect(201);
    eva.delete(&at(&second)).await.expect(204);
    // The steward's own, and the team lead's of the unit; another steward's is nobody else's.
    let unit = eva.get("/units").await.expect(200)["items"][0]["id"].clone();
    for (email, unit, role, by) in [
        ("tredje@example.org", None, "finance", &stina),
        ("fjarde@example.org", Some(&unit), "caseworker", &eva),
    ] {
        let new = json!({"email": email, "name": "Ny Kraft", "role": role, "unit_id": unit});
        let made = stina.post("/invitations", new).await.expect(201);
        assert_eq!(maria.delete(&at(&made)).await.problem(404), "not-found");
        by.delete(&at(&made)).await.expect(204);
    }
    let taken = invites(&maria, "femte@example.org", "Femte Gången", &home)
        .await
        .expect(201);
    let code = town.code_for("femte@example.org", 1).await;
    accepts(&town, "invitations", &code, NEW_PASSWORD).await.expect(201);
    assert_eq!(maria.delete(&at(&taken)).await.problem(409), "ended", "it was accepted");
    let told = events(&town.place);
    let recalled = told.iter().filter(|event| event["action"] == "invitation.recall");
    let relations: Vec<(&str, &str)> = recalled
        .map(|event| {
            (
                event["outcome"].as_str().unwrap_or(""),
                event["relation"].as_str().unwrap_or(""),
            )
        })
        .filter(|(outcome, _)| *outcome == "ok")
        .collect();
    assert_eq!(
        relations,
        [("ok", "self"), ("ok", "team_lead"), ("ok", "self"), ("ok", "team_lead")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_long_past_are_swept() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let home = home_of(&anna).await;
    invites(&maria, "aldrig@example.org", "Aldrig Kommen", &home)
        .await
        .expect(201);
    let lost = json!({"board": "borlange", "email": "sara.ohman@example.org"});
    town.nobody().post("/recoveries", lost).await.expect(202);
    town.code_for("sara.ohman@example.org", 1).await;
    anna.patch("/me", json!({"email": "anna.ny@example.org"}))
        .await
        .expect(200);
    anna.plant("anna.ny@example.org");
    let kept = || ["invitation", "recovery", "address_change"].map(|table| count(&town.place, table));
    clock.forward(HOUR * 24 * 20);
    famn::account::sweep(&town.app).await.expect("it is swept");
    assert_eq!(kept(), [1, 1, 1], "what is young stays");
    clock.forward(HOUR * 24 * 14);
    famn::account::sweep(&town.app).await.expect("it is swept");
    assert_eq!(kept(), [0, 0, 0]);
}
