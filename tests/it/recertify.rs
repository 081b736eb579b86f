//! The list of who has which role in a unit: gone through by its manager each quarter, ended by nobody but the steward.

use crate::kit::{Browser, Person, Town, events, id};
use famn::account::begin_recertifications;
use famn::clock::{Clock, Instant};
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MANAGER: &str = "ali.ek@example.org";

/// Ali as manager of the unit of Maria and Jonas, and the unit; the quarter is young.
async fn managed(town: &Town) -> (Person, String) {
    let (stina, dora, ali) = (
        town.person("stina.drift").await,
        town.person("dora.sund").await,
        town.person("ali.ek").await,
    );
    let homes = town.eva().await.get("/homes").await.expect(200);
    let unit = id(&homes["items"][0]["unit"]);
    let at = format!("/persons/{}/roles", ali.id);
    let new = json!({"role": "unit_manager", "unit_id": unit, "reason": "Ny enhetschef"});
    let proposed = id(&stina.post(&at, new).await.expect(201));
    let yes = dora
        .patch(&format!("{at}/{proposed}"), json!({"confirmed": true}))
        .await;
    yes.expect(200);
    (ali, unit)
}

fn young() -> Clock {
    Clock::fixed(Instant::parse("2027-01-04T08:00:00Z").expect("a time"))
}

