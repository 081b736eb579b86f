//! Claims for what was wished for: trips, the wish that granted them, and the review of each line.

mod warned;

use crate::kit::wishes::{claim, in_days, trip};
use crate::kit::{Answer, Person, Town, count, events, id, samples};
use serde_json::{Value, json};

fn fault(field: &str, code: &str) -> (String, String) {
    (field.into(), code.into())
}

async fn sent(person: &Person, bytes: Vec<u8>) -> String {
    id(&person.uploads("kvitto.jpg", "image/jpeg", bytes).await.expect(201))
}

async fn receipt(person: &Person, amount_ore: i64) -> Value {
    let file = sent(person, samples::another_jpeg()).await;
    json!({"file_id": file, "purchased_on": in_days(0).to_string(), "supplier": "Cykelhörnan i Borlänge",
        "category": "bicycle", "amount_ore": amount_ore})
}

async fn hands_in(person: &Person, receipts: Vec<Value>, trips: Vec<Value>, request: Option<&str>) -> Answer {
    let mut new = claim(&person.assignment().await, receipts, trips);
    if let Some(request) = request {
        new["request_id"] = request.into();
    }
    person.post("/errands", new).await
}

async fn reviews(person: &Person, claim: &str, lines: Value) -> Answer {
    let body = json!({"lines": lines});
    person.post(&format!("/errands/{claim}/reviews"), body).await
}

/// The ids of a claim's receipts, then of its trips.
async fn lines(person: &Person, claim: &str) -> (Vec<Value>, Vec<Value>) {
    let seen = person.opens(claim).await.expect(200);
    let ids = |field: &str| {
        let all = seen[field].as_array().expect("lines").iter();
        all.map(|one| one["id"].clone()).collect()
    };
    (ids("receipts"), ids("trips"))
}

/// The codes of what is warned of, with the line each is about.
async fn warned(person: &Person, claim: &str) -> Vec<(String, Value)> {
    let seen = person.opens(claim).await.expect(200);
    let mut codes: Vec<(String, Value)> = seen["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .map(|one| {
            assert!(one["text"].as_str().is_some_and(|text| !text.is_empty()));
            let line = one.get("receipt_id").or(one.get("trip_id")).cloned();
            (
                one["code"].as_str().expect("a code").to_owned(),
                line.unwrap_or(Value::Null),
            )
        })
        .collect();
    codes.sort_by(|a, b| a.0.cmp(&b.0));
    codes
}

