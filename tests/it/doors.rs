//! Every operation of the API, tried by everyone, against a table of what each is answered. A new operation without a
//! row fails. What is refused is logged; what is not there for one is answered exactly as what is not there at all.

mod answered;
mod bad_input;
mod looked;
mod pages;
mod people;
mod sealed;
mod sixteen;
mod strict;

use crate::kit::{Answer, Person, Place, Town, id, on_postgres, rows_of};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Who tries. Anna and Erik are the home the errand and its file belong to, and Anna sent them; Sara is another home's,
/// Lisa and Karl another board's; Maria answers for the home, Jonas for none; Eva leads the team.
const PEOPLE: &[&str] = &[
    "nobody",
    "anna.berg",
    "erik.berg",
    "sara.ohman",
    "lisa.vans",
    "karl.vans",
    "maria.lind",
    "jonas.ahl",
    "eva.strand",
    "ali.ek",
    "per.holm",
    "dora.sund",
    "arvid.akt",
    "stina.drift",
];

/// Operation, what a refusal is logged as, and what each of [`PEOPLE`] is answered.
const TABLE: &str = "
                                                    nobody anna erik sara lisa karl maria jonas eva ali per dora arvid stina
GET    /boards                      -                  200  200  200  200  200  200  200  200  200  200  200  200  200  200
POST   /sessions                    -                  201  201  201  201  201  201  201  201  201  201  201  201  201  201
POST   /sessions/refresh            -                  401  401  401  401  401  401  401  401  401  401  401  401  401  401
DELETE /sessions/current            -                  401  204  204  204  204  204  204  204  204  204  204  204  204  204
GET    /me                          -                  401  200  200  200  200  200  200  200  200  200  200  200  200  200
GET    /assignments                 assignment.list    401  200  200  200  200  200  200  200  200  403  403  403  403  403
POST   /files                       file.upload        401  201  201  201  201  201  201  201  201  403  403  403  403  403
GET    /files/{id}/content          file.read          401  200  200  404  404  404  200  403  200  404  404  404  404  404
GET    /files/{id}/original         file.original      401  200  403  404  404  404  200  403  200  404  404  404  404  404
POST   /errands                     errand.create      401  201  201  404  404  404  201  404  201  403  403  403  403  403
GET    /errands                     errand.list        401  200  200  200  200  200  200  200  200  403  403  403  403  403
GET    /errands/{id}                errand.read        401  200  200  404  404  404  200  403  200  404  404  404  404  404
POST   /errands/{id}/messages       message.send       401  201  201  404  404  404  201  403  201  404  404  404  404  404
GET    /errands/{id}/notes          note.read          401  403  403  404  404  404  200  403  200  404  404  404  404  404
POST   /errands/{id}/notes          note.write         401  403  403  404  404  404  201  403  201  404  404  404  404  404
PUT    /errands/{id}/assignee       errand.assign      401  403  403  404  404  404  204  403  204  404  404  404  404  404
PUT    /errands/{id}/read           errand.mark        401  204  204  404  404  404  204  403  204  404  404  404  404  404
PUT    /errands/{id}/state          errand.state       401  403  403  404  404  404  200  403  200  404  404  404  404  404
POST   /errands/{id}/decisions      decision.make      401  403  403  404  404  404  201  403  201  404  404  404  404  404
POST   /errands/{id}/reviews        claim.review       401  403  403  404  404  404  201  403  201  404  404  404  404  404
POST   /errands/{id}/reports        item.report        401  201  201  404  404  404  201  403  201  404  404  404  404  404
POST   /errands/{id}/isolations     item.isolate       401  403  403  404  404  404  201  403  201  404  404  404  404  404
GET    /incidents                   incident.list      401  403  403  403  403  403  403  403  200  403  403  200  403  403
GET    /incidents/{id}              incident.read      401  403  403  403  403  403  403  403  200  403  403  200  403  403
PATCH  /incidents/{id}              incident.write     401  403  403  403  403  403  403  403  403  403  403  200  403  403
POST   /incidents/{id}/lift         item.lift          401  403  403  403  403  403  403  403  403  403  403  200  403  403
POST   /errands/{id}/openings       errand.open        401  403  403  404  404  404  409  201  409  404  404  404  404  404
GET    /errands/{id}/openings       opening.list       401  403  403  404  404  404  200  403  200  404  404  404  404  404
POST   /errands/{id}/protected      protected.read     401  403  403  404  404  404  409  403  409  404  404  404  404  404
GET    /audit/events                audit.read         401  403  403  403  403  403  403  403  403  403  200  403  403  403
GET    /audit/events/{id}           audit.read         401  403  403  403  403  403  403  403  403  403  200  403  403  403
GET    /audit/checks                audit.checkpoint   401  403  403  403  403  403  403  403  403  403  200  200  403  403
POST   /audit/checks                audit.verify       401  403  403  403  403  403  403  403  403  403  201  403  403  403
GET    /audit/checkpoint            audit.checkpoint   401  403  403  403  403  403  403  403  403  403  200  200  403  403
GET    /audit/vkey                  audit.checkpoint   401  403  403  403  403  403  403  403  403  403  200  200  403  403
GET    /audit/export                audit.export       401  403  403  403  403  403  403  403  403  403  200  403  403  403
GET    /letters                     letter.list        401  403  403  403  403  403  403  403  403  403  403  403  403  200
PUT    /letters/{id}/state          letter.retry       401  403  403  403  403  403  403  403  403  403  403  403  403  200
DELETE /letters/{id}                letter.remove      401  403  403  403  403  403  403  403  403  403  403  403  403  204
GET    /health                      health.read        401  403  403  403  403  403  403  403  403  403  403  403  403  200
";

