use super::{Answer, PASSWORD, Place};
use crate::access::Role;
use crate::db::schema::sign_in_bucket;
use crate::error::Error;
use crate::secret::Secret;
use diesel::prelude::*;
use futures_util::future::join_all;
use std::time::Duration;

const ANNA: &str = "anna@example.org";
const HOME: &str = "192.0.2.1";

/// Status and `Retry-After`.
fn told(answer: &Answer) -> (u16, u64) {
    (answer.status, answer.retry_after.unwrap_or(0))
}

impl Place {
    async fn wrong(&self, from: &str, email: &str) -> (u16, u64) {
        told(&self.try_from(from, email, "wrong").await)
    }

    /// Fails from `net` networks, `times` each, as fast as they are let.
    async fn attack(&self, email: &str, net: u8, networks: u8, times: usize) {
        for _ in 0..times {
            for nth in 0..networks {
                self.wrong(&format!("10.{net}.{nth}.1"), email).await;
            }
            self.forward(31);
        }
    }
}

#[actix_web::test]
async fn a_slip_is_answered_at_once_and_forgotten_after_a_second() {
    for email in [ANNA, "nobody@example.org"] {
        let place = Place::new().await;
        place.person(ANNA, Role::Contractor).await;
        assert_eq!(place.wrong(HOME, email).await, (401, 0));
        // Too early: nothing is said of the password, right or wrong, and it pushes nothing further away.
        for password in [PASSWORD, "wrong", PASSWORD] {
            assert_eq!(told(&place.try_from(HOME, email, password).await), (429, 1), "{email}");
        }
        place.forward(1);
        let then = place.try_from(HOME, email, PASSWORD).await;
        assert_eq!(then.status, if email == ANNA { 201 } else { 401 });
    }
}

#[actix_web::test]
async fn the_wait_grows_by_steps_and_never_beyond_half_a_minute() {
    for email in [ANNA, "nobody@example.org"] {
        let place = Place::new().await;
        place.person(ANNA, Role::Contractor).await;
        let mut waits = Vec::new();
        for nth in 0..150 {
            assert_eq!(place.wrong(HOME, email).await, (401, 0), "{nth}");
            let (status, seconds) = told(&place.try_from(HOME, email, PASSWORD).await);
            assert_eq!(status, 429);
            waits.push(seconds);
            place.forward(seconds);
        }
        let steps = [
            (0, 1),
            (1, 1),
            (2, 3),
            (7, 3),
            (8, 5),
            (23, 5),
            (24, 10),
            (98, 10),
            (99, 30),
            (149, 30),
        ];
        for (failures_before, wait) in steps {
            assert_eq!(waits[failures_before], wait, "{email} after {failures_before} and one");
        }
        if email == ANNA {
            place.sign_in(ANNA).await;
            assert_eq!(
                place.wrong(HOME, ANNA).await,
                (401, 0),
                "a right password clears the pair"
            );
        }
    }
}

#[actix_web::test]
async fn the_owner_is_not_slowed_where_they_have_signed_in_before() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    place.sign_in(ANNA).await;
    place.attack(ANNA, 1, 40, 6).await;
    // Anyone in the owner's network signs in at once, and a slip there is a first one.
    place.sign_in(ANNA).await;
    assert_eq!(place.wrong("192.0.2.77", ANNA).await, (401, 0));
    place.forward(1);
    place.sign_in(ANNA).await;
}

#[actix_web::test]
async fn an_unknown_network_slows_and_never_shuts() {
    for place in Place::on_each().await {
        place.person(ANNA, Role::Contractor).await;
        place.attack(ANNA, 1, 40, 6).await;
        // Left in peace for half a minute, an account is anyone's who knows the password; here strangers fill every
        // second.
        assert_eq!(place.wrong("10.1.0.1", ANNA).await, (401, 0));
        let (status, wait) = told(&place.try_from("198.51.100.1", ANNA, PASSWORD).await);
        assert_eq!(status, 429);
        assert!((1..=30).contains(&wait), "{wait}");
        for second in 0..wait {
            assert_eq!(
                place.try_from("198.51.100.1", ANNA, PASSWORD).await.status,
                429,
                "{second}"
            );
            place.wrong(&format!("10.2.{second}.1"), ANNA).await;
            place.forward(1);
        }
        // Even when a stranger comes first in that very moment.
        assert_eq!(place.wrong("10.1.0.1", ANNA).await, (401, 0));
        assert_eq!(place.try_from("198.51.100.1", ANNA, PASSWORD).await.status, 201);
        // From now on it is a known one.
        place.attack(ANNA, 1, 40, 1).await;
        assert_eq!(place.try_from("198.51.100.9", ANNA, PASSWORD).await.status, 201);
    }
}

