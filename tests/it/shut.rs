//! What is shut to a home: an assignment that the team has restricted, and one that has ended. Tried as the home would
//! that wants to know what happens meanwhile.

mod stood;

use crate::kit::{Browser, Person, Town, count, events, id, picture};
use famn::clock::Clock;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: u64 = 86_400;
const STATES: [&str; 11] = [
    "received",
    "in_progress",
    "awaiting_home",
    "closed",
    "under_review",
    "supplement_requested",
    "withdrawn",
    "decided",
    "completed",
    "closed_without_decision",
    "reviewed",
];

/// All that the API shows a home, as text; `read_only` is told apart, and what follows from it.
async fn all_seen(home: &Person, errands: &[String]) -> Vec<String> {
    let mut paths: Vec<String> = vec!["/errands?limit=100".into(), "/errands?limit=100&unread=true".into()];
    paths.extend(STATES.map(|state| format!("/errands?limit=100&state={state}")));
    paths.push("/errands?limit=100&sort=updated".into());
    paths.push("/errands?limit=100&sort=updated&unread=true".into());
    paths.push("/errands?limit=100&sort=updated&urgent=false".into());
    paths.extend(errands.iter().map(|errand| format!("/errands/{errand}")));
    paths.push("/assignments".into());
    let mut seen = Vec::new();
    for path in paths {
        let answer = home.get(&path).await;
        let status = answer.status.as_u16();
        let body = match serde_json::from_slice::<Value>(&answer.bytes) {
            Ok(mut body) => {
                if let Some(fields) = body.as_object_mut() {
                    fields.remove("read_only");
                    fields.remove("request_id");
                }
                body.to_string()
            }
            Err(_) => format!("{} bytes", answer.bytes.len()),
        };
        seen.push(format!("{path} {status} {:?} {body}", answer.headers.get("etag")));
    }
    seen
}

async fn restricts(lead: &Person, assignment: &str, restricted: bool) {
    let change = json!({"restricted": restricted, "reason": "Barnet har flyttats i hast"});
    lead.patch(&format!("/assignments/{assignment}"), change)
        .await
        .expect(200);
}

struct Scene {
    town: Town,
    anna: Person,
    maria: Person,
    eva: Person,
    assignment: String,
    message: String,
    wish: String,
    claim: String,
    file: String,
}

impl Scene {
    async fn of(clock: Clock) -> Scene {
        let town = Town::at(clock).await;
        let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
        let assignment = anna.assignment().await;
        let file = id(&anna.uploads("skola.png", "image/png", picture()).await.expect(201));
        let new = json!({"kind": "message", "assignment_id": assignment, "body": "Skolan ringde", "file_ids": [file]});
        let message = id(&anna.post("/errands", new).await.expect(201));
        maria.answers(&message, "Tack, vi återkommer").await.expect(201);
        let wish = id(&anna.wishes(250_000).await);
        let claim = id(&anna.drives(10_000).await);
        Scene {
            town,
            anna,
            maria,
            eva,
            assignment,
            message,
            wish,
            claim,
            file,
        }
    }