/// One operation and what is expected of it.
struct Row {
    method: Method,
    path: &'static str,
    denied_as: &'static str,
    statuses: Vec<u16>,
}

fn table() -> Vec<Row> {
    rows(people::TABLE).into_iter().chain(rows(TABLE)).collect()
}

fn rows(table: &'static str) -> Vec<Row> {
    let rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with(' '));
    rows.map(|line| {
        let mut cells = line.split_whitespace();
        let mut next = || cells.next().expect("a cell");
        let (method, path, denied_as) = (next(), next(), next());
        let statuses: Vec<u16> = cells.map(|cell| cell.parse().expect("a status")).collect();
        assert_eq!(statuses.len(), PEOPLE.len(), "{line}");
        Row {
            method: method.parse().expect("a method"),
            path,
            denied_as,
            statuses,
        }
    })
    .collect()
}

/// Every operation of the OpenAPI document, with its description.
fn operations() -> Vec<(Method, String, Value)> {
    let document = serde_json::to_value(famn::server::openapi()).expect("a document");
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let path = path.strip_prefix("/api/v1").expect("a path of the API").to_owned();
        for (method, operation) in item.as_object().expect("operations") {
            if let Ok(method) = method.to_uppercase().parse::<Method>()
                && operation.get("responses").is_some()
            {
                found.push((method, path.clone(), operation.clone()));
            }
        }
    }
    found
}

#[test]
fn every_operation_has_a_row() {
    let named = |method: &Method, path: &str| format!("{method} {path}");
    let there: BTreeSet<String> = operations()
        .iter()
        .map(|(method, path, _)| named(method, path))
        .collect();
    let expected: BTreeSet<String> = table().iter().map(|row| named(&row.method, row.path)).collect();
    let lacking: Vec<_> = there.difference(&expected).collect();
    let gone: Vec<_> = expected.difference(&there).collect();
    assert!(
        lacking.is_empty() && gone.is_empty(),
        "no row: {lacking:?}; no operation: {gone:?}"
    );
}

/// What the operations are tried on: all of it Anna's.
struct Berg {
    anna: Person,
    assignment: String,
    file: String,
    jonas: String,
    ground: people::Ground,
}

impl Berg {
    async fn of(town: &Town) -> Berg {
        let anna = town.anna().await;
        let file = id(&anna.uploads("kallelse.png", "image/png", picture(1)).await.expect(201));
        let assignment = anna.assignment().await;
        let body = "Här är kallelsen till ögonläkaren";
        let new = json!({"kind": "message", "assignment_id": assignment, "body": body, "file_ids": [file]});
        anna.post("/errands", new).await.expect(201);
        let jonas = town.jonas().await.id;
        Berg {
            anna,
            assignment,
            file,
            jonas,
            ground: people::Ground::of(town).await,
        }
    }

