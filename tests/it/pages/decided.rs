//! The team's side of wishes and claims: decided and reviewed in two steps, with the list beside.

use super::browser;
use crate::kit::{Page, Town, samples};
use serde_json::json;

/// The text of the page but for the list beside the errand.
fn main(page: &Page) -> &str {
    page.text.split("<main").nth(1).expect("a main part")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_decided_on_in_two_steps() {
    let town = Town::new().await;
    let (anna, maria) = (browser(&town, "anna.berg").await, browser(&town, "maria.lind").await);
    let wish = format!("/arenden/{}", crate::kit::id(&town.anna().await.wishes(230_000).await));
    let action = format!("{wish}/beslut");
    let form = maria.get(&wish).await.form(&action);
    let nothing = maria.submit(&action, &form.clone().but("do", "check"), false).await;
    assert!(
        nothing.status == 422 && main(&nothing).matches("Välj vad du beslutar.").count() == 2,
        "{}",
        nothing.text
    );
    let more = form
        .clone()
        .but("decision.outcome", "granted")
        .but("decision.amount_ore", "2 400");
    let more = maria.submit(&action, &more.but("do", "check"), false).await;
    assert!(more.shows("Du beviljar mer än vad önskemålet gäller."), "{}", more.text);
    let part = form
        .but("decision.outcome", "partly_granted")
        .but("decision.amount_ore", "2 300");
    let wrong = maria.submit(&action, &part.clone().but("do", "check"), false).await;
    for told in ["Ett delvis bifall är mindre än det som söktes", "Motivera beslutet."] {
        assert_eq!(main(&wrong).matches(told).count(), 2, "{told} in {}", wrong.text);
    }
    assert!(
        wrong.status == 422 && wrong.shows("value=\"2 300\""),
        "what was typed is kept"
    );
    let part = part
        .but("decision.amount_ore", "1 900,50")
        .but("decision.reasons", "En begagnad räcker");
    let check = maria.submit(&action, &part.but("do", "check"), false).await;
    for line in [
        "Granska beslutet",
        "Delvis bifall",
        "1\u{a0}900,50\u{a0}kr",
        "En begagnad räcker",
        "Gäller till och med",
    ] {
        assert!(check.status == 200 && check.shows(line), "{line} on {}", check.text);
    }
    assert!(
        !anna.get(&wish).await.shows("En begagnad räcker"),
        "nothing is decided yet"
    );
    let edit = maria
        .submit(&action, &check.form(&action).but("do", "edit"), false)
        .await;
    assert!(edit.status == 200 && edit.shows("value=\"partly_granted\" checked") && edit.shows("value=\"1 900,50\""));
    let send = check.form(&action).but("do", "send");
    let decided = maria.submit(&action, &send, false).await;
    assert!(
        decided.shows("Beslutet är fattat") && decided.path.starts_with(&wish),
        "{}",
        decided.text
    );
    assert_eq!(
        maria.submit(&action, &send, false).await.path,
        decided.path,
        "not twice"
    );
    let told = anna.get(&wish).await;
    for line in [
        "Delvis godkänt",
        "högst 1\u{a0}900,50\u{a0}kr",
        "En begagnad räcker",
        "Maria Lind",
        "Lämna in kvitton för det",
    ] {
        assert!(told.shows(line), "{line} on {}", told.text);
    }
    // From an older page: told, and what was typed is kept.
    let later = decided
        .form(&action)
        .but("decision.outcome", "refused")
        .but("decision.reasons", "Det blev fel");
    let stale = maria
        .submit(&action, &later.but("version", "1").but("do", "send"), false)
        .await;
    assert!(stale.status == 412 && stale.shows("Något nytt har hänt") && stale.shows(">Det blev fel</textarea>"));
    for (who, status) in [
        ("anna.berg", 403),
        ("sara.ohman", 404),
        ("jonas.ahl", 403),
        ("per.holm", 404),
    ] {
        let other = browser(&town, who).await;
        let form = other.get("/").await;
        let own = if form.shows("action=\"/logga-ut\"") {
            form
        } else {
            other.get("/arenden").await
        };
        let fields = own.form("/logga-ut").but("once", "x").but("version", "2");
        for button in ["check", "send"] {
            let whole = fields.clone().but("decision.outcome", "granted").but("do", button);
            assert_eq!(
                other.submit(&action, &whole, false).await.status,
                status,
                "{who} {button}"
            );
            let blank = fields.clone().but("do", button);
            assert_eq!(
                other.submit(&action, &blank, false).await.status,
                status,
                "{who} {button}, nothing chosen"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_reviewed_line_by_line() {
    let town = Town::new().await;
    let (anna, maria, person) = (
        browser(&town, "anna.berg").await,
        browser(&town, "maria.lind").await,
        town.anna().await,
    );
    let (file, today) = (
        person
            .uploads("kvitto.jpg", "image/jpeg", samples::another_jpeg())
            .await,
        crate::kit::wishes::in_days(0),
    );
    let receipt = json!({"file_id": crate::kit::id(&file.expect(201)), "purchased_on": today.to_string(), "supplier": "Sportboden",
        "category": "furniture", "amount_ore": 40_000});
    let claim = crate::kit::wishes::claim(
        &person.assignment().await,
        vec![receipt],
        vec![crate::kit::wishes::trip(24_000)],
    );
    let claim = format!(
        "/arenden/{}",
        crate::kit::id(&person.post("/errands", claim).await.expect(201))
    );
    let action = format!("{claim}/granskning");
    assert!(maria.get(&claim).await.shows(&format!("href=\"{action}\"")));
    let page = maria.get(&action).await;
    for line in [
        "Sportboden",
        "400\u{a0}kr",
        "Falun, resecentrum",
        "60\u{a0}kr",
        "Ingår normalt i omkostnadsersättningens",
    ] {
        assert!(page.shows(line), "{line} on {}", page.text);
    }
    let form = page.form(&action);
    let wrong = form
        .clone()
        .but("lines.0.outcome", "partly_granted")
        .but("lines.1.outcome", "refused")
        .but("do", "check");
    let wrong = maria.submit(&action, &wrong, false).await;
    let told = "Fyll i hur mycket som godkänns på rad 1.";
    assert!(
        wrong.status == 422 && wrong.text.matches(told).count() == 2,
        "{}",
        wrong.text
    );
    let no_reason = wrong
        .form(&action)
        .but("lines.0.amount_ore", "300")
        .but("lines.0.reason", "Så mycket som kom med bussen")
        .but("do", "check");
    let no_reason = maria.submit(&action, &no_reason, false).await;
    let told = "Skriv varför rad 2 inte godkänns helt.";
    assert!(
        no_reason.status == 422 && no_reason.text.matches(told).count() == 2,
        "{}",
        no_reason.text
    );
    let right = no_reason
        .form(&action)
        .but("lines.1.reason", "Resan hörde inte till umgänget")
        .but("do", "check");
    let check = maria.submit(&action, &right, false).await;
    for line in [
        "Kontrollera granskningen",
        "Godkänn en del",
        "300\u{a0}kr",
        "Resan hörde inte till umgänget",
    ] {
        assert!(check.status == 200 && check.shows(line), "{line} on {}", check.text);
    }
    let done = maria
        .submit(&action, &check.form(&action).but("do", "send"), false)
        .await;
    assert!(
        done.shows("Granskningen är klar") && main(&done).contains("Granskat"),
        "{}",
        done.text
    );
    let told = anna.get(&claim).await;
    assert!(
        told.shows("Delvis godkänt, 300\u{a0}kr") && told.shows("Inte godkänt. Resan hörde inte"),
        "{}",
        told.text
    );
    assert_eq!(maria.get(&action).await.status, 409, "it is reviewed");

    let other = format!("/arenden/{}/granskning", crate::kit::id(&person.drives(10_000).await));
    let all = maria.get(&other).await.form(&other).but("do", "all");
    let all = maria.submit(&other, &all, false).await;
    assert!(
        all.status == 200 && all.shows("value=\"granted\" checked"),
        "{}",
        all.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_stays_beside_the_errand() {
    let town = Town::new().await;
    let (maria, person) = (browser(&town, "maria.lind").await, town.anna().await);
    let wish = crate::kit::id(&person.wishes(230_000).await);
    let message = crate::kit::id(&person.writes("Hej på er").await);
    let list = maria.get("/arenden?kind=purchase_request").await;
    let link = format!("/arenden/{wish}?kind=purchase_request");
    assert!(list.shows(&format!("href=\"{link}\"")) && !list.shows(&message) && list.shows("Välj ett ärende"));
    let open = maria.get(&link).await;
    let row = format!("href=\"{link}\" aria-current=\"true\"");
    assert!(open.shows(&row) && !open.shows(&message), "{}", open.text);
    let action = format!("/arenden/{wish}/ansvarig?kind=purchase_request");
    let taken = maria.submit(&action, &open.form(&action), false).await;
    assert_eq!(taken.path, format!("{link}&klart=ansvarig"));
    assert!(taken.shows("Du ansvarar nu för ärendet") && taken.shows(&row) && !taken.shows(&message));
    let odd = maria.get(&format!("/arenden/{wish}?odd=1")).await;
    assert_eq!(odd.status, 200, "what a page does not know is nothing to it");
    let family = browser(&town, "anna.berg").await.get(&format!("/arenden/{wish}")).await;
    assert!(!family.shows("class=\"pane\"") && !family.shows("Välj ett ärende"));
}
