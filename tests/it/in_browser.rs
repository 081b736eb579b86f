//! The main job in a real browser, with scripts and without: what a foster parent does and sees on a phone, a caseworker
//! and an auditor at a desk, and what must hold of every page (`Chromium::is_well`).

mod family;
mod pictures;
mod team;

use crate::kit::{Chromium, Town, samples};

const PHONE: u32 = 390;
const DESK: u32 = 1440;

/// What is never found is not looked for well.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_not_well_is_found() {
    let Some(at) = Chromium::open("http://127.0.0.1", PHONE, true).await else {
        return;
    };
    at.goto(
        "data:text/html,<title>x</title><p style='width:50rem'><img src='data:,'><script>console.error('nej')</script>",
    )
    .await;
    at.is_well().await;
    let wrong = at.wrong().join("\n");
    for what in [
        "scrolls sideways at 390 px",
        "\"nej\"",
        "image-alt: img",
        "html-has-lang",
    ] {
        assert!(wrong.contains(what), "{what} in {wrong}");
    }
}

pub async fn signs_in(at: &Chromium, who: &str) {
    let family = ["anna.berg", "erik.berg", "sara.ohman"].contains(&who);
    at.resizes(if family { PHONE } else { DESK }).await;
    at.goto("/logga-in").await;
    at.chooses("board", "borlange").await;
    at.types("email", &format!("{who}@example.org")).await;
    at.types("password", famn::demo::PASSWORD).await;
    at.presses("Logga in").await;
    at.sees("Logga ut").await;
    at.is_well().await;
}

pub async fn signs_out(at: &Chromium) {
    at.presses("Logga ut").await;
    at.sees("Du är utloggad").await;
    at.is_well().await;
}

/// Writes a message with a photo; gives the errand's path.
async fn writes(at: &Chromium) -> String {
    at.goto("/").await;
    at.follows("Skriv till teamet").await;
    at.sees("Ditt meddelande").await;
    at.is_well().await;
    at.ticks("Alva").await;
    at.types("subject", "Sovrummet").await;
    at.types("body", "Nu är tapeten uppe, se bilden").await;
    at.attaches("files", "sovrum.jpg", &samples::photo(6)).await;
    if at.runs_scripts() {
        at.sees("sovrum.jpg är sparad").await;
    }
    at.presses("Fortsätt").await;
    at.sees("Kontrollera innan du skickar").await;
    at.is_well().await;
    at.presses("Skicka meddelandet").await;
    at.sees("Meddelandet är skickat").await;
    at.is_well().await;
    at.path().await.trim_end_matches("/klart").to_owned()
}

/// Hands in a photographed receipt; gives the errand's path.
async fn hands_in(at: &Chromium) -> String {
    at.goto("/").await;
    at.follows("Lämna in kvitton").await;
    at.sees("Bild eller pdf av kvittot").await;
    at.is_well().await;
    if at.runs_scripts() {
        at.attaches("kamera", "kvitto.jpg", &samples::photo(1)).await;
        at.meets("//input[@name='receipts.0.file_id']").await;
        at.types("receipts-0-supplier", "Sportboden").await;
    } else {
        at.attaches("receipts-0-file", "kvitto.jpg", &samples::photo(1)).await;
        at.types("receipts-0-supplier", "Sportboden").await;
        at.presses("Lägg till ett kvitto till").await;
        at.meets("//input[@name='receipts.0.file_id']").await;
        at.is_well().await;
        at.presses("Ta bort Kvitto 2").await;
        at.gone("//*[@id='receipts-1-supplier']").await;
    }
    at.is_well().await;
    at.types("receipts-0-amount_ore", "1 250,50").await;
    let today = famn::clock::Clock::system().now().day().to_string();
    at.types("receipts-0-purchased_on", &today).await;
    at.chooses("receipts-0-category", "leisure_equipment").await;
    at.ticks("Alva").await;
    at.ticks("Jag intygar").await;
    at.presses("Fortsätt").await;
    at.sees("Kontrollera innan du lämnar in").await;
    at.sees_pictures(1).await;
    at.is_well().await;
    at.presses("Lämna in").await;
    at.sees("Kvittona är inlämnade").await;
    at.is_well().await;
    at.path().await.trim_end_matches("/klart").to_owned()
}

