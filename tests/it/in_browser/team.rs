//! The team's pages in a real browser: homes, the filters of the inbox, a picture looked at closely.

use super::{DESK, PHONE, signs_in};
use crate::kit::{Chromium, Town, id, samples};

fn today() -> String {
    famn::clock::Clock::system().now().day().to_string()
}

/// A home is added, someone invited and an assignment made, each with what is missing told first.
async fn keeps_a_home(at: &Chromium) {
    signs_in(at, "eva.strand").await;
    at.goto("/hem").await;
    at.sees("Öhman").await;
    at.is_well().await;
    at.follows("Lägg till hem").await;
    at.presses("Lägg till hemmet").await;
    at.sees("Fyll i namnet.").await;
    at.is_well().await;
    at.types("name", "Tallbacken").await;
    at.ticks("Jourhem").await;
    at.presses("Lägg till hemmet").await;
    at.sees("Hemmet är tillagt").await;
    at.is_well().await;
    at.follows("Ändra hemmet").await;
    at.is_well().await;
    at.types("name", "Tallbacka").await;
    at.presses("Spara").await;
    at.sees("Hemmet är ändrat").await;
    at.follows("Bjud in").await;
    at.is_well().await;
    at.presses("Skicka inbjudan").await;
    at.sees("Fyll i namnet.").await;
    at.is_well().await;
    at.types("name", "Kerstin Tall").await;
    at.types("email", "kerstin.tall@example.org").await;
    at.types("from", &today()).await;
    at.presses("Skicka inbjudan").await;
    at.sees("kerstin.tall@example.org").await;
    at.is_well().await;
    at.follows("Lägg till uppdrag").await;
    at.is_well().await;
    at.presses("Lägg till uppdraget").await;
    at.sees("Fyll i förnamnet.").await;
    at.is_well().await;
    at.types("service_user-first_name", "Tuva").await;
    at.types("service_user-last_name", "Skogsberg").await;
    at.chooses("legal_basis", "LVU").await;
    let maria = at.source().await;
    let maria = maria
        .split("Maria Lind</option>")
        .next()
        .and_then(|head| head.rsplit("value=\"").next());
    let maria = maria.and_then(|rest| rest.split('"').next()).expect("Maria").to_owned();
    at.chooses("caseworker_id", &maria).await;
    at.presses("Lägg till uppdraget").await;
    at.sees("Tuva · U-").await;
    at.is_well().await;
    at.follows("Ändra U-").await;
    at.sees("Ny ersättare").await;
    at.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_is_kept_at_a_desk_with_scripts() {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, DESK, true).await else {
        return;
    };
    keeps_a_home(&at).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_is_kept_on_a_phone_in_the_dark() {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, PHONE, true).await else {
        return;
    };
    at.dark().await;
    keeps_a_home(&at).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_made_larger_and_turned_beside_its_line() {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, DESK, true).await else {
        return;
    };
    let anna = town.anna().await;
    let file = id(&anna
        .uploads("kvitto.jpg", "image/jpeg", samples::photo(1))
        .await
        .expect(201));
    let claim = id(&anna.hands_in(&file, 12_000, "Sportboden").await.expect(201));
    signs_in(&at, "maria.lind").await;
    at.goto("/arenden?state=received&kind=receipt_claim").await;
    at.is_well().await;
    at.goto(&format!("/arenden/{claim}/granskning")).await;
    at.sees_pictures(1).await;
    at.is_well().await;
    at.presses("Större").await;
    at.presses("Vrid").await;
    let page = at.source().await;
    assert!(
        page.contains("data-zoom=\"1\"") && page.contains("data-turn=\"1\""),
        "{page}"
    );
    at.is_well().await;
    at.presses("Mindre").await;
    assert!(at.source().await.contains("data-zoom=\"0\""));
}

/// With more rows than the window holds: the panes scroll, the page does not, wherever it is asked to go.
#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_is_not_scrolled_away() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let mut errand = String::new();
    for i in 0..28 {
        errand = id(&anna.writes(&format!("Fråga nummer {i} till er")).await);
    }
    let long = "En rad i ett långt svar.\n".repeat(120);
    for _ in 0..4 {
        town.maria().await.answers(&errand, &long).await.expect(201);
    }
    let Some(at) = Chromium::open(&town.base, DESK, true).await else {
        return;
    };
    let wish = id(&anna.wishes(150_000).await);
    signs_in(&at, "maria.lind").await;
    for path in [
        "/arenden".to_owned(),
        "/arenden?kind=message".to_owned(),
        "/arenden?unread=true".to_owned(),
        format!("/arenden/{errand}"),
        format!("/arenden/{errand}?kind=message"),
        format!("/arenden/{wish}"),
    ] {
        at.goto(&path).await;
        at.keys("\u{e010}").await;
        at.runs("window.scrollTo(0, 100000)").await;
        assert_eq!(at.scrolled().await, 0, "{path}");
        at.is_well().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_lead_where_buttons_do_and_can_be_switched_off() {
    let town = Town::new().await;
    let Some(at) = Chromium::open(&town.base, DESK, true).await else {
        return;
    };
    let wish = format!("/arenden/{}", id(&town.anna().await.wishes(150_000).await));
    signs_in(&at, "maria.lind").await;
    at.goto("/arenden?kind=purchase_request").await;
    at.keys("j").await;
    assert!(at.focused().await.contains("Önskemål om inköp"));
    at.keys("/").await;
    assert_eq!(at.focused().await, "number");
    at.goto(&wish).await;
    for (key, leads_to) in [
        ("r", "body"),
        ("b", "decision-outcome"),
        ("n", "note"),
        ("a", "person_id"),
        ("e", "avsluta"),
    ] {
        at.goto(&wish).await;
        at.keys(key).await;
        assert_eq!(at.focused().await, leads_to, "{key}");
    }
    at.goto(&wish).await;
    at.presses("Tangentgenvägar").await;
    at.is_well().await;
    at.follows("Ändra det under Jag").await;
    at.ticks("Tangenterna är på").await;
    at.presses("Spara").await;
    at.sees("Uppgifterna är sparade").await;
    at.goto(&wish).await;
    at.sees("Tangenterna är avstängda.").await;
    at.keys("r").await;
    assert_ne!(at.focused().await, "body");
}
