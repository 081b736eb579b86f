//! Nothing typed is lost: drafts of forms, and forms whose session has ended.

use super::{Browser, Filled, Page, Town, browser, picture};
use crate::kit::{count, events, id};
use famn::clock::Clock;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

fn clock() -> Clock {
    Clock::fixed(Clock::system().now().plus(HOUR * 24))
}

/// The message form filled in so far.
async fn typed(anna: &Browser, body: &str) -> Filled {
    let page = anna.get("/skriv").await;
    let place = page.text.split("value=\"uppdrag:").nth(1).expect("an assignment");
    let place = place.split('"').next().expect("an id");
    page.form("/skriv")
        .but("where", &format!("uppdrag:{place}"))
        .but("body", body)
}

/// Signs in on the page that tells that the session has ended.
async fn signs_in_on(page: &Page, at: &Browser, email: &str) -> Page {
    let form = page
        .form("/logga-in")
        .but("board", "borlange")
        .but("email", email)
        .but("password", famn::demo::PASSWORD);
    at.submit("/logga-in", &form, false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_too_late_comes_back_to_the_one_who_typed_it() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let anna = browser(&town, "anna.berg").await;
    let words = "Vi undrar <b>om</b> \"lovet\" & resan";
    town.nobody().plant("Vi undrar <b>om");
    let form = typed(&anna, words).await.but("do", "check");
    let form = form.file("files", "bild.png", "image/png", &picture());
    clock.forward(HOUR);
    let late = anna.submit("/skriv", &form, true).await;
    assert_eq!(late.status, 401, "{}", late.text);
    assert!(
        late.shows("Det du skrev är inte skickat, men det finns kvar.") && late.shows("value=\"borlange\" selected")
    );
    assert!(!late.shows("<b>om</b>"), "what was typed is text");
    // A slip of the fingers loses nothing either.
    let slip = late
        .form("/logga-in")
        .but("email", "anna.berg@example.org")
        .but("password", "fel");
    let slip = anna.submit("/logga-in", &slip, false).await;
    assert!(slip.status == 401 && slip.shows("Det gick inte att logga in"));
    for holding in [&late, &slip] {
        assert!(holding.shows("men det finns kvar"), "{}", holding.text);
        let addresses = holding.text.split("<a ").skip(1);
        let addresses = addresses.filter_map(|link| link.split("href=\"").nth(1));
        let leaves = |address: &&str| !["#", "tel:", "mailto:"].iter().any(|stays| address.starts_with(stays));
        let leaving: Vec<&str> = addresses.filter(leaves).collect();
        assert!(leaving.is_empty(), "links that lose what is held: {leaving:?}");
    }
    let empty = Browser::new(&town.base).get("/logga-in").await;
    for way in ["href=\"/\"", "href=\"/glomt-losenord\"", "href=\"/inbjudan\""] {
        assert!(empty.shows(way), "{way}: {}", empty.text);
    }
    clock.forward(HOUR);
    let back = signs_in_on(&slip, &anna, "anna.berg@example.org").await;
    assert!(
        back.status == 200 && back.shows("Det du skrev finns kvar. Det är inte skickat än."),
        "{}",
        back.text
    );
    assert!(back.shows("får du välja på nytt"), "a file was chosen: {}", back.text);
    let again = anna
        .submit("/skriv", &back.form("/skriv").but("do", "edit"), true)
        .await;
    assert_eq!(again.status, 200, "{}", again.text);
    let filled = again.form("/skriv");
    assert!(
        filled.fields.contains(&("body".into(), words.into())),
        "{:?}",
        filled.fields
    );
    let done = anna.submit("/skriv", &filled.but("do", "send"), true).await;
    assert!(done.path.ends_with("/klart"), "{} {}", done.status, done.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_given_what_was_typed() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let anna = browser(&town, "anna.berg").await;
    let form = typed(&anna, "Bara teamet ska läsa det här").await.but("do", "check");
    clock.forward(HOUR);
    let late = anna.submit("/skriv", &form, true).await;
    let other = signs_in_on(&late, &anna, "sara.ohman@example.org").await;
    assert_eq!((other.status, other.path.as_str()), (200, "/"));
    assert!(!other.shows("Bara teamet"), "{}", other.text);
    // A made-up sign-in form leads nowhere but to our own pages.
    let made_up = Browser::new(&town.base);
    let form = made_up.get("/logga-in").await.form("/logga-in");
    let form = form
        .with("igen_till", "https://example.org/skriv")
        .with("igen.once", "x")
        .with("igen.body", "y")
        .but("board", "borlange")
        .but("email", "anna.berg@example.org")
        .but("password", famn::demo::PASSWORD);
    let led = made_up.submit("/logga-in", &form, false).await;
    assert!(
        led.status == 200 && led.path == "/" && !led.shows("example.org/skriv"),
        "{}",
        led.path
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_sent_too_late_comes_back_too() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let anna = browser(&town, "anna.berg").await;
    let errand = super::writes(&anna, "Rubrik", "Hej").await;
    let action = format!("{errand}/svar");
    let form = anna.get(&errand).await.form(&action).but("body", "Ett svar till");
    clock.forward(HOUR);
    let late = anna.submit(&action, &form, true).await;
    let back = signs_in_on(&late, &anna, "anna.berg@example.org").await;
    assert!(!back.shows("får du välja på nytt"), "no file was: {}", back.text);
    let shown = anna.submit(&action, &back.form(&action).but("do", "edit"), true).await;
    assert!(
        shown.status == 200 && shown.shows(">Ett svar till</textarea>"),
        "{}",
        shown.text
    );
    assert_eq!(
        anna.get(&errand).await.text.matches("<article").count(),
        1,
        "nothing was sent"
    );
}

/// A form that is lost and found: who types it, where it stands, where it goes, and the field with its text.
type Lost = (&'static str, String, String, &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn every_other_form_sent_too_late_comes_back_too() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let (anna, eva) = (browser(&town, "anna.berg").await, town.eva().await);
    let errand = super::writes(&anna, "Rubrik", "Hej").await;
    let home = id(&eva.get("/homes").await.expect(200)["items"][0]);
    let maria = town.maria().await.get("/me").await.expect(200);
    let maria = id(&maria);
    let lost: Vec<Lost> = [
        ("maria.lind", errand.clone(), format!("{errand}/anteckning"), "note"),
        ("maria.lind", errand.clone(), format!("{errand}/lage"), "message"),
        ("eva.strand", "/hem/nytt".into(), "/hem/nytt".into(), "name"),
        (
            "eva.strand",
            format!("/hem/{home}/andra"),
            format!("/hem/{home}/andra"),
            "name",
        ),
        (
            "eva.strand",
            format!("/hem/{home}/medlemmar"),
            format!("/hem/{home}/medlemmar"),
            "name",
        ),
        (
            "eva.strand",
            format!("/hem/{home}/uppdrag"),
            format!("/hem/{home}/uppdrag"),
            "service_user.first_name",
        ),
        (
            "eva.strand",
            format!("/hem/{home}"),
            format!("/hem/{home}/jav"),
            "reason",
        ),
        ("stina.drift", "/enheter".into(), "/enheter".into(), "name"),
        (
            "stina.drift",
            "/installningar/kontakt".into(),
            "/installningar/kontakt".into(),
            "settings.phone",
        ),
        (
            "stina.drift",
            format!("/personer/{maria}"),
            format!("/personer/{maria}/roller"),
            "reason",
        ),
        ("anna.berg", "/jag".into(), "/jag".into(), "phone"),
    ]
    .into();
    let is_look = |action: &String| action.ends_with(".read") || action.ends_with(".list");
    let changes = || -> Vec<String> {
        let all = events(&town.place).into_iter();
        let named = all.map(|event| event["action"].as_str().unwrap_or_default().to_owned());
        named.filter(|action| !is_look(action)).collect()
    };
    for (who, page, action, field) in lost {
        let at = browser(&town, who).await;
        let text = format!("Det här skrevs till {action}");
        town.nobody().plant(&text);
        let form = at.get(&page).await.form(&action);
        let form = form.but(field, &text).but("password", famn::demo::PASSWORD);
        // Of the moves there are, the one that takes a text.
        let form = match action.ends_with("/lage") {
            true => form.but("state", "supplement_requested"),
            false => form,
        };
        clock.forward(HOUR);
        let late = at.submit(&action, &form, false).await;
        assert_eq!(late.status, 401, "{action}: {}", late.text);
        let held = late.form("/logga-in").fields;
        assert!(
            held.iter().all(|(name, _)| name != "igen.password"),
            "no password is held"
        );
        let back = signs_in_on(&late, &at, &format!("{who}@example.org")).await;
        let before = changes();
        let shown = at.submit(&action, &back.form(&action).but("do", "edit"), false).await;
        assert_eq!(shown.status, 200, "{action}: {}", shown.text);
        let (as_value, as_text) = (format!("value=\"{text}\""), format!(">{text}</textarea>"));
        assert!(
            shown.shows(&as_value) || shown.shows(&as_text),
            "{action}: {}",
            shown.text
        );
        assert_eq!(changes(), before, "{action}: nothing was done");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_given_back_as_it_was_left() {
    let town = Town::new().await;
    let anna = browser(&town, "anna.berg").await;
    town.nobody().plant("Frågan om sängen");
    let form = typed(&anna, "Frågan om sängen").await.but("do", "draft");
    let form = form.file("files", "säng.png", "image/png", &picture());
    let saved = anna.submit("/skriv", &form, true).await;
    assert!(
        saved.status == 200 && saved.shows("Utkastet sparades "),
        "{}",
        saved.text
    );
    let start = anna.get("/").await;
    assert!(start.shows("Fortsätt på det du började med") && start.shows("<a href=\"/skriv\">Skriv till teamet</a>"));
    let opened = anna.get("/skriv").await;
    assert!(opened.shows("Du fortsätter på ditt utkast från i\u{a0}dag") && opened.shows("säng.png"));
    assert!(
        opened
            .form("/skriv")
            .fields
            .contains(&("body".into(), "Frågan om sängen".into()))
    );
    // Another tab, opened before, is told and loses nothing.
    let elsewhere = anna.submit("/skriv", &form, true).await;
    assert!(
        elsewhere.shows("Samma formulär är öppet på ett annat ställe")
            && elsewhere.shows(">Frågan om sängen</textarea>")
    );
    // By script: what is typed on, and the same word of another tab.
    let kept = opened.form("/skriv").but("body", "Frågan om sängen, igen");
    let told = anna.submit("/utkast", &kept, true).await;
    assert!(told.status == 200 && told.shows("Utkastet sparades "), "{}", told.text);
    assert_eq!(anna.submit("/utkast", &kept, true).await.status, 412);
    assert_eq!(
        anna.submit("/utkast", &kept.clone().but("draft_kind", "none"), true)
            .await
            .status,
        400
    );
    // Nobody else sees it, and what is sent is no draft any more.
    assert!(
        !browser(&town, "erik.berg")
            .await
            .get("/skriv")
            .await
            .shows("Frågan om sängen")
    );
    let form = anna.get("/skriv").await.form("/skriv").but("do", "send");
    let done = anna.submit("/skriv", &form, true).await;
    assert!(done.path.ends_with("/klart"), "{} {}", done.status, done.text);
    assert!(!anna.get("/skriv").await.shows("Frågan om sängen"));
    assert_eq!(count(&town.place, "draft"), 0);
    let removed = events(&town.place);
    assert_eq!(
        removed.iter().filter(|event| event["action"] == "draft.remove").count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_thrown_away_by_its_button() {
    let town = Town::new().await;
    let anna = browser(&town, "anna.berg").await;
    for path in ["/onska/inkop", "/onska/resa", "/kvitton"] {
        let form = anna.get(path).await.form(path).but("do", "draft");
        let saved = anna.submit(path, &form, true).await;
        assert!(
            saved.status == 200 && saved.shows("Utkastet sparades "),
            "{path}: {}",
            saved.text
        );
        let drop = anna.get(path).await.form(path).but("do", "drop");
        for _ in 0..2 {
            let gone = anna.submit(path, &drop, true).await;
            assert!(
                gone.status == 200 && !gone.shows("Du fortsätter på ditt utkast"),
                "{path}: {}",
                gone.text
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_a_draft_names_wait_as_long_as_it() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let anna = browser(&town, "anna.berg").await;
    let form = anna
        .get("/kvitton")
        .await
        .form("/kvitton")
        .but("receipts.0.supplier", "Sportboden");
    let form = form
        .file("receipts.0.file", "kvitto.png", "image/png", &picture())
        .but("do", "draft");
    let saved = anna.submit("/kvitton", &form, true).await;
    let file = saved.link_to_picture();
    let loose = town.anna().await;
    let loose = loose.uploads("annan.png", "image/png", picture()).await.expect(201);
    clock.forward(HOUR * 24 * 30);
    famn::file::sweep(&town.app).await.expect("swept");
    let anna = browser(&town, "anna.berg").await;
    let opened = anna.get("/kvitton").await;
    assert!(opened.shows(&file) && opened.shows("Sportboden"), "{}", opened.text);
    assert_eq!(anna.get(&file).await.status, 200);
    let loose = format!("/filer/{}", crate::kit::id(&loose));
    assert_eq!(anna.get(&loose).await.status, 404, "what nothing names has gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_tells_how_long_one_stays_signed_in() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let anna = browser(&town, "anna.berg").await;
    assert!(anna.get("/").await.shows("om du inte gör något innan dess."));
    let left = anna.get("/inloggad").await;
    assert!(left.status == 200 && left.text == "{\"seconds\":1740}", "{}", left.text);
    clock.forward(HOUR);
    assert!(anna.get("/inloggad").await.path.starts_with("/logga-in"));
}
