//! Texts of one line: names, headings, shops, places.

use crate::kit::{Town, id};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_one_line_stays_one_line_and_is_read_the_way_it_is_written() {
    let town = Town::new().await;
    let (anna, eva) = (town.anna().await, town.eva().await);
    let typed = "Möte\r\nBcc: x\u{2028}om \u{202e}hci\u{202c} Alva\u{2066}\t1\u{7}";
    let kept = "Möte Bcc: x om hci Alva 1";
    let new = json!({"kind": "message", "assignment_id": anna.assignment().await, "subject": typed,
        "body": "Se rubriken"});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    assert_eq!(anna.opens(&errand).await.expect(200)["subject"], kept);
    let file =
        json!({"kind": "foster", "name": typed, "unit_id": eva.get("/units").await.expect(200)["items"][0]["id"]});
    assert_eq!(eva.post("/homes", file).await.expect(201)["name"], kept);
    for nothing in ["\u{202e}\u{2066}", "\n\r\u{2029}"] {
        let unit = eva.get("/units").await.expect(200)["items"][0]["id"].clone();
        let new = json!({"kind": "foster", "name": nothing, "unit_id": unit});
        assert_eq!(
            eva.post("/homes", new).await.faults(),
            [("name".to_owned(), "required".to_owned())]
        );
    }
}
