//! One person with two roles, who works with errands and lives in a home: in each errand it is what they are to it that
//! rules, and never what they are elsewhere.

use super::leads;
use crate::kit::{Browser, Person, Town, id};
use famn::access::{Access, Actor, Role};
use famn::account::NewPerson;
use famn::demo;
use famn::id::HomeId;
use famn::secret::Secret;
use famn::web::Language;
use serde_json::{Value, json};

const EMAIL: &str = "dubbel.roll@example.org";

fn text(plain: &str) -> Secret<String> {
    Secret::new(plain.to_owned())
}

/// The home Berg's id, as its team lead finds it.
async fn berg(town: &Town) -> String {
    let homes = town.eva().await.get("/homes").await.expect(200);
    let mut homes = homes["items"].as_array().expect("homes").iter();
    id(homes.find(|home| home["name"] == "Berg").expect("the home Berg"))
}

/// A caseworker of Eva's unit who lives in Berg, signed in.
async fn lives_and_works(town: &Town) -> Person {
    let unit = town.eva().await.get("/me").await.expect(200)["units"][0]["id"].clone();
    let unit = unit.as_str().expect("an id").parse().expect("an id");
    let home: HomeId = berg(town).await.parse().expect("an id");
    let hash = famn::account::hash_new_password(&town.app, text(demo::PASSWORD), (EMAIL, "Dubbel Roll"), &[]).await;
    let new = NewPerson {
        name: text("Dubbel Roll"),
        email: text(EMAIL),
        phone: None,
        personal_number: None,
        language: Language::Swedish,
        password: Some(hash.expect("a password")),
        roles: vec![(Role::Caseworker, Some(unit)), (Role::Contractor, None)],
    };
    let add = move |access: Access<'_>| {
        let person = access.add_person(&new)?;
        access.add_member(home, person)
    };
    let operator = Actor::operator(town.board("borlange").await);
    town.app.door.write(operator, add).await.expect("someone new");
    town.nobody().signed_in("borlange", EMAIL, demo::PASSWORD).await
}

