//! What stands around the service: proxies that are believed or not, limits, deadlines, metrics.

use crate::kit::{Answer, Person, Place, Town, count, events, on_postgres};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use famn::access::Origin;
use famn::account::{Attempt, open_page_session};
use famn::clock::Clock;
use famn::config::Config;
use famn::secret::Secret;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// An address of a documentation network: someone beyond the proxy.
const BEYOND: &str = "192.0.2.50";

fn trusting(config: &mut Config) {
    config.server.trusted_proxies = vec!["127.0.0.1".parse::<std::net::IpAddr>().expect("an address").into()];
}

async fn standing_still(change: impl FnOnce(&mut Config)) -> Town {
    Town::with(Clock::fixed(Clock::system().now()), change).await
}

/// What comes back to someone who says to come from `from`.
async fn get_from(person: &Person, path: &str, from: &str) -> Answer {
    let request = person.request(Method::GET, path);
    person.send(request.header("X-Forwarded-For", from)).await
}

async fn page_from(person: &Person, path: &str, from: &str, cookie: Option<&str>) -> Answer {
    let request = person.plain(Method::GET, path).header("X-Forwarded-For", from);
    let request = match cookie {
        Some(cookie) => request.header("Cookie", format!("__Host-sid={cookie}")),
        None => request,
    };
    person.send(request).await
}

