//! What lies in the wrong place: reported, taken out of view for everyone in every way, kept whole, and assessed as an
//! incident with its 72 hours.

mod register;

use crate::kit::{Browser, Person, Town, count, events, id, samples};
use reqwest::Method;
use serde_json::{Value, json};

const WORDS: &str = "Det är ett läkarintyg för någon annans barn";
const DPO: &str = "dora.sund@example.org";

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The actions and outcomes of what a person did, in order.
fn did(town: &Town, person: &str) -> Vec<(String, String)> {
    let of = events(&town.place)
        .into_iter()
        .filter(|event| event["person"] == person);
    of.map(|event| (text(&event["action"]), text(&event["outcome"])))
        .collect()
}

/// Anna's errand with a subject, a message and a file with it: their ids.
async fn sent(anna: &Person) -> (String, String, String) {
    let file = id(&anna.uploads("intyg.png", "image/png", samples::png()).await.expect(201));
    let body = "Här är läkarintyget som kom i dag";
    anna.plant(body);
    let new = json!({"kind": "message", "assignment_id": anna.assignment().await, "subject": "Läkarintyget",
        "body": body, "file_ids": [file]});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    let message = id(&anna.opens(&errand).await.expect(200)["messages"][0]);
    (errand, message, file)
}

async fn isolates(who: &Person, errand: &str, item: Value) -> Value {
    let mut body = json!({"reason": "Hör till ett annat barn"});
    body.as_object_mut()
        .expect("an object")
        .extend(item.as_object().expect("an item").clone());
    who.post(&format!("/errands/{errand}/isolations"), body)
        .await
        .expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_the_wrong_place_is_seen_by_nobody_and_lies_there_whole() {
    let town = Town::new().await;
    let (anna, erik, maria, eva) = (
        town.anna().await,
        town.erik().await,
        town.maria().await,
        town.eva().await,
    );
    let (errand, _, file) = sent(&anna).await;
    erik.plant(WORDS);
    let reports = format!("/errands/{errand}/reports");
    let told = town.letters_to("maria.lind@example.org").await.len();
    let report = json!({"file_id": file, "words": WORDS});
    erik.post(&reports, report.clone()).await.expect(201);
    assert_eq!(erik.post(&reports, report).await.problem(409), "exists", "said once");
    assert!(town.letters_to("maria.lind@example.org").await.len() >= told);
    let seen = maria.opens(&errand).await.expect(200);
    let one = &seen["reports"][0];
    assert_eq!(
        (&one["file_id"], &one["words"], &one["by"]["name"]),
        (&json!(file), &json!(WORDS), &json!("Erik Berg"))
    );
    assert_eq!(anna.get(&format!("/files/{file}/content")).await.status, 200);
    assert!(anna.opens(&errand).await.expect(200).get("reports").is_none());

    let blobs = town.blobs();
    let wrapped = |what: &str| {
        let query = format!("SELECT COUNT(*) || '' AS text FROM file WHERE {what} IS NOT NULL");
        crate::kit::texts(&town.place, &query)
    };
    let keys = wrapped("wrapped_key");
    isolates(&maria, &errand, json!({"file_id": file})).await;
    for who in [&anna, &erik, &maria, &eva] {
        for form in ["content", "original"] {
            let path = format!("/files/{file}/{form}");
            assert_eq!(who.get(&path).await.problem(404), "not-found", "{form}");
            let part = who.request(Method::GET, &path).header("Range", "bytes=0-10");
            assert_eq!(who.send(part).await.problem(404), "not-found", "a part of {form}");
        }
        let last = did(&town, &who.id).pop().expect("an event");
        assert_eq!(last, ("file.original".into(), "denied".into()));
        let shown = who.opens(&errand).await.expect(200);
        let left = &shown["messages"][0]["files"][0];
        assert!(left["isolated"].is_string(), "{left}");
        assert_eq!((&left["name"], &left["size"]), (&json!(""), &json!(0)));
        assert!(!shown.to_string().contains("intyg.png"), "{shown}");
        let again = json!({"body": "En gång till", "file_ids": [file]});
        let refused = who.post(&format!("/errands/{errand}/messages"), again).await.faults();
        assert_eq!(refused, [("file_ids.0".to_owned(), "file-unknown".to_owned())]);
    }
    assert_eq!(
        (town.blobs(), wrapped("wrapped_key")),
        (blobs, keys),
        "nothing is deleted"
    );

    for who in ["anna.berg", "maria.lind"] {
        let browser = Browser::signed_in(&town.base, who).await;
        let page = browser.get(&format!("/arenden/{errand}")).await;
        assert!(page.shows("Borttaget från visning, anmält"), "{}", page.text);
        assert!(!page.text.contains("intyg.png") && !page.text.contains(&format!("/filer/{file}")));
        assert_eq!(browser.get(&format!("/filer/{file}")).await.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_with_its_files_and_the_errands_subject() {
    let town = Town::new().await;
    let (anna, maria, sara, jonas) = (
        town.anna().await,
        town.maria().await,
        town.sara().await,
        town.jonas().await,
    );
    let (errand, message, file) = sent(&anna).await;
    let at = format!("/errands/{errand}");
    let body = json!({"body": "Tack, vi läser det"});
    let answer = |key: &str| {
        let request = maria.request(Method::POST, &format!("{at}/messages"));
        maria.send(request.header("Idempotency-Key", key).json(&body))
    };
    let answered = id(&answer("svar-1").await.expect(201));
    isolates(&maria, &errand, json!({"message_id": message})).await;
    for who in [&anna, &maria] {
        let shown = who.opens(&errand).await.expect(200);
        let first = &shown["messages"][0];
        assert!(first["isolated"].is_string());
        assert_eq!(
            (&first["body"], &first["files"], &shown["subject"]),
            (&json!(""), &json!([]), &Value::Null)
        );
        assert!(!shown.to_string().contains("läkarintyg") && !shown.to_string().contains("Läkarintyg"));
        assert_eq!(
            who.get(&format!("/files/{file}/content")).await.problem(404),
            "not-found"
        );
    }
    let listed = anna.get("/errands?limit=100").await.expect(200);
    assert!(!listed.to_string().contains("Läkarintyget"), "{listed}");
    // What was answered once is answered again as it is shown now.
    isolates(&maria, &errand, json!({"message_id": answered})).await;
    let again = answer("svar-1").await.expect(201);
    assert_eq!((&again["body"], again["isolated"].is_string()), (&json!(""), true));

    // What is out of view is neither reported nor taken away twice, and nothing of another errand is.
    let other = id(&anna.writes("En annan sak").await);
    let reason = "Hör till ett annat barn";
    let twice = json!({"message_id": message, "reason": reason});
    assert_eq!(
        maria.post(&format!("{at}/isolations"), twice).await.problem(409),
        "exists"
    );
    let gone = anna.post(&format!("{at}/reports"), json!({"file_id": file})).await;
    assert_eq!(gone.problem(409), "exists");
    let elsewhere = json!({"message_id": message, "reason": reason});
    let faults = maria.post(&format!("/errands/{other}/isolations"), elsewhere).await;
    assert_eq!(faults.problem(404), "not-found");
    let both = json!({"message_id": message, "file_id": file});
    anna.post(&format!("{at}/reports"), both).await.problem(400);
    let theirs = json!({"message_id": message});
    assert_eq!(
        sara.post(&format!("{at}/reports"), theirs.clone()).await.problem(404),
        "not-found"
    );
    assert_eq!(
        jonas.post(&format!("{at}/reports"), theirs).await.problem(403),
        "reason-required"
    );
    assert_eq!(count(&town.place, "isolation"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_isolation_is_made_once_and_a_receipts_file_is_reviewed_without_it() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let file = id(&anna
        .uploads("kvitto.png", "image/png", samples::png())
        .await
        .expect(201));
    let claim = id(&anna.hands_in(&file, 12_000, "Synsam Kupolen").await.expect(201));
    let path = format!("/errands/{claim}/isolations");
    let body = json!({"file_id": file, "reason": "Kvittot visar någon annans namn"});
    let once = || {
        let request = maria.request(Method::POST, &path).header("Idempotency-Key", "bort-1");
        maria.send(request.json(&body))
    };
    let (one, other) = (once().await.expect(201), once().await.expect(201));
    assert_eq!(one, other);
    assert_eq!(count(&town.place, "incident"), 1);
    assert_eq!(town.letters_to(DPO).await.len(), 1);
    let browser = Browser::signed_in(&town.base, "maria.lind").await;
    let review = browser.get(&format!("/arenden/{claim}/granskning")).await;
    assert!(review.shows("Borttaget från visning") && !review.text.contains(&format!("/filer/{file}")));
    let seen = maria.opens(&claim).await.expect(200);
    assert_eq!(seen["receipts"][0]["file"]["name"], "");
    let line = json!({"receipt_id": seen["receipts"][0]["id"], "outcome": "refused", "reason": "Fel kvitto"});
    let reviewed = maria
        .post(&format!("/errands/{claim}/reviews"), json!({"lines": [line]}))
        .await;
    reviewed.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_reports_and_the_team_takes_away_on_their_pages() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let (errand, message, _) = sent(&anna).await;
    let (home, team) = (
        Browser::signed_in(&town.base, "anna.berg").await,
        Browser::signed_in(&town.base, "maria.lind").await,
    );
    let thread = home.get(&format!("/arenden/{errand}")).await;
    assert!(!thread.shows("Ta bort från visning"));
    let ask = home.get(&thread.link(&format!("/arenden/{errand}/anmal"))).await;
    let action = format!("/arenden/{errand}/anmal");
    let mut nothing = ask.form(&action);
    nothing.fields.retain(|(name, _)| name != "item");
    let told = home.submit(&action, &nothing, false).await;
    assert!(
        told.status == 422 && told.shows("Välj vad som är fel."),
        "{}",
        told.text
    );
    anna.plant(WORDS);
    let report = ask.form(&action).but("words", WORDS);
    assert!(
        report
            .fields
            .contains(&("item".to_owned(), format!("message:{message}"))),
        "what the link led from is chosen"
    );
    for _ in 0..2 {
        let done = home.submit(&action, &report, false).await;
        assert!(done.shows("Teamet har fått din anmälan"), "{}", done.text);
    }
    assert_eq!(count(&town.place, "wrong_report"), 1);
    let thread = team.get(&format!("/arenden/{errand}")).await;
    assert!(thread.shows("Anmält som fel") && thread.shows(WORDS), "{}", thread.text);
    let action = format!("/arenden/{errand}/isolera");
    let ask = team.get(&thread.link(&action)).await;
    let taken = ask.form(&action).but("item", &format!("message:{message}"));
    let missing = team.submit(&action, &taken, false).await;
    assert_eq!(missing.status, 422, "a reason is asked for");
    let done = team
        .submit(&action, &taken.but("reason", "Ett annat barns intyg"), false)
        .await;
    assert!(done.shows("Det är borttaget från visning"), "{}", done.text);
    assert!(!done.shows("Här är läkarintyget"));
}
