//! The pages as a browser without scripts sees them.

mod errand;

use crate::kit::{Browser, Town, picture};
use reqwest::Method;

const CONTENT: &str = "default-src 'none'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
                       script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
                       frame-ancestors 'none'";

async fn browser(town: &Town, who: &str) -> Browser {
    Browser::signed_in(&town.base, who).await
}

/// A message sent by its page; gives the errand's path.
async fn writes(browser: &Browser, subject: &str, body: &str) -> String {
    let form = browser.get("/skriv").await.form("/skriv");
    let place = browser.get("/skriv").await.text;
    let place = place
        .split("value=\"uppdrag:")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("an assignment");
    let form = form
        .but("where", &format!("uppdrag:{place}"))
        .but("subject", subject)
        .but("body", body);
    let done = browser.submit("/skriv", &form, true).await;
    assert!(done.path.ends_with("/klart"), "{} {}", done.status, done.text);
    done.path.trim_end_matches("/klart").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_bears_its_headers() {
    let town = Town::new().await;
    let (nobody, anna, maria, per) = (
        Browser::new(&town.base),
        browser(&town, "anna.berg").await,
        browser(&town, "maria.lind").await,
        browser(&town, "per.holm").await,
    );
    let errand = writes(&anna, "Rubrik", "Hej").await;
    for (who, path, status) in [
        (&nobody, "/", 200),
        (&nobody, "/logga-in", 200),
        (&nobody, "/finns-inte", 404),
        (&anna, "/", 200),
        (&anna, "/skriv", 200),
        (&anna, "/kvitton", 200),
        (&anna, "/arenden", 200),
        (&anna, errand.as_str(), 200),
        (&anna, "/logg", 403),
        (&maria, "/arenden", 200),
        (&maria, errand.as_str(), 200),
        (&maria, "/arenden?number=FH", 422),
        (&maria, "/arenden?odd=1", 400),
        (&per, "/logg", 200),
        (&per, "/arenden", 403),
    ] {
        let page = who.get(path).await;
        assert_eq!(page.status, status, "{path}");
        for (name, value) in [
            ("content-security-policy", CONTENT),
            ("cache-control", "no-store"),
            ("content-type", "text/html; charset=utf-8"),
            ("content-language", "sv"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(page.answer.header(name), value, "{path} {name}");
        }
        assert!(page.answer.headers.contains_key("x-request-id"));
        assert_eq!(page.text.matches("<h1").count(), 1, "{path} has one heading");
        assert!(
            page.shows("<html lang=\"sv\">") && !page.shows("<script") && !page.shows("style=\""),
            "{path}"
        );
    }
    let style = nobody.get("/").await.link("/assets/app.");
    let style = nobody.get(&style).await;
    assert_eq!(
        style.answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(style.answer.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(nobody.get("/assets/app.0000000000000000.css").await.status, 404);
    let api = nobody.get("/api/v1/errands").await;
    assert_eq!(
        api.answer.header("content-type"),
        "application/problem+json; charset=utf-8"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_and_ends_with_its_cookie() {
    let town = Town::new().await;
    let anna = browser(&town, "anna.berg").await;
    let errand = writes(&anna, "Rubrik", "Hej").await;
    let first = anna.cookie("__Host-sid").expect("a cookie");
    assert!(first.len() >= 43 && anna.cookie("__Host-pre").is_none());

    let stranger = Browser::new(&town.base);
    let asked = stranger.get(&errand).await;
    assert_eq!(asked.path, format!("/logga-in?tillbaka={errand}"));
    // A link in a letter: the browser holds the cookie back until one of our own pages asks.
    let met = stranger
        .send(
            stranger
                .request(Method::GET, &errand)
                .header("Sec-Fetch-Site", "cross-site"),
        )
        .await;
    assert!(String::from_utf8_lossy(&met.bytes).contains(&format!("content=\"0; url={errand}\"")));

    // A wrong password: the same words whatever is wrong, and what was typed stays, but for the password.
    let form = asked.form("/logga-in");
    let wrong = form
        .clone()
        .but("board", "borlange")
        .but("email", "anna.berg@example.org")
        .but("password", "fel lösenord");
    let told = stranger.submit("/logga-in", &wrong, false).await;
    let nobodys = Browser::new(&town.base);
    let other = nobodys
        .get("/logga-in")
        .await
        .form("/logga-in")
        .but("email", "ingen@example.org")
        .but("password", "fel");
    let same = nobodys.submit("/logga-in", &other, false).await;
    let words = "Kommun, e-post och lösenord hör inte ihop. Kontrollera dem och försök igen.";
    assert!(told.status == 401 && told.shows(words) && same.status == 401 && same.shows(words));
    assert!(told.shows("anna.berg@example.org\"") && !told.shows("fel lösenord"));
    let right = told
        .form("/logga-in")
        .but("board", "borlange")
        .but("password", famn::demo::PASSWORD);
    let back = stranger.submit("/logga-in", &right, false).await;
    assert_eq!(
        (back.status, back.path.as_str()),
        (200, errand.as_str()),
        "sent back to what was asked for"
    );
    let second = stranger.cookie("__Host-sid").expect("a cookie");
    assert_ne!(first, second, "a new value at every sign-in");

    let out = stranger.get("/").await.form("/logga-ut");
    let out = stranger.submit("/logga-ut", &out, false).await;
    assert!(out.shows("Du är utloggad") && stranger.cookie("__Host-sid").is_none());
    let replayed = Browser::new(&town.base);
    let request = replayed
        .request(Method::GET, &errand)
        .header("Cookie", format!("__Host-sid={second}"));
    assert_eq!(
        replayed.send(request).await.status,
        303,
        "the old cookie is worth nothing"
    );
    let bearer = replayed
        .request(Method::GET, "/api/v1/me")
        .header("Cookie", format!("__Host-sid={first}"));
    assert_eq!(
        replayed.send(bearer).await.status,
        401,
        "no cookie is looked at under /api"
    );
    assert_eq!(anna.get(&errand).await.status, 200, "the other session goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_stays_text() {
    let town = Town::new().await;
    let (anna, maria, per) = (
        browser(&town, "anna.berg").await,
        browser(&town, "maria.lind").await,
        browser(&town, "per.holm").await,
    );
    let bad = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'&{{7*7}}";
    let page = anna.get("/skriv").await;
    let place = page
        .text
        .split("value=\"hem:")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the whole home");
    let form = page
        .form("/skriv")
        .but("where", &format!("hem:{place}"))
        .but("subject", bad)
        .but("body", bad);
    // First with a fault, so that all of it is shown again, then for good.
    let again = anna
        .submit("/skriv", &form.clone().but("where", bad).but("category", bad), true)
        .await;
    assert_eq!(again.status, 422);
    let form =
        form.but("subject", &bad[..60])
            .file("files", "\"><img src=x onerror=alert(3)>.png", "image/png", &picture());
    let done = anna.submit("/skriv", &form, true).await;
    let errand = done.path.trim_end_matches("/klart").to_owned();
    let note = maria
        .get(&errand)
        .await
        .form(&format!("{errand}/anteckning"))
        .but("note", bad);
    maria.submit(&format!("{errand}/anteckning"), &note, false).await;
    let odd = format!("/logg?errand={}&person=", "%3Cscript%3E%22%3E");
    let mut shown = vec![again, done];
    for (who, path) in [
        (&anna, "/"),
        (&anna, "/arenden"),
        (&anna, errand.as_str()),
        (&maria, errand.as_str()),
        (&per, odd.as_str()),
    ] {
        shown.push(who.get(path).await);
    }
    shown.push(maria.get("/arenden?number=%22%3E%3Cscript%3E").await);
    shown.push(anna.get("/%3Cscript%3E").await);
    for page in &shown {
        for raw in ["<script", "<img src=x", "onerror=alert(2)>"] {
            assert!(!page.shows(raw), "{} holds {raw}", page.path);
        }
    }
    let team = &shown[5];
    assert!(
        team.shows("&#60;script&#62;alert(1)") && team.shows("{{7*7}}"),
        "{}",
        team.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn auditors_read_the_log_on_a_page() {
    let town = Town::new().await;
    let (anna, maria, per) = (
        browser(&town, "anna.berg").await,
        browser(&town, "maria.lind").await,
        browser(&town, "per.holm").await,
    );
    let errand = writes(&anna, "Hemlig rubrik", "Hemligt innehåll").await;
    maria.get(&errand).await;
    browser(&town, "jonas.ahl").await.get(&errand).await;
    let log = per.get("/logg").await;
    for told in [
        "Maria Lind",
        "Läste ärende",
        "Nekades",
        "Ansvarig handläggare",
        "Jonas Ahl",
        "FH-",
    ] {
        assert!(log.shows(told), "{told} in {}", log.text);
    }
    assert!(!log.shows("Hemlig"));
    let number = log
        .text
        .split("FH-")
        .nth(1)
        .and_then(|rest| rest.get(..13))
        .expect("a number")
        .to_owned();
    let narrowed = per
        .get(&format!(
            "/logg?from=&to=&errand=FH-{number}&action=errand.read&outcome=denied"
        ))
        .await;
    assert!(
        narrowed.shows("Jonas Ahl") && !narrowed.shows(">Maria Lind<"),
        "{}",
        narrowed.text
    );
    assert_eq!(per.get("/logg?from=2026-11-22&to=2026-11-01").await.status, 422);
    for odd in ["person=x", "action=x", "outcome=x", "x=y"] {
        assert_eq!(per.get(&format!("/logg?{odd}")).await.status, 400, "{odd}");
    }
    assert!(browser(&town, "dora.sund").await.get("/logg").await.status == 403);
}