/// Wishes for a bicycle; gives the errand's path.
async fn wishes(at: &Chromium) -> String {
    at.goto("/").await;
    at.follows("Önska ett större inköp").await;
    at.sees("Beskriv det").await;
    at.is_well().await;
    at.ticks("Alva").await;
    at.chooses("purchase-item_category", "bicycle").await;
    at.types("purchase-description", "En begagnad cykel med växlar").await;
    at.types("purchase-estimated_ore", "1 500").await;
    at.types("purchase-reasons", "Den gamla är för liten").await;
    at.ticks("Hemmet lägger ut").await;
    at.ticks("Nej").await;
    at.presses("Fortsätt").await;
    at.sees("Kontrollera innan du skickar").await;
    at.is_well().await;
    at.presses("Ändra Beskrivning").await;
    at.types("purchase-description", "En begagnad cykel med sju växlar")
        .await;
    at.presses("Fortsätt").await;
    at.sees("sju växlar").await;
    at.presses("Skicka önskemålet").await;
    at.sees("Önskemålet är skickat").await;
    at.is_well().await;
    at.path().await.trim_end_matches("/klart").to_owned()
}

/// Decides on the wish and reviews the claim, each looked through first.
async fn decides(at: &Chromium, wish: &str, claim: &str) {
    at.goto("/arenden?kind=purchase_request").await;
    at.is_well().await;
    at.goto(&format!("{wish}?kind=purchase_request")).await;
    at.sees("sju växlar").await;
    at.is_well().await;
    at.ticks("Bifall").await;
    at.presses("Granska beslutet").await;
    at.sees("Högsta belopp").await;
    at.is_well().await;
    at.presses("Fatta beslut").await;
    at.sees("Beslutet är fattat").await;
    at.is_well().await;
    at.goto(claim).await;
    at.follows("Granska kvitton").await;
    at.sees("Godkänn en del").await;
    at.sees_pictures(1).await;
    at.is_well().await;
    at.presses("Kontrollera granskningen").await;
    at.sees("Välj vad du säger om rad 1.").await;
    at.is_well().await;
    at.ticks("Godkänn").await;
    at.presses("Kontrollera granskningen").await;
    at.sees("Allt tillsammans").await;
    at.is_well().await;
    at.presses("Klar med granskningen").await;
    at.sees("Granskningen är klar").await;
    at.is_well().await;
}

async fn answers(at: &Chromium, message: &str, claim: &str) {
    at.goto("/arenden?unread=true").await;
    at.is_well().await;
    let inbox = at.source().await;
    assert!(inbox.contains(message) && inbox.contains(claim), "{inbox}");
    at.goto(claim).await;
    at.sees("Sportboden").await;
    at.sees("1\u{a0}250,50\u{a0}kr").await;
    at.sees_pictures(1).await;
    at.is_well().await;
    at.goto(message).await;
    at.sees("Nu är tapeten uppe, se bilden").await;
    at.sees_pictures(1).await;
    at.types("note", "Stäm av med barnets socialsekreterare").await;
    at.presses("Spara intern anteckning").await;
    at.sees("Stäm av med barnets socialsekreterare").await;
    at.is_well().await;
    at.types("body", "Så fint det har blivit").await;
    at.presses("Skicka svar").await;
    at.sees("Svaret är skickat").await;
    at.sees("Så fint det har blivit").await;
    at.is_well().await;
}

