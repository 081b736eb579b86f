//! Wishes and claims as a home sends them by its pages: filled in, looked through, sent once.

use super::{assignment, browser};
use crate::kit::wishes::in_days;
use crate::kit::{Browser, Filled, Page, Town, picture};

const INKOP: &str = "/onska/inkop";
const RESA: &str = "/onska/resa";

fn bicycle(form: Filled) -> Filled {
    form.but("purchase.item_category", "bicycle")
        .but("purchase.description", "En begagnad cykel med växlar, 24 tum")
        .but("purchase.estimated_ore", "2 450")
        .but("purchase.reasons", "Den gamla cykeln är för liten")
        .but("purchase.who_pays", "home")
        .but("purchase.covered_otherwise", "none")
        .but("purchase.supplier", "Cykelhörnan")
        .but("purchase.childs_view", "Hellre blå än röd")
}

async fn goes(browser: &Browser, path: &str, form: &Filled, button: &str) -> Page {
    browser.submit(path, &form.clone().but("do", button), true).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_wished_for_looked_through_and_sent_once() {
    let town = Town::new().await;
    let anna = browser(&town, "anna.berg").await;
    let blank = anna.get(INKOP).await;
    let empty = goes(&anna, INKOP, &blank.form(INKOP), "check").await;
    assert_eq!(empty.status, 422, "{}", empty.text);
    for told in [
        "Välj vad som ska köpas.",
        "Beskriv det som ska köpas.",
        "Fyll i ungefär vad det kostar.",
        "Skriv varför det behövs.",
        "Välj vem som betalar i butiken.",
    ] {
        assert_eq!(empty.text.matches(told).count(), 2, "{told} on top and at its field");
    }
    // Limits are held to before the page to look through, with the files that came kept.
    let long = bicycle(blank.form(INKOP))
        .but("purchase.description", "Cykel")
        .but("purchase.supplier", "");
    let long = long.file("files", "offert.png", "image/png", &picture());
    let short = goes(&anna, INKOP, &long, "check").await;
    let told = "Beskriv det som ska köpas med minst tio tecken.";
    assert!(
        short.status == 422 && short.text.matches(told).count() == 2,
        "{}",
        short.text
    );
    assert!(short.shows("offert.png") && short.shows("Filen är sparad") && short.shows(">Den gamla cykeln"));

    let whole = bicycle(short.form(INKOP));
    let check = goes(&anna, INKOP, &whole, "check").await;
    for line in [
        "Kontrollera innan du skickar",
        "Cykel",
        "24 tum",
        "2\u{a0}450\u{a0}kr",
        "Hemmet lägger ut",
        "Hellre blå än röd",
        "offert.png",
        "formaction=\"/onska/inkop#purchase-description\"",
    ] {
        assert!(check.shows(line), "{line} on {}", check.text);
    }
    assert_eq!(check.status, 200);
    // Back to the form with all of it, and on again.
    let edit = goes(&anna, INKOP, &check.form(INKOP), "edit").await;
    assert!(
        edit.status == 200 && edit.shows("value=\"2 450\"") && edit.shows("offert.png"),
        "{}",
        edit.text
    );
    assert!(edit.shows("value=\"bicycle\" selected") && edit.shows("value=\"none\" checked"));
    let sent = goes(&anna, INKOP, &check.form(INKOP), "send").await;
    assert!(
        sent.shows("Önskemålet är skickat") && sent.shows("Vad händer nu?") && sent.shows("FH-"),
        "{}",
        sent.text
    );
    let twice = goes(&anna, INKOP, &check.form(INKOP), "send").await;
    assert_eq!(twice.path, sent.path, "back and sent again is the same errand");

    let maria = browser(&town, "maria.lind").await;
    let seen = maria.get(sent.path.trim_end_matches("/klart")).await;
    assert!(seen.shows("24 tum") && seen.shows("Cykelhörnan") && seen.shows("offert.png"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trip_is_counted_out_and_sent() {
    let town = Town::new().await;
    let anna = browser(&town, "anna.berg").await;
    let form = anna.get(RESA).await.form(RESA);
    let far = form
        .clone()
        .but("travel.distance_m", "24,5")
        .but("travel.return_trip", "ja");
    let counted = goes(&anna, RESA, &far, "count").await;
    assert!(
        counted.status == 200 && counted.shows("Med egen bil: 49\u{a0}km = 122,50\u{a0}kr"),
        "{}",
        counted.text
    );
    let wrong = goes(
        &anna,
        RESA,
        &form.but("travel.purpose", "abroad").but("travel.mode", "own_car"),
        "check",
    )
    .await;
    for told in [
        "Fyll i varifrån resan går.",
        "Välj dagen för utresan.",
        "Fyll i hur många vuxna som reser. Skriv 0 om ingen gör det.",
        "Fyll i hur många kilometer det är enkel väg.",
        "Fyll i vilket land resan går till.",
        "Välj om barnet har pass.",
    ] {
        assert_eq!(wrong.text.matches(told).count(), 2, "{told}");
    }
    assert!(wrong.status == 422 && wrong.shows("<details class=\"panel\" open>"));
    let trip = counted
        .form(RESA)
        .but("travel.purpose", "contact_visit")
        .but("travel.approval_mode", "advance")
        .but("travel.from", "Borlänge")
        .but("travel.to", "Falun, resecentrum")
        .but("travel.starts_on", &in_days(10).to_string())
        .but("travel.ends_on", &in_days(9).to_string())
        .but("travel.adults", "1")
        .but("travel.children", "2")
        .but("travel.mode", "own_car")
        .but("travel.other_costs_ore", "60")
        .but("travel.reasons", "Umgänge på lördagen");
    let back = goes(&anna, RESA, &trip, "check").await;
    assert!(
        back.status == 422 && back.shows("Den sista dagen ligger före den första"),
        "{}",
        back.text
    );
    let check = goes(
        &anna,
        RESA,
        &trip.but("travel.ends_on", &in_days(10).to_string()),
        "check",
    )
    .await;
    assert!(
        check.shows("24,5\u{a0}km enkel väg, tur och retur") && check.shows("49\u{a0}km = 122,50\u{a0}kr"),
        "{}",
        check.text
    );
    let sent = goes(&anna, RESA, &check.form(RESA), "send").await;
    assert!(
        sent.path.ends_with("/klart") && sent.shows("Önskemålet är skickat"),
        "{}",
        sent.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_and_trips_are_handed_in_for_what_was_granted() {
    let town = Town::new().await;
    let (anna, person) = (browser(&town, "anna.berg").await, town.anna().await);
    let wish = crate::kit::id(&person.wishes(100_000).await);
    let decision = serde_json::json!({"outcome": "granted"});
    town.maria().await.decides(&wish, decision).await.expect(201);
    let awards = anna.get("/godkant").await;
    let card = awards
        .text
        .split(&format!("id=\"a-{wish}\""))
        .nth(1)
        .expect("the award");
    assert!(
        card.contains("1\u{a0}000\u{a0}kr</b> kvar av 1\u{a0}000\u{a0}kr"),
        "{}",
        awards.text
    );
    let link = card
        .split("href=\"/kvitton")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link");

    let page = anna.get(&format!("/kvitton{link}")).await;
    let form = page.form("/kvitton");
    assert!(
        form.fields
            .iter()
            .any(|(name, value)| name == "assignment_id" && value.contains(&wish)),
        "{}",
        page.text
    );
    let form = form
        .but("receipts.0.amount_ore", "1 100")
        .but("receipts.0.purchased_on", &in_days(0).to_string())
        .but("receipts.0.supplier", "Cykelhörnan")
        .but("receipts.0.category", "bicycle")
        .file("receipts.0.file", "kvitto.png", "image/png", &picture());
    let more = goes(&anna, "/kvitton", &form, "add_trip").await;
    assert!(
        more.status == 200 && more.shows("Resa 1") && more.shows("Bilden är sparad"),
        "{}",
        more.text
    );
    let form = more
        .form("/kvitton")
        .but("receipts.0.category", "bicycle")
        .but("declaration", "ja");
    let wrong = goes(
        &anna,
        "/kvitton",
        &form.clone().but("trips.0.distance_m", "långt"),
        "check",
    )
    .await;
    for told in [
        "Skriv vad resa 1 gällde.",
        "Fyll i sträckan för resa 1 med siffror, till exempel 24,5.",
    ] {
        assert_eq!(wrong.text.matches(told).count(), 2, "{told} in {}", wrong.text);
    }
    let form = form
        .but("trips.0.driven_on", &in_days(0).to_string())
        .but("trips.0.purpose", "Hämta cykeln")
        .but("trips.0.from", "Borlänge")
        .but("trips.0.to", "Falun")
        .but("trips.0.distance_m", "24");
    let check = goes(&anna, "/kvitton", &form, "check").await;
    for line in [
        "Kvitto 1",
        "1\u{a0}100\u{a0}kr",
        "Resa 1",
        "60\u{a0}kr",
        "1\u{a0}160\u{a0}kr",
        "Summan är 160\u{a0}kr högre än det som är kvar av det godkända.",
        "Lämna in 1\u{a0}kvitto och 1\u{a0}resa",
    ] {
        assert!(check.shows(line), "{line} on {} {}", check.status, check.text);
    }
    let sent = goes(&anna, "/kvitton", &check.form("/kvitton"), "send").await;
    assert!(sent.shows("Kvittona är inlämnade"), "{} {}", sent.status, sent.text);
    let claim = sent.path.trim_end_matches("/klart").to_owned();
    let shown = anna.get(&claim).await;
    assert!(
        shown.shows(&format!("/arenden/{wish}")) && shown.shows("mer än vad som beviljats"),
        "{}",
        shown.text
    );
    // The same file once more is told at its receipt.
    let again = anna
        .get("/kvitton")
        .await
        .form("/kvitton")
        .but("assignment_id", &assignment(&page));
    let again = again
        .but("receipts.0.amount_ore", "5")
        .but("receipts.0.purchased_on", &in_days(0).to_string())
        .but("receipts.0.supplier", "Cykelhörnan")
        .but("receipts.0.category", "bicycle")
        .but("declaration", "ja")
        .file("receipts.0.file", "kvitto.png", "image/png", &picture());
    let told = goes(&anna, "/kvitton", &again, "send").await;
    assert!(
        told.status == 422 && told.shows("Kvitto 1 är redan inlämnat i ett annat ärende."),
        "{}",
        told.text
    );
    // Nobody else's award is chosen, nor one that is none.
    let sara = browser(&town, "sara.ohman").await;
    let foreign = sara.get(&format!("/kvitton{link}")).await;
    assert!(!foreign.shows(&wish) && !sara.get("/godkant").await.shows(&wish));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_of_a_wish_stays_text() {
    let town = Town::new().await;
    let (anna, maria) = (browser(&town, "anna.berg").await, browser(&town, "maria.lind").await);
    let bad = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'&{{7*7}}";
    let form = bicycle(anna.get(INKOP).await.form(INKOP));
    let form = ["description", "reasons", "supplier", "childs_view"]
        .into_iter()
        .fold(form, |form, field| form.but(&format!("purchase.{field}"), bad));
    let wrong = goes(&anna, INKOP, &form.clone().but("purchase.estimated_ore", bad), "check").await;
    let check = goes(&anna, INKOP, &form, "check").await;
    let sent = goes(&anna, INKOP, &check.form(INKOP), "send").await;
    let wish = sent.path.trim_end_matches("/klart").to_owned();
    assert!(sent.path.ends_with("/klart"), "{} {}", sent.status, sent.text);
    let action = format!("{wish}/beslut");
    let decision = maria.get(&wish).await.form(&action).but("decision.outcome", "granted");
    let decision = decision.but("decision.conditions", bad).but("decision.reasons", bad);
    let looked = maria.submit(&action, &decision.but("do", "check"), false).await;
    let decided = maria
        .submit(&action, &looked.form(&action).but("do", "send"), false)
        .await;
    assert!(decided.shows("Beslutet är fattat"), "{}", decided.text);
    let told = anna.get(&wish).await;
    let link = anna.get("/kvitton?hor=%22%3E%3Cscript%3Ealert(1)").await;
    for page in [&wrong, &check, &looked, &decided, &told, &link] {
        for raw in ["<script>", "<img src=x", "onerror=alert(2)>"] {
            assert!(!page.shows(raw), "{} holds {raw}", page.path);
        }
    }
    assert!(told.shows("&#60;script&#62;alert(1)") && told.shows("{{7*7}}"));
}