    /// The id a path is tried with; an errand is a new one each time, so that no try disturbs the next.
    async fn id_for(&self, path: &str) -> String {
        if path == "/errands/{id}/decisions" {
            id(&self.anna.wishes(150_000).await)
        } else if path == "/errands/{id}/reviews" {
            id(&self.anna.drives(12_000).await)
        } else if path.starts_with("/errands/{id}") {
            id(&self.anna.writes("När börjar umgänget i vår?").await)
        } else {
            people::id_for(self, path).await.unwrap_or_else(|| self.file.clone())
        }
    }

    /// The path with its ids.
    fn at(&self, path: &str, id: &str) -> String {
        people::with_query(path)
            .replace("{id}", id)
            .replace("{part_id}", people::part_for(self, path))
    }

    /// A body that the operation takes.
    async fn body(&self, method: &Method, path: &str, id: &str) -> Option<Value> {
        if let Some(body) = people::body(self, method, path) {
            return Some(body);
        }
        Some(match (method.as_str(), path) {
            ("POST", "/sessions") => json!({"board": "borlange", "email": "erik.berg@example.org",
                "password": famn::demo::PASSWORD}),
            ("POST", "/sessions/refresh") => json!({"refresh_token": "none"}),
            ("POST", "/errands") => json!({"kind": "message", "assignment_id": self.assignment,
                "body": "Kan någon ringa oss i veckan?"}),
            ("POST", "/errands/{id}/messages") => json!({"body": "Tack, då vet vi"}),
            ("POST", "/errands/{id}/notes") => json!({"body": "Ringde förvaltningens jurist"}),
            ("PUT", "/errands/{id}/assignee") => json!({"person_id": self.jonas}),
            ("PUT", "/errands/{id}/read") => json!({"read": true}),
            ("PUT", "/errands/{id}/state") => json!({"state": "closed"}),
            ("POST", "/errands/{id}/protected") => json!({"reason": "Kontrollerar resans längd"}),
            ("POST", "/errands/{id}/openings") => json!({"reason_code": "consultation"}),
            ("POST", "/errands/{id}/reports") => json!({"message_id": self.message_of(id).await}),
            ("POST", "/errands/{id}/isolations") => {
                json!({"message_id": self.message_of(id).await, "reason": "Ett annat barns papper"})
            }
            ("PATCH", "/incidents/{id}") => json!({"record": {"whose_data": "Ett barn"}}),
            ("POST", "/incidents/{id}/lift") => json!({"reason": "Det var rätt papper"}),
            ("POST", "/errands/{id}/decisions") => json!({"outcome": "granted"}),
            ("POST", "/errands/{id}/reviews") => self.review_of(id).await,
            ("PUT", "/letters/{id}/state") => json!({"state": "waiting"}),
            ("GET" | "DELETE", _) | ("POST", "/files" | "/audit/checks") => return None,
            other => panic!("{other:?} takes a body that is not here"),
        })
    }

    /// A review that grants a claim's only line; of what is no claim, one that names a line all the same.
    async fn review_of(&self, claim: &str) -> Value {
        let seen = self.anna.opens(claim).await.json();
        let trip = seen["trips"][0]["id"].as_str().unwrap_or(&self.file);
        json!({"lines": [{"trip_id": trip, "outcome": "granted"}]})
    }

    /// The first message of an errand; of what is none, some id all the same.
    pub async fn message_of(&self, errand: &str) -> String {
        let seen = self.anna.opens(errand).await.json();
        let first = seen["messages"][0]["id"].as_str();
        first.unwrap_or(&self.file).to_owned()
    }

    /// The body that the operation takes from someone.
    async fn filled(&self, who: &Person, method: &Method, path: &str, id: &str) -> Option<Value> {
        let mut body = self.body(method, path, id).await;
        // A paper's scan is a file of whoever registers it.
        if let Some(body) = body
            .as_mut()
            .filter(|body| body["scan_id"].is_string() && self.ground.registers(who))
        {
            let scan = who.uploads("blankett.png", "image/png", picture(3)).await.expect(201);
            body["scan_id"] = scan["id"].clone();
        }
        body
    }

