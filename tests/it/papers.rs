//! What comes on paper from a home without a way to sign in, registered by whoever handles it.

use crate::kit::wishes::{claim, purchase, travel, trip};
use crate::kit::{Browser, Filled, Page, Person, Town, events, id, picture, samples};
use serde_json::{Value, json};

const BODY: &str = "Vi vill gärna träffa er före jul";

fn today() -> String {
    famn::clock::Clock::system().now().day().to_string()
}

async fn berg(town: &Town) -> String {
    let homes = town.eva().await.get("/homes").await.expect(200);
    let mut homes = homes["items"].as_array().expect("homes").iter();
    id(homes.find(|home| home["name"] == "Berg").expect("the home Berg"))
}

async fn scan(who: &Person) -> String {
    id(&who
        .uploads("blankett.png", "image/png", samples::png())
        .await
        .expect(201))
}

/// A paper of Erik's, registered by someone.
async fn paper(who: &Person, erik: &Person, errand: Value) -> Value {
    json!({"on_behalf_of": erik.id, "received_on": today(), "scan_id": scan(who).await, "errand": errand})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_lies_as_the_homes_own_errand_and_is_shown_as_what_it_is() {
    // Beyond the hour in which one letter is enough.
    let clock = famn::clock::Clock::fixed(
        famn::clock::Clock::system()
            .now()
            .plus(std::time::Duration::from_secs(7_200)),
    );
    let town = Town::at(clock).await;
    let (anna, erik, maria, sara) = (
        town.anna().await,
        town.erik().await,
        town.maria().await,
        town.sara().await,
    );
    let home = berg(&town).await;
    let at = format!("/homes/{home}/paper-errands");
    maria.plant(BODY);
    let message = json!({"kind": "message", "assignment_id": anna.assignment().await, "body": BODY});
    let new = paper(&maria, &erik, message.clone()).await;
    let before = town.letters_to("anna.berg@example.org").await.len();
    let made = maria.post(&at, new.clone()).await.expect(201);
    assert!(
        town.letters_to("anna.berg@example.org").await.len() > before,
        "the home is told"
    );
    let (errand, scan_id) = (id(&made), new["scan_id"].clone());

    let own = anna.opens(&errand).await.expect(200);
    assert_eq!(
        (&own["channel"], &own["paper"]["received_on"]),
        (&json!("paper"), &json!(today()))
    );
    assert!(
        own["paper"].get("registered_by").is_none(),
        "to the home the team did it"
    );
    let first = &own["messages"][0];
    assert_eq!(
        (&first["from"]["name"], &first["from"]["side"], &first["body"]),
        (&json!("Erik Berg"), &json!("home"), &json!(BODY))
    );
    assert_eq!(first["files"], json!([]), "the scan is the errand's own");
    let path = format!("/files/{}/content", scan_id.as_str().expect("an id"));
    assert_eq!(anna.get(&path).await.status, 200);
    assert_eq!(sara.get(&path).await.status, 404);
    anna.answers(&errand, "Det går bra på tisdag").await.expect(201);
    let seen = maria.opens(&errand).await.expect(200);
    assert_eq!(seen["paper"]["registered_by"]["name"], "Maria Lind");
    let started = events(&town.place)
        .into_iter()
        .rfind(|event| event["action"] == "errand.create");
    let started = started.expect("an event");
    assert_eq!(
        (&started["reason_code"], &started["person"]),
        (&json!("paper"), &json!(maria.id))
    );

    for (who, words) in [
        ("anna.berg", "Pappersblankett, registrerad av familjehemsteamet"),
        ("maria.lind", "Pappersblankett, registrerad av Maria Lind"),
    ] {
        let page = Browser::signed_in(&town.base, who)
            .await
            .get(&format!("/arenden/{errand}"))
            .await;
        assert!(page.shows(words), "{}", page.text);
    }
    let own = anna.writes("En fråga till").await;
    assert_eq!(anna.opens(&id(&own)).await.expect(200)["channel"], "service");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_is_registered_once_within_its_limits_and_by_who_handles_the_home() {
    let town = Town::new().await;
    let (anna, erik, maria, sara, jonas) = (
        town.anna().await,
        town.erik().await,
        town.maria().await,
        town.sara().await,
        town.jonas().await,
    );
    let home = berg(&town).await;
    let at = format!("/homes/{home}/paper-errands");
    let assignment = anna.assignment().await;
    let message = json!({"kind": "message", "assignment_id": assignment, "body": "Vi har en fråga"});
    let right = paper(&maria, &erik, message.clone()).await;
    let tomorrow = famn::clock::Clock::system().now().day().plus_days(1).to_string();
    for (field, value, code) in [
        ("on_behalf_of", json!(sara.id), "member"),
        ("on_behalf_of", json!(home), "member"),
        ("received_on", json!(tomorrow), "date-future"),
        ("scan_id", json!(scan(&anna).await), "file-unknown"),
        ("scan_id", json!(home), "file-unknown"),
    ] {
        let mut wrong = right.clone();
        wrong[field] = value;
        assert_eq!(
            maria.post(&at, wrong).await.faults(),
            [(field.to_owned(), code.to_owned())]
        );
    }
    // The scan is no file of the errand besides.
    let mut both = right.clone();
    both["errand"]["file_ids"] = json!([right["scan_id"]]);
    let faults = maria.post(&at, both).await.faults();
    assert_eq!(faults, [("scan_id".to_owned(), "file-unknown".to_owned())]);
    // A paper of one home about another's assignment, and by who has nothing to do with the home.
    let mut elsewhere = right.clone();
    elsewhere["errand"]["assignment_id"] = json!(sara.assignment().await);
    assert_eq!(maria.post(&at, elsewhere).await.problem(404), "not-found");
    let theirs = paper(&jonas, &erik, message).await;
    assert_eq!(jonas.post(&at, theirs).await.problem(404), "not-found");
    assert_eq!(anna.post(&at, right.clone()).await.problem(403), "forbidden");
    let once = || {
        let request = maria
            .request(reqwest::Method::POST, &at)
            .header("Idempotency-Key", "papper-1");
        maria.send(request.json(&right))
    };
    assert_eq!(once().await.expect(201), once().await.expect(201));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_kinds_come_on_paper_and_a_claim_is_reviewed_by_another() {
    let town = Town::new().await;
    let (anna, erik, maria, eva) = (
        town.anna().await,
        town.erik().await,
        town.maria().await,
        town.eva().await,
    );
    let at = format!("/homes/{}/paper-errands", berg(&town).await);
    let assignment = anna.assignment().await;
    for wish in [purchase(&assignment, 150_000), travel(&assignment)] {
        let new = paper(&maria, &erik, wish).await;
        let made = id(&maria.post(&at, new).await.expect(201));
        let seen = anna.opens(&made).await.expect(200);
        assert_eq!((&seen["channel"], &seen["files"]), (&json!("paper"), &json!([])));
    }
    let new = paper(&maria, &erik, claim(&assignment, vec![], vec![trip(12_000)])).await;
    let handed_in = id(&maria.post(&at, new).await.expect(201));
    let line = maria.opens(&handed_in).await.expect(200)["trips"][0]["id"].clone();
    let review = json!({"lines": [{"trip_id": line, "outcome": "granted"}]});
    let path = format!("/errands/{handed_in}/reviews");
    assert_eq!(maria.post(&path, review.clone()).await.problem(403), "forbidden");
    let denied = events(&town.place)
        .into_iter()
        .rfind(|event| event["action"] == "claim.review");
    let denied = denied.expect("an event");
    assert_eq!(
        (&denied["outcome"], &denied["reason_code"]),
        (&json!("denied"), &json!("own_paper"))
    );
    let page = Browser::signed_in(&town.base, "maria.lind").await;
    let page = page.get(&format!("/arenden/{handed_in}")).await;
    assert!(
        !page.text.contains(&format!("/arenden/{handed_in}/granskning")),
        "{}",
        page.text
    );
    eva.post(&path, review).await.expect(201);
}

/// What the forms say to the home, and is no part of a paper that someone copies.
const TO_THE_HOME: [&str; 14] = [
    "<h1>Skriv till ett hem",
    "Hemmet behöver svara",
    "Ta en bild per kvitto",
    "Ta bild på",
    "Ditt kvitto",
    "Ditt meddelande",
    "Jag intygar",
    "du vill köpa",
    "vi själva",
    "reser ni",
    "Kör ni",
    "Skriv inte mer om barnet",
    "gatuadress",
    "Skriv inga namn",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_forms_of_a_paper_speak_to_who_copies_it() {
    let town = Town::new().await;
    let maria = Browser::signed_in(&town.base, "maria.lind").await;
    let home = berg(&town).await;
    let page = maria.get(&format!("/hem/{home}")).await;
    let of_the_paper = [
        "Vem har skrivit under?".to_owned(),
        "<h2 id=\"blanketten\">Om blanketten</h2>".to_owned(),
        "<title>Pappersblankett: ".to_owned(),
        "<h1>Pappersblankett: ".to_owned(),
        format!("<a class=\"back\" href=\"/hem/{home}\">"),
        "<a href=\"/hem\" aria-current=\"page\">".to_owned(),
    ];
    for start in ["/skriv", "/onska/inkop", "/onska/resa", "/kvitton"] {
        let path = page.link(&format!("{start}?hem="));
        let form = maria.get(&path).await;
        assert_eq!(form.status, 200, "{start}: {}", form.text);
        for words in &of_the_paper {
            assert!(form.shows(words), "{start}: {words}: {}", form.text);
        }
        assert!(!form.shows("Spara utkast"), "{start}: a paper is no draft");
        let empty = form.form(start).with("do", "check");
        let empty = maria.submit(start, &empty, true).await;
        assert_eq!(empty.status, 422, "{start}: {}", empty.text);
        for words in TO_THE_HOME {
            assert!(
                !form.shows(words) && !empty.shows(words),
                "{start}: {words}: {}",
                empty.text
            );
        }
    }
    let own = maria.get("/skriv").await;
    assert!(own.shows("<h1>Skriv till ett hem") && own.shows("Hemmet behöver svara inom"));
    assert!(own.shows("Skriv inga namn här"), "{}", own.text);
    let written = maria.get(&format!("/skriv?hem={home}")).await;
    assert!(written.shows("Hemmet behöver svar inom"), "{}", written.text);
}

/// The claim's form on paper, sent with nothing filled in.
async fn lacking(maria: &Browser, home: &str) -> (Filled, Page) {
    let form = maria.get(&format!("/kvitton?hem={home}")).await.form("/kvitton");
    let of_home = ("paper.home_id".to_owned(), home.to_owned());
    assert!(form.fields.contains(&of_home), "{:?}", form.fields);
    let lacking = maria.submit("/kvitton", &form.clone().with("do", "check"), true).await;
    for words in [
        "Välj vem som har skrivit under.",
        "Fyll i dagen då blanketten kom.",
        "Lägg till den inskannade",
        "Kryssa i att uppgifterna är riktiga.",
    ] {
        assert!(
            lacking.status == 422 && lacking.shows(words),
            "{words}: {}",
            lacking.text
        );
    }
    (form, lacking)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_is_registered_on_the_ordinary_forms() {
    let town = Town::new().await;
    let (erik, maria) = (town.erik().await, Browser::signed_in(&town.base, "maria.lind").await);
    let home = berg(&town).await;
    let (form, lacking) = lacking(&maria, &home).await;
    let place = lacking
        .text
        .split("name=\"assignment_id\" value=\"")
        .nth(1)
        .expect("a place");
    let place = place.split('"').next().expect("an id").to_owned();
    let filled = form
        .but("paper.on_behalf_of", &erik.id)
        .but("paper.received_on", &today())
        .but("assignment_id", &place)
        .but("declaration", "ja")
        .but("receipts.0.purchased_on", &today())
        .but("receipts.0.supplier", "Apoteket på hörnet")
        .but("receipts.0.category", "medicine")
        .but("receipts.0.amount_ore", "120,50")
        .but("do", "check")
        .file("paper.scan", "blankett.png", "image/png", &picture())
        .file("receipts.0.file", "kvitto.jpg", "image/jpeg", &samples::another_jpeg());
    let check = maria.submit("/kvitton", &filled, true).await;
    assert_eq!(check.status, 200, "{}", check.text);
    let sent = maria
        .submit("/kvitton", &check.form("/kvitton").with("do", "send"), true)
        .await;
    assert!(sent.path.ends_with("/klart"), "{}: {}", sent.path, sent.text);
    let errand = sent.path.trim_end_matches("/klart").to_owned();
    let thread = maria.get(&errand).await;
    assert!(
        thread.shows("Pappersblankett, registrerad av Maria Lind") && thread.shows("120,50"),
        "{}",
        thread.text
    );
    let anna = Browser::signed_in(&town.base, "anna.berg").await;
    assert_eq!(
        anna.get(&format!("/skriv?hem={home}")).await.status,
        403,
        "a home registers none"
    );
    let jonas = Browser::signed_in(&town.base, "jonas.ahl").await;
    assert_eq!(jonas.get(&format!("/skriv?hem={home}")).await.status, 404);
}
