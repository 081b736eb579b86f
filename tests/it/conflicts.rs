//! Conflicts of interest (förvaltningslagen 16 §): pairs of staff and home that never meet, whatever the role; and what a
//! board lets its teams see of each other's errands.

use crate::kit::{Browser, Town, count, events, execute, id, sql_id};
use serde_json::{Value, json};

/// The home Berg's id, as its team lead finds it.
async fn berg(town: &Town) -> String {
    let homes = town.eva().await.get("/homes").await.expect(200);
    let mut homes = homes["items"].as_array().expect("homes").iter();
    id(homes.find(|home| home["name"] == "Berg").expect("the home Berg"))
}

/// What was done and not refused, by the log.
fn done(town: &Town, action: &str) -> Vec<Value> {
    let of = |event: &Value| event["action"] == action && event["outcome"] == "ok";
    events(&town.place).into_iter().filter(of).collect()
}

fn numbers(list: &Value) -> usize {
    list["items"].as_array().expect("items").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_one_meets_the_home_nowhere() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let (home, errand) = (berg(&town).await, id(&anna.writes("Skolan ringde").await));
    let file = maria.opens(&errand).await.expect(200);
    assert_eq!(file["team"]["assignee"], Value::Null);
    maria
        .put(&format!("/errands/{errand}/assignee"), json!({"person_id": maria.id}))
        .await
        .expect(204);
    let at = format!("/homes/{home}/conflicts");
    let before = numbers(&maria.get("/errands?limit=100").await.expect(200));
    assert!(before > 0);
    let made = maria
        .post(&at, json!({"person_id": maria.id, "reason": "Min syster bor granne"}))
        .await
        .expect(201);
    assert_eq!(
        (&made["person"]["name"], &made["reason"]),
        (&json!("Maria Lind"), &json!("Min syster bor granne"))
    );
    // It holds at once, in every list and for every single thing, also for what she was given by name.
    let listed = maria.get("/errands?limit=100").await.expect(200);
    assert!(
        listed["items"]
            .as_array()
            .expect("items")
            .iter()
            .all(|one| one["home"]["name"] != "Berg"),
        "{listed}"
    );
    for path in [
        format!("/errands/{errand}"),
        format!("/errands/{errand}/notes"),
        format!("/homes/{home}"),
        at.clone(),
    ] {
        assert_eq!(maria.get(&path).await.problem(404), "not-found", "{path}");
    }
    let assignments = maria.get("/assignments?limit=100").await.expect(200);
    assert!(
        assignments["items"]
            .as_array()
            .expect("items")
            .iter()
            .all(|one| one["home"]["name"] != "Berg")
    );
    let opened = maria
        .post(
            &format!("/errands/{errand}/openings"),
            json!({"reason_code": "on_call"}),
        )
        .await;
    assert_eq!(opened.problem(404), "not-found", "no reason opens it");
    let page = Browser::signed_in(&town.base, "maria.lind").await;
    assert_eq!(page.get(&format!("/arenden/{errand}")).await.status, 404);
    assert_eq!(page.get(&format!("/hem/{home}")).await.status, 404);

    // Nothing is given to her there, and nothing is sent to her: her team lead takes it.
    let given = eva
        .put(&format!("/errands/{errand}/assignee"), json!({"person_id": maria.id}))
        .await;
    assert_eq!(given.problem(422), "invalid");
    execute(&town.place, "DELETE FROM outbox");
    let letters = async || {
        let hers = town.letters_to("maria.lind@example.org").await.len();
        (hers, town.letters_to("eva.strand@example.org").await.len())
    };
    let (hers, leads) = letters().await;
    anna.writes("Ett till").await;
    assert_eq!(letters().await, (hers, leads + 1));

    // Who answers for the home sees that she has one; why, its team lead alone. She cannot take it back herself.
    let seen = eva.get(&at).await.expect(200);
    assert_eq!(
        (numbers(&seen), &seen["items"][0]["reason"]),
        (1, &json!("Min syster bor granne"))
    );
    let one = format!("{at}/{}", id(&made));
    let over = json!({"ended": true, "reason": "Systern har flyttat"});
    assert_eq!(maria.patch(&one, over.clone()).await.problem(404), "not-found");
    let again = json!({"person_id": maria.id, "reason": "En gång till"});
    assert_eq!(eva.post(&at, again).await.problem(409), "exists");
    eva.patch(&one, over.clone()).await.expect(200);
    assert_eq!(eva.patch(&one, over).await.problem(409), "ended");
    maria.opens(&errand).await.expect(200);
    assert_eq!(numbers(&eva.get(&at).await.expect(200)), 1, "what was stays");
    assert_eq!(
        (done(&town, "conflict.declare").len(), done(&town, "conflict.end").len()),
        (1, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_said_of_oneself_or_by_the_team_lead() {
    let town = Town::new().await;
    let (maria, eva, anna) = (town.maria().await, town.eva().await, town.anna().await);
    let (jonas, home) = (town.jonas().await, berg(&town).await);
    let at = format!("/homes/{home}/conflicts");
    let of = |who: &str| json!({"person_id": who, "reason": "Ser hunden i trappen"});
    assert_eq!(maria.post(&at, of(&jonas.id)).await.problem(403), "forbidden");
    assert_eq!(anna.post(&at, of(&jonas.id)).await.problem(403), "forbidden");
    // Nobody who lives there, and nobody of another board or none.
    for stranger in [&anna.id, &town.person("greta.vans").await.id, &home] {
        assert_eq!(eva.post(&at, of(stranger)).await.problem(422), "invalid");
    }
    assert_eq!(
        eva.post(&at, json!({"person_id": jonas.id, "reason": " "}))
            .await
            .problem(422),
        "invalid"
    );
    assert_eq!(count(&town.place, "conflict"), 0);
    eva.post(&at, of(&jonas.id)).await.expect(201);
    // He is no colleague there any more: there is no door to knock at.
    let errand = id(&anna.writes("Skolan ringde").await);
    assert_eq!(jonas.opens(&errand).await.problem(404), "not-found");
    let seen = maria.get(&at).await.expect(200);
    assert!(
        seen["items"][0]["reason"].is_null() && seen["items"][0]["person"]["name"] == "Jonas Ahl",
        "{seen}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_like_conflicts_one_stands() {
    let town = Town::new().await;
    let (eva, jonas, home) = (town.eva().await, town.jonas().await, berg(&town).await);
    let at = format!("/homes/{home}/conflicts");
    let declare = || eva.post(&at, json!({"person_id": jonas.id, "reason": "Släkt"}));
    let answers = futures_util::future::join_all((0..16).map(|_| declare())).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!((made, count(&town.place, "conflict")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_are_said_on_the_homes_page() {
    let town = Town::new().await;
    let home = berg(&town).await;
    let (path, act) = (format!("/hem/{home}"), format!("/hem/{home}/jav"));
    let eva = Browser::signed_in(&town.base, "eva.strand").await;
    let page = eva.get(&path).await;
    let empty = eva
        .submit(&act, &page.form(&act).but("person_id", &town.jonas().await.id), false)
        .await;
    assert!(empty.status == 422 && empty.shows("Anmäl jäv"), "{}", empty.text);
    let filled = empty.form(&act).but("reason", "Tränar samma <lag>");
    let filled = filled.but("person_id", &town.jonas().await.id);
    let done = eva.submit(&act, &filled, false).await;
    assert!(
        done.shows("Jävet är anmält och gäller nu.") && done.shows("Jonas Ahl"),
        "{}",
        done.text
    );
    assert!(done.text.contains("Tränar samma &#60;lag&#62;"), "{}", done.text);
    let maria = Browser::signed_in(&town.base, "maria.lind").await;
    let seen = maria.get(&path).await;
    assert!(seen.shows("Jonas Ahl") && !seen.shows("Tränar samma"), "{}", seen.text);
    let listed = town
        .eva()
        .await
        .get(&format!("/homes/{home}/conflicts"))
        .await
        .expect(200);
    let over = format!("{act}/{}/slut", id(&listed["items"][0]));
    let nothing = eva.submit(&over, &done.form(&over), false).await;
    assert!(
        nothing.status == 422 && nothing.shows("Varför har jävet upphört?"),
        "{}",
        nothing.text
    );
    let filled = nothing.form(&over).but("end_reason", "Laget finns inte mer");
    let done = eva.submit(&over, &filled, false).await;
    assert!(
        done.shows("Laget finns inte mer") && done.shows("Avslutat av Eva Strand"),
        "{}",
        done.text
    );
    assert!(
        done.shows("Jävet har upphört.") && done.shows("Jäv som har upphört"),
        "{}",
        done.text
    );
    // Of oneself: the home is gone from the list it leads to.
    let gone = maria
        .submit(
            &act,
            &seen
                .form(&act)
                .but("reason", "Min bror")
                .but("person_id", &town.maria().await.id),
            false,
        )
        .await;
    assert!(
        gone.path.starts_with("/hem?") && gone.shows("gäller nu") && !gone.shows("Berg"),
        "{}",
        gone.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_decides_what_its_teams_see_of_each_other() {
    let town = Town::new().await;
    let (anna, jonas, stina) = (town.anna().await, town.jonas().await, town.person("stina.drift").await);
    let errand = id(&anna.writes("Skolan ringde").await);
    let row = |list: &Value| {
        list["items"]
            .as_array()
            .expect("items")
            .iter()
            .any(|one| id(one) == errand)
    };
    let sight = |how: &str| stina.patch("/board", json!({"settings": {"team_sight": how}}));
    assert!(!row(&jonas.get("/errands?limit=100").await.expect(200)));
    sight("metadata").await.expect(200);
    let list = jonas.get("/errands?limit=100").await.expect(200);
    assert!(row(&list) && !list.to_string().contains("Skolan"));
    let items = list["items"].as_array().expect("items").iter();
    let mut theirs = items.filter(|one| id(one) == errand);
    assert_eq!(
        theirs.next().expect("the row")["unread"],
        false,
        "nobody's to read here"
    );
    assert_eq!(jonas.opens(&errand).await.problem(403), "reason-required");
    sight("full").await.expect(200);
    assert!(row(&jonas.get("/errands?limit=100").await.expect(200)));
    jonas.opens(&errand).await.expect(200);
    jonas.notes(&errand, "Läst av mig").await.expect(201);
    let refused = jonas
        .put(&format!("/errands/{errand}/state"), json!({"state": "closed"}))
        .await;
    assert_eq!(refused.problem(403), "forbidden", "seen is not handled");
    let opening = jonas
        .post(
            &format!("/errands/{errand}/openings"),
            json!({"reason_code": "on_call"}),
        )
        .await;
    assert_eq!(opening.problem(409), "open");
    let reads = done(&town, "errand.read");
    assert_eq!(reads.last().expect("a reading")["relation"], "team");
    // Protected people are no part of it.
    let marked = "UPDATE service_user SET protected = 'secrecy_marking'";
    assert!(execute(&town.place, marked) > 0);
    assert!(!row(&jonas.get("/errands?limit=100").await.expect(200)));
    assert_eq!(jonas.opens(&errand).await.problem(404), "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sees_an_errand_can_say_it_of_themselves_and_who_lives_there_is_no_staff_to_it() {
    let town = Town::new().await;
    let (anna, maria, jonas, eva) = (
        town.anna().await,
        town.maria().await,
        town.jonas().await,
        town.eva().await,
    );
    let (home, errand) = (berg(&town).await, id(&anna.writes("Skolan ringde").await));
    let at = format!("/homes/{home}/conflicts");
    // A colleague of the unit, to whom the home itself is not there.
    assert_eq!(jonas.get(&at).await.problem(404), "not-found");
    jonas
        .post(&at, json!({"person_id": jonas.id, "reason": "Grannar"}))
        .await
        .expect(201);
    assert_eq!(jonas.opens(&errand).await.problem(404), "not-found");
    // Another board's home is not there to anyone.
    let karl = town.person("karl.vans").await;
    let far = karl.post(&at, json!({"person_id": karl.id, "reason": "Grannar"})).await;
    assert_eq!(far.problem(404), "not-found");

    // Maria moves in, by a hand past the rules: nothing is given to her there, with or without the role of a home.
    let member = sql_id(&town.place, &town.app.clock.fresh_id::<()>().to_string());
    let (of, who) = (sql_id(&town.place, &home), sql_id(&town.place, &maria.id));
    let moved = format!(
        "INSERT INTO home_member (id, board_id, home_id, person_id, from_at) \
         SELECT {member}, board_id, {of}, {who}, created_at FROM home WHERE id = {of}"
    );
    assert_eq!(execute(&town.place, &moved), 1);
    let given = eva
        .put(&format!("/errands/{errand}/assignee"), json!({"person_id": maria.id}))
        .await;
    assert_eq!(given.problem(422), "invalid");
    for gone in [format!("/errands/{errand}"), format!("/homes/{home}")] {
        assert_eq!(maria.get(&gone).await.problem(404), "not-found", "{gone}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_looks_has_not_read_for_the_team() {
    let town = Town::new().await;
    let (anna, maria, jonas) = (town.anna().await, town.maria().await, town.jonas().await);
    let errand = id(&anna.writes("Skolan ringde").await);
    jonas
        .post(
            &format!("/errands/{errand}/openings"),
            json!({"reason_code": "on_call"}),
        )
        .await
        .expect(201);
    jonas.opens(&errand).await.expect(200);
    assert!(anna.opens(&errand).await.expect(200)["messages"][0]["read_at"].is_null());
    let opened = town
        .per()
        .await
        .get("/audit/events?action=errand.open&limit=1")
        .await
        .expect(200);
    assert_eq!(opened["items"][0]["actor"]["role"], "caseworker");
    maria.opens(&errand).await.expect(200);
    assert!(anna.opens(&errand).await.expect(200)["messages"][0]["read_at"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_members_and_what_was_opened_before_are_shut_too() {
    let town = Town::new().await;
    let (anna, maria, jonas, eva) = (
        town.anna().await,
        town.maria().await,
        town.jonas().await,
        town.eva().await,
    );
    let home = berg(&town).await;
    let file = id(&anna
        .uploads("bild.png", "image/png", crate::kit::picture())
        .await
        .expect(201));
    let errand = json!({"kind": "message", "body": "Se bilden", "file_ids": [file]});
    let errand = id(&anna.post("/errands", errand).await.expect(201));
    let opening = json!({"reason_code": "on_call"});
    jonas
        .post(&format!("/errands/{errand}/openings"), opening)
        .await
        .expect(201);
    let paths = [
        format!("/errands/{errand}"),
        format!("/errands/{errand}/openings"),
        format!("/files/{file}/content"),
        format!("/files/{file}/original"),
        format!("/homes/{home}/members"),
    ];
    for path in &paths[..3] {
        assert_eq!(jonas.get(path).await.status, 200, "{path}: it is open to him");
    }
    let at = format!("/homes/{home}/conflicts");
    for who in [&maria, &jonas] {
        eva.post(&at, json!({"person_id": who.id, "reason": "Grannar"}))
            .await
            .expect(201);
        for path in &paths {
            assert_eq!(who.get(path).await.problem(404), "not-found", "{path}");
        }
        let answer = who
            .post(&format!("/errands/{errand}/messages"), json!({"body": "Hej"}))
            .await;
        assert_eq!(answer.problem(404), "not-found");
    }
    let deputies = json!({"deputies": [{"person_id": jonas.id, "from": "2026-01-01", "to": "2099-12-31"}]});
    let assignment = id(&anna.get("/assignments").await.expect(200)["items"][0]);
    let refused = eva.patch(&format!("/assignments/{assignment}"), deputies).await;
    assert_eq!(refused.problem(422), "invalid", "nor is he made a deputy there");
}
