//! Crowds, ended sessions, damaged files, clocks far ahead: what must hold nobody up and be told truly.

use crate::kit::{Browser, Town, id, samples};
use famn::clock::Clock;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

fn behind_a_proxy(config: &mut famn::config::Config) {
    config.server.trusted_proxies = vec!["127.0.0.1".parse::<std::net::IpAddr>().expect("an address").into()];
    config.passwords.at_once = 1;
}

/// Whoever has signed in from where they are gets in while two hundred strangers try from as many networks.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_known_signs_in_while_a_crowd_of_strangers_tries() {
    let town = Town::with(Clock::system(), behind_a_proxy).await;
    let signs_in = |who: &'static str, password: &'static str, from: String| {
        let nobody = town.nobody();
        async move {
            let body = json!({"board": "borlange", "email": who, "password": password});
            let request = nobody.request(Method::POST, "/sessions").json(&body);
            nobody.send(request.header("X-Forwarded-For", from)).await
        }
    };
    let own = || signs_in("anna.berg@example.org", famn::demo::PASSWORD, "192.0.2.50".into());
    own().await.expect(201);
    let crowd: Vec<_> = (0..200)
        .map(|n| {
            tokio::spawn(signs_in(
                "erik.berg@example.org",
                "fel fel fel fel fel",
                format!("198.18.{n}.7"),
            ))
        })
        .collect();
    let told = futures_util::future::join_all((0..5).map(|_| own())).await;
    for answer in told {
        answer.expect(201);
    }
    let mut told = std::collections::BTreeSet::new();
    for one in crowd {
        told.insert(one.await.expect("an answer").status.as_u16());
    }
    assert!(told.iter().all(|status| [401, 429, 503].contains(status)), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_missing_or_damaged_is_an_error_and_no_torn_answer() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let before = town.blobs();
    let file = id(&anna
        .uploads("k.pdf", "application/pdf", samples::pdf_of(200_000))
        .await
        .expect(201));
    let path = format!("/files/{file}/content");
    assert_eq!(anna.get(&path).await.status, 200);
    let mut new = town.blobs().into_iter().filter(|one| !before.contains(one));
    let blob = new.rfind(|path| path.extension().is_some()).expect("a blob");
    let whole = std::fs::read(&blob).expect("its bytes");
    let browser = Browser::signed_in(&town.base, "anna.berg").await;
    let mut damaged = whole.clone();
    damaged[100] ^= 1;
    let cut = whole[..whole.len() / 2].to_vec();
    for broken in [Some(damaged), Some(cut), None] {
        match &broken {
            Some(bytes) => std::fs::write(&blob, bytes).expect("it is broken"),
            None => std::fs::remove_file(&blob).expect("it is removed"),
        }
        for form in ["content", "original"] {
            assert_eq!(anna.get(&format!("/files/{file}/{form}")).await.problem(500), "fault");
        }
        let part = anna.request(Method::GET, &path).header("Range", "bytes=10-20");
        assert_eq!(anna.send(part).await.problem(500), "fault");
        let page = browser.get(&format!("/filer/{file}")).await;
        assert_eq!(page.status, 500, "{}", page.text);
    }
    std::fs::write(&blob, whole).expect("it is put back");
    assert_eq!(anna.get(&path).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_far_ahead_finds_numbers_for_new_errands() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(3600)));
    let town = Town::at(clock.clone()).await;
    town.anna().await.writes("Före språnget").await;
    clock.forward(Duration::from_secs(63 * 366 * 24 * 60 * 60));
    let anna = town.anna().await;
    let home = anna.get("/me").await.expect(200)["homes"][0]["id"].clone();
    let new = json!({"kind": "message", "home_id": home, "body": "Efter språnget"});
    for serial in 1..=2 {
        let made = anna.post("/errands", new.clone()).await.expect(201);
        let number = made["number"].as_str().expect("a number").to_owned();
        let year = clock.now().day().date().year();
        assert!(number.starts_with(&format!("FH-{year}-00000{serial}-")), "{number}");
    }
}
