//! Receipts handed in: every rule of a claim, what is taken back, and what a supplement does.

use crate::kit::{Answer, Person, Town, count, execute, id, samples};
use famn::clock::{Clock, Day};
use serde_json::{Value, json};

fn today() -> Day {
    Clock::system().now().day()
}

/// A photo that nobody sent before.
async fn photo(person: &Person) -> String {
    let sent = person.uploads("kvitto.jpg", "image/jpeg", samples::another_jpeg());
    id(&sent.await.expect(201))
}

fn receipt(file: &str) -> Value {
    json!({"file_id": file, "purchased_on": today().to_string(), "supplier": "Optikern i Borlänge",
        "category": "glasses", "amount_ore": 129_900})
}

async fn claim(person: &Person, receipts: Vec<Value>) -> Answer {
    let claim = json!({"kind": "receipt_claim", "assignment_id": person.assignment().await, "declaration": true,
        "receipts": receipts});
    person.post("/errands", claim).await
}

/// The same receipt with one thing changed.
fn with(mut receipt: Value, field: &str, value: impl Into<Value>) -> Value {
    receipt[field] = value.into();
    receipt
}

fn fault(field: &str, code: &str) -> (String, String) {
    (field.into(), code.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_handed_in_and_shown_to_both_sides() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let files = [photo(&anna).await, photo(&anna).await];
    let mut first = receipt(&files[0]);
    (first["vat_ore"], first["note"]) = (25_980.into(), "Efter synundersökningen i mars".into());
    anna.plant("Efter synundersökningen i mars");
    let made = claim(&anna, vec![first, with(receipt(&files[1]), "category", "parking")])
        .await
        .expect(201);
    assert_eq!(made["state"], "received");
    for one in [&anna, &erik, &maria] {
        let seen = one.opens(&id(&made)).await.expect(200);
        assert_eq!(
            (&seen["kind"], &seen["category"]),
            (&json!("receipt_claim"), &Value::Null)
        );
        let receipts = seen["receipts"].as_array().expect("receipts");
        assert_eq!(receipts.len(), 2);
        let (glasses, parking) = (&receipts[0], &receipts[1]);
        assert_eq!(glasses["supplier"], "Optikern i Borlänge");
        assert_eq!(
            (&glasses["amount_ore"], &glasses["vat_ore"]),
            (&json!(129_900), &json!(25_980))
        );
        assert_eq!(glasses["note"], "Efter synundersökningen i mars");
        assert_eq!(
            (&glasses["state"], &parking["category"]),
            (&json!("submitted"), &json!("parking"))
        );
        assert_eq!(
            (&glasses["file"]["id"], &glasses["file"]["name"]),
            (&json!(files[0]), &json!("kvitto.jpg"))
        );
        assert!(parking.get("vat_ore").is_none() && parking.get("note").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_faults_of_a_claim_are_told_at_once_and_nothing_is_written() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let file = photo(&anna).await;
    let before = count(&town.place, "errand");
    let wrong = json!({"file_id": file, "purchased_on": today().plus_days(1).to_string(), "supplier": "X",
        "category": "glasses", "amount_ore": 0, "vat_ore": 1, "note": "n".repeat(501)});
    let unknown = receipt("0197a3c4-0000-7000-8000-000000000000");
    let new = json!({"kind": "receipt_claim", "assignment_id": anna.assignment().await, "declaration": false,
        "receipts": [wrong, receipt(&file), unknown]});
    let mut faults = anna.post("/errands", new).await.faults();
    let mut expected = vec![
        fault("declaration", "declaration"),
        fault("receipts.0.purchased_on", "date-future"),
        fault("receipts.0.amount_ore", "amount"),
        fault("receipts.0.vat_ore", "vat"),
        fault("receipts.0.supplier", "too-short"),
        fault("receipts.0.note", "too-long"),
        fault("receipts.1.file_id", "file-twice"),
        fault("receipts.2.file_id", "file-unknown"),
    ];
    faults.sort();
    expected.sort();
    assert_eq!(faults, expected);
    assert_eq!(count(&town.place, "errand"), before);
    // The file is still free to be handed in.
    claim(&anna, vec![receipt(&file)]).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_hold_at_their_limits_and_never_break_the_service() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let file = photo(&anna).await;
    for amount in [0, -1, 10_000_001, i64::MAX, i64::MIN] {
        let faults = claim(&anna, vec![with(receipt(&file), "amount_ore", amount)])
            .await
            .faults();
        assert_eq!(faults, [fault("receipts.0.amount_ore", "amount")], "{amount}");
    }
    for vat in [-1, 129_901, i64::MAX, i64::MIN] {
        let faults = claim(&anna, vec![with(receipt(&file), "vat_ore", vat)]).await.faults();
        assert_eq!(faults, [fault("receipts.0.vat_ore", "vat")], "{vat}");
    }
    for amount in [
        "9223372036854775808",
        "-9223372036854775809",
        "1e400",
        "1.5",
        "100.0",
        "\"100\"",
        "null",
        "[]",
    ] {
        let body = json!({"kind": "receipt_claim", "assignment_id": anna.assignment().await, "declaration": true,
            "receipts": [with(receipt(&file), "amount_ore", "AMOUNT")]});
        let body = body.to_string().replace("\"AMOUNT\"", amount);
        let request = anna
            .request(reqwest::Method::POST, "/errands")
            .header("Content-Type", "application/json");
        assert_eq!(
            anna.send(request.body(body)).await.problem(400),
            "malformed",
            "{amount}"
        );
    }
    let most = with(with(receipt(&file), "amount_ore", 10_000_000), "vat_ore", 10_000_000);
    let least = with(with(receipt(&photo(&anna).await), "amount_ore", 1), "vat_ore", 0);
    claim(&anna, vec![most, least]).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_claimed_once_by_the_one_who_sent_it() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let (own, eriks) = (photo(&anna).await, photo(&erik).await);
    let twice = claim(&anna, vec![receipt(&own), receipt(&own)]).await.faults();
    assert_eq!(twice, [fault("receipts.1.file_id", "file-twice")]);
    let someone_elses = claim(&anna, vec![receipt(&own), receipt(&eriks)]).await.faults();
    assert_eq!(someone_elses, [fault("receipts.1.file_id", "file-unknown")]);
    claim(&anna, vec![receipt(&own)]).await.expect(201);
    let again = claim(&anna, vec![receipt(&own)]).await.faults();
    assert_eq!(again, [fault("receipts.0.file_id", "file-unknown")]);
    let errand = id(&anna.writes("Här kommer kvittot igen").await);
    let path = format!("/errands/{errand}/messages");
    for (who, file) in [(&anna, &own), (&maria, &eriks)] {
        let reply = who.post(&path, json!({"body": "Se bilden", "file_ids": [file]})).await;
        assert_eq!(reply.faults(), [fault("file_ids.0", "file-unknown")]);
    }
    assert_eq!(
        anna.opens(&errand).await.expect(200)["messages"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_has_one_to_fifty_receipts_and_a_message_at_most_ten_files() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let mut files = Vec::new();
    for _ in 0..51 {
        files.push(photo(&anna).await);
    }
    let receipts = |most: usize| files.iter().take(most).map(|file| receipt(file)).collect::<Vec<_>>();
    for wrong in [0, 51] {
        let faults = claim(&anna, receipts(wrong)).await.faults();
        assert_eq!(faults, [fault("receipts", "receipts-count")], "{wrong}");
    }
    let message = |most: usize| json!({"kind": "message", "body": "Bilder från lägret", "file_ids": files[..most]});
    assert_eq!(
        anna.post("/errands", message(11)).await.faults(),
        [fault("file_ids", "too-many-files")]
    );
    let twice = json!({"kind": "message", "body": "Hej", "file_ids": [files[0], files[0]]});
    assert_eq!(
        anna.post("/errands", twice).await.faults(),
        [fault("file_ids", "file-twice")]
    );
    let made = claim(&anna, receipts(50)).await.expect(201);
    let seen = anna.opens(&id(&made)).await.expect(200);
    let order = seen["receipts"]
        .as_array()
        .expect("receipts")
        .iter()
        .map(|one| one["file"]["id"].clone());
    assert!(
        order.eq(files[..50].iter().map(|file| json!(file))),
        "in the order they were handed in"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_lie_within_the_assignment() {
    let town = Town::new().await;
    let (anna, file) = (town.anna().await, photo(&town.anna().await).await);
    let on = |day: Day| with(receipt(&file), "purchased_on", day.to_string());
    let began = anna.get("/assignments").await.expect(200)["items"][0]["from"].clone();
    let began = Day::parse(began.as_str().expect("a day")).expect("a day");
    for (day, code) in [
        (today().plus_days(1), "date-future"),
        (began.plus_days(-1), "date-before-assignment"),
        (Day::parse("1900-01-01").expect("a day"), "date-before-assignment"),
        (Day::parse("2199-12-31").expect("a day"), "date-future"),
    ] {
        let faults = claim(&anna, vec![on(day)]).await.faults();
        assert_eq!(faults, [fault("receipts.0.purchased_on", code)], "{day}");
    }
    for none in [
        "2026-02-30",
        "2026-W03-1",
        "20260301",
        "2026-03-01T00:00:00Z",
        "i går",
        "",
        "1899-12-31",
        "9999-12-31",
    ] {
        let wrong = with(receipt(&file), "purchased_on", none);
        assert_eq!(claim(&anna, vec![wrong]).await.problem(400), "malformed", "{none}");
    }
    // The assignment has ended: receipts from its time can come for sixty days, messages about it no longer.
    let ends = |day: Day| {
        let ended = format!("UPDATE assignment SET to_on = '{day}' WHERE label = 'U-2041'");
        assert_eq!(execute(&town.place, &ended), 1);
    };
    ends(today().plus_days(-61));
    let late = claim(&anna, vec![on(today().plus_days(-61))]).await.faults();
    assert_eq!(late, [fault("assignment_id", "assignment")]);
    ends(today().plus_days(-60));
    let after = claim(&anna, vec![on(today().plus_days(-59))]).await.faults();
    assert_eq!(after, [fault("receipts.0.purchased_on", "date-after-assignment")]);
    let about = json!({"kind": "message", "assignment_id": anna.assignment().await, "body": "Hej då"});
    assert_eq!(
        anna.post("/errands", about).await.faults(),
        [fault("assignment_id", "assignment")]
    );
    claim(&anna, vec![on(today().plus_days(-60))]).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_home_hands_in_for_its_own_assignment() {
    let town = Town::new().await;
    let (anna, sara, maria, per) = (
        town.anna().await,
        town.sara().await,
        town.maria().await,
        town.per().await,
    );
    let before = count(&town.place, "errand");
    let new = |assignment: &str, file: &str| json!({"kind": "receipt_claim", "assignment_id": assignment, "declaration": true, "receipts": [receipt(file)]});
    let (own, file) = (anna.assignment().await, photo(&anna).await);
    assert_eq!(
        maria
            .post("/errands", new(&own, &photo(&maria).await))
            .await
            .problem(403),
        "forbidden"
    );
    assert_eq!(
        sara.post("/errands", new(&own, &photo(&sara).await)).await.problem(404),
        "not-found"
    );
    assert_eq!(per.post("/errands", new(&own, &file)).await.problem(403), "forbidden");
    let homeless = json!({"kind": "receipt_claim", "declaration": true, "receipts": [receipt(&file)]});
    assert_eq!(anna.post("/errands", homeless).await.problem(400), "malformed");
    assert_eq!(count(&town.place, "errand"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_supplemented_and_taken_up_again() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&claim(&anna, vec![receipt(&photo(&anna).await)]).await.expect(201));
    let silent = maria.moves(&errand, "supplement_requested", None).await;
    assert_eq!(silent.faults(), [fault("message", "message-needed")]);
    assert_eq!(
        anna.moves(&errand, "supplement_requested", Some("Jag frågar mig själv"))
            .await
            .problem(403),
        "forbidden"
    );
    let asked = maria
        .moves(&errand, "supplement_requested", Some("Momsen syns inte på bilden"))
        .await
        .expect(200);
    assert_eq!(asked["state"], "supplement_requested");
    let better = photo(&anna).await;
    let reply = json!({"body": "Här är en skarpare bild", "file_ids": [better]});
    let sent = anna
        .post(&format!("/errands/{errand}/messages"), reply)
        .await
        .expect(201);
    assert_eq!(sent["files"][0]["id"], better.as_str());
    let seen = maria.opens(&errand).await.expect(200);
    assert_eq!((&seen["state"], &seen["version"]), (&json!("under_review"), &json!(3)));
    assert_eq!(seen["messages"].as_array().map(Vec::len), Some(2));
    for nowhere in ["received", "in_progress", "awaiting_home", "closed"] {
        assert_eq!(
            maria.moves(&errand, nowhere, Some("Vart nu då?")).await.problem(403),
            "forbidden",
            "{nowhere}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_takes_nothing_more() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let errand = id(&claim(&anna, vec![receipt(&photo(&anna).await)]).await.expect(201));
    assert_eq!(maria.moves(&errand, "withdrawn", None).await.problem(403), "forbidden");
    assert_eq!(
        erik.moves(&errand, "withdrawn", None).await.expect(200)["state"],
        "withdrawn"
    );
    assert_eq!(erik.moves(&errand, "withdrawn", None).await.problem(409), "state");
    for one in [&anna, &maria] {
        assert_eq!(one.answers(&errand, "Var det inte så?").await.problem(409), "state");
    }
    for state in ["under_review", "supplement_requested"] {
        assert_eq!(maria.moves(&errand, state, Some("Ändå")).await.problem(409), "state");
    }
    let to = json!({"person_id": maria.id});
    assert_eq!(
        maria.put(&format!("/errands/{errand}/assignee"), to).await.problem(409),
        "state"
    );
    maria.notes(&errand, "Hemmet drog tillbaka kvittot").await.expect(201);
    let seen = maria.opens(&errand).await.expect(200);
    assert_eq!((&seen["state"], &seen["version"]), (&json!("withdrawn"), &json!(2)));
    assert_eq!(seen["messages"], json!([]));
}