#[tokio::test(flavor = "multi_thread")]
async fn trips_are_handed_in_with_or_without_receipts() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let mut by_odometer = trip(24_050);
    (by_odometer["odometer_start"], by_odometer["odometer_end"]) = (json!(102_300), json!(102_324));
    anna.plant("Umgänge med syskonen");
    anna.plant("Falun, resecentrum");
    let made = hands_in(&anna, vec![], vec![by_odometer.clone(), trip(100)], None).await;
    let made = id(&made.expect(201));
    for one in [&anna, &maria] {
        let seen = one.opens(&made).await.expect(200);
        let (first, second) = (&seen["trips"][0], &seen["trips"][1]);
        for (field, value) in by_odometer.as_object().expect("fields") {
            assert_eq!(&first[field], value, "{field}");
        }
        // 24,05 km at 25 kr a mil.
        assert_eq!(
            (&first["amount_ore"], &second["amount_ore"]),
            (&json!(6_013), &json!(25))
        );
        assert_eq!(
            (&first["state"], &first["granted_ore"]),
            (&json!("submitted"), &Value::Null)
        );
        assert!(second.get("odometer_start").is_none());
        assert_eq!(seen["receipts"], json!([]));
    }
    let set = async |field: &str, value: Value| {
        let mut wrong = trip(12_000);
        wrong["odometer_start"] = json!(500);
        wrong[field] = value;
        hands_in(&anna, vec![], vec![wrong], None).await
    };
    for (field, value, code) in [
        ("driven_on", json!(in_days(1).to_string()), "date-future"),
        ("driven_on", json!(in_days(-201).to_string()), "date-before-assignment"),
        ("purpose", json!("x"), "too-short"),
        ("from", json!("f".repeat(121)), "too-long"),
        ("to", json!(""), "required"),
        ("distance_m", json!(99), "distance"),
        ("distance_m", json!(3_000_001), "distance"),
        ("distance_m", json!(i64::MIN), "distance"),
        ("odometer_end", json!(499), "odometer"),
        ("odometer_end", json!(10_000_000), "odometer"),
        ("odometer_start", json!(-1), "odometer"),
    ] {
        let faults = set(field, value.clone()).await.faults();
        assert_eq!(faults, [fault(&format!("trips.0.{field}"), code)], "{field} {value}");
    }
    assert_eq!(
        set("amount_ore", json!(1)).await.problem(400),
        "malformed",
        "the sum is the server's"
    );
    set("odometer_end", json!(500)).await.expect(201);
    assert_eq!(
        hands_in(&anna, vec![], vec![], None).await.faults(),
        [fault("receipts", "receipts-count")]
    );
    let many = vec![trip(1_000); 51];
    assert_eq!(
        hands_in(&anna, vec![], many, None).await.faults(),
        [fault("trips", "trips-count")]
    );
    hands_in(&anna, vec![], vec![trip(1_000); 50], None).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_is_reviewed_once_and_both_sides_see_how() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let receipts = vec![receipt(&anna, 40_000).await, receipt(&anna, 30_000).await];
    let made = id(&hands_in(&anna, receipts, vec![trip(10_000)], None).await.expect(201));
    let (bought, driven) = lines(&maria, &made).await;
    let full = json!({"receipt_id": bought[0], "outcome": "granted"});
    let part =
        json!({"receipt_id": bought[1], "outcome": "partly_granted", "amount_ore": 10_000, "reason": "Högst 100 kr"});
    let no = json!({"trip_id": driven[0], "outcome": "refused", "reason": "Resan ingår i uppdraget"});
    let with = |line: &Value, field: &str, value: Value| {
        let mut line = line.clone();
        line[field] = value;
        line
    };
    for (wrong, expected) in [
        (json!([full, part]), vec![fault("lines", "lines-once")]),
        (json!([]), vec![fault("lines", "lines-once")]),
        (json!([full, part, no, full]), vec![fault("lines.3", "line-unknown")]),
        (
            json!([full, full, no]),
            vec![fault("lines.1", "line-unknown"), fault("lines", "lines-once")],
        ),
        (
            json!([with(&full, "trip_id", driven[0].clone()), part, no]),
            vec![fault("lines.0", "line-unknown"), fault("lines", "lines-once")],
        ),
        (
            json!([with(&full, "amount_ore", json!(39_999)), part, no]),
            vec![fault("lines.0.amount_ore", "amount-of-line")],
        ),
        (
            json!([full, with(&part, "amount_ore", json!(30_000)), no]),
            vec![fault("lines.1.amount_ore", "amount-of-line")],
        ),
        (
            json!([full, with(&part, "amount_ore", json!(0)), no]),
            vec![fault("lines.1.amount_ore", "amount-of-line")],
        ),
        (
            json!([full, with(&part, "amount_ore", Value::Null), no]),
            vec![fault("lines.1.amount_ore", "required")],
        ),
        (
            json!([full, with(&part, "reason", Value::Null), no]),
            vec![fault("lines.1.reason", "required")],
        ),
        (
            json!([full, part, with(&no, "reason", Value::Null)]),
            vec![fault("lines.2.reason", "required")],
        ),
        (
            json!([full, part, with(&no, "amount_ore", json!(1))]),
            vec![fault("lines.2.amount_ore", "amount-of-line")],
        ),
    ] {
        assert_eq!(
            reviews(&maria, &made, wrong.clone()).await.faults(),
            expected,
            "{wrong}"
        );
    }
    assert_eq!(maria.opens(&made).await.expect(200)["version"], 1);
    for text in ["Resan ingår i uppdraget", "Högst 100 kr"] {
        anna.plant(text);
    }
    let review = reviews(&maria, &made, json!([no, full, part])).await.expect(201);
    assert_eq!(
        (&review["state"], &review["granted_ore"]),
        (&json!("reviewed"), &json!(50_000))
    );
    assert_eq!(review["lines"].as_array().map(Vec::len), Some(3));
    for one in [&anna, &erik, &maria] {
        let seen = one.opens(&made).await.expect(200);
        assert_eq!((&seen["state"], &seen["version"]), (&json!("reviewed"), &json!(2)));
        let shown = |line: &Value| {
            [
                line["state"].clone(),
                line["granted_ore"].clone(),
                line["reason"].clone(),
            ]
        };
        assert_eq!(
            shown(&seen["receipts"][0]),
            [json!("granted"), json!(40_000), Value::Null]
        );
        let part = [json!("partly_granted"), json!(10_000), json!("Högst 100 kr")];
        assert_eq!(shown(&seen["receipts"][1]), part);
        let no = [json!("refused"), json!(0), json!("Resan ingår i uppdraget")];
        assert_eq!(shown(&seen["trips"][0]), no);
    }
    let again = json!([full, part, no]);
    assert_eq!(reviews(&maria, &made, again).await.problem(409), "state");
    let reviewed = |event: &&Value| event["action"] == "claim.review" && event["errand"] == made.as_str();
    assert_eq!(events(&town.place).iter().filter(reviewed).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_of_which_nothing_is_granted_is_closed() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let receipts = vec![receipt(&anna, 40_000).await];
    let made = id(&hands_in(&anna, receipts, vec![], None).await.expect(201));
    let no = json!([{"receipt_id": lines(&maria, &made).await.0[0], "outcome": "refused", "reason": "Ingår i grundkostnaden"}]);
    assert_eq!(
        anna.post(&format!("/errands/{made}/reviews"), json!({"lines": no}))
            .await
            .problem(403),
        "forbidden"
    );
    let asked = maria
        .moves(&made, "supplement_requested", Some("Vad är det för något?"))
        .await;
    asked.expect(200);
    assert_eq!(
        reviews(&maria, &made, no.clone()).await.problem(409),
        "state",
        "the home is asked first"
    );
    anna.answers(&made, "En cykelhjälm").await.expect(201);
    assert_eq!(reviews(&maria, &made, no.clone()).await.expect(201)["state"], "closed");
    for one in [&anna, &maria] {
        assert_eq!(one.answers(&made, "Men varför då?").await.problem(409), "state");
    }
    let wish = id(&anna.wishes(150_000).await);
    assert_eq!(
        reviews(&maria, &wish, no).await.problem(409),
        "state",
        "a wish is decided on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_names_the_wish_that_granted_it() {
    let town = Town::new().await;
    let (anna, sara, maria) = (town.anna().await, town.sara().await, town.maria().await);
    let named = async |person: &Person, request: &str| {
        let line = receipt(person, 60_000).await;
        hands_in(person, vec![line], vec![], Some(request)).await
    };
    let wish = id(&anna.wishes(150_000).await);
    let none = [fault("request_id", "request")];
    assert_eq!(named(&anna, &wish).await.faults(), none, "not decided yet");
    maria.decides(&wish, json!({"outcome": "granted"})).await.expect(201);
    let made = id(&named(&anna, &wish).await.expect(201));
    for one in [&anna, &maria] {
        assert_eq!(one.opens(&made).await.expect(200)["request_id"], wish.as_str());
        assert_eq!(warned(one, &made).await, []);
    }
    let nowhere = town.app.clock.fresh_id::<()>().to_string();
    for other in [made.as_str(), nowhere.as_str()] {
        assert_eq!(named(&anna, other).await.faults(), none, "no wish");
    }
    let theirs = named(&sara, &wish).await;
    assert_eq!(theirs.faults(), none, "another home's wish is as one that is not there");
    let taken_back = json!({"outcome": "refused", "reasons": "Beslutet byggde på felaktiga uppgifter"});
    maria.decides(&wish, taken_back).await.expect(201);
    assert_eq!(named(&anna, &wish).await.faults(), none, "the award has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_holds_to_its_version_and_is_made_once_for_a_key() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let made = id(&anna.drives(12_000).await);
    let line = json!({"trip_id": lines(&maria, &made).await.1[0], "outcome": "granted"});
    let send = async |tag: &str| {
        let request = maria.request(reqwest::Method::POST, &format!("/errands/{made}/reviews"));
        let request = request.header("If-Match", tag).header("Idempotency-Key", "granskat");
        maria.send(request.json(&json!({"lines": [line]}))).await
    };
    assert_eq!(send("\"2\"").await.problem(412), "stale");
    let first = send("\"1\"").await.expect(201);
    assert_eq!(send("\"1\"").await.expect(201), first);
    assert_eq!(count(&town.place, "review"), 1);
}
