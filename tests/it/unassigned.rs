//! A home without an assignment: it writes to the team all the same, and is told plainly what it cannot send yet.

use crate::kit::{Browser, Page, Person, Town, id};
use famn::clock::Clock;
use serde_json::{Value, json};

const FORMS: [&str; 3] = ["/kvitton", "/onska/inkop", "/onska/resa"];
const PASSWORD: &str = famn::demo::PASSWORD;

/// A new home with a member who has come in, and no assignment.
struct New {
    town: Town,
    eva: Person,
    member: Person,
    browser: Browser,
    home: String,
}

impl New {
    async fn come() -> New {
        let town = Town::new().await;
        let eva = town.eva().await;
        let unit = eva.get("/homes").await.expect(200)["items"][0]["unit"]["id"].clone();
        let home = id(&eva
            .post("/homes", json!({"kind": "foster", "name": "Granlid", "unit_id": unit}))
            .await
            .expect(201));
        let email = "gunnel.granlid@example.org";
        let new = json!({"email": email, "name": "Gunnel Granlid", "home_id": home});
        eva.post("/invitations", new).await.expect(201);
        let code = town.code_for(email, 1).await;
        eva.plant(&code);
        let accept = json!({"token": code, "password": PASSWORD});
        town.nobody().post("/invitations/accept", accept).await.expect(201);
        let member = town.nobody().signed_in("borlange", email, PASSWORD).await;
        let browser = Browser::signed_in(&town.base, "gunnel.granlid").await;
        New {
            town,
            eva,
            member,
            browser,
            home,
        }
    }

    async fn assigns(&self, from: famn::clock::Day, to: Option<famn::clock::Day>) {
        let maria = self.town.maria().await;
        let unit = self.eva.get(&format!("/homes/{}", self.home)).await.expect(200)["unit"]["id"].clone();
        let mut new = json!({"home_id": self.home, "kind": "foster", "legal_basis": "SoL", "from": from.to_string(),
            "caseworker_id": maria.id, "unit_id": unit,
            "service_user": {"first_name": "Tuva", "last_name": "Skogsberg"}});
        if let Some(to) = to {
            new["to"] = to.to_string().into();
        }
        self.eva.post("/assignments", new).await.expect(201);
    }
}

