//! The log of a served process tells nothing of what was asked: words are planted wherever a request has room for them.

use super::{filled, signed_in};
use crate::kit::{Running, connect, rest, samples};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write as _;

/// Everything planted begins like this.
const WORD: &str = "planterat";

#[tokio::test(flavor = "multi_thread")]
async fn log_lines_are_json_and_bear_nothing_of_what_was_asked() {
    let place = filled().await;
    let server = Running::serving(&place, &[("FAMN_LOG__LEVEL", "debug"), ("FAMN_LOG__FORMAT", "json")]);
    let anna = signed_in(&server, "anna.berg").await;
    let word = |more: &str| format!("{WORD}{more}");
    let mut requests = 0;
    let mut sent = async |request: reqwest::RequestBuilder| {
        requests += 1;
        anna.send(request).await
    };
    // In bodies: right ones, unknown fields, values of the wrong type, what is no JSON at all.
    let assignment = anna.assignment().await;
    for body in [
        json!({"kind": "message", "assignment_id": assignment, "subject": word("rubrik"), "body": word("text")}),
        json!({"kind": "message", "body": "Hej", word("falt"): 1}),
        json!({"kind": word("slag"), "body": "Hej"}),
        json!({"kind": "message", "body": [word("lista")]}),
        json!(word("bara-text")),
    ] {
        sent(anna.request(Method::POST, "/errands").json(&body)).await;
    }
    let json = |text: String| {
        anna.request(Method::POST, "/errands")
            .header("Content-Type", "application/json")
            .body(text)
    };
    sent(json(format!("{{\"body\": {WORD}}}"))).await;
    for body in [
        json!({"board": "borlange", "email": word("@example.org"), "password": word("losen")}),
        json!({"board": word("namnd"), "email": "anna.berg@example.org", "password": word("losen")}),
        json!({"refresh_token": word("bricka")}),
    ] {
        let path = if body["board"].is_null() {
            "/sessions/refresh"
        } else {
            "/sessions"
        };
        sent(anna.request(Method::POST, path).json(&body)).await;
    }
    // In addresses and query strings.
    for path in [
        "/errands?planterat=1",
        "/errands?kind=planterat",
        "/errands?number=planterat",
        "/errands?cursor=planterat",
        "/errands/planterat",
        "/planterat",
        "/errands?state=%70lanterat&planterat",
    ] {
        sent(anna.request(Method::GET, path)).await;
    }
    for path in [
        "/planterat",
        "/arenden?planterat=1",
        "/logga-in?tillbaka=planterat",
        "/assets/planterat",
        "/logg?person=planterat",
    ] {
        sent(anna.plain(Method::GET, path)).await;
    }
    // In headers and the names of files.
    for (name, value) in [
        ("Authorization", "Bearer planterat"),
        ("User-Agent", WORD),
        ("Cookie", "__Host-sid=planterat"),
        ("Accept-Language", WORD),
        ("If-Match", "\"planterat\""),
        ("Idempotency-Key", WORD),
        ("X-Request-Id", WORD),
        ("Range", "planterat=1"),
        ("Referer", "http://planterat/"),
        ("Origin", "http://planterat"),
    ] {
        sent(anna.plain(Method::GET, "/api/v1/errands").header(name, value)).await;
        sent(anna.plain(Method::GET, "/").header(name, value)).await;
    }
    for (name, bytes) in [
        ("planterat.jpg", samples::photo(6)),
        ("planterat.exe", WORD.into()),
        ("planterat.pdf", b"%PDF-1.7 planterat".to_vec()),
    ] {
        let request = anna
            .request(Method::POST, "/files")
            .header("Content-Disposition", format!("attachment; filename=\"{name}\""));
        sent(request.header("Content-Type", "image/planterat").body(bytes.clone())).await;
        let request = anna
            .request(Method::POST, "/files")
            .header("Content-Disposition", format!("{WORD}; filename=\"{name}\""));
        sent(request.header("Content-Type", "image/jpeg").body(bytes)).await;
    }
    // In forms, and in what is no HTTP.
    for (kind, body) in [
        (
            "application/x-www-form-urlencoded",
            "csrf=planterat&email=planterat&%ff=planterat".to_owned(),
        ),
        (
            "multipart/form-data; boundary=planterat",
            "--planterat\r\nplanterat: x\r\n\r\nplanterat\r\n--planterat--\r\n".to_owned(),
        ),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"planterat\"\r\n\r\nplanterat".to_owned(),
        ),
    ] {
        for path in ["/logga-in", "/skriv", "/kvitton"] {
            let request = anna
                .plain(Method::POST, path)
                .header("Content-Type", kind)
                .header("Sec-Fetch-Site", "same-origin");
            sent(request.body(body.clone())).await;
        }
    }
    for bytes in [
        "GET /planterat HTTP/9\r\n\r\n",
        "PLANTERAT planterat\r\nplanterat: planterat\r\n\r\n",
    ] {
        let mut stream = connect(&server.base);
        stream.write_all(bytes.as_bytes()).expect("it is sent");
        tokio::task::spawn_blocking(move || rest(&mut stream))
            .await
            .expect("it is closed");
    }

    let done = anna.send(anna.request(Method::GET, "/me")).await;
    let last = done.header("x-request-id").to_owned();
    super::until("the last line", || server.log().contains(&last)).await;
    let log = server.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    let answered = lines
        .iter()
        .filter(|line| line["fields"]["message"] == "answered")
        .count();
    assert!(answered > requests, "{answered} lines for {requests} requests");
    let telling: Vec<&str> = log.lines().filter(|line| line.to_lowercase().contains(WORD)).collect();
    assert!(telling.is_empty(), "{}", telling.join("\n"));
    for word in ["anna.berg", "example.org", famn::demo::PASSWORD, anna.token()] {
        assert!(!log.contains(word), "{word}");
    }
    let of_requests = log.lines().filter(|line| line.contains("request_id"));
    let from: Vec<&str> = of_requests.filter(|line| line.contains("127.0.0.1")).collect();
    assert!(from.is_empty(), "where someone asks from: {}", from.join("\n"));
    let whole = lines
        .iter()
        .find(|line| line["fields"]["request_id"] == last.as_str())
        .expect("its line");
    assert_eq!(whole["fields"]["route"], "/api/v1/me");
    assert_eq!(
        (&whole["fields"]["method"], &whole["fields"]["status"]),
        (&json!("GET"), &json!(200))
    );
}
