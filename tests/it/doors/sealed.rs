//! What every answer of the API bears, whatever it says.

use crate::kit::Answer;

const HEADERS: &[(&str, &str)] = &[
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const OF_A_FILE: &str = "sandbox; default-src 'none'";

#[track_caller]
pub fn check(answer: &Answer, what: &str) {
    let all = |name: &str| answer.headers.get_all(name).iter().count();
    for (name, value) in HEADERS {
        assert_eq!(answer.header(name), *value, "{what}: {name}");
        assert_eq!(all(name), 1, "{what}: {name} stands once");
    }
    let request = answer.header("x-request-id");
    assert!(
        uuid::Uuid::parse_str(request).is_ok(),
        "{what}: X-Request-Id {request:?}"
    );
    assert_eq!(all("set-cookie"), 0, "{what}: no cookie");
    assert_eq!(
        all("server") + all("x-powered-by"),
        0,
        "{what}: nothing of what it is made of"
    );
    let (kind, policy) = (answer.header("content-type"), answer.header("content-security-policy"));
    let of_the_log = what.contains("/audit/");
    let is_file = answer.status == 200 && kind != "application/json" && !of_the_log;
    assert_eq!(policy, if is_file { OF_A_FILE } else { POLICY }, "{what}");
    let status = answer.status.as_u16();
    match status {
        202 | 204 => assert!(
            kind.is_empty() && answer.bytes.is_empty(),
            "{what}: nothing comes with {status}"
        ),
        200 | 201 if is_file => {
            let disposition = answer.header("content-disposition");
            assert_eq!(kind, "image/png", "{what}");
            assert!(disposition.starts_with("attachment; "), "{what}: {disposition}");
        }
        200 if of_the_log => {
            let kinds = [
                "application/json",
                "text/plain; charset=utf-8",
                "application/x-ndjson",
                "text/csv; charset=utf-8; header=present",
            ];
            assert!(kinds.contains(&kind), "{what}: {kind}");
        }
        200 | 201 => assert_eq!(kind, "application/json", "{what}"),
        _ => problem(answer, kind, request, what),
    }
    if status == 401 {
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{what}");
    }
}

#[track_caller]
fn problem(answer: &Answer, kind: &str, request: &str, what: &str) {
    assert_eq!(kind, "application/problem+json; charset=utf-8", "{what}");
    let body = answer.json();
    let members: Vec<&str> = body
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    let known = ["type", "title", "status", "request_id", "faults"];
    assert!(members.iter().all(|name| known.contains(name)), "{what}: {members:?}");
    assert_eq!(body["status"], answer.status.as_u16(), "{what}");
    assert_eq!(body["request_id"], request, "{what}");
    assert!(
        body["type"].as_str().is_some_and(|kind| kind.starts_with("/problems/")),
        "{what}: {body}"
    );
    assert!(
        body["title"].as_str().is_some_and(|title| title.len() > 3),
        "{what}: {body}"
    );
    assert_eq!(answer.header("content-language"), "sv", "{what}");
}