async fn the_main_job(scripts: bool) {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, PHONE, scripts).await else {
        return;
    };
    town.nobody().plant("Nu är tapeten uppe");
    town.nobody().plant("socialsekreterare");
    at.goto("/").await;
    at.is_well().await;
    signs_in(&at, "anna.berg").await;
    town.nobody().plant("sju växlar");
    let (message, claim, wish) = (writes(&at).await, hands_in(&at).await, wishes(&at).await);
    signs_out(&at).await;

    signs_in(&at, "maria.lind").await;
    answers(&at, &message, &claim).await;
    decides(&at, &wish, &claim).await;
    signs_out(&at).await;

    signs_in(&at, "anna.berg").await;
    at.goto(&message).await;
    at.sees("Så fint det har blivit").await;
    at.is_well().await;
    for path in [
        "/",
        "/arenden",
        "/godkant",
        message.as_str(),
        claim.as_str(),
        wish.as_str(),
    ] {
        at.goto(path).await;
        at.is_well().await;
        let page = at.source().await;
        assert!(
            !page.contains("socialsekreterare") && !page.contains("anteckning"),
            "{path}: {page}"
        );
    }
    signs_out(&at).await;

    signs_in(&at, "per.holm").await;
    at.goto("/logg").await;
    at.sees("Maria Lind").await;
    at.sees("Läste ärende").await;
    at.is_well().await;
    let log = at.source().await;
    assert!(!log.contains("tapeten") && !log.contains("Sportboden"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_is_done_without_scripts() {
    the_main_job(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_is_done_with_scripts() {
    the_main_job(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_well_in_the_dark_and_when_something_is_wrong() {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, PHONE, true).await else {
        return;
    };
    let errand = format!(
        "/arenden/{}",
        crate::kit::id(&town.anna().await.writes("Hej på er").await)
    );
    at.dark().await;
    for path in ["/", "/logga-in", "/finns-inte"] {
        at.goto(path).await;
        at.is_well().await;
    }
    assert_eq!(at.tabs_to().await, "Hoppa till innehållet");
    at.goto("/logga-in").await;
    at.types("email", "anna.berg@example.org").await;
    at.types("password", "fel").await;
    at.presses("Logga in").await;
    at.sees("Det gick inte att logga in").await;
    at.is_well().await;
    signs_in(&at, "anna.berg").await;
    for path in [
        "/arenden",
        errand.as_str(),
        "/skriv",
        "/kvitton",
        "/onska/inkop",
        "/onska/resa",
        "/godkant",
        "/logg",
    ] {
        at.goto(path).await;
        at.is_well().await;
    }
    for path in ["/skriv", "/kvitton", "/onska/inkop", "/onska/resa"] {
        at.goto(path).await;
        at.presses("Fortsätt").await;
        at.sees("för att fortsätta").await;
        at.is_well().await;
    }
    signs_out(&at).await;
    signs_in(&at, "maria.lind").await;
    for path in ["/arenden", "/arenden?number=FH", errand.as_str(), "/skriv"] {
        at.goto(path).await;
        at.is_well().await;
    }
    at.goto("/skriv").await;
    at.presses("Fortsätt").await;
    at.sees("för att fortsätta").await;
    at.is_well().await;
    signs_out(&at).await;
    signs_in(&at, "per.holm").await;
    for path in ["/", "/logg", "/logg?from=2026-11-22&to=2026-11-01"] {
        at.goto(path).await;
        at.is_well().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_not_sent_again_from_the_page_before_or_another_tab() {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, PHONE, true).await else {
        return;
    };
    let sent = || crate::kit::count(&town.place, "errand WHERE kind = 'message'");
    signs_in(&at, "anna.berg").await;
    at.follows("Skriv till teamet").await;
    at.ticks("Alva").await;
    at.types("subject", "Skolskjutsen").await;
    at.types("body", "Kan vi byta tid på torsdag?").await;
    at.presses("Fortsätt").await;
    at.sees("Kontrollera innan du skickar").await;
    let before = sent();
    at.presses("Skicka meddelandet").await;
    at.sees("Meddelandet är skickat").await;
    assert_eq!(sent(), before + 1);
    // The page before was answered to a form and is kept nowhere: the browser shows it only to whoever says so again.
    at.goes_back().await;
    assert_eq!(sent(), before + 1, "going back sends nothing");

    // Two tabs with a message each do not get in each other's way.
    at.goto("/skriv").await;
    at.ticks("Alva").await;
    at.types("body", "Det första fönstret").await;
    let first = at.opens_tab().await;
    at.goto("/skriv").await;
    at.ticks("Alva").await;
    at.types("body", "Det andra fönstret").await;
    at.presses("Fortsätt").await;
    at.presses("Skicka meddelandet").await;
    at.sees("Meddelandet är skickat").await;
    at.returns_to(&first).await;
    at.presses("Fortsätt").await;
    at.sees("Det första fönstret").await;
    at.presses("Skicka meddelandet").await;
    at.sees("Meddelandet är skickat").await;
    assert_eq!(sent(), before + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_on_top_and_has_the_focus() {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, PHONE, true).await else {
        return;
    };
    signs_in(&at, "anna.berg").await;
    for path in ["/skriv", "/kvitton", "/onska/inkop", "/onska/resa"] {
        at.goto(path).await;
        at.presses("Fortsätt").await;
        at.sees("för att fortsätta").await;
        assert_eq!(at.focused().await, "fel", "{path}: the summary has the focus");
        assert!(at.title().await.starts_with("Fel: "), "{path}: the title says so first");
        assert!(
            at.leads_to_fields().await,
            "{path}: each fault leads to its field and stands there too"
        );
        at.is_well().await;
    }
}
