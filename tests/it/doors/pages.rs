//! Every page and every form, tried by everyone with a browser's cookie, as the operations of the API are.

mod fill;
mod patient;
mod routes;

use super::{Berg, PEOPLE, denials};
use crate::kit::{Answer, Person, Town};
use famn::access::Origin;
use famn::account::{Attempt, open_page_session};
use famn::secret::Secret;
use famn::web::page::Guard;
use fill::{PURCHASE, TRAVEL, home, multipart, urlencoded, wish};
pub use fill::{at, id_for};
use reqwest::Method;
use routes::routes;
use std::collections::{BTreeMap, BTreeSet};

/// As the table of the API.
const TABLE: &str = include_str!("pages.txt");

/// The rows of the table.
pub fn table() -> Vec<super::Row> {
    super::rows(TABLE)
}

#[test]
fn every_page_has_a_row() {
    let there = routes();
    let rows = super::rows(TABLE);
    let expected: BTreeSet<String> = rows.iter().map(|row| format!("{} {}", row.method, row.path)).collect();
    let lacking: Vec<_> = there.difference(&expected).collect();
    let gone: Vec<_> = expected.difference(&there).collect();
    assert!(
        lacking.is_empty() && gone.is_empty(),
        "no row: {lacking:?}; no page: {gone:?}"
    );
}

/// The methods that the table has at each path.
fn methods() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut found: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for row in super::rows(TABLE) {
        found.entry(row.path).or_default().insert(row.method.to_string());
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_used_another_way_says_how_it_is_used() {
    let town = Town::new().await;
    let client = town.nobody();
    let id = town.app.clock.fresh_id::<()>().to_string();
    for (path, known) in methods() {
        let at = at(path, &id, &id).replace("{name}", "app.css");
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ] {
            if known.contains(method.as_str()) {
                continue;
            }
            let answer = client.send(client.plain(method.clone(), &at)).await;
            assert_eq!(answer.status, 405, "{method} {path}: {answer}");
            let allowed: BTreeSet<String> = answer.header("allow").split(", ").map(str::to_owned).collect();
            assert_eq!(allowed, known, "{method} {path}");
            assert_eq!(
                answer.header("content-type"),
                "text/html; charset=utf-8",
                "{method} {path}"
            );
        }
    }
    for path in ["/ingenting", "/skriv/", "/arenden/x/y", "/assets/a/b"] {
        let answer = client.send(client.plain(Method::DELETE, path)).await;
        assert_eq!(answer.status, 404, "{path}: {answer}");
    }
}

/// Someone's browser.
struct Browser {
    client: Person,
    cookie: Option<String>,
    guard: Guard,
}

impl Browser {
    async fn of(town: &Town, name: &str) -> Browser {
        let client = town.nobody();
        if name == "nobody" {
            let guard = Guard::fresh();
            return Browser {
                client,
                cookie: None,
                guard,
            };
        }
        let email = format!("{name}@example.org");
        let someone = famn::demo::PEOPLE
            .iter()
            .find(|person| person.email == email)
            .expect("one of the demo's");
        let secret = |text: &str| Secret::new(text.to_owned());
        let attempt = Attempt {
            board: someone.board.into(),
            email: secret(&email),
            password: secret(famn::demo::PASSWORD),
            code: None,
        };
        let origin = Origin {
            request: town.app.clock.fresh_id::<()>().uuid(),
            ip: None,
        };
        let session = open_page_session(&town.app, attempt, origin).await.expect("a session");
        Browser {
            client,
            cookie: Some(format!("__Host-sid={}", session.cookie.expose())),
            guard: Guard::of_session(session.cookie.clone()),
        }
    }

    /// The hidden field's value.
    fn token(&self) -> String {
        let field = self.guard.token().to_string();
        let (_, value) = field.split_once("value=\"").expect("a field");
        value.trim_end_matches("\">").to_owned()
    }

    async fn get(&self, path: &str) -> Answer {
        let request = self.client.plain(Method::GET, path);
        self.client.send(self.with_cookie(request)).await
    }

    async fn post(&self, path: &str, fields: &[(&str, String)], file: Option<&str>) -> Answer {
        let token = ("csrf", self.token());
        let fields: Vec<&(&str, String)> = std::iter::once(&token).chain(fields).collect();
        let (kind, body) = match file {
            None => ("application/x-www-form-urlencoded".to_owned(), urlencoded(&fields)),
            Some(file) => ("multipart/form-data; boundary=xyz".to_owned(), multipart(&fields, file)),
        };
        let request = self
            .client
            .plain(Method::POST, path)
            .header("Content-Type", kind)
            .body(body);
        let request = request.header("Sec-Fetch-Site", "same-origin");
        self.client.send(self.with_cookie(request)).await
    }

    fn with_cookie(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let before = || {
            let cookie = self.guard.cookie();
            format!("{}={}", cookie.name(), cookie.value())
        };
        request.header("Cookie", self.cookie.clone().unwrap_or_else(before))
    }
}