#[actix_web::test]
async fn a_network_may_fail_at_thirty_accounts_in_ten_minutes() {
    let place = Place::new().await;
    for email in [ANNA, "erik@example.org"] {
        place.person(email, Role::Contractor).await;
    }
    place.sign_in(ANNA).await;
    for nth in 0..30 {
        assert_eq!(
            place.wrong(HOME, &format!("{nth}@example.org")).await,
            (401, 0),
            "{nth}"
        );
        place.forward(10);
    }
    assert_eq!(
        place.wrong(HOME, "30@example.org").await,
        (401, 0),
        "long enough after the last"
    );
    assert_eq!(place.wrong(HOME, "31@example.org").await, (429, 1));
    assert_eq!(
        told(&place.try_from(HOME, "erik@example.org", PASSWORD).await),
        (429, 1)
    );
    // Whoever is known there is not slowed by the others.
    place.sign_in(ANNA).await;
    // Nor is anyone elsewhere.
    assert_eq!(
        place
            .try_from("198.51.100.1", "erik@example.org", PASSWORD)
            .await
            .status,
        201
    );
    // Ten minutes after the first of them all is forgotten.
    place.forward(300);
    assert_eq!(place.wrong(HOME, "32@example.org").await, (401, 0));
    assert_eq!(place.wrong(HOME, "33@example.org").await, (401, 0));
}

#[actix_web::test]
async fn one_network_is_paced_over_all_accounts() {
    let place = Place::new().await;
    let (mut tried, mut waited) = (0, 0);
    for nth in 0..400 {
        match place.wrong("10.1.1.1", &format!("{nth}@example.org")).await {
            (401, _) => tried += 1,
            (429, _) => {
                waited += 1;
                place.forward(1);
            }
            other => panic!("{other:?}"),
        }
    }
    assert!((30..120).contains(&tried), "{tried} tried, {waited} s waited");
    // An address of the same network is no way around it, nor an IPv4 address in IPv6 clothes.
    assert_eq!(place.wrong("10.1.1.99", "x@example.org").await.0, 429);
    assert_eq!(place.wrong("[::ffff:10.1.1.5]", "y@example.org").await.0, 429);
}

#[actix_web::test]
async fn one_ipv6_network_is_a_slash_48() {
    let place = Place::new().await;
    assert_eq!(place.wrong("[2001:db8:1:2::1]", ANNA).await, (401, 0));
    assert_eq!(place.wrong("[2001:db8:1:ffff::9]", ANNA).await, (429, 1));
    place.forward(1);
    // Another network tries once the account has been left alone for its second.
    assert_eq!(place.wrong("[2001:db8:2::1]", ANNA).await, (401, 0));
}

#[actix_web::test]
async fn many_guesses_at_once_are_worth_one() {
    for place in Place::on_each().await {
        place.person(ANNA, Role::Contractor).await;
        let all = join_all((0..20).map(|_| place.wrong(HOME, ANNA))).await;
        assert_eq!(all.iter().filter(|told| **told == (401, 0)).count(), 1, "{all:?}");
        assert_eq!(all.iter().filter(|told| **told == (429, 1)).count(), 19, "{all:?}");
        let over_accounts = (0..60).map(|nth| format!("{nth}@example.org")).collect::<Vec<_>>();
        place.forward(700);
        // A busy machine says "later" to some; they come again, as they would.
        let insist = async |email: &str| loop {
            match place.wrong("10.0.0.1", email).await {
                (503, _) => {}
                told => return told,
            }
        };
        let all = join_all(over_accounts.iter().map(|email| insist(email))).await;
        assert_eq!(all.iter().filter(|told| told.0 == 401).count(), 30, "{all:?}");
    }
}

