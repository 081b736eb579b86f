//! What each act leaves in the log: one event for what was done, by whom, and what allowed it.

use crate::kit::{Person, Town, events, id, samples};
use famn::access::{Access, Actor};
use serde_json::{Value, json};

/// The events since `before`, each as action, outcome, relation.
fn since(town: &Town, before: usize) -> Vec<(String, String, String)> {
    let text = |event: &Value, key: &str| event[key].as_str().expect("a text").to_owned();
    let short = |event: &Value| (text(event, "action"), text(event, "outcome"), text(event, "relation"));
    told(town, before).iter().map(short).collect()
}

/// The events since `before`; what the program does by itself does not count.
fn told(town: &Town, before: usize) -> Vec<Value> {
    events(&town.place)
        .split_off(before)
        .into_iter()
        .filter(|event| event["relation"] != "system")
        .collect()
}

fn so_far(town: &Town) -> usize {
    events(&town.place).len()
}

#[track_caller]
fn assert_told(town: &Town, before: usize, expected: &[(&str, &str, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(a, o, r)| ((*a).into(), (*o).into(), (*r).into()))
        .collect();
    assert_eq!(since(town, before), expected);
}

/// Every event since `before` bears this person, in this role and of this errand.
#[track_caller]
fn assert_bears(town: &Town, before: usize, person: &Person, role: &str, errand: &str) {
    for event in told(town, before) {
        assert_eq!(event["person"], person.id.as_str(), "{event}");
        assert_eq!(event["role"], role, "{event}");
        assert_eq!(event["errand"], errand, "{event}");
        assert!(
            event["session"].as_str().is_some_and(|hash| hash.len() == 64),
            "{event}"
        );
        assert!(event["request_id"].is_string() && event["ip"].is_string(), "{event}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_home_writes_and_the_team_answers() {
    let town = Town::new().await;
    let before = so_far(&town);
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    assert_told(&town, before, &[("session.start", "ok", "self"); 3]);

    let assignment = anna.assignment().await;
    let before = so_far(&town);
    let new = json!({"kind": "message", "assignment_id": assignment, "body": "När kommer papperen?"});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    assert_told(&town, before, &[("errand.create", "ok", "own_home")]);
    assert_bears(&town, before, &anna, "contractor", &errand);

    let before = so_far(&town);
    maria.opens(&errand).await.expect(200);
    maria.answers(&errand, "De är på väg till er").await.expect(201);
    maria.notes(&errand, "Påminn registratorn på fredag").await.expect(201);
    maria.get(&format!("/errands/{errand}/notes")).await.expect(200);
    maria
        .put(&format!("/errands/{errand}/read"), json!({"read": false}))
        .await;
    maria.moves(&errand, "closed", None).await.expect(200);
    let expected = [
        ("errand.read", "ok", "assigned"),
        ("message.send", "ok", "assigned"),
        ("errand.state", "ok", "assigned"),
        ("errand.read", "ok", "assigned"),
        ("note.write", "ok", "assigned"),
        ("note.read", "ok", "assigned"),
        ("note.read", "ok", "assigned"),
        ("errand.mark", "ok", "assigned"),
        ("errand.state", "ok", "assigned"),
        ("errand.read", "ok", "assigned"),
    ];
    assert_told(&town, before, &expected);
    assert_bears(&town, before, &maria, "caseworker", &errand);

    let before = so_far(&town);
    eva.opens(&errand).await.expect(200);
    let give = json!({"person_id": eva.id});
    eva.put(&format!("/errands/{errand}/assignee"), give).await;
    assert_told(
        &town,
        before,
        &[("errand.read", "ok", "team_lead"), ("errand.assign", "ok", "team_lead")],
    );
    assert_bears(&town, before, &eva, "team_lead", &errand);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_sent_handed_in_and_looked_at() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let before = so_far(&town);
    let file = id(&anna.uploads("k.jpg", "image/jpeg", samples::jpeg()).await.expect(201));
    assert_told(&town, before, &[("file.upload", "ok", "self")]);
    assert_eq!(told(&town, before)[0]["object"], file.as_str());
    let errand = id(&anna.hands_in(&file, 4_500, "Skoaffären i Borlänge").await.expect(201));
    let before = so_far(&town);
    for form in ["content", "original"] {
        assert_eq!(maria.get(&format!("/files/{file}/{form}")).await.status, 200);
    }
    assert_told(
        &town,
        before,
        &[("file.read", "ok", "assigned"), ("file.original", "ok", "assigned")],
    );
    assert_bears(&town, before, &maria, "caseworker", &errand);
    let before = so_far(&town);
    anna.moves(&errand, "withdrawn", None).await.expect(200);
    assert_told(
        &town,
        before,
        &[("errand.state", "ok", "own_home"), ("errand.read", "ok", "own_home")],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_refused_for_its_content_is_told_with_the_reason_and_no_name() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let whole = samples::jpeg();
    let cut = whole[..whole.len() / 2].to_vec();
    let locked = include_bytes!("../fixtures/documents/aes-256-user.pdf").to_vec();
    for (name, kind, bytes, status, reason) in [
        (
            "Läkarintyg Alva.jpg",
            "image/jpeg",
            b"MZ\x90\0 This program".to_vec(),
            415,
            "file-type",
        ),
        ("Läkarintyg Alva.pdf", "application/pdf", locked, 422, "file-password"),
        ("Läkarintyg Alva.jpg", "image/jpeg", cut, 422, "file-cut-off"),
    ] {
        let before = so_far(&town);
        let refused = anna.uploads(name, kind, bytes).await;
        assert_eq!(refused.status.as_u16(), status, "{refused}");
        assert_told(&town, before, &[("file.upload", "denied", "none")]);
        let event = &told(&town, before)[0];
        assert_eq!(
            (&event["reason_code"], &event["person"]),
            (&json!(reason), &json!(anna.id))
        );
        assert!(
            event.get("object").is_none() && !event.to_string().contains("Alva"),
            "{event}"
        );
    }
    // Too large is no content: nobody has looked at it.
    let before = so_far(&town);
    anna.uploads("k.jpg", "image/jpeg", samples::photo_of(15 * 1024 * 1024 + 1))
        .await
        .expect(413);
    assert_told(&town, before, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_tell_what_they_showed() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Syns det vem som har sett det här?").await);
    for (who, relation) in [(&anna, "own_home"), (&maria, "assigned")] {
        let before = so_far(&town);
        let page = who.get("/errands?limit=2").await.expect(200);
        let shown: Vec<String> = page["items"].as_array().expect("items").iter().map(id).collect();
        assert_told(&town, before, &[("errand.list", "ok", relation)]);
        let event = &told(&town, before)[0];
        assert_eq!(event["shown"], json!(shown));
        assert_eq!(event["shown"][0], errand.as_str());
        assert_eq!(event["object_type"], "errand");
    }
    let before = so_far(&town);
    anna.get("/assignments").await.expect(200);
    assert_eq!(told(&town, before)[0]["action"], "assignment.list");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_names_the_relation_that_allowed_all_of_it_or_none() {
    let town = Town::new().await;
    let (anna, sara, maria, jonas, eva) = (
        town.anna().await,
        town.sara().await,
        town.maria().await,
        town.jonas().await,
        town.eva().await,
    );
    let relation = async |who: &Person, count: usize| {
        let before = so_far(&town);
        let page = who.get("/errands?limit=2").await.expect(200);
        assert_eq!(page["items"].as_array().map(Vec::len), Some(count));
        told(&town, before)[0]["relation"]
            .as_str()
            .expect("a relation")
            .to_owned()
    };
    let (assignment, errand) = (anna.assignment().await, id(&anna.writes("Vem svarar oss i maj?").await));
    sara.writes("Och oss?").await;
    assert_eq!(relation(&anna, 2).await, "own_home");
    assert_eq!(relation(&maria, 2).await, "assigned");
    assert_eq!(relation(&eva, 2).await, "team_lead");
    assert_eq!(relation(&jonas, 0).await, "none", "he is shown nothing");

    let (operator, deputy) = (
        Actor::operator(town.board("borlange").await),
        jonas.id.parse().expect("an id"),
    );
    let (assignment, today) = (assignment.parse().expect("an id"), town.app.clock.now().day());
    let stand_in = move |access: Access<'_>| access.add_deputy(assignment, deputy, today, today);
    town.app.door.write(operator, stand_in).await.expect("he stands in");
    assert_eq!(relation(&jonas, 2).await, "deputy");
    // About the whole home, and given to the one who leads: what allows the page is no longer one thing.
    let new = json!({"kind": "message", "body": "Vi byter telefonnummer"});
    let whole = id(&anna.post("/errands", new).await.expect(201));
    assert_eq!(relation(&jonas, 2).await, "deputy");
    assert_eq!(relation(&eva, 2).await, "team_lead");
    let given = eva
        .put(&format!("/errands/{whole}/assignee"), json!({"person_id": eva.id}))
        .await;
    assert_eq!(given.status, 204);
    assert_eq!(relation(&eva, 2).await, "none", "one is hers, the other her team's");
    let before = so_far(&town);
    eva.opens(&whole).await.expect(200);
    eva.opens(&errand).await.expect(200);
    assert_told(
        &town,
        before,
        &[("errand.read", "ok", "assigned"), ("errand.read", "ok", "team_lead")],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_denied_is_told_of_and_changes_nothing() {
    let town = Town::new().await;
    let (anna, sara, per) = (town.anna().await, town.sara().await, town.per().await);
    let errand = id(&anna.writes("Bara för oss och Maria").await);
    let file = id(&anna.uploads("k.jpg", "image/jpeg", samples::jpeg()).await.expect(201));
    let nowhere = "0197a3c4-0000-7000-8000-000000000000";
    for stranger in [&sara, &town.lisa().await] {
        for asked in [errand.as_str(), nowhere] {
            let before = so_far(&town);
            stranger.opens(asked).await.expect(404);
            stranger.answers(asked, "Får jag vara med?").await.expect(404);
            stranger.notes(asked, "Eller skriva här?").await.expect(404);
            stranger.moves(asked, "closed", None).await.expect(404);
            stranger
                .put(&format!("/errands/{asked}/read"), json!({"read": true}))
                .await
                .expect(404);
            let give = json!({"person_id": stranger.id});
            stranger
                .put(&format!("/errands/{asked}/assignee"), give)
                .await
                .expect(404);
            let actions = [
                "errand.read",
                "message.send",
                "note.write",
                "errand.state",
                "errand.mark",
                "errand.assign",
            ];
            assert_told(&town, before, &actions.map(|action| (action, "denied", "none")));
            for event in told(&town, before) {
                assert_eq!(
                    (&event["errand"], &event["person"]),
                    (&json!(asked), &json!(stranger.id))
                );
            }
        }
    }
    let before = so_far(&town);
    sara.get(&format!("/files/{file}/original")).await.expect(404);
    anna.get(&format!("/errands/{errand}/notes")).await.expect(403);
    anna.moves(&errand, "closed", None).await.expect(403);
    per.get("/errands").await.expect(403);
    per.uploads("k.jpg", "image/jpeg", samples::jpeg()).await.expect(403);
    let expected = [
        ("file.original", "denied", "none"),
        ("note.read", "denied", "none"),
        ("errand.state", "denied", "none"),
        ("errand.list", "denied", "none"),
        ("file.upload", "denied", "none"),
    ];
    assert_told(&town, before, &expected);
    // What is refused for its form alone is no attempt at anything.
    let before = so_far(&town);
    anna.answers(&errand, "").await.expect(422);
    assert_told(&town, before, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_bears_no_word_of_what_was_written() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Kalmarvägen är avstängd i dag").await);
    maria.answers(&errand, "Åk över Romme i stället").await.expect(201);
    maria.notes(&errand, "Skriv till skolskjutsen").await.expect(201);
    anna.uploads("Alvas läkarintyg.jpg", "image/jpeg", samples::jpeg())
        .await
        .expect(201);
    maria.get("/errands?unread=true").await.expect(200);
    let all: String = events(&town.place).iter().map(Value::to_string).collect();
    for word in [
        "Kalmar",
        "Romme",
        "skolskjuts",
        "läkarintyg",
        "Alva",
        "Anna",
        "Berg",
        "Maria",
        "@example",
        "kvitto",
        "FH-",
    ] {
        assert!(!all.contains(word), "{word} stands in the log");
    }
    assert!(!all.contains(anna.token()) && !all.contains(maria.token()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_call_sent_again_is_a_look_and_no_second_act() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let again = || {
        let request = anna
            .request(reqwest::Method::POST, "/errands")
            .header("Idempotency-Key", "k");
        anna.send(request.json(&json!({"kind": "message", "body": "En enda gång"})))
    };
    let before = so_far(&town);
    again().await.expect(201);
    again().await.expect(201);
    assert_told(
        &town,
        before,
        &[("errand.create", "ok", "own_home"), ("errand.read", "ok", "own_home")],
    );
}