/// Sends what the page's form would, filled in.
async fn tries(browser: &Browser, row: &super::Row, berg: &Berg, id: &str) -> Answer {
    let stylesheet = famn::web::page::stylesheet().to_owned();
    let path = at(row.path, id, super::people::part_for(berg, row.path));
    if row.method == Method::GET {
        let path = if row.path == "/assets/{name}" { stylesheet } else { path };
        return browser.get(&path).await;
    }
    let once = ("once", famn::web::page::fresh_once());
    let text = |text: &str| text.to_owned();
    let version = ("version", text("1"));
    let place = ("where", format!("uppdrag:{}", berg.assignment));
    let today = famn::clock::Clock::system().now().day().to_string();
    let (fields, file): (Vec<(&str, String)>, Option<&str>) = match row.path {
        "/skriv" => (
            vec![
                once,
                place,
                ("body", text("Kan ni ringa oss i morgon?")),
                ("do", text("send")),
            ],
            Some(""),
        ),
        "/kvitton" => (
            vec![
                once,
                ("do", text("send")),
                ("assignment_id", berg.assignment.clone()),
                ("declaration", text("ja")),
                ("receipts.0.purchased_on", today),
                ("receipts.0.supplier", text("Apoteket på hörnet")),
                ("receipts.0.category", text("medicine")),
                ("receipts.0.amount_ore", text("120,50")),
            ],
            Some("receipts.0.file"),
        ),
        "/utkast" => (
            vec![("draft_kind", text("message")), ("body", text("Halvvägs"))],
            Some(""),
        ),
        "/filer" => (vec![], Some("file")),
        "/onska/inkop" => (wish(once, berg, PURCHASE), Some("")),
        "/onska/resa" => {
            let mut fields = wish(once, berg, TRAVEL);
            fields.extend([("travel.starts_on", today.clone()), ("travel.ends_on", today)]);
            (fields, Some(""))
        }
        "/arenden/{id}/beslut" => {
            let outcome = ("decision.outcome", text("granted"));
            (vec![once, version, outcome, ("do", text("send"))], None)
        }
        "/arenden/{id}/granskning" => {
            let seen = berg.review_of(id).await;
            let trip = seen["lines"][0]["trip_id"].as_str().unwrap_or_default().to_owned();
            let line = [("lines.0.trip_id", trip), ("lines.0.outcome", text("granted"))];
            let rest = [once, version, ("count", text("1")), ("do", text("send"))];
            (line.into_iter().chain(rest).collect(), None)
        }
        "/arenden/{id}/svar" => (vec![once, version, ("body", text("Tack, då vet vi"))], Some("")),
        "/arenden/{id}/anteckning" => (vec![once, ("note", text("Ringde förvaltningens jurist"))], None),
        "/arenden/{id}/lage" => (vec![version, ("state", text("closed"))], None),
        "/arenden/{id}/skyddat" => (vec![("protected.reason", text("Kontrollerar resans längd"))], None),
        "/personer/{id}/skydd" => {
            let read = ("follows", text("ja"));
            (vec![("protected", text("secrecy_marking")), read], None)
        }
        "/skyddade/{id}" => {
            let (person, reason) = (("person_id", berg.jonas.clone()), ("reason", text("Vikarierar")));
            (vec![once, person, reason], None)
        }
        "/skyddade/{id}/utsedda/{part_id}" => (vec![("do", text("confirm"))], None),
        "/arenden/{id}/anmal" | "/arenden/{id}/isolera" => {
            let item = ("item", format!("message:{}", berg.message_of(id).await));
            (vec![once, item, ("reason", text("Ett annat barns papper"))], None)
        }
        "/behorigheter/{id}" => (vec![("grant_id", berg.assignment.clone()), ("keep", text("ja"))], None),
        "/incidenter/{id}" => (vec![version, ("do", text("save"))], None),
        "/incidenter/{id}/visa-igen" => (vec![("reason", text("Det var rätt papper"))], None),
        "/arenden/{id}/oppna" => (vec![("reason_code", text("on_call"))], None),
        "/arenden/{id}/ansvarig" | "/logga-ut" | "/logg/kontroll" => (vec![], None),
        "/brev/{id}" => (vec![("do", text("retry"))], None),
        "/enheter" => (vec![once, ("name", text("Gruppen för jourhem"))], None),
        "/installningar/{grupp}" => {
            let phone = ("settings.phone", text("0243-660 00"));
            let email = ("settings.email", text("familjehem@borlange.example"));
            let title = ("settings.emergency.0.title", text("Jouren"));
            let number = ("settings.emergency.0.phone", text("0243-660 01"));
            (vec![version, phone, email, title, number], None)
        }
        "/personer/{id}/roller" => {
            let (role, from) = (("role", text("archivist")), ("from", text("2099-01-01")));
            (vec![once, role, from, ("reason", text("Vikarie längre fram"))], None)
        }
        "/bjud-in" => (fill::invited(once), None),
        "/personer/{id}/roller/{part_id}" => (fill::ending(), None),
        // A session of nobody's: one's own would end the table's.
        "/jag/logga-ut" => (vec![("session", uuid::Uuid::nil().to_string())], None),
        "/jag" => (fill::me(&browser.get("/jag").await.bytes), None),
        path if path == "/sok" || path.starts_with("/hem/") || path.starts_with("/uppdrag/") => {
            (home(path, once, berg, &today), None)
        }
        "/inbjudan" | "/nytt-losenord" => {
            let password = ("password", text("en ganska lång mening"));
            (vec![("token", text("none")), password], None)
        }
        "/ny-adress" => (vec![("token", text("none"))], None),
        "/glomt-losenord" => {
            let email = ("email", text("ingen@example.org"));
            (vec![("board", text("borlange")), email], None)
        }
        "/logga-in" => {
            let email = ("email", text("erik.berg@example.org"));
            let password = ("password", text(famn::demo::PASSWORD));
            (vec![("board", text("borlange")), email, password], None)
        }
        other => panic!("{other} has a form that is not here"),
    };
    browser.post(&path, &fields, file).await
}