fn role<'a>(list: &'a Value, name: &str) -> &'a Value {
    let mut roles = list["roles"].as_array().expect("roles").iter();
    roles.find(|one| one["person"]["name"] == name).expect("the role")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_goes_through_the_roles_of_the_unit_each_quarter() {
    let town = Town::at(young()).await;
    let (ali, unit) = managed(&town).await;
    let at = format!("/units/{unit}/recertification");
    let before = town.letters_to(MANAGER).await.len();
    assert_eq!(begin_recertifications(&town.app).await.expect("told"), 1);
    assert_eq!(begin_recertifications(&town.app).await.expect("told"), 0, "once");
    let letters = town.letters_to(MANAGER).await;
    assert!(letters.len() <= before + 1 && !letters.iter().any(|letter| letter.contains("Maria")));

    let list = ali.get(&at).await.expect(200);
    assert_eq!(
        (&list["from"], &list["due_on"], &list["is_overdue"]),
        (&json!("2027-01-01"), &json!("2027-01-31"), &json!(false))
    );
    let (maria, jonas, own) = (
        role(&list, "Maria Lind"),
        role(&list, "Jonas Ahl"),
        role(&list, "Ali Ek"),
    );
    assert_eq!((&maria["can_say"], &own["can_say"]), (&json!(true), &json!(false)));
    let say = |one: &Value, keep: bool, reason: Option<&str>| {
        let body = json!({"grant_id": one["grant_id"], "keep": keep, "reason": reason});
        let (ali, at) = (ali.clone(), at.clone());
        async move { ali.post(&at, body).await }
    };
    say(maria, true, None).await.expect(201);
    assert_eq!(say(maria, false, Some("Nej")).await.problem(409), "exists", "said once");
    let faults = say(jonas, false, None).await.faults();
    assert_eq!(faults, [("reason".to_owned(), "required".to_owned())]);
    let why = "Slutade i gruppen i december";
    ali.plant(why);
    let said = say(jonas, false, Some(why)).await.expect(201);
    let of_jonas = &role(&said, "Jonas Ahl")["said"];
    assert_eq!((&of_jonas["keep"], &of_jonas["reason"]), (&json!(false), &json!(why)));
    assert_eq!(
        say(own, true, None).await.problem(403),
        "forbidden",
        "never of one's own"
    );
    let reasons: Vec<Value> = events(&town.place)
        .into_iter()
        .filter(|event| event["action"] == "recertification.decide" && event["outcome"] == "ok")
        .map(|event| event["reason_code"].clone())
        .collect();
    assert_eq!(reasons, ["keep", "end"]);
    // It ends nothing by itself: the steward sees it, and does.
    town.jonas().await.get("/errands").await.expect(200);
    let stina = town.person("stina.drift").await;
    let seen = stina.get(&at).await.expect(200);
    assert_eq!(role(&seen, "Jonas Ahl")["said"]["reason"], why);
    assert_eq!(role(&seen, "Jonas Ahl")["can_say"], false);
    let keep = json!({"grant_id": role(&seen, "Eva Strand")["grant_id"], "keep": true});
    assert_eq!(stina.post(&at, keep).await.problem(403), "forbidden");
    assert_eq!(town.maria().await.get(&at).await.problem(403), "forbidden");
    // A role of no unit of theirs, and a unit that is not theirs.
    let foreign = json!({"grant_id": unit, "keep": true});
    assert_eq!(ali.post(&at, foreign).await.faults()[0].0, "grant_id");
    let other = stina.post("/units", json!({"name": "Jourhemmen"})).await.expect(201);
    let other = format!("/units/{}/recertification", id(&other));
    assert_eq!(ali.get(&other).await.problem(404), "not-found");
    stina.get(&other).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_thirty_days_is_overdue_and_a_new_quarter_begins_anew() {
    let clock = young();
    let town = Town::at(clock.clone()).await;
    let (ali, unit) = managed(&town).await;
    let at = format!("/units/{unit}/recertification");
    let list = ali.get(&at).await.expect(200);
    let maria = json!({"grant_id": role(&list, "Maria Lind")["grant_id"], "keep": true});
    ali.post(&at, maria.clone()).await.expect(201);
    clock.forward(28 * DAY);
    let dora = town.person("dora.sund").await;
    assert_eq!(dora.get(&at).await.expect(200)["is_overdue"], true);
    let page = Browser::signed_in(&town.base, "stina.drift")
        .await
        .get("/behorigheter")
        .await;
    assert!(page.shows("Genomgången är försenad."), "{}", page.text);
    clock.forward(62 * DAY);
    let dora = town.person("dora.sund").await;
    let anew = dora.get(&at).await.expect(200);
    assert_eq!(
        (&anew["from"], &anew["is_overdue"]),
        (&json!("2027-04-01"), &json!(false))
    );
    assert!(role(&anew, "Maria Lind").get("said").is_none());
    let ali = town.person("ali.ek").await;
    ali.post(&at, maria).await.expect(201);
    let off = json!({"settings": {"recertify_every": 0}});
    town.person("stina.drift").await.patch("/board", off).await.expect(200);
    let none = ali.get(&at).await.expect(200);
    assert_eq!((&none["from"], &none["is_overdue"]), (&Value::Null, &json!(false)));
    assert_eq!(role(&none, "Maria Lind")["can_say"], false);
    assert_eq!(begin_recertifications(&town.app).await.expect("told"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_answers_on_the_page() {
    let town = Town::at(young()).await;
    let (_, unit) = managed(&town).await;
    let ali = Browser::signed_in(&town.base, "ali.ek").await;
    let page = ali.get("/behorigheter").await;
    assert!(
        page.shows("Gå igenom senast") && page.shows("Maria Lind"),
        "{}",
        page.text
    );
    let action = format!("/behorigheter/{unit}");
    // The first form on the page is the first role's to keep, the second the same role's to end.
    let keep = page.form(&action);
    let grant = keep
        .fields
        .iter()
        .find(|(name, _)| name == "grant_id")
        .expect("a role")
        .1
        .clone();
    let end = keep.clone().but("keep", "nej").with(&format!("reason.{grant}"), "");
    let told = ali.submit(&action, &end, false).await;
    assert_eq!(told.status, 422, "{}", told.text);
    let end = end.but(&format!("reason.{grant}"), "Har slutat");
    let said = ali.submit(&action, &end, false).await;
    assert!(
        said.shows("Svaret är sparat.") && said.shows("Ska upphöra") && said.shows("Har slutat"),
        "{}",
        said.text
    );
    let next = ali.submit(&action, &said.form(&action).but("keep", "ja"), false).await;
    assert!(next.shows("Behålls"), "{}", next.text);
}
