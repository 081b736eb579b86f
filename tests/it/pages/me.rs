//! Me: where one is reached, in which language, and where one is signed in.

use super::{Page, Town, browser};
use famn::clock::Clock;
use serde_json::json;
use std::time::Duration;

/// Everything of the form as it stands, the list too.
fn filled(page: &Page) -> crate::kit::Filled {
    page.form("/jag").but("language", "sv")
}

#[tokio::test(flavor = "multi_thread")]
async fn where_letters_go_takes_the_password_once_more() {
    let town = Town::new().await;
    let anna = browser(&town, "anna.berg").await;
    town.nobody().plant("070-174 06 05");
    let me = anna.get("/jag").await;
    assert!(
        me.shows("anna.berg@example.org") && me.shows("Du är inloggad som Anna Berg."),
        "{}",
        me.text
    );
    let before = anna.cookie("__Host-sid").expect("a session");
    for wrong in ["", "fel lösenord"] {
        let form = filled(&me).but("phone", "070-174 06 05").but("password", wrong);
        let told = anna.submit("/jag", &form, false).await;
        assert_eq!(told.status, 422, "{}", told.text);
        assert_eq!(told.text.matches("Skriv ditt nuvarande lösenord.").count(), 2);
        assert!(told.shows("value=\"070-174 06 05\""), "what was typed stays");
    }
    assert_eq!(anna.cookie("__Host-sid").as_ref(), Some(&before));
    let form = filled(&me)
        .but("phone", "070-174 06 05")
        .but("password", famn::demo::PASSWORD);
    let saved = anna.submit("/jag", &form, false).await;
    assert!(
        saved.status == 200 && saved.shows("Uppgifterna är sparade") && saved.shows("070-174 06 05"),
        "{}",
        saved.text
    );
    assert_ne!(anna.cookie("__Host-sid"), Some(before), "a new session");
    // An address that is none; and a new one, which counts when it is confirmed.
    for (email, status, told) in [
        ("ingen adress", 422, "Skriv en e-postadress"),
        (
            "anna.ny@example.org",
            200,
            "Vi har skickat en kod till den nya adressen.",
        ),
    ] {
        let form = filled(&anna.get("/jag").await)
            .but("email", email)
            .but("password", famn::demo::PASSWORD);
        let answer = anna.submit("/jag", &form, false).await;
        assert!(
            answer.status == status && answer.shows(told),
            "{email}: {}",
            answer.text
        );
    }
    assert!(anna.get("/jag").await.shows("anna.berg@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn language_and_letters_are_chosen_without_a_password() {
    // A letter an hour at most: those of the town's founding are older.
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(24 * 60 * 60)));
    let town = Town::at(clock).await;
    let (anna, maria) = (browser(&town, "anna.berg").await, town.maria().await);
    let errand = super::writes(&anna, "Rubrik", "Hej").await;
    let errand = errand.trim_start_matches("/arenden/").to_owned();
    let letters = async || town.letters_to("anna.berg@example.org").await.len();
    let form = filled(&anna.get("/jag").await);
    let without: Vec<_> = form.fields.into_iter().filter(|(name, _)| name != "notices").collect();
    let form = crate::kit::Filled {
        fields: without,
        files: vec![],
    }
    .but("language", "en");
    let saved = anna.submit("/jag", &form, false).await;
    assert!(
        saved.status == 200 && saved.shows("The details are saved") && saved.shows("<html lang=\"en\">"),
        "{}",
        saved.text
    );
    let before = letters().await;
    maria.answers(&errand, "Tack, vi ses på måndag").await.expect(201);
    assert_eq!(letters().await, before, "no letter for whoever wants none");
    // The next sign-in, in another browser, speaks the language that was chosen.
    assert!(browser(&town, "anna.berg").await.get("/").await.shows("Hello Anna!"));
    let form = anna
        .get("/jag")
        .await
        .form("/jag")
        .but("notices", "ja")
        .but("language", "sv");
    assert!(anna.submit("/jag", &form, false).await.shows("Uppgifterna är sparade"));
    maria.answers(&errand, "Klockan tre").await.expect(201);
    assert_eq!(letters().await, before + 1, "and again for whoever does");
}

