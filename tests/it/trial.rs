//! Whose sight ends while they look: a separated parent with two tabs, a deputy in the middle of a session, an ex-partner
//! with an old password.

use crate::former::membership;
use crate::kit::{Browser, Filled, Page, Person, Place, Town, count, events, id, picture};
use famn::clock::Clock;
use famn::demo;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);

/// Five minutes to midnight in Sweden, some days after the demo's errands.
fn before_midnight() -> Clock {
    let day = Clock::system().now().plus(DAY).day();
    Clock::fixed(day.ends().minus(MINUTE * 5))
}

/// All that someone could have written something into.
fn written(place: &Place) -> Vec<usize> {
    let tables = [
        "errand",
        "message",
        "file",
        "draft",
        "receipt",
        "purchase_request",
        "idempotency",
    ];
    tables.map(|table| count(place, table)).into()
}

/// A filled-in form, and the file chosen in it.
fn typed(page: &Page, body: &str) -> Filled {
    let place = page.text.split("value=\"uppdrag:").nth(1).expect("an assignment");
    let place = place.split('"').next().expect("an id");
    page.form("/skriv")
        .but("where", &format!("uppdrag:{place}"))
        .but("body", body)
}

/// What the old tab sends: the form, its draft, a file, and an answer in an errand.
async fn sends_all(tab: &Browser, form: &Filled, errand: &str, reply: &Filled) -> Vec<Page> {
    let photo = form
        .clone()
        .but("do", "send")
        .file("files", "rum.png", "image/png", &picture());
    let draft = form.clone().but("draft_kind", "message");
    let mut upload = form.clone().file("file", "rum.png", "image/png", &picture());
    upload.fields.retain(|(name, _)| name == "csrf" || name == "once");
    vec![
        tab.submit("/skriv", &photo, true).await,
        tab.submit("/utkast", &draft, true).await,
        tab.submit("/filer", &upload, true).await,
        tab.submit(&format!("/arenden/{errand}/svar"), reply, true).await,
    ]
}

struct Tabs {
    town: Town,
    eva: Person,
    erik: Person,
    tab: Browser,
    errand: String,
    form: Filled,
    reply: Filled,
}

impl Tabs {
    async fn of(clock: &Clock) -> Tabs {
        let town = Town::at(clock.clone()).await;
        let (anna, erik, eva) = (town.anna().await, town.erik().await, town.eva().await);
        let errand = id(&anna.writes("Kalle behöver nya vinterskor").await);
        let tab = Browser::signed_in(&town.base, "erik.berg").await;
        let form = typed(&tab.get("/skriv").await, "Jag vill ha barnet hos mig");
        let action = format!("/arenden/{errand}/svar");
        let reply = tab
            .get(&format!("/arenden/{errand}"))
            .await
            .form(&action)
            .but("body", "Inte överens");
        Tabs {
            town,
            eva,
            erik,
            tab,
            errand,
            form,
            reply,
        }
    }

