//! What is hidden and what is not there: answered alike, byte for byte, after the same questions to the database.

use crate::kit::hidden::Hidden;
use crate::kit::{Answer, Browser, Page, Person, Town, id, picture, setting};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use famn::clock::Clock;
use famn::home::Protection;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

const ALONE: &str = "FAMN_TEST_STEPS_ALONE";
/// Tables that the program goes over by itself all the time.
const UPKEEP: [&str; 9] = [
    "audit_event",
    "audit_seq",
    "audit_tree",
    "audit_checkpoint",
    "audit_epoch",
    "outbox",
    "root_mark",
    "board_key",
    "instance_key",
];

static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Writes down what a connection is asked.
struct Listener;

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let asked = query.to_string();
            let statement = asked.split(" -- binds").next().unwrap_or_default().to_owned();
            ASKED.lock().expect("not poisoned").push(statement);
        }
    }
}

/// What was asked since the last time, but by the program for itself.
fn asked() -> Vec<String> {
    let all = std::mem::take(&mut *ASKED.lock().expect("not poisoned"));
    let is_a_question = |statement: &String| {
        let kind = ["SELECT", "INSERT", "UPDATE", "DELETE"];
        let of_the_log = statement.contains("audit_pending") && !statement.starts_with("INSERT");
        kind.iter().any(|kind| statement.starts_with(kind))
            && !of_the_log
            && !UPKEEP.iter().any(|table| statement.contains(table))
    };
    all.into_iter().filter(is_a_question).collect()
}

/// What is asked for: of the hidden family, or of nobody.
struct Ids {
    errand: String,
    number: String,
    file: String,
    home: String,
    assignment: String,
}

impl Ids {
    /// Ids like those, of nothing.
    fn of_nothing(&self) -> Ids {
        let other = |id: &str| format!("{}{}", &id[..id.len() - 6], "00d00d");
        Ids {
            errand: other(&self.errand),
            number: famn::errand::ErrandNumber::new(2026, 999_999)
                .expect("a number")
                .to_string(),
            file: other(&self.file),
            home: other(&self.home),
            assignment: other(&self.assignment),
        }
    }

    fn calls(&self, today: &str) -> Vec<(Method, String, Value)> {
        let Ids {
            errand,
            number,
            file,
            home,
            assignment,
        } = self;
        let words = json!({"body": "Hej"});
        let why = json!({"reason": "Kontrollerar att resan är rimlig"});
        let open = json!({"reason_code": "emergency"});
        let decision = json!({"outcome": "refused", "reasons": "Behövs inte"});
        let new = json!({"kind": "message", "assignment_id": assignment, "body": "Hej"});
        let of = |part: &str| format!("/errands/{errand}{part}");
        let mut calls: Vec<(Method, String, Value)> = ["", "/notes", "/openings"]
            .map(|part| (Method::GET, of(part), Value::Null))
            .into();
        calls.extend([
            (Method::POST, of("/messages"), words.clone()),
            (Method::POST, of("/notes"), words),
            (Method::PUT, of("/read"), json!({"read": true})),
            (Method::PUT, of("/state"), json!({"state": "closed"})),
            (Method::POST, of("/openings"), open),
            (Method::POST, of("/protected"), why),
            (Method::POST, of("/decisions"), decision),
            (Method::POST, of("/reports"), json!({"file_id": file, "words": "Fel"})),
            (
                Method::POST,
                of("/isolations"),
                json!({"file_id": file, "reason": "Hör till ett annat barn"}),
            ),
            (Method::POST, "/errands".into(), new),
            (Method::GET, format!("/files/{file}/content"), Value::Null),
            (Method::GET, format!("/files/{file}/original"), Value::Null),
            (Method::GET, format!("/homes/{home}"), Value::Null),
            (Method::GET, format!("/homes/{home}/members"), Value::Null),
            (Method::GET, format!("/homes/{home}/conflicts"), Value::Null),
            (Method::PATCH, format!("/homes/{home}"), json!({"name": "X"})),
            (
                Method::PATCH,
                format!("/assignments/{assignment}"),
                json!({"to": today}),
            ),
            (Method::GET, format!("/errands?home={home}"), Value::Null),
            (Method::GET, format!("/errands?number={number}"), Value::Null),
            (Method::GET, format!("/search?q={number}"), Value::Null),
        ]);
        calls
    }
}

