//! The list of who has which role in a unit: gone through by its manager each quarter, ended by nobody but the steward.

mod pages;

use crate::kit::hidden::{Hidden, NAMES};
use crate::kit::{Browser, Person, Town, events, id};
use famn::access::{Access, Actor, Role};
use famn::account::begin_recertifications;
use famn::clock::{Clock, Instant};
use famn::home::Protection;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MANAGER: &str = "ali.ek@example.org";
const STEWARD: &str = "stina.drift@example.org";

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

fn right<'a>(list: &'a Value, kind: &str, name: &str) -> Option<&'a Value> {
    let mut rights = list["rights"].as_array().expect("rights").iter();
    rights.find(|one| one["kind"] == kind && one["person"]["name"] == name)
}

fn role<'a>(list: &'a Value, name: &str) -> &'a Value {
    right(list, "role", name).expect("the role")
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
    assert_eq!(letters.len(), before + 1, "one letter");
    assert!(!letters.iter().any(|letter| letter.contains("Maria")));

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
    // The only manager's role is nobody's but the steward's to say of.
    let seen = stina.get(&at).await.expect(200);
    assert_eq!(role(&seen, "Ali Ek")["can_say"], true);
    let keep = json!({"grant_id": role(&seen, "Ali Ek")["grant_id"], "keep": true});
    let dora = town.person("dora.sund").await;
    assert_eq!(dora.post(&at, keep.clone()).await.problem(403), "forbidden");
    let said = stina.post(&at, keep).await.expect(201);
    assert_eq!(role(&said, "Ali Ek")["said"]["by"]["name"], "Stina Drift");
}