fn items(list: &Value) -> usize {
    list["items"].as_array().expect("items").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lives_in_a_home_knows_its_protected_staff_by_another_name_whatever_role_they_have() {
    let town = Town::new().await;
    let (anna, sara, eva) = (town.anna().await, town.sara().await, town.eva().await);
    let stina = town.person("stina.drift").await;
    let both = lives_and_works(&town).await;
    stina
        .patch(&format!("/persons/{}", eva.id), json!({"protected": "fictitious"}))
        .await
        .expect(200);
    let own = id(&anna.writes("En fråga om skolresan").await);
    eva.answers(&own, "Vi återkommer").await.expect(201);
    let wish = id(&anna.wishes(200_000).await);
    let granted = json!({"outcome": "granted", "amount_ore": 100_000, "reasons": "Som önskat"});
    eva.decides(&wish, granted).await.expect(201);
    let seen = both.opens(&own).await.expect(200);
    assert_eq!(seen["messages"][1]["from"]["name"], "Familjehemsteamet");
    let seen = both.opens(&wish).await.expect(200);
    assert_eq!(seen["decisions"][0]["decided_by"]["name"], "Familjehemsteamet");
    let page = Browser::signed_in(&town.base, "dubbel.roll").await;
    for errand in [&own, &wish] {
        let shown = page.get(&format!("/arenden/{errand}")).await;
        assert!(shown.status == 200 && !shown.text.contains("Eva"), "{}", shown.text);
    }

    // Where they work they are staff like any.
    let theirs = id(&sara.writes("En annan fråga").await);
    eva.answers(&theirs, "Vi hör av oss").await.expect(201);
    both.post(
        &format!("/errands/{theirs}/openings"),
        json!({"reason_code": "consultation"}),
    )
    .await
    .expect(201);
    let seen = both.opens(&theirs).await.expect(200);
    assert_eq!(seen["messages"][1]["from"]["name"], "Eva Strand");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_search_nor_a_filter_tells_whoever_lives_in_a_home_what_it_is_not_to_know() {
    let town = Town::new().await;
    let (anna, maria, eva) = (town.anna().await, town.maria().await, town.eva().await);
    let both = lives_and_works(&town).await;
    let assignment = anna.assignment().await;
    let known = id(&anna.writes("Skolan ringde").await);
    let number = async |errand: &str| maria.opens(errand).await.expect(200)["number"].clone();
    let found = async |number: &Value| {
        let number = number.as_str().expect("a number");
        items(&both.get(&format!("/search?q={number}")).await.expect(200))
    };
    maria
        .put(&format!("/errands/{known}/assignee"), json!({"person_id": maria.id}))
        .await
        .expect(204);
    assert_eq!(found(&number(&known).await).await, 1);
    let by_whom = both.get(&format!("/errands?assignee={}", maria.id)).await.expect(200);
    assert!(!by_whom.to_string().contains(&known), "who handles it: {by_whom}");
    let unassigned = both.get("/errands?limit=100&assignee=none").await.expect(200);
    assert!(!unassigned.to_string().contains("Berg"), "{unassigned}");

    let shut = json!({"restricted": true, "reason": "Barnet har flyttats i hast"});
    eva.patch(&format!("/assignments/{assignment}"), shut).await.expect(200);
    let new = json!({"kind": "message", "assignment_id": assignment, "body": "Möte med oss"});
    let since = number(&id(&maria.post("/errands", new).await.expect(201))).await;
    assert_eq!((found(&since).await, found(&number(&known).await).await), (0, 1));
    let page = Browser::signed_in(&town.base, "dubbel.roll").await;
    let form = page.get("/sok").await.form("/sok");
    let sought = form.but("q", since.as_str().expect("a number"));
    let answer = page.submit("/sok", &sought, false).await;
    assert!(
        answer.status == 200 && !answer.text.contains("href=\"/arenden/0"),
        "{}",
        answer.text
    );
    let by_whom = both.get(&format!("/errands?assignee={}", maria.id)).await.expect(200);
    assert!(!by_whom.to_string().contains(&known), "as it stood: {by_whom}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_sees_errands_is_named_and_nobody_with_a_closed_account_is_asked() {
    let town = Town::new().await;
    let of = crate::kit::hidden::Hidden::of(
        &town,
        (famn::home::Protection::Fictitious, famn::home::Protection::None),
    )
    .await;
    let (eva, maria) = (town.eva().await, town.maria().await);
    let offered = Browser::signed_in(&town.base, "eva.strand").await;
    let page = offered.get(&format!("/skyddade/{}", of.home)).await;
    for who in ["per.holm", "stina.drift", "arvid.akt"] {
        let who = town.person(who).await;
        assert!(!page.text.contains(&who.id), "not offered");
        let refused = super::proposes(&eva, &of.home, &who).await.faults();
        assert_eq!(refused, [("person_id".to_owned(), "person".to_owned())]);
    }
    // Jonas led the unit too, and has left.
    let jonas = town.jonas().await;
    leads(&town, &jonas).await;
    let who: famn::id::PersonId = jonas.id.parse().expect("an id");
    let operator = Actor::operator(town.board("borlange").await);
    let close = move |access: Access<'_>| access.disable_person(who);
    town.app.door.write(operator, close).await.expect("a closed account");
    let waiting = || {
        let jonas = crate::kit::sql_id(&town.place, &jonas.id);
        let query = format!("SELECT 'x' AS text FROM outbox WHERE person_id = {jonas}");
        crate::kit::rows_of(&town.place, &query).len()
    };
    let before = waiting();
    super::proposes(&eva, &of.home, &maria).await.expect(201);
    of.vilgot
        .post(
            "/errands",
            json!({"kind": "message", "assignment_id": of.assignment, "body": "Vi undrar"}),
        )
        .await
        .expect(201);
    assert_eq!(waiting(), before, "he is asked nothing any more");
}
