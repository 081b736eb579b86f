//! Every event about a home where someone is protected bears the mark, lists and refusals and what nobody does included.

use crate::kit::hidden::Hidden;
use crate::kit::{Town, events, id};
use famn::home::Protection;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn every_event_about_a_protected_home_bears_its_mark() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (jonas, dora, eva, anna) = (
        town.jonas().await,
        town.person("dora.sund").await,
        town.eva().await,
        town.anna().await,
    );
    let new = json!({"kind": "message", "assignment_id": of.assignment, "body": "Fel papper"});
    let errand = id(&of.vilgot.post("/errands", new).await.expect(201));
    let message = id(&jonas.opens(&errand).await.expect(200)["messages"][0]);
    let taken = jonas
        .post(
            &format!("/errands/{errand}/isolations"),
            json!({"message_id": message, "reason": "Ett annat barns papper"}),
        )
        .await
        .expect(201);
    let incident = format!("/incidents/{}", taken["incident_id"].as_str().expect("an id"));
    let number = jonas.opens(&errand).await.expect(200)["number"].clone();
    let number = number.as_str().expect("a number");
    jonas.get(&format!("/search?q={number}")).await.expect(200);
    jonas.get("/errands?limit=100").await.expect(200);
    jonas.get("/assignments?limit=100").await.expect(200);
    jonas.get("/homes?limit=100").await.expect(200);
    eva.get("/protected-homes").await.expect(200);
    eva.get(&incident).await.problem(404);
    eva.opens(&errand).await.problem(404);
    dora.get("/incidents").await.expect(200);
    let today = town.app.clock.now().day();
    town.deputises("U-9077", &eva.id, (today, today.plus_days(7))).await;
    super::leads(&town, &jonas).await;
    // Nobody yet, who comes with an invitation.
    let email = "ny.medlem@example.org";
    let invited = json!({"from": today.to_string(), "invitation": {"email": email, "name": "Ny Medlem"}});
    jonas
        .post(&format!("/homes/{}/members", of.home), invited)
        .await
        .expect(201);
    let accept = json!({"token": town.code_for(email, 1).await, "password": "en alldeles egen mening"});
    town.nobody().post("/invitations/accept", accept).await.expect(201);
    // What is about others bears none.
    anna.get("/errands?limit=100").await.expect(200);
    town.maria().await.get("/search?q=Berg").await.expect(200);

    let all = events(&town.place);
    let newest = |action: &str, outcome: &str, who: Option<&str>| newest(&all, action, outcome, who);
    for (action, outcome, who) in [
        ("errand.list", "ok", Some(jonas.id.as_str())),
        ("assignment.list", "ok", Some(&jonas.id)),
        ("home.list", "ok", Some(&jonas.id)),
        ("protected.list", "ok", Some(&eva.id)),
        ("incident.list", "ok", Some(&dora.id)),
        ("incident.read", "denied", Some(&eva.id)),
        ("errand.read", "denied", Some(&eva.id)),
        ("deputy.add", "ok", None),
        ("invitation.accept", "ok", None),
        ("item.isolate", "ok", None),
        ("search", "ok", Some(&jonas.id)),
    ] {
        let event = newest(action, outcome, who);
        assert_eq!(event["protected"], true, "{action} {outcome}: {event}");
    }
    for (action, who) in [("errand.list", &anna.id), ("search", &town.maria().await.id)] {
        unmarked(&newest(action, "ok", Some(who)));
    }
}

/// The last event of an action that came out so, of `who` if that is said.
#[track_caller]
fn newest(all: &[Value], action: &str, outcome: &str, who: Option<&str>) -> Value {
    let is = |event: &&Value| {
        event["action"] == action && event["outcome"] == outcome && who.is_none_or(|who| event["person"] == *who)
    };
    let found = all.iter().rfind(is);
    found.unwrap_or_else(|| panic!("no {action} {outcome}")).clone()
}

