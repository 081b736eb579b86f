//! Those of the staff who follow a home without handling it: the manager of its unit, and whoever answers for the child.

use crate::kit::{Browser, Person, Town, events, id};
use famn::access::Role;
use serde_json::{Value, json};

/// By which relation each act of a person was done, as the log has it.
fn relations(town: &Town, person: &Person, action: &str) -> Vec<String> {
    let by = |event: &Value| event["action"] == action && event["person"] == json!(person.id);
    let relation = |event: Value| event["relation"].as_str().unwrap_or_default().to_owned();
    events(&town.place).into_iter().filter(by).map(relation).collect()
}

/// Nothing of what handles an errand is theirs.
async fn handles_nothing(who: &Person, errand: &str, file: &str) {
    who.answers(errand, "Vi hör av oss").await.problem(403);
    for (path, body) in [
        ("state", json!({"state": "closed"})),
        ("assignee", json!({"person_id": who.id})),
    ] {
        who.put(&format!("/errands/{errand}/{path}"), body).await.problem(403);
    }
    assert_eq!(who.get(&format!("/files/{file}/content")).await.status, 200);
    who.get(&format!("/files/{file}/original")).await.problem(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manager_of_a_unit_reads_and_notes_and_handles_nothing() {
    let town = Town::new().await;
    let (anna, chief) = (town.anna().await, town.hires("chef.sund", Role::UnitManager).await);
    let file = id(&anna
        .uploads("skola.png", "image/png", crate::kit::picture())
        .await
        .expect(201));
    let new = json!({"kind": "message", "assignment_id": anna.assignment().await, "body": "Skolan ringde", "file_ids": [file]});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    let whole = json!({"kind": "message", "body": "Om hela hemmet"});
    let whole = id(&anna.post("/errands", whole).await.expect(201));
    let wish = id(&anna.wishes(250_000).await);
    chief.opens(&errand).await.expect(200);
    chief.opens(&whole).await.expect(200);
    chief.notes(&errand, "Har talat med skolan").await.expect(201);
    handles_nothing(&chief, &errand, &file).await;
    let granted = json!({"outcome": "granted", "amount_ore": 250_000});
    chief.decides(&wish, granted).await.problem(403);
    let home = id(&chief.opens(&errand).await.expect(200)["home"]);
    let homes = chief.get("/homes").await.expect(200);
    assert!(
        homes["items"]
            .as_array()
            .expect("homes")
            .iter()
            .any(|one| id(one) == home)
    );
    chief.get(&format!("/homes/{home}")).await.expect(200);
    chief.get(&format!("/homes/{home}/members")).await.expect(200);
    chief
        .patch(&format!("/homes/{home}"), json!({"name": "Annat"}))
        .await
        .problem(403);
    chief
        .patch(
            &format!("/assignments/{}", anna.assignment().await),
            json!({"cost_code": "1"}),
        )
        .await
        .problem(403);
    let invited = json!({"email": "ny@example.org", "name": "Ny", "home_id": home});
    chief.post("/invitations", invited).await.problem(403);
    let written = json!({"kind": "message", "home_id": home, "body": "Hej"});
    chief.post("/errands", written).await.problem(403);
    let found = chief.get("/search?q=Berg").await.expect(200);
    assert!(!found["items"].as_array().expect("hits").is_empty());
    assert!(
        relations(&town, &chief, "errand.read")
            .iter()
            .all(|one| one == "unit_manager")
    );
    assert_eq!(relations(&town, &chief, "note.write"), ["unit_manager"]);

    // As pages: the inbox, the errand and the home, to read, with the one form that is theirs.
    let browser = Browser::signed_in(&town.base, "chef.sund").await;
    assert!(browser.get("/").await.shows("Inkorg"), "the inbox is their first page");
    let page = browser.get(&format!("/arenden/{errand}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(&format!("/arenden/{errand}/anteckning")));
    for act in ["svar", "lage", "ansvarig", "beslut"] {
        assert!(!page.text.contains(&format!("/arenden/{errand}/{act}")), "{act}");
    }
    assert!(page.text.contains(&format!("/hem/{home}")));
    assert_eq!(browser.get("/hem").await.status, 200);
    let page = browser.get(&format!("/hem/{home}")).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("/andra"), "nothing to change");
    assert_eq!(browser.get("/skriv").await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_for_the_child_reads_and_notes_while_it_is_theirs() {
    let town = Town::new().await;
    let (anna, eva) = (town.anna().await, town.eva().await);
    let other = town.hires("barn.ek", Role::Caseworker).await;
    let assignment = anna.assignment().await;
    let file = id(&anna
        .uploads("skola.png", "image/png", crate::kit::picture())
        .await
        .expect(201));
    let new = json!({"kind": "message", "assignment_id": assignment, "body": "Skolan ringde", "file_ids": [file]});
    let errand = id(&anna.post("/errands", new).await.expect(201));
    let home = anna.opens(&errand).await.expect(200)["home"]["id"].clone();
    let whole = json!({"kind": "message", "home_id": home, "body": "Om hela hemmet"});
    let whole = id(&anna.post("/errands", whole).await.expect(201));
    assert_eq!(other.opens(&errand).await.problem(403), "reason-required");
    let at = format!("/assignments/{assignment}");
    eva.patch(&at, json!({"child_caseworker_id": other.id}))
        .await
        .expect(200);
    other.opens(&errand).await.expect(200);
    assert_eq!(
        other.opens(&whole).await.problem(403),
        "reason-required",
        "the home is not theirs"
    );
    other.notes(&errand, "Barnet mår bra").await.expect(201);
    handles_nothing(&other, &errand, &file).await;
    other
        .get(&format!("/homes/{}", home.as_str().expect("an id")))
        .await
        .problem(404);
    let listed = other.get("/errands?limit=100").await.expect(200);
    let listed: Vec<String> = listed["items"].as_array().expect("items").iter().map(id).collect();
    assert!(listed.contains(&errand) && !listed.contains(&whole), "{listed:?}");
    assert_eq!(relations(&town, &other, "note.write"), ["child_caseworker"]);
    let written = json!({"kind": "message", "assignment_id": assignment, "body": "Hej"});
    other.post("/errands", written).await.problem(404);

    let browser = Browser::signed_in(&town.base, "barn.ek").await;
    let page = browser.get(&format!("/arenden/{errand}")).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains(&format!("/arenden/{errand}/svar")));
    assert!(!page.text.contains("/hem/"), "no link to what is not theirs");
    assert!(
        !browser.get("/skriv").await.text.contains(&assignment),
        "nothing to write for"
    );

    // From the moment it is another's, it is theirs no more.
    eva.patch(&at, json!({"child_caseworker_id": town.maria().await.id}))
        .await
        .expect(200);
    assert_eq!(other.opens(&errand).await.problem(403), "reason-required");
}
