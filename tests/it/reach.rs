//! Calls by chance, of everyone in both towns, with ids that anyone has ever been shown: whatever their order, nobody is
//! shown a word or an id of a home that is not theirs to see, and nothing that succeeds names one.

use crate::kit::{Answer, Person, Town, id, samples, wishes};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const HOMES: [&str; 3] = ["Berg", "Öhman", "Vans"];
/// Who calls, on which board, and to whose homes they have to do.
const PEOPLE: &[(&str, &[&str])] = &[
    ("anna.berg", &["Berg"]),
    ("erik.berg", &["Berg"]),
    ("sara.ohman", &["Öhman"]),
    ("lisa.vans", &["Vans"]),
    ("karl.vans", &["Vans"]),
    ("maria.lind", &["Berg", "Öhman"]),
    ("eva.strand", &["Berg", "Öhman"]),
    ("jonas.ahl", &[]),
    ("ali.ek", &[]),
    ("per.holm", &[]),
    ("dora.sund", &[]),
    ("arvid.akt", &[]),
    ("stina.drift", &[]),
    ("greta.vans", &[]),
];
const STEPS: usize = 1_400;

/// Repeatable chance (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }
    fn of<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len())]
    }
}

/// Every id that a text names.
fn ids(text: &str) -> BTreeSet<String> {
    let part = |text: &str| uuid::Uuid::parse_str(text).is_ok();
    let at = (0..text.len().saturating_sub(35)).filter_map(|at| text.get(at..at + 36));
    at.filter(|text| part(text)).map(str::to_owned).collect()
}

/// What is known of who is shown what.
struct Known {
    /// The home whose row an id names; what belongs to none is not here.
    home: BTreeMap<String, &'static str>,
    /// All of them, in the order in which they were met.
    pool: Vec<String>,
    /// Ids of people and units, who are in more than one home's answers.
    common: BTreeSet<String>,
    made: usize,
}

impl Known {
    /// Ids in what one of a home was shown are that home's, unless they are known otherwise.
    fn learn(&mut self, home: &'static str, text: &str) {
        for id in ids(text) {
            if !self.home.contains_key(&id) && !self.common.contains(&id) {
                self.home.insert(id.clone(), home);
                self.pool.push(id);
            }
        }
    }
    fn word(&mut self, home: &str) -> String {
        self.made += 1;
        format!("Ordur{home}nummer{}", self.made)
    }
}

/// A call, and the ids in it.
struct Call {
    method: Method,
    path: String,
    body: Option<Value>,
}

