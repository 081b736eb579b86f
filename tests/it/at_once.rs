//! Decisions, reviews and the same file, by many at once: the outcome is one that some order of single acts would have.

use crate::kit::wishes::{claim, in_days};
use crate::kit::{Answer, Town, count, events, id, samples, sql_id};
use futures_util::future::join_all;
use serde_json::{Value, json};

async fn sixteen<F: Future<Output = Answer>>(act: impl Fn(usize) -> F) -> Vec<Answer> {
    join_all((0..16).map(act)).await
}

fn with_status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

fn happened(town: &Town, action: &str, errand: &str) -> usize {
    let of = |event: &&Value| event["action"] == action && event["errand"] == errand && event["outcome"] == "ok";
    events(&town.place).iter().filter(of).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_decisions_at_once_are_one_chain_and_one_award() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let wish = id(&anna.wishes(150_000).await);
    let decide = |i: usize| {
        let who = if i.is_multiple_of(2) { &maria } else { &eva };
        let sum = 200_000 + i64::try_from(i).expect("small");
        who.decides(
            &wish,
            json!({"outcome": "granted", "amount_ore": sum, "reasons": format!("Prisförslag {i}")}),
        )
    };
    let answers = sixteen(decide).await;
    assert_eq!(with_status(&answers, 201), 16);
    let seen = anna.opens(&wish).await.expect(200);
    let decisions = seen["decisions"].as_array().expect("decisions");
    assert_eq!((decisions.len(), &seen["version"]), (16, &json!(17)));
    let standing: Vec<&Value> = decisions.iter().filter(|one| one["superseded"] == false).collect();
    assert_eq!(standing.len(), 1);
    let errand = sql_id(&town.place, &wish);
    let awards = |narrowed: &str| count(&town.place, &format!("award WHERE errand_id = {errand} {narrowed}"));
    let amount = &standing[0]["amount_ore"];
    assert_eq!((awards(""), awards("AND ended_at IS NULL")), (16, 1));
    assert_eq!(awards(&format!("AND ended_at IS NULL AND amount_ore = {amount}")), 1);
    assert_eq!(
        (
            happened(&town, "decision.make", &wish),
            happened(&town, "errand.state", &wish)
        ),
        (16, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_decisions_from_one_version_one_is_made() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let wish = id(&anna.wishes(150_000).await);
    let decide = |_| {
        let request = maria.request(reqwest::Method::POST, &format!("/errands/{wish}/decisions"));
        maria.send(request.header("If-Match", "\"1\"").json(&json!({"outcome": "granted"})))
    };
    let answers = sixteen(decide).await;
    assert_eq!((with_status(&answers, 201), with_status(&answers, 412)), (1, 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_withdrawn_or_decided_on_and_never_both() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    for _ in 0..4 {
        let wish = id(&anna.wishes(150_000).await);
        let go = |i: usize| {
            let (anna, erik, maria, wish) = (anna.clone(), erik.clone(), maria.clone(), wish.clone());
            async move {
                match i % 4 {
                    0 => anna.moves(&wish, "withdrawn", None).await,
                    1 => erik.moves(&wish, "withdrawn", None).await,
                    _ => maria.decides(&wish, json!({"outcome": "granted"})).await,
                }
            }
        };
        let answers = sixteen(go).await;
        let (withdrawn, decided) = (with_status(&answers, 200), with_status(&answers, 201));
        assert_eq!(withdrawn + decided + with_status(&answers, 409), 16);
        let seen = anna.opens(&wish).await.expect(200);
        let decisions = seen["decisions"].as_array().map(Vec::len);
        match seen["state"].as_str() {
            Some("withdrawn") => assert_eq!((withdrawn, decided, decisions), (1, 0, Some(0))),
            Some("decided") => assert_eq!((withdrawn, decisions), (0, Some(decided))),
            other => panic!("it stands as {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_who_withdraws_and_one_who_decides_just_one_succeeds() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    for _ in 0..40 {
        let wish = id(&anna.wishes(150_000).await);
        let decision = json!({"outcome": "refused", "reasons": "Ingår i grundkostnaden"});
        let (home, team) = tokio::join!(anna.moves(&wish, "withdrawn", None), maria.decides(&wish, decision));
        let seen = anna.opens(&wish).await.expect(200);
        let stands = (seen["state"].as_str(), seen["decisions"].as_array().map(Vec::len));
        match (home.status.as_u16(), team.status.as_u16()) {
            (200, 409) => assert_eq!(stands, (Some("withdrawn"), Some(0))),
            (409, 201) => assert_eq!(stands, (Some("decided"), Some(1))),
            both => panic!("{both:?}: {seen}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_reviews_one_is_made() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let made = id(&anna.drives(12_000).await);
    let line = maria.opens(&made).await.expect(200)["trips"][0]["id"].clone();
    let path = format!("/errands/{made}/reviews");
    let review = |i: usize| {
        let who = if i.is_multiple_of(2) { &maria } else { &eva };
        let sum = 100 + i64::try_from(i).expect("small");
        who.post(
            &path,
            json!({"lines": [{"trip_id": line, "outcome": "partly_granted", "amount_ore": sum, "reason": "En del"}]}),
        )
    };
    let answers = sixteen(review).await;
    assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 15));
    let kept = answers.iter().find(|answer| answer.status == 201).expect("one").json();
    let seen = anna.opens(&made).await.expect(200);
    assert_eq!(seen["trips"][0]["granted_ore"], kept["granted_ore"]);
    assert_eq!(
        (count(&town.place, "review"), count(&town.place, "review_line")),
        (1, 1)
    );
    assert_eq!(happened(&town, "claim.review", &made), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_that_hand_in_the_same_picture_one_is_taken() {
    let town = Town::new().await;
    let people = [town.anna().await, town.erik().await];
    let (first, second) = (samples::another_jpeg(), samples::another_jpeg());
    let (assignment, mut new) = (people[0].assignment().await, Vec::new());
    for i in 0..16 {
        let mut receipts = Vec::new();
        for bytes in [&first, &second] {
            let file = people[i % 2]
                .uploads("k.jpg", "image/jpeg", bytes.clone())
                .await
                .expect(201);
            receipts.push(json!({"file_id": id(&file), "purchased_on": in_days(0).to_string(),
                "supplier": "Apoteket Kronan", "category": "medicine", "amount_ore": 9_900}));
        }
        // Some in one order, some in the other: nobody waits for each other.
        if i % 4 < 2 {
            receipts.reverse();
        }
        new.push(claim(&assignment, receipts, vec![]));
    }
    let before = count(&town.place, "errand");
    let answers = sixteen(|i| people[i % 2].post("/errands", new[i].clone())).await;
    assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 15));
    let number = answers.iter().find(|answer| answer.status == 201).expect("one").json()["number"].clone();
    for refused in answers.into_iter().filter(|answer| answer.status == 409) {
        assert_eq!(refused.json()["errand_number"], number);
    }
    assert_eq!(
        (count(&town.place, "errand"), count(&town.place, "receipt_content")),
        (before + 1, 3)
    );
}
