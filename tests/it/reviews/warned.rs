//! What is warned of, to both sides, and never refused; and the one thing that is: the same file twice.

use super::{fault, hands_in, lines, receipt, reviews, sent, warned};
use crate::kit::wishes::{in_days, trip};
use crate::kit::{Person, Town, count, id, samples};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_looked_at_twice_is_told_to_both_sides_and_never_refused() {
    let town = Town::new().await;
    let (anna, sara, maria) = (town.anna().await, town.sara().await, town.maria().await);
    let with = |mut line: Value, field: &str, value: Value| {
        line[field] = value;
        line
    };
    let mut few = Vec::new();
    for (amount, field, value) in [
        (49_999, "category", json!("bicycle")),
        (50_000, "category", json!("bicycle")),
        (10_000, "category", json!("furniture")),
        (10_100, "purchased_on", json!(in_days(0).plus_months(-6).to_string())),
        (
            10_200,
            "purchased_on",
            json!(in_days(0).plus_months(-6).plus_days(-1).to_string()),
        ),
    ] {
        few.push(with(receipt(&anna, amount).await, field, value));
    }
    let old = with(trip(9_000), "driven_on", json!(in_days(-190).to_string()));
    let made = id(&hands_in(&anna, few, vec![trip(300_000), old], None).await.expect(201));
    let (bought, driven) = lines(&maria, &made).await;
    let expected = [
        ("base_cost", bought[2].clone()),
        ("old_receipt", bought[4].clone()),
        ("old_receipt", driven[1].clone()),
        ("without_request", bought[1].clone()),
        ("without_request", driven[0].clone()),
    ];
    let expected = expected.map(|(code, line)| (code.to_owned(), line));
    for one in [&anna, &maria] {
        assert_eq!(warned(one, &made).await, expected);
    }
    // The same day and sum: in an earlier claim, in the same, and not in another home's or a withdrawn one.
    let twice = vec![
        receipt(&anna, 49_999).await,
        receipt(&anna, 777).await,
        receipt(&anna, 777).await,
    ];
    let twice = id(&hands_in(&anna, twice, vec![trip(300_000)], None).await.expect(201));
    let (bought, driven) = lines(&maria, &twice).await;
    let alike: Vec<Value> = warned(&maria, &twice)
        .await
        .into_iter()
        .filter(|(code, _)| code == "same_amount_and_date")
        .map(|(_, line)| line)
        .collect();
    assert_eq!(alike, [bought, driven].concat());
    let others = vec![receipt(&sara, 49_999).await];
    let others = id(&hands_in(&sara, others, vec![], None).await.expect(201));
    assert_eq!(warned(&maria, &others).await, []);
    let there_and_back = id(&hands_in(&sara, vec![], vec![trip(8_000), trip(8_000)], None)
        .await
        .expect(201));
    assert_eq!(
        warned(&maria, &there_and_back).await,
        [],
        "two trips of one day are no slip"
    );
    anna.moves(&twice, "withdrawn", None).await.expect(200);
    let anew = vec![receipt(&anna, 777).await];
    let anew = id(&hands_in(&anna, anew, vec![], None).await.expect(201));
    assert_eq!(warned(&anna, &anew).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_was_granted_is_warned_of() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let wish = id(&anna.wishes(150_000).await);
    let until = json!({"outcome": "granted", "valid_until": in_days(0).to_string()});
    maria.decides(&wish, until).await.expect(201);
    let next = async |amount: i64| {
        let line = receipt(&anna, amount).await;
        id(&hands_in(&anna, vec![line], vec![], Some(&wish)).await.expect(201))
    };
    let first = next(100_000).await;
    let second = next(50_000).await;
    assert_eq!(
        (warned(&anna, &first).await, warned(&anna, &second).await),
        (vec![], vec![])
    );
    let third = next(1).await;
    assert_eq!(warned(&anna, &third).await, [("over_award".to_owned(), Value::Null)]);
    // What was refused or withdrawn leaves room again.
    let no = json!([{"receipt_id": lines(&maria, &first).await.0[0], "outcome": "refused", "reason": "Fel kvitto"}]);
    reviews(&maria, &first, no).await.expect(201);
    anna.moves(&third, "withdrawn", None).await.expect(200);
    let fourth = next(100_000).await;
    assert_eq!(
        warned(&anna, &fourth).await.len(),
        1,
        "another receipt bore the same day and sum"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_is_handed_in_once_in_a_home() {
    let town = Town::new().await;
    let (anna, erik, sara) = (town.anna().await, town.erik().await, town.sara().await);
    let bytes = samples::another_jpeg();
    let line = async |person: &Person| {
        let file = sent(person, bytes.clone()).await;
        let mut line = receipt(person, 12_300).await;
        line["file_id"] = file.into();
        line
    };
    let message = json!({"kind": "message", "body": "Duger kvittot?", "file_ids": [sent(&anna, bytes.clone()).await]});
    anna.post("/errands", message.clone()).await.expect(201);
    let first = hands_in(&anna, vec![line(&anna).await], vec![], None).await.expect(201);
    let before = count(&town.place, "errand");
    for person in [&anna, &erik] {
        let new = vec![receipt(person, 100).await, line(person).await];
        let refused = hands_in(person, new, vec![], None).await;
        let problem = refused.clone().expect(409);
        assert_eq!(problem["type"], "/problems/duplicate-file");
        assert_eq!(problem["errand_number"], first["number"]);
        assert_eq!(problem["faults"][0]["field"], "receipts.1.file_id");
        assert!(problem["title"].as_str().is_some_and(|title| title.contains("Filen")));
    }
    assert_eq!(count(&town.place, "errand"), before, "nothing was written");
    hands_in(&sara, vec![line(&sara).await], vec![], None).await.expect(201);
    // A message may well bear it again.
    let again = json!({"kind": "message", "body": "Det här menar jag", "file_ids": [sent(&anna, bytes.clone()).await]});
    anna.post("/errands", again).await.expect(201);
    let alike = samples::another_jpeg();
    let mut two = Vec::new();
    for _ in 0..2 {
        let mut line = receipt(&anna, 500).await;
        line["file_id"] = sent(&anna, alike.clone()).await.into();
        two.push(line);
    }
    let faults = hands_in(&anna, two, vec![], None).await.faults();
    assert_eq!(faults, [fault("receipts.1.file_id", "file-twice")]);
    // What is taken back can be handed in anew, rightly this time.
    anna.moves(&id(&first), "withdrawn", None).await.expect(200);
    let anew = hands_in(&erik, vec![line(&erik).await], vec![], None).await.expect(201);
    let refused = hands_in(&anna, vec![line(&anna).await], vec![], None).await.expect(409);
    assert_eq!(refused["errand_number"], anew["number"]);
}
