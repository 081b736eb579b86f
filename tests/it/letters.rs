//! Letters: one within the hour for each receiver, and nothing in it but that there is something new.

use crate::kit::{Person, Town, count, execute, id, sql_id};
use famn::access::{Access, Actor};
use famn::clock::Clock;
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;

/// The letters there are once none waits any more.
async fn letters(town: &Town) -> Vec<String> {
    let waits = async {
        while count(&town.place, "outbox WHERE state = 'waiting'") > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waits)
        .await
        .expect("the letters are sent");
    let Ok(folder) = std::fs::read_dir(town.place.folder.join("letters")) else {
        return Vec::new();
    };
    let files = folder
        .flatten()
        .filter(|file| file.path().extension().is_some_and(|end| end == "eml"));
    files
        .map(|file| std::fs::read_to_string(file.path()).expect("a letter"))
        .collect()
}

/// How many letters each of `receivers` has got.
async fn received(town: &Town, receivers: [&str; 3]) -> [usize; 3] {
    let all = letters(town).await;
    receivers.map(|who| {
        all.iter()
            .filter(|letter| letter.contains(&format!("To: {who}@example.org")))
            .count()
    })
}

const WHO: [&str; 3] = ["anna.berg", "erik.berg", "maria.lind"];

fn since(before: [usize; 3], now: [usize; 3]) -> [usize; 3] {
    std::array::from_fn(|i| now[i] - before[i])
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_decision_even_those_are_told_who_want_no_letters() {
    // What the demo's own errands have told is more than an hour ago.
    let town = Town::at(Clock::fixed(
        Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)),
    ))
    .await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    anna.patch("/me", json!({"notices": false})).await.expect(200);
    let (message, wish) = (id(&anna.writes("En fråga").await), id(&anna.wishes(150_000).await));
    let before = received(&town, WHO).await;
    maria.answers(&message, "Ett svar").await.expect(201);
    assert_eq!(since(before, received(&town, WHO).await), [0, 1, 0], "Erik wants them");
    maria.decides(&wish, json!({"outcome": "granted"})).await.expect(201);
    assert_eq!(
        since(before, received(&town, WHO).await),
        [1, 1, 0],
        "a decision is made known"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_receiver_gets_one_letter_an_hour() {
    // What the demo's own errands have told is more than an hour ago.
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let before = received(&town, WHO).await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let errand = id(&anna.writes("Alva behöver nya glasögon").await);
    assert_eq!(
        since(before, received(&town, WHO).await),
        [0, 0, 1],
        "the caseworker, not the other parent"
    );
    erik.answers(&errand, "Och en ny cykel").await.expect(201);
    anna.writes("Och en fråga till").await;
    assert_eq!(
        since(before, received(&town, WHO).await),
        [0, 0, 1],
        "once within the hour"
    );
    maria.answers(&errand, "Ja, lämna in kvittot").await.expect(201);
    maria.answers(&errand, "Och försäkran").await.expect(201);
    maria.notes(&errand, "Ingen ska få brev om detta").await.expect(201);
    assert_eq!(since(before, received(&town, WHO).await), [1, 1, 1], "both parents");

    clock.forward(Duration::from_secs(60 * 60));
    let anna: Person = town.anna().await;
    anna.answers(&errand, "Tack, då vet vi").await.expect(201);
    assert_eq!(
        since(before, received(&town, WHO).await),
        [1, 1, 2],
        "an hour later it is told again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_answers_at_once_are_one_letter() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let (sara, maria) = (town.sara().await, town.maria().await);
    let mut errands = Vec::new();
    for i in 0..12 {
        errands.push(id(&sara.writes(&format!("Ärende {i} av tolv")).await));
    }
    let who = ["anna.berg", "sara.ohman", "maria.lind"];
    let before = received(&town, who).await;
    let answers = join_all(errands.iter().map(|errand| maria.answers(errand, "Vi ser på det"))).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    assert_eq!(since(before, received(&town, who).await), [0, 1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_it_is_given_to_is_told() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let (anna, maria, jonas) = (town.anna().await, town.maria().await, town.jonas().await);
    let errand = id(&anna.writes("Något för Jonas att svara på").await);
    maria
        .put(&format!("/errands/{errand}/assignee"), json!({"person_id": jonas.id}))
        .await;
    clock.forward(Duration::from_secs(60 * 60));
    let who = ["anna.berg", "jonas.ahl", "maria.lind"];
    let before = received(&town, who).await;
    town.anna().await.answers(&errand, "Hallå?").await.expect(201);
    assert_eq!(since(before, received(&town, who).await), [0, 1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stands_in_today_is_told_too_and_tomorrow_no_more() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let today = clock.now().day();
    let jonas = town.jonas().await;
    town.deputises("U-2041", &jonas.id, (today.plus_days(-3), today)).await;
    let who = ["anna.berg", "jonas.ahl", "maria.lind"];
    let before = received(&town, who).await;
    let errand = id(&town.anna().await.writes("Maria är ledig, men det är bråttom").await);
    assert_eq!(since(before, received(&town, who).await), [0, 1, 1]);

    clock.forward(Duration::from_secs(24 * 60 * 60));
    let before = received(&town, who).await;
    let anna = town.anna().await;
    anna.answers(&errand, "Nu är Maria tillbaka").await.expect(201);
    assert_eq!(since(before, received(&town, who).await), [0, 0, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_account_is_closed_gets_no_letter_not_even_one_that_waited() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let before = received(&town, WHO).await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let errand = id(&anna.writes("Erik flyttar i dag").await);
    maria.answers(&errand, "Vi ändrar i uppdraget").await.expect(201);
    assert_eq!(since(before, received(&town, WHO).await), [1, 1, 1]);
    let (operator, closed) = (
        Actor::operator(town.board("borlange").await),
        erik.id.parse().expect("an id"),
    );
    let close = move |access: Access<'_>| access.disable_person(closed);
    town.app.door.write(operator, close).await.expect("it is closed");

    clock.forward(Duration::from_secs(60 * 60));
    let before = received(&town, WHO).await;
    town.maria().await.answers(&errand, "Det är gjort").await.expect(201);
    assert_eq!(
        since(before, received(&town, WHO).await),
        [1, 0, 0],
        "nothing is left for him"
    );

    // A letter of his that was on its way when the account was closed.
    let folder = town.place.folder.join("letters");
    std::fs::remove_dir_all(&folder).expect("the letters are handed on");
    let his = sql_id(&town.place, &erik.id);
    let again = "UPDATE outbox SET state = 'waiting', tries = 0, next_try_at = made_at WHERE person_id = ";
    assert!(execute(&town.place, &format!("{again}{his}")) > 0);
    assert_eq!(received(&town, WHO).await, [0, 0, 0]);
    assert_eq!(count(&town.place, &format!("outbox WHERE person_id = {his}")), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_says_nothing() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let made = anna.writes("Umgänget i helgen blev inställt").await;
    maria.answers(&id(&made), "Vi hörs på måndag").await.expect(201);
    let letters = letters(&town).await;
    assert!(!letters.is_empty());
    for letter in letters {
        let (head, body) = letter.split_once("\r\n\r\n").expect("a head and a body");
        let head: Vec<&str> = head.lines().filter(|line| !line.starts_with("To: ")).collect();
        let told = format!("{}\n{body}", head.join("\n"));
        let never = [
            "Anna",
            "anna",
            "Erik",
            "Berg",
            "Maria",
            "Lind",
            "Alva",
            "Nyström",
            "U-2041",
            "Borl",
            "Umg",
            "m=C3=A5ndag",
            "måndag",
            "http",
            "/api",
            "FH-",
            &id(&made),
            made["number"].as_str().expect("a number"),
        ];
        for word in never {
            assert!(!told.contains(word), "{word:?} stands in a letter: {letter}");
        }
    }
}
