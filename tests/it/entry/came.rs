//! Who has been invited, before they come and when they have: seen without being asked again, spoken to as they chose.

use super::{NEW_PASSWORD, clock, home_of, invites};
use crate::kit::{Browser, Town, events};
use serde_json::json;

/// The home's page shows who is invited and has not come: looked at, which is no invitation.
#[tokio::test(flavor = "multi_thread")]
async fn looking_at_a_home_invites_nobody() {
    let town = Town::at(clock()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let home = home_of(&anna).await;
    invites(&maria, "sam.hill@example.org", "Sam Hill", &home)
        .await
        .expect(201);
    let sent = || {
        let all = events(&town.place);
        all.iter().filter(|event| event["action"] == "invitation.send").count()
    };
    let before = sent();
    let eva = Browser::signed_in(&town.base, "eva.strand").await;
    let page = eva.get(&format!("/hem/{}", home.as_str().expect("an id"))).await;
    assert!(page.shows("sam.hill@example.org"), "{}", page.text);
    assert_eq!(sent(), before);
}

/// Who accepts an invitation on English pages is spoken to in English from then on, by letters too.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_in_english_stays_in_english() {
    let town = Town::at(clock()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let home = home_of(&anna).await;
    for (email, name, path, language) in [
        ("sam.hill@example.org", "Sam Hill", "/sprak/en", "en"),
        ("siv.backe@example.org", "Siv Backe", "/sprak/sv", "sv"),
    ] {
        invites(&maria, email, name, &home).await.expect(201);
        let code = town.code_for(email, 1).await;
        maria.plant(&code);
        let browser = Browser::new(&town.base);
        browser.get(path).await;
        let form = browser.get("/inbjudan").await.form("/inbjudan");
        let form = form.but("token", &code).but("password", NEW_PASSWORD);
        let done = browser.submit("/inbjudan", &form, false).await;
        assert_eq!(done.path, "/logga-in?nytt=ja&kommun=borlange", "{}", done.text);
        let person = town.nobody().signed_in("borlange", email, NEW_PASSWORD).await;
        let same = person.patch("/me", json!({"notices": true})).await.expect(200);
        assert_eq!(same["language"], language, "{email}");
    }
}
