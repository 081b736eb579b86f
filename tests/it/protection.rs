//! Protected people: the mark travels with whoever bears it, and is raised as soon as someone knows.

use crate::kit::{Town, events, id, rows_of};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_is_raised_when_someone_known_is_placed_anew_and_never_lowered() {
    let town = Town::new().await;
    let (eva, maria) = (town.eva().await, town.maria().await);
    let homes = eva.get("/homes").await.expect(200);
    let home = homes["items"][0].clone();
    let today = town.app.clock.now().day().to_string();
    let place = |protected: &str| {
        let child = json!({"first_name": "Tindra", "last_name": "Åkerö", "personal_number": "20150310-2384",
            "protected": protected});
        let new = json!({"home_id": id(&home), "kind": "foster", "legal_basis": "SoL", "from": today,
            "service_user": child, "caseworker_id": maria.id, "unit_id": home["unit"]["id"]});
        eva.post("/assignments", new)
    };
    let marks = || {
        rows_of(
            &town.place,
            "SELECT protected AS text FROM service_user WHERE protected <> 'none'",
        )
    };
    let hits = async || {
        maria.get("/search?q=tindra").await.expect(200)["items"]
            .as_array()
            .expect("items")
            .len()
    };
    place("none").await.expect(201);
    assert_eq!((marks(), hits().await), (vec![], 1));
    place("secrecy_marking").await.expect(201);
    assert_eq!(
        (marks(), hits().await),
        (vec!["secrecy_marking".to_owned()], 0),
        "from now on she is not found"
    );
    for lower in ["none", "secrecy_marking"] {
        place(lower).await.expect(201);
        assert_eq!(marks(), ["secrecy_marking"], "{lower}");
    }
    place("fictitious").await.expect(201);
    assert_eq!(marks(), ["fictitious"]);
    let told = |event: &&Value| event["action"] == "service_user.protect" && event["outcome"] == "ok";
    assert_eq!(events(&town.place).iter().filter(told).count(), 2);
}