    fn errands(&self) -> Vec<String> {
        vec![self.message.clone(), self.wish.clone(), self.claim.clone()]
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_home_sees_a_restricted_assignment_as_it_stood_whatever_the_team_does() {
    let of = Scene::of(Clock::system()).await;
    let (anna, maria, eva) = (&of.anna, &of.maria, &of.eva);
    restricts(eva, &of.assignment, true).await;
    // Once to be read; from then on nothing may change.
    all_seen(anna, &of.errands()).await;
    let first = all_seen(anna, &of.errands()).await;
    assert!(first.iter().all(|line| line.contains(" 200 ")), "{first:#?}");
    let letters = count(&of.town.place, "outbox");

    let secret = id(&maria.uploads("beslut.png", "image/png", picture()).await.expect(201));
    let answer = json!({"body": "Utredningen fortsätter", "file_ids": [secret]});
    maria
        .post(&format!("/errands/{}/messages", of.message), answer)
        .await
        .expect(201);
    maria.notes(&of.message, "Polisen har hört av sig").await.expect(201);
    maria.moves(&of.message, "awaiting_home", Some("Hör av er")).await;
    maria.moves(&of.message, "closed", None).await.expect(200);
    let no = json!({"outcome": "refused", "reasons": "Barnet bor inte kvar"});
    maria.decides(&of.wish, no).await.expect(201);
    let trip = maria.opens(&of.claim).await.expect(200)["trips"][0]["id"].clone();
    let lines = json!({"lines": [{"trip_id": trip, "outcome": "refused", "reason": "Inte enligt beslutet"}]});
    maria
        .post(&format!("/errands/{}/reviews", of.claim), lines)
        .await
        .expect(201);
    let told = json!({"kind": "message", "assignment_id": of.assignment, "body": "Möte med oss"});
    let new = id(&maria.post("/errands", told).await.expect(201));

    let now = all_seen(anna, &of.errands()).await;
    for (stood, seen) in first.iter().zip(&now) {
        assert_eq!(stood, seen, "the same to the last letter");
    }
    assert_eq!(count(&of.town.place, "outbox"), letters, "and no letter");
    anna.opens(&new).await.problem(404);
    anna.get(&format!("/files/{secret}/content")).await.problem(404);
    anna.get(&format!("/files/{secret}/original")).await.problem(404);
    assert_eq!(anna.get(&format!("/files/{}/content", of.file)).await.status, 200);
    let seen = anna.opens(&of.wish).await.expect(200);
    assert_eq!((&seen["state"], &seen["read_only"]), (&json!("received"), &json!(true)));
    // Erik, of the same home, sees as little.
    let erik = all_seen(&of.town.erik().await, &of.errands()).await.join(" ");
    for word in [
        "Utredningen",
        "Polisen",
        "bor inte kvar",
        "enligt beslutet",
        "Möte med oss",
    ] {
        assert!(!erik.contains(word), "{word}");
    }
    let seen = maria.opens(&of.wish).await.expect(200);
    assert_eq!((&seen["state"], &seen["restricted"]), (&json!("decided"), &json!(true)));

    // Lifted, all is there that ordinarily is, and it is news.
    restricts(eva, &of.assignment, false).await;
    let seen = anna.opens(&of.message).await.expect(200).to_string();
    assert!(
        seen.contains("Utredningen fortsätter") && !seen.contains("Polisen"),
        "{seen}"
    );
    assert_eq!(anna.opens(&of.wish).await.expect(200)["state"], "decided");
    anna.opens(&new).await.expect(200);
    assert_eq!(anna.get(&format!("/files/{secret}/content")).await.status, 200);
    assert_eq!(count(&of.town.place, "restricted_errand"), 0);
    let done: Vec<String> = events(&of.town.place)
        .into_iter()
        .filter(|event| event["object"] == json!(of.assignment) && event["outcome"] == "ok")
        .filter_map(|event| event["action"].as_str().map(str::to_owned))
        .filter(|action| action.contains("restrict"))
        .collect();
    assert_eq!(done, ["assignment.restrict", "assignment.unrestrict"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_sends_nothing_for_a_restricted_assignment_and_is_not_told_why() {
    let of = Scene::of(Clock::system()).await;
    let (anna, eva) = (&of.anna, &of.eva);
    let draft = json!({"kind": "message", "content": {"where": format!("uppdrag:{}", of.assignment), "body": "Hej"}});
    anna.put("/drafts", draft).await.expect(200);
    // Sent before, and sent again with its key afterwards: what was done is told, and nothing more is.
    let sent = json!({"kind": "message", "assignment_id": of.assignment, "body": "En sak till"});
    let again = || {
        let request = anna.request(reqwest::Method::POST, "/errands");
        request.header("Idempotency-Key", "nyckel-1").json(&sent)
    };
    let made = anna.send(again()).await.expect(201);
    let (whole, errands) = (json!({"kind": "message", "body": "Om hela hemmet"}), "errand");
    restricts(eva, &of.assignment, true).await;
    let before = (count(&of.town.place, errands), count(&of.town.place, "message"));
    assert_eq!(id(&anna.send(again()).await.expect(201)), id(&made));
    let wish = crate::kit::wishes::purchase(&of.assignment, 100_000);
    let travel = crate::kit::wishes::travel(&of.assignment);
    let claim = crate::kit::wishes::claim(&of.assignment, vec![], vec![crate::kit::wishes::trip(5_000)]);
    for person in [anna, &of.town.erik().await] {
        for new in [&sent, &wish, &travel, &claim] {
            let refused = person.post("/errands", new.clone()).await;
            let text = refused.to_string();
            assert_eq!(refused.problem(403), "call-team");
            assert!(!text.contains("hast") && !text.contains("egräns"), "{text}");
        }
        assert_eq!(person.answers(&of.message, "Varför?").await.problem(403), "call-team");
        assert_eq!(
            person.moves(&of.wish, "withdrawn", None).await.problem(403),
            "call-team"
        );
        assert_eq!(
            person.moves(&of.claim, "withdrawn", None).await.problem(403),
            "call-team"
        );
    }
    let after = (count(&of.town.place, errands), count(&of.town.place, "message"));
    assert_eq!(before, after, "nothing was sent");
    anna.post("/errands", whole).await.expect(201);
    let denied = |event: &Value| event["outcome"] == "denied" && event["action"] == "message.send";
    assert!(events(&of.town.place).iter().any(denied));

    let browser = Browser::signed_in(&of.town.base, "anna.berg").await;
    for errand in of.errands() {
        let page = browser.get(&format!("/arenden/{errand}")).await;
        assert!(page.shows("Ring teamet"), "{errand}");
        let forms = page.text.matches("<form").count();
        assert_eq!(forms, 1, "only the one to sign out");
    }
    for form in ["/skriv", "/kvitton", "/onska/inkop", "/onska/resa"] {
        let page = browser.get(form).await;
        assert!(page.shows("Ring teamet"), "{form}");
        let choice = format!("value=\"uppdrag:{0}\"", of.assignment);
        assert!(
            !page.text.contains(&choice) && !page.text.contains(&format!("value=\"{}\"", of.assignment)),
            "{form}"
        );
    }
    // Nobody but the unit's team lead restricts or lifts, and never without a reason or twice.
    let at = format!("/assignments/{}", of.assignment);
    let lift = json!({"restricted": false, "reason": "Vi vill se"});
    of.maria.patch(&at, lift.clone()).await.problem(403);
    anna.patch(&at, lift).await.problem(403);
    let faults = eva.patch(&at, json!({"restricted": false})).await.faults();
    assert_eq!(faults, [("reason".into(), "required".into())]);
    let twice = json!({"restricted": true, "reason": "En gång till"});
    assert_eq!(eva.patch(&at, twice).await.problem(409), "state");
    assert_eq!(count(&of.town.place, "restriction"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_is_restricted_and_opened_again_on_its_page() {
    let of = Scene::of(Clock::system()).await;
    let browser = Browser::signed_in(&of.town.base, "eva.strand").await;
    let (page, act) = (
        format!("/uppdrag/{}", of.assignment),
        format!("/uppdrag/{}/begransning", of.assignment),
    );
    let form = browser.get(&page).await.form(&act);
    let again = browser.submit(&act, &form, false).await;
    assert_eq!(again.status, 422);
    assert_eq!(count(&of.town.place, "restriction"), 0);
    let form = again.form(&act).but("reason", "Barnet har flyttats i hast");
    let home = browser.submit(&act, &form, false).await;
    assert!(home.shows("Begränsat"), "{}", home.text);
    let seen = browser.get(&format!("/arenden/{}", of.message)).await;
    assert!(seen.shows("Uppdraget är begränsat"));
    let page = browser.get(&page).await;
    assert!(page.shows("Barnet har flyttats i hast"));
    let others = Browser::signed_in(&of.town.base, "maria.lind").await;
    let home = others.get(&home.path).await;
    assert!(home.shows("Begränsat") && !home.shows("i hast"));
    let form = page.form(&act).but("reason", "Utredningen är avslutad");
    assert!(!browser.submit(&act, &form, false).await.shows("Begränsat"));
    of.anna.answers(&of.message, "Tack").await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_assignment_is_settled_then_read_and_then_hidden_from_the_home() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(7200)));
    let of = Scene::of(clock.clone()).await;
    let whole = json!({"kind": "message", "body": "Om hela hemmet"});
    let whole = id(&of.anna.post("/errands", whole).await.expect(201));
    let today = clock.now().day();
    let ends = json!({"to": today.to_string()});
    of.eva
        .patch(&format!("/assignments/{}", of.assignment), ends)
        .await
        .expect(200);
    of.anna.answers(&of.message, "Sista dagen").await.expect(201);

    clock.forward(Duration::from_secs(DAY));
    let anna = of.town.anna().await;
    assert_eq!(anna.answers(&of.message, "Dagen efter").await.problem(403), "call-team");
    assert_eq!(anna.moves(&of.wish, "withdrawn", None).await.problem(403), "call-team");
    anna.answers(&of.claim, "Det gäller resan").await.expect(201);
    let claim = |day: famn::clock::Day| {
        let mut trip = crate::kit::wishes::trip(5_000);
        trip["driven_on"] = day.to_string().into();
        crate::kit::wishes::claim(&of.assignment, vec![], vec![trip])
    };
    anna.post("/errands", claim(today)).await.expect(201);
    anna.post("/errands", claim(today.plus_days(1))).await.problem(422);

    clock.forward(Duration::from_secs(60 * DAY));
    let anna = of.town.anna().await;
    anna.post("/errands", claim(today)).await.problem(422);
    assert_eq!(anna.answers(&of.claim, "Mer om resan").await.problem(403), "call-team");
    for errand in of.errands() {
        assert_eq!(anna.opens(&errand).await.expect(200)["read_only"], true);
    }
    let browser = Browser::signed_in(&of.town.base, "anna.berg").await;
    assert!(
        browser
            .get(&format!("/arenden/{}", of.message))
            .await
            .shows("Ring teamet")
    );
    // For how long is the board's to say.
    let stina = of.town.person("stina.drift").await;
    for (days, status) in [(0, 404), (90, 200)] {
        let settings = json!({"settings": {"ended_assignment_days": days}});
        stina.patch("/board", settings).await.expect(200);
        assert_eq!(anna.opens(&of.message).await.status, status, "{days} days");
    }

    clock.forward(Duration::from_secs(90 * DAY));
    let letters = count(&of.town.place, "outbox");
    for home in [of.town.anna().await, of.town.erik().await] {
        for errand in of.errands() {
            home.opens(&errand).await.problem(404);
            home.answers(&errand, "Hej").await.problem(404);
        }
        home.get(&format!("/files/{}/content", of.file)).await.problem(404);
        let list = home.get("/errands?limit=100").await.expect(200).to_string();
        assert!(
            list.contains(&whole) && of.errands().iter().all(|errand| !list.contains(errand)),
            "{list}"
        );
        let list = home.get("/assignments").await.expect(200).to_string();
        assert!(!list.contains(&of.assignment), "{list}");
        home.post("/errands", claim(today)).await.problem(404);
        home.opens(&whole).await.expect(200);
        home.answers(&whole, "Vi hörs").await.expect(201);
    }
    let browser = Browser::signed_in(&of.town.base, "anna.berg").await;
    assert_eq!(browser.get(&format!("/arenden/{}", of.message)).await.status, 404);
    let maria = of.town.maria().await;
    for errand in of.errands() {
        maria.opens(&errand).await.expect(200);
    }
    let before = count(&of.town.place, "outbox");
    assert!(before >= letters);
    maria.answers(&of.message, "Till akten").await.expect(201);
    assert_eq!(
        count(&of.town.place, "outbox"),
        before,
        "nobody is told of what they cannot see"
    );
}