/// What may happen between a right password's hash and its session.
#[actix_web::test]
async fn what_happened_meanwhile_counts() {
    let place = Place::new().await;
    let anna = place.person(ANNA, Role::Contractor).await;
    let proven = place.proven(anna, Some("192.0.2.0")).await;
    place.wrong(HOME, ANNA).await;
    assert_eq!(
        place.begin_as(proven).await.map(|_| ()),
        Err(Error::TooMany(1)),
        "someone failed"
    );
    place.forward(1);
    let mut proven = place.proven(anna, Some("192.0.2.0")).await;
    proven.kept = Secret::new("another hash".into());
    assert_eq!(
        place.begin_as(proven).await.map(|_| ()),
        Err(Error::SignIn),
        "the password was changed"
    );
    let proven = place.proven(anna, Some("192.0.2.0")).await;
    place
        .as_operator(move |access| access.disable_person(anna))
        .await
        .expect("closed");
    assert_eq!(
        place.begin_as(proven).await.map(|_| ()),
        Err(Error::SignIn),
        "the account was closed"
    );
    assert_eq!(place.open_sessions().await, []);
    assert!(
        place
            .events("session.start")
            .await
            .iter()
            .all(|event| event.outcome.as_deref() == Some("denied"))
    );
}

#[actix_web::test]
async fn failures_fade() {
    let place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    for _ in 0..30 {
        place.wrong(HOME, ANNA).await;
        place.forward(30);
    }
    assert_eq!(place.wrong(HOME, ANNA).await, (401, 0));
    assert_eq!(place.wrong(HOME, ANNA).await, (429, 10));
    place.forward(3600);
    assert_eq!(place.wrong(HOME, ANNA).await, (401, 0));
    assert_eq!(place.wrong(HOME, ANNA).await, (429, 5), "half are forgotten in an hour");
    place.forward(8 * 3600);
    assert_eq!(place.wrong(HOME, ANNA).await, (401, 0));
    assert_eq!(place.wrong(HOME, ANNA).await, (429, 1), "and all in a night");
}

#[actix_web::test]
async fn a_flood_is_one_event_a_second_with_a_count() {
    let place = Place::new().await;
    let anna = place.person(ANNA, Role::Contractor).await;
    for _ in 0..5 {
        // One try and nine that come too early, from all over one network.
        for nth in 0..10 {
            place.wrong(&format!("192.0.2.{nth}"), ANNA).await;
        }
        place.forward(1);
    }
    crate::account::sweep(&place.app).await.expect("swept");
    let events = place.events("session.start").await;
    let tries = events.iter().filter(|event| event.person == Some(anna)).count();
    let counts: Vec<u64> = events
        .iter()
        .filter_map(|event| count_of(event.subject.as_deref()))
        .collect();
    assert_eq!(
        counts.iter().sum::<u64>() + tries as u64,
        50,
        "every attempt is told of: {events:?}"
    );
    assert!(events.len() <= 2 * 5 + 1, "{events:?}");
    crate::account::sweep(&place.app).await.expect("swept");
    assert_eq!(place.events("session.start").await.len(), events.len());
}

fn count_of(subject: Option<&str>) -> Option<u64> {
    serde_json::from_str::<serde_json::Value>(subject?).ok()?["count"].as_u64()
}

#[actix_web::test]
async fn nothing_readable_is_kept_of_who_failed_where() {
    let place = Place::new().await;
    place.wrong(HOME, ANNA).await;
    let tokens: Vec<Vec<u8>> = place
        .look(|db| {
            sign_in_bucket::table
                .select(sign_in_bucket::token)
                .load(db)
                .expect("rows")
        })
        .await;
    assert_eq!(tokens.iter().map(Vec::len).collect::<Vec<_>>(), [16; 4]);
    // Another installation's are different, so that no table of addresses fits.
    let other = Place::new().await;
    other.wrong(HOME, ANNA).await;
    let others: Vec<Vec<u8>> = other
        .look(|db| {
            sign_in_bucket::table
                .select(sign_in_bucket::token)
                .load(db)
                .expect("rows")
        })
        .await;
    assert!(tokens.iter().all(|token| !others.contains(token)));
}

/// With the machine's own clock: whoever slips and types again is kept waiting rather than refused.
#[actix_web::test]
async fn a_second_try_waits_its_second_out() {
    let mut place = Place::new().await;
    place.person(ANNA, Role::Contractor).await;
    place.app.clock = crate::clock::Clock::system();
    place.app.door = crate::access::Door::new(
        place.app.store.clone(),
        place.app.keyring.clone(),
        (place.app.clock.clone(), place.app.watch.clone()),
        Duration::from_secs(30),
    );
    let begun = std::time::Instant::now();
    assert_eq!(place.wrong(HOME, ANNA).await, (401, 0));
    assert!(begun.elapsed().as_millis() < 900);
    assert_eq!(place.try_from(HOME, ANNA, PASSWORD).await.status, 201);
    assert!(
        (900..2000).contains(&begun.elapsed().as_millis()),
        "{:?}",
        begun.elapsed()
    );
}
