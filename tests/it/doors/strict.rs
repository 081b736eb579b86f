//! How strictly the API reads: what it does not know it refuses, and a cookie is nothing to it.

use super::{Berg, denials, operations, sealed};
use crate::kit::{Answer, Person, Town};
use famn::access::Origin;
use famn::account::{Attempt, open_page_session};
use famn::secret::Secret;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Whether the operation takes a JSON body.
fn takes_json(operation: &Value) -> bool {
    operation["requestBody"]["content"].get("application/json").is_some()
}

fn parameters(operation: &Value, of: &str) -> usize {
    let all = operation["parameters"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    all.iter().filter(|parameter| parameter["in"] == of).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_json_of_the_right_shape_or_refused() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let maria = town.maria().await;
    let mut tried = 0;
    for (method, path, operation) in operations() {
        tried += 1;
        let id = if path.contains("{id}") {
            berg.id_for(&path).await
        } else {
            String::new()
        };
        let Some(right) = berg.body(&method, &path, &id).await else {
            continue;
        };
        let path = berg.at(&path, &id);
        assert!(takes_json(&operation), "{method} {path} says that it takes JSON");
        let send = async |kind: Option<&str>, body: Vec<u8>| {
            let request = maria.request(method.clone(), &path).body(body);
            let request = match kind {
                Some(kind) => request.header("Content-Type", kind),
                None => request,
            };
            let answer = maria.send(request).await;
            sealed::check(&answer, &format!("{method} {path}"));
            answer
        };
        let json = Some("application/json");
        let mut odd = right.clone();
        odd["colour"] = json!("red");
        let mut wrong = right.clone();
        let first = wrong
            .as_object()
            // What a draft holds may be anything.
            .and_then(|fields| fields.keys().find(|name| *name != "content").cloned())
            .expect("a field");
        wrong[&first] = json!({"nested": [1]});
        let bad = [odd, wrong, json!([]), json!({}), json!(null), json!("text")];
        let mut bad: Vec<Vec<u8>> = bad.iter().map(|value| value.to_string().into_bytes()).collect();
        bad.extend([b"{".to_vec(), Vec::new(), b"{\"a\":\"\xff\"}".to_vec()]);
        bad.push([right.to_string().as_bytes(), b" {}"].concat());
        for body in bad {
            let text = String::from_utf8_lossy(&body).into_owned();
            let answer = send(json, body).await;
            assert_eq!(answer.status, 400, "{method} {path} {text}: {answer}");
            assert_eq!(answer.problem(400), "malformed", "{method} {path} {text}");
        }
        for kind in [
            None,
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("application/jsonx"),
        ] {
            let answer = send(kind, right.to_string().into_bytes()).await;
            assert_eq!(answer.status, 415, "{method} {path} as {kind:?}: {answer}");
        }
    }
    assert!(tried > 5, "there are operations with bodies");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_none_is_refused_and_a_limit_outside_its_own_is_told() {
    let town = Town::new().await;
    let maria = town.maria().await;
    let mut tried = 0;
    for (method, path, operation) in operations() {
        if parameters(&operation, "query") == 0 {
            continue;
        }
        tried += 1;
        for query in ["colour=red", "limit=ten", "limit=-1", "limit=1&limit=2", "cursor=x"] {
            let answer = maria
                .send(maria.request(method.clone(), &format!("{path}?{query}")))
                .await;
            assert_eq!(answer.status, 400, "{method} {path}?{query}: {answer}");
            sealed::check(&answer, &path);
        }
        let takes_limit = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|one| one["name"] == "limit");
        for limit in ["0", "101"].into_iter().filter(|_| takes_limit) {
            let answer = maria
                .send(maria.request(method.clone(), &format!("{path}?limit={limit}")))
                .await;
            assert_eq!(
                answer.faults(),
                [("limit".into(), "limit-range".into())],
                "{method} {path}"
            );
        }
    }
    assert!(tried > 2, "there are lists");
}

/// Whether an operation was refused as malformed, and did nothing on the way to it.
#[track_caller]
fn is_malformed(answer: Answer, what: &str) {
    sealed::check(&answer, what);
    assert_eq!(answer.status, 400, "{what}: {answer}");
    assert_eq!(answer.problem(400), "malformed", "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_refuses_a_parameter_it_does_not_know_or_has_been_given_before() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let (nobody, maria) = (town.nobody(), town.maria().await);
    for (method, path, operation) in operations() {
        let id = &berg.file;
        let at = path.replace("{id}", id).replace("{part_id}", id);
        let mut queries: Vec<String> = ["colour=red", "=", "colour", "Limit=1", "limit%20=1", "%00=1"]
            .map(str::to_owned)
            .into();
        for known in operation["parameters"].as_array().into_iter().flatten() {
            if let ("query", Some(name)) = (known["in"].as_str().unwrap_or_default(), known["name"].as_str()) {
                let first = format!("%{:02x}{}", name.as_bytes()[0], &name[1..]);
                queries.extend([
                    format!("{name}=1&{name}=1"),
                    format!("{name}=1&{first}=2"),
                    format!("{name}=&{name}="),
                    format!("{name}=1&colour=red"),
                ]);
            }
        }
        let body = berg.body(&method, &path, id).await;
        for query in &queries {
            for who in [&nobody, &maria] {
                let mut request = who.request(method.clone(), &format!("{at}?{query}"));
                if let Some(body) = &body {
                    request = request.json(body);
                }
                is_malformed(who.send(request).await, &format!("{method} {path}?{query}"));
            }
        }
    }
    let path = "/openapi.json?colour=red";
    is_malformed(nobody.get(path).await, path);
    assert_eq!(
        denials(&town.place, &maria.id),
        Vec::<String>::new(),
        "nothing was looked up"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_refuses_a_header_that_comes_twice_where_one_can_count() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let maria = town.maria().await;
    let bearer = format!("Bearer {}", maria.token());
    for (method, path, _) in operations() {
        let id = &berg.file;
        let at = path.replace("{id}", id).replace("{part_id}", id);
        let body = berg.body(&method, &path, id).await;
        for (name, first, second) in [
            ("Authorization", bearer.as_str(), bearer.as_str()),
            ("Authorization", "Basic eDp5", bearer.as_str()),
            ("Idempotency-Key", "one", "two"),
            ("idempotency-key", "one", "one"),
            ("If-Match", "\"1\"", "*"),
            ("Content-Type", "application/json", "application/json"),
            ("Content-Type", "text/plain", "application/json"),
        ] {
            let who = if name == "Authorization" {
                town.nobody()
            } else {
                maria.clone()
            };
            let request = who
                .request(method.clone(), &at)
                .header(name, first)
                .header(name, second);
            let request = request.body(body.as_ref().map(Value::to_string).unwrap_or_default());
            is_malformed(who.send(request).await, &format!("{method} {path} with two {name}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_is_none_there_is_told_which_are() {
    let town = Town::new().await;
    let (nobody, maria) = (town.nobody(), town.maria().await);
    let mut methods: BTreeMap<String, Vec<Method>> = BTreeMap::new();
    for (method, path, _) in operations() {
        methods.entry(path).or_default().push(method);
    }
    let id = town.app.clock.fresh_id::<()>().to_string();
    // Of `/things/word` some methods are those of `/things/{id}`.
    let fits = |template: &str, path: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len() && template.iter().zip(&path).all(|(a, b)| a == b || a.starts_with('{'))
    };
    let all = methods.clone();
    for (path, known) in methods {
        let is_anothers = |method: &Method| all.iter().any(|(one, can)| can.contains(method) && fits(one, &path));
        let at = path.replace("{id}", &id).replace("{part_id}", &id);
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ] {
            if known.contains(&method) || is_anothers(&method) {
                continue;
            }
            for who in [&nobody, &maria] {
                let answer = who.send(who.request(method.clone(), &at)).await;
                let what = format!("{method} {path}");
                assert_eq!(answer.status, 405, "{what}: {answer}");
                let mut allowed: Vec<&str> = answer.header("allow").split(", ").collect();
                let mut expected: Vec<&str> = known.iter().map(Method::as_str).collect();
                allowed.sort_unstable();
                expected.sort_unstable();
                assert_eq!(allowed, expected, "{what}");
                sealed::check(&answer, &what);
            }
        }
    }
    for path in [
        "",
        "/",
        "/nothing",
        "/errands/",
        "/errands//messages",
        "/me/more",
        "/..%2f..%2fetc",
    ] {
        let answer = maria.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {answer}");
        sealed::check(&answer, path);
    }
}

/// A page's cookie of someone signed in.
async fn cookie(town: &Town) -> String {
    let secret = |text: &str| Secret::new(text.to_owned());
    let attempt = Attempt {
        board: "borlange".into(),
        email: secret("maria.lind@example.org"),
        password: secret(famn::demo::PASSWORD),
        code: None,
    };
    let origin = Origin {
        request: town.app.clock.fresh_id::<()>().uuid(),
        ip: None,
    };
    let session = open_page_session(&town.app, attempt, origin).await.expect("a session");
    session.cookie.expose().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cookie_is_accepted() {
    let town = Town::new().await;
    let berg = Berg::of(&town).await;
    let (maria, cookie, nobody) = (town.maria().await, cookie(&town).await, town.nobody());
    let bare = nobody.get("/me").await;
    for value in [
        cookie.as_str(),
        maria.token(),
        maria.refresh_token.as_deref().unwrap_or_default(),
    ] {
        for name in ["__Host-sid", "sid", "session", "access_token", "Authorization"] {
            for (method, path, _) in operations() {
                if super::people::PUBLIC.contains(&path.as_str()) {
                    continue;
                }
                let request = nobody.request(method.clone(), &berg.at(&path, &berg.file));
                let answer = nobody.send(request.header("Cookie", format!("{name}={value}"))).await;
                assert_eq!(answer.status, 401, "{method} {path} with {name}: {answer}");
                assert_eq!(super::bare(&answer), super::bare(&bare), "{method} {path} with {name}");
            }
        }
    }
    // Nor does one do harm beside a token, nor is the page's secret a token.
    let both = maria.request(Method::GET, "/me").header("Cookie", "__Host-sid=nothing");
    maria.send(both).await.expect(200);
    let odd: [Person; 3] = [
        nobody.with_token(Some(&cookie)),
        nobody.with_token(maria.refresh_token.as_deref()),
        nobody.with_token(Some("")),
    ];
    for person in odd {
        assert_eq!(person.get("/me").await.problem(401), "sign-in");
    }
}