/// One of the calls that there are, with ids by chance and the words of one home.
fn call(chance: &mut Chance, known: &mut Known, home: &str) -> Call {
    // Half of what is named is the home's own, so that enough succeeds.
    let is_own = |id: &&String| known.home.get(*id).is_some_and(|of| *of == home);
    let own: Vec<String> = known.pool.iter().filter(is_own).cloned().collect();
    let mut any = || match own.is_empty() || chance.below(2) == 0 {
        true => chance.of(&known.pool).clone(),
        false => chance.of(&own).clone(),
    };
    let (one, other, third) = (any(), any(), any());
    let staff = any();
    let word = known.word(home);
    let read = [
        "/errands?limit=100".to_owned(),
        "/assignments?limit=100".to_owned(),
        "/homes?limit=100".to_owned(),
        "/drafts".to_owned(),
        "/persons?limit=100".to_owned(),
        "/letters?state=sent".to_owned(),
        "/audit/events?limit=20".to_owned(),
        format!("/errands?assignee={one}"),
        format!("/errands/{one}"),
        format!("/errands/{one}/notes"),
        format!("/files/{one}/content"),
        format!("/files/{one}/original"),
        format!("/homes/{one}"),
        format!("/homes/{one}/members"),
        format!("/drafts/{one}"),
        format!("/persons/{one}/roles"),
        format!("/errands/{one}/openings"),
        format!("/homes/{one}/conflicts"),
        format!("/units/{one}/recertification"),
        format!("/incidents/{one}"),
        "/incidents?limit=100".to_owned(),
        "/protected-homes?limit=100".to_owned(),
        "/role-proposals".to_owned(),
        "/me/messages".to_owned(),
        "/search?q=Berg".to_owned(),
        "/errands?unread=true&limit=100".to_owned(),
    ];
    let today = wishes::in_days(0).to_string();
    let mut purchase = wishes::purchase(&one, 90_000);
    purchase["purchase"]["description"] = word.clone().into();
    let receipt =
        json!({"file_id": other, "purchased_on": today, "supplier": word, "category": "glasses", "amount_ore": 900});
    let mut claim = wishes::claim(&one, vec![receipt], vec![]);
    if chance.below(2) == 0 {
        claim["request_id"] = third.clone().into();
    }
    let message = json!({"kind": "message", "assignment_id": one, "body": word, "file_ids": [other]});
    let of_home = json!({"kind": "message", "home_id": one, "body": word});
    let plain = json!({"kind": "message", "assignment_id": one, "body": word});
    let draft = json!({"kind": "message", "content": {"body": word}});
    let lines = json!({"lines": [{"receipt_id": other, "outcome": "granted"}]});
    let write = [
        (Method::POST, "/errands".to_owned(), plain),
        (Method::POST, "/errands".to_owned(), message),
        (Method::POST, "/errands".to_owned(), of_home),
        (Method::POST, "/errands".to_owned(), purchase),
        (Method::POST, "/errands".to_owned(), claim),
        (
            Method::POST,
            format!("/errands/{one}/messages"),
            json!({"body": word, "file_ids": []}),
        ),
        (
            Method::POST,
            format!("/errands/{one}/messages"),
            json!({"body": word, "file_ids": [other]}),
        ),
        (Method::POST, format!("/errands/{one}/notes"), json!({"body": word})),
        (
            Method::POST,
            format!("/errands/{one}/decisions"),
            json!({"outcome": "granted", "conditions": word}),
        ),
        (Method::POST, format!("/errands/{one}/reviews"), lines),
        (
            Method::PUT,
            format!("/errands/{one}/state"),
            json!({"state": "awaiting_home", "message": word}),
        ),
        (Method::PUT, format!("/errands/{one}/read"), json!({"read": true})),
        (
            Method::PUT,
            format!("/errands/{one}/assignee"),
            json!({"person_id": staff}),
        ),
        (Method::PUT, "/drafts".to_owned(), draft.clone()),
        (Method::PUT, format!("/drafts/{one}"), draft),
        (Method::DELETE, format!("/drafts/{one}"), Value::Null),
        (Method::PATCH, format!("/homes/{one}"), json!({"protected": "none"})),
        (
            Method::PATCH,
            format!("/homes/{one}/members/{other}"),
            json!({"to": "2099-01-01"}),
        ),
        (
            Method::PATCH,
            format!("/assignments/{one}"),
            json!({"cost_code": "4711"}),
        ),
        (
            Method::POST,
            format!("/errands/{one}/reports"),
            json!({"message_id": other, "words": word}),
        ),
        (
            Method::POST,
            format!("/errands/{one}/isolations"),
            json!({"file_id": other, "reason": word}),
        ),
        (
            Method::POST,
            format!("/errands/{one}/protected"),
            json!({"reason": format!("{word} behövs")}),
        ),
        (Method::POST, format!("/incidents/{one}/lift"), json!({"reason": word})),
        (
            Method::POST,
            format!("/homes/{one}/paper-errands"),
            json!({"on_behalf_of": other, "received_on": today, "scan_id": third,
                "errand": {"kind": "message", "home_id": one, "body": word}}),
        ),
        (
            Method::PATCH,
            format!("/homes/{one}/conflicts/{other}"),
            json!({"ended": true, "reason": word}),
        ),
        (
            Method::POST,
            format!("/protected-homes/{one}/named"),
            json!({"person_id": staff, "reason": word}),
        ),
        (
            Method::POST,
            format!("/units/{one}/recertification"),
            json!({"grant_id": other, "keep": true}),
        ),
        (
            Method::POST,
            "/invitations".to_owned(),
            json!({"email": "ny.zq@example.org", "name": "Ny", "home_id": one}),
        ),
    ];
    if chance.below(2) == 0 {
        let path = chance.of(&read).clone();
        return Call {
            method: Method::GET,
            path,
            body: None,
        };
    }
    let (method, path, body) = chance.of(&write).clone();
    let body = (!body.is_null()).then_some(body);
    Call { method, path, body }
}

/// Some thousand calls by chance, in three orders; each takes over five seconds.
macro_rules! by_chance {
    ($($name:ident: $seed:literal,)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            no_sequence_of_calls_reaches_another_homes_or_boards_row($seed).await;
        }
    )+};
}
by_chance! {
    calls_by_chance_reach_no_row_of_others: 0x0be5_0f1e,
    nor_in_another_order: 0x5eed_0002_77aa,
    nor_in_a_third: 0x1234_5678_9abc,
}

