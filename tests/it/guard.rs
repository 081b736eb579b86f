//! The wrong-home guard: what staff writes to a home is held back while it names people of another home, until they have
//! seen it and say that it is meant.

use crate::kit::{Answer, Browser, Person, Town, count, events, id};
use serde_json::{Value, json};

const TEXT: &str = "Hej Anna Berg! Sara Öhmans pojke kommer också.";

async fn answered(who: &Person, errand: &str, body: &str, confirmed: &[&str]) -> Answer {
    let new = json!({"body": body, "confirmed": confirmed});
    who.post(&format!("/errands/{errand}/messages"), new).await
}

fn confirmed(town: &Town) -> Vec<Value> {
    let all = events(&town.place).into_iter();
    all.filter(|event| event["action"] == "message.confirm").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_another_home_hold_a_message_back_until_it_is_confirmed() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Om skolan").await);
    let before = count(&town.place, "message");
    // Sara Öhman is another home's; Anna and Erik Berg, and Alva who is placed there, are this home's own.
    let held = answered(&maria, &errand, TEXT, &[]).await;
    let told = held.json();
    assert_eq!(
        (held.status.as_u16(), &told["type"]),
        (409, &json!("/problems/other-home"))
    );
    let found = &told["found"];
    assert!(
        found.as_array().expect("found").contains(&json!("Sara Öhmans")),
        "{found}"
    );
    assert!(!found.to_string().contains("Berg"), "{found}");
    assert_eq!(count(&town.place, "message"), before, "nothing was sent");
    let denied: Vec<Value> = events(&town.place)
        .into_iter()
        .filter(|event| event["reason_code"] == "other_home")
        .collect();
    assert_eq!(
        (denied.len(), &denied[0]["outcome"], &denied[0]["action"]),
        (1, &json!("denied"), &json!("message.send"))
    );
    assert!(!denied[0].to_string().contains("Öhman"));

    // A yes to something else, or to less than what is there, is none.
    for other in [&[][..], &["Lisa Vans"]] {
        assert_eq!(answered(&maria, &errand, TEXT, other).await.problem(409), "other-home");
    }
    answered(&maria, &errand, TEXT, &["Sara Öhmans"]).await.expect(201);
    let told = confirmed(&town);
    assert_eq!(
        (told.len(), &told[0]["outcome"], &told[0]["errand"]),
        (1, &json!("ok"), &json!(errand))
    );
    // What names nobody else passes, and a needless yes leaves no trace.
    answered(&maria, &errand, "Erik Berg kan ringa om Alva.", &["Alva"])
        .await
        .expect(201);
    assert_eq!(confirmed(&town).len(), 1);
    // A home writes what it likes.
    answered(&anna, &errand, "Vi känner Sara Öhman", &[]).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_looks_at_numbers_subjects_moves_and_the_names_of_files_too() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let homes = eva.get("/homes").await.expect(200);
    let home = |name: &str| {
        let mut items = homes["items"].as_array().expect("homes").iter();
        items.find(|home| home["name"] == name).expect("a home").clone()
    };
    let (berg, ohman) = (home("Berg"), home("Öhman"));
    let today = town.app.clock.now().day().to_string();
    let child = json!({"first_name": "Tindra", "last_name": "Åkerö", "personal_number": "20150310-2384",
        "protected": "fictitious"});
    let new = json!({"home_id": id(&ohman), "kind": "foster", "legal_basis": "SoL", "from": today, "service_user": child,
        "caseworker_id": maria.id, "unit_id": ohman["unit"]["id"]});
    eva.post("/assignments", new).await.expect(201);
    let errand = id(&anna.writes("Om skolan").await);
    let held_back = [
        "Numret är 150310-2384.",
        "Gäller 20150310 2384",
        "Tindra Akerös skola",
        "Gäller 2015-03-10-2384",
        "Gäller 2015.03.10 2384",
        "Gäller 2 0 1 5 0 3 1 0 2 3 8 4",
        "född 10/03/2015, sista fyra 2384",
        "Åkerö, Tindra",
        "ÅKERÖ TINDRA",
        "Hälsa Tindra\r\nÅkerö",
        "Tindra M. Åkerö",
        "tindraakero",
    ];
    for body in held_back {
        assert_eq!(
            answered(&maria, &errand, body, &[]).await.problem(409),
            "other-home",
            "{body}"
        );
    }
    let ask = json!({"state": "awaiting_home", "message": "Vad säger Tindra Åkerö?"});
    assert_eq!(
        maria.put(&format!("/errands/{errand}/state"), ask).await.problem(409),
        "other-home"
    );
    let start = |subject: &str| json!({"kind": "message", "home_id": id(&berg), "category": "school", "subject": subject, "body": "Hej"});
    assert_eq!(
        maria.post("/errands", start("Tindra Åkerö")).await.problem(409),
        "other-home"
    );
    maria.post("/errands", start("Skolan")).await.expect(201);
    let file = maria
        .uploads("Tindra Akero plan.png", "image/png", crate::kit::picture())
        .await;
    let file = id(&file.expect(201));
    let new = json!({"body": "Här är planen", "file_ids": [file]});
    let held = maria.post(&format!("/errands/{errand}/messages"), new).await;
    assert_eq!(
        (held.status.as_u16(), &held.json()["found"]),
        (409, &json!(["Tindra Akero"]))
    );
    // What was shown is confirmed as it was shown, over two lines or not.
    let turned = "Det gäller Åkerö,\r\nTindra (2015-03-10-2384)";
    let found = answered(&maria, &errand, turned, &[]).await.json()["found"].clone();
    assert_eq!(found, json!(["2015-03-10-2384", "Åkerö Tindra"]));
    answered(&maria, &errand, turned, &["Åkerö Tindra", "2015-03-10-2384"])
        .await
        .expect(201);
    // A given name, a surname or a day alone is none.
    for body in [
        "Tindra är ett fint ord",
        "ett tindrande ljus över Åkerö",
        "Vi ses 2015-03-10",
        "Ring 0243-660 00",
    ] {
        answered(&maria, &errand, body, &[]).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_found_in_any_form_of_its_letters_and_whatever_is_not_seen_in_it() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Om skolan").await);
    let before = count(&town.place, "message");
    let (composed, apart) = ("Öhman".to_owned(), "O\u{308}hman".to_owned());
    let within = ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];
    let unseen = within.map(|unseen| format!("Ö{unseen}hm{unseen}an"));
    let between = within.map(|unseen| format!("O{unseen}\u{308}hman"));
    for name in [composed, apart].into_iter().chain(unseen).chain(between) {
        let held = answered(&maria, &errand, &format!("Hälsa {name} så gott"), &[]).await;
        assert_eq!(
            (held.status.as_u16(), &held.json()["found"]),
            (409, &json!(["Öhman"])),
            "{name:?}"
        );
        let file = maria
            .uploads(&format!("Plan {name}.png"), "image/png", crate::kit::picture())
            .await;
        let new = json!({"body": "Här är planen", "file_ids": [id(&file.expect(201))]});
        let held = maria.post(&format!("/errands/{errand}/messages"), new).await;
        assert_eq!(
            (held.status.as_u16(), &held.json()["found"]),
            (409, &json!(["Öhman"])),
            "a file's name: {name:?}"
        );
    }
    assert_eq!(count(&town.place, "message"), before, "nothing was sent");
    // What was shown is what is confirmed.
    answered(&maria, &errand, "Hälsa O\u{308}h\u{ad}man", &["Öhman"])
        .await
        .expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_what_was_found_and_asks() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let errand = id(&anna.writes("Om skolan").await);
    let (path, act) = (format!("/arenden/{errand}"), format!("/arenden/{errand}/svar"));
    let maria = Browser::signed_in(&town.base, "maria.lind").await;
    let page = maria.get(&path).await;
    let filled = page.form(&act).but("body", "Hälsa Sara Öhman & barnen");
    let asked = maria.submit(&act, &filled, true).await;
    assert!(
        asked.status == 422 && asked.shows("Är detta rätt familj?") && asked.shows("Sara Öhman"),
        "{}",
        asked.text
    );
    let sent = maria.submit(&act, &asked.form(&act).but("confirmed", "ja"), true).await;
    assert!(sent.status == 200 && sent.shows("Hälsa Sara Öhman"), "{}", sent.text);
    assert_eq!(confirmed(&town).len(), 1);
    // The same where something is asked of the home.
    let act = format!("/arenden/{errand}/lage");
    let page = maria.get(&path).await;
    let filled = page
        .form(&act)
        .but("state", "awaiting_home")
        .but("message", "Vad säger Sara Öhman?");
    let asked = maria.submit(&act, &filled, false).await;
    assert!(
        asked.status == 422 && asked.shows("Är detta rätt familj?"),
        "{}",
        asked.text
    );
    // And where a message is begun.
    let write = maria.get("/skriv").await;
    let place = write.form("/skriv");
    let home = write
        .text
        .split("<option value=\"")
        .find(|one| one.contains("Berg"))
        .expect("the home");
    let home = home.split('"').next().expect("its value");
    let filled = place
        .but("where", home)
        .but("body", "Hej! Sara Öhman undrar")
        .but("do", "send");
    let asked = maria.submit("/skriv", &filled, true).await;
    assert!(
        asked.status == 422 && asked.shows("Är detta rätt familj?"),
        "{}",
        asked.text
    );
    let sent = maria
        .submit(
            "/skriv",
            &asked
                .form("/skriv")
                .but("where", home)
                .but("confirmed", "ja")
                .but("do", "send"),
            true,
        )
        .await;
    assert!(sent.path.ends_with("/klart"), "{} {}", sent.path, sent.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_and_reviews_are_looked_through_too() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let wish = id(&anna.wishes(150_000).await);
    let reasons = "Som för Sara Öhman";
    let decision = |confirmed: &[&str]| json!({"outcome": "refused", "reasons": reasons, "confirmed": confirmed});
    assert_eq!(maria.decides(&wish, decision(&[])).await.problem(409), "other-home");
    maria.decides(&wish, decision(&["Sara Öhman"])).await.expect(201);
    let file = id(&anna
        .uploads("kvitto.png", "image/png", crate::kit::picture())
        .await
        .expect(201));
    let claim = id(&anna.hands_in(&file, 45_000, "Synsam").await.expect(201));
    let receipt = maria.opens(&claim).await.expect(200)["receipts"][0]["id"].clone();
    let review = |confirmed: &[&str]| json!({"lines": [{"receipt_id": receipt, "outcome": "refused", "reason": reasons}], "confirmed": confirmed});
    let at = format!("/errands/{claim}/reviews");
    assert_eq!(maria.post(&at, review(&[])).await.problem(409), "other-home");
    maria.post(&at, review(&["Sara Öhman"])).await.expect(201);
    assert_eq!(confirmed(&town).len(), 2);

    // On the page the decision's own form asks.
    let wish = id(&anna.wishes(150_000).await);
    let browser = Browser::signed_in(&town.base, "maria.lind").await;
    let act = format!("/arenden/{wish}/beslut");
    let page = browser.get(&format!("/arenden/{wish}")).await;
    let filled = page
        .form(&act)
        .but("decision.outcome", "refused")
        .but("decision.reasons", reasons);
    let asked = browser.submit(&act, &filled.but("do", "send"), false).await;
    assert!(
        asked.status == 422 && asked.shows("Är detta rätt familj?"),
        "{}",
        asked.text
    );
    assert_eq!(asked.text.matches("id=\"confirmed\"").count(), 1);
    let yes = asked
        .form(&act)
        .but("decision.outcome", "refused")
        .but("confirmed", "ja")
        .but("do", "send");
    let made = browser.submit(&act, &yes, false).await;
    assert!(
        made.status == 200 && !made.shows("Är detta rätt familj?"),
        "{}",
        made.text
    );
    assert_eq!(confirmed(&town).len(), 3);
}
