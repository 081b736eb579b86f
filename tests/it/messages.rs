//! Messages: what may be written and to whom, what marks it leaves, and what never changes.

use crate::kit::{Person, Town, count, id};
use famn::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn message(assignment: &str, body: &str) -> Value {
    json!({"kind": "message", "assignment_id": assignment, "body": body})
}

fn fault(field: &str, code: &str) -> (String, String) {
    (field.into(), code.into())
}

/// Whether the errand stands as unread in the person's list, and the filter says the same.
async fn unread(person: &Person, errand: &str) -> bool {
    let list = person.get("/errands?limit=100").await.expect(200);
    let row = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|row| row["id"] == errand);
    let marked = row.expect("in the list")["unread"].as_bool().expect("a mark");
    let list = person.get("/errands?limit=100&unread=true").await.expect(200);
    let found = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .any(|row| row["id"] == errand);
    assert_eq!(marked, found, "the mark and the filter say the same");
    marked
}

#[tokio::test(flavor = "multi_thread")]
async fn all_faults_of_a_message_are_told_at_once() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let mut new = message(&anna.assignment().await, " \n\t ");
    new["subject"] = "å".repeat(81).into();
    new["file_ids"] = json!(["0197a3c4-0000-7000-8000-000000000000"]);
    let faults = anna.post("/errands", new).await.faults();
    let expected = [
        fault("subject", "too-long"),
        fault("body", "required"),
        fault("file_ids.0", "file-unknown"),
    ];
    assert_eq!(faults, expected);

    for (change, value) in [
        ("colour", json!("red")),
        ("category", json!("weather")),
        ("assignment_id", json!("U-2041")),
        ("body", json!(17)),
        ("urgent", json!("yes")),
        ("kind", json!("gossip")),
    ] {
        let mut new = message(&anna.assignment().await, "Hej");
        new[change] = value;
        assert_eq!(anna.post("/errands", new).await.problem(400), "malformed", "{change}");
    }
    let bodiless = json!({"kind": "message", "assignment_id": anna.assignment().await});
    assert_eq!(anna.post("/errands", bodiless).await.problem(400), "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_count_characters_as_people_do() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let assignment = anna.assignment().await;
    let started = |subject: String, body: String| {
        let mut new = message(&assignment, &body);
        new["subject"] = subject.into();
        let anna = anna.clone();
        async move { anna.post("/errands", new).await }
    };
    let longest = started("🚲".repeat(80), "🦊".repeat(5000)).await.expect(201);
    let seen = anna.opens(&id(&longest)).await.expect(200);
    assert_eq!(seen["subject"], "🚲".repeat(80));
    assert_eq!(seen["messages"][0]["body"], "🦊".repeat(5000));

    let too_long = started("å".repeat(81), "a".repeat(5001)).await.faults();
    assert_eq!(too_long, [fault("subject", "too-long"), fault("body", "too-long")]);

    // Written apart, å is two characters; kept in one form it is one.
    let apart = started("a\u{30a}".repeat(80), "o\u{308}".repeat(5000))
        .await
        .expect(201);
    let seen = anna.opens(&id(&apart)).await.expect(200);
    assert_eq!(seen["subject"], "å".repeat(80));
    assert_eq!(seen["messages"][0]["body"], "ö".repeat(5000));

    let reply = anna.answers(&id(&apart), &"x".repeat(5001)).await;
    assert_eq!(reply.faults(), [fault("body", "too-long")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn control_characters_are_taken_out_and_hostile_text_is_text() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let assignment = anna.assignment().await;
    let hostile = "<script>alert(1)</script> {{7*7}} '; DROP TABLE errand; -- ${jndi:ldap://x} \u{202e}txt";
    for (typed, kept) in [
        (
            "  Hej\u{0}\u{7} där\u{1b}[31m\r\noch\tdu\u{85} ",
            "Hej där[31m\noch\tdu",
        ),
        ("a\u{1}\u{30a}r", "år"),
        (hostile, hostile),
    ] {
        let errand = id(&anna.post("/errands", message(&assignment, typed)).await.expect(201));
        let answer = anna.opens(&errand).await;
        assert!(answer.header("content-type").starts_with("application/json"));
        assert_eq!(answer.expect(200)["messages"][0]["body"], kept);
    }
    for empty in ["\u{0}\u{1}", "\u{2003}\n", ""] {
        let faults = anna.post("/errands", message(&assignment, empty)).await.faults();
        assert_eq!(faults, [fault("body", "required")], "{empty:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_urgent_or_not_and_has_a_category() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let plain = anna.writes("Kan ni ringa mig i dag?").await;
    assert_eq!(plain["state"], "received");
    let seen = maria.opens(&id(&plain)).await.expect(200);
    assert_eq!((&seen["category"], &seen["urgent"]), (&json!("other"), &json!(false)));
    assert_eq!(
        seen["messages"][0]["from"],
        json!({"name": "Anna Berg", "side": "home"})
    );

    let mut new = message(&anna.assignment().await, "Vi behöver svar på två dagar");
    (new["category"], new["urgent"]) = ("health".into(), true.into());
    let made = anna.post("/errands", new).await;
    let location = made.header("location").to_owned();
    let made = made.expect(201);
    assert_eq!(location, format!("/api/v1/errands/{}", id(&made)));
    let seen = maria.opens(&id(&made)).await.expect(200);
    assert_eq!((&seen["category"], &seen["urgent"]), (&json!("health"), &json!(true)));
    assert_eq!(seen["number"], made["number"]);
    assert_eq!(seen["received_at"], made["received_at"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_can_concern_the_whole_home_and_be_started_by_the_team() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let new = json!({"kind": "message", "body": "Vi är bortrest hela veckan"});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    for one in [&erik, &maria] {
        let seen = one.opens(&errand).await.expect(200);
        assert_eq!(seen["assignment"], Value::Null);
        assert_eq!(seen["home"]["name"], "Berg");
    }
    assert_eq!(town.jonas().await.opens(&errand).await.problem(403), "reason-required");
    assert_eq!(town.sara().await.opens(&errand).await.problem(404), "not-found");

    let home = maria.opens(&errand).await.expect(200)["home"]["id"].clone();
    let letter = json!({"kind": "message", "home_id": home, "body": "Välkomna till höstens träff för familjehem"});
    let eva = town.eva().await;
    for staff in [&maria, &eva] {
        let errand = id(&staff.post("/errands", letter.clone()).await.expect(201));
        let seen = erik.opens(&errand).await.expect(200);
        assert_eq!(seen["messages"][0]["from"]["side"], "team");
        assert!(unread(&anna, &errand).await);
        assert!(!unread(&maria, &errand).await || staff.id != maria.id);
    }
    let nowhere = json!({"kind": "message", "body": "Hej"});
    assert_eq!(
        maria.post("/errands", nowhere).await.faults(),
        [fault("home_id", "home")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_the_circle_there_is_nothing_to_write_about() {
    let town = Town::new().await;
    let (anna, sara, lisa, maria) = (
        town.anna().await,
        town.sara().await,
        town.lisa().await,
        town.maria().await,
    );
    let own = anna.assignment().await;
    let home = |person: Value| person["items"][0]["home"]["id"].clone();
    let (of_anna, of_sara) = (
        home(anna.get("/assignments").await.expect(200)),
        home(sara.get("/assignments").await.expect(200)),
    );
    let of_lisa = home(lisa.get("/assignments").await.expect(200));
    let before = (count(&town.place, "errand"), count(&town.place, "message"));
    let nowhere = "0197a3c4-0000-7000-8000-000000000000";
    for assignment in [sara.assignment().await, lisa.assignment().await, nowhere.into()] {
        assert_eq!(
            anna.post("/errands", message(&assignment, "Hej")).await.problem(404),
            "not-found"
        );
    }
    for home in [&of_sara, &of_lisa, &json!(nowhere)] {
        let new = json!({"kind": "message", "home_id": home, "body": "Hej"});
        assert_eq!(anna.post("/errands", new).await.problem(404), "not-found", "{home}");
        let mixed = json!({"kind": "message", "home_id": home, "assignment_id": own, "body": "Hej"});
        assert_eq!(anna.post("/errands", mixed).await.problem(404), "not-found", "{home}");
    }
    let letter = |home: &Value| json!({"kind": "message", "home_id": home, "body": "Hej"});
    assert_eq!(maria.post("/errands", letter(&of_lisa)).await.problem(404), "not-found");
    let jonas = town.jonas().await;
    assert_eq!(jonas.post("/errands", letter(&of_anna)).await.problem(404), "not-found");
    let per = town.per().await;
    assert_eq!(per.post("/errands", letter(&of_anna)).await.problem(403), "forbidden");
    assert_eq!(
        before,
        (count(&town.place, "errand"), count(&town.place, "message")),
        "nothing is written"
    );
    // No number was used up either: the next two follow each other.
    let serial = |made: Value| {
        made["number"].as_str().expect("a number")[8..14]
            .parse::<u32>()
            .expect("digits")
    };
    let (first, second) = (anna.writes("Nummer ett").await, anna.writes("Nummer två").await);
    assert_eq!(serial(first) + 1, serial(second));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_is_unread_and_what_one_writes_oneself_is_not() {
    let clock = Clock::fixed(Clock::system().now());
    let town = Town::at(clock.clone()).await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let later = || clock.forward(Duration::from_secs(1));
    let errand = id(&anna.writes("När kommer nästa utbetalning?").await);
    assert!(!unread(&anna, &errand).await);
    assert!(unread(&erik, &errand).await && unread(&maria, &errand).await);
    later();
    maria.opens(&errand).await.expect(200);
    assert!(!unread(&maria, &errand).await);
    later();
    maria.answers(&errand, "Den tjugosjunde").await.expect(201);
    assert!(!unread(&maria, &errand).await);
    assert!(unread(&anna, &errand).await && unread(&erik, &errand).await);
    later();
    anna.opens(&errand).await.expect(200);
    assert!(!unread(&anna, &errand).await, "she has seen it");
    assert!(unread(&erik, &errand).await, "he has not");
    for read in [true, false, true, false, false] {
        later();
        let mark = erik
            .put(&format!("/errands/{errand}/read"), json!({"read": read}))
            .await;
        assert_eq!(mark.status.as_u16(), 204);
        assert_eq!(unread(&erik, &errand).await, !read);
    }
    later();
    maria.moves(&errand, "closed", None).await.expect(200);
    assert!(!unread(&maria, &errand).await && unread(&anna, &errand).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_marks_nothing_read_that_came_meanwhile() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let later = || clock.forward(Duration::from_secs(1));
    let errand = id(&anna.writes("Vilken dag kommer ni?").await);
    later();
    let seen = maria.opens(&errand).await;
    later();
    erik.answers(&errand, "Helst inte på tisdag").await.expect(201);
    assert!(unread(&erik, &errand).await, "he has never seen what Anna wrote");
    later();
    // From the version she saw it is refused; without one it is sent, and what Erik wrote waits for her.
    let path = format!("/errands/{errand}/messages");
    let from = maria
        .request(Method::POST, &path)
        .header("If-Match", seen.header("etag"))
        .json(&json!({"body": "På tisdag"}));
    assert_eq!(maria.send(from).await.problem(412), "stale");
    maria.answers(&errand, "På tisdag").await.expect(201);
    assert!(
        unread(&maria, &errand).await,
        "she has not seen that tuesday is no good"
    );
    later();
    let seen = maria.opens(&errand).await;
    assert!(!unread(&maria, &errand).await);
    later();
    // Who names the newest version has seen it, even where the mark was taken away.
    maria
        .put(&format!("/errands/{errand}/read"), json!({"read": false}))
        .await;
    let from = maria
        .request(Method::POST, &path)
        .header("If-Match", seen.header("etag"))
        .json(&json!({"body": "På onsdag, då"}));
    maria.send(from).await.expect(201);
    assert!(!unread(&maria, &errand).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_read_when_the_other_side_first_opens_it() {
    let clock = Clock::fixed(Clock::system().now());
    let town = Town::at(clock.clone()).await;
    let (anna, erik, maria, eva) = (
        town.anna().await,
        town.erik().await,
        town.maria().await,
        town.eva().await,
    );
    let errand = id(&anna.writes("Har ni fått skolans papper?").await);
    let read_at = |seen: &Value| seen["messages"][0].get("read_at").cloned();
    for parent in [&anna, &erik, &anna] {
        assert_eq!(
            read_at(&parent.opens(&errand).await.expect(200)),
            None,
            "one's own side does not count"
        );
    }
    clock.forward(Duration::from_secs(60));
    let opened = json!(clock.now().to_string());
    maria.opens(&errand).await.expect(200);
    clock.forward(Duration::from_secs(60));
    eva.opens(&errand).await.expect(200);
    maria.opens(&errand).await.expect(200);
    let seen = anna.opens(&errand).await.expect(200);
    assert_eq!(read_at(&seen), Some(opened), "the first opening is what counts");
    assert!(!seen.to_string().contains("Maria"), "a home is not told who has read");
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_marks_and_assignees_change_nothing_that_a_home_sees() {
    let clock = Clock::fixed(Clock::system().now());
    let town = Town::at(clock.clone()).await;
    let (anna, maria, jonas) = (town.anna().await, town.maria().await, town.jonas().await);
    let errand = id(&anna.writes("Vi behöver en ny bilbarnstol").await);
    maria.opens(&errand).await.expect(200);
    let before = anna.opens(&errand).await;
    clock.forward(Duration::from_secs(60));
    maria.notes(&errand, "Hemmet har redan en i förrådet").await.expect(201);
    let assignee = json!({"person_id": jonas.id});
    let assigned = maria.put(&format!("/errands/{errand}/assignee"), assignee).await;
    assert_eq!(assigned.status.as_u16(), 204);
    maria
        .put(&format!("/errands/{errand}/read"), json!({"read": false}))
        .await;
    assert!(!unread(&anna, &errand).await);
    let after = anna.opens(&errand).await;
    assert_eq!(before.header("etag"), after.header("etag"));
    assert_eq!(before.bytes, after.bytes, "not one byte differs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_from_an_older_version_is_refused() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Ska vi komma på mötet?").await);
    let seen = maria.opens(&errand).await;
    let first = seen.header("etag").to_owned();
    assert_eq!(seen.expect(200)["version"], 1);
    let with = |method: Method, path: &str, tag: &str, body: Value| {
        let request = maria.request(method, &format!("/errands/{errand}/{path}"));
        maria.send(request.header("If-Match", tag).json(&body))
    };
    with(Method::POST, "messages", &first, json!({"body": "Ja, gärna"}))
        .await
        .expect(201);
    let late = with(Method::POST, "messages", &first, json!({"body": "Nej, inte nu"})).await;
    assert_eq!(late.problem(412), "stale");
    let late = with(Method::PUT, "state", &first, json!({"state": "closed"})).await;
    assert_eq!(late.problem(412), "stale");
    for none_of_ours in ["\"banana\"", "W/\"2\"", "\"99\"", ""] {
        let late = with(Method::PUT, "state", none_of_ours, json!({"state": "closed"})).await;
        assert_eq!(late.problem(412), "stale", "{none_of_ours}");
    }
    let seen = maria.opens(&errand).await;
    let (newest, body) = (seen.header("etag").to_owned(), seen.expect(200));
    assert_eq!(
        (body["version"].as_i64(), body["messages"].as_array().map(Vec::len)),
        (Some(2), Some(2))
    );
    let moved = with(Method::PUT, "state", &newest, json!({"state": "closed"})).await;
    assert_ne!(moved.header("etag"), newest);
    assert_eq!(moved.expect(200)["state"], "closed");
    with(Method::PUT, "state", "*", json!({"state": "in_progress"}))
        .await
        .expect(200);
}
