//! The main job, told as the people in it would.

use crate::kit::{Town, id};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_answered_and_the_note_stays_with_the_team() {
    let town = Town::new().await;
    let (anna, erik, maria) = (town.anna().await, town.erik().await, town.maria().await);
    let errand = id(&anna.writes("Alva har fått en kallelse till ögonläkaren").await);

    let inbox = maria.get("/errands?unread=true").await.expect(200);
    assert_eq!(inbox["items"][0]["id"], errand.as_str());
    assert!(
        inbox["items"][0].get("subject").is_none(),
        "no free text in the team's list"
    );

    maria.opens(&errand).await.expect(200);
    maria
        .answers(&errand, "Tack, jag ordnar så att ni får resan betald")
        .await
        .expect(201);
    maria
        .notes(&errand, "Stämt av med barnets socialsekreterare")
        .await
        .expect(201);

    for parent in [&anna, &erik] {
        let seen = parent.opens(&errand).await;
        assert!(!String::from_utf8_lossy(&seen.bytes).contains("socialsekreterare"));
        let seen = seen.expect(200);
        assert_eq!(seen["state"], "in_progress");
        assert_eq!(seen["messages"].as_array().map(Vec::len), Some(2));
        assert!(seen.get("assignee").is_none());
        assert_eq!(
            parent.get(&format!("/errands/{errand}/notes")).await.problem(403),
            "forbidden"
        );
    }
    let notes = maria.get(&format!("/errands/{errand}/notes")).await.expect(200);
    assert_eq!(notes["items"][0]["from"]["name"], "Maria Lind");
}