/// Nothing of ours lies in the browser: the choice is the person's, at every desk.
#[tokio::test(flavor = "multi_thread")]
async fn the_keyboards_shortcuts_are_switched_off_for_the_person() {
    let town = Town::new().await;
    let (desk, other) = (browser(&town, "maria.lind").await, browser(&town, "maria.lind").await);
    let is_off = async |at: &super::Browser| at.get("/arenden").await.shows("id=\"genvagar\" data-off");
    assert!(!is_off(&desk).await && desk.get("/arenden").await.shows("Tangenterna är på."));
    let form = filled(&desk.get("/jag").await);
    assert!(form.fields.contains(&("shortcuts".into(), "ja".into())));
    let without: Vec<_> = form
        .fields
        .into_iter()
        .filter(|(name, _)| name != "shortcuts")
        .collect();
    let form = crate::kit::Filled {
        fields: without,
        files: vec![],
    };
    assert!(desk.submit("/jag", &form, false).await.shows("Uppgifterna är sparade"));
    assert!(
        is_off(&desk).await && is_off(&other).await && other.get("/arenden").await.shows("Tangenterna är avstängda.")
    );
    // The API says the same, and switches them on again.
    let maria = town.maria().await;
    let same = maria.patch("/me", json!({"language": "sv"})).await.expect(200);
    assert_eq!(same["shortcuts"], false);
    let on = maria.patch("/me", json!({"shortcuts": true})).await.expect(200);
    assert_eq!(on["shortcuts"], true);
    assert!(!is_off(&other).await);
    // A home has no such pages, and what it saves leaves the choice alone.
    let anna = browser(&town, "anna.berg").await;
    let hers = anna.get("/jag").await;
    assert!(!hers.shows("name=\"shortcuts\""));
    anna.submit("/jag", &filled(&hers), false).await;
    let kept = town
        .anna()
        .await
        .patch("/me", json!({"language": "sv"}))
        .await
        .expect(200);
    assert_eq!(kept["shortcuts"], true);
}

/// Whoever used a browser before may have chosen another language in it.
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_speaks_ones_own_language() {
    let town = Town::new().await;
    let shared = super::Browser::new(&town.base);
    let page = shared.get("/sprak/en").await;
    assert!(page.shows("<html lang=\"en\""), "{}", page.text);
    let form = shared.get("/logga-in").await.form("/logga-in");
    let form = form
        .but("board", "borlange")
        .but("email", "anna.berg@example.org")
        .but("password", famn::demo::PASSWORD);
    let start = shared.submit("/logga-in", &form, false).await;
    assert!(
        start.shows("<html lang=\"sv\"") && start.shows("Hej Anna!"),
        "{}",
        start.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_is_confirmed_by_whoever_the_page_says() {
    let town = Town::new().await;
    let anna = browser(&town, "anna.berg").await;
    let page = anna.get("/ny-adress").await;
    assert!(
        page.shows("Anna Berg") && page.shows("action=\"/logga-ut\""),
        "{}",
        page.text
    );
    let wrong = anna
        .submit("/ny-adress", &page.form("/ny-adress").but("token", "fel"), false)
        .await;
    assert!(wrong.status == 422 && wrong.shows("Anna Berg"), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_where_one_is_signed_in_and_ends_it() {
    let town = Town::new().await;
    let (phone, desk, erik) = (
        browser(&town, "anna.berg").await,
        browser(&town, "anna.berg").await,
        browser(&town, "erik.berg").await,
    );
    let program = town.anna().await;
    let me = phone.get("/jag").await;
    assert_eq!(me.text.matches("name=\"session\"").count(), 2, "{}", me.text);
    assert!(me.shows("127.0.0.1") && me.shows("Ett annat program") && me.text.matches("Den här").count() == 1);
    // Another's session is none of one's own.
    let his = erik.get("/jag").await;
    let theirs = me
        .text
        .split("name=\"session\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("an id");
    let form = his.form("/logga-ut").but("session", theirs);
    assert_eq!(erik.submit("/jag/logga-ut", &form, false).await.status, 404);
    assert_eq!(program.get("/me").await.status.as_u16(), 200);
    // One, then all others.
    let form = me.form("/jag/logga-ut");
    let ended = phone.submit("/jag/logga-ut", &form, false).await;
    assert!(ended.shows("Utloggningen är gjord") && ended.text.matches("name=\"session\"").count() == 1);
    let token = ended.form("/logga-ut");
    let rest = phone.submit("/jag/logga-ut", &token, false).await;
    assert!(!rest.shows("name=\"session\""), "{}", rest.text);
    assert!(desk.get("/jag").await.path.starts_with("/logga-in"));
    assert_eq!(program.get("/me").await.status.as_u16(), 401);
    assert_eq!(phone.get("/jag").await.status, 200);
    assert_eq!(erik.get("/jag").await.status, 200);
}
