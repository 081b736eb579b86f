//! Whom a page names, and what a page's empty field does: names to choose among stand in the log as what was shown; a
//! form that is not right is one look; what is emptied is empty.

use crate::kit::{Browser, Town, events, id};
use serde_json::{Value, json};

fn of(town: &Town, person: &str, action: &str) -> Vec<Value> {
    let is = |event: &Value| event["person"] == person && event["action"] == action && event["outcome"] == "ok";
    events(&town.place).into_iter().filter(is).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_to_choose_among_are_told_as_shown() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let errand = id(&anna.writes("Skolan ringde").await);
    let team = Browser::signed_in(&town.base, "maria.lind").await;
    let page = team.get(&format!("/arenden/{errand}")).await;
    let shown = of(&town, &maria.id, "person.list").pop().expect("an event");
    assert_eq!(shown["errand"], json!(errand));
    let named = shown["shown"].as_array().expect("whom");
    assert!(page.shows("Eva Strand") && named.contains(&json!(eva.id)), "{shown}");

    let lead = Browser::signed_in(&town.base, "eva.strand").await;
    lead.get(&format!("/uppdrag/{}", anna.assignment().await)).await;
    let shown = of(&town, &eva.id, "person.list").pop().expect("an event");
    let named = shown["shown"].as_array().expect("whom");
    assert!(shown["home"].is_string() && named.contains(&json!(maria.id)), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_is_not_right_is_one_look_at_the_errand() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let wish = id(&anna.wishes(200_000).await);
    let team = Browser::signed_in(&town.base, "maria.lind").await;
    let path = format!("/arenden/{wish}");
    let form = team.get(&path).await.form(&format!("{path}/beslut"));
    let before = of(&town, &maria.id, "errand.read").len();
    let empty = form.but("do", "check");
    let again = team.submit(&format!("{path}/beslut"), &empty, false).await;
    assert_eq!(again.status, 422, "{}", again.text);
    assert_eq!(of(&town, &maria.id, "errand.read").len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_emptied_of_an_assignment_is_empty() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let assignment = anna.assignment().await;
    let at = format!("/assignments/{assignment}");
    let day = town.app.clock.now().day().plus_days(30).to_string();
    let set = json!({"to": day, "cost_code": "  7710 "});
    let changed = eva.patch(&at, set).await.expect(200);
    assert_eq!((&changed["to"], &changed["cost_code"]), (&json!(day), &json!("7710")));
    // What is left out stays.
    let changed = eva.patch(&at, json!({"legal_basis": "LVU"})).await.expect(200);
    assert_eq!((&changed["to"], &changed["cost_code"]), (&json!(day), &json!("7710")));
    let lead = Browser::signed_in(&town.base, "eva.strand").await;
    let path = format!("/uppdrag/{assignment}");
    let form = lead.get(&path).await.form(&path);
    let emptied = form
        .but("legal_basis", "LVU")
        .but("caseworker_id", &maria.id)
        .but("to", "")
        .but("cost_code", "");
    assert_eq!(lead.submit(&path, &emptied, false).await.status, 200);
    let seen = anna.get("/assignments").await.expect(200);
    assert!(seen["items"][0].get("to").is_none(), "{seen}");
    let page = lead.get(&path).await;
    let kept = page.form(&path).fields;
    assert!(
        kept.contains(&("to".to_owned(), String::new())) && kept.contains(&("cost_code".to_owned(), String::new()))
    );

    eva.patch(&at, json!({"to": day, "cost_code": "7710"}))
        .await
        .expect(200);
    let cleared = eva.patch(&at, json!({"to": null, "cost_code": null})).await.expect(200);
    assert!(
        cleared.get("to").is_none() && cleared.get("cost_code").is_none(),
        "{cleared}"
    );
    assert_eq!(eva.patch(&at, json!({"cost_code": " "})).await.problem(422), "invalid");
}
