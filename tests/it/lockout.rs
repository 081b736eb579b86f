//! A board cannot lock itself out, and one that is locked out is mended by its operator.

use crate::kit::{Browser, Person, Place, Server, Town, count, execute, famn, id};
use famn::access::Role;
use serde_json::json;
use std::sync::Arc;

const ADD: &[&str] = &[
    "board",
    "add",
    "exempel",
    "--name",
    "Nämnden",
    "--phone",
    "0123",
    "--email",
    "a@example.org",
    "--unit",
    "Gruppen",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_board_keeps_a_way_to_sign_in() {
    let town = Town::new().await;
    let (stina, fault) = (
        town.person("stina.drift").await,
        ("settings.passwords_alone", "no-other-way"),
    );
    let later = town.app.clock.now().day().plus_days(30).to_string();
    for change in [
        json!({"settings": {"passwords_alone": false}}),
        json!({"settings": {"passwords_alone": false}, "from": later}),
    ] {
        let faults = stina.patch("/board", change).await.faults();
        assert_eq!(faults, [(fault.0.to_owned(), fault.1.to_owned())]);
    }
    let browser = Browser::signed_in(&town.base, "stina.drift").await;
    let form = browser
        .get("/installningar/inloggning")
        .await
        .form("/installningar/inloggning");
    let no = form.but("settings.passwords_alone", "nej");
    let page = browser.submit("/installningar/inloggning", &no, false).await;
    assert!(
        page.status == 422 && page.shows("Ingen kan logga in då"),
        "{}",
        page.text
    );
    assert_eq!(count(&town.place, "board_setting"), 0);
    stina
        .patch("/board", json!({"settings": {"passwords_alone": true}}))
        .await
        .expect(200);
    town.anna().await.get("/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_is_not_founded_without_a_way_in() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let before = count(&place, "board");
    let told = famn(&place, ADD, "");
    assert!(
        told.code == 1 && told.words.contains("Nobody could sign in"),
        "{told:?}"
    );
    assert_eq!(count(&place, "board"), before);
    famn(&place, &[ADD, &["--passwords-alone"]].concat(), "").done();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_opens_a_board_that_is_locked_out_and_its_log_tells_of_it() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    // As boards could be before it was refused: founded so, set so, and to be so from a later day on.
    execute(
        &place,
        "UPDATE board SET passwords_alone = FALSE WHERE slug = 'borlange'",
    );
    let server = Server::start(&place);
    let nobody = Person::nobody(&server.base, Arc::default());
    let attempt = json!({"board": "borlange", "email": "anna.berg@example.org", "password": famn::demo::PASSWORD});
    nobody.post("/sessions", attempt.clone()).await.expect(403);
    let open = ["board", "change", "borlange", "--passwords-alone"];
    famn(&place, &open, "").done();
    nobody.post("/sessions", attempt.clone()).await.expect(201);
    assert_eq!(count(&place, "audit_event WHERE action = 'board.change'"), 1);
    famn(&place, &open, "").done();
    assert_eq!(
        count(&place, "audit_event WHERE action = 'board.change'"),
        1,
        "there was nothing to change"
    );
    let value = "UPDATE board_setting SET value = 'false'";
    execute(&place, value);
    nobody.post("/sessions", attempt.clone()).await.expect(403);
    famn(&place, &open, "").done();
    nobody.post("/sessions", attempt).await.expect(201);
    let none = famn(&place, &["board", "change", "ingen", "--passwords-alone"], "");
    assert!(none.code == 1 && none.words.contains("none of that name"), "{none:?}");
    assert_eq!(famn(&place, &["board", "change", "borlange"], "").code, 2);
    drop(server);
    crate::kit::assert_log_is_whole(&place).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_steward_keeps_the_role_and_two_cannot_end_each_other() {
    let town = Town::new().await;
    let stina = town.person("stina.drift").await;
    let other = town.hires("sven.drift", Role::Steward).await;
    let today = town.app.clock.now().day().to_string();
    let grant = async |by: &Person, of: &Person| {
        let roles = by.get(&format!("/persons/{}/roles", of.id)).await.expect(200);
        let held = roles["items"]
            .as_array()
            .expect("roles")
            .iter()
            .find(|one| one["role"] == "steward");
        format!("/persons/{}/roles/{}", of.id, id(held.expect("a steward")))
    };
    let end = json!({"to": today, "reason": "Slutar"});
    other.patch(&grant(&other, &stina).await, end.clone()).await.expect(200);
    stina.get("/me").await.expect(401);
    other.patch(&grant(&other, &other).await, end.clone()).await.expect(403);
    let third = town.hires("siv.drift", Role::Steward).await;
    // A role with an end does not last: the third is then the last who stays.
    let soon = town.app.clock.now().day().plus_days(7).to_string();
    let dated = json!({"to": soon, "reason": "Slutar"});
    third
        .patch(&grant(&third, &other).await, dated.clone())
        .await
        .expect(200);
    for end in [end, dated] {
        let faults = other.patch(&grant(&other, &third).await, end).await.faults();
        assert_eq!(faults, [("to".to_owned(), "last-steward".to_owned())]);
    }
    third.get("/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_leaves_no_steward_says_how_to_have_one_again() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let email = "stina.drift@example.org\n";
    let told = famn(
        &place,
        &["person", "end-role", "--board", "borlange", "--role", "steward"],
        email,
    );
    let says = "famn person invite --board borlange --role steward";
    assert!(told.code == 0 && told.words.contains(says), "{told:?}");
    let typed = format!("Stina Drift\n{email}");
    famn(
        &place,
        &["person", "invite", "--board", "borlange", "--role", "steward"],
        &typed,
    )
    .done();
    let closed = famn(&place, &["person", "close", "--board", "borlange"], email);
    assert!(closed.code == 0 && closed.words.contains(says), "{closed:?}");
    let another = famn(
        &place,
        &["person", "close", "--board", "borlange"],
        "erik.berg@example.org\n",
    );
    assert!(another.code == 0 && another.words.is_empty(), "{another:?}");
}
