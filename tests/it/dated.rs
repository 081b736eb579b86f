//! What a board sets from a day on goes by the day it concerns, and every text that tells a number tells the board's.

use crate::kit::wishes::{claim, purchase, trip};
use crate::kit::{Browser, Person, Town, id, samples};
use famn::clock::{Clock, Day};
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

/// A town whose time stands still, tomorrow.
async fn town() -> (Town, Clock) {
    let clock = Clock::fixed(Clock::system().now().plus(DAY));
    (Town::at(clock.clone()).await, clock)
}

async fn sets(town: &Town, settings: Value, from: Option<Day>) {
    let stina = town.person("stina.drift").await;
    let from = from.map(|day| day.to_string());
    stina
        .patch("/board", json!({"settings": settings, "from": from}))
        .await
        .expect(200);
}

async fn receipt(person: &Person, amount: i64, category: &str, day: Day) -> Value {
    let file = person
        .uploads("kvitto.jpg", "image/jpeg", samples::another_jpeg())
        .await
        .expect(201);
    json!({"file_id": id(&file), "purchased_on": day.to_string(), "supplier": "Affären", "category": category,
        "amount_ore": amount})
}

fn driven(day: Day) -> Value {
    let mut trip = trip(100_000);
    trip["driven_on"] = json!(day.to_string());
    trip
}

