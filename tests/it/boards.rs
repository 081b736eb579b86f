//! What a board says in public, and its settings: from their day on, with all that was set, by the steward alone.

use crate::kit::{Browser, Person, Town, count};
use famn::clock::{Clock, Day};
use famn::demo::PASSWORD;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A clock that stands at noon or so of a day after the demo's.
fn clock() -> Clock {
    let day = Clock::system().now().plus(DAY).day();
    Clock::fixed(day.begins().plus(DAY / 2))
}

fn today(clock: &Clock) -> Day {
    clock.now().day()
}

async fn stina(town: &Town) -> Person {
    town.person("stina.drift").await
}

async fn public(town: &Town, slug: &str) -> Value {
    let boards = town.nobody().get("/boards").await.expect(200);
    let boards = boards["items"].as_array().expect("boards").clone();
    boards
        .into_iter()
        .find(|board| board["slug"] == slug)
        .expect("the board")
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_reads_what_a_board_says_of_itself() {
    let town = Town::new().await;
    for (slug, phone, email) in [
        ("borlange", "0243-740 00", "kommun@borlange.se"),
        ("vansbro", "0281-750 00", "socialkontor@vansbro.se"),
    ] {
        let board = public(&town, slug).await;
        assert_eq!((&board["phone"], &board["email"]), (&json!(phone), &json!(email)));
        let kinds: Vec<_> = board["kinds"]
            .as_array()
            .expect("kinds")
            .iter()
            .map(|kind| kind["kind"].clone())
            .collect();
        assert_eq!(kinds, ["foster", "emergency", "contact_family", "contact_person"]);
        assert!(
            board["kinds"]
                .as_array()
                .expect("kinds")
                .iter()
                .all(|kind| kind["text"].as_str().is_some())
        );
        let links = board["links"].to_string();
        assert!(
            links.contains("familjehemsverige.se") && links.contains("Sök hjälp"),
            "{links}"
        );
        assert!(board["emergency"].to_string().contains("112"));
        for field in ["name", "administration", "audience", "hours", "address", "updated_on"] {
            assert!(
                board[field].as_str().is_some_and(|text| !text.is_empty()),
                "{field}: {board}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_holds_from_its_day_on_and_what_was_before_stays() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (stina, maria) = (stina(&town).await, town.maria().await);
    let before = maria.get("/board").await.expect(200);
    assert_eq!(before["settings"]["reopened_within_days"], 30);
    assert_eq!(before["history"], json!([]));
    let later = today(&clock).plus_days(2).to_string();
    let change = json!({"settings": {"reopened_within_days": 14, "phone": "0243-123 45"}, "from": later});
    let changed = stina.patch("/board", change).await.expect(200);
    assert_eq!(changed["settings"]["reopened_within_days"], 30, "not yet");
    assert_eq!(changed["history"].as_array().expect("history").len(), 2);
    assert_eq!(changed["history"][0]["is_current"], false);
    assert_eq!(changed["history"][0]["set_by"], "Stina Drift");
    assert_eq!(public(&town, "borlange").await["phone"], "0243-740 00");
    let now = json!({"settings": {"reopened_within_days": 20}});
    stina.patch("/board", now).await.expect(200);
    assert_eq!(maria_sees(&town).await["settings"]["reopened_within_days"], 20);

    clock.forward(DAY * 2);
    let after = maria_sees(&town).await;
    assert_eq!(after["settings"]["reopened_within_days"], 14);
    let current: Vec<_> = after["history"]
        .as_array()
        .expect("history")
        .iter()
        .filter(|one| one["name"] == "reopened_within_days")
        .map(|one| (one["value"].clone(), one["is_current"].clone()))
        .collect();
    assert_eq!(current, [(json!(14), json!(true)), (json!(20), json!(false))]);
    let shown = public(&town, "borlange").await;
    assert_eq!(
        (&shown["phone"], &shown["updated_on"]),
        (&json!("0243-123 45"), &json!(later))
    );
    assert_eq!(
        public(&town, "vansbro").await["phone"],
        "0281-750 00",
        "another board's is its own"
    );
}

async fn maria_sees(town: &Town) -> Value {
    town.maria().await.get("/board").await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_limits_are_held_and_an_older_version_is_refused() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let stina = stina(&town).await;
    let wrong = json!({"from": today(&clock).plus_days(-1).to_string(), "settings": {"reopened_within_days": 366,
        "award_days": 0, "email": "ingen", "links": [{"title": "Farligt", "url": "javascript:alert(1)"}],
        "kinds": [{"kind": "castle", "title": "Slott", "text": "Ett slott"}], "draft_notice_days": 90, "name": ""}});
    let mut faults: Vec<String> = stina
        .patch("/board", wrong)
        .await
        .faults()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    faults.sort();
    let expected = [
        "from",
        "settings.award_days",
        "settings.draft_notice_days",
        "settings.email",
        "settings.kinds.0.kind",
        "settings.links.0",
        "settings.name",
        "settings.reopened_within_days",
    ];
    assert_eq!(faults, expected);
    // Nobody is helped by a page without kinds of support or a number for emergencies; links may all be taken away.
    let nothing = json!({"settings": {"kinds": [], "emergency": [], "links": []}});
    assert_eq!(
        stina.patch("/board", nothing).await.faults(),
        ["kinds", "emergency"].map(|field| (format!("settings.{field}"), "required".to_owned()))
    );
    let turned = json!({"settings": {"name": "Borlänge \u{202e}nnummok", "phone": "0243\n112"}});
    assert_eq!(
        stina.patch("/board", turned).await.faults(),
        ["name", "phone"].map(|field| (format!("settings.{field}"), "text".to_owned()))
    );
    assert_eq!(count(&town.place, "board_setting"), 0, "nothing was set");
    assert_eq!(
        stina.patch("/board", json!({"settings": {}})).await.problem(400),
        "malformed"
    );
    let tag = stina.get("/board").await.header("etag").to_owned();
    let change = |tag: &str| {
        let body = json!({"settings": {"wish_from_ore": 60_000}});
        stina
            .request(Method::PATCH, "/board")
            .header("If-Match", tag.to_owned())
            .json(&body)
    };
    stina.send(change(&tag)).await.expect(200);
    assert_eq!(stina.send(change(&tag)).await.problem(412), "stale");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_of_reopening_are_the_boards() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    stina(&town)
        .await
        .patch("/board", json!({"settings": {"reopened_within_days": 3}}))
        .await
        .expect(200);
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = crate::kit::id(&anna.writes("Får vi följa med till tandläkaren?").await);
    maria.moves(&errand, "closed", None).await.expect(200);
    clock.forward(DAY * 4);
    let late = town.anna().await.answers(&errand, "En sak till om tandläkaren").await;
    assert_eq!(late.status.as_u16(), 409, "{late}");
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_added_by_the_steward_once() {
    let town = Town::new().await;
    let (stina, maria) = (stina(&town).await, town.maria().await);
    let new = json!({"name": "Jourhemsgruppen", "manager_id": maria.id});
    let made = stina.post("/units", new.clone()).await.expect(201);
    assert_eq!(
        (&made["name"], &made["manager_id"]),
        (&json!("Jourhemsgruppen"), &json!(maria.id))
    );
    assert_eq!(stina.post("/units", new).await.problem(409), "exists");
    let lisa = town.lisa().await.id;
    let foreign = json!({"name": "Kontaktgruppen", "manager_id": lisa});
    assert_eq!(
        stina.post("/units", foreign).await.faults(),
        [("manager_id".into(), "person".into())]
    );
    let with_key = |key: &str| {
        stina
            .request(Method::POST, "/units")
            .header("Idempotency-Key", key)
            .json(&json!({"name": "Nattgruppen"}))
    };
    let (first, again) = (
        stina.send(with_key("natt-1")).await.expect(201),
        stina.send(with_key("natt-1")).await.expect(201),
    );
    assert_eq!(first, again);
    let units = maria.get("/units").await.expect(200);
    assert_eq!(units["items"].as_array().expect("units").len(), 3);
    let page = maria.get("/units?limit=2").await.expect(200);
    let rest = maria
        .get(&format!(
            "/units?limit=2&cursor={}",
            page["next_cursor"].as_str().expect("more")
        ))
        .await;
    assert_eq!(rest.expect(200)["items"].as_array().expect("units").len(), 1);
    town.nobody()
        .signed_in("vansbro", "karl.vans@example.org", PASSWORD)
        .await
        .get("/units")
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_thresholds_of_wishes_are_the_boards() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let anna = town.anna().await;
    let assignment = anna.assignment().await;
    let day = |days| clock.now().day().plus_days(days).to_string();
    let trip = |from: i32, abroad: bool| {
        let mut new = json!({"kind": "travel_request", "assignment_id": assignment, "travel": {
            "purpose": "contact_visit", "approval_mode": "advance", "from": "Borlänge", "to": "Falun",
            "starts_on": day(from), "ends_on": day(from), "adults": 1, "children": 1, "mode": "train",
            "reasons": "Umgänge i helgen hos mormor"}});
        if abroad {
            new["travel"]["abroad"] =
                json!({"country": "Norge", "passport": true, "guardian_consent": "not_needed", "insurance": true});
        }
        new
    };
    let purchase = json!({"kind": "purchase_request", "assignment_id": assignment, "purchase": {
        "item_category": "other", "description": "En väska till skolan", "estimated_ore": 60_000,
        "reasons": "Den gamla är trasig sedan länge", "who_pays": "home", "covered_otherwise": ["none"]}});
    let all = || [trip(-20, false), trip(20, true), purchase.clone()];
    let statuses = async |who: &Person| {
        let mut found = Vec::new();
        for new in all() {
            found.push(who.post("/errands", new).await.status.as_u16());
        }
        found
    };
    assert_eq!(statuses(&anna).await, [201, 422, 201], "as is usual");
    let set = json!({"settings": {"trip_late_days": 10, "abroad_ahead_days": 14, "source_from_ore": 50_000}});
    stina(&town).await.patch("/board", set).await.expect(200);
    assert_eq!(statuses(&anna).await, [422, 201, 422]);
}

/// A stylesheet of its own, on the board's pages and no other board's; only a colour that white can be read on.
#[tokio::test(flavor = "multi_thread")]
async fn a_boards_own_colour_is_a_stylesheet_of_its_own() {
    let town = Town::new().await;
    let stina = town.person("stina.drift").await;
    let set = async |colour: &str| stina.patch("/board", json!({"settings": {"colour": colour}})).await;
    for bad in ["#ffbe1a", "red", "#fff", "#0e4f57;} body{display:none"] {
        assert_eq!(
            set(bad).await.faults(),
            [("settings.colour".into(), "colour".into())],
            "{bad}"
        );
    }
    let (anna, lisa) = (
        Browser::signed_in(&town.base, "anna.berg").await,
        Browser::signed_in(&town.base, "lisa.vans").await,
    );
    assert!(!anna.get("/").await.shows("/assets/farg-"));
    assert_eq!(set("#c8102e").await.expect(200)["settings"]["colour"], "#c8102e");
    let start = anna.get("/").await;
    let sheet = start.link("/assets/farg-c8102e");
    let style = anna.get(&sheet).await;
    assert!(style.status == 200 && style.shows("--brand: #c8102e"), "{}", style.text);
    assert!(style.answer.header("content-type").starts_with("text/css"));
    assert!(style.answer.header("cache-control").contains("immutable"));
    assert!(anna.get("/kommun/borlange").await.shows(&sheet));
    for elsewhere in [
        lisa.get("/").await,
        anna.get("/kommun/vansbro").await,
        anna.get("/kakor").await,
    ] {
        assert!(!elsewhere.shows("/assets/farg-"), "{}", elsewhere.path);
    }
    for none in ["/assets/farg-c8102e.css", "/assets/farg-ffbe1a.0000000000000000.css"] {
        assert_eq!(anna.get(none).await.status, 404, "{none}");
    }
    // On the page, where what is wrong is told at the field.
    let steward = Browser::signed_in(&town.base, "stina.drift").await;
    let form = steward.get("/installningar/namn").await.form("/installningar/namn");
    let told = steward
        .submit(
            "/installningar/namn",
            &form.clone().but("settings.colour", "gul"),
            false,
        )
        .await;
    assert_eq!(told.status, 422);
    assert_eq!(
        told.text
            .matches("Skriv färgen som #0e4f57, så mörk att vit text")
            .count(),
        2
    );
    let away = steward
        .submit("/installningar/namn", &form.but("settings.colour", ""), false)
        .await;
    assert_eq!(away.status, 200, "{}", away.text);
    assert!(!anna.get("/").await.shows("/assets/farg-"));
}
