//! What staff that is not named for a protected home could find out around its alias: by search, and by what they sent.

use crate::kit::hidden::Hidden;
use crate::kit::{Browser, Person, Town, execute, id, samples, sql_id};
use famn::access::{Access, Actor, Role};
use famn::account::NewPerson;
use famn::home::Protection;
use famn::id::HomeId;
use famn::secret::Secret;
use famn::web::Language;
use serde_json::{Value, json};

const NUMBER: &str = "20150310-2384";

fn text(plain: &str) -> Secret<String> {
    Secret::new(plain.to_owned())
}

/// Someone who belongs to these homes.
async fn lives_in(town: &Town, (name, email): (&str, &str), number: Option<&str>, homes: &[&str]) {
    let new = NewPerson {
        name: text(name),
        email: text(email),
        phone: None,
        personal_number: number.map(text),
        language: Language::Swedish,
        password: None,
        roles: vec![(Role::Contractor, None)],
    };
    let homes: Vec<HomeId> = homes.iter().map(|home| home.parse().expect("an id")).collect();
    let add = move |access: Access<'_>| {
        let person = access.add_person(&new)?;
        homes.iter().try_for_each(|home| access.add_member(*home, person))
    };
    let operator = Actor::operator(town.board("borlange").await);
    town.app.door.write(operator, add).await.expect("someone new");
}

async fn hits(who: &Person, term: &str) -> Vec<Value> {
    let found = who.get(&format!("/search?q={term}")).await.expect(200);
    found["items"].as_array().expect("items").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_nobody_behind_an_alias_by_name_or_by_number() {
    let town = Town::new().await;
    let (eva, maria) = (town.eva().await, town.maria().await);
    let homes = eva.get("/homes").await.expect(200);
    let home = |name: &str| {
        let mut items = homes["items"].as_array().expect("homes").iter();
        id(items.find(|home| home["name"] == name).expect("a home"))
    };
    let (berg, ohman) = (home("Berg"), home("Öhman"));
    lives_in(&town, ("Nora Dold", "nora@example.org"), Some(NUMBER), &[&berg, &ohman]).await;
    lives_in(&town, ("Frida Förr", "frida@example.org"), None, &[&berg, &ohman]).await;
    let members = eva.get(&format!("/homes/{ohman}/members")).await.expect(200);
    let mut members = members["items"].as_array().expect("members").iter();
    let frida = members
        .find(|one| one["person"]["name"] == "Frida Förr")
        .expect("Frida");
    let ended = json!({"to": town.app.clock.now().day().to_string()});
    eva.patch(&format!("/homes/{ohman}/members/{}", id(frida)), ended)
        .await
        .expect(200);
    let terms = ["Nora", "Frida", NUMBER];
    for term in terms {
        assert!(!hits(&maria, term).await.is_empty(), "before the mark: {term}");
    }

    let mark = format!(
        "UPDATE home SET protected = 'secrecy_marking' WHERE id = {}",
        sql_id(&town.place, &ohman)
    );
    assert_eq!(execute(&town.place, &mark), 1);
    let listed = maria
        .get(&format!("/homes/{berg}/members"))
        .await
        .expect(200)
        .to_string();
    assert_eq!(listed.matches("Skyddad person").count(), 2, "{listed}");
    let page = Browser::signed_in(&town.base, "maria.lind").await;
    let form = page.get("/sok").await.form("/sok");
    for term in terms {
        for who in [&maria, &eva] {
            assert!(hits(who, term).await.is_empty(), "{term}");
        }
        let found = page.submit("/sok", &form.clone().but("q", term), false).await;
        assert!(
            found.shows("Inga träffar") && !found.text.contains("Dold"),
            "{}",
            found.text
        );
    }
    assert_eq!(hits(&maria, "anna").await.len(), 1, "the others are found");
    // The guard knows the name, and says no more of it than what was typed.
    let errand = id(&town.sara().await.writes("Vem hälsar på?").await);
    assert_eq!(maria.opens(&errand).await.status, 404);
    let new = json!({"kind": "message", "home_id": berg, "category": "school", "subject": "Besök", "body": "Sara Öhman kommer"});
    let held = maria.post("/errands", new).await;
    assert_eq!(
        (held.status.as_u16(), &held.json()["found"]),
        (409, &json!(["Sara Öhman"]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_of_the_team_sent_a_photo_gets_its_bytes_no_more_than_the_others() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::Fictitious, Protection::None)).await;
    let (jonas, maria, anna) = (town.jonas().await, town.maria().await, town.anna().await);
    let new = json!({"kind": "message", "assignment_id": of.assignment, "body": "Har ni bilden?"});
    let errand = id(&of.vilgot.post("/errands", new).await.expect(201));
    let sends = async |who: &Person, errand: &str| {
        let photo = who
            .uploads("Vid Storgatan 7.jpg", "image/jpeg", samples::photo(1))
            .await;
        let photo = id(&photo.expect(201));
        let along = json!({"body": "Se bilden", "file_ids": [photo]});
        who.post(&format!("/errands/{errand}/messages"), along)
            .await
            .expect(201);
        photo
    };
    let photo = sends(&jonas, &errand).await;
    let original = format!("/files/{photo}/original");
    assert_eq!(jonas.get(&original).await.problem(403), "forbidden");
    let content = format!("/files/{photo}/content");
    assert_eq!(jonas.get(&content).await.problem(403), "reason-required");
    let why = json!({"reason": "Kontrollerar att bilden kom fram"});
    jonas
        .post(&format!("/errands/{errand}/protected"), why)
        .await
        .expect(200);
    let content = jonas.get(&content).await;
    assert!(
        content.status == 200 && !content.header("content-disposition").contains("Storgatan"),
        "{:?}",
        content.headers
    );
    assert_eq!(
        of.vilgot.get(&original).await.problem(403),
        "forbidden",
        "as in any home: not its own"
    );
    let page = Browser::signed_in(&town.base, "jonas.ahl").await;
    assert_eq!(page.get(&format!("/filer/{photo}/original")).await.status, 403);
    // The home itself keeps its own, and where nobody is protected the sender does.
    let own = sends(&of.vilgot, &errand).await;
    assert_eq!(of.vilgot.get(&format!("/files/{own}/original")).await.status, 200);
    assert_eq!(jonas.get(&format!("/files/{own}/original")).await.status, 403);
    let open = id(&anna.writes("Om skolan").await);
    let photo = sends(&maria, &open).await;
    assert_eq!(maria.get(&format!("/files/{photo}/original")).await.status, 200);
}