#[tokio::test(flavor = "multi_thread")]
async fn deputies_and_those_named_for_protected_homes_are_gone_through_too() {
    let town = Town::at(young()).await;
    let (ali, unit) = managed(&town).await;
    let hidden = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let today = town.app.clock.now().day();
    let maria = town.maria().await;
    town.deputises("U-9077", &maria.id, (today, today.plus_days(20))).await;
    let at = format!("/units/{unit}/recertification");
    let list = ali.get(&at).await.expect(200);
    let deputy = right(&list, "deputy", "Maria Lind").expect("the deputy");
    assert_eq!(deputy["stands_in_for"]["name"], "Jonas Ahl");
    let named = right(&list, "protected", "Jonas Ahl").expect("who is named");
    assert_eq!(named["home"]["id"], hidden.home.as_str());
    assert!(!list.to_string().contains(NAMES[0]), "by its alias alone: {list}");
    // Who is named is nothing to the steward; it is to the data protection officer, who says nothing.
    let (stina, dora) = (town.person("stina.drift").await, town.person("dora.sund").await);
    let seen = stina.get(&at).await.expect(200);
    assert!(right(&seen, "protected", "Jonas Ahl").is_none() && right(&seen, "deputy", "Maria Lind").is_some());
    let guessed = json!({"grant_id": named["grant_id"], "keep": false, "reason": "Nej"});
    assert_eq!(stina.post(&at, guessed.clone()).await.faults()[0].0, "grant_id");
    let seen = dora.get(&at).await.expect(200);
    assert_eq!(
        right(&seen, "protected", "Jonas Ahl").expect("who is named")["can_say"],
        false
    );
    assert_eq!(dora.post(&at, guessed).await.problem(403), "forbidden");
    let said = json!({"grant_id": deputy["grant_id"], "keep": true});
    let list = ali.post(&at, said).await.expect(201);
    assert_eq!(
        right(&list, "deputy", "Maria Lind").expect("the deputy")["said"]["keep"],
        true
    );
    let named = right(&list, "protected", "Jonas Ahl").expect("who is named");
    let end = json!({"grant_id": named["grant_id"], "keep": false, "reason": "Har bytt grupp"});
    let list = ali.post(&at, end).await.expect(201);
    let named = right(&list, "protected", "Jonas Ahl").expect("it ends nothing by itself");
    assert_eq!(named["said"]["reason"], "Har bytt grupp");
    let page = Browser::signed_in(&town.base, "ali.ek")
        .await
        .get("/behorigheter")
        .await;
    assert!(
        page.shows("Ersättare för Jonas Ahl") && page.shows("Utsedd för Skyddat hem"),
        "{}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_apart_from_a_protected_home_does_not_learn_who_is_named_for_it() {
    let town = Town::at(young()).await;
    let (ali, unit) = managed(&town).await;
    let (eva, dora) = (town.eva().await, town.person("dora.sund").await);
    let at = format!("/units/{unit}/recertification");
    let homes = eva.get("/homes").await.expect(200);
    let berg = homes["items"]
        .as_array()
        .expect("homes")
        .iter()
        .find(|home| home["name"] == "Berg");
    let berg = berg.expect("Berg").clone();
    let apart = json!({"person_id": ali.id, "reason": "Släkt"});
    eva.post(&format!("/homes/{}/conflicts", id(&berg)), apart)
        .await
        .expect(201);
    let berg_at = format!("/homes/{}", id(&berg));
    let tag = eva.get(&berg_at).await.header("etag").to_owned();
    let mark = eva.request(Method::PATCH, &berg_at).header("If-Match", tag);
    let marked = eva.send(mark.json(&json!({"protected": "secrecy_marking"}))).await;
    assert!(marked.status.is_success(), "{}", marked.status);
    let listed = dora.get("/protected-homes").await.expect(200);
    let named = &listed["items"][0]["named"][0];
    let naming = format!("/protected-homes/{}/named/{}", id(&berg), id(named));
    dora.patch(&naming, json!({"confirmed": true})).await.expect(200);
    let who = named["person"]["name"].as_str().expect("a name");
    let seen = dora.get(&at).await.expect(200);
    assert!(right(&seen, "protected", who).is_some(), "{seen}");
    let seen = ali.get(&at).await.expect(200);
    assert!(right(&seen, "protected", who).is_none(), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_whose_account_is_closed_says_nothing_and_blocks_nobody() {
    let town = Town::at(young()).await;
    let (ali, unit) = managed(&town).await;
    let (stina, dora, maria) = (
        town.person("stina.drift").await,
        town.person("dora.sund").await,
        town.maria().await,
    );
    let roles = format!("/persons/{}/roles", maria.id);
    let new = json!({"role": "unit_manager", "unit_id": unit, "reason": "Delar uppdraget"});
    let proposed = id(&stina.post(&roles, new).await.expect(201));
    let yes = json!({"confirmed": true});
    dora.patch(&format!("{roles}/{proposed}"), yes).await.expect(200);
    let at = format!("/units/{unit}/recertification");
    let managers = |list: &Value| -> Vec<Value> {
        let rights = list["rights"].as_array().expect("rights").iter();
        let managers = rights.filter(|one| one["role"] == "unit_manager");
        managers.map(|one| one["can_say"].clone()).collect()
    };
    assert_eq!(
        managers(&stina.get(&at).await.expect(200)),
        [json!(false), json!(false)],
        "each the other's"
    );
    let operator = Actor::operator(town.board("borlange").await);
    let gone = ali.id.parse().expect("an id");
    let close = move |access: Access<'_>| access.disable_person(gone);
    town.app.door.write(operator, close).await.expect("closed");
    assert_eq!(
        managers(&stina.get(&at).await.expect(200)),
        [json!(true)],
        "the only manager's is hers"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_began_after_the_day_is_the_next_periods() {
    let town = Town::at(Clock::fixed(Instant::parse("2027-02-15T08:00:00Z").expect("a time"))).await;
    let (ali, unit) = managed(&town).await;
    let at = format!("/units/{unit}/recertification");
    let list = ali.get(&at).await.expect(200);
    assert_eq!(
        (&list["due_on"], &list["is_overdue"]),
        (&json!("2027-01-31"), &json!(true))
    );
    for right in list["rights"]
        .as_array()
        .expect("rights")
        .iter()
        .filter(|one| one["can_say"] == true)
    {
        let keep = json!({"grant_id": right["grant_id"], "keep": true});
        ali.post(&at, keep).await.expect(201);
    }
    town.hires("ny.kollega", Role::Caseworker).await;
    let list = ali.get(&at).await.expect(200);
    assert_eq!(role(&list, "ny.kollega")["can_say"], true);
    assert_eq!(
        list["is_overdue"], false,
        "nor is Ali's own, which began in February: {list}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_overdue_is_told_once_to_managers_and_stewards() {
    let clock = young();
    let town = Town::at(clock.clone()).await;
    managed(&town).await;
    assert_eq!(begin_recertifications(&town.app).await.expect("told"), 1);
    clock.forward(26 * DAY);
    assert_eq!(
        begin_recertifications(&town.app).await.expect("told"),
        0,
        "the last day"
    );
    let before = (
        town.letters_to(MANAGER).await.len(),
        town.letters_to(STEWARD).await.len(),
    );
    clock.forward(DAY);
    assert_eq!(begin_recertifications(&town.app).await.expect("told"), 0, "2027-01-31");
    clock.forward(DAY);
    assert_eq!(begin_recertifications(&town.app).await.expect("told"), 1, "overdue");
    assert_eq!(begin_recertifications(&town.app).await.expect("told"), 0, "once");
    let after = (
        town.letters_to(MANAGER).await.len(),
        town.letters_to(STEWARD).await.len(),
    );
    assert_eq!(after, (before.0 + 1, before.1 + 1));
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
    let page = Browser::signed_in(&town.base, "dora.sund")
        .await
        .get("/behorigheter")
        .await;
    assert!(
        page.shows("Här ser du vilka") && page.shows("Ska vara genomgånget senast"),
        "{}",
        page.text
    );
    assert!(
        !page.shows("Gå igenom") && !page.shows("name=\"keep\""),
        "{}",
        page.text
    );
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