async fn no_sequence_of_calls_reaches_another_homes_or_boards_row(seed: u64) {
    let town = Town::new().await;
    let mut people: Vec<(Person, &[&'static str])> = Vec::new();
    for (who, homes) in PEOPLE {
        people.push((town.person(who).await, homes));
    }
    let (mut chance, mut known) = (Chance(seed), begins(&town, &people).await);
    let (mut succeeded, mut shown) = (BTreeMap::<String, usize>::new(), 0);
    for step in 0..STEPS {
        let (person, homes) = &people[chance.below(people.len())];
        let home = if homes.is_empty() { "ingen" } else { chance.of(homes) };
        if chance.below(12) == 0 {
            let sent = person.uploads("k.jpg", "image/jpeg", samples::another_jpeg()).await;
            if let (201, [home]) = (sent.status.as_u16(), homes) {
                known.learn(home, &String::from_utf8_lossy(&sent.bytes));
            }
            continue;
        }
        let call = call(&mut chance, &mut known, home);
        let what = format!(
            "step {step}: {} {} {:?} by {:?}",
            call.method, call.path, call.body, homes
        );
        let mut request = person.request(call.method.clone(), &call.path);
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let answer = person.send(request).await;
        let status = answer.status.as_u16();
        assert!(status < 500, "{what}: {answer}");
        shown += only_shows(&answer, homes, &known, &what);
        if status < 300 {
            let kind = call.path.split(['/', '?']).nth(1).unwrap_or_default();
            *succeeded.entry(format!("{} {kind}", call.method)).or_default() += 1;
            only_names(&call, homes, &known, &what);
            // An errand is of the home that its assignment is of; the rest is of the errand's.
            let given = ids(&format!("{} {:?}", call.path, call.body));
            let of = given.iter().find_map(|id| known.home.get(id).copied());
            if let (Some(of), true) = (of, kind == "errands" && call.method != Method::GET) {
                known.learn(of, &String::from_utf8_lossy(&answer.bytes));
            }
        }
    }
    assert!(succeeded.values().sum::<usize>() > 90, "{succeeded:?}");
    assert!(succeeded.len() > 8 && shown > 100, "{succeeded:?} {shown}");
    everyone_ends_with_their_own(&people, &known).await;
}

/// What each home has to begin with, as its own people are shown it.
async fn begins(town: &Town, people: &[(Person, &[&'static str])]) -> Known {
    let mut common: BTreeSet<String> = people.iter().map(|(person, _)| person.id.clone()).collect();
    common.extend(ids(&town.eva().await.get("/units").await.expect(200).to_string()));
    let jonas = town.jonas().await.id;
    // Whoever an errand is given to sees it: Jonas is to see none.
    let pool = common.iter().filter(|id| **id != jonas).cloned().collect();
    let mut known = Known {
        home: BTreeMap::new(),
        pool,
        common,
        made: 0,
    };
    for (person, homes) in people.iter().filter(|(_, homes)| homes.len() == 1) {
        let home = homes[0];
        let word = known.word(home);
        if let Some(made) = person
            .tries(
                "/errands",
                json!({"kind": "message", "assignment_id": person.assignment().await, "body": word}),
            )
            .await
        {
            known.learn(home, &id(&made));
        }
        for list in ["/errands?limit=100", "/assignments?limit=100"] {
            let list = person.get(list).await.expect(200);
            for item in list["items"].as_array().expect("items") {
                known.learn(home, &item.to_string());
                if item["number"].is_string() {
                    let whole = person.opens(&id(item)).await.expect(200);
                    known.learn(home, &whole.to_string());
                }
            }
        }
    }
    assert!(
        HOMES
            .iter()
            .all(|home| known.home.values().filter(|of| *of == home).count() > 4),
        "{:?}",
        known.home
    );
    known
}

/// Every word and every id in an answer is of a home that is theirs; gives how many ids there were.
#[track_caller]
fn only_shows(answer: &Answer, homes: &[&str], known: &Known, what: &str) -> usize {
    let text = String::from_utf8_lossy(&answer.bytes);
    for home in HOMES {
        assert!(
            homes.contains(&home) || !text.contains(&format!("Ordur{home}nummer")),
            "{what}: {text}"
        );
    }
    // The log bears ids, for those who may read it, and nothing else. A draft may be saved under any id: it is its
    // author's own, and no other of that id is touched.
    if what.contains("/audit/") || what.contains("/drafts") {
        return 0;
    }
    let mut seen = 0;
    for id in ids(&text) {
        if let Some(home) = known.home.get(&id) {
            assert!(homes.contains(home), "{what}: {id} is {home}'s: {text}");
            seen += 1;
        }
    }
    seen
}

/// What has succeeded names nothing of another home, but for what a draft says.
#[track_caller]
fn only_names(call: &Call, homes: &[&str], known: &Known, what: &str) {
    if call.path.starts_with("/drafts") {
        return;
    }
    // What a list is narrowed by may be anything: what it shows is judged.
    let path = call.path.split('?').next().unwrap_or_default();
    for id in ids(&format!("{path} {:?}", call.body)) {
        if let Some(home) = known.home.get(&id) {
            assert!(homes.contains(home), "{what}: {id} is {home}'s");
        }
    }
}

/// After all of it, ids from all over, asked for by everyone.
async fn everyone_ends_with_their_own(people: &[(Person, &[&'static str])], known: &Known) {
    for (person, homes) in people {
        for (id, home) in known.home.iter().step_by(known.home.len() / 50 + 1) {
            for path in [
                format!("/errands/{id}"),
                format!("/files/{id}/content"),
                format!("/homes/{id}"),
            ] {
                let answer = person.get(&path).await;
                let theirs = homes.contains(home);
                assert!(
                    theirs || [403, 404].contains(&answer.status.as_u16()),
                    "{path} of {home} by {homes:?}: {answer}"
                );
                only_shows(&answer, homes, known, &path);
            }
        }
    }
}
