//! What needs an answer within two working days: told in every list and in the errand, asked for, and counted.

use super::ids;
use crate::kit::{Browser, Page, Town, id};
use serde_json::{Value, json};

const URGENT: &str = "/arenden?urgent=true";

/// What is said beside the link of the menu to what is urgent.
fn counted(page: &Page) -> usize {
    let link = page
        .text
        .split(&format!("<li><a href=\"{URGENT}\""))
        .nth(1)
        .expect("the link");
    let link = link.split("</a>").next().unwrap_or_default();
    let count = link
        .split("<span class=\"count\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    count.map_or(0, |count| count.parse().expect("a number"))
}

/// The row of an errand on a page, to its end.
fn row<'a>(page: &'a Page, errand: &str) -> &'a str {
    let row = page
        .text
        .split(&format!("href=\"/arenden/{errand}"))
        .nth(1)
        .expect("a row");
    row.split("</li>").next().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_urgent_is_told_in_every_list_and_can_be_asked_for() {
    let town = Town::new().await;
    let (anna, maria, sara) = (town.anna().await, town.maria().await, town.sara().await);
    let urgent = json!({"kind": "message", "assignment_id": anna.assignment().await, "subject": "Medicinen",
        "body": "Vi behöver svar", "urgent": true});
    let urgent = id(&anna.post("/errands", urgent).await.expect(201));
    let calm = id(&anna.writes("Det här kan vänta").await);
    for who in [&anna, &maria] {
        for sort in ["received", "updated"] {
            let list = who.get(&format!("/errands?limit=100&sort={sort}")).await.expect(200);
            let told = |errand: &str| {
                let row = list["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .find(|one| id(one) == errand);
                row.expect("a row")["urgent"].clone()
            };
            assert_eq!((told(&urgent), told(&calm)), (Value::from(true), Value::from(false)));
            let (yes, _) = ids(who, &format!("limit=100&sort={sort}&urgent=true")).await;
            let (no, _) = ids(who, &format!("limit=100&sort={sort}&urgent=false")).await;
            assert!(yes.contains(&urgent) && !yes.contains(&calm), "{yes:?}");
            assert!(no.contains(&calm) && !no.contains(&urgent), "{no:?}");
        }
    }
    assert!(
        !ids(&sara, "urgent=true").await.0.contains(&urgent),
        "a filter opens no circle"
    );
    assert!(ids(&maria, "urgent=true&state=closed").await.0.is_empty());

    let (home, team) = (
        Browser::signed_in(&town.base, "anna.berg").await,
        Browser::signed_in(&town.base, "maria.lind").await,
    );
    for (browser, path) in [(&home, "/"), (&home, "/arenden"), (&team, "/arenden"), (&team, URGENT)] {
        let page = browser.get(path).await;
        assert!(row(&page, &urgent).contains("Brådskande"), "{path}: {}", page.text);
    }
    for browser in [&home, &team] {
        assert!(!row(&browser.get("/arenden").await, &calm).contains("Brådskande"));
        let shown = browser.get(&format!("/arenden/{urgent}")).await;
        let head = shown
            .text
            .split("thread__meta")
            .nth(1)
            .and_then(|rest| rest.split("</p>").next());
        assert!(head.is_some_and(|head| head.contains("Brådskande")), "{}", shown.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_of_what_is_urgent_holds_what_waits_and_counts_it() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let team = Browser::signed_in(&town.base, "maria.lind").await;
    let before = counted(&team.get("/arenden").await);
    let new = json!({"kind": "message", "body": "Vi behöver svar i dag", "urgent": true});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    let link = format!("href=\"/arenden/{errand}?urgent=true");
    let queue = team.get(URGENT).await;
    assert_eq!(counted(&queue), before + 1);
    assert!(
        queue.shows("<h1>Brådskande</h1>") && queue.text.contains(&link),
        "{}",
        queue.text
    );
    assert!(queue.shows(&format!("<a href=\"{URGENT}\" aria-current=\"page\"")));
    let open = team.get(&format!("/arenden/{errand}?urgent=true")).await;
    assert!(
        open.shows(&format!("<a href=\"{URGENT}\" aria-current=\"page\"")),
        "the queue goes along"
    );
    maria.answers(&errand, "Vi ringer strax").await.expect(201);
    assert_eq!(
        counted(&team.get(URGENT).await),
        before + 1,
        "answered, and not yet done"
    );
    maria.moves(&errand, "closed", None).await.expect(200);
    let queue = team.get(URGENT).await;
    assert_eq!(counted(&queue), before);
    assert!(!queue.text.contains(&link));
    let closed = team.get("/arenden?urgent=true&state=closed").await;
    assert!(row(&closed, &errand).contains("Brådskande"));
    let jonas = Browser::signed_in(&town.base, "jonas.ahl").await;
    assert_eq!(counted(&jonas.get("/arenden").await), 0, "none of his");
}
