//! Decisions: what each outcome needs, what it makes, that it is final, and what supersedes it.

use crate::kit::wishes::in_days;
use crate::kit::{Person, Town, count, events, execute, id, refused, sql_id, texts};
use serde_json::{Value, json};

fn fault(field: &str, code: &str) -> (String, String) {
    (field.into(), code.into())
}

/// The sums of a wish's awards that stand.
fn awards(town: &Town, wish: &str) -> Vec<String> {
    let wish = sql_id(&town.place, wish);
    let query = "SELECT CAST(amount_ore AS TEXT) AS text FROM award WHERE ended_at IS NULL AND errand_id =";
    texts(&town.place, &format!("{query} {wish}"))
}

async fn decided(person: &Person, wish: &str, decision: Value) -> Value {
    for field in ["reasons", "conditions"] {
        if let Some(text) = decision[field].as_str() {
            person.plant(text);
        }
    }
    person.decides(wish, decision).await.expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_granted_in_full_and_makes_an_award_of_ninety_days() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let mut new = crate::kit::wishes::purchase(&anna.assignment().await, 350_000);
    new["purchase"]["own_contribution_ore"] = 50_000.into();
    let wish = id(&anna.post("/errands", new).await.expect(201));
    execute(&town.place, "DELETE FROM outbox");
    let conditions = json!({"outcome": "granted", "conditions": "Cykeln är barnets och följer med vid flytt"});
    let made = decided(&maria, &wish, conditions).await;
    assert_eq!(
        (&made["outcome"], &made["amount_ore"]),
        (&json!("granted"), &json!(300_000))
    );
    assert_eq!(made["valid_until"], in_days(90).to_string());
    assert_eq!((&made["reasons"], &made["superseded"]), (&Value::Null, &json!(false)));
    assert_eq!(made["decided_by"], json!({"name": "Maria Lind", "side": "team"}));
    for one in [&anna, &erik, &maria] {
        let seen = one.opens(&wish).await.expect(200);
        assert_eq!((&seen["state"], &seen["version"]), (&json!("decided"), &json!(2)));
        assert_eq!(seen["decisions"], json!([made]));
    }
    assert_eq!(awards(&town, &wish), ["300000"]);
    assert_eq!(
        count(&town.place, "outbox"),
        2,
        "both parents are told that there is something new"
    );
    let happened: Vec<Value> = events(&town.place);
    let of_it = |action: &str| {
        let fits = |event: &&Value| event["action"] == action && event["errand"] == wish.as_str();
        happened.iter().filter(fits).count()
    };
    assert_eq!((of_it("decision.make"), of_it("errand.state")), (1, 1));
    // Both hear of it in their lists.
    let unread = erik.get("/errands?state=decided").await.expect(200);
    assert!(
        unread["items"]
            .as_array()
            .expect("rows")
            .iter()
            .any(|row| row["id"] == wish.as_str())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_was_asked_for_can_be_granted_and_both_sides_are_told() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let wish = id(&anna.wishes(150_000).await);
    let codes = async |who: &crate::kit::Person| {
        let seen = who.opens(&wish).await.expect(200);
        let codes = seen["warnings"].as_array().expect("warnings").iter();
        codes
            .map(|one| one["code"].as_str().expect("a code").to_owned())
            .collect::<Vec<_>>()
    };
    decided(&maria, &wish, json!({"outcome": "granted", "amount_ore": 150_000})).await;
    assert!(codes(&anna).await.is_empty());
    decided(&maria, &wish, json!({"outcome": "granted", "amount_ore": 150_001})).await;
    assert_eq!(
        (codes(&anna).await, codes(&maria).await),
        (vec!["over_request".into()], vec!["over_request".into()])
    );
    let less = json!({"outcome": "granted", "amount_ore": 150_000, "reasons": "Fel belopp"});
    decided(&maria, &wish, less).await;
    assert!(codes(&anna).await.is_empty(), "only what stands is told of");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_outcome_needs_what_goes_with_it() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let wish = id(&anna.wishes(150_000).await);
    let why = "Ingår i grundkostnaden";
    for (decision, expected) in [
        (json!({"outcome": "refused"}), vec![fault("reasons", "reasons")]),
        (
            json!({"outcome": "dismissed", "reasons": " "}),
            vec![fault("reasons", "required")],
        ),
        (
            json!({"outcome": "refused", "reasons": "x".repeat(5_001)}),
            vec![fault("reasons", "too-long")],
        ),
        (
            json!({"outcome": "refused", "reasons": why, "amount_ore": 1, "valid_until": in_days(1).to_string(),
                "conditions": "Inga"}),
            vec![
                fault("amount_ore", "not-granted"),
                fault("valid_until", "not-granted"),
                fault("conditions", "not-granted"),
            ],
        ),
        (
            json!({"outcome": "partly_granted", "reasons": why}),
            vec![fault("amount_ore", "required")],
        ),
        (
            json!({"outcome": "partly_granted", "amount_ore": 1}),
            vec![fault("reasons", "reasons")],
        ),
        (
            json!({"outcome": "partly_granted", "amount_ore": 150_000, "reasons": why}),
            vec![fault("amount_ore", "amount-in-full")],
        ),
        (
            json!({"outcome": "granted", "amount_ore": 0, "reasons": why}),
            vec![fault("amount_ore", "amount")],
        ),
        (
            json!({"outcome": "granted", "amount_ore": i64::MAX}),
            vec![fault("amount_ore", "amount")],
        ),
        (
            json!({"outcome": "granted", "amount_ore": 149_999}),
            vec![fault("reasons", "reasons")],
        ),
        (
            json!({"outcome": "granted", "valid_until": in_days(-1).to_string()}),
            vec![fault("valid_until", "date-past")],
        ),
    ] {
        assert_eq!(
            maria.decides(&wish, decision.clone()).await.faults(),
            expected,
            "{decision}"
        );
    }
    assert_eq!(
        maria
            .decides(&wish, json!({"outcome": "granted", "limit": 1}))
            .await
            .problem(400),
        "malformed"
    );
    assert_eq!(
        maria.decides(&wish, json!({"outcome": "maybe"})).await.problem(400),
        "malformed"
    );
    assert_eq!(
        maria.opens(&wish).await.expect(200)["version"],
        1,
        "nothing was written"
    );
    let partly = json!({"outcome": "partly_granted", "amount_ore": 100_000, "reasons": "Högst 1 000 kr för en cykel",
        "valid_until": in_days(0).to_string()});
    let made = decided(&maria, &wish, partly).await;
    assert_eq!(
        (&made["amount_ore"], &made["valid_until"]),
        (&json!(100_000), &json!(in_days(0).to_string()))
    );
    let refused = id(&anna.wishes(150_000).await);
    let made = decided(
        &maria,
        &refused,
        json!({"outcome": "refused", "reasons": "Det ingår i grundkostnaden"}),
    )
    .await;
    assert_eq!(
        (&made["amount_ore"], &made["valid_until"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (awards(&town, &wish), awards(&town, &refused)),
        (vec!["100000".to_owned()], vec![])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_trip_comes_to_is_granted_where_it_can_be_said() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let mut new = crate::kit::wishes::travel(&anna.assignment().await);
    let wish = id(&anna.post("/errands", new.clone()).await.expect(201));
    // There and back 48 km at 25 kr a mil, and 60 kr for parking.
    let made = maria.decides(&wish, json!({"outcome": "granted"})).await.expect(201);
    assert_eq!(made["amount_ore"], 12_000 + 6_000);
    new["travel"]["approval_mode"] = "standing".into();
    let standing = id(&anna.post("/errands", new).await.expect(201));
    let faults = maria.decides(&standing, json!({"outcome": "granted"})).await.faults();
    assert_eq!(faults, [fault("amount_ore", "required")]);
    let said = json!({"outcome": "granted", "amount_ore": 240_000});
    maria.decides(&standing, said).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_decision_supersedes_and_is_worse_only_with_reasons() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let wish = id(&anna.wishes(150_000).await);
    let no = json!({"outcome": "refused", "reasons": "Vi behöver ett prisförslag först"});
    let first = decided(&maria, &wish, no).await;
    let better = decided(&eva, &wish, json!({"outcome": "granted", "amount_ore": 200_000})).await;
    for worse in [
        json!({"outcome": "granted"}),
        json!({"outcome": "granted", "amount_ore": 200_000, "valid_until": in_days(89).to_string()}),
        json!({"outcome": "granted", "amount_ore": 200_000, "conditions": "Endast hos Cykelhörnan"}),
        json!({"outcome": "refused"}),
    ] {
        let faults = maria.decides(&wish, worse.clone()).await.faults();
        assert_eq!(faults, [fault("reasons", "reasons")], "{worse}");
    }
    assert_eq!(awards(&town, &wish), ["200000"]);
    let why = json!({"outcome": "granted", "reasons": "Priset visade sig vara lägre"});
    let last = decided(&maria, &wish, why).await;
    let seen = anna.opens(&wish).await.expect(200);
    let shown: Vec<(Value, Value)> = seen["decisions"]
        .as_array()
        .expect("decisions")
        .iter()
        .map(|one| (one["id"].clone(), one["superseded"].clone()))
        .collect();
    let expected = [(&first, true), (&better, true), (&last, false)];
    assert_eq!(
        shown,
        expected.map(|(one, superseded)| (one["id"].clone(), json!(superseded)))
    );
    assert_eq!((&seen["state"], &seen["version"]), (&json!("decided"), &json!(4)));
    assert_eq!(awards(&town, &wish), ["150000"]);
    let end = json!({"outcome": "dismissed", "reasons": "Hemmet har redan köpt en cykel"});
    decided(&maria, &wish, end).await;
    assert!(
        awards(&town, &wish).is_empty(),
        "an award ends with the decision that made it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_final_also_to_the_database() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let wish = id(&anna.wishes(150_000).await);
    let made = id(&maria.decides(&wish, json!({"outcome": "granted"})).await.expect(201));
    let this = format!("WHERE id = {}", sql_id(&town.place, &made));
    for attack in [
        format!("UPDATE decision SET amount_ore = 1 {this}"),
        format!("UPDATE decision SET reasons = NULL {this}"),
        format!("UPDATE decision SET decided_by = decided_by {this}"),
        format!("DELETE FROM decision {this}"),
    ] {
        let told = refused(&town.place, &attack);
        assert!(told.contains("a decision is n"), "{attack}: {told}");
    }
    let path = format!("/errands/{wish}/decisions/{made}");
    for method in [reqwest::Method::PUT, reqwest::Method::PATCH, reqwest::Method::DELETE] {
        let answer = maria
            .send(maria.request(method, &path).json(&json!({"amount_ore": 1})))
            .await;
        assert_eq!(answer.status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_answer_for_the_home_decide_and_nobody_else() {
    let town = Town::new().await;
    let (anna, maria, jonas, eva) = (
        town.anna().await,
        town.maria().await,
        town.jonas().await,
        town.eva().await,
    );
    let yes = || json!({"outcome": "granted"});
    let wish = id(&anna.wishes(150_000).await);
    assert_eq!(anna.decides(&wish, yes()).await.problem(403), "forbidden");
    assert_eq!(jonas.decides(&wish, yes()).await.problem(403), "reason-required");
    assert_eq!(town.per().await.decides(&wish, yes()).await.problem(404), "not-found");
    eva.decides(&wish, yes()).await.expect(201);
    let given = id(&anna.wishes(150_000).await);
    let to = json!({"person_id": jonas.id});
    assert_eq!(maria.put(&format!("/errands/{given}/assignee"), to).await.status, 204);
    jonas.decides(&given, yes()).await.expect(201);
    // A deputy, on the days that say so.
    let deputised = id(&anna.wishes(150_000).await);
    town.deputises("U-2041", &jonas.id, (in_days(0), in_days(0))).await;
    jonas.decides(&deputised, yes()).await.expect(201);
    for (kind, other) in [
        ("a message", id(&anna.writes("Får vi köpa en cykel?").await)),
        ("a claim", id(&anna.drives(9_000).await)),
    ] {
        assert_eq!(maria.decides(&other, yes()).await.problem(409), "state", "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_ends_completed_or_without_a_decision_and_both_sides_know_why() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let wish = id(&anna.wishes(150_000).await);
    let close = json!({"state": "closed_without_decision"});
    let path = format!("/errands/{wish}/state");
    assert_eq!(
        maria.put(&path, close.clone()).await.faults(),
        [fault("reason", "required")]
    );
    let mut close = close;
    close["reason"] = "Barnet har flyttat till ett annat hem".into();
    anna.plant("Barnet har flyttat till ett annat hem");
    assert_eq!(anna.put(&path, close.clone()).await.problem(403), "forbidden");
    maria.put(&path, close.clone()).await.expect(200);
    for one in [&anna, &maria] {
        let seen = one.opens(&wish).await.expect(200);
        assert_eq!(
            (&seen["state_reason"], &seen["decisions"]),
            (&close["reason"], &json!([]))
        );
    }
    let other = id(&anna.wishes(150_000).await);
    maria.decides(&other, json!({"outcome": "granted"})).await.expect(201);
    maria.moves(&other, "completed", None).await.expect(200);
    assert!(awards(&town, &other).is_empty());
    assert_eq!(
        maria.decides(&other, json!({"outcome": "granted"})).await.problem(409),
        "state"
    );
    let given = maria
        .put(&format!("/errands/{other}/assignee"), json!({"person_id": maria.id}))
        .await;
    assert_eq!(given.problem(409), "state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_holds_to_its_version_and_is_made_once_for_a_key() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let wish = id(&anna.wishes(150_000).await);
    let send = async |tag: &str, key: &str| {
        let request = maria.request(reqwest::Method::POST, &format!("/errands/{wish}/decisions"));
        let request = request.header("If-Match", tag).header("Idempotency-Key", key);
        maria.send(request.json(&json!({"outcome": "granted"}))).await
    };
    assert_eq!(send("\"7\"", "a").await.problem(412), "stale");
    let first = send("\"1\"", "a").await.expect(201);
    let again = send("\"1\"", "a").await.expect(201);
    assert_eq!(first, again, "the same decision, though the version is another by now");
    assert_eq!(
        maria.opens(&wish).await.expect(200)["decisions"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}
