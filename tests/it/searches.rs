//! Search: by name, personnummer and errand number alone (förordning 2001:637, 15 §), within the circle, never protected
//! people, and never with the words in the log.

use crate::kit::{Answer, Browser, Person, Town, events, execute, id};
use serde_json::{Value, json};

async fn searched(who: &Person, term: &str) -> Answer {
    let query: String = url::form_urlencoded::byte_serialize(term.as_bytes()).collect();
    who.get(&format!("/search?q={query}")).await
}

/// What was found, as `type label`.
async fn found(who: &Person, term: &str) -> Vec<String> {
    let list = searched(who, term).await.expect(200);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let items = list["items"].as_array().expect("items").iter();
    items
        .map(|one| format!("{} {}", text(&one["type"]), text(&one["label"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_a_personnummer_or_a_number_finds_what_one_handles() {
    let town = Town::new().await;
    let (maria, jonas, eva, karl) = (
        town.maria().await,
        town.jonas().await,
        town.eva().await,
        town.person("karl.vans").await,
    );
    let all = ["home Berg", "member Anna Berg", "member Erik Berg"];
    assert_eq!(found(&maria, "berg").await, all);
    assert_eq!(found(&eva, "BERG").await, all, "the team lead's circle");
    assert_eq!(found(&maria, "erik b").await, ["member Erik Berg"]);
    assert_eq!(found(&maria, "Anna-Berg").await, ["member Anna Berg"]);
    assert_eq!(found(&maria, "alva").await, ["service_user Alva · U-2041"]);
    assert_eq!(
        found(&maria, "ohman").await.first().map(String::as_str),
        found(&maria, "Öhman").await.first().map(String::as_str)
    );
    // Nothing outside the circle, and nothing of another board.
    for who in [&jonas, &karl] {
        assert!(found(who, "berg").await.is_empty());
    }
    // Whoever leads the unit finds the child by its number, in any of its forms.
    let home = searched(&eva, "berg").await.expect(200)["items"][0]["id"].clone();
    let unit = eva
        .get(&format!("/homes/{}", home.as_str().expect("an id")))
        .await
        .expect(200)["unit"]["id"]
        .clone();
    let today = town.app.clock.now().day().to_string();
    let child = json!({"first_name": "Tindra", "last_name": "Åkerö", "personal_number": "20150310-2384"});
    let new = json!({"home_id": home, "kind": "foster", "legal_basis": "SoL", "from": today, "service_user": child,
        "caseworker_id": maria.id, "unit_id": unit});
    let label = eva.post("/assignments", new).await.expect(201)["label"]
        .as_str()
        .expect("a label")
        .to_owned();
    for term in ["20150310-2384", "201503102384", "150310-2384", "tindra akero"] {
        assert_eq!(
            found(&maria, term).await,
            [format!("service_user Tindra · {label}")],
            "{term}"
        );
        assert!(found(&jonas, term).await.is_empty(), "{term}");
    }

    let anna = town.anna().await;
    let errand = id(&anna.writes("Om skolan").await);
    let number = maria.opens(&errand).await.expect(200)["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    assert_eq!(found(&maria, &number).await, [format!("errand {number}")]);
    // A colleague finds the door by it; another board nothing.
    assert_eq!(
        found(&jonas, &number.to_lowercase()).await,
        [format!("errand {number}")]
    );
    assert!(found(&karl, &number).await.is_empty());
    assert!(found(&maria, "skolan").await.is_empty(), "there is no search in texts");

    for (term, code) in [
        ("20150310-2385", 422),
        ("a", 422),
        ("", 422),
        ("--", 422),
        (&"a".repeat(81), 422),
    ] {
        assert_eq!(searched(&maria, term).await.problem(code), "invalid", "{term}");
    }
    assert_eq!(searched(&anna, "berg").await.problem(403), "forbidden");
    assert_eq!(maria.get("/search").await.problem(400), "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_what_was_shown_and_never_the_words() {
    let town = Town::new().await;
    let maria = town.maria().await;
    let hits = searched(&maria, "Erik").await.expect(200);
    assert!(found(&maria, "Finnsinte").await.is_empty());
    let told: Vec<Value> = events(&town.place)
        .into_iter()
        .filter(|event| event["action"] == "search")
        .collect();
    assert_eq!(told.len(), 2, "one that finds nothing too");
    assert_eq!(
        (&told[0]["reason_code"], &told[0]["relation"]),
        (&json!("name"), &json!("self"))
    );
    assert_eq!(told[0]["shown"], json!([hits["items"][0]["id"]]), "{}", told[0]);
    let all = serde_json::to_string(&events(&town.place)).expect("json");
    assert!(!all.contains("Finnsinte") && !all.contains("finnsinte"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_protected_and_those_one_is_apart_from_are_not_found() {
    let town = Town::new().await;
    let maria = town.maria().await;
    assert_eq!(found(&maria, "alva").await.len(), 1);
    execute(&town.place, "UPDATE service_user SET protected = 'fictitious'");
    assert!(found(&maria, "alva").await.is_empty());
    assert!(
        found(&maria, "berg").await.is_empty(),
        "nor the home of a protected child"
    );
    execute(&town.place, "UPDATE service_user SET protected = 'none'");
    assert!(!found(&maria, "berg").await.is_empty());
    execute(&town.place, "UPDATE home SET protected = 'secrecy_marking'");
    assert!(found(&maria, "berg").await.is_empty());
    execute(&town.place, "UPDATE home SET protected = 'none'");
    let home = searched(&maria, "berg").await.expect(200)["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let myself = json!({"person_id": maria.id, "reason": "Släkt"});
    maria
        .post(&format!("/homes/{home}/conflicts"), myself)
        .await
        .expect(201);
    assert!(found(&maria, "berg").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_takes_the_words_in_a_body_and_leads_on() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let errand = id(&anna.writes("Om skolan").await);
    let number = anna.opens(&errand).await.expect(200)["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    let jonas = Browser::signed_in(&town.base, "jonas.ahl").await;
    let form = jonas.get("/sok").await;
    let hit = jonas.submit("/sok", &form.form("/sok").but("q", &number), false).await;
    assert!(
        hit.status == 200 && hit.path == "/sok" && hit.shows("En träff"),
        "{}",
        hit.text
    );
    let door = jonas.get(&hit.link("/arenden/0")).await;
    assert!(door.shows("Varför"), "the number leads to the door: {}", door.text);
    let none = jonas
        .submit("/sok", &form.form("/sok").but("q", "<b>Berg"), false)
        .await;
    assert!(
        none.shows("Inga träffar") && none.text.contains("&#60;b&#62;Berg"),
        "{}",
        none.text
    );
    let wrong = jonas.submit("/sok", &form.form("/sok").but("q", "x"), false).await;
    assert!(
        wrong.status == 422 && wrong.shows("Skriv ett namn med minst två tecken"),
        "{}",
        wrong.text
    );
    let maria = Browser::signed_in(&town.base, "maria.lind").await;
    let found = maria
        .submit("/sok", &maria.get("/sok").await.form("/sok").but("q", "erik"), false)
        .await;
    assert!(
        maria.get(&found.link("/hem/")).await.shows("Erik Berg"),
        "{}",
        found.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn short_names_and_pasted_numbers_are_found() {
    let town = Town::new().await;
    let eva = town.eva().await;
    let home = searched(&eva, "berg").await.expect(200)["items"][0]["id"].clone();
    let home = home.as_str().expect("an id");
    let seen = eva.get(&format!("/homes/{home}")).await.expect(200);
    let caseworker = town.maria().await.id;
    for (first, last, number) in [
        ("Oo", "Aa", "20150310-2384"),
        ("Bo", "Li", "19811228-9874"),
        ("Wu", "Ek", "701063-2391"),
    ] {
        let new = json!({"home_id": home, "kind": "foster", "legal_basis": "SoL", "from": "2026-01-01", "unit_id": seen["unit"]["id"],
            "caseworker_id": caseworker, "service_user": {"first_name": first, "last_name": last, "personal_number": number}});
        eva.post("/assignments", new).await.expect(201);
    }
    for (term, first) in [
        ("Oo", "Oo"),
        ("oo", "Oo"),
        ("Aa", "Oo"),
        ("Bo", "Bo"),
        ("li", "Bo"),
        ("Wu", "Wu"),
        ("20150310 2384", "Oo"),
        ("2015-03-10-2384", "Oo"),
        ("20150310\u{a0}2384", "Oo"),
        ("150310\u{2013}2384", "Oo"),
        ("1981 12 28 98 74", "Bo"),
        ("701063 2391", "Wu"),
    ] {
        let found = found(&eva, term).await;
        assert!(
            found
                .iter()
                .any(|one| one.starts_with(&format!("service_user {first} "))),
            "{term}: {found:?}"
        );
    }
    for none in ["o", "20150310 238", "150310-2385", "-", "\u{200b}"] {
        assert_eq!(
            searched(&eva, none).await.faults(),
            [("q".into(), "search".into())],
            "{none:?}"
        );
    }
}
