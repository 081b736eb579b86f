use super::Place;
use super::places::new_person;
use crate::access::Role;
use crate::db::schema::person;
use crate::error::Error;
use crate::home::{HomeKind, NewHome, Protection};
use crate::secret::Secret;
use diesel::prelude::*;
use serde_json::json;

const ANNA: &str = "anna@example.org";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[actix_web::test]
async fn what_is_known_of_a_person_lies_sealed() {
    let place = Place::new().await;
    let mut new = new_person(ANNA);
    (new.name, new.phone) = (secret(" Anna Berg "), Some(secret("070-174 06 05")));
    (new.personal_number, new.roles) = (Some(secret("811228-9874")), vec![(Role::Contractor, None)]);
    let id = place
        .as_operator(move |access| access.add_person(&new))
        .await
        .expect("added");
    type Row = (
        Vec<u8>,
        Vec<u8>,
        Option<Vec<u8>>,
        Option<Vec<u8>>,
        Vec<u8>,
        Option<Vec<u8>>,
        Vec<u8>,
    );
    let row: Row = place
        .look(|db| {
            let columns = (
                person::name,
                person::email,
                person::phone,
                person::personal_number,
                person::email_token,
                person::personal_number_token,
                person::wrapped_key,
            );
            person::table.select(columns).first(db).expect("a row")
        })
        .await;
    let shown = format!("{row:?}");
    for clear in ["Anna", ANNA, "070", "8112289874"] {
        assert!(
            !shown.contains(&format!("{:?}", clear.as_bytes()).replace(['[', ']'], "")),
            "{clear}"
        );
    }
    // Its name opens with the person's own key, and only in its own place.
    let names = place
        .app
        .door
        .write(crate::access::Actor::operator(place.board), move |access| {
            let names = access.names_of(&[id, access.fresh_id()])?;
            access.log(crate::access::Happening::write(
                crate::audit::Action::PersonAdd,
                crate::audit::Relation::System,
            ));
            Ok(names)
        });
    let names = names.await.expect("names");
    assert_eq!(names.len(), 1, "who is not there has no name");
    assert_eq!(names[&id].expose(), "Anna Berg");
    let [added, granted] = [place.events("person.add").await, place.events("role.grant").await];
    assert!(
        added[0]
            .subject
            .as_deref()
            .is_some_and(|subject| subject.contains(&id.to_string()))
    );
    assert_eq!(granted.len(), 1);
}

#[actix_web::test]
async fn an_address_and_a_number_are_one_persons() {
    let place = Place::new().await;
    let mut first = new_person(ANNA);
    first.personal_number = Some(secret("811228-9874"));
    let mut same_number = new_person("erik@example.org");
    same_number.personal_number = Some(secret("198112289874"));
    let same_email = new_person("ANNA@example.org ");
    place
        .as_operator(move |access| access.add_person(&first))
        .await
        .expect("added");
    for again in [same_email, same_number] {
        let refused = place.as_operator(move |access| access.add_person(&again)).await;
        assert_eq!(refused, Err(Error::Conflict("exists")));
    }
    assert_eq!(place.events("person.add").await.len(), 1);
}

#[actix_web::test]
async fn all_faults_are_told_at_once() {
    let place = Place::new().await;
    let mut new = new_person("anna");
    (new.name, new.phone) = (secret(" "), Some(secret(&"1".repeat(41))));
    (new.personal_number, new.roles) = (
        Some(secret("811228-9875")),
        vec![(Role::Contractor, None), (Role::TeamLead, None)],
    );
    let strange = place.clock.fresh_id();
    new.roles.push((Role::Finance, Some(strange)));
    let refused = place.as_operator(move |access| access.add_person(&new)).await;
    let Err(Error::Invalid(faults)) = refused else {
        panic!("{refused:?}")
    };
    let told: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
    let wanted = [
        ("name", "required"),
        ("email", "email"),
        ("phone", "too-long"),
        ("personal_number", "personal-number"),
        ("roles.1.unit", "unit"),
        ("roles.2.unit", "unit"),
    ];
    assert_eq!(told, wanted);
    for no_address in [
        "",
        "a@b",
        "a b@example.org",
        "@example.org",
        "a@@example.org",
        "a@.org",
        "a@example.",
        "a\n@example.org",
    ] {
        let new = new_person(no_address);
        let refused = place.as_operator(move |access| access.add_person(&new)).await;
        assert_eq!(refused, Err(Error::invalid("email", "email")), "{no_address:?}");
    }
    for fault in faults {
        for language in [crate::web::Language::Swedish, crate::web::Language::English] {
            let key = format!("fault-{}", fault.code);
            assert!(language.find(&key).is_some(), "{key}");
        }
    }
}

#[actix_web::test]
async fn only_the_operator_adds_people() {
    let place = Place::new().await;
    place.person(ANNA, Role::Steward).await;
    let access = place.sign_in(ANNA).await.text("access_token");
    let named = place.app.tokens.verify(&access, place.clock.now()).expect("valid");
    let steward = crate::access::Actor::bearer(named.session, Some(named.token), super::places::origin());
    let new = new_person("erik@example.org");
    let refused = place
        .app
        .door
        .write(steward, move |access| access.add_person(&new))
        .await;
    assert_eq!(refused, Err(Error::Forbidden));
    let me = access.clone();
    assert_eq!(place.me(&me).await.status, 200);
}

#[actix_web::test]
async fn me_names_homes_and_units() {
    let place = Place::new().await;
    let (anna, unit) = (place.person(ANNA, Role::Contractor).await, place.unit);
    let home = NewHome {
        name: secret("Berg"),
        kind: HomeKind::Foster,
        unit,
        protected: Protection::None,
    };
    let home = place.as_operator(move |access| {
        let home = access.add_home(&home)?;
        access.add_member(home, anna)?;
        Ok(home)
    });
    let home = home.await.expect("a home");
    place.person("eva@example.org", Role::TeamLead).await;
    let me = place.me(&place.sign_in(ANNA).await.text("access_token")).await;
    assert_eq!(
        me.body["homes"],
        json!([{ "id": home, "kind": "foster", "name": "Berg" }])
    );
    let me = place
        .me(&place.sign_in("eva@example.org").await.text("access_token"))
        .await;
    assert_eq!(me.body["units"], json!([{ "id": unit, "name": "Familjehemsteamet" }]));
    assert_eq!(me.body["roles"], json!(["team_lead"]));
}