    async fn tries(&self, who: &Person, row: &Row, id: &str) -> Answer {
        let path = self.at(row.path, id);
        let request = who.request(row.method.clone(), &path);
        let request = match self.filled(who, &row.method, row.path, id).await {
            Some(body) => request.json(&body),
            None if row.path == "/files" => request
                .header("Content-Type", "image/png")
                .header("Content-Disposition", "attachment; filename=\"bild.png\"")
                .body(picture(2)),
            None => request,
        };
        who.send(request).await
    }
}

fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 8, image::Rgb([shade, 0, 0]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("a picture");
    bytes.into_inner()
}

/// The actions of a person's denied events, in order.
fn denials(place: &Place, person: &str) -> Vec<String> {
    let person_id = if on_postgres() {
        "person_id::text"
    } else {
        "lower(hex(person_id))"
    };
    let person = if on_postgres() {
        person.to_owned()
    } else {
        person.replace('-', "")
    };
    let denied = "SELECT action AS text FROM audit_event WHERE outcome = 'denied'";
    rows_of(place, &format!("{denied} AND {person_id} = '{person}' ORDER BY id"))
}

/// The body and headers, but for what differs from answer to answer.
fn bare(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    let mut body = answer.json();
    body.as_object_mut().expect("a problem").remove("request_id");
    let kept = answer
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    let mut headers: Vec<_> = kept
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    headers.sort();
    (answer.status.as_u16(), body, headers)
}

async fn walk(town: &Town, berg: &Berg, column: usize) {
    let name = PEOPLE[column];
    let signed_in = name != "nobody";
    let who = if signed_in {
        town.person(name).await
    } else {
        town.nobody()
    };
    let mut denied = if signed_in {
        denials(&town.place, &who.id).len()
    } else {
        0
    };
    let mut rows = table();
    // Signing out comes last.
    rows.sort_by_key(|row| row.path == "/sessions/current");
    for row in rows {
        let what = format!("{} {} by {name}", row.method, row.path);
        let there = if row.path.contains("{id}") {
            berg.id_for(row.path).await
        } else {
            String::new()
        };
        let answer = berg.tries(&who, &row, &there).await;
        assert_eq!(answer.status.as_u16(), row.statuses[column], "{what}: {answer}");
        sealed::check(&answer, &what);
        if !signed_in || !matches!(answer.status.as_u16(), 403 | 404 | 422) {
            continue;
        }
        let events = denials(&town.place, &who.id);
        assert_eq!(events.len(), denied + 1, "{what}: one denied event");
        assert_eq!(events.last().map(String::as_str), Some(row.denied_as), "{what}");
        if answer.status == 404 && row.path.contains("{id}") {
            let nowhere = town.app.clock.fresh_id::<()>().to_string();
            let absent = berg.tries(&who, &row, &nowhere).await;
            assert_eq!(bare(&answer), bare(&absent), "{what}: as for what is not there");
            let nonsense = berg.tries(&who, &row, "ingenting").await;
            assert_eq!(bare(&answer).1, bare(&nonsense).1, "{what}: as for what is no id");
        }
        denied = denials(&town.place, &who.id).len();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_answered_as_the_table_says() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    for column in 0..PEOPLE.len() {
        walk(&town, &berg, column).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_of_others_is_as_one_that_is_not_there() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let none = town.app.clock.fresh_id::<()>().to_string();
    for name in ["sara.ohman", "lisa.vans", "karl.vans", "jonas.ahl"] {
        let who = town.person(name).await;
        let start = |assignment: &str, home: Option<&str>| {
            let new = json!({"kind": "message", "assignment_id": assignment, "home_id": home, "body": "Hej allihop"});
            let who = who.clone();
            async move { who.post("/errands", new).await }
        };
        let (theirs, nowhere) = (start(&berg.assignment, None).await, start(&none, None).await);
        assert_eq!(theirs.status, 404, "{name}: {theirs}");
        assert_eq!(bare(&theirs), bare(&nowhere), "{name}");
    }
}
