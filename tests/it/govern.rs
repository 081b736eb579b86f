//! The auditor's and the steward's side: the log and its checks, settings, units, people and roles, letters, health.

use crate::kit::{Browser, Page, Person, Town, count, events, execute, id, rows_of, sql_id};
use famn::clock::Clock;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn stina_of(town: &Town) -> Person {
    town.person("stina.drift").await
}

/// The newest check, once it has come to its end.
async fn checked(per: &Person) -> Value {
    for _ in 0..1500 {
        let newest = per.get("/audit/checks").await.expect(200)["items"][0].clone();
        if newest["state"] == "done" {
            return newest;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the check does not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_has_the_log_checked_and_is_told_what_is_wrong() {
    let town = Town::new().await;
    let (per, dora) = (town.per().await, town.person("dora.sund").await);
    let begun = per.post("/audit/checks", json!(null)).await.expect(201);
    assert_eq!(
        (&begun["state"], &begun["asked_by"]),
        (&json!("running"), &json!("Per Holm"))
    );
    let found = checked(&per).await;
    assert_eq!(
        (&found["id"], &found["verdict"], &found["findings"]),
        (&begun["id"], &json!("whole"), &json!(0))
    );
    assert!(found["events"].as_u64().is_some_and(|events| events > 10), "{found}");
    let told = events(&town.place);
    let of_check = |relation: &str| {
        told.iter()
            .filter(|one| one["action"] == "audit.verify" && one["relation"] == relation)
            .count()
    };
    assert_eq!((of_check("auditor"), of_check("system")), (1, 1));
    assert_eq!(
        dora.get("/audit/checks").await.expect(200)["items"]
            .as_array()
            .expect("checks")
            .len(),
        1
    );
    assert_eq!(dora.post("/audit/checks", json!(null)).await.problem(403), "forbidden");

    // Someone writes to the table beside the program: who read it is another's role now.
    let event = per.get("/audit/events?action=errand.create&limit=1").await.expect(200)["items"][0].clone();
    let event_id = event["event_id"].as_str().expect("an id");
    let at = sql_id(&town.place, event_id);
    let set = |role: &str| {
        execute(
            &town.place,
            &format!("UPDATE audit_event SET role = '{role}' WHERE id = {at}"),
        )
    };
    assert_eq!(set("finance"), 1);
    per.post("/audit/checks", json!(null)).await.expect(201);
    let found = checked(&per).await;
    assert_eq!(
        (&found["verdict"], &found["findings"]),
        (&json!("not_whole"), &json!(1))
    );
    assert!(
        found["words"][0].as_str().is_some_and(|words| words.contains(event_id)),
        "{found}"
    );
    let browser = Browser::signed_in(&town.base, "per.holm").await;
    assert!(browser.get("/logg").await.shows("Nej, något stämmer inte"));
    let state = browser.get("/logg/kontroll").await;
    assert!(
        state.shows("Det här stämmer inte") && state.shows(event_id),
        "{}",
        state.text
    );
    assert!(
        browser
            .get(&format!("/logg/{event_id}"))
            .await
            .shows("Händelsen stämmer inte")
    );
    let role = event["actor"]["role"].as_str().expect("a role");
    assert_eq!(set(role), 1);
    assert!(
        browser
            .get(&format!("/logg/{event_id}"))
            .await
            .shows("Händelsen är orörd")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_checks_each_log_once_a_day() {
    let clock = Clock::fixed(Clock::system().now().plus(DAY));
    let town = Town::at(clock.clone()).await;
    let check = async || {
        famn::review::check_daily(&town.app)
            .await
            .expect("the logs are checked")
    };
    assert_eq!((check().await, check().await), (2, 0), "both boards, and not twice");
    clock.forward(DAY);
    assert_eq!(check().await, 2);
    let newest = town.per().await.get("/audit/checks").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&newest["asked_by"], &newest["verdict"]),
        (&json!(null), &json!("whole"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_shown_whole_with_what_proves_it() {
    let town = Town::new().await;
    let (anna, maria, per) = (town.anna().await, town.maria().await, town.per().await);
    let errand = id(&anna.writes("Alva har börjat simma").await);
    maria.opens(&errand).await.expect(200);
    let list = per.get("/audit/events?action=errand.read&limit=1").await.expect(200);
    let event_id = list["items"][0]["event_id"].as_str().expect("an id").to_owned();
    let mut event = Value::Null;
    for _ in 0..500 {
        event = per.get(&format!("/audit/events/{event_id}")).await.expect(200);
        if !event["place"]["checkpoint"].is_null() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        (&event["faults"], &event["action"]),
        (&json!([]), &json!("errand.read"))
    );
    let place = &event["place"];
    let export = per
        .get(&format!("/audit/export?from_index={0}&to_index={0}", place["index"]))
        .await;
    let line: Value = serde_json::from_slice(&export.bytes).expect("a line");
    assert_eq!(line["event_id"], event_id.as_str());
    assert_eq!(
        event["commitments"],
        json!([
            line["core_commitment"],
            line["actor_commitment"],
            line["subject_commitment"]
        ])
    );
    assert_eq!((&event["core"], &event["actor_part"]), (&line["core"], &line["actor"]));
    let leaf = hex::decode(event["leaf"].as_str().expect("hex")).expect("hex");
    assert_eq!(
        hex::encode(famn::audit::merkle::leaf_hash(&leaf)),
        place["leaf_hash"].as_str().expect("hex")
    );
    let before = per
        .get(&format!(
            "/audit/events/{}",
            place["before"]["event_id"].as_str().expect("an id")
        ))
        .await;
    let before = before.expect(200);
    assert_eq!(
        (&before["place"]["leaf_hash"], &before["place"]["after"]["event_id"]),
        (&place["before"]["leaf_hash"], &json!(event_id))
    );
    // Another board's auditor meets nothing.
    let greta = town.person("greta.vans").await;
    assert_eq!(
        greta.get(&format!("/audit/events/{event_id}")).await.problem(404),
        "not-found"
    );

    let browser = Browser::signed_in(&town.base, "per.holm").await;
    let page = browser
        .get(&format!("/logg/{event_id}?outcome=ok&person={}", maria.id))
        .await;
    for shown in [
        "Läste ärende",
        "Maria Lind",
        "Ansvarig handläggare",
        "Händelsen är orörd",
        place["leaf_hash"].as_str().expect("hex"),
    ] {
        assert!(page.shows(shown), "{shown}: {}", page.text);
    }
    assert!(!page.shows("simma"));
    let back = page.link("/logg?person");
    assert!(
        back.contains("outcome=ok") && back.contains(&maria.id),
        "back to the same list: {back}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_narrowed_and_its_pages_keep_that() {
    let town = Town::new().await;
    let (anna, jonas) = (town.anna().await, town.jonas().await);
    let errand = id(&anna.writes("Sextio gånger nej").await);
    for _ in 0..60 {
        assert_eq!(jonas.opens(&errand).await.problem(404), "not-found");
    }
    let browser = Browser::signed_in(&town.base, "per.holm").await;
    let all = browser.get("/logg").await;
    assert!(
        all.shows(&format!("<option value=\"{}\">Jonas Ahl</option>", jonas.id)),
        "staff can be chosen"
    );
    let narrowed = format!("/logg?person={}&outcome=denied", jonas.id);
    let page = browser.get(&narrowed).await;
    let rows = |page: &Page| page.text.matches("class=\"is-flag\"").count();
    assert_eq!(rows(&page), 50);
    assert!(page.shows("selected>Jonas Ahl"));
    let older = page.link("/logg?person");
    assert!(
        older.contains("outcome=denied") || page.shows("outcome=denied&#38;cursor="),
        "{older}"
    );
    let at = page.text.find("cursor=").expect("a page after this one");
    let cursor = page.text[at..].split('"').next().expect("an end");
    let next = browser.get(&format!("{narrowed}&{cursor}")).await;
    assert_eq!(rows(&next), 10);
    assert!(next.shows("Till de nyaste"));
    for wrong in ["from=i+g%C3%A5r", "errand=FH-1", "from=2026-11-22&to=2026-11-01"] {
        assert_eq!(browser.get(&format!("/logg?{wrong}")).await.status, 422, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_checked_and_fetched_from_its_page() {
    let town = Town::new().await;
    let browser = Browser::signed_in(&town.base, "per.holm").await;
    let form = browser.get("/logg/kontroll").await.form("/logg/kontroll");
    let page = browser.submit("/logg/kontroll", &form, false).await;
    assert_eq!(page.path, "/logg/kontroll?klart=kontroll");
    checked(&town.per().await).await;
    let page = browser.get("/logg/kontroll").await;
    assert!(
        page.shows("Ja, loggen är hel") && page.shows("Per Holm"),
        "{}",
        page.text
    );
    let before = count(&town.place, "audit_event WHERE action = 'audit.export'");
    let export = browser.get("/logg/export?epoch=&from_index=0&to_index=4").await;
    assert_eq!(
        export.answer.header("content-disposition"),
        "attachment; filename=\"events.jsonl\""
    );
    assert_eq!(export.text.lines().count(), 5);
    assert_eq!(
        count(&town.place, "audit_event WHERE action = 'audit.export'"),
        before + 1
    );
    let wrong = browser.get("/logg/export?from_index=nio&to_index=3").await;
    assert!(
        wrong.status == 422 && wrong.shows("Skriv numret med siffror."),
        "{}",
        wrong.text
    );
    assert!(
        browser
            .get("/logg/kontrollpunkt")
            .await
            .text
            .starts_with("famn.demo/audit/borlange/1\n")
    );
    assert!(
        browser
            .get("/logg/nyckel")
            .await
            .text
            .starts_with("famn.demo/audit/borlange/1+")
    );
    let dora = Browser::signed_in(&town.base, "dora.sund").await;
    let page = dora.get("/logg/kontroll").await;
    assert!(
        page.status == 200 && !page.shows("Kontrollera nu"),
        "to be seen, not to be asked for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_changed_from_a_day_on_and_keep_their_history() {
    let clock = Clock::fixed(Clock::system().now().plus(DAY));
    let town = Town::at(clock.clone()).await;
    let browser = Browser::signed_in(&town.base, "stina.drift").await;
    let form = browser
        .get("/installningar/kvitton")
        .await
        .form("/installningar/kvitton");
    let wrong = form
        .clone()
        .but("settings.award_days", "9000")
        .but("settings.wish_from_ore", "mycket");
    let page = browser.submit("/installningar/kvitton", &wrong, false).await;
    assert!(
        page.status == 422 && page.shows("Fyll i beloppet med siffror"),
        "{}",
        page.text
    );
    let wrong = form.clone().but("settings.award_days", "9000");
    let page = browser.submit("/installningar/kvitton", &wrong, false).await;
    assert!(
        page.status == 422 && page.shows("Fyll i 1–730 dagar.") && page.shows("value=\"9000\""),
        "{}",
        page.text
    );
    let tomorrow = clock.now().day().plus_days(1).to_string();
    let change = form.but("settings.wish_from_ore", "750").but("from", &tomorrow);
    let page = browser.submit("/installningar/kvitton", &change, false).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/installningar?klart=sparat"));
    for shown in ["500\u{a0}kr", "750\u{a0}kr", "Kommande", "Stina Drift"] {
        assert!(page.shows(shown), "{shown}: {}", page.text);
    }
    assert_eq!(
        count(&town.place, "board_setting"),
        1,
        "what was not changed is not set"
    );
    // Whoever had the form open before is told, and loses nothing.
    let page = browser
        .submit(
            "/installningar/kvitton",
            &change.but("settings.award_days", "60"),
            false,
        )
        .await;
    assert!(page.status == 412 && page.shows("Någon annan har ändrat inställningarna") && page.shows("value=\"60\""));
    let lists = browser.get("/installningar/lankar").await.form("/installningar/lankar");
    let bad = lists
        .clone()
        .but("settings.links.0.title", "Bli familjehem")
        .but("settings.links.0.url", "http://x.se");
    let page = browser.submit("/installningar/lankar", &bad, false).await;
    assert!(
        page.status == 422 && page.shows("#settings-links-0-title"),
        "{}",
        page.text
    );
    assert_eq!(browser.get("/installningar/ingen").await.status, 404);
    let maria = Browser::signed_in(&town.base, "maria.lind").await;
    let page = maria.get("/installningar").await;
    assert!(
        page.status == 200 && !page.shows("/installningar/kvitton"),
        "staff sees, and changes nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_takes_two_is_proposed_confirmed_and_ended_on_pages() {
    let town = Town::new().await;
    let ali = town.person("ali.ek").await.id;
    let (at, give) = (format!("/personer/{ali}"), format!("/personer/{ali}/roller"));
    let stina = Browser::signed_in(&town.base, "stina.drift").await;
    town.nobody().plant("Granskar loggen i vinter");
    let page = stina.get("/personer").await;
    assert!(page.shows("Ali Ek") && page.shows(&at));
    let form = stina.get(&at).await.form(&give);
    let page = stina.submit(&give, &form, false).await;
    assert!(page.status == 422 && page.shows("Välj en roll."), "{}", page.text);
    let filled = form.but("role", "auditor").but("reason", "Granskar loggen i vinter");
    let page = stina.submit(&give, &filled, false).await;
    assert!(
        page.shows("Rollen är föreslagen") && page.shows("Väntar på att en annan person bekräftar."),
        "{}",
        page.text
    );
    let again = stina.submit(&give, &filled, false).await;
    assert_eq!(again.status, 200, "the same form once more is the same role");
    assert_eq!(count(&town.place, "role_proposal"), 1);

    let dora = Browser::signed_in(&town.base, "dora.sund").await;
    let page = dora.get(&at).await;
    assert!(page.shows("Bekräfta rollen") && !page.shows("Ge en roll"));
    let role = id(&stina_of(&town)
        .await
        .get(&format!("/persons/{ali}/roles"))
        .await
        .expect(200)["items"][0]);
    let action = format!("{give}/{role}");
    let page = dora
        .submit(&action, &page.form(&action).but("do", "confirm"), false)
        .await;
    assert!(
        page.shows("Rollen är bekräftad") && page.shows("Bekräftad av Dora Sund"),
        "{}",
        page.text
    );
    let page = dora
        .submit(
            &action,
            &page_form(&stina, &at, &action).await.but("do", "confirm"),
            false,
        )
        .await;
    assert_eq!(page.status, 403, "another's form");
    let form = page_form(&stina, &at, &action).await;
    let page = stina.submit(&action, &form.clone().but("do", "end"), false).await;
    assert!(page.status == 422 && page.shows("Skriv varför."), "{}", page.text);
    let page = stina
        .submit(
            &action,
            &form.but("do", "end").but("end_reason", "Vintern är slut"),
            false,
        )
        .await;
    assert!(page.shows("Rollen är avslutad"), "{}", page.text);
    let own = town.person("stina.drift").await.id;
    let page = stina.get(&format!("/personer/{own}")).await;
    assert!(page.shows("Du kan inte ändra dina egna roller.") && !page.shows("Ge en roll"));
}

async fn page_form(browser: &Browser, at: &str, action: &str) -> crate::kit::Filled {
    browser.get(at).await.form(action)
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_were_not_taken_are_sent_again_or_cleared_away() {
    let town = Town::new().await;
    let stina = stina_of(&town).await;
    let anna = town.anna().await.id;
    let leave = |kind: &str| {
        let id = town.app.clock.fresh_id::<()>().to_string();
        let (row, person) = (sql_id(&town.place, &id), sql_id(&town.place, &anna));
        let columns = "id, board_id, person_id, kind, state, tries, next_try_at, made_at, died_at, failure";
        let made = format!(
            "INSERT INTO outbox ({columns}) SELECT {row}, board_id, id, '{kind}', 'dead', 3, created_at, created_at, \
             created_at, 'refused' FROM person WHERE id = {person}"
        );
        assert_eq!(execute(&town.place, &made), 1);
        id
    };
    let (news, invitation) = (leave("alarm"), leave("invitation"));
    let again = json!({"state": "waiting"});
    assert_eq!(
        stina
            .put(&format!("/letters/{invitation}/state"), again.clone())
            .await
            .problem(409),
        "letter-spent"
    );
    let browser = Browser::signed_in(&town.base, "stina.drift").await;
    let page = browser.get("/brev").await;
    assert!(
        page.shows("Anna Berg") && page.shows("Bjud in på nytt") && page.shows("Mejlservern säger nej"),
        "{}",
        page.text
    );
    assert!(!page.shows("anna.berg@"), "no address");
    let action = format!("/brev/{news}");
    let page = browser
        .submit(&action, &page.form(&action).but("do", "retry"), false)
        .await;
    assert!(page.shows("Brevet skickas igen") && !page.shows(&news), "{}", page.text);
    let letters = town.letters_to("anna.berg@example.org").await;
    assert!(!letters.is_empty(), "it is sent");
    assert_eq!(
        stina.put(&format!("/letters/{news}/state"), again).await.problem(404),
        "not-found"
    );
    let action = format!("/brev/{invitation}");
    let page = browser.get("/brev").await;
    let page = browser
        .submit(&action, &page.form(&action).but("do", "remove"), false)
        .await;
    assert!(page.shows("Alla brev har kommit fram."), "{}", page.text);
    let told = rows_of(
        &town.place,
        "SELECT action AS text FROM audit_event WHERE action LIKE 'letter.re%' ORDER BY id",
    );
    assert_eq!(told.last().map(String::as_str), Some("letter.remove"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steward_sees_how_the_service_is() {
    let town = Town::new().await;
    let health = stina_of(&town).await.get("/health").await.expect(200);
    assert_eq!(
        health["parts"],
        json!([{"part": "database", "ok": true}, {"part": "files", "ok": true}, {"part": "audit", "ok": true}])
    );
    assert_eq!(
        (&health["letters"]["dead"], &health["last_backup"]),
        (&json!(0), &json!(null))
    );
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    let browser = Browser::signed_in(&town.base, "stina.drift").await;
    let page = browser.get("/halsa").await;
    assert!(
        page.shows("Allt svarar") && page.shows("Be driften ta en varje natt."),
        "{}",
        page.text
    );
    assert_eq!(town.maria().await.get("/health").await.problem(403), "forbidden");
}
