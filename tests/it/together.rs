//! Many at once: nobody is refused without cause, nothing is lost, and the outcome is one that some order of single
//! acts would have had.

use crate::kit::{Answer, Person, Town, count, events, id, samples};
use famn::access::{Actor, Origin};
use famn::account::{Attempt, open_page_session};
use famn::id::ErrandId;
use famn::secret::Secret;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::mpsc;

/// The statuses of many answers, in order.
fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut found: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    found.sort_unstable();
    found
}

/// One has this status and all others that one.
#[track_caller]
fn one_wins(answers: &[Answer], winner: u16, others: u16) {
    let expected = if winner < others {
        [vec![winner], vec![others; answers.len() - 1]]
    } else {
        [vec![others; answers.len() - 1], vec![winner]]
    };
    assert_eq!(statuses(answers), expected.concat());
}

/// Sixteen times the same at once.
async fn sixteen<F: Future<Output = Answer>>(act: impl Fn(usize) -> F) -> Vec<Answer> {
    join_all((0..16).map(act)).await
}

async fn posted(person: &Person, path: &str, key: Option<&str>, body: Value) -> Answer {
    let request = person.request(Method::POST, path).json(&body);
    person
        .send(match key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        })
        .await
}

fn happened(town: &Town, action: &str, errand: &str) -> usize {
    let of = |event: &&Value| event["action"] == action && event["errand"] == errand && event["outcome"] == "ok";
    events(&town.place).iter().filter(of).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_homes_write_at_once_and_every_one_is_received() {
    let town = Town::new().await;
    let people = [
        town.anna().await,
        town.erik().await,
        town.sara().await,
        town.maria().await,
    ];
    let before = count(&town.place, "errand");
    let write = |i: usize| {
        let person = people[i % 3].clone();
        async move { person.writes(&format!("Meddelande {i} från oss här hemma")).await }
    };
    let made = join_all((0..32).map(write)).await;
    let mut numbers: Vec<u32> = made
        .iter()
        .map(|made| {
            made["number"].as_str().expect("a number")[8..14]
                .parse()
                .expect("digits")
        })
        .collect();
    numbers.sort_unstable();
    assert!(
        numbers.windows(2).all(|two| two[0] + 1 == two[1]),
        "gapless: {numbers:?}"
    );
    assert_eq!(count(&town.place, "errand"), before + 32);
    for errand in &made {
        assert_eq!(happened(&town, "errand.create", &id(errand)), 1);
        people[3].opens(&id(errand)).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_and_notes_at_once_are_all_there_and_counted() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let errand = id(&anna.writes("Vad säger ni om sommaren?").await);
    let reply = |i: usize| {
        let (who, path) = (
            [&anna, &erik, &maria][i % 3].clone(),
            format!("/errands/{errand}/messages"),
        );
        async move { posted(&who, &path, None, json!({"body": format!("Svar {i}")})).await }
    };
    assert_eq!(statuses(&sixteen(reply).await), [201; 16]);
    let note = |i: usize| {
        let (maria, path) = (maria.clone(), format!("/errands/{errand}/notes"));
        async move { posted(&maria, &path, None, json!({"body": format!("Anteckning {i}")})).await }
    };
    assert_eq!(statuses(&sixteen(note).await), [201; 16]);
    let seen = maria.opens(&errand).await.expect(200);
    let messages = seen["messages"].as_array().expect("messages");
    let bodies: HashSet<&str> = messages.iter().filter_map(|message| message["body"].as_str()).collect();
    assert_eq!((messages.len(), bodies.len()), (17, 17));
    assert_eq!(seen["version"], 17, "one for the start and one for each reply");
    let notes = maria.get(&format!("/errands/{errand}/notes")).await.expect(200);
    assert_eq!(notes["items"].as_array().map(Vec::len), Some(16));
    assert_eq!(happened(&town, "message.send", &errand), 16);
    assert_eq!(happened(&town, "note.write", &errand), 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_like_moves_one_is_made() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let errand = id(&anna.writes("Nu är allt ordnat, tack").await);
    for (moves, version) in [("in_progress", 2), ("closed", 3)] {
        let go = |i: usize| {
            let who = if i.is_multiple_of(2) { &maria } else { &eva };
            who.moves(&errand, moves, None)
        };
        one_wins(&sixteen(go).await, 200, 409);
        let seen = maria.opens(&errand).await.expect(200);
        assert_eq!((&seen["state"], &seen["version"]), (&json!(moves), &json!(version)));
    }
    assert_eq!(happened(&town, "errand.state", &errand), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_from_one_version_one_is_sent() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Vem svarar först?").await);
    let reply = |i: usize| {
        let request = maria.request(Method::POST, &format!("/errands/{errand}/messages"));
        maria.send(
            request
                .header("If-Match", "\"1\"")
                .json(&json!({"body": format!("Jag, {i}")})),
        )
    };
    one_wins(&sixteen(reply).await, 201, 412);
    assert_eq!(
        maria.opens(&errand).await.expect(200)["messages"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_withdraws_while_the_team_takes_up() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let file = id(&anna.uploads("k.jpg", "image/jpeg", samples::jpeg()).await.expect(201));
    let errand = id(&anna.hands_in(&file, 45_000, "Sportlagret i Borlänge").await.expect(201));
    let go = |i: usize| match i % 3 {
        0 => maria.moves(&errand, "under_review", None),
        1 => anna.moves(&errand, "withdrawn", None),
        _ => erik.moves(&errand, "withdrawn", None),
    };
    let answers = sixteen(go).await;
    let made = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!(made + refused, 16);
    let seen = anna.opens(&errand).await.expect(200);
    assert_eq!(seen["state"], "withdrawn");
    assert_eq!(seen["version"], 1 + made);
    assert_eq!(happened(&town, "errand.state", &errand), made);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_sixteen_times_makes_one_thing() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let before = count(&town.place, "errand");
    let new = json!({"kind": "message", "body": "Skickades det här?"});
    let answers = sixteen(|_| posted(&anna, "/errands", Some("k"), new.clone())).await;
    assert_eq!(statuses(&answers), [201; 16]);
    let made: HashSet<String> = answers.iter().map(|answer| id(&answer.json())).collect();
    assert_eq!((made.len(), count(&town.place, "errand")), (1, before + 1));
    let errand = made.into_iter().next().expect("one");
    assert_eq!(happened(&town, "errand.create", &errand), 1);
    for (kind, what) in [("messages", "message.send"), ("notes", "note.write")] {
        let path = format!("/errands/{errand}/{kind}");
        let answers = sixteen(|_| posted(&maria, &path, Some(kind), json!({"body": "Ja"}))).await;
        assert_eq!(statuses(&answers), [201; 16]);
        let made: HashSet<String> = answers.iter().map(|answer| id(&answer.json())).collect();
        assert_eq!((made.len(), happened(&town, what, &errand)), (1, 1), "{kind}");
    }
    let other = sixteen(|i| {
        posted(
            &anna,
            "/errands",
            Some("o"),
            json!({"kind": "message", "body": format!("{i}")}),
        )
    })
    .await;
    one_wins(&other, 201, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_to_one_of_sixteen() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let errand = id(&anna.writes("Här kommer bilderna").await);
    let mut files = Vec::new();
    for _ in 0..3 {
        files.push(id(&anna
            .uploads("k.jpg", "image/jpeg", samples::jpeg())
            .await
            .expect(201)));
    }
    let before = (count(&town.place, "errand"), count(&town.place, "receipt"));
    one_wins(
        &sixteen(|_| anna.hands_in(&files[0], 9_900, "Apoteket Kronan")).await,
        201,
        422,
    );
    assert_eq!(
        (count(&town.place, "errand"), count(&town.place, "receipt")),
        (before.0 + 1, before.1 + 1)
    );
    // The same files in the other order: nobody waits for each other.
    let (path, new) = (
        format!("/errands/{errand}/messages"),
        json!({"kind": "message", "body": "Bilder"}),
    );
    let take = |i: usize| {
        let mut body = if i.is_multiple_of(2) {
            json!({"body": "Bilder"})
        } else {
            new.clone()
        };
        body["file_ids"] = if i % 4 < 2 {
            json!([files[1], files[2]])
        } else {
            json!([files[2], files[1]])
        };
        let path = if i.is_multiple_of(2) {
            path.clone()
        } else {
            "/errands".to_owned()
        };
        let anna = anna.clone();
        async move { posted(&anna, &path, None, body).await }
    };
    one_wins(&sixteen(take).await, 201, 422);
    assert_eq!(count(&town.place, "file WHERE errand_id IS NULL"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn assignees_and_marks_at_once_leave_one_of_them() {
    let town = Town::new().await;
    let (anna, maria, jonas, eva) = (
        town.anna().await,
        town.maria().await,
        town.jonas().await,
        town.eva().await,
    );
    let errand = id(&anna.writes("Vem får den här?").await);
    let path = format!("/errands/{errand}/assignee");
    let ids = [&jonas.id, &eva.id];
    let give = |i: usize| maria.put(&path, json!({"person_id": ids[i % 2]}));
    let given = join_all((0..16).map(give)).await;
    assert_eq!(statuses(&given), [204; 16]);
    let seen = maria.opens(&errand).await.expect(200);
    assert!(["Jonas Ahl", "Eva Strand"].contains(&seen["assignee"]["name"].as_str().expect("a name")));
    assert_eq!(seen["version"], 1);
    assert_eq!(happened(&town, "errand.assign", &errand), 16);
    let path = format!("/errands/{errand}/read");
    let marks = join_all((0..16).map(|_| maria.put(&path, json!({"read": true})))).await;
    assert_eq!(statuses(&marks), [204; 16]);
    let opened = join_all((0..16).map(|_| eva.opens(&errand))).await;
    assert_eq!(statuses(&opened), [200; 16]);
    assert_eq!(happened(&town, "errand.mark", &errand), 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_while_one_reads_stays_unread() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("En första fråga").await);
    let marias = actor(&town, "maria.lind@example.org").await;
    let read: ErrandId = errand.parse().expect("an id");
    let ((seen, has_seen), (go_on, may_go_on)) = (mpsc::channel(), mpsc::channel());
    let door = town.app.door.clone();
    let reading = tokio::spawn(async move {
        let look = move |access: famn::access::Access<'_>| {
            let view = access.errand(read)?.show()?;
            seen.send(()).expect("someone waits");
            may_go_on.recv().expect("someone tells");
            Ok(view)
        };
        door.read(marias, look).await
    });
    tokio::task::spawn_blocking(move || has_seen.recv())
        .await
        .expect("a thread")
        .expect("it is read");
    anna.answers(&errand, "Och en andra").await.expect(201);
    go_on.send(()).expect("it goes on");
    let view = reading.await.expect("it ends").expect("it is shown");
    assert_eq!(view.messages.len(), 1);

    let list = maria.get("/errands?unread=true").await.expect(200);
    assert_eq!(
        list["items"][0]["id"],
        errand.as_str(),
        "the second question waits to be seen"
    );
    let messages = anna.opens(&errand).await.expect(200)["messages"].clone();
    assert!(messages[0].get("read_at").is_some() && messages[1].get("read_at").is_none());
}

/// A session of someone in Borlänge, as the door knows it.
async fn actor(town: &Town, email: &str) -> Actor {
    let origin = Origin {
        request: town.app.clock.fresh_id::<()>().uuid(),
        ip: None,
    };
    let attempt = Attempt {
        board: "borlange".into(),
        email: Secret::new(email.into()),
        password: Secret::new(famn::demo::PASSWORD.into()),
        code: None,
    };
    let session = open_page_session(&town.app, attempt, origin)
        .await
        .expect("signed in")
        .session;
    Actor::bearer(session, None, origin)
}