fn says_whom_to_call(page: &Page) -> bool {
    page.shows("Ring <a class=\"num\" href=\"tel:") && page.shows("href=\"/skriv\"")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_without_an_assignment_writes_and_is_answered() {
    let new = New::come().await;
    let (town, browser) = (&new.town, &new.browser);
    let page = browser.get("/skriv").await;
    assert!(
        page.shows("Hela familjehemmet") && !page.shows("Teamet har inte lagt upp"),
        "{}",
        page.text
    );
    let text = "Vi har just kommit in och undrar en sak";
    new.member.plant(text);
    let filled = page.form("/skriv").but("body", text);
    let check = browser.submit("/skriv", &filled.but("do", "check"), true).await;
    assert!(
        check.shows("Kontrollera innan du skickar") && check.shows("Hela familjehemmet"),
        "{}",
        check.text
    );
    let sent = browser
        .submit("/skriv", &check.form("/skriv").but("do", "send"), true)
        .await;
    assert!(sent.shows("Meddelandet är skickat"), "{}", sent.text);
    let list = new.member.get("/errands").await.expect(200);
    let errand = id(&list["items"][0]);

    // Whoever leads the unit sees and answers it, and nobody else: not who handles other homes of the unit.
    let (maria, jonas, sara) = (town.maria().await, town.jonas().await, town.sara().await);
    assert!(new.eva.get("/errands").await.expect(200).to_string().contains(&errand));
    new.eva.answers(&errand, "Välkomna! Vi hör av oss").await.expect(201);
    for other in [&maria, &jonas] {
        assert!(
            !other
                .get("/errands?limit=100")
                .await
                .expect(200)
                .to_string()
                .contains(&errand)
        );
        assert_eq!(other.answers(&errand, "Hej").await.problem(403), "reason-required");
    }
    sara.opens(&errand).await.problem(404);
    town.lisa().await.opens(&errand).await.problem(404);
    assert!(
        !town.letters_to("eva.strand@example.org").await.is_empty(),
        "it is told to the lead"
    );
    let seen = browser.get(&format!("/arenden/{errand}")).await;
    assert!(seen.shows("Välkomna! Vi hör av oss") && seen.shows("Hela familjehemmet"));

    // With an assignment, whoever handles it too.
    new.assigns(Clock::system().now().day(), None).await;
    maria.answers(&errand, "Nu är det jag som svarar").await.expect(201);
    assert_eq!(jonas.answers(&errand, "Hej").await.problem(403), "reason-required");
    new.member.answers(&errand, "Tack").await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_needs_an_assignment_says_that_there_is_none_and_whom_to_call() {
    let new = New::come().await;
    let browser = &new.browser;
    let all_say = async |words: &str| {
        for form in FORMS {
            let page = browser.get(form).await;
            assert!(
                page.status == 200 && page.shows(words) && says_whom_to_call(&page),
                "{form}: {}",
                page.text
            );
            assert!(
                !page.text.contains(&format!("action=\"{form}\"")),
                "{form} is no form that can be sent"
            );
        }
    };
    all_say("Teamet har inte lagt upp uppdraget ännu").await;
    // What was typed before is not lost: its form stands there, and says the same.
    let draft = json!({"kind": "purchase_request", "content": {"purchase.reasons": "Den gamla är för liten"}});
    let draft = id(&new.member.put("/drafts", draft).await.expect(200));
    let page = browser.get("/onska/inkop").await;
    assert!(page.shows("Den gamla är för liten") && page.shows("Teamet har inte lagt upp uppdraget ännu"));
    let filled = page.form("/onska/inkop").but("do", "check");
    let again = browser.submit("/onska/inkop", &filled, true).await;
    assert!(again.status == 422 && again.shows("Den gamla är för liten") && says_whom_to_call(&again));
    new.member.delete(&format!("/drafts/{draft}")).await.expect(204);

    let today = Clock::system().now().day();
    new.assigns(today.plus_days(3), None).await;
    let page = browser.get("/kvitton").await;
    assert!(
        page.shows("Uppdraget har inte börjat ännu") && says_whom_to_call(&page),
        "{}",
        page.text
    );
    assert!(browser.get("/skriv").await.shows("Hela familjehemmet"));
    new.assigns(today, None).await;
    for form in FORMS {
        let page = browser.get(form).await;
        assert!(
            page.shows("Tuva") && page.text.contains(&format!("action=\"{form}\"")),
            "{form}: {}",
            page.text
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_whose_assignments_are_shut_can_still_write() {
    let town = Town::new().await;
    let (anna, eva) = (town.anna().await, town.eva().await);
    let assignment = anna.assignment().await;
    let change = json!({"restricted": true, "reason": "Barnet har flyttats i hast"});
    eva.patch(&format!("/assignments/{assignment}"), change)
        .await
        .expect(200);
    let browser = Browser::signed_in(&town.base, "anna.berg").await;
    for form in FORMS {
        let page = browser.get(form).await;
        assert!(
            page.shows("Ring teamet") && says_whom_to_call(&page),
            "{form}: {}",
            page.text
        );
        assert!(!page.shows("lagt upp") && !page.shows("hast"), "{form}: {}", page.text);
        assert_eq!(page.text.matches("Ring teamet</h2>").count(), 1, "said once: {form}");
    }
    let page = browser.get("/skriv").await;
    assert!(page.shows("Hela familjehemmet"), "{}", page.text);
    let filled = page
        .form("/skriv")
        .but("body", "Hej, hur mår barnet?")
        .but("do", "send");
    let sent = browser.submit("/skriv", &filled, true).await;
    assert!(sent.shows("Meddelandet är skickat"), "{}", sent.text);

    let lift = json!({"restricted": false, "reason": "Utredningen är klar",
        "to": Clock::system().now().day().plus_days(-1).to_string()});
    eva.patch(&format!("/assignments/{assignment}"), lift).await.expect(200);
    for form in &FORMS[1..] {
        let page = browser.get(form).await;
        assert!(
            page.shows("Inget uppdrag pågår just nu") && says_whom_to_call(&page),
            "{form}: {}",
            page.text
        );
    }
    assert!(
        browser.get("/kvitton").await.shows("action=\"/kvitton\""),
        "receipts are still taken"
    );
    assert!(browser.get("/skriv").await.shows("Hela familjehemmet"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_is_warned_before_it_invites_and_can_write_to_such_a_home() {
    let new = New::come().await;
    let eva = Browser::signed_in(&new.town.base, "eva.strand").await;
    let (home, invite) = (format!("/hem/{}", new.home), format!("/hem/{}/medlemmar", new.home));
    let early = "Hemmet har inget aktuellt uppdrag. Lägg till uppdraget innan du bjuder in någon";
    for path in [&home, &invite] {
        let page = eva.get(path).await;
        assert!(page.shows(early), "{path}: {}", page.text);
    }
    for form in ["/kvitton", "/onska/inkop", "/onska/resa"] {
        let page = eva.get(&format!("{form}?hem={}", new.home)).await;
        assert!(
            page.status == 200 && page.shows("Hemmet har inget pågående uppdrag"),
            "{form}: {}",
            page.text
        );
    }
    let page = eva.get("/skriv").await;
    let place = format!("hem:{}", new.home);
    assert!(
        page.shows(&format!("value=\"{place}\"")) && page.shows("Hela hemmet Granlid"),
        "{}",
        page.text
    );
    let filled = page
        .form("/skriv")
        .but("where", &place)
        .but("body", "Välkomna till oss")
        .but("do", "send");
    let sent = eva.submit("/skriv", &filled, true).await;
    assert!(
        sent.status == 200 && sent.path.ends_with("/klart"),
        "{} {}",
        sent.path,
        sent.text
    );
    let list: Value = new.member.get("/errands").await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    let jonas = Browser::signed_in(&new.town.base, "jonas.ahl").await;
    assert!(
        jonas
            .get("/skriv")
            .await
            .shows("Det finns inget hem som du kan skriva till.")
    );
    let forged = page
        .form("/skriv")
        .but("where", &place)
        .but("body", "Hej")
        .but("do", "send");
    assert_ne!(
        jonas.submit("/skriv", &forged, true).await.status,
        200,
        "nor by a forged form"
    );

    new.assigns(Clock::system().now().day(), None).await;
    for path in [&home, &invite] {
        assert!(!eva.get(path).await.shows(early), "{path}");
    }
}