#[track_caller]
fn unmarked(event: &Value) {
    assert!(event.get("protected").is_none_or(Value::is_null), "{event}");
}

#[tokio::test(flavor = "multi_thread")]
async fn going_through_who_is_named_for_a_protected_home_bears_its_mark() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (jonas, dora, stina) = (
        town.jonas().await,
        town.person("dora.sund").await,
        town.person("stina.drift").await,
    );
    let unit = id(&town.eva().await.get("/me").await.expect(200)["units"][0]);
    let role = json!({"role": "unit_manager", "unit_id": unit, "reason": "Ny enhetschef"});
    let ali = town.person("ali.ek").await;
    let roles = format!("/persons/{}/roles", ali.id);
    let proposed = id(&stina.post(&roles, role).await.expect(201));
    let yes = json!({"confirmed": true});
    dora.patch(&format!("{roles}/{proposed}"), yes).await.expect(200);

    let at = format!("/units/{unit}/recertification");
    let list = ali.get(&at).await.expect(200);
    // The steward is not shown who is named.
    stina.get(&at).await.expect(200);
    let mut rights = list["rights"].as_array().expect("rights").iter();
    let named = rights.find(|one| one["kind"] == "protected").expect("who is named");
    assert_eq!(named["person"]["id"], jonas.id.as_str());
    let keep = json!({"grant_id": named["grant_id"], "keep": true});
    dora.get(&at).await.expect(200);
    super::leads(&town, &jonas).await;
    let all = events(&town.place);
    for who in [&ali.id, &dora.id] {
        assert_eq!(newest(&all, "recertification.read", "ok", Some(who))["protected"], true);
    }
    unmarked(&newest(&all, "recertification.read", "ok", Some(&stina.id)));

    // The manager who is named says nothing of it.
    ali.post(&at, keep.clone()).await.expect(201);
    let mine = json!({"person_id": ali.id, "reason": "Ska följa familjen"});
    let path = format!("/protected-homes/{}/named", of.home);
    let own = id(&jonas.post(&path, mine).await.expect(201));
    dora.patch(&format!("{path}/{own}"), json!({"confirmed": true}))
        .await
        .expect(200);
    let list = ali.get(&at).await.expect(200);
    let mut rights = list["rights"].as_array().expect("rights").iter();
    let own = rights
        .find(|one| one["kind"] == "protected" && one["person"]["id"] == ali.id.as_str())
        .expect("his own");
    let keep = json!({"grant_id": own["grant_id"], "keep": true});
    assert_eq!(ali.post(&at, keep).await.problem(403), "forbidden");
    let all = events(&town.place);
    for outcome in ["ok", "denied"] {
        let event = newest(&all, "recertification.decide", outcome, Some(&ali.id));
        assert_eq!(
            (&event["protected"], &event["home"]),
            (&json!(true), &json!(of.home)),
            "{event}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_a_protected_family_to_another_home_bears_the_mark_and_not_whose() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Om skolan").await);
    let sends = async |body: &str, confirmed: &[&str]| {
        let new = json!({"body": body, "confirmed": confirmed});
        maria.post(&format!("/errands/{errand}/messages"), new).await
    };
    let newest = |action: &str, outcome: &str| newest(&events(&town.place), action, outcome, Some(&maria.id));
    assert_eq!(sends("Hälsa Sara Öhman", &[]).await.problem(409), "other-home");
    unmarked(&newest("message.send", "denied"));
    let text = "Hälsa Sara Öhman och Vilgot Tornvik";
    let told = sends(text, &[]).await;
    let found: Vec<String> = serde_json::from_value(told.json()["found"].clone()).expect("what was found");
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(told.problem(409), "other-home");
    sends(text, &found).await.expect(201);
    for (action, outcome) in [("message.send", "denied"), ("message.confirm", "ok")] {
        let event = newest(action, outcome);
        assert_eq!(event["protected"], true, "{event}");
        assert!(!event.to_string().contains(&of.home), "{event}");
    }
    unmarked(&newest("message.send", "ok"));
}