    async fn ends(&self, clock: &Clock, days: i32) {
        let (at, _) = membership(&self.eva, &self.erik).await;
        let to = clock.now().day().plus_days(days).to_string();
        self.eva.patch(&at, json!({"to": to})).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_tab_of_a_separated_parent_changes_nothing_and_says_so() {
    let clock = before_midnight();
    let of = Tabs::of(&clock).await;
    of.ends(&clock, 0).await;
    let (before, blobs) = (written(&of.town.place), of.town.blobs());
    for page in sends_all(&of.tab, &of.form, &of.errand, &of.reply).await {
        assert_eq!(page.status, 401, "{}: {}", page.path, page.text);
    }
    let told = of.tab.submit("/skriv", &of.form.clone().but("do", "send"), true).await;
    assert!(told.status == 401 && told.shows("Logga in"), "{}", told.text);
    assert_eq!((written(&of.town.place), of.town.blobs()), (before.clone(), blobs));
    // Signed in again on that very page, what was typed is given back, and is not taken either.
    let form = told.form("/logga-in");
    let form = form
        .but("board", "borlange")
        .but("email", "erik.berg@example.org")
        .but("password", demo::PASSWORD);
    let back = of.tab.submit("/logga-in", &form, false).await;
    assert!(
        back.status == 200 && back.shows("Jag vill ha barnet hos mig"),
        "{}",
        back.text
    );
    let again = back.form("/skriv").but("do", "send");
    let refused = of.tab.submit("/skriv", &again, true).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(refused.shows("Du hör inte till något hem här just nu") && refused.shows("går det inte att skicka något"));
    assert_eq!(written(&of.town.place), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_outlives_a_membership_by_its_day_sends_nothing_either() {
    let clock = before_midnight();
    let of = Tabs::of(&clock).await;
    // A last day that is set beforehand: nothing ends the session then.
    of.ends(&clock, 1).await;
    clock.forward(DAY);
    let tab = Browser::signed_in(&of.town.base, "erik.berg").await;
    let form = typed(&tab.get("/skriv").await, "Jag vill ha barnet hos mig");
    let action = format!("/arenden/{}/svar", of.errand);
    let reply = tab
        .get(&format!("/arenden/{}", of.errand))
        .await
        .form(&action)
        .but("body", "Inte överens");
    let (before, blobs) = (written(&of.town.place), of.town.blobs());
    clock.forward(MINUTE * 5);
    for page in sends_all(&tab, &form, &of.errand, &reply).await {
        assert_eq!(page.status, 403, "{}: {}", page.path, page.text);
        assert!(
            page.shows("Du hör inte till något hem här just nu"),
            "{}: {}",
            page.path,
            page.text
        );
    }
    assert_eq!((written(&of.town.place), of.town.blobs()), (before, blobs));
    let done = events(&of.town.place);
    let wrote = |event: &&Value| event["person"] == json!(of.erik.id) && event["outcome"] == "ok";
    let wrote = done.iter().filter(wrote).filter(|event| {
        let action = event["action"].as_str().unwrap_or_default();
        ["errand.create", "message.send", "draft.save", "file.upload"].contains(&action)
    });
    assert_eq!(wrote.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputys_session_closes_at_the_very_moment() {
    let clock = before_midnight();
    let town = Town::at(clock.clone()).await;
    let (anna, jonas) = (town.anna().await, town.jonas().await);
    let file = id(&anna.uploads("skola.png", "image/png", picture()).await.expect(201));
    let new =
        json!({"kind": "message", "assignment_id": anna.assignment().await, "body": "Kallelse", "file_ids": [file]});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    let today = clock.now().day();
    town.deputises("U-2041", &jonas.id, (today, today)).await;
    let desk = Browser::signed_in(&town.base, "jonas.ahl").await;
    let path = format!("/arenden/{errand}");
    let action = format!("{path}/svar");
    let reply = desk.get(&path).await.form(&action).but("body", "Jag tar det");
    let listed = async || {
        jonas
            .get("/errands?limit=100")
            .await
            .expect(200)
            .to_string()
            .contains(&errand)
    };
    let found = async || {
        jonas
            .get("/search?q=Berg")
            .await
            .expect(200)
            .to_string()
            .contains("Berg")
    };
    assert!(listed().await && found().await);
    assert_eq!(desk.get(&format!("/filer/{file}")).await.status, 200);
    // A moment before, and then the moment.
    clock.forward(MINUTE * 5 - Duration::from_millis(1));
    jonas.opens(&errand).await.expect(200);
    assert!(listed().await && found().await);
    let before = written(&town.place);
    clock.forward(Duration::from_millis(1));
    assert!(!listed().await && !found().await);
    assert_eq!(jonas.opens(&errand).await.problem(403), "reason-required");
    for form in ["content", "original"] {
        let answer = jonas.get(&format!("/files/{file}/{form}")).await;
        assert_eq!(answer.problem(403), "reason-required", "{form}");
    }
    assert_eq!(
        jonas.answers(&errand, "Jag tar det").await.problem(403),
        "reason-required"
    );
    assert_eq!(desk.get(&format!("/filer/{file}")).await.status, 403);
    let refused = desk.submit(&action, &reply, true).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(!desk.get("/arenden").await.shows(&errand));
    let shown = desk.get(&path).await;
    assert!(shown.status == 403 && !shown.shows("Kallelse"), "{}", shown.text);
    assert_eq!(written(&town.place), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ex_partner_with_an_old_password_gets_nothing_of_the_home() {
    let clock = before_midnight();
    let town = Town::at(clock.clone()).await;
    let (anna, eva, maria) = (town.anna().await, town.eva().await, town.maria().await);
    let email = "ragnar.ex@example.org";
    let berg = anna.get("/me").await.expect(200)["homes"][0]["id"].clone();
    let invited = json!({"email": email, "name": "Ragnar Ex", "home_id": berg});
    maria.post("/invitations", invited).await.expect(201);
    let code = town.code_for(email, 1).await;
    let password = "gammalt-losenord-som-han-minns";
    let accept = json!({"token": code, "password": password});
    town.nobody()
        .post("/invitations/accept", accept.clone())
        .await
        .expect(201);
    let ragnar = town.nobody().signed_in("borlange", email, password).await;
    let errand = id(&anna.writes("Vi har bytt förskola").await);
    ragnar.opens(&errand).await.expect(200);
    let browser = Browser::new(&town.base);
    let form = browser.get("/logga-in").await.form("/logga-in");
    let form = form
        .but("board", "borlange")
        .but("email", email)
        .but("password", password);
    browser.submit("/logga-in", &form, false).await;
    assert_eq!(browser.get(&format!("/arenden/{errand}")).await.status, 200);
    maria.answers(&errand, "Tack för beskedet").await.expect(201);
    let letters = town.letters_to(email).await;
    let refresh = json!({"refresh_token": ragnar.refresh_token});

    let (at, home) = membership(&eva, &ragnar).await;
    let to = json!({"to": clock.now().day().to_string()});
    eva.patch(&at, to).await.expect(200);
    // What he had: the session of the page, the tokens, the invitation.
    assert_eq!(ragnar.get("/me").await.problem(401), "sign-in");
    assert_eq!(
        town.nobody().post("/sessions/refresh", refresh).await.problem(401),
        "sign-in"
    );
    let page = browser.get(&format!("/arenden/{errand}")).await;
    assert!(page.path.starts_with("/logga-in"), "{}", page.path);
    assert_eq!(
        town.nobody().post("/invitations/accept", accept).await.problem(401),
        "sign-in"
    );
    // What he knows: his password, and where things were.
    let ragnar = town.nobody().signed_in("borlange", email, password).await;
    assert_eq!(ragnar.get("/me").await.expect(200)["homes"], json!([]));
    for list in ["/errands", "/assignments", "/me/messages"] {
        assert_eq!(ragnar.get(list).await.expect(200)["items"], json!([]), "{list}");
    }
    for path in [
        format!("/errands/{errand}"),
        format!("/homes/{home}"),
        format!("/homes/{home}/members"),
    ] {
        ragnar.get(&path).await.problem(404);
    }
    let form = browser.get("/logga-in").await.form("/logga-in");
    let form = form
        .but("board", "borlange")
        .but("email", email)
        .but("password", password);
    let start = browser.submit("/logga-in", &form, false).await;
    assert!(start.shows("Du hör inte till något hem här just nu"), "{}", start.text);
    // The letters he has kept lead nowhere.
    let base = town.base.replace("http://", "");
    for letter in &letters {
        let letter = letter.replace("=\r\n", "");
        for link in letter.split(&base).skip(1) {
            let path = link
                .split(|c: char| c.is_whitespace() || c == '<' || c == '"')
                .next()
                .unwrap_or_default();
            let page = browser.get(if path.is_empty() { "/" } else { path }).await;
            assert!(
                !page.shows("förskola") && !page.shows("Tack för beskedet") && !page.shows(&errand),
                "{path}"
            );
        }
    }
    // Nothing new is sent to him of it.
    let had = town.letters_to(email).await.len();
    maria.answers(&errand, "Ett besked till").await.expect(201);
    assert_eq!(town.letters_to(email).await.len(), had);
    anna.opens(&errand).await.expect(200);
}
