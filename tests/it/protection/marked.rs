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

    let all = events(&town.place);
    let newest = |action: &str, outcome: &str, who: Option<&str>| -> Value {
        let is = |event: &&Value| {
            event["action"] == action && event["outcome"] == outcome && who.is_none_or(|who| event["person"] == *who)
        };
        all.iter()
            .rfind(is)
            .unwrap_or_else(|| panic!("no {action} {outcome}"))
            .clone()
    };
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
    ] {
        let event = newest(action, outcome, who);
        assert_eq!(event["protected"], true, "{action} {outcome}: {event}");
    }
    let others = newest("errand.list", "ok", Some(&anna.id));
    assert!(others.get("protected").is_none_or(Value::is_null), "{others}");
}
