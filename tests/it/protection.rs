//! Protected people: the mark travels with whoever bears it and is raised as soon as someone knows; from then on only those
//! of the staff meet them who are named by two persons.

mod marked;
mod marking;
mod pages;
mod sought;
mod two_roles;
mod undone;

use crate::kit::hidden::{self, Hidden};
use crate::kit::wishes::travel;
use crate::kit::{Answer, Browser, Person, Town, events, id, rows_of, samples};
use famn::home::Protection;
use serde_json::{Value, json};

const WHY: &str = "Ska följa familjen";

/// `head` proposes someone for a home.
async fn proposes(head: &Person, home: &str, who: &Person) -> Answer {
    let new = json!({"person_id": who.id, "reason": WHY});
    head.post(&format!("/protected-homes/{home}/named"), new).await
}

/// The same, and Dora says yes. Gives the path of what was named.
pub async fn names(town: &Town, head: &Person, home: &str, who: &Person) -> String {
    let named = id(&proposes(head, home, who).await.expect(201));
    let path = format!("/protected-homes/{home}/named/{named}");
    let dora = town.person("dora.sund").await;
    dora.patch(&path, json!({"confirmed": true})).await.expect(200);
    path
}

/// Someone is team lead of Eva's unit from now on, proposed by Stina and confirmed by Dora.
async fn leads(town: &Town, who: &Person) {
    let unit = town.eva().await.get("/me").await.expect(200)["units"][0]["id"].clone();
    let role = json!({"role": "team_lead", "unit_id": unit, "reason": "Leder gruppen med Eva"});
    let path = format!("/persons/{}/roles", who.id);
    let proposed = town.person("stina.drift").await.post(&path, role).await.expect(201);
    let path = format!("{path}/{}", id(&proposed));
    let dora = town.person("dora.sund").await;
    dora.patch(&path, json!({"confirmed": true})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_is_raised_when_someone_known_is_placed_anew_and_never_lowered() {
    let town = Town::new().await;
    let (eva, maria, jonas) = (town.eva().await, town.maria().await, town.jonas().await);
    leads(&town, &jonas).await;
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
    assert_eq!(
        place("none").await.status,
        404,
        "nobody is named for the home yet, not even its team lead"
    );
    names(&town, &jonas, &id(&home), &eva).await;
    let proposed = jonas.get("/protected-homes").await.expect(200)["items"][0]["named"].clone();
    let proposed = proposed
        .as_array()
        .expect("named")
        .iter()
        .find(|one| one["person"]["id"] == maria.id);
    let path = format!(
        "/protected-homes/{}/named/{}",
        id(&home),
        id(proposed.expect("who answers is proposed at once"))
    );
    assert_eq!(
        eva.patch(&path, json!({"confirmed": true})).await.status,
        403,
        "by whoever marked the home"
    );
    jonas.patch(&path, json!({"confirmed": true})).await.expect(200);
    for lower in ["none", "secrecy_marking"] {
        place(lower).await.expect(201);
        assert_eq!(marks(), ["secrecy_marking"], "{lower}");
    }
    place("fictitious").await.expect(201);
    assert_eq!(marks(), ["fictitious"]);
    let told = |event: &&Value| event["action"] == "service_user.protect" && event["outcome"] == "ok";
    assert_eq!(events(&town.place).iter().filter(told).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_named_by_two_persons_meet_a_protected_family() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::Fictitious, Protection::None)).await;
    let (eva, maria, jonas, dora) = (
        town.eva().await,
        town.maria().await,
        town.jonas().await,
        town.person("dora.sund").await,
    );
    let errand = id(&of.vilgot.post("/errands", travel(&of.assignment)).await.expect(201));
    let (path, home) = (format!("/errands/{errand}"), format!("/homes/{}", of.home));
    jonas.get(&path).await.expect(200);
    for (who, name) in [
        (&eva, "the unit's team lead"),
        (&maria, "a colleague"),
        (&dora, "the officer"),
    ] {
        for path in [&path, &home] {
            assert_eq!(who.get(path).await.problem(404), "not-found", "{name} at {path}");
        }
        let open = json!({"reason_code": "consultation"});
        assert_eq!(
            who.post(&format!("{path}/openings"), open).await.status,
            404,
            "{name}: no reason opens it"
        );
    }

    // Nobody names themselves, nobody says both words, nobody says yes to themselves.
    assert_eq!(proposes(&eva, &of.home, &eva).await.status, 403);
    assert_eq!(proposes(&maria, &of.home, &maria).await.status, 404);
    assert_eq!(
        proposes(&dora, &of.home, &maria).await.status,
        403,
        "she confirms, and proposes nobody"
    );
    let proposed = proposes(&eva, &of.home, &maria).await.expect(201);
    assert_eq!(
        (&proposed["state"], &proposed["reason"]),
        (&json!("proposed"), &json!(WHY))
    );
    assert_eq!(proposes(&eva, &of.home, &maria).await.problem(409), "exists");
    assert_eq!(
        proposes(&eva, &of.home, &of.vilgot).await.faults(),
        [("person_id".into(), "person".into())]
    );
    let named = format!("/protected-homes/{}/named/{}", of.home, id(&proposed));
    let yes = json!({"confirmed": true});
    assert_eq!(eva.patch(&named, yes.clone()).await.status, 403);
    assert_eq!(maria.patch(&named, yes.clone()).await.status, 404);
    assert_eq!(maria.get(&path).await.status, 404, "it waits");
    dora.patch(&named, yes.clone()).await.expect(200);
    assert_eq!(dora.patch(&named, yes).await.problem(409), "ended");

    // Named, she is a colleague like any: a reason opens it, and it stands in none of her lists.
    assert_eq!(maria.get(&path).await.problem(403), "reason-required");
    maria
        .post(&format!("{path}/openings"), json!({"reason_code": "consultation"}))
        .await
        .expect(201);
    maria.get(&path).await.expect(200);
    let listed = maria.get("/errands?limit=100").await.expect(200);
    assert!(!listed.to_string().contains(&errand));
    eva.patch(&named, json!({"ended": true})).await.expect(200);
    assert_eq!(maria.get(&path).await.status, 404, "at once, whatever she had opened");
    let read = |event: &&Value| event["errand"] == errand && event["action"] == "errand.read";
    let all = events(&town.place);
    let marked = all.iter().filter(read).filter(|event| event["outcome"] == "ok");
    assert!(marked.clone().count() >= 2 && marked.clone().all(|event| event["protected"] == true));

    // To those who are named it is an alias in every list, and a name where they look at it alone.
    let row = jonas.get("/errands").await.expect(200)["items"][0]["home"].clone();
    let alias = row["name"].as_str().expect("an alias").to_owned();
    assert!(alias.starts_with("Skyddat hem ") && row["protected"] == true, "{row}");
    assert_eq!(jonas.get(&home).await.expect(200)["name"], hidden::NAMES[0]);
    let assignment = jonas.get("/assignments").await.expect(200)["items"][0].clone();
    assert_eq!(
        (&assignment["home"]["name"], &assignment["service_user"]["first_name"]),
        (&json!(alias), &json!("Skyddad person"))
    );
    assert_eq!(
        of.vilgot.get("/assignments").await.expect(200)["items"][0]["service_user"]["first_name"],
        hidden::NAMES[2]
    );
    let known = eva.get("/protected-homes").await.expect(200)["items"].clone();
    assert_eq!(
        (&known[0]["alias"], known[0]["named"].as_array().map(Vec::len)),
        (&json!(alias), Some(2))
    );
    assert!(!known.to_string().contains(hidden::NAMES[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_to_a_protected_family_are_off_until_it_asks() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let jonas = town.jonas().await;
    let errand = id(&of.vilgot.post("/errands", travel(&of.assignment)).await.expect(201));
    jonas.answers(&errand, "Vi tittar på det").await.expect(201);
    let granted = json!({"outcome": "granted", "amount_ore": 12_000, "reasons": "Som önskat"});
    jonas.decides(&errand, granted).await.expect(201);
    assert_eq!(town.letters_to(hidden::EMAIL).await.len(), 0, "not even of a decision");
    of.vilgot.patch("/me", json!({"notices": true})).await.expect(200);
    jonas.answers(&errand, "Beslutet ligger i ärendet").await.expect(201);
    assert_eq!(town.letters_to(hidden::EMAIL).await.len(), 1, "now it has asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn homes_know_protected_staff_by_another_name() {
    let town = Town::new().await;
    let (anna, maria, eva, stina) = (
        town.anna().await,
        town.maria().await,
        town.eva().await,
        town.person("stina.drift").await,
    );
    let errand = id(&anna.writes("En fråga om skolresan").await);
    maria.answers(&errand, "Vi återkommer").await.expect(201);
    let author = async |who: &Person| {
        let errand = who.opens(&errand).await.expect(200);
        errand["messages"][1]["from"]["name"]
            .as_str()
            .expect("a name")
            .to_owned()
    };
    assert_eq!(author(&anna).await, "Maria Lind");
    let mark = |to: &str| json!({"protected": to});
    let path = format!("/persons/{}", maria.id);
    assert_eq!(eva.patch(&path, mark("fictitious")).await.status, 403);
    stina.patch(&path, mark("fictitious")).await.expect(200);
    assert_eq!(
        stina.patch(&path, mark("none")).await.status,
        409,
        "never lowered on the way"
    );
    assert_eq!(
        (author(&anna).await.as_str(), author(&eva).await.as_str()),
        ("Familjehemsteamet", "Maria Lind")
    );
    let page = Browser::signed_in(&town.base, "anna.berg")
        .await
        .get(&format!("/arenden/{errand}"))
        .await;
    assert!(page.shows("Familjehemsteamet") && !page.shows("Maria"), "{}", page.text);

    // Someone who lives in a home takes the mark with them: from now on its staff must be named.
    stina
        .patch(&format!("/persons/{}", anna.id), mark("secrecy_marking"))
        .await
        .expect(200);
    assert_eq!(maria.opens(&errand).await.status, 404);
    assert_eq!(author(&anna).await, "Familjehemsteamet");
    assert_eq!(
        town.erik().await.opens(&errand).await.expect(200)["messages"][0]["from"]["name"],
        "Anna Berg"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_shown_to_who_says_why() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::None, Protection::ProtectedRegistration)).await;
    let (jonas, maria, anna) = (town.jonas().await, town.maria().await, town.anna().await);
    let errand = id(&of.vilgot.post("/errands", travel(&of.assignment)).await.expect(201));
    let seen = jonas.opens(&errand).await.expect(200);
    assert_eq!(
        (&seen["places_hidden"], seen["travel"].get("from")),
        (&json!(true), None),
        "absent, not empty"
    );
    let own = of.vilgot.opens(&errand).await.expect(200);
    assert_eq!(
        (own.get("places_hidden"), &own["travel"]["to"]),
        (None, &json!("Falun, resecentrum"))
    );
    let path = format!("/errands/{errand}/protected");
    let look = |words: &str| json!({"reason": words});
    assert_eq!(
        jonas.post(&path, look("kort")).await.faults(),
        [("reason".into(), "too-short".into())]
    );
    assert_eq!(of.vilgot.post(&path, look("Vi vill se våra platser")).await.status, 403);
    assert_eq!(maria.post(&path, look("Nyfiken på var de bor")).await.status, 404);
    let shown = jonas.post(&path, look("Kontrollerar resans längd")).await.expect(200);
    assert_eq!(shown["travel"]["from"], "Borlänge");
    assert!(
        jonas.opens(&errand).await.expect(200)["travel"].get("from").is_none(),
        "for that once"
    );
    let looks = |event: &&Value| event["action"] == "protected.read" && event["outcome"] == "ok";
    assert_eq!(events(&town.place).iter().filter(looks).count(), 1);
    assert_eq!(rows_of(&town.place, "SELECT 'x' AS text FROM protected_look").len(), 1);

    // A photo is looked at without its place, under no name of its sender's, and its very bytes are nobody's of the team.
    let photo = id(&of
        .vilgot
        .uploads("Vid Storgatan 7.jpg", "image/jpeg", samples::photo(1))
        .await
        .expect(201));
    let along = json!({"body": "Se bilden", "file_ids": [photo]});
    of.vilgot
        .post(&format!("/errands/{errand}/messages"), along)
        .await
        .expect(201);
    let content = jonas.get(&format!("/files/{photo}/content")).await;
    assert!(
        content.status == 200 && !content.header("content-disposition").contains("Storgatan"),
        "{:?}",
        content.headers
    );
    assert_eq!(jonas.get(&format!("/files/{photo}/original")).await.status, 403);
    assert_eq!(of.vilgot.get(&format!("/files/{photo}/original")).await.status, 200);

    // What is not protected hides nothing.
    let open = id(&anna
        .post("/errands", travel(&anna.assignment().await))
        .await
        .expect(201));
    assert_eq!(maria.opens(&open).await.expect(200)["travel"]["from"], "Borlänge");
    let in_vain = maria
        .post(&format!("/errands/{open}/protected"), look("Finns något dolt här?"))
        .await;
    assert_eq!(in_vain.problem(409), "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guard_knows_the_names_of_protected_people_and_tells_nobody() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Vem ska följa med?").await);
    let letters = town.every_letter().await.len();
    for name in &hidden::NAMES[1..2] {
        let slip = maria.answers(&errand, &format!("Fråga {name} om skjutsen")).await;
        let told = slip.json();
        assert_eq!(slip.problem(409), "other-home", "{name}");
        // What was typed is shown, and nothing that was not: not whose name it is, nor that someone is protected.
        assert_eq!(told["found"], json!([name]), "{told}");
        let more = [
            &of.home,
            &of.vilgot.id,
            hidden::NAMES[0],
            hidden::NAMES[2],
            "Skydd",
            "skydd",
        ];
        assert!(more.iter().all(|one| !told.to_string().contains(*one)), "{told}");
    }
    // Nobody is told of it: no letter goes, and the event names the errand it was written in, not the other home.
    assert_eq!(town.every_letter().await.len(), letters);
    let held = events(&town.place);
    let held = held
        .iter()
        .rfind(|event| event["person"] == maria.id)
        .expect("an event");
    assert_eq!((&held["outcome"], &held["errand"]), (&json!("denied"), &json!(errand)));
    assert!(
        !held.to_string().contains(&of.home) && !held.to_string().contains(hidden::NAMES[1]),
        "{held}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_a_family_that_its_named_caseworker_alone_meets() {
    let town = Town::new().await;
    let (moa, karl, nils) = (
        town.person("moa.sund").await,
        town.person("karl.vans").await,
        town.person("nils.vans").await,
    );
    let own = moa.get("/errands").await.expect(200);
    let errands: Vec<String> = own["items"].as_array().expect("errands").iter().map(id).collect();
    assert_eq!(errands.len(), 2);
    let trip = karl.opens(&errands[1]).await.expect(200);
    assert_eq!(trip["places_hidden"], true, "{trip}");
    assert!(!trip.to_string().contains("Hemby"), "{trip}");
    let why = json!({"reason": "Kontrollerar att resan är rimlig"});
    let at = format!("/errands/{}/protected", errands[1]);
    let shown = karl.post(&at, why.clone()).await.expect(200);
    assert!(shown.to_string().contains("Sjöängsskolan, Hemby"), "{shown}");
    for errand in &errands {
        nils.opens(errand).await.problem(404);
    }
    assert_eq!(nils.get("/homes").await.expect(200)["items"], json!([]));
    assert_eq!(nils.post(&at, why).await.problem(404), "not-found");
}
