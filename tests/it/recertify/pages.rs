//! The same on its page: what is asked for, what is answered, and what can wait.

use super::{managed, young};
use crate::kit::{Browser, Page, Town};
use famn::access::Role;
use famn::clock::{Clock, Instant};
use serde_json::json;

const CAN_WAIT: &str = "kan vänta till nästa period";

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_answers_on_the_page() {
    let town = Town::at(young()).await;
    let (_, unit) = managed(&town).await;
    let ali = Browser::signed_in(&town.base, "ali.ek").await;
    let page = ali.get("/behorigheter").await;
    assert!(
        page.shows("Gå igenom senast") && page.shows("Maria Lind") && !page.shows("Här ser du vilka"),
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
    assert!(told.status == 422 && !told.shows("Fyll i fältet"), "{}", told.text);
    assert_eq!(
        told.text.matches("Skriv varför.").count(),
        2,
        "on top and at the field: {}",
        told.text
    );
    let end = end.but(&format!("reason.{grant}"), "Har slutat");
    let said = ali.submit(&action, &end, false).await;
    assert!(
        said.shows("Svaret är sparat.") && said.shows("Ska upphöra") && said.shows("Har slutat"),
        "{}",
        said.text
    );
    let next = ali.submit(&action, &said.form(&action).but("keep", "ja"), false).await;
    assert!(next.shows("Behålls"), "{}", next.text);
    // The same button pressed twice: nobody else was before them.
    let twice = ali.submit(&action, &said.form(&action).but("keep", "ja"), false).await;
    assert!(
        twice.shows("Det är redan besvarat.") && !twice.shows("Någon annan"),
        "{}",
        twice.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_only_for_what_there_is_to_say() {
    let town = Town::at(Clock::fixed(Instant::parse("2027-02-15T08:00:00Z").expect("a time"))).await;
    let (ali, unit) = managed(&town).await;
    let at = format!("/units/{unit}/recertification");
    let browser = Browser::signed_in(&town.base, "ali.ek").await;
    let shown = async || browser.get("/behorigheter").await;
    let answers_all = async || {
        let list = ali.get(&at).await.expect(200);
        let rights = list["rights"].as_array().expect("rights").iter();
        for right in rights.filter(|one| one["can_say"] == true) {
            let keep = json!({"grant_id": right["grant_id"], "keep": true});
            ali.post(&at, keep).await.expect(201);
        }
    };
    let asks = |page: &Page| page.shows("Gå igenom vilka") && page.shows("name=\"keep\"");
    let late = shown().await;
    assert!(
        asks(&late) && late.shows("försenad") && !late.shows(CAN_WAIT),
        "{}",
        late.text
    );
    answers_all().await;
    // Their own role began after the day, and is another's to look at.
    let done = shown().await;
    assert!(
        done.shows("Här ser du vilka") && done.shows(CAN_WAIT) && !done.shows("Gå igenom"),
        "{}",
        done.text
    );
    town.hires("ny.kollega", Role::Caseworker).await;
    let newer = shown().await;
    assert!(asks(&newer) && newer.shows(CAN_WAIT), "{}", newer.text);
    // Once all is answered nothing waits for the next period.
    answers_all().await;
    let stina = town.person("stina.drift").await;
    let list = stina.get(&at).await.expect(200);
    let own = super::role(&list, "Ali Ek")["grant_id"].clone();
    let keep = json!({"grant_id": own, "keep": true});
    stina.post(&at, keep).await.expect(201);
    let all = shown().await;
    assert!(
        !all.shows(CAN_WAIT) && !all.shows("Gå igenom") && !all.shows("name=\"keep\""),
        "{}",
        all.text
    );
}
