//! Homes, members and assignments as the team lead keeps them.

use crate::kit::{Person, Town, count, events, execute, id, rows_of};
use famn::clock::{Clock, Day};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Noon of the day after the demo's errands.
fn clock() -> Clock {
    Clock::fixed(Clock::system().now().plus(DAY).day().begins().plus(DAY / 2))
}

fn day(clock: &Clock, days: i32) -> String {
    let today: Day = clock.now().day();
    today.plus_days(days).to_string()
}

async fn home(who: &Person, name: &str) -> Value {
    let homes = who.get("/homes").await.expect(200);
    let mut homes = homes["items"].as_array().expect("homes").clone().into_iter();
    homes.find(|home| home["name"] == name).expect("the home")
}

fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().expect("items").iter();
    items
        .map(|one| one["name"].as_str().expect("a name").to_owned())
        .collect()
}

async fn assignment_body(town: &Town, home: &Value, clock: &Clock) -> Value {
    let maria = town.maria().await.id;
    json!({"home_id": home["id"], "kind": "foster", "legal_basis": "LVU", "from": day(clock, 0),
        "service_user": {"first_name": "Tuva", "last_name": "Skogsberg", "personal_number": "20120312-2385"},
        "caseworker_id": maria, "unit_id": home["unit"]["id"]})
}

