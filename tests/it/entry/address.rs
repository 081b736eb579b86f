//! Addresses that people are invited at, have and sign in with: one rule and one form for all of them.

use super::{NEW_PASSWORD, accepts, clock, home_of, invites};
use crate::kit::{Town, count};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_one_however_it_is_typed() {
    let town = Town::at(clock()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let home = home_of(&anna).await;
    for bad in [
        "ny@example..org",
        "ny.@example.org",
        ".ny@example.org",
        "ny@example.org.",
        "ny@example",
        "n y@example.org",
        "\"ny\"@example.org",
        "åsa@example.org",
    ] {
        let told = invites(&maria, bad, "Ny Person", &home).await;
        assert_eq!(told.faults(), [("email".into(), "email".into())], "{bad}");
        let change = anna.patch("/me", json!({"email": bad})).await;
        assert_eq!(change.faults(), [("email".into(), "email".into())], "{bad}");
    }
    let kept = "majken@xn--kerlund-dxa.se";
    let people = count(&town.place, "person");
    invites(&maria, "Majken@Åkerlund.se", "Majken Granlund", &home)
        .await
        .expect(201);
    let code = town.code_for("Majken@xn--kerlund-dxa.se", 1).await;
    accepts(&town, "invitations", &code, NEW_PASSWORD).await.expect(201);
    // Signed in with in any form, and known as the same person when invited once more.
    for typed in [
        "majken@åkerlund.se",
        "MAJKEN@ÅKERLUND.SE",
        kept,
        " majken@a\u{30a}kerlund.se ",
    ] {
        town.nobody().signed_in("borlange", typed, NEW_PASSWORD).await;
    }
    invites(&maria, "majken@XN--KERLUND-DXA.se", "Majken Granlund", &home)
        .await
        .expect(201);
    assert_eq!(
        count(&town.place, "person"),
        people + 1,
        "one person, whatever was typed"
    );
}
