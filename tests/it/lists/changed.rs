//! Lists by last change: each side by what it sees change itself, page by page while errands move, and the times that
//! were there before.

use super::ids;
use crate::kit::{Browser, Person, Town, batch, execute, id, on_postgres, plan, sql_id};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// All that the API shows a person of the list and its errands, with their versions.
async fn all_seen(who: &Person, errands: &[&str]) -> Vec<String> {
    let mut seen = Vec::new();
    for query in ["sort=updated", "sort=received", "sort=updated&unread=true"] {
        seen.push(
            who.get(&format!("/errands?limit=100&{query}"))
                .await
                .expect(200)
                .to_string(),
        );
    }
    for errand in errands {
        let answer = who.opens(errand).await;
        let version = answer.header("etag").to_owned();
        seen.push(format!("{version} {}", answer.expect(200)));
    }
    seen
}

async fn first(who: &Person) -> String {
    ids(who, "sort=updated&limit=1").await.0.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_begins_with_what_each_side_saw_change_last() {
    let town = Town::new().await;
    let (anna, erik, maria, jonas) = (
        town.anna().await,
        town.erik().await,
        town.maria().await,
        town.jonas().await,
    );
    let (a, b, c) = (
        id(&anna.writes("Den första frågan").await),
        id(&anna.writes("Den andra frågan").await),
        id(&anna.writes("Den tredje frågan").await),
    );
    maria.answers(&a, "Ett svar på den första").await.expect(201);
    for who in [&anna, &erik, &maria] {
        let (list, _) = ids(who, "sort=updated&limit=3").await;
        assert_eq!(list, [&a, &c, &b].map(String::as_str), "{}", who.id);
        let (list, _) = ids(who, "limit=3").await;
        assert_eq!(list, [&c, &b, &a].map(String::as_str), "as it was without asking");
    }
    // What the team does for itself moves its own list, and no home sees anything of it.
    let errands = [a.as_str(), &b, &c];
    let message = id(&anna.opens(&b).await.expect(200)["messages"][0]);
    all_seen(&maria, &errands).await;
    all_seen(&anna, &errands).await;
    let before = all_seen(&anna, &errands).await;
    let unmoved = async |what: &str| assert_eq!(all_seen(&anna, &errands).await, before, "{what}");
    maria.notes(&b, "Stäm av med skolan").await.expect(201);
    unmoved("a note").await;
    assert_eq!(first(&maria).await, b);
    let seen = maria.opens(&b).await.expect(200);
    assert!(seen["updated_at"].as_str() > seen["received_at"].as_str());
    maria
        .put(&format!("/errands/{c}/assignee"), json!({"person_id": jonas.id}))
        .await
        .expect(204);
    unmoved("an assignee").await;
    assert_eq!(first(&maria).await, c);
    for read in [true, false] {
        maria
            .put(&format!("/errands/{b}/read"), json!({"read": read}))
            .await
            .expect(204);
        unmoved("a read mark").await;
    }
    assert_eq!(first(&maria).await, c, "a mark is no change to anyone");
    let report = json!({"message_id": message, "words": "Fel barn"});
    maria
        .post(&format!("/errands/{b}/reports"), report.clone())
        .await
        .expect(201);
    unmoved("a report of the team").await;
    assert_eq!(first(&maria).await, b);
    jonas
        .post(&format!("/errands/{a}/openings"), json!({"reason_code": "on_call"}))
        .await
        .expect(201);
    unmoved("an opening").await;
    assert_eq!(first(&maria).await, a);
    erik.post(&format!("/errands/{b}/reports"), report).await.expect(201);
    unmoved("a report of the home").await;
    assert_eq!(first(&maria).await, b);
    let unread = ids(&maria, "unread=true&sort=updated&limit=100").await.0;
    assert!(unread.contains(&b), "what the home reports is news to the team");

    // What its page shows the home is its own change too.
    maria
        .post(
            &format!("/errands/{b}/isolations"),
            json!({"message_id": message, "reason": "Fel barn"}),
        )
        .await
        .expect(201);
    assert_eq!((first(&anna).await, first(&maria).await), (b.clone(), b.clone()));
    maria.moves(&c, "closed", None).await.expect(200);
    assert_eq!((first(&anna).await, first(&maria).await), (c.clone(), c));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restricted_errand_keeps_its_place_in_its_homes_list() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let (older, newer) = (
        id(&anna.writes("Om det ena").await),
        id(&anna
            .post("/errands", json!({"kind": "message", "body": "Om hela hemmet"}))
            .await
            .expect(201)),
    );
    let assignment = anna.assignment().await;
    let restrict = json!({"restricted": true, "reason": "Barnet har flyttats i hast"});
    eva.patch(&format!("/assignments/{assignment}"), restrict)
        .await
        .expect(200);
    let errands = [older.as_str(), &newer];
    all_seen(&anna, &errands).await;
    let before = all_seen(&anna, &errands).await;
    maria.answers(&older, "Det här ser ni inte").await.expect(201);
    maria.moves(&older, "closed", None).await.expect(200);
    maria.notes(&older, "Och inte det här").await.expect(201);
    let message = id(&anna.opens(&older).await.expect(200)["messages"][0]);
    let report = json!({"message_id": message, "words": "Fel barn"});
    anna.post(&format!("/errands/{older}/reports"), report)
        .await
        .expect(201);
    assert_eq!(all_seen(&anna, &errands).await, before);
    assert_eq!(
        (first(&anna).await, first(&maria).await),
        (newer.clone(), older.clone())
    );
    let seen = maria.opens(&older).await.expect(200);
    assert_eq!(
        seen["state"], "closed",
        "a home's report puts nothing back to what it sees"
    );
    // Page by page too, in both orders.
    for sort in ["received", "updated"] {
        let (mut paged, mut at) = (Vec::new(), String::new());
        loop {
            let (page, next) = ids(&anna, &format!("sort={sort}&limit=1{at}")).await;
            paged.extend(page);
            let Some(next) = next else { break };
            at = format!("&cursor={next}");
        }
        assert_eq!(paged, ids(&anna, &format!("sort={sort}&limit=100")).await.0, "{sort}");
    }
    let lift = json!({"restricted": false, "reason": "Utredningen är klar"});
    eva.patch(&format!("/assignments/{assignment}"), lift).await.expect(200);
    assert_eq!(first(&anna).await, older);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_between_pages_is_met_and_the_rest_met_once() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    for i in 0..9 {
        anna.writes(&format!("Fråga nummer {i} till er")).await;
    }
    for who in [&maria, &anna] {
        let (whole, _) = ids(who, "sort=updated&limit=100").await;
        let (mut met, mut changed): (BTreeMap<String, usize>, BTreeSet<String>) = Default::default();
        let (mut at, mut order) = (String::new(), Vec::new());
        for turn in 0.. {
            let (page, next) = ids(who, &format!("sort=updated&limit=3{at}")).await;
            assert!(page.len() <= 3);
            for errand in page {
                *met.entry(errand.clone()).or_default() += 1;
                order.push(errand);
            }
            let Some(next) = next else { break };
            at = format!("&cursor={next}");
            // One that has been met and one that has not, while there is one; and something new comes.
            let unmet = whole.iter().rev().find(|one| !met.contains_key(*one));
            for errand in [whole.get(turn), unmet].into_iter().flatten() {
                let (other, text) = if who.id == maria.id {
                    (&anna, "Ett ord till")
                } else {
                    (&maria, "Ett svar till")
                };
                if other.answers(errand, text).await.status == 201 {
                    changed.insert(errand.clone());
                }
            }
            if turn == 0 {
                anna.writes("Något som kom emellan").await;
            }
        }
        assert!(!changed.is_empty());
        let missed: Vec<_> = whole.iter().filter(|one| !met.contains_key(*one)).collect();
        assert!(missed.is_empty(), "{missed:?}");
        let still = |one: &&String| whole.contains(*one) && !changed.contains(*one);
        let kept: Vec<_> = order.iter().filter(still).collect();
        assert_eq!(
            kept,
            whole.iter().filter(still).collect::<Vec<_>>(),
            "once, in their order"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_of_its_order_and_no_other() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    anna.writes("En fråga").await;
    let (_, received) = ids(&maria, "limit=1").await;
    let (_, updated) = ids(&maria, "limit=1&sort=updated").await;
    let (received, updated) = (received.expect("more"), updated.expect("more"));
    for bad in [
        "sort=oldest".to_owned(),
        "urgent=maybe".to_owned(),
        format!("sort=updated&cursor={received}"),
        format!("sort=received&cursor={updated}"),
        format!("cursor={updated}"),
        "sort=updated&cursor=9223372036854775807-00000000000070008000000000000000".to_owned(),
        "sort=updated&cursor=-1-00000000000070008000000000000000".to_owned(),
    ] {
        let answer = maria.get(&format!("/errands?{bad}")).await;
        assert_eq!(answer.problem(400), "malformed", "{bad}");
    }
    let far = "sort=updated&cursor=7258118400000000-ffffffffffffffffffffffffffffffff";
    assert!(ids(&maria, far).await.0.is_empty(), "nothing is newer than that");
    let page = Browser::signed_in(&town.base, "maria.lind").await;
    assert_eq!(page.get(&format!("/arenden?cursor={updated}")).await.status, 200);
    assert_eq!(page.get(&format!("/arenden?cursor={received}")).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_begin_with_what_changed_last() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let first = id(&anna.writes("Den som får svar").await);
    for i in 0..5 {
        anna.writes(&format!("Senare fråga {i}")).await;
    }
    let begins_with = |text: &str| {
        let rest = text.split("<li><a class=\"item\" href=\"/arenden/").nth(1);
        let rest = rest.or_else(|| {
            text.split("href=\"/arenden/")
                .find(|rest| rest.as_bytes().get(8) == Some(&b'-'))
        });
        rest.and_then(|rest| rest.get(..36)).unwrap_or_default().to_owned()
    };
    maria.answers(&first, "Här är svaret").await.expect(201);
    let (home, team) = (
        Browser::signed_in(&town.base, "anna.berg").await,
        Browser::signed_in(&town.base, "maria.lind").await,
    );
    for path in ["/", "/arenden"] {
        assert_eq!(begins_with(&home.get(path).await.text), first, "{path}");
    }
    for path in ["/arenden", "/arenden?kind=message", "/arenden?state=in_progress"] {
        assert_eq!(begins_with(&team.get(path).await.text), first, "{path}");
    }
}

/// What the earlier version had made of the same acts: one time for both sides, moved by reports too.
#[tokio::test(flavor = "multi_thread")]
async fn errands_that_were_there_get_the_times_that_each_side_saw() {
    let town = Town::new().await;
    let (anna, maria, jonas, eva) = (
        town.anna().await,
        town.maria().await,
        town.jonas().await,
        town.eva().await,
    );
    let noted = id(&anna.writes("Med en anteckning").await);
    let given = id(&anna.writes("Given till någon").await);
    let opened = id(&anna.writes("Öppnad med skäl").await);
    let reported = id(&anna.writes("Anmäld").await);
    let moved = id(&anna.writes("Anmäld och sedan avslutad").await);
    maria.answers(&reported, "Ett svar före").await.expect(201);
    maria.notes(&noted, "En anteckning").await.expect(201);
    let give = json!({"person_id": eva.id});
    maria.put(&format!("/errands/{given}/assignee"), give).await.expect(204);
    let why = json!({"reason_code": "on_call"});
    jonas
        .post(&format!("/errands/{opened}/openings"), why)
        .await
        .expect(201);
    for errand in [&reported, &moved] {
        let message = id(&anna.opens(errand).await.expect(200)["messages"][0]);
        let report = json!({"message_id": message, "words": "Fel barn"});
        anna.post(&format!("/errands/{errand}/reports"), report)
            .await
            .expect(201);
    }
    maria.moves(&moved, "closed", None).await.expect(200);
    let all = [&noted, &given, &opened, &reported, &moved];
    let times = async |who: &Person| {
        let list = who.get("/errands?limit=100").await.expect(200);
        let items = list["items"].as_array().expect("items").clone().into_iter();
        let of = items.filter(|one| all.iter().any(|errand| **errand == id(one)));
        of.map(|one| (id(&one), one["updated_at"].clone()))
            .collect::<Vec<(String, Value)>>()
    };
    // To the second: the log's times are those of its events, a little after the change.
    let to_the_second = |times: &[(String, Value)]| -> Vec<(String, String)> {
        let cut = |at: &Value| at.as_str().expect("a time")[..19].to_owned();
        times.iter().map(|(errand, at)| (errand.clone(), cut(at))).collect()
    };
    let before = (times(&anna).await, times(&maria).await);
    let unread = ids(&maria, "unread=true&limit=100").await.0;

    let kind = if on_postgres() { "postgres" } else { "sqlite" };
    let read = |name: &str| {
        let folder = format!(
            "{}/migrations/{kind}/2026-11-30-000300_last_change",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::read_to_string(format!("{folder}/{name}.sql")).expect("a migration")
    };
    batch(&town.place, &read("down"));
    let (one, report) = (
        sql_id(&town.place, &reported),
        "SELECT max(reported_at) FROM wrong_report WHERE errand_id = ",
    );
    execute(
        &town.place,
        &format!("UPDATE errand SET updated_at = ({report}{one}) WHERE id = {one}"),
    );
    batch(&town.place, &read("up"));
    let after = (times(&anna).await, times(&maria).await);
    assert_eq!(to_the_second(&after.0), to_the_second(&before.0), "its home's");
    assert_eq!(to_the_second(&after.1), to_the_second(&before.1), "the team's");
    let of = |times: &[(String, Value)], errand: &String| {
        let found = times.iter().find(|(one, _)| one == errand);
        found.expect("the errand").1.as_str().expect("a time").to_owned()
    };
    for errand in [&noted, &given, &opened, &reported] {
        assert!(
            of(&after.0, errand) < of(&after.1, errand),
            "the team saw it change later"
        );
    }
    let still = ids(&maria, "unread=true&limit=100").await.0;
    let gone: Vec<_> = still.iter().filter(|one| !unread.contains(one)).collect();
    assert!(gone.is_empty(), "nothing that was read is new again: {gone:?}");
}

/// The index that holds a side's list gives it in its order: nothing is sorted, whatever there is.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_by_last_change_is_found_in_the_order_of_an_index() {
    let town = Town::new().await;
    for (index, column, of, time) in [
        ("errand_changed_home", "home_id", "", "updated_at"),
        ("errand_changed_assignment", "assignment_id", "", "team_updated_at"),
        (
            "errand_changed_whole_home",
            "home_id",
            " AND assignment_id IS NULL",
            "team_updated_at",
        ),
        ("errand_changed_assignee", "assignee_id", "", "team_updated_at"),
    ] {
        let some = sql_id(&town.place, "0197a3c4-0000-7000-8000-000000000000");
        let (least, most) = match on_postgres() {
            true => ("'2026-01-01'::timestamptz", "'2026-12-01'::timestamptz"),
            false => ("0", "9"),
        };
        let query = format!(
            "SELECT id, {time} FROM errand WHERE board_id = {some} AND {column} = {some}{of} AND {time} >= {least} \
             AND {time} <= {most} AND ({time} < {most} OR id < {some}) ORDER BY {time} DESC, id DESC LIMIT 26"
        );
        let found = plan(&town.place, &query);
        assert!(found.contains(index), "{found}");
        assert!(!found.contains("TEMP B-TREE") && !found.contains("Sort"), "{found}");
    }
}