#[tokio::test(flavor = "multi_thread")]
async fn homes_are_seen_by_those_who_have_to_do_with_them() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (eva, maria, jonas) = (town.eva().await, town.maria().await, town.jonas().await);
    let karl = town.person("karl.vans").await;
    assert_eq!(names(&eva.get("/homes").await.expect(200)), ["Öhman", "Berg"]);
    assert_eq!(names(&maria.get("/homes").await.expect(200)), ["Öhman", "Berg"]);
    assert!(names(&jonas.get("/homes").await.expect(200)).is_empty());
    let of_karl = names(&karl.get("/homes").await.expect(200));
    assert!(of_karl.len() == 2 && of_karl.contains(&"Vans".into()), "{of_karl:?}");
    assert!(!of_karl.contains(&"Sund".into()), "by its alias alone: {of_karl:?}");
    let berg = home(&eva, "Berg").await;
    let page = eva.get("/homes?limit=1").await.expect(200);
    let rest = eva
        .get(&format!(
            "/homes?limit=1&cursor={}",
            page["next_cursor"].as_str().expect("more")
        ))
        .await
        .expect(200);
    assert_eq!(
        (names(&page), names(&rest)),
        (vec!["Öhman".into()], vec!["Berg".into()])
    );
    eva.plant("Tallbacken");
    let new = json!({"kind": "emergency", "name": "Tallbacken", "unit_id": berg["unit"]["id"], "protected": "none"});
    let made = eva.post("/homes", new.clone()).await.expect(201);
    assert_eq!(
        (&made["name"], &made["protected"]),
        (&json!("Tallbacken"), &json!("none"))
    );
    let at = format!("/homes/{}", id(&made));
    assert_eq!(
        maria.get(&at).await.problem(404),
        "not-found",
        "no assignment, no relation"
    );
    let shown = eva.get(&at).await;
    let tag = shown.header("etag").to_owned();
    assert_eq!(shown.expect(200)["kind"], "emergency");
    let rename = |tag: &str| {
        let body = json!({"name": "Tallbacka", "kind": "foster"});
        eva.request(Method::PATCH, &at)
            .header("If-Match", tag.to_owned())
            .json(&body)
    };
    let changed = eva.send(rename(&tag)).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["kind"]),
        (&json!("Tallbacka"), &json!("foster"))
    );
    assert_eq!(eva.send(rename(&tag)).await.problem(412), "stale");
    assert_eq!(count(&town.place, "home_past"), 1, "what it was is kept");
    let elsewhere = json!({"kind": "foster", "name": "X", "unit_id": home(&karl, "Vans").await["unit"]["id"]});
    assert_eq!(
        eva.post("/homes", elsewhere).await.problem(403),
        "forbidden",
        "not in a unit one does not lead"
    );
    assert_eq!(
        maria
            .patch(&format!("/homes/{}", id(&berg)), json!({"name": "Y"}))
            .await
            .problem(403),
        "forbidden"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_takes_sight_and_sessions_at_once() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (anna, erik, eva) = (town.anna().await, town.erik().await, town.eva().await);
    let errand = id(&anna.writes("Vi går skilda vägar i vår").await);
    let berg = home(&eva, "Berg").await;
    let at = format!("/homes/{}/members", id(&berg));
    let members = eva.get(&at).await.expect(200);
    let of = |person: &Person| {
        let mut all = members["items"].as_array().expect("members").iter();
        id(all
            .find(|one| one["person"]["id"] == json!(person.id))
            .expect("a member"))
    };
    let membership = format!("{at}/{}", of(&erik));
    let later = eva.patch(&membership, json!({"to": day(&clock, 3)})).await.expect(200);
    assert_eq!(
        (&later["state"], &later["to"]),
        (&json!("current"), &json!(day(&clock, 3)))
    );
    erik.opens(&errand).await.expect(200);
    assert_eq!(
        eva.patch(&membership, json!({"to": day(&clock, -1)})).await.faults(),
        [("to".into(), "date-past".into())]
    );
    let ended = eva.patch(&membership, json!({"to": day(&clock, 0)})).await.expect(200);
    assert_eq!(ended["state"], "ended");
    assert_eq!(
        erik.opens(&errand).await.problem(401),
        "sign-in",
        "the sessions are gone"
    );
    let erik = town.erik().await;
    assert_eq!(erik.opens(&errand).await.problem(404), "not-found", "and the sight");
    assert_eq!(erik.get("/me").await.expect(200)["homes"], json!([]));
    anna.opens(&errand).await.expect(200);
    assert_eq!(
        eva.patch(&membership, json!({"to": day(&clock, 0)})).await.problem(409),
        "ended"
    );
    // Another home's membership is not this home's.
    let ohman = home(&eva, "Öhman").await;
    let crossed = format!("/homes/{}/members/{}", id(&ohman), of(&anna));
    assert_eq!(
        eva.patch(&crossed, json!({"to": day(&clock, 0)})).await.problem(404),
        "not-found"
    );
    anna.opens(&errand).await.expect(200);
    // Back again, from a day on.
    let back = json!({"person_id": erik.id, "from": day(&clock, 1)});
    assert_eq!(eva.post(&at, back.clone()).await.expect(201)["state"], "coming");
    assert_eq!(eva.post(&at, back).await.problem(409), "exists");
    erik.opens(&errand).await.problem(404);
    clock.forward(DAY);
    town.erik().await.opens(&errand).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_come_from_the_board_or_by_invitation_and_never_oneself() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (eva, lisa, jonas) = (town.eva().await, town.lisa().await, town.jonas().await);
    let at = format!("/homes/{}/members", id(&home(&eva, "Berg").await));
    let from = day(&clock, 0);
    let foreign = json!({"person_id": lisa.id, "from": from});
    assert_eq!(
        eva.post(&at, foreign).await.faults(),
        [("person_id".into(), "person".into())]
    );
    assert_eq!(
        eva.post(&at, json!({"person_id": eva.id, "from": from}))
            .await
            .problem(403),
        "forbidden"
    );
    let faults = eva
        .post(&at, json!({"from": day(&clock, -2), "to": day(&clock, -3)}))
        .await
        .faults();
    assert_eq!(faults.len(), 3, "{faults:?}");
    // A caseworker who becomes a member is that to the home, and nothing else.
    eva.post(&at, json!({"person_id": jonas.id, "from": from}))
        .await
        .expect(201);
    assert_eq!(jonas.get("/me").await.expect(200)["homes"][0]["name"], "Berg");
    assert_eq!(jonas.get(&at).await.problem(403), "forbidden");
    eva.plant("ingrid.nygren@example.org");
    let invited = json!({"invitation": {"email": "ingrid.nygren@example.org", "name": "Ingrid Nygren"}, "from": from,
        "to": day(&clock, 30)});
    let view = eva.post(&at, invited).await.expect(201);
    assert_eq!((&view["state"], &view["person"]), (&json!("invited"), &Value::Null));
    let code = town.code_for("ingrid.nygren@example.org", 1).await;
    let accept = json!({"token": code, "password": "björkar vid Dalälven"});
    town.nobody().post("/invitations/accept", accept).await.expect(201);
    let members = eva.get(&at).await.expect(200);
    let mut all = members["items"].as_array().expect("members").iter();
    let ingrid = all
        .find(|one| one["person"]["name"] == "Ingrid Nygren")
        .expect("a member");
    assert_eq!(
        (&ingrid["state"], &ingrid["to"]),
        (&json!("current"), &json!(day(&clock, 30)))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_is_added_with_its_service_user_and_its_number_is_never_shown() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (eva, anna) = (town.eva().await, town.anna().await);
    let berg = home(&eva, "Berg").await;
    let body = assignment_body(&town, &berg, &clock).await;
    for text in ["Skogsberg", "201203122385", "20120312-2385", "120312-2385"] {
        eva.plant(text);
    }
    let made = eva.post("/assignments", body.clone()).await.expect(201);
    assert_eq!(
        (&made["label"], &made["legal_basis"], &made["service_user"]),
        (&json!("U-1001"), &json!("LVU"), &json!({"first_name": "Tuva"}))
    );
    let told = anna.get("/assignments").await.expect(200).to_string();
    assert!(
        told.contains("Tuva") && !told.contains("Skogsberg") && !told.contains("2385"),
        "{told}"
    );
    // The same number and name is the same child; another name is refused; the number in another form is the same.
    let mut again = body.clone();
    again["service_user"]["personal_number"] = json!("120312-2385");
    assert_eq!(eva.post("/assignments", again).await.expect(201)["label"], "U-1002");
    assert_eq!(
        rows_of(
            &town.place,
            "SELECT CAST(count(*) AS TEXT) AS text FROM service_user WHERE personal_number IS NOT NULL"
        ),
        ["1"]
    );
    let mut other = body.clone();
    other["service_user"]["first_name"] = json!("Nils");
    assert_eq!(eva.post("/assignments", other).await.problem(409), "exists");
    let denied = "audit_event WHERE action = 'assignment.add' AND outcome = 'denied'";
    assert_eq!(
        count(&town.place, denied),
        1,
        "that a number is known is something learnt"
    );
    // A child whom another unit answers for is not to be taken over by its number.
    let vans = "SELECT id FROM unit WHERE name = 'Familjehemsteamet'";
    let moved = format!("UPDATE assignment SET unit_id = ({vans}) WHERE label LIKE 'U-100_'");
    assert_eq!(execute(&town.place, &moved), 2);
    assert_eq!(eva.post("/assignments", body.clone()).await.problem(409), "exists");
    assert_eq!(count(&town.place, denied), 2);
    for wrong in ["20120312-2383", "20121312-2382", "1", "19999999-9999"] {
        let mut typo = body.clone();
        typo["service_user"]["personal_number"] = json!(wrong);
        let faults = eva.post("/assignments", typo).await.faults();
        assert_eq!(
            faults,
            [("service_user.personal_number".into(), "personal-number".into())],
            "{wrong}"
        );
    }
    let mut coordination = body.clone();
    coordination["service_user"] =
        json!({"first_name": "Amir", "last_name": "Granlund", "personal_number": "20120372-2382"});
    eva.post("/assignments", coordination).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_is_refused_for_those_outside_and_changed_by_its_team_lead() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (eva, maria, jonas, karl) = (
        town.eva().await,
        town.maria().await,
        town.jonas().await,
        town.person("karl.vans").await,
    );
    let (anna, lisa) = (town.anna().await, town.lisa().await);
    let berg = home(&eva, "Berg").await;
    let body = assignment_body(&town, &berg, &clock).await;
    let with = |field: &str, value: Value| {
        let mut one = body.clone();
        one[field] = value;
        one
    };
    let vans = home(&karl, "Vans").await;
    assert_eq!(
        eva.post("/assignments", with("home_id", vans["id"].clone()))
            .await
            .problem(404),
        "not-found"
    );
    assert_eq!(
        eva.post("/assignments", with("unit_id", vans["unit"]["id"].clone()))
            .await
            .problem(403),
        "forbidden"
    );
    let faults = eva
        .post("/assignments", with("caseworker_id", json!(karl.id)))
        .await
        .faults();
    assert_eq!(faults, [("caseworker_id".into(), "person".into())]);
    let faults = eva
        .post("/assignments", with("caseworker_id", json!(anna.id)))
        .await
        .faults();
    assert_eq!(faults, [("caseworker_id".into(), "person".into())]);
    let faults = eva
        .post("/assignments", with("to", json!(day(&clock, -1))))
        .await
        .faults();
    assert_eq!(faults, [("to".into(), "time-order".into())]);
    let mut foreign = with("service_user_id", json!(lisa.id));
    foreign["service_user"] = Value::Null;
    assert_eq!(eva.post("/assignments", foreign).await.problem(404), "not-found");
    assert_eq!(count(&town.place, "service_user"), 4, "nothing was written");

    let errand = id(&anna.writes("Vem svarar när Maria är borta?").await);
    assert_eq!(jonas.opens(&errand).await.problem(403), "reason-required");
    let at = format!("/assignments/{}", anna.assignment().await);
    assert_eq!(
        maria.patch(&at, json!({"cost_code": "1"})).await.problem(403),
        "forbidden"
    );
    assert_eq!(
        karl.patch(&at, json!({"cost_code": "1"})).await.problem(404),
        "not-found"
    );
    let stand_in = json!({"deputies": [{"person_id": jonas.id, "from": day(&clock, 0), "to": day(&clock, 5)}]});
    let changed = eva.patch(&at, stand_in).await.expect(200);
    assert_eq!(changed["deputies"][0]["person"]["name"], "Jonas Ahl");
    jonas.opens(&errand).await.expect(200);
    let answer = eva.patch(&at, json!({"deputies": []})).await;
    let tag = answer.header("etag").to_owned();
    assert_eq!(answer.expect(200)["deputies"], json!([]));
    assert_eq!(
        jonas.opens(&errand).await.problem(403),
        "reason-required",
        "no longer than that"
    );
    let ended = "deputy WHERE ended_at IS NOT NULL AND ended_by IS NOT NULL AND to_on > from_on";
    assert_eq!(count(&town.place, ended), 1, "the days that were meant stay");
    let told = events(&town.place);
    assert!(
        told.iter()
            .any(|one| one["action"] == "deputy.end" && one["person"] == json!(eva.id))
    );
    let give = || {
        let body = json!({"caseworker_id": jonas.id, "to": day(&clock, 40)});
        eva.request(Method::PATCH, &at)
            .header("If-Match", tag.clone())
            .json(&body)
    };
    let given = eva.send(give()).await.expect(200);
    assert_eq!(
        (&given["caseworker"]["name"], &given["to"]),
        (&json!("Jonas Ahl"), &json!(day(&clock, 40)))
    );
    assert_eq!(eva.send(give()).await.problem(412), "stale");
    jonas.opens(&errand).await.expect(200);
    assert_eq!(
        maria.opens(&errand).await.problem(403),
        "reason-required",
        "sight goes with the assignment"
    );
    assert_eq!(count(&town.place, "assignment_past"), 3, "what it was is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_assignments_at_once_have_labels_of_their_own() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let eva = town.eva().await;
    let berg = home(&eva, "Berg").await;
    let mut body = assignment_body(&town, &berg, &clock).await;
    body["service_user"] = json!({"first_name": "Lo", "last_name": "Nyström"});
    let all = futures_util::future::join_all((0..16).map(|_| eva.post("/assignments", body.clone()))).await;
    let mut labels: Vec<String> = all
        .into_iter()
        .map(|answer| answer.expect(201)["label"].as_str().expect("a label").to_owned())
        .collect();
    labels.sort();
    labels.dedup();
    assert_eq!(labels.len(), 16);
    assert_eq!((labels[0].as_str(), labels[15].as_str()), ("U-1001", "U-1016"));
}
