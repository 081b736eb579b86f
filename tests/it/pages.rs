//! The pages as a browser without scripts sees them.

mod decided;
mod kept;
mod me;
mod more;
mod open;
mod team;
mod wished;
mod wishes;

use crate::kit::{Browser, Filled, Page, Town, picture};
use reqwest::Method;

const CONTENT: &str = "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                       base-uri 'none'; frame-ancestors 'none'";

const SCRIPTED: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' \
                        blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

async fn browser(town: &Town, who: &str) -> Browser {
    Browser::signed_in(&town.base, who).await
}

/// The last that can be chosen: an assignment by itself, after what was granted for it.
fn assignment(page: &Page) -> String {
    let values = page.text.split("name=\"assignment_id\" value=\"").skip(1);
    let last = values.filter_map(|rest| rest.split('"').next()).last();
    last.expect("an assignment").to_owned()
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
        .but("body", body)
        .but("do", "send");
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
        (&anna, "/onska/inkop", 200),
        (&anna, "/onska/resa", 200),
        (&anna, "/godkant", 200),
        (&anna, "/arenden", 200),
        (&anna, errand.as_str(), 200),
        (&anna, "/logg", 403),
        (&maria, "/arenden", 200),
        (&maria, errand.as_str(), 200),
        (&maria, "/arenden?number=FH", 422),
        (&maria, "/arenden?odd=1", 200),
        (&per, "/logg", 200),
        (&per, "/arenden", 403),
    ] {
        let page = who.get(path).await;
        assert_eq!(page.status, status, "{path}");
        for (name, value) in [
            (
                "content-security-policy",
                if page.shows("<script") { SCRIPTED } else { CONTENT },
            ),
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
            page.shows("<html lang=\"sv\">") && !page.shows("style=\"") && !page.shows(" onclick"),
            "{path}"
        );
        // Scripts are files of ours, and a page that is read only has none.
        let scripts = page.text.matches("<script").count();
        assert_eq!(scripts, page.text.matches("<script src=\"/assets/").count(), "{path}");
        let typed_into = ["/skriv", "/kvitton", "/onska/inkop", "/onska/resa", errand.as_str()].contains(&path);
        let handles = path.starts_with("/arenden") && who.cookie("__Host-sid") == maria.cookie("__Host-sid");
        assert_eq!(
            scripts > 0,
            status == 200 && (typed_into || handles) || path.contains("number="),
            "{path}"
        );
    }
    let script = anna.get("/kvitton").await.text;
    let script = script
        .split("<script src=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a script");
    let script = nobody.get(script).await;
    assert_eq!(script.answer.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(
        script.answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
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
async fn a_message_with_a_photo_is_answered_and_the_note_stays_with_the_team() {
    let town = Town::new().await;
    let (anna, erik, maria) = (
        browser(&town, "anna.berg").await,
        browser(&town, "erik.berg").await,
        browser(&town, "maria.lind").await,
    );
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
        .but("body", "Se bilden\r\nfrån i går")
        .but("do", "send");
    let photo = form.clone().file("files", "sovrum.png", "image/png", &picture());
    let done = anna.submit("/skriv", &photo, true).await;
    assert!(
        done.shows("Meddelandet är skickat") && done.shows("FH-"),
        "{}",
        done.text
    );
    let errand = done.path.trim_end_matches("/klart").to_owned();

    // Back, and send again: the same errand. With other words: not sent, and said so.
    let again = anna.submit("/skriv", &photo, true).await;
    assert_eq!(again.path, done.path);
    let other = anna.submit("/skriv", &photo.but("body", "Något annat"), true).await;
    assert!(
        other.status == 409 && other.shows("Det här är redan skickat"),
        "{}",
        other.text
    );

    let inbox = maria.get("/arenden?unread=true").await;
    assert!(inbox.shows(&errand) && inbox.shows("Oläst.") && !inbox.shows("Se bilden"));
    let seen = maria.get(&errand).await;
    let file = seen.link("/filer/");
    assert!(seen.shows("Se bilden\nfrån i går") && seen.shows("sovrum.png"));
    let shown = maria.get(&file).await;
    assert!(shown.status == 200 && shown.answer.header("content-disposition").starts_with("attachment"));
    assert_eq!(maria.get(&format!("{file}/original")).await.answer.bytes, picture());

    let reply = seen.form(&format!("{errand}/svar")).but("body", "Tack, det ser bra ut");
    assert!(
        maria
            .submit(&format!("{errand}/svar"), &reply, true)
            .await
            .shows("Svaret är skickat")
    );
    let note = maria
        .get(&errand)
        .await
        .form(&format!("{errand}/anteckning"))
        .but("note", "Stäm av med barnets socialsekreterare");
    let noted = maria.submit(&format!("{errand}/anteckning"), &note, false).await;
    assert!(noted.shows("Stäm av med barnets socialsekreterare") && noted.shows("Familjen ser inte anteckningen"));
    for parent in [&anna, &erik] {
        for path in [
            "/",
            "/arenden",
            errand.as_str(),
            &format!("{errand}/klart"),
            &format!("{errand}?klart=anteckning"),
        ] {
            let page = parent.get(path).await;
            assert!(
                page.status == 200 && !page.shows("socialsekreterare") && !page.shows("msg--note"),
                "{path}"
            );
        }
        assert!(parent.get(&errand).await.shows("Tack, det ser bra ut"));
        let taken = parent
            .get(&errand)
            .await
            .form(&format!("{errand}/svar"))
            .but("note", "Hej");
        assert_eq!(
            parent
                .submit(&format!("{errand}/anteckning"), &taken, false)
                .await
                .status,
            403
        );
    }
    for (who, path) in [
        ("sara.ohman", &errand),
        ("per.holm", &errand),
        ("lisa.vans", &errand),
        ("sara.ohman", &file),
    ] {
        assert_eq!(browser(&town, who).await.get(path).await.status, 404, "{who} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_handed_in_card_by_card() {
    let town = Town::new().await;
    let (anna, maria) = (browser(&town, "anna.berg").await, browser(&town, "maria.lind").await);
    let page = anna.get("/kvitton").await;
    let first = page
        .form("/kvitton")
        .but("receipts.0.amount_ore", "1 250,50")
        .but("receipts.0.supplier", "Sportboden");
    let first = first.file("receipts.0.file", "kvitto.png", "image/png", &picture());
    let two = anna.submit("/kvitton", &first.but("do", "add"), true).await;
    assert!(
        two.status == 200
            && two.shows("Kvitto 2")
            && two.shows("Bilden är sparad")
            && two.shows("1\u{a0}250,50\u{a0}kr")
    );
    // What is missing is told at once, on top and at each field; what was typed and sent stays.
    let text_file =
        two.form("/kvitton")
            .but("do", "send")
            .file("receipts.1.file", "kvitto.png", "image/png", b"inte en bild");
    let wrong = anna
        .submit("/kvitton", &text_file.but("receipts.1.amount_ore", "tolv"), true)
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    for told in [
        "Välj en bild eller pdf till kvitto 2.",
        "Välj vilken dag köpet på kvitto 1 gjordes.",
        "Fyll i beloppet för kvitto 2 med siffror, till exempel 249,50.",
        "Fyll i butiken för kvitto 2.",
        "Välj vad kvittona hör till.",
        "Kryssa i att uppgifterna är riktiga.",
    ] {
        assert_eq!(wrong.text.matches(told).count(), 2, "{told}");
    }
    assert!(
        wrong.shows("<title>Fel: Lämna in kvitton") && wrong.shows("value=\"tolv\"") && wrong.shows("Bilden är sparad")
    );
    assert!(wrong.shows("href=\"#receipts-1-supplier\"") && wrong.shows("id=\"receipts-1-supplier\""));
    let one = anna
        .submit("/kvitton", &wrong.form("/kvitton").but("do", "remove.1"), true)
        .await;
    assert!(one.status == 200 && !one.shows("Kvitto 2"));
    let form = one
        .form("/kvitton")
        .but("do", "send")
        .but("receipts.0.purchased_on", "2026-11-14")
        .but("assignment_id", &assignment(&one));
    let form = form
        .but("receipts.0.category", "leisure_equipment")
        .but("declaration", "ja");
    let done = anna.submit("/kvitton", &form, true).await;
    assert!(done.shows("Kvittona är inlämnade"), "{} {}", done.status, done.text);
    assert_eq!(anna.submit("/kvitton", &form, true).await.path, done.path, "not twice");

    let errand = done.path.trim_end_matches("/klart").to_owned();
    let seen = maria.get(&errand).await;
    assert!(seen.shows("Sportboden") && seen.shows("1\u{a0}250,50\u{a0}kr") && seen.shows("köpt 14\u{a0}november"));
    let ask = Filled {
        fields: seen.form(&format!("{errand}/svar")).fields,
        files: Vec::new(),
    };
    let ask = ask.but("state", "supplement_requested");
    let mute = maria.submit(&format!("{errand}/lage"), &ask, false).await;
    assert!(
        mute.status == 422 && mute.shows("Skriv vad familjen behöver komplettera med."),
        "{}",
        mute.text
    );
    let asked = maria
        .submit(&format!("{errand}/lage"), &ask.but("message", "Ta en ny bild"), false)
        .await;
    assert!(asked.status == 200 && asked.shows("Väntar på familjen"));
    assert!(anna.get("/").await.shows("Teamet väntar på ditt svar"));
    let take_back = anna.get(&errand).await.form(&format!("{errand}/lage"));
    let taken = anna.submit(&format!("{errand}/lage"), &take_back, false).await;
    assert!(
        taken.shows("Återtaget") && !taken.shows("Skicka svaret"),
        "{}",
        taken.text
    );
}
