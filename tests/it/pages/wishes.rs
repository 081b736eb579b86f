//! Wishes, decisions, trips and warnings on the errand's page, to either side.

use super::browser;
use crate::kit::{Town, id, wishes};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_and_its_decision_are_on_both_sides_pages() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let (home, team) = (browser(&town, "anna.berg").await, browser(&town, "maria.lind").await);
    let mut new = wishes::purchase(&anna.assignment().await, 150_000);
    new["purchase"]["item_category"] = "furniture".into();
    new["purchase"]["description"] = "En <b>säng</b> med lådor".into();
    let wish = id(&anna.post("/errands", new).await.expect(201));
    let trip = id(&anna
        .post("/errands", wishes::travel(&anna.assignment().await))
        .await
        .expect(201));
    let path = format!("/arenden/{wish}");
    for who in [&home, &team] {
        let page = who.get(&path).await;
        assert_eq!(page.status, 200);
        for word in [
            "Önskemål om inköp",
            "Beräknad kostnad",
            "1\u{a0}500\u{a0}kr",
            "Ingår normalt i omkostnadsersättningen",
        ] {
            assert!(page.shows(word), "{word}: {}", page.text);
        }
        assert!(!page.shows("<b>säng"), "text is text");
        let page = who.get(&format!("/arenden/{trip}")).await;
        for word in [
            "Önskemål om resa",
            "Umgängesresa",
            "24\u{a0}km enkel väg, tur och retur",
        ] {
            assert!(page.shows(word), "{word}: {}", page.text);
        }
    }
    assert!(home.get(&path).await.shows("Ta tillbaka önskemålet"));
    assert!(team.get(&path).await.shows("Avsluta utan beslut"));
    let no = json!({"outcome": "refused", "reasons": "Sängen ingår i grundkostnaden"});
    maria.decides(&wish, no).await.expect(201);
    for (who, outcome) in [(&home, "Beslut: Nej"), (&team, "Beslut: Avslag")] {
        let page = who.get(&path).await;
        for word in [outcome, "Maria Lind", "Sängen ingår i grundkostnaden", "Beslutat"] {
            assert!(page.shows(word), "{word}: {}", page.text);
        }
    }
    // Closed without a decision from its page, with the reason that it takes.
    let path = format!("/arenden/{trip}");
    let form = team
        .get(&path)
        .await
        .form(&format!("{path}/lage"))
        .but("state", "closed_without_decision");
    let again = team.submit(&format!("{path}/lage"), &form, false).await;
    assert_eq!(again.status, 422);
    let form = again
        .form(&format!("{path}/lage"))
        .but("state", "closed_without_decision");
    let done = team
        .submit(
            &format!("{path}/lage"),
            &form.but("reason", "Umgänget är inställt"),
            false,
        )
        .await;
    assert_eq!(done.status, 200);
    assert!(home.get(&path).await.shows("Umgänget är inställt"));
}

#[tokio::test(flavor = "multi_thread")]
async fn trips_and_what_a_review_says_are_on_both_sides_pages() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let claim = id(&anna.drives(240_000).await);
    let line = maria.opens(&claim).await.expect(200)["trips"][0]["id"].clone();
    let lines = json!([{"trip_id": line, "outcome": "partly_granted", "amount_ore": 50_000, "reason": "Halva vägen"}]);
    let review = maria
        .post(&format!("/errands/{claim}/reviews"), json!({"lines": lines}))
        .await;
    review.expect(201);
    for who in ["anna.berg", "maria.lind"] {
        let page = browser(&town, who).await.get(&format!("/arenden/{claim}")).await;
        for word in [
            "Borlänge till Falun, resecentrum",
            "600\u{a0}kr",
            "Delvis godkänt, 500\u{a0}kr. Halva vägen",
            "500\u{a0}kr eller mer utan ett önskemål",
            "Granskat",
        ] {
            assert!(page.shows(word), "{word}: {}", page.text);
        }
    }
}
