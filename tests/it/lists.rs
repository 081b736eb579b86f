//! The inbox and the home's own list: pages that hold while new errands come, filters, and who is given an errand.

mod changed;
mod urgent;

use crate::kit::{Person, Town, id};
use serde_json::{Value, json};
use std::collections::HashSet;

async fn ids(person: &Person, query: &str) -> (Vec<String>, Option<String>) {
    let page = person.get(&format!("/errands?{query}")).await.expect(200);
    let items = page["items"].as_array().expect("items").iter().map(id).collect();
    (items, page["next_cursor"].as_str().map(str::to_owned))
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_while_new_errands_come() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    for i in 0..6 {
        anna.writes(&format!("Fråga nummer {i} till er")).await;
    }
    let (whole, end) = ids(&maria, "limit=100").await;
    assert_eq!(end, None);
    assert!(whole.is_sorted_by(|a, b| a > b), "newest first");
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (page, next) = ids(&maria, &format!("limit=2{cursor}")).await;
        assert!(page.len() <= 2);
        seen.extend(page);
        anna.writes("Något som kom emellan").await;
        match next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, whole, "nothing twice, nothing lost, nothing new");
    let all: HashSet<_> = ids(&maria, "limit=100").await.0.into_iter().collect();
    assert!(all.len() > whole.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_takes_what_it_knows_and_nothing_else() {
    let town = Town::new().await;
    let maria = town.maria().await;
    for good in ["", "limit=1", "limit=100", "unread=false"] {
        maria.get(&format!("/errands?{good}")).await.expect(200);
    }
    for limit in [0, 101, 4_294_967_295_u32] {
        let faults = maria.get(&format!("/errands?limit={limit}")).await.faults();
        assert_eq!(faults, [("limit".into(), "limit-range".into())]);
    }
    for bad in [
        "limit=-1",
        "limit=ten",
        "limit=99999999999",
        "cursor=nowhere",
        "cursor='%20OR%201=1",
        "kind=gossip",
        "state=lost",
        "unread=maybe",
        "assignee=maria",
        "q=Alva",
        "body=kvitto",
    ] {
        assert_eq!(
            maria.get(&format!("/errands?{bad}")).await.problem(400),
            "malformed",
            "{bad}"
        );
    }
    for wrong in ["FH-2026-000001-0", "1", "FH-2026-999999999-1"] {
        let answer = maria.get(&format!("/errands?number={wrong}")).await;
        assert!(
            answer.status.is_client_error() || ids_of(&answer.json()).is_empty(),
            "{wrong}: {answer}"
        );
    }
}

fn ids_of(page: &Value) -> Vec<String> {
    page["items"]
        .as_array()
        .map(|items| items.iter().map(id).collect())
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_by_kind_state_assignee_unread_and_number() {
    let town = Town::new().await;
    let (anna, sara, maria, jonas) = (
        town.anna().await,
        town.sara().await,
        town.maria().await,
        town.jonas().await,
    );
    let made = anna.writes("En fråga som ska fördelas").await;
    let errand = id(&made);
    let listed = async |person: &Person, query: &str| ids(person, &format!("limit=100&{query}")).await.0;
    let kinds = (
        listed(&maria, "kind=message").await,
        listed(&maria, "kind=receipt_claim").await,
    );
    assert!(kinds.0.contains(&errand) && !kinds.1.contains(&errand) && !kinds.1.is_empty());
    assert!(listed(&maria, "state=received").await.contains(&errand));
    assert!(!listed(&maria, "state=closed").await.contains(&errand));

    assert!(listed(&maria, "assignee=none").await.contains(&errand));
    let give = json!({"person_id": jonas.id});
    let given = maria.put(&format!("/errands/{errand}/assignee"), give).await;
    assert_eq!(given.status.as_u16(), 204);
    assert_eq!(
        listed(&maria, &format!("assignee={}", jonas.id)).await,
        std::slice::from_ref(&errand)
    );
    assert_eq!(listed(&jonas, "assignee=me").await, std::slice::from_ref(&errand));
    assert!(!listed(&maria, "assignee=none").await.contains(&errand));
    assert!(!listed(&maria, "assignee=me").await.contains(&errand));

    let number = made["number"].as_str().expect("a number");
    assert_eq!(
        listed(&maria, &format!("number={number}")).await,
        std::slice::from_ref(&errand)
    );
    assert_eq!(
        listed(&anna, &format!("number={}", number.to_lowercase())).await,
        std::slice::from_ref(&errand)
    );
    assert!(
        listed(&sara, &format!("number={number}")).await.is_empty(),
        "a number opens no circle"
    );
    assert!(listed(&town.lisa().await, &format!("number={number}")).await.is_empty());
    let both = format!("number={number}&state=closed&unread=true");
    assert!(listed(&maria, &both).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_errand_is_given_to_staff_of_the_unit_and_to_nobody_else() {
    let town = Town::new().await;
    let (anna, maria, jonas, eva) = (
        town.anna().await,
        town.maria().await,
        town.jonas().await,
        town.eva().await,
    );
    let errand = id(&anna.writes("Vem tar hand om det här?").await);
    let give = |by: &Person, to: &str| {
        let (by, path, to) = (
            by.clone(),
            format!("/errands/{errand}/assignee"),
            json!({"person_id": to}),
        );
        async move { by.put(&path, to).await }
    };
    assert_eq!(jonas.opens(&errand).await.problem(403), "reason-required");
    assert_eq!(give(&jonas, &jonas.id).await.problem(403), "reason-required");
    assert_eq!(give(&anna, &jonas.id).await.problem(403), "forbidden");
    let others = [
        anna.id.clone(),
        town.per().await.id,
        town.person("ali.ek").await.id,
        town.person("karl.vans").await.id,
        "0197a3c4-0000-7000-8000-000000000000".into(),
    ];
    for stranger in others {
        let faults = give(&maria, &stranger).await.faults();
        assert_eq!(faults, [("person_id".into(), "person".into())], "{stranger}");
    }
    assert_eq!(give(&maria, &jonas.id).await.status.as_u16(), 204);
    let seen = jonas.opens(&errand).await.expect(200);
    assert_eq!(seen["assignee"], json!({"id": jonas.id, "name": "Jonas Ahl"}));
    assert!(anna.opens(&errand).await.expect(200).get("assignee").is_none());
    // Given on, it leaves him again; the assignment's caseworker and the lead never lose it.
    assert_eq!(give(&jonas, &eva.id).await.status.as_u16(), 204);
    assert_eq!(jonas.opens(&errand).await.problem(403), "reason-required");
    for staff in [&maria, &eva] {
        assert_eq!(staff.opens(&errand).await.expect(200)["assignee"]["name"], "Eva Strand");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_homes_tells_by_which_relation_it_was_seen() {
    let town = Town::new().await;
    for (who, relation) in [(town.eva().await, "team_lead"), (town.maria().await, "assigned")] {
        who.get("/homes").await.expect(200);
        let told = crate::kit::events(&town.place);
        let mut lists = told.iter().rev().filter(|event| event["action"] == "home.list");
        let last = lists.next().expect("an event");
        assert_eq!((&last["person"], &last["relation"]), (&json!(who.id), &json!(relation)));
    }
}
