//! A family's phone, with scripts: receipts photographed one by one, drafts that save themselves, a session that ends.

use super::{PHONE, signs_in};
use crate::kit::{Chromium, Town, samples};
use famn::clock::Clock;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

async fn phone(town: &Town) -> Option<Chromium> {
    Chromium::open(&town.base, PHONE, true).await
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_photographed_one_by_one_and_wait_as_a_draft() {
    let town = Town::new().await;
    let Some(at) = phone(&town).await else { return };
    town.nobody().plant("Sportboden på hörnet");
    signs_in(&at, "anna.berg").await;
    at.follows("Lämna in kvitton").await;
    at.meets("//label[@for='kamera']").await;
    at.is_well().await;
    at.attaches("kamera", "ett.jpg", &samples::photo(1)).await;
    at.meets("//input[@name='receipts.0.file_id']").await;
    at.attaches("valj", "två.jpg", &samples::photo(6)).await;
    at.meets("//input[@name='receipts.1.file_id']").await;
    at.is_well().await;
    at.types("receipts-0-amount_ore", "1 250,50").await;
    at.types("receipts-1-amount_ore", "100").await;
    at.sees("1\u{a0}350,50\u{a0}kr").await;
    at.types("receipts-0-supplier", "Sportboden på hörnet").await;
    // Saved anew after the last key, not only when the pictures had come.
    at.runs("document.querySelector('[data-draft] [role=status]').textContent = ''")
        .await;
    at.sees("Utkastet sparades").await;
    at.goto("/").await;
    at.sees("Fortsätt på det du började med").await;
    at.is_well().await;
    at.follows("Lämna in kvitton").await;
    at.sees("Du fortsätter på ditt utkast").await;
    at.sees_pictures(2).await;
    at.is_well().await;
    at.presses("Ta bort Kvitto 2").await;
    at.gone("//input[@name='receipts.1.file_id']").await;
    let today = Clock::system().now().day().to_string();
    at.types("receipts-0-purchased_on", &today).await;
    at.chooses("receipts-0-category", "leisure_equipment").await;
    at.ticks("Alva").await;
    at.ticks("Jag intygar").await;
    at.presses("Fortsätt").await;
    at.presses("Lämna in 1").await;
    at.sees("Kvittona är inlämnade").await;
    at.goto("/").await;
    let start = at.source().await;
    assert!(!start.contains("Fortsätt på det du började med"), "{start}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_in_the_middle_of_a_form_loses_nothing() {
    let clock = Clock::fixed(Clock::system().now().plus(HOUR * 24));
    let town = Town::at(clock.clone()).await;
    let Some(at) = phone(&town).await else { return };
    town.nobody().plant("mitt i formuläret");
    signs_in(&at, "anna.berg").await;
    at.goto("/skriv").await;
    let later = |minutes: u32| {
        format!(
            "const now = Date.now; Date.now = () => now() + {minutes} * 60000; \
             document.dispatchEvent(new Event('visibilitychange'))"
        )
    };
    at.runs(&later(28)).await;
    at.meets("//*[@data-soon and not(@hidden)]").await;
    at.is_well().await;
    at.presses("Fortsätt vara inloggad").await;
    at.meets("//*[@id='session' and @hidden]").await;
    at.runs(&later(40)).await;
    at.meets("//*[@data-over and not(@hidden)]").await;
    at.is_well().await;
    clock.forward(HOUR);
    at.ticks("Alva").await;
    at.types("body", "Det här skrev jag mitt i formuläret").await;
    at.meets("//*[@role='status' and contains(., 'Du har loggats ut')]")
        .await;
    // What lies below the warning can be brought above it.
    at.runs("window.scrollTo(0, document.body.scrollHeight)").await;
    at.presses("Fortsätt").await;
    at.sees("Det du skrev är inte skickat, men det finns kvar.").await;
    at.is_well().await;
    at.chooses("board", "borlange").await;
    at.types("email", "anna.berg@example.org").await;
    at.types("password", famn::demo::PASSWORD).await;
    at.presses("Logga in").await;
    at.sees("Du är inloggad igen").await;
    at.is_well().await;
    at.presses("Fortsätt där du var").await;
    at.sees("Ditt meddelande").await;
    at.is_well().await;
    at.presses("Fortsätt").await;
    at.sees("Kontrollera innan du skickar").await;
    at.sees("Det här skrev jag mitt i formuläret").await;
}

/// The lightest grey and a strong red: whatever the board's colour, what stands on it is read.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_well_in_a_boards_own_colour() {
    let town = Town::new().await;
    let Some(at) = phone(&town).await else { return };
    let stina = town.person("stina.drift").await;
    signs_in(&at, "anna.berg").await;
    for colour in ["#767676", "#c8102e"] {
        let set = serde_json::json!({"settings": {"colour": colour}});
        stina.patch("/board", set).await.expect(200);
        for path in ["/", "/kvitton", "/arenden", "/kommun/borlange"] {
            at.goto(path).await;
            at.meets("//link[contains(@href, '/assets/farg-')]").await;
            at.is_well_in_every_light("colour", &format!("{}-{}", &colour[1..], path.replace('/', "-")))
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_family_is_well_and_what_anyone_sees() {
    let town = Town::new().await;
    let Some(at) = phone(&town).await else { return };
    for dark in [false, true] {
        if dark {
            at.dark().await;
        }
        for path in [
            "/",
            "/kommun/borlange",
            "/tillganglighet",
            "/personuppgifter",
            "/kakor",
            "/logga-in?kommun=vansbro",
            "/logga-in?utloggad=tid",
            "/inbjudan",
            "/glomt-losenord",
            "/nytt-losenord?skickat=ja",
        ] {
            at.goto(path).await;
            at.is_well().await;
        }
    }
    signs_in(&at, "anna.berg").await;
    at.goto("/jag").await;
    at.sees("Här är du inloggad").await;
    at.is_well().await;
    at.types("phone", "070-174 06 05").await;
    at.presses("Spara").await;
    at.sees("Skriv ditt nuvarande lösenord.").await;
    at.is_well().await;
    at.types("password", famn::demo::PASSWORD).await;
    at.presses("Spara").await;
    at.sees("Uppgifterna är sparade").await;
    at.is_well().await;
}
