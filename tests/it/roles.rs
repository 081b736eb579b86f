//! Roles: dated, with a reason, never to oneself, and with a second person where they see everything.

use crate::kit::{Browser, Person, Town, events, id, rows_of};
use famn::clock::{Clock, Day};
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn stina(town: &Town) -> Person {
    town.person("stina.drift").await
}

async fn roles(town: &Town, person: &str) -> Vec<Value> {
    let all = stina(town)
        .await
        .get(&format!("/persons/{person}/roles"))
        .await
        .expect(200);
    all["items"].as_array().expect("roles").clone()
}

fn role(roles: &[Value], role: &str) -> Value {
    roles.iter().find(|one| one["role"] == role).expect("the role").clone()
}

fn today(clock: &Clock) -> Day {
    clock.now().day()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_given_with_a_reason_and_ended_at_once() {
    let clock = Clock::fixed(Clock::system().now().plus(DAY));
    let town = Town::at(clock.clone()).await;
    let (stina, ali) = (stina(&town).await, town.person("ali.ek").await);
    let at = format!("/persons/{}/roles", ali.id);
    assert_eq!(ali.get("/me").await.expect(200)["roles"], json!(["finance"]));
    let reason = "Vikarierar för arkivarien i höst";
    stina.plant(reason);
    let new = json!({"role": "archivist", "reason": reason});
    let made = stina.post(&at, new.clone()).await.expect(201);
    assert_eq!(
        (&made["state"], &made["reason"], &made["granted_by"]["name"]),
        (&json!("held"), &json!(reason), &json!("Stina Drift"))
    );
    assert_eq!(stina.post(&at, new).await.problem(409), "exists");
    assert_eq!(
        ali.get("/me").await.expect(200)["roles"],
        json!(["finance", "archivist"])
    );
    let role_at = format!("{at}/{}", id(&made));
    let end = json!({"to": today(&clock).to_string(), "reason": "Vikariatet är slut"});
    stina.plant("Vikariatet är slut");
    let ended = stina.patch(&role_at, end.clone()).await.expect(200);
    assert_eq!(
        (&ended["state"], &ended["ended_by"]["name"]),
        (&json!("ended"), &json!("Stina Drift"))
    );
    assert_eq!(
        ali.get("/me").await.problem(401),
        "sign-in",
        "the sessions went with the role"
    );
    assert_eq!(stina.patch(&role_at, end).await.problem(409), "ended");
    let ali = town.person("ali.ek").await;
    assert_eq!(ali.get("/me").await.expect(200)["roles"], json!(["finance"]));
    assert_eq!(
        role(&roles(&town, &ali.id).await, "archivist")["state"],
        "ended",
        "nothing is deleted"
    );
    let told = events(&town.place);
    for action in ["role.grant", "role.end", "session.revoke"] {
        let one = told
            .iter()
            .rev()
            .find(|event| event["action"] == action && event["outcome"] == "ok")
            .expect(action);
        assert_eq!(
            (&one["relation"], &one["person"]),
            (&json!("steward"), &json!(stina.id)),
            "{action}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_begins_and_ends_on_its_days() {
    let clock = Clock::fixed(Clock::system().now().plus(DAY).day().begins().plus(DAY / 2));
    let town = Town::at(clock.clone()).await;
    let (stina_now, ali) = (stina(&town).await, town.person("ali.ek").await.id);
    let at = format!("/persons/{ali}/roles");
    let day = |days| today(&clock).plus_days(days).to_string();
    let new = json!({"role": "archivist", "from": day(2), "to": day(3), "reason": "Hjälper arkivet"});
    let made = stina_now.post(&at, new).await.expect(201);
    assert_eq!(
        (&made["state"], &made["from"], &made["to"]),
        (&json!("coming"), &json!(day(2)), &json!(day(3)))
    );
    let held = async || town.person("ali.ek").await.get("/me").await.expect(200)["roles"].clone();
    assert_eq!(held().await, json!(["finance"]));
    clock.forward(DAY * 2);
    assert_eq!(held().await, json!(["finance", "archivist"]));
    clock.forward(DAY);
    assert_eq!(held().await, json!(["finance", "archivist"]), "the last day too");
    clock.forward(DAY);
    assert_eq!(held().await, json!(["finance"]));
    let past = json!({"role": "archivist", "from": day(-1), "reason": "För sent"});
    assert_eq!(
        stina(&town).await.post(&at, past).await.faults(),
        [("from".into(), "date-past".into())]
    );
    let wrong = json!({"role": "caseworker", "from": day(1), "to": day(0), "reason": " "});
    let faults = stina(&town).await.post(&at, wrong).await.faults();
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["unit_id", "to", "reason"]);
    let contractor = json!({"role": "contractor", "reason": "Nej"});
    assert_eq!(
        stina(&town).await.post(&at, contractor).await.faults(),
        [("role".into(), "value".into())]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_can_be_the_second_person_is_told_and_sees_what_waits() {
    let town = Town::new().await;
    let (stina, dora) = (stina(&town).await, town.person("dora.sund").await);
    let ali = town.person("ali.ek").await.id;
    let letters = async |who: &str| town.letters_to(&format!("{who}@example.org")).await.len();
    let before = (letters("dora.sund").await, letters("stina.drift").await);
    let new = json!({"role": "auditor", "reason": "Granskar i höst"});
    let role = id(&stina.post(&format!("/persons/{ali}/roles"), new).await.expect(201));
    let after = (letters("dora.sund").await, letters("stina.drift").await);
    assert_eq!(after, (before.0 + 1, before.1), "whoever proposed it knows");
    for (who, can) in [(&dora, true), (&stina, false)] {
        let waits = who.get("/role-proposals").await.expect(200)["items"].clone();
        assert_eq!(waits.as_array().map(Vec::len), Some(1));
        let one = &waits[0];
        assert_eq!(
            (
                &one["person"]["name"],
                &one["role"]["id"],
                &one["role"]["state"],
                &one["can_confirm"]
            ),
            (&json!("Ali Ek"), &json!(role), &json!("proposed"), &json!(can))
        );
    }
    let browser = Browser::signed_in(&town.base, "dora.sund").await;
    let page = browser.get("/personer").await;
    assert!(
        page.shows("Väntar på en andra person") && page.shows("Du kan godkänna"),
        "{}",
        page.text
    );
    let browser = Browser::signed_in(&town.base, "stina.drift").await;
    let page = browser.get("/personer").await;
    assert!(
        page.shows("Väntar på en andra person") && !page.shows("Du kan godkänna"),
        "{}",
        page.text
    );
    let at = format!("/persons/{ali}/roles/{role}");
    dora.patch(&at, json!({"confirmed": true})).await.expect(200);
    assert_eq!(dora.get("/role-proposals").await.expect(200)["items"], json!([]));
    assert!(!browser.get("/personer").await.shows("Väntar på en andra person"));
    town.person("greta.vans")
        .await
        .get("/role-proposals")
        .await
        .problem(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensitive_role_takes_a_second_person() {
    let town = Town::new().await;
    let (stina, dora, maria) = (stina(&town).await, town.person("dora.sund").await, town.maria().await);
    let at = format!("/persons/{}/roles", maria.id);
    let unit = id(&stina.get("/units").await.expect(200)["items"][0]);
    for sensitive in [
        "auditor",
        "steward",
        "data_protection_officer",
        "team_lead",
        "unit_manager",
    ] {
        let unit = ["team_lead", "unit_manager"].contains(&sensitive).then_some(&unit);
        let new = json!({"role": sensitive, "unit_id": unit, "reason": "Behövs"});
        let made = stina.post(&at, new.clone()).await.expect(201);
        assert_eq!(made["state"], "proposed", "{sensitive}");
        let again = stina.post(&at, new).await.problem(409);
        assert_eq!(again, "exists", "held twice it would outlive its end");
        let role_at = format!("{at}/{}", id(&made));
        let yes = json!({"confirmed": true});
        assert_eq!(
            stina.patch(&role_at, yes.clone()).await.problem(403),
            "forbidden",
            "not by the first"
        );
        assert_eq!(
            maria.patch(&role_at, yes.clone()).await.problem(403),
            "forbidden",
            "not by who gets it"
        );
        assert!(
            !maria.get("/me").await.expect(200)["roles"]
                .to_string()
                .contains(sensitive),
            "no grant yet"
        );
        let held = dora.patch(&role_at, yes.clone()).await.expect(200);
        assert_eq!(
            (&held["state"], &held["confirmed_by"]["name"]),
            (&json!("held"), &json!("Dora Sund"))
        );
        assert_eq!(held["granted_by"]["name"], "Stina Drift");
        assert!(
            maria.get("/me").await.expect(200)["roles"]
                .to_string()
                .contains(sensitive)
        );
        assert_eq!(dora.patch(&role_at, yes).await.problem(409), "ended", "once");
    }
    maria.get("/audit/events").await.expect(200);
    // Maria is a steward now, and may not do what concerns herself.
    let own = maria
        .post(&at, json!({"role": "finance", "reason": "Till mig själv"}))
        .await;
    assert_eq!(own.problem(403), "forbidden");
    let mine = role(&roles(&town, &maria.id).await, "auditor");
    let role_at = format!("{at}/{}", id(&mine));
    let end = json!({"to": "2099-01-01", "reason": "Jag vill inte"});
    assert_eq!(
        maria.patch(&role_at, end).await.problem(403),
        "forbidden",
        "nor end a role of one's own"
    );
    let denied = rows_of(
        &town.place,
        "SELECT action AS text FROM audit_event WHERE outcome = 'denied' AND action IN ('role.grant', 'role.end')",
    );
    assert_eq!(denied.len(), 12, "each attempt stands in the log: {denied:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_steward_alone_puts_nobody_where_content_is_read() {
    let town = Town::new().await;
    let (stina, anna, ali) = (stina(&town).await, town.anna().await, town.person("ali.ek").await);
    let errand = id(&anna.writes("Bara för dem som har hand om oss").await);
    let unit = id(&stina.get("/units").await.expect(200)["items"][0]);
    let at = format!("/persons/{}/roles", ali.id);
    // Every role there is, and a friend by letter too.
    for any in ["caseworker", "team_lead", "unit_manager", "finance", "archivist"] {
        let unit = ["caseworker", "team_lead", "unit_manager"]
            .contains(&any)
            .then_some(&unit);
        let new = json!({"role": any, "unit_id": unit, "reason": "En vän"});
        assert!(
            [201, 409].contains(&stina.post(&at, new).await.status.as_u16()),
            "{any}"
        );
    }
    let friend = json!({"email": "en.van@example.org", "name": "En Vän", "role": "team_lead", "unit_id": unit});
    stina.post("/invitations", friend).await.expect(201);
    let code = town.code_for("en.van@example.org", 1).await;
    let accept = json!({"token": code, "password": "regn över tallmon i november"});
    town.nobody().post("/invitations/accept", accept).await.expect(201);
    let friend = town
        .nobody()
        .signed_in("borlange", "en.van@example.org", "regn över tallmon i november")
        .await;
    let proposal = stina.get(&format!("/persons/{}/roles", friend.id)).await.expect(200);
    assert_eq!(proposal["items"][0]["state"], "proposed");
    for who in [&ali, &friend] {
        assert_eq!(who.opens(&errand).await.problem(404), "not-found");
        let door = format!("/errands/{errand}/openings");
        let reason = json!({"reason_code": "on_call"});
        assert_eq!(who.post(&door, reason).await.problem(404), "not-found");
        let list = who.get("/errands").await;
        assert!(list.status == 403 || list.json()["items"] == json!([]), "{list}");
        // Whom the steward has proposed as unit manager is no second person for the next proposal.
        let role_at = format!("/persons/{}/roles/{}", friend.id, id(&proposal["items"][0]));
        assert_eq!(
            who.patch(&role_at, json!({"confirmed": true})).await.problem(403),
            "forbidden"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_can_be_taken_back_and_then_confirmed_no_more() {
    let town = Town::new().await;
    let (stina, dora, jonas) = (stina(&town).await, town.person("dora.sund").await, town.jonas().await);
    let at = format!("/persons/{}/roles", jonas.id);
    let made = stina
        .post(&at, json!({"role": "auditor", "reason": "Behövs"}))
        .await
        .expect(201);
    let role_at = format!("{at}/{}", id(&made));
    let today = Clock::system().now().day().to_string();
    let taken = stina
        .patch(&role_at, json!({"to": today, "reason": "Behövs inte"}))
        .await
        .expect(200);
    assert_eq!(taken["state"], "ended");
    assert_eq!(
        dora.patch(&role_at, json!({"confirmed": true})).await.problem(409),
        "ended"
    );
    assert_eq!(
        jonas.get("/audit/events").await.status.as_u16(),
        401,
        "sessions ended when it was taken back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_roles_of_another_board_are_not_there() {
    let town = Town::new().await;
    let stina = stina(&town).await;
    let (karl, anna, jonas) = (town.person("karl.vans").await, town.anna().await, town.jonas().await);
    let list = stina.get("/persons?limit=100").await.expect(200);
    let listed = list["items"].as_array().expect("people");
    assert_eq!(listed.len(), 11, "the board's and nobody else's");
    assert!(listed.iter().all(|one| one["account"] == "open"));
    assert!(!list.to_string().contains("example.org"), "no addresses");
    let give = json!({"role": "finance", "reason": "Försök"});
    let end = json!({"to": "2099-01-01", "reason": "Försök"});
    let theirs = id(&role(&roles(&town, &jonas.id).await, "caseworker"));
    assert_eq!(
        stina.get(&format!("/persons/{}/roles", karl.id)).await.problem(404),
        "not-found"
    );
    assert_eq!(
        stina
            .post(&format!("/persons/{}/roles", karl.id), give)
            .await
            .problem(404),
        "not-found"
    );
    let crossed = format!("/persons/{}/roles/{theirs}", karl.id);
    assert_eq!(stina.patch(&crossed, end.clone()).await.problem(404), "not-found");
    let another = format!("/persons/{}/roles/{theirs}", anna.id);
    assert_eq!(
        stina.patch(&another, end).await.problem(404),
        "not-found",
        "a role belongs to its person"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_like_grants_one_is_made() {
    let town = Town::new().await;
    let (stina, ali) = (stina(&town).await, town.person("ali.ek").await.id);
    let at = format!("/persons/{ali}/roles");
    let new = json!({"role": "archivist", "reason": "Sexton på en gång"});
    let all = futures_util::future::join_all((0..16).map(|_| stina.post(&at, new.clone()))).await;
    let made = all.iter().filter(|answer| answer.status == 201).count();
    let told = all.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((made, told), (1, 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steward_invites_onto_the_staff_by_page() {
    let town = Town::new().await;
    let stina = Browser::signed_in(&town.base, "stina.drift").await;
    let people = stina.get("/personer").await;
    assert!(people.shows("href=\"/bjud-in\""), "{}", people.text);
    let form = stina.get("/bjud-in").await.form("/bjud-in");
    let typed = form.but("name", "Nils Ny").but("email", "nils.ny@example.org");
    let told = stina.submit("/bjud-in", &typed, false).await;
    assert!(told.status == 422 && told.shows("Välj en roll"), "{}", told.text);
    let typed = told.form("/bjud-in").but("role", "caseworker");
    let told = stina.submit("/bjud-in", &typed, false).await;
    assert!(told.status == 422 && told.shows("Nils Ny"), "{}", told.text);
    let unit = told.text.split("name=\"unit_id\"").nth(1).expect("units");
    let unit = unit.split("<option value=\"").nth(2).expect("a unit");
    let typed = told
        .form("/bjud-in")
        .but("unit_id", unit.split('"').next().expect("an id"));
    let done = stina.submit("/bjud-in", &typed, false).await;
    assert!(
        done.shows("Inbjudan är skickad.") && done.shows("Nils Ny"),
        "{}",
        done.text
    );
    let code = town.code_for("nils.ny@example.org", 1).await;
    let chosen = json!({"token": code, "password": "regn över tallmon i november"});
    town.nobody().post("/invitations/accept", chosen).await.expect(201);
    // A caseworker reaches homes, so it is a proposal until a second person has said yes.
    let waits = stina.get("/personer").await;
    assert!(waits.shows("Väntar på en andra person"), "{}", waits.text);
    let eva = Browser::signed_in(&town.base, "eva.strand").await;
    assert_eq!(eva.get("/bjud-in").await.status, 403);
    assert!(!eva.get("/arenden").await.shows("/bjud-in"));
}
