//! The same on pages: who is named, and places shown once to who says why.

use super::WHY;
use crate::kit::hidden::{self, Hidden};
use crate::kit::wishes::{purchase, travel};
use crate::kit::{Browser, Town, id, samples};
use famn::home::Protection;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_say_who_is_named_and_show_places_once() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (eva, dora, jonas) = (
        Browser::signed_in(&town.base, "eva.strand").await,
        Browser::signed_in(&town.base, "dora.sund").await,
        Browser::signed_in(&town.base, "jonas.ahl").await,
    );
    let path = format!("/skyddade/{}", of.home);
    let list = eva.get("/skyddade").await;
    assert!(
        list.shows("Skyddat hem") && list.shows(&path) && !list.shows(hidden::NAMES[0]),
        "{}",
        list.text
    );
    let form = eva.get(&path).await.form(&path);
    let nobody = eva.submit(&path, &form, false).await;
    assert!(nobody.status == 422 && nobody.shows("Vem?"), "{}", nobody.text);
    let form = nobody
        .form(&path)
        .but("person_id", &town.maria().await.id)
        .but("reason", WHY);
    let told = eva.submit(&path, &form, false).await;
    assert!(
        told.shows("väntar på en andra person") && !told.shows("Godkänn<"),
        "{}",
        told.text
    );
    let waiting = dora.get(&path).await;
    let action = format!("{path}/utsedda/");
    let action = waiting
        .text
        .split("action=\"")
        .skip(1)
        .find(|rest| rest.starts_with(&action));
    let action = action
        .and_then(|rest| rest.split('"').next())
        .expect("a form")
        .to_owned();
    let done = dora
        .submit(&action, &waiting.form(&action).but("do", "confirm"), false)
        .await;
    assert!(
        done.shows("Personen är utsedd") && done.shows("Maria Lind"),
        "{}",
        done.text
    );

    let errand = id(&of.vilgot.post("/errands", travel(&of.assignment)).await.expect(201));
    let page = jonas.get(&format!("/arenden/{errand}")).await;
    assert!(
        page.shows("<a href=\"#skyddat\">Dold, skyddade personuppgifter</a>") && !page.shows("resecentrum"),
        "{}",
        page.text
    );
    assert!(
        page.shows("id=\"skyddat\"") && page.shows("Platser, butiker och filnamn är dolda") && !page.shows("visas nu")
    );
    let action = format!("/arenden/{errand}/skyddat");
    let short = jonas
        .submit(&action, &page.form(&action).but("protected.reason", "kort"), false)
        .await;
    assert!(short.status == 422 && !short.shows("resecentrum"), "{}", short.text);
    let form = short.form(&action).but("protected.reason", "Kontrollerar resans längd");
    let shown = jonas.submit(&action, &form, false).await;
    assert!(
        shown.status == 200 && shown.shows("resecentrum") && shown.shows("visas nu"),
        "{}",
        shown.text
    );
    assert!(!shown.shows("är dolda"), "{}", shown.text);
    assert!(!jonas.get(&format!("/arenden/{errand}")).await.shows("resecentrum"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_not_beside_the_words_that_it_is_hidden() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let jonas = Browser::signed_in(&town.base, "jonas.ahl").await;
    let file = of.vilgot.uploads("Storgatan 4.png", "image/png", samples::png()).await;
    let file = id(&file.expect(201));
    let new = json!({"kind": "receipt_claim", "assignment_id": of.assignment, "declaration": true, "receipts": [
        {"file_id": file, "purchased_on": town.app.clock.now().day().to_string(), "supplier": "Hyllinge Livs",
            "category": "medicine", "amount_ore": 12_000}]});
    let claim = id(&of.vilgot.post("/errands", new).await.expect(201));
    let (thread, review) = (format!("/arenden/{claim}"), format!("/arenden/{claim}/granskning"));
    let picture = format!("/filer/{file}");
    for path in [&thread, &review] {
        let page = jonas.get(path).await;
        assert!(
            page.shows("Platser, butiker, bilder och andra filer är dolda"),
            "{path}: {}",
            page.text
        );
        assert!(!page.text.contains(&picture), "{path}: {}", page.text);
        assert!(
            page.shows("id=\"skyddat\"") && page.shows("Filen är dold"),
            "{path}: {}",
            page.text
        );
    }
    assert_eq!(jonas.get(&picture).await.status, 403);
    let act = format!("{thread}/skyddat");
    let form = jonas.get(&review).await.form(&act);
    let short = jonas.submit(&act, &form.but("protected.reason", "kort"), false).await;
    assert!(
        short.status == 422 && short.shows("Granska") && !short.text.contains(&picture),
        "{}",
        short.text
    );
    let form = short.form(&act).but("protected.reason", "Granskar kvittots belopp");
    let shown = jonas.submit(&act, &form, false).await;
    assert!(
        shown.shows("Hyllinge Livs") && shown.text.contains(&picture),
        "{}",
        shown.text
    );
    assert!(
        shown.text.contains(&format!("action=\"{review}\"")),
        "the review goes on: {}",
        shown.text
    );
    assert_eq!(jonas.get(&picture).await.status, 200);
    for path in [&thread, &review] {
        let page = jonas.get(path).await;
        assert!(
            page.text.contains(&picture) && !page.shows("Hyllinge Livs"),
            "{path}: {}",
            page.text
        );
        assert!(
            !page.text.contains(&format!("{picture}/original")),
            "nobody is given that: {}",
            page.text
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_leads_to_an_original_that_is_refused() {
    let town = Town::new().await;
    let (anna, jonas) = (town.anna().await, town.jonas().await);
    let file = id(&anna
        .uploads("kvitto.png", "image/png", samples::png())
        .await
        .expect(201));
    let new = json!({"kind": "message", "assignment_id": anna.assignment().await, "body": "Se", "file_ids": [file]});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    let opening = json!({"reason_code": "on_call"});
    jonas
        .post(&format!("/errands/{errand}/openings"), opening)
        .await
        .expect(201);
    for (who, is_given) in [("maria.lind", true), ("jonas.ahl", false), ("anna.berg", false)] {
        let browser = Browser::signed_in(&town.base, who).await;
        let page = browser.get(&format!("/arenden/{errand}")).await;
        let original = format!("/filer/{file}/original");
        assert_eq!(page.text.contains(&original), is_given, "{who}: {}", page.text);
        assert!(page.text.contains(&format!("/filer/{file}\"")), "{who}: {}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_officer_keeps_the_record_of_what_went_wrong_in_a_protected_home() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (jonas, dora, eva) = (town.jonas().await, town.person("dora.sund").await, town.eva().await);
    let new = json!({"kind": "message", "assignment_id": of.assignment, "body": "Fel papper"});
    let errand = id(&of.vilgot.post("/errands", new).await.expect(201));
    let message = id(&jonas.opens(&errand).await.expect(200)["messages"][0]);
    let isolation = json!({"message_id": message, "reason": "Ett annat barns papper"});
    let path = format!("/errands/{errand}/isolations");
    let made = jonas.post(&path, isolation).await.expect(201);
    let path = format!("/incidents/{}", made["incident_id"].as_str().expect("an incident"));
    let seen = dora.get(&path).await.expect(200).to_string();
    assert!(
        !seen.contains(hidden::NAMES[0]) && !seen.contains(hidden::NAMES[1]),
        "{seen}"
    );
    assert_eq!(eva.get(&path).await.status, 404, "who leads the unit and is not named");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_hides_nothing_says_and_shows_nothing_of_it() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (jonas, his) = (town.jonas().await, Browser::signed_in(&town.base, "jonas.ahl").await);
    let new = json!({"kind": "message", "assignment_id": of.assignment, "body": "En fråga om skolan"});
    let mut shop = purchase(&of.assignment, 150_000);
    let words = shop["purchase"].as_object_mut().expect("a wish");
    words.remove("supplier");
    words.remove("link");
    let why = json!({"reason": "Finns något dolt här?"});
    let offers = async |errand: &str, is_hidden: bool| {
        let seen = jonas.opens(errand).await.expect(200);
        assert_eq!(seen["places_hidden"] == true, is_hidden, "{seen}");
        let page = his.get(&format!("/arenden/{errand}")).await;
        assert!(page.shows("id=\"skyddat\"") && !page.shows("visas nu"), "{}", page.text);
        for words in ["är dolda", "Visa platser, butiker och filer"] {
            assert_eq!(page.shows(words), is_hidden, "{words}: {}", page.text);
        }
        let shown = jonas.post(&format!("/errands/{errand}/protected"), why.clone()).await;
        match is_hidden {
            true => drop(shown.expect(200)),
            false => assert_eq!(shown.problem(409), "open"),
        }
    };
    let message = id(&of.vilgot.post("/errands", new).await.expect(201));
    offers(&message, false).await;
    offers(&id(&of.vilgot.post("/errands", shop).await.expect(201)), false).await;
    // What a file is called may say it.
    let file = id(&of
        .vilgot
        .uploads("Storgatan.png", "image/png", samples::png())
        .await
        .expect(201));
    let along = json!({"body": "Se bilden", "file_ids": [file]});
    let path = format!("/errands/{message}/messages");
    of.vilgot.post(&path, along).await.expect(201);
    offers(&message, true).await;
    offers(
        &id(&of
            .vilgot
            .post("/errands", purchase(&of.assignment, 250_000))
            .await
            .expect(201)),
        true,
    )
    .await;
}
