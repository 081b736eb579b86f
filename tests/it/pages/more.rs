//! Hostile text, what was typed, and the auditors' page.

use super::{browser, writes};
use crate::kit::{Town, picture};

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
    let form = form.but("subject", &bad[..60]).but("do", "send").file(
        "files",
        "\"><img src=x onerror=alert(3)>.png",
        "image/png",
        &picture(),
    );
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
        for raw in ["<script>", "<img src=x", "onerror=alert(2)>"] {
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
async fn what_was_typed_is_kept_when_something_new_has_come() {
    let town = Town::new().await;
    let (anna, maria) = (browser(&town, "anna.berg").await, browser(&town, "maria.lind").await);
    let errand = writes(&anna, "Rubrik", "Första").await;
    let answer = format!("{errand}/svar");
    let old = maria.get(&errand).await.form(&answer).but("body", "Mitt långa svar");
    let more = anna.get(&errand).await.form(&answer).but("body", "En sak till");
    // A reply of the home moves nothing here; the team's moves the errand on, so that it has another version.
    let moved = maria.get(&errand).await.form(&answer).but("state", "in_progress");
    assert_eq!(maria.submit(&format!("{errand}/lage"), &moved, false).await.status, 200);
    let stale = maria.submit(&answer, &old, true).await;
    assert!(stale.status == 412 && stale.shows("Något nytt har hänt") && stale.shows(">Mitt långa svar</textarea>"));
    assert!(
        maria
            .submit(&answer, &stale.form(&answer), true)
            .await
            .shows("Svaret är skickat")
    );
    assert_eq!(anna.submit(&answer, &more, true).await.status, 412);
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
        // Everyone can be chosen; beside that she is nowhere.
        narrowed.text.matches(">Jonas Ahl<").count() > 1 && narrowed.text.matches(">Maria Lind<").count() == 1,
        "{}",
        narrowed.text
    );
    assert_eq!(per.get("/logg?from=2026-11-22&to=2026-11-01").await.status, 422);
    for odd in ["person=x", "action=x", "outcome=x"] {
        assert_eq!(per.get(&format!("/logg?{odd}")).await.status, 400, "{odd}");
    }
    assert_eq!(
        per.get("/logg?x=y").await.status,
        200,
        "what a page does not know is nothing to it"
    );
    assert!(browser(&town, "dora.sund").await.get("/logg").await.status == 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file_among_several_is_named() {
    let town = Town::new().await;
    let (anna, maria) = (browser(&town, "anna.berg").await, browser(&town, "maria.lind").await);
    let page = anna.get("/skriv").await;
    let locked = include_bytes!("../../fixtures/documents/aes-256-user.pdf");
    let with_files = |form: crate::kit::Filled| {
        form.but("body", "Här är pappren")
            .file("files", "sovrum.png", "image/png", &picture())
            .file("files", "lista.zip", "application/zip", b"PK\x03\x04 och mer")
            .file("files", "intyg\u{202e}.pdf", "application/pdf", locked)
    };
    let told = [
        "lista.zip: Välj en bild",
        "intyg.pdf: Dokumentet går bara att öppna med lösenord",
    ];
    let again = anna.submit("/skriv", &with_files(page.form("/skriv")), true).await;
    assert_eq!(again.status, 422);
    for words in told {
        assert!(again.shows(words), "{words}: {}", again.text);
    }
    assert!(
        again.shows("sovrum.png") && !again.shows("sovrum.png: "),
        "{}",
        again.text
    );
    assert!(!again.shows(">Försök igen"), "what was refused would be refused again");
    // In an answer too.
    let errand = writes(&anna, "Papper", "Var ska pappren?").await;
    let answer = maria.get(&errand).await.form(&format!("{errand}/svar"));
    let again = maria.submit(&format!("{errand}/svar"), &with_files(answer), true).await;
    for words in told {
        assert!(again.shows(words), "{words}: {}", again.text);
    }
}