fn newest_address(town: &Town) -> String {
    let events = events(&town.place);
    let ip = events.last().and_then(|event| event["ip"].as_str().map(str::to_owned));
    ip.expect("the event bears an address")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_address_is_believed_of_a_trusted_proxy_alone() {
    let town = Town::with(Clock::system(), trusting).await;
    let anna = town.anna().await;
    get_from(&anna, "/me", "6.6.6.6, 192.0.2.50").await.expect(200);
    assert_eq!(
        newest_address(&town),
        BEYOND,
        "what the proxy wrote, not what it was told"
    );
    get_from(&anna, "/me", "192.0.2.50, unknown").await.expect(200);
    assert_eq!(newest_address(&town), "127.0.0.1");

    let town = Town::new().await;
    let anna = town.anna().await;
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
        let value = if header == "Forwarded" {
            "for=192.0.2.50"
        } else {
            BEYOND
        };
        let request = anna.request(Method::GET, "/me").header(header, value);
        anna.send(request).await.expect(200);
        assert_eq!(newest_address(&town), "127.0.0.1", "{header} of a stranger");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_counted_by_the_address_that_is_believed() {
    let wrong = json!({"board": "borlange", "email": "anna.berg@example.org", "password": "not this one at all"});
    // Account, everyone, and for each network a pair and the network.
    for (trusts, buckets) in [(true, 2 + 2 * 2), (false, 2 + 2)] {
        let town = Town::with(Clock::system(), |config| {
            if trusts {
                trusting(config);
            }
        })
        .await;
        let nobody = town.nobody();
        let before = count(&town.place, "sign_in_bucket");
        for from in ["192.0.2.1", "198.51.100.1"] {
            let request = nobody.request(Method::POST, "/sessions").json(&wrong);
            let answer = nobody.send(request.header("X-Forwarded-For", from)).await;
            assert!([401, 429].contains(&answer.status.as_u16()), "{answer}");
        }
        assert_eq!(
            count(&town.place, "sign_in_bucket") - before,
            buckets,
            "trusting: {trusts}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_have_a_limit_by_address_and_the_signed_in_behind_it_do_not_feel_it() {
    let town = standing_still(|config| {
        trusting(config);
        config.limits.address = 10;
    })
    .await;
    let (anna, nobody) = (town.anna().await, town.nobody());
    let attempt = Attempt {
        board: "borlange".into(),
        email: Secret::new("erik.berg@example.org".into()),
        password: Secret::new(famn::demo::PASSWORD.into()),
        code: None,
    };
    let origin = Origin {
        request: anna.id.parse().expect("an id"),
        ip: None,
    };
    let cookie = open_page_session(&town.app, attempt, origin)
        .await
        .expect("a session")
        .cookie;
    let cookie = Some(cookie.expose().as_str());
    assert_eq!(
        page_from(&nobody, "/", BEYOND, cookie).await.status,
        200,
        "known from now on"
    );

    let answers = join_all((0..150).map(|_| get_from(&nobody, "/boards", BEYOND))).await;
    let admitted = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(
        admitted, 99,
        "ten seconds' worth at once, one of which the page has had"
    );
    let refused = get_from(&nobody, "/boards", BEYOND).await;
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.problem(429), "too-many");
    let page = page_from(&nobody, "/logga-in", BEYOND, None).await;
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (429, "1"));
    assert!(page.header("content-type").starts_with("text/html"), "{page}");
    let invented = page_from(&nobody, "/", BEYOND, Some("0".repeat(64).as_str())).await;
    assert_eq!(invented.status, 429, "a cookie that names nothing opens no way round");
    let forged = nobody.with_token(Some("a.b.c"));
    assert_eq!(
        get_from(&forged, "/boards", BEYOND).await.status,
        429,
        "nor does a token"
    );

    get_from(&anna, "/me", BEYOND).await.expect(200);
    assert_eq!(page_from(&nobody, "/", BEYOND, cookie).await.status, 200);
    get_from(&nobody, "/boards", "192.0.2.51").await.expect(200);
    assert_eq!(nobody.send(nobody.plain(Method::GET, "/health/live")).await.status, 200);
    town.app.clock.forward(Duration::from_secs(1));
    get_from(&nobody, "/boards", BEYOND).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_is_charged_to_its_person_and_lifts_no_limit_once_its_session_has_ended() {
    let town = standing_still(|config| {
        trusting(config);
        config.limits.address = 10;
    })
    .await;
    let nobody = town.nobody();
    let calls = async |cookie: &str, from: &str, calls: usize| {
        let mut admitted = 0;
        for _ in 0..calls / 50 {
            let answers = join_all((0..50).map(|_| page_from(&nobody, "/tillganglighet", from, Some(cookie)))).await;
            admitted += answers.iter().filter(|answer| answer.status == 200).count();
        }
        admitted
    };
    let enter = async |who: &str, from: &str| {
        let attempt = Attempt {
            board: "borlange".into(),
            email: Secret::new(who.into()),
            password: Secret::new(famn::demo::PASSWORD.into()),
            code: None,
        };
        let origin = Origin {
            request: town.app.clock.fresh_id::<()>().uuid(),
            ip: None,
        };
        let session = open_page_session(&town.app, attempt, origin).await.expect("a session");
        let cookie = session.cookie.expose().clone();
        assert_eq!(page_from(&nobody, "/", from, Some(&cookie)).await.status, 200);
        cookie
    };
    // A page that looks at no session counts for whoever bears the cookie all the same.
    let erik = enter("erik.berg@example.org", "192.0.2.60").await;
    assert_eq!(
        calls(&erik, "192.0.2.60", 1_500).await,
        1_000,
        "a person's two seconds' worth"
    );

    // Ended elsewhere: believed for some seconds, and then no more.
    let sara = enter("sara.ohman@example.org", "192.0.2.61").await;
    let ends = "UPDATE session SET ended_at = seen_at WHERE cookie_hash IS NOT NULL";
    crate::kit::execute(&town.place, ends);
    town.app.clock.forward(Duration::from_secs(11));
    assert_eq!(
        calls(&sara, "192.0.2.61", 500).await,
        100,
        "a stranger's ten seconds' worth"
    );

    // Signed out: at once.
    let browser = crate::kit::Browser::signed_in(&town.base, "maria.lind").await;
    let cookie = browser.cookie("__Host-sid").expect("a session");
    assert_eq!(
        page_from(&nobody, "/jag", "192.0.2.62", Some(&cookie)).await.status,
        200
    );
    browser
        .submit("/logga-ut", &browser.get("/jag").await.form("/logga-ut"), false)
        .await;
    assert_eq!(calls(&cookie, "192.0.2.62", 500).await, 99);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_a_stranger_wins_no_new_bucket_and_this_machine_has_none() {
    let town = standing_still(|config| config.limits.address = 10).await;
    let nobody = town.nobody();
    for nth in 0..250 {
        let from = format!("192.0.2.{nth}");
        get_from(&nobody, "/boards", &from).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_a_limit_over_all_sessions() {
    let town = standing_still(trusting).await;
    let (one, other, maria) = (town.anna().await, town.anna().await, town.maria().await);
    let mut admitted = 0;
    for _ in 0..21 {
        let answers = join_all((0..50).map(|nth| {
            let from = format!("192.0.2.{nth}");
            let person = if nth % 2 == 0 { one.clone() } else { other.clone() };
            async move { get_from(&person, "/errands/none", &from).await }
        }))
        .await;
        admitted += answers.iter().filter(|answer| answer.status == 404).count();
    }
    assert_eq!(admitted, 1000, "five hundred a second, and two seconds' worth at once");
    assert_eq!(get_from(&one, "/me", BEYOND).await.problem(429), "too-many");
    get_from(&maria, "/me", BEYOND).await.expect(200);
    one.get("/me").await.expect(200);
    town.app.clock.forward(Duration::from_secs(1));
    get_from(&other, "/me", BEYOND).await.expect(200);
}

/// Someone else at the database, who holds what every act needs.
enum Holder {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Holder {
    fn of(place: &Place) -> Holder {
        match place.url.strip_prefix("sqlite:") {
            Some(path) => {
                let mut db = SqliteConnection::establish(path).expect("the file opens");
                db.batch_execute("PRAGMA busy_timeout=10000; BEGIN IMMEDIATE")
                    .expect("it is held");
                Holder::Sqlite(db)
            }
            None => {
                let mut db = PgConnection::establish(&place.url).expect("the database answers");
                db.batch_execute("BEGIN; LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE")
                    .expect("it is held");
                Holder::Postgres(db)
            }
        }
    }

    fn let_go(self) {
        match self {
            Holder::Sqlite(mut db) => db.batch_execute("ROLLBACK"),
            Holder::Postgres(mut db) => db.batch_execute("ROLLBACK"),
        }
        .expect("it is let go");
    }
}

/// Writes that all come back while the database is held, and within `deadline` (five times that, for a busy machine);
/// nobody lets go before they have.
async fn all_are_told(town: &Town, anna: &Person, writes: usize, deadline: Duration) {
    let errands = count(&town.place, "errand");
    let assignment = anna.assignment().await;
    let place = &town.place;
    let holder = tokio::task::block_in_place(|| Holder::of(place));
    let new = json!({"kind": "message", "assignment_id": assignment, "subject": "Fråga", "body": "Hej"});
    let asked = std::time::Instant::now();
    let answers = join_all((0..writes).map(|_| anna.post("/errands", new.clone()))).await;
    let waited = asked.elapsed();
    assert!(waited < deadline * 5, "{waited:?}");
    for answer in answers {
        assert_eq!(answer.header("retry-after"), "5");
        assert_eq!(answer.problem(503), "unavailable");
    }
    tokio::task::block_in_place(|| holder.let_go());
    anna.post("/errands", new).await.expect(201);
    let made = count(&town.place, "errand") - errands;
    // Where acts run beside each other, one that had begun may still come to its end.
    assert!(made == 1 || (on_postgres() && made <= 1 + writes), "{made} were made");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_database_that_another_holds() {
    let town = Town::new().await;
    let anna = town.anna().await;
    all_are_told(&town, &anna, 40, town.app.config.server.deadline).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_longer_than_the_deadline() {
    let deadline = Duration::from_secs(2);
    let town = Town::with(Clock::system(), |config| config.server.deadline = deadline).await;
    let anna = town.anna().await;
    all_are_told(&town, &anna, 4, deadline).await;
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_and_name_nobody() {
    let listen = free_address();
    let town = Town::with(Clock::system(), |config| config.metrics.listen = Some(listen)).await;
    let (anna, nobody) = (town.anna().await, town.nobody());
    let made = anna.writes("Alva har fått en kallelse").await;
    let errand = made["id"].as_str().expect("an id");
    anna.opens(errand).await.expect(200);
    let sent = anna
        .uploads("k.pdf", "application/pdf", crate::kit::samples::pdf(10))
        .await;
    sent.expect(201);
    let wrong = json!({"board": "borlange", "email": "anna.berg@example.org", "password": "not this one at all"});
    nobody.post("/sessions", wrong).await.expect(401);
    let invented = reqwest::Method::from_bytes(b"INVENTED").expect("a method");
    nobody.send(nobody.plain(invented, "/anna.berg@example.org")).await;

    let text = reqwest::get(format!("http://{listen}/metrics"))
        .await
        .expect("an answer");
    let kind = text.headers()["content-type"].to_str().expect("text").to_owned();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = text.text().await.expect("text");
    for line in [
        r#"famn_requests_total{route="/api/v1/errands",method="POST",status="2xx"} 1"#,
        r#"famn_requests_total{route="/api/v1/errands/{id}",method="GET",status="2xx"} 1"#,
        r#"famn_requests_total{route="-",method="other",status="4xx"} 1"#,
        r#"famn_request_seconds_count{route="/api/v1/files"} 1"#,
        "famn_uploads_total 1",
        "famn_sign_ins_failed_total 1",
        "famn_too_many_total 0",
        "famn_database_answers 1",
        "famn_letters_dead 0",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    for name in [
        "audit_pending_events",
        "audit_lag_seconds",
        "audit_checkpoint_age_seconds",
        "letters_waiting",
    ] {
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("famn_{name} ")));
        let value: f64 = value.and_then(|value| value.parse().ok()).unwrap_or(f64::NAN);
        assert!((0.0..100_000.0).contains(&value), "{name}: {value}");
    }
    let ids = [errand, anna.id.as_str()];
    for word in ids.into_iter().chain(["anna", "Alva", "@", "borlange", "127.0.0.1"]) {
        assert!(!text.contains(word), "{word} in\n{text}");
    }
    assert_eq!(nobody.send(nobody.plain(Method::GET, "/metrics")).await.status, 404);
    let elsewhere = reqwest::get(format!("http://{listen}/health/ready"))
        .await
        .expect("an answer");
    assert_eq!(elsewhere.status(), 404, "nothing else is there");
}
