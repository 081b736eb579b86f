//! What two persons have said is not undone by one: marks, invitations sent before, sessions left open.

use super::names;
use crate::kit::hidden::Hidden;
use crate::kit::wishes::travel;
use crate::kit::{Answer, Browser, Person, Town, count, events, id};
use famn::access::{Access, Actor};
use famn::clock::Clock;
use famn::home::Protection;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

const EX: &str = "expartner@example.org";

async fn marks(who: &Person, home: &str, to: &str) -> Answer {
    let at = format!("/homes/{home}");
    let tag = who.get(&at).await.header("etag").to_owned();
    let change = who.request(Method::PATCH, &at).header("If-Match", tag);
    who.send(change.json(&json!({"protected": to}))).await
}

async fn berg(town: &Town) -> String {
    town.anna().await.get("/me").await.expect(200)["homes"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// Maria invites someone into Berg; gives the code.
async fn invites(town: &Town, home: &str) -> String {
    let new = json!({"email": EX, "name": "Någon Tidigare", "home_id": home});
    town.maria().await.post("/invitations", new).await.expect(201);
    town.code_for(EX, 1).await
}

async fn accepts(town: &Town, code: &str) -> Answer {
    let chosen = json!({"token": code, "password": "regn över tallmon i november"});
    town.nobody().post("/invitations/accept", chosen).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lowers_a_homes_mark_alone() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (eva, jonas, maria) = (town.eva().await, town.jonas().await, town.maria().await);
    // Someone else of those who head the unit has proposed Eva.
    super::leads(&town, &jonas).await;
    names(&town, &jonas, &of.home, &eva).await;
    let errand = id(&of.vilgot.post("/errands", travel(&of.assignment)).await.expect(201));
    let faults = marks(&eva, &of.home, "none").await.faults();
    assert_eq!(faults, [("protected".to_owned(), "mark-lowered".to_owned())]);
    let page = format!("/hem/{}/andra", of.home);
    let browser = Browser::signed_in(&town.base, "eva.strand").await;
    let form = browser.get(&page).await;
    assert!(
        !form.shows("value=\"none\"") && form.shows("value=\"fictitious\""),
        "{}",
        form.text
    );
    let unit = eva.get("/me").await.expect(200)["units"][0]["id"].clone();
    let lower = form.form(&page).but("unit_id", unit.as_str().expect("an id"));
    let told = browser.submit(&page, &lower.but("protected", "none"), false).await;
    assert!(told.status == 422 && told.shows("inte sänkas"), "{}", told.text);
    assert_eq!(maria.opens(&errand).await.status, 404);
    assert_eq!(jonas.opens(&errand).await.expect(200)["places_hidden"], true);
    marks(&eva, &of.home, "fictitious").await.expect(200);

    // The command line can, and then nobody stays named: a mark set anew begins anew.
    let home = of.home.parse().expect("an id");
    let sets = async |to: Protection| {
        let operator = Actor::operator(town.board("borlange").await);
        let set = move |access: Access<'_>| access.mark_home(home, to);
        town.app.door.write(operator, set).await.expect("it is set");
    };
    let version = eva.get(&format!("/homes/{}", of.home)).await.header("etag").to_owned();
    sets(Protection::None).await;
    let now = eva.get(&format!("/homes/{}", of.home)).await.header("etag").to_owned();
    assert_ne!(now, version, "who changes it must have seen that");
    let past = "home_past WHERE protected = 'fictitious' AND changed_by IS NULL";
    assert_eq!(count(&town.place, past), 1, "what it was is kept");
    assert_eq!(jonas.opens(&errand).await.expect(200)["travel"]["from"], "Borlänge");
    sets(Protection::SecrecyMarking).await;
    assert_eq!(eva.opens(&errand).await.status, 404, "no longer named");
    let ended = |event: &&serde_json::Value| event["action"] == "protected.end";
    assert!(events(&town.place).iter().filter(ended).count() >= 2);
    let says = |event: &&serde_json::Value| event["action"] == "home.change" && event["reason_code"] == "none";
    assert_eq!(
        events(&town.place).iter().filter(says).count(),
        1,
        "which mark it was set to"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_from_before_the_mark_opens_nothing() {
    let town = Town::new().await;
    let home = berg(&town).await;
    let code = invites(&town, &home).await;
    let members = count(&town.place, "home_member");
    let marked = marks(&town.eva().await, &home, "fictitious").await;
    assert!(marked.status.is_success(), "{marked}");
    assert_eq!(accepts(&town, &code).await.problem(401), "sign-in");
    assert_eq!(count(&town.place, "home_member"), members);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_by_who_is_to_have_nothing_to_do_with_the_home_opens_nothing() {
    let town = Town::new().await;
    let home = berg(&town).await;
    let code = invites(&town, &home).await;
    let members = count(&town.place, "home_member");
    let apart = json!({"person_id": town.maria().await.id, "reason": "Släkt"});
    let declared = town.eva().await.post(&format!("/homes/{home}/conflicts"), apart).await;
    declared.expect(201);
    assert_eq!(accepts(&town, &code).await.problem(401), "sign-in");
    assert_eq!(count(&town.place, "home_member"), members);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_left_open_lets_nobody_into_a_protected_home_and_opens_no_unit() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(24 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (eva, jonas, stina) = (town.eva().await, town.jonas().await, town.person("stina.drift").await);
    super::leads(&town, &jonas).await;
    names(&town, &jonas, &of.home, &eva).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let (invitations, members) = (count(&town.place, "invitation"), count(&town.place, "home_member"));
    let tag = stina.get("/board").await.header("etag").to_owned();
    clock.forward(Duration::from_secs(5 * 60 + 1));
    let today = clock.now().day().to_string();
    let into = format!("/homes/{}/members", of.home);
    let invited = json!({"invitation": {"email": EX, "name": "Någon"}, "from": today});
    for (who, path, body) in [
        (&eva, into.as_str(), invited),
        (&eva, &into, json!({"person_id": anna.id, "from": today})),
        (
            &eva,
            "/invitations",
            json!({"email": EX, "name": "Någon", "home_id": of.home}),
        ),
    ] {
        assert_eq!(who.post(path, body).await.problem(401), "step-up", "{path}");
    }
    let person = format!("/persons/{}", maria.id);
    let mark = stina.patch(&person, json!({"protected": "fictitious"})).await;
    assert_eq!(mark.problem(401), "step-up");
    let tomorrow = clock.now().day().plus_days(1).to_string();
    for wider in [
        json!({"settings": {"team_sight": "full"}}),
        json!({"settings": {"former_member_days": 30}}),
        json!({"settings": {"ended_assignment_days": 365}}),
        json!({"settings": {"receipts_after_end_days": 365}}),
        json!({"settings": {"team_sight": "metadata"}, "from": tomorrow}),
    ] {
        let widen = stina.request(Method::PATCH, "/board").header("If-Match", tag.clone());
        assert_eq!(stina.send(widen.json(&wider)).await.problem(401), "step-up", "{wider}");
    }
    let narrow = stina.request(Method::PATCH, "/board").header("If-Match", tag);
    let narrow = narrow.json(&json!({"settings": {"team_sight": "off", "former_member_days": 0}}));
    stina.send(narrow).await.expect(200);
    assert_eq!(count(&town.place, "invitation"), invitations);
    assert_eq!(count(&town.place, "home_member"), members);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_from_before_names_nobody() {
    let town = Town::new().await;
    let (eva, dora) = (town.eva().await, town.person("dora.sund").await);
    let unit = eva.get("/me").await.expect(200)["units"][0]["id"].clone();
    let today = town.app.clock.now().day().to_string();
    let new = json!({"kind": "foster", "name": "Skogslund", "unit_id": unit});
    let home = id(&eva.post("/homes", new).await.expect(201));
    let email = "ny.medlem@example.org";
    let invited = json!({"from": today, "invitation": {"email": email, "name": "Ny Medlem"}});
    eva.post(&format!("/homes/{home}/members"), invited).await.expect(201);
    let child = json!({"first_name": "Ronja", "last_name": "Dold", "protected": "fictitious"});
    let placed = json!({"home_id": home, "kind": "foster", "legal_basis": "SoL", "from": today, "service_user": child,
        "caseworker_id": eva.id, "unit_id": unit});
    eva.post("/assignments", placed).await.expect(201);
    assert_eq!(
        eva.get(&format!("/homes/{home}")).await.status,
        404,
        "she marked it and answers for it"
    );
    let code = town.code_for(email, 1).await;
    let accept = json!({"token": code, "password": "en alldeles egen mening"});
    let accepted = town.nobody().post("/invitations/accept", accept).await;
    assert_eq!(
        accepted.problem(401),
        "sign-in",
        "sent before the mark: it is to be sent anew"
    );
    assert_eq!(eva.get(&format!("/homes/{home}")).await.status, 404);
    let known = dora.get("/protected-homes").await.expect(200)["items"][0]["named"].clone();
    assert_eq!(known, json!([]), "nor is anyone proposed by it");
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_again_for_a_protected_home_one_has_added_does_not_tell_its_name() {
    let town = Town::new().await;
    let eva = town.eva().await;
    let unit = eva.get("/me").await.expect(200)["units"][0]["id"].clone();
    let new = json!({"kind": "foster", "name": "Gömslet", "unit_id": unit, "protected": "fictitious"});
    let adds = || {
        let add = eva.request(Method::POST, "/homes").header("Idempotency-Key", "gomslet");
        eva.send(add.json(&new))
    };
    let made = adds().await.expect(201);
    let again = adds().await.expect(201);
    assert_eq!(id(&made), id(&again));
    assert!(
        again["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("Skyddat hem ")),
        "{again}"
    );
}
