//! Letters over SMTP, to a server that refuses, puts off, hangs and drops: none is lost, none comes twice, and nothing
//! of it is said in clear or to a server that is not trusted.

use crate::kit::smtp::{MailServer, Mood, Seal, Stage};
use crate::kit::{Browser, Place, Server, Town, count, execute, id, on_postgres, rows_of, sql_id};
use famn::clock::Clock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const TWO_HOURS: Duration = Duration::from_secs(2 * 60 * 60);

/// What the demo's own errands have told is more than an hour ago.
fn later() -> Clock {
    Clock::fixed(Clock::system().now().plus(TWO_HOURS))
}

/// A town whose demo letters are out of the way.
async fn town(clock: &Clock, mail: &MailServer) -> Town {
    let town = Town::with(clock.clone(), |config| config.mail.relay = Some(mail.settings())).await;
    settles(&town.place, "state IN ('waiting', 'sending')", 0).await;
    town
}

/// Waits until exactly so many letters are so.
async fn settles(place: &Place, so: &str, many: usize) {
    let table = format!("outbox WHERE {so}");
    let waits = async {
        while count(place, &table) != many {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let settled = tokio::time::timeout(Duration::from_secs(60), waits).await;
    let all = rows_of(
        place,
        "SELECT state || ' ' || COALESCE(failure, '-') AS text FROM outbox",
    );
    assert!(settled.is_ok(), "{many} letters are to be {so}: {all:?}");
}

/// Maria answers Anna's errand, which tells Anna and Erik.
async fn two_letters(town: &Town) {
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Alva behöver nya skor till våren").await);
    settles(&town.place, "state = 'waiting'", 0).await;
    maria.answers(&errand, "Köp dem och lämna in kvittot").await.expect(201);
}

/// How often each letter was taken.
fn times(mail: &MailServer) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for letter in mail.taken() {
        *times.entry(letter.message_id).or_default() += 1;
    }
    times
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_go_sealed_to_a_server_that_is_trusted() {
    let folder = std::env::temp_dir();
    for seal in [Seal::StartTls, Seal::Implicit] {
        let (clock, mail) = (later(), MailServer::start(seal, &folder).await);
        let town = town(&clock, &mail).await;
        two_letters(&town).await;
        settles(&town.place, "state = 'waiting'", 0).await;
        let taken = mail.taken();
        assert!(taken.len() >= 2 && taken.iter().all(|letter| letter.sealed), "{seal:?}");
        assert!(
            taken.iter().any(|letter| letter.to == "erik.berg@example.org"),
            "{taken:?}"
        );
        assert!(times(&mail).values().all(|times| *times == 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_to_a_server_that_is_not_trusted_or_offers_no_seal() {
    let folder = std::env::temp_dir();
    let clear = MailServer::start(Seal::None, &folder).await;
    let strange = MailServer::start(Seal::StartTls, &folder).await;
    for mail in [&clear, &strange] {
        let mut settings = mail.settings();
        (settings.tls, settings.ca_file) = (famn::config::MailTls::StartTls, None);
        let town = Town::with(later(), |config| config.mail.relay = Some(settings)).await;
        town.anna().await.writes("Får vi köpa en cykel till Alva?").await;
        settles(&town.place, "failure IS NULL AND state <> 'sent'", 0).await;
        assert!(
            count(
                &town.place,
                "outbox WHERE failure = 'unreachable' AND state = 'waiting'"
            ) > 0
        );
        let said = mail.said();
        assert!(!said.is_empty() && mail.taken().is_empty());
        assert!(
            !said
                .iter()
                .any(|line| line.starts_with("MAIL") || line.starts_with("AUTH")),
            "{said:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_signs_in_with_the_password_of_its_file() {
    let (clock, folder) = (later(), std::env::temp_dir());
    let mail = MailServer::start(Seal::StartTls, &folder).await;
    let file = folder.join(format!("famn-mail-password-{}", std::process::id()));
    std::fs::write(&file, "hemligt\n").expect("a password");
    let mut settings = mail.settings();
    settings.user = Some(("famn".into(), file));
    let town = Town::with(clock.clone(), |config| config.mail.relay = Some(settings)).await;
    settles(&town.place, "state = 'waiting'", 0).await;
    let said = mail.said();
    // base64 of NUL famn NUL hemligt
    assert!(said.contains(&"AUTH PLAIN AGZhbW4AaGVtbGlndA==".to_owned()), "{said:?}");
    assert!(!mail.taken().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_refused_for_good_is_dead_and_the_steward_sees_it() {
    let (clock, folder) = (later(), std::env::temp_dir());
    let mail = MailServer::start(Seal::None, &folder).await;
    let town = town(&clock, &mail).await;
    let before = mail.taken().len();
    mail.is(Mood::Says(Stage::Receiver, 550));
    let anna = town.anna().await;
    anna.writes("Vi undrar över umgänget på lördag").await;
    settles(&town.place, "state = 'dead' AND failure = 'refused'", 1).await;
    mail.is(Mood::Takes);
    let connections = mail.connections();
    clock.forward(TWO_HOURS);
    let stina = town.person("stina.drift").await;
    let list = stina.get("/letters?state=dead").await.expect(200);
    let items = list["items"].as_array().expect("letters");
    assert_eq!(items.len(), 1, "{list}");
    assert_eq!(
        (items[0]["failure"].as_str(), items[0]["tries"].as_u64()),
        (Some("refused"), Some(1))
    );
    assert_eq!(items[0]["person_id"].as_str(), Some(town.maria().await.id.as_str()));
    assert!(!list.to_string().contains('@'), "{list}");
    assert_eq!(stina.get("/letters?state=gone").await.problem(400), "malformed");
    assert_eq!(
        stina.get("/letters?state=waiting").await.expect(200)["items"]
            .as_array()
            .map(Vec::len),
        Some(0)
    );
    let lisa = town.person("karl.vans").await;
    assert_eq!(lisa.get("/letters").await.problem(403), "forbidden");
    assert_eq!(
        (mail.taken().len(), mail.connections()),
        (before, connections),
        "it is not tried again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_invited_is_told_of_a_letter_that_did_not_arrive() {
    let (clock, folder) = (later(), std::env::temp_dir());
    let mail = MailServer::start(Seal::None, &folder).await;
    let town = town(&clock, &mail).await;
    let maria = town.maria().await;
    let home = town.anna().await.get("/me").await.expect(200)["homes"][0]["id"].clone();
    let page = format!("/hem/{}", home.as_str().expect("an id"));
    let browser = Browser::signed_in(&town.base, "maria.lind").await;
    let new = |email: &str| serde_json::json!({"email": email, "name": "Ny Person", "home_id": home});
    maria
        .post("/invitations", new("kom.fram@example.org"))
        .await
        .expect(201);
    settles(&town.place, "state IN ('waiting', 'sending')", 0).await;
    assert!(!browser.get(&page).await.shows("Mejlet kom inte fram"));
    mail.is(Mood::Says(Stage::Receiver, 550));
    // A domain with an å is written to as punycode, and known again as it was typed.
    maria.post("/invitations", new("ingen@åkerlund.se")).await.expect(201);
    settles(&town.place, "state = 'dead' AND kind = 'invitation'", 1).await;
    settles(&town.place, "kind = 'undelivered'", 1).await;
    let hers = format!(
        "outbox WHERE kind = 'undelivered' AND person_id = {}",
        sql_id(&town.place, &maria.id)
    );
    assert_eq!(count(&town.place, &hers), 1, "whoever invited is told");
    let seen = browser.get(&page).await;
    assert_eq!(seen.text.matches("Mejlet kom inte fram").count(), 1, "{}", seen.text);
    assert!(seen.shows("ingen@xn--kerlund-dxa.se") && seen.shows("kom.fram@example.org"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_put_off_is_tried_again_and_comes_once() {
    let (clock, folder) = (later(), std::env::temp_dir());
    for mood in [
        Mood::Greylists,
        Mood::Says(Stage::Receiver, 450),
        Mood::Says(Stage::Data, 451),
    ] {
        let mail = MailServer::start(Seal::None, &folder).await;
        let town = town(&clock, &mail).await;
        mail.is(mood);
        town.anna().await.writes("Kan ni ringa oss om skolan").await;
        settles(&town.place, "state = 'waiting' AND failure = 'put_off'", 1).await;
        let connections = mail.connections();
        clock.forward(Duration::from_secs(20));
        assert_eq!(
            mail.connections(),
            connections,
            "{mood:?}: half a minute at least lies between"
        );
        if mood != Mood::Greylists {
            mail.is(Mood::Takes);
        }
        clock.forward(Duration::from_secs(60));
        settles(&town.place, "state = 'waiting'", 0).await;
        assert_eq!(count(&town.place, "outbox WHERE state = 'dead'"), 0);
        assert!(times(&mail).values().all(|times| *times == 1), "{mood:?}");
        let taken = mail.taken();
        let text = &taken.last().expect("a letter").text;
        assert!(
            text.contains("Auto-Submitted: auto-generated") && !text.contains("skolan"),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_off_for_three_days_is_given_up() {
    let (clock, folder) = (later(), std::env::temp_dir());
    let mail = MailServer::start(Seal::None, &folder).await;
    let town = town(&clock, &mail).await;
    mail.is(Mood::Says(Stage::Mail, 451));
    town.anna().await.writes("När kommer ersättningen?").await;
    settles(&town.place, "state = 'waiting' AND failure = 'put_off'", 1).await;
    clock.forward(Duration::from_secs(3 * 24 * 60 * 60 + 60));
    settles(&town.place, "state = 'dead' AND failure = 'expired'", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_or_drops_anywhere_costs_no_letter_and_doubles_none() {
    let (clock, folder) = (later(), std::env::temp_dir());
    let mail = MailServer::start(Seal::None, &folder).await;
    let town = town(&clock, &mail).await;
    let stages = [Stage::Greeting, Stage::Mail, Stage::Receiver, Stage::Data, Stage::Text];
    let hangs = stages.into_iter().map(Mood::Hangs);
    let moods = hangs.chain(stages.into_iter().map(Mood::Drops));
    for mood in moods.chain([Mood::Says(Stage::Greeting, 554), Mood::Says(Stage::Mail, 421)]) {
        clock.forward(TWO_HOURS);
        let before = mail.taken().len();
        mail.is(mood);
        let anna = town.anna().await;
        anna.writes("Vi behöver avlastning i maj").await;
        settles(&town.place, "state = 'waiting' AND failure = 'unreachable'", 1).await;
        // The service itself goes on.
        anna.writes("Och en fråga till om maj").await;
        mail.is(Mood::Takes);
        clock.forward(Duration::from_secs(2 * 60));
        settles(&town.place, "state IN ('waiting', 'sending')", 0).await;
        assert_eq!(mail.taken().len(), before + 1, "{mood:?}");
    }
    assert!(times(&mail).values().all(|times| *times == 1));
    assert_eq!(count(&town.place, "outbox WHERE state = 'dead'"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_while_the_server_was_away_is_sent_when_it_is_back() {
    let (clock, folder) = (later(), std::env::temp_dir());
    let mail = MailServer::start(Seal::None, &folder).await;
    let (address, settings) = (mail.address, mail.settings());
    drop(mail);
    let town = Town::with(clock.clone(), |config| config.mail.relay = Some(settings)).await;
    for _ in 0..6 {
        clock.forward(Duration::from_secs(10 * 60));
        town.anna().await.writes("Servern är borta, vi skriver ändå").await;
        settles(&town.place, "failure IS NULL AND state = 'waiting'", 0).await;
    }
    let waiting = count(&town.place, "outbox WHERE state = 'waiting'");
    assert!(waiting >= 3 && count(&town.place, "outbox WHERE state <> 'waiting'") == 0);
    let mail = MailServer::at(address, Seal::None, &folder).await;
    // An hour's silence, and all is sent within two minutes.
    clock.forward(Duration::from_secs(2 * 60));
    settles(&town.place, "state = 'sent'", waiting).await;
    assert_eq!(times(&mail).values().copied().collect::<Vec<_>>(), vec![1; waiting]);
}

/// The variables that lead a process to the mail server.
fn variables(mail: &MailServer) -> [(&'static str, String); 3] {
    [
        ("FAMN_MAIL__SERVER", mail.address.to_string()),
        ("FAMN_MAIL__TLS", "none".into()),
        ("FAMN_MAIL__DEADLINE", "2".into()),
    ]
}

/// As if the time for the server's answer had passed.
fn time_passes(place: &Place) {
    let ago = if on_postgres() {
        "interval '1 hour'"
    } else {
        "3600000000"
    };
    execute(
        place,
        &format!("UPDATE outbox SET next_try_at = next_try_at - {ago} WHERE state IN ('sending', 'waiting')"),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_in_the_servers_hands_when_the_program_is_killed_is_not_sent_twice() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let mail = MailServer::start(Seal::None, &place.folder).await;
    mail.is(Mood::Hangs(Stage::Answer));
    let mut server = Server::with(&place, &variables(&mail));
    settles(&place, "state = 'sending'", 1).await;
    while mail.taken().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.kill();
    let all = count(&place, "outbox");
    mail.is(Mood::Takes);
    time_passes(&place);
    let _server = Server::with(&place, &variables(&mail));
    settles(&place, "state = 'dead' AND failure = 'uncertain'", 1).await;
    settles(&place, "state = 'sent'", all - 1).await;
    let times = times(&mail);
    assert_eq!(times.len(), all, "none is lost");
    assert!(times.values().all(|times| *times == 1), "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_no_letter_comes_twice_and_none_is_forgotten() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let mail = MailServer::start(Seal::None, &place.folder).await;
    execute(&place, "DELETE FROM outbox");
    for round in 0..12_u64 {
        let mut server = Server::with(&place, &variables(&mail));
        let nobody = crate::kit::Person::nobody(&server.base, Arc::default());
        for who in ["anna.berg", "sara.ohman"] {
            let email = format!("{who}@example.org");
            let who = nobody.signed_in("borlange", &email, famn::demo::PASSWORD).await;
            // Each round's letters are news again.
            let hour = if on_postgres() {
                "interval '1 hour'"
            } else {
                "3600000000"
            };
            execute(&place, &format!("UPDATE outbox SET made_at = made_at - {hour}"));
            who.writes("Ett brev som någon ska få").await;
        }
        tokio::time::sleep(Duration::from_millis(round * 97 % 700)).await;
        server.kill();
        time_passes(&place);
    }
    let _server = Server::with(&place, &variables(&mail));
    settles(&place, "state IN ('waiting', 'sending')", 0).await;
    let (sent, uncertain) = (
        count(&place, "outbox WHERE state = 'sent'"),
        count(&place, "outbox WHERE failure = 'uncertain'"),
    );
    let times = times(&mail);
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    assert_eq!(sent + uncertain, count(&place, "outbox"));
    assert!(
        times.len() >= sent && times.len() <= sent + uncertain,
        "{} {sent} {uncertain}",
        times.len()
    );
    assert!(sent >= 12, "letters were sent: {sent}");
}