fn check_headers(answer: &Answer, row: &super::Row, what: &str) {
    let public = row.path == "/assets/{name}";
    let caching = if public {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    assert_eq!(answer.header("cache-control"), caching, "{what}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    assert!(!answer.header("x-request-id").is_empty(), "{what}");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
    let kind = answer.header("content-type");
    match answer.status.as_u16() {
        303 => assert!(answer.header("location").starts_with('/'), "{what}"),
        200 if ["/filer", "/utkast", "/inloggad"].contains(&row.path) => assert_eq!(kind, "application/json", "{what}"),
        200 if row.path.starts_with("/filer/") => assert!(policy.starts_with("sandbox"), "{what}"),
        200 if row.path.starts_with("/logg/") && kind != "text/html; charset=utf-8" => {
            let disposition = answer.header("content-disposition");
            assert!(disposition.starts_with("attachment; "), "{what}: {disposition}");
        }
        200 if public => assert_eq!(kind, "text/css; charset=utf-8", "{what}"),
        _ => {
            assert_eq!(kind, "text/html; charset=utf-8", "{what}");
            for none in ["frame-ancestors", "base-uri"] {
                assert!(policy.contains(&format!("{none} 'none'")), "{what}: {policy}");
            }
            // Scripts run, and reach us, on pages that have one; nothing else ever.
            let has_script = String::from_utf8_lossy(&answer.bytes).contains("<script");
            let scripts = if has_script {
                "script-src 'self'; connect-src 'self'"
            } else {
                "script-src 'none'"
            };
            assert!(policy.contains(scripts), "{what}: {policy}");
            assert!(has_script == policy.contains("connect-src"), "{what}: {policy}");
            assert!(
                !policy.contains("data:") && !policy.contains("unsafe"),
                "{what}: {policy}"
            );
        }
    }
}

/// The page, but for what differs each time: tokens and ids.
fn bare(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
    let request = answer.header("x-request-id");
    let words = text.replace(request, "");
    let words = words
        .split('"')
        .filter(|word| word.len() != 96 || hex::decode(word).is_err());
    words.collect::<Vec<_>>().join("\"")
}

async fn walk(town: &Town, berg: &Berg, column: usize, wrong: &mut Vec<String>) {
    let name = PEOPLE[column];
    let person = if name == "nobody" {
        None
    } else {
        Some(town.person(name).await)
    };
    let browser = Browser::of(town, name).await;
    for row in super::rows(TABLE) {
        let what = format!("{} {} by {name}", row.method, row.path);
        let there = id_for(berg, row.path).await;
        let refused = |person: &Person| denials(&town.place, &person.id);
        let before = person.as_ref().map_or(0, |person| refused(person).len());
        // Signing in and out ends the session.
        let own = match row.path.starts_with("/logga-") {
            true => Some(Browser::of(town, name).await),
            false => None,
        };
        let answer = tries(own.as_ref().unwrap_or(&browser), &row, berg, &there).await;
        if answer.status != row.statuses[column] {
            wrong.push(format!("{what}: {} instead of {}", answer.status, row.statuses[column]));
            continue;
        }
        check_headers(&answer, &row, &what);
        let Some(person) = person.as_ref().filter(|_| matches!(answer.status.as_u16(), 403 | 404)) else {
            continue;
        };
        let events = refused(person);
        if events.len() != before + 1
            || !row
                .denied_as
                .split('|')
                .any(|action| events.last().is_some_and(|last| last == action))
        {
            wrong.push(format!("{what}: refused, but logged as {:?}", &events[before..]));
        }
        if answer.status == 404 && row.path.contains("{id}") {
            let nowhere = town.app.clock.fresh_id::<()>().to_string();
            let absent = tries(&browser, &row, berg, &nowhere).await;
            assert_eq!(absent.status, 404, "{what}");
            assert_eq!(bare(&answer), bare(&absent), "{what}: as for what is not there");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_meets_the_pages_of_the_table() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let mut wrong = Vec::new();
    for column in 0..PEOPLE.len() {
        walk(&town, &berg, column, &mut wrong).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
