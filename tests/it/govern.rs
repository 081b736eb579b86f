//! The steward's side: settings, units, people and roles, letters, health.

use crate::kit::{Browser, Person, Town, count, execute, id, rows_of, sql_id};
use famn::clock::Clock;
use serde_json::json;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn stina_of(town: &Town) -> Person {
    town.person("stina.drift").await
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
    let odd = form
        .clone()
        .but("do", "end")
        .but("end_reason", "Slutar")
        .but("end_to", "nån gång");
    let page = stina.submit(&action, &odd, false).await;
    assert!(
        page.status == 422 && page.shows("Skriv dagen till exempel"),
        "{}",
        page.text
    );
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
    assert!(page.shows("Inga uppgivna brev."), "{}", page.text);
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