async fn hands_in(person: &Person, receipts: Vec<Value>, trips: Vec<Value>) -> Value {
    let new = claim(&person.assignment().await, receipts, trips);
    let made = id(&person.post("/errands", new).await.expect(201));
    person.opens(&made).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trip_goes_by_the_rate_of_the_day_it_was_driven() {
    let (town, clock) = town().await;
    let anna = town.anna().await;
    let today = clock.now().day();
    sets(&town, json!({"mileage_ore_per_mil": 3_000}), Some(today.plus_days(2))).await;
    let before = hands_in(&anna, vec![], vec![driven(today)]).await;
    assert_eq!(before["trips"][0]["amount_ore"], 25_000);
    clock.forward(DAY * 4);
    let anna = town.anna().await;
    let days = [today, today.plus_days(1), today.plus_days(2), today.plus_days(3)];
    let seen = hands_in(&anna, vec![], days.map(driven).to_vec()).await;
    let amounts: Vec<_> = seen["trips"]
        .as_array()
        .expect("trips")
        .iter()
        .map(|one| &one["amount_ore"])
        .collect();
    assert_eq!(amounts, [25_000, 25_000, 30_000, 30_000]);
    let old = anna.opens(&id(&before)).await.expect(200);
    assert_eq!(old["trips"][0]["amount_ore"], 25_000, "what was handed in stays");

    let browser = Browser::signed_in(&town.base, "anna.berg").await;
    let rates = format!("data-total=\"0:2500 {}:3000\"", today.plus_days(2));
    let page = browser.get("/kvitton").await;
    assert!(page.text.contains(&rates), "{rates} in {}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_goes_by_the_base_costs_of_the_day_it_was_bought() {
    let (town, clock) = town().await;
    let today = clock.now().day();
    sets(
        &town,
        json!({"base_costs": ["glasses", "other"]}),
        Some(today.plus_days(1)),
    )
    .await;
    clock.forward(DAY * 2);
    let anna = town.anna().await;
    let mut receipts = Vec::new();
    for day in [today, today.plus_days(1)] {
        for category in ["furniture", "glasses"] {
            receipts.push(receipt(&anna, 10_000 + receipts.len() as i64, category, day).await);
        }
    }
    let seen = hands_in(&anna, receipts, vec![]).await;
    let warned: Vec<_> = seen["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .map(|one| &one["receipt_id"])
        .collect();
    assert_eq!(warned, [&seen["receipts"][0]["id"], &seen["receipts"][3]["id"]]);
    let stina = Browser::signed_in(&town.base, "stina.drift").await;
    let page = stina.get("/installningar").await;
    assert!(
        page.shows("Vad grundkostnaden betalar") && page.shows("Glasögon"),
        "{}",
        page.text
    );
    let form = stina.get("/installningar/kvitton").await.form("/installningar/kvitton");
    let page = stina
        .submit(
            "/installningar/kvitton",
            &form.but("settings.base_costs", "medicine"),
            false,
        )
        .await;
    assert_eq!(page.path, "/installningar?klart=sparat", "{}", page.text);
    let set = town.maria().await.get("/board").await.expect(200);
    assert_eq!(set["settings"]["base_costs"], json!(["medicine"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_after_the_boards_minutes_and_never_later_than_the_programs() {
    let (town, clock) = town().await;
    let stina = town.person("stina.drift").await;
    for wrong in [
        json!({"idle_staff_minutes": 16}),
        json!({"idle_home_minutes": 31}),
        json!({"idle_home_minutes": 4}),
    ] {
        let faults = stina.patch("/board", json!({"settings": wrong})).await.faults();
        assert_eq!(faults[0].1, "number-range");
    }
    let enters = async |who: &str| Browser::signed_in(&town.base, who).await;
    // A look keeps a session alive.
    let alive = async |browser: &Browser| {
        let page = browser.get("/jag").await;
        (page.status, page.path.as_str()) == (200, "/jag")
    };
    let tomorrow = clock.now().day().plus_days(1);
    sets(
        &town,
        json!({"idle_staff_minutes": 5, "idle_home_minutes": 10}),
        Some(tomorrow),
    )
    .await;
    let (anna, maria) = (enters("anna.berg").await, enters("maria.lind").await);
    clock.forward(MINUTE * 14);
    assert!(alive(&anna).await && alive(&maria).await, "not yet");
    clock.forward(DAY);
    let (anna, maria) = (enters("anna.berg").await, enters("maria.lind").await);
    let lisa = enters("lisa.vans").await;
    clock.forward(MINUTE * 4);
    assert!(alive(&maria).await);
    clock.forward(MINUTE * 5);
    assert!(!alive(&maria).await && alive(&anna).await);
    clock.forward(MINUTE * 10);
    assert!(!alive(&anna).await && alive(&lisa).await, "another board's are its own");
    let browser = Browser::signed_in(&town.base, "anna.berg").await;
    let page = browser.get("/kvitton").await;
    assert!(
        page.text.contains("data-seconds=\"540\""),
        "a minute less than ten: {}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_held_to_what_the_board_takes_and_never_to_more_than_the_program() {
    let (town, _) = town().await;
    let stina = town.person("stina.drift").await;
    for wrong in [
        json!({"file_most_mb": 16}),
        json!({"file_most_mb": 0}),
        json!({"files_most": 11}),
    ] {
        let faults = stina.patch("/board", json!({"settings": wrong})).await.faults();
        assert_eq!(faults[0].1, "number-range");
    }
    sets(&town, json!({"file_most_mb": 1, "files_most": 2}), None).await;
    let anna = town.anna().await;
    let before = town.blobs();
    let large = anna
        .uploads("k.pdf", "application/pdf", samples::pdf_of(1024 * 1024 + 1))
        .await;
    assert_eq!(large.problem(413), "too-large");
    assert_eq!(town.blobs(), before, "nothing of it is kept");
    let mut files = Vec::new();
    for _ in 0..3 {
        let sent = anna
            .uploads("k.pdf", "application/pdf", samples::pdf_of(1024 * 1024))
            .await;
        files.push(id(&sent.expect(201)));
    }
    let message = |files: &[String]| json!({"kind": "message", "body": "Här är de", "file_ids": files});
    let faults = anna.post("/errands", message(&files)).await.faults();
    assert_eq!(faults, [("file_ids".to_owned(), "too-many-files".to_owned())]);
    anna.post("/errands", message(&files[..2])).await.expect(201);
    let browser = Browser::signed_in(&town.base, "anna.berg").await;
    for path in ["/skriv", "/onska/inkop", "/onska/resa"] {
        let page = browser.get(path).await;
        assert!(page.shows("Högst 2 filer, högst 1 MB var."), "{path}: {}", page.text);
        assert!(
            page.text.contains("data-most-mb=\"1\"") && page.text.contains("Största storlek är 1 MB"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_tell_the_numbers_of_the_board_on_the_day_they_concern() {
    let (town, clock) = town().await;
    let (anna, today) = (town.anna().await, clock.now().day());
    let line = async |person: &Person, day: Day| receipt(person, 60_000, "bicycle", day).await;
    let told = |seen: &Value| {
        let warnings = seen["warnings"].as_array().expect("warnings").iter();
        let mut texts: Vec<_> = warnings
            .map(|one| one["text"].as_str().expect("a text").to_owned())
            .collect();
        texts.sort();
        texts
    };
    let usual = [
        "500\u{a0}kr eller mer utan ett önskemål som har beviljats",
        "Äldre än 6 månader",
    ];
    let old = hands_in(
        &anna,
        vec![line(&anna, today.plus_months(-6).plus_days(-1)).await],
        vec![],
    )
    .await;
    assert_eq!(told(&old), usual);
    let browser = Browser::signed_in(&town.base, "anna.berg").await;
    assert!(
        browser
            .get("/onska/inkop")
            .await
            .shows("Kostar det 2\u{a0}000\u{a0}kr eller mer")
    );

    sets(
        &town,
        json!({"wish_from_ore": 12_300, "source_from_ore": 45_600, "old_receipt_months": 1}),
        Some(today.plus_days(1)),
    )
    .await;
    clock.forward(DAY);
    let anna = town.anna().await;
    let new = hands_in(&anna, vec![line(&anna, today.plus_months(-2)).await], vec![]).await;
    assert_eq!(
        told(&new),
        [
            "123\u{a0}kr eller mer utan ett önskemål som har beviljats",
            "Äldre än en månad"
        ]
    );
    assert_eq!(
        told(&anna.opens(&id(&old)).await.expect(200)),
        usual,
        "of the day it came"
    );
    let request = anna
        .request(reqwest::Method::GET, &format!("/errands/{}", id(&new)))
        .header("Accept-Language", "en");
    let english = anna.send(request).await.expect(200);
    assert_eq!(
        told(&english),
        [
            "123\u{a0}kr or more without a wish that granted it",
            "Older than a month"
        ]
    );
    let browser = Browser::signed_in(&town.base, "anna.berg").await;
    let page = browser.get("/onska/inkop").await;
    assert!(page.shows("Kostar det 456\u{a0}kr eller mer"), "{}", page.text);
    let page = browser.get(&format!("/arenden/{}", id(&new))).await;
    assert!(
        page.shows("123\u{a0}kr eller mer utan") && page.shows("Äldre än en månad"),
        "{}",
        page.text
    );
    let mut wish = purchase(&anna.assignment().await, 45_600);
    for field in ["supplier", "link"] {
        wish["purchase"].as_object_mut().expect("a purchase").remove(field);
    }
    let faults = anna.post("/errands", wish).await.faults();
    assert!(faults.iter().any(|(_, code)| code == "source"), "{faults:?}");
}

/// What a board sets is filled into texts: none states the usual number by itself.
#[test]
fn no_text_states_a_number_that_boards_set() {
    let usual = [
        "500 kr",
        "2 000 kr",
        "25 kr",
        "sex månader",
        "6 månader",
        "six months",
        "6 months",
        "15 MB",
        "tio filer",
        "10 filer",
        "ten files",
        "10 files",
        "trettio dagar",
        "30 dagar",
        "thirty days",
        "30 days",
        "60 dagar",
        "60 days",
        "90 dagar",
        "90 days",
        "76 dagar",
        "76 days",
        "15 minuter",
        "15 minutes",
        "tre månader",
        "three months",
    ];
    for file in ["texts/sv.ftl", "texts/en.ftl"] {
        let text = crate::house::source::text(file);
        let told = text
            .lines()
            .filter(|line| {
                !["#", "set-", "page-fault-settings-"]
                    .iter()
                    .any(|start| line.starts_with(start))
            })
            .map(|line| line.replace('\u{a0}', " "));
        let stated: Vec<String> = told
            .filter(|line| usual.iter().any(|number| line.contains(number)))
            .collect();
        assert!(stated.is_empty(), "{file}: {stated:#?}");
    }
}