async fn calls(who: &Person, (method, path, body): &(Method, String, Value)) -> (Answer, Vec<String>) {
    asked();
    let request = who.request(method.clone(), path);
    let request = if body.is_null() { request } else { request.json(body) };
    let answer = who.send(request).await;
    (answer, asked())
}

/// An answer but for the request's own id and the time it was given.
fn told(answer: &Answer) -> (u16, Vec<String>, String) {
    let varying = ["x-request-id", "date"];
    let mut heads: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !varying.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    heads.sort();
    let body = match serde_json::from_slice::<Value>(&answer.bytes) {
        Ok(mut body) => {
            body.as_object_mut().map(|fields| fields.remove("request_id"));
            body.to_string()
        }
        Err(_) => String::from_utf8_lossy(&answer.bytes).into_owned(),
    };
    (answer.status.as_u16(), heads, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_is_asked_for_and_answered_as_what_is_not_there() {
    if setting(ALONE).is_none() {
        // In a process of its own, where no other test asks a database anything.
        let own = std::env::current_exe().expect("the tests' own program");
        let name = "steps::what_is_hidden_is_asked_for_and_answered_as_what_is_not_there";
        let done = Command::new(own)
            .args(["--exact", name, "--nocapture"])
            .env(ALONE, "1")
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    set_default_instrumentation(|| Some(Box::new(Listener))).expect("nobody has set another");
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(7_200)));
    let town = Town::at(clock.clone()).await;
    let of = Hidden::of(&town, (Protection::None, Protection::SecrecyMarking)).await;
    let file = id(&of.vilgot.uploads("hus.png", "image/png", picture()).await.expect(201));
    let new = json!({"kind": "message", "assignment_id": of.assignment, "body": "Vi har flyttat", "file_ids": [file]});
    let made = of.vilgot.post("/errands", new).await.expect(201);
    let hidden = Ids {
        errand: id(&made),
        number: made["number"].as_str().expect("a number").to_owned(),
        file,
        home: of.home.clone(),
        assignment: of.assignment.clone(),
    };
    let nothing = hidden.of_nothing();
    let today = clock.now().day().to_string();
    let mut different = Vec::new();
    let mut compared = 0;
    // The caseworker of other homes, their team lead, another family, and whoever answers for the log.
    for name in ["maria.lind", "eva.strand", "anna.berg", "per.holm", "dora.sund"] {
        let who = town.person(name).await;
        who.get("/me").await.expect(200);
        for (there, none) in hidden.calls(&today).iter().zip(&nothing.calls(&today)) {
            let ((one, asked_one), (other, asked_other)) = (calls(&who, there).await, calls(&who, none).await);
            let what = format!("{name}: {} {}", there.0, there.1);
            if told(&one) != told(&other) {
                different.push(format!("{what}: {one} but {other}"));
            }
            if asked_one != asked_other {
                different.push(format!(
                    "{what} asks\n    {asked_one:#?}\n  for nothing\n    {asked_other:#?}"
                ));
            }
            compared += asked_one.len();
        }
    }
    let pages = compared_pages(&town, &hidden, &nothing, &mut different).await;
    compared += pages + compared_since(&town, &today, &mut different).await;
    assert!(compared > 300, "only {compared} questions were heard");
    assert!(different.is_empty(), "{}", different.join("\n"));
    let maria = town.maria().await;
    let (_, seen) = calls(&maria, &(Method::GET, "/homes".into(), Value::Null)).await;
    assert!(!seen.is_empty(), "the listener hears");
    measured(&maria, &hidden.errand, &nothing.errand).await;
}

/// The same on pages; gives how many questions were heard.
async fn compared_pages(town: &Town, hidden: &Ids, nothing: &Ids, different: &mut Vec<String>) -> usize {
    let paths = |ids: &Ids| {
        let (errand, file, home, assignment) = (&ids.errand, &ids.file, &ids.home, &ids.assignment);
        [
            format!("/arenden/{errand}"),
            format!("/arenden/{errand}/klart"),
            format!("/arenden/{errand}/granskning"),
            format!("/arenden/{errand}/anmal"),
            format!("/filer/{file}"),
            format!("/filer/{file}/original"),
            format!("/hem/{home}"),
            format!("/hem/{home}/andra"),
            format!("/uppdrag/{assignment}"),
        ]
    };
    let mut compared = 0;
    for name in ["maria.lind", "eva.strand", "anna.berg"] {
        let browser = Browser::signed_in(&town.base, name).await;
        browser.get("/jag").await;
        for (there, none) in paths(hidden).iter().zip(&paths(nothing)) {
            asked();
            let one = browser.get(there).await;
            let asked_one = asked();
            let other = browser.get(none).await;
            let asked_other = asked();
            // The request's id alone.
            let but_id = |page: &Page| {
                let (status, heads, body) = told(&page.answer);
                let parts: Vec<&str> = body
                    .split("<code>")
                    .map(|part| part.split("</code>").last().unwrap_or(part))
                    .collect();
                (status, heads, parts.join(""))
            };
            if but_id(&one) != but_id(&other) || asked_one != asked_other {
                different.push(format!(
                    "{name}: {there}: {:?} {asked_one:#?} but {:?} {asked_other:#?}",
                    but_id(&one),
                    but_id(&other)
                ));
            }
            compared += asked_one.len();
        }
    }
    compared
}

/// What has come in a home's own errands since they were shut to it.
async fn compared_since(town: &Town, today: &str, different: &mut Vec<String>) -> usize {
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let (assignment, me) = (anna.assignment().await, anna.get("/me").await.expect(200));
    let restrict = json!({"restricted": true, "reason": "Barnet har flyttats i hast"});
    eva.patch(&format!("/assignments/{assignment}"), restrict)
        .await
        .expect(200);
    let file = id(&maria.uploads("beslut.png", "image/png", picture()).await.expect(201));
    let new = json!({"kind": "message", "assignment_id": assignment, "home_id": me["homes"][0]["id"],
        "body": "Utredningen fortsätter", "file_ids": [file]});
    let made = maria.post("/errands", new).await.expect(201);
    let since = Ids {
        errand: id(&made),
        number: made["number"].as_str().expect("a number").to_owned(),
        file,
        home: String::from("00000000-0000-7000-8000-000000000000"),
        assignment: String::from("00000000-0000-7000-8000-000000000000"),
    };
    let nothing = since.of_nothing();
    let mut compared = 0;
    for (there, none) in since.calls(today).iter().zip(&nothing.calls(today)) {
        if !there.1.contains(&since.errand) && !there.1.contains(&since.file) && !there.1.contains(&since.number) {
            continue;
        }
        let ((one, asked_one), (other, asked_other)) = (calls(&anna, there).await, calls(&anna, none).await);
        if told(&one) != told(&other) || asked_one != asked_other {
            different.push(format!(
                "since: {} {}: {one} {asked_one:#?} but {other} {asked_other:#?}",
                there.0, there.1
            ));
        }
        compared += asked_one.len();
    }
    compared
}

/// Says how long each takes, for whoever reads; nothing is held to it.
async fn measured(who: &Person, hidden: &str, nothing: &str) {
    let mut took = [Vec::new(), Vec::new()];
    for turn in 0..400 {
        let which = turn % 2;
        let begun = std::time::Instant::now();
        who.get(&format!("/errands/{}", [hidden, nothing][which])).await;
        took[which].push(begun.elapsed());
    }
    for (what, times) in ["hidden", "not there"].iter().zip(&mut took) {
        times.sort();
        println!(
            "{what}: median {:?}, 95th of 100 {:?}",
            times[times.len() / 2],
            times[times.len() * 95 / 100]
        );
    }
}
