//! The team's inbox: what narrows it, what is counted beside it, and to whom errands are given.

use super::browser;
use crate::kit::{Page, Town, id};
use serde_json::json;

/// What is said beside a link of the menu.
fn counted(page: &Page, href: &str) -> String {
    let link = page
        .text
        .split(&format!("<li><a href=\"{href}\""))
        .nth(1)
        .expect("the link");
    let link = link.split("</a>").next().unwrap_or_default();
    let count = link.split("<span class=\"count\">").nth(1);
    count.and_then(|rest| rest.split('<').next()).unwrap_or("0").to_owned()
}

const NEW: &str = "/arenden?state=received";
const UNREAD: &str = "/arenden?unread=true";
const MINE: &str = "/arenden?assignee=me";

#[tokio::test(flavor = "multi_thread")]
async fn the_queues_are_counted_within_the_circle() {
    let town = Town::new().await;
    let (anna, lisa) = (town.anna().await, town.lisa().await);
    let (maria, jonas) = (browser(&town, "maria.lind").await, browser(&town, "jonas.ahl").await);
    let before = maria.get("/arenden").await;
    let (new, unread): (usize, usize) = (
        counted(&before, NEW).parse().expect("a number"),
        counted(&before, UNREAD).parse().expect("a number"),
    );
    let errand = format!("/arenden/{}", id(&anna.writes("Hej, ett nytt ärende").await));
    lisa.writes("Ett ärende hos en annan nämnd").await;
    let after = maria.get("/arenden").await;
    assert_eq!(counted(&after, NEW), (new + 1).to_string());
    assert_eq!(counted(&after, UNREAD), (unread + 1).to_string());
    assert_eq!(counted(&jonas.get("/arenden").await, NEW), "0", "none of his");
    let open = maria.get(&errand).await;
    assert_eq!(counted(&open, NEW), (new + 1).to_string(), "also beside an open errand");
    assert_eq!(
        counted(&maria.get("/arenden").await, UNREAD),
        unread.to_string(),
        "read"
    );
    let mine: usize = counted(&open, MINE).parse().expect("a number");
    let take = format!("{errand}/ansvarig");
    let form = open.form(&take);
    let taken = maria.submit(&take, &form, false).await;
    assert!(taken.shows("Du ansvarar nu för ärendet"), "{}", taken.text);
    assert_eq!(counted(&maria.get("/arenden").await, MINE), (mine + 1).to_string());
    let close = json!({"state": "closed"});
    let errand = errand.trim_start_matches("/arenden/");
    town.maria()
        .await
        .put(&format!("/errands/{errand}/state"), close)
        .await
        .expect(200);
    let closed = maria.get("/arenden").await;
    assert_eq!(
        (counted(&closed, NEW), counted(&closed, MINE)),
        (new.to_string(), mine.to_string())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_says_what_the_list_is_narrowed_to() {
    let town = Town::new().await;
    let (anna, sara) = (town.anna().await, town.sara().await);
    let (of_berg, of_ohman) = (
        id(&anna.writes("Från Berg").await),
        id(&sara.writes("Från Öhman").await),
    );
    let eva = browser(&town, "eva.strand").await;
    let page = eva.get(&format!("/arenden/{of_berg}")).await;
    let berg = page.link("/hem/").trim_start_matches("/hem/").to_owned();
    let at = format!("/arenden?kind=&state=&assignee=&home={berg}");
    let list = eva.get(&at).await;
    assert_eq!(list.status, 200, "a list without a choice is sent empty");
    assert!(list.shows(&of_berg) && !list.shows(&of_ohman), "{}", list.text);
    assert!(list.shows("Bara hemmet Berg") && list.shows(&format!("/arenden/{of_berg}?home={berg}")));
    let api = town.eva().await.get(&format!("/errands?home={berg}")).await.expect(200);
    assert!(api.to_string().contains(&of_berg) && !api.to_string().contains(&of_ohman));
    let none = eva
        .get(&format!("/arenden?state=closed&assignee=me&unread=true&home={berg}"))
        .await;
    assert!(
        none.shows("Här finns inga ärenden.") && none.shows("Visa alla ärenden"),
        "{}",
        none.text
    );
    assert!(none.shows("<details class=\"narrow\" open>") && none.shows("value=\"closed\" selected"));
    for odd in ["state=odd", "home=odd", "assignee=odd", "unread=odd", "cursor=odd"] {
        assert_eq!(eva.get(&format!("/arenden?{odd}")).await.status, 400, "{odd}");
    }
    // Another's home is as one that is not there.
    let jonas = browser(&town, "jonas.ahl").await;
    assert!(
        jonas
            .get(&format!("/arenden?home={berg}"))
            .await
            .shows("Här finns inga ärenden.")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_errand_is_given_to_a_colleague_of_the_unit() {
    let town = Town::new().await;
    let (maria, jonas) = (browser(&town, "maria.lind").await, browser(&town, "jonas.ahl").await);
    let (jonas_id, per, erik) = (town.jonas().await.id, town.per().await.id, town.erik().await.id);
    let errand = format!("/arenden/{}", id(&town.anna().await.writes("Vem tar det här?").await));
    let at = format!("{errand}/ansvarig");
    assert_eq!(jonas.get(&errand).await.status, 403, "not without a reason");
    let page = maria.get(&errand).await;
    assert!(
        page.shows(&jonas_id) && !page.shows(&per) && !page.shows(&erik),
        "{}",
        page.text
    );
    let form = page.form(&at);
    for (wrong, words) in [
        ("", "Välj vem det gäller."),
        (per.as_str(), "Välj någon som handlägger ärenden i enheten."),
        (erik.as_str(), "Välj någon som handlägger ärenden i enheten."),
    ] {
        let told = maria.submit(&at, &form.clone().but("person_id", wrong), false).await;
        assert!(
            told.status == 422 && told.text.matches(words).count() == 2,
            "{words}: {}",
            told.text
        );
    }
    let given = maria.submit(&at, &form.but("person_id", &jonas_id), false).await;
    assert!(
        given.shows("Ärendet är tilldelat") && given.shows("Ansvarig: Jonas Ahl"),
        "{}",
        given.text
    );
    let seen = jonas.get(&errand).await;
    assert!(seen.status == 200 && seen.shows("Vem tar det här?"));
    let anna = browser(&town, "anna.berg").await.get(&errand).await;
    assert!(!anna.shows("Jonas") && !anna.shows("Ansvarig"), "{}", anna.text);
}
