//! What was opened with a reason dies with whatever shuts it: nothing of it comes back when that is over. Each way of
//! shutting, there and back.

use crate::kit::hidden::Hidden;
use crate::kit::{Person, Town, events, execute, id, samples, sql_id, texts};
use famn::home::Protection;
use serde_json::{Value, json};

const WHY: &str = "Modern ringde växeln om barnets medicin";

/// What the test walks in.
struct Place {
    town: Town,
    anna: Person,
    eva: Person,
    jonas: Person,
    errand: String,
    home: String,
}

impl Place {
    /// Jonas has opened an errand of Anna's with a reason, and reads it.
    async fn opened() -> Place {
        let town = Town::new().await;
        let (anna, eva, jonas) = (town.anna().await, town.eva().await, town.jonas().await);
        let errand = id(&anna.writes("Barnet har fått feber").await);
        let home = eva.opens(&errand).await.expect(200)["home"]["id"].clone();
        let place = Place {
            home: home.as_str().expect("a home").to_owned(),
            errand,
            town,
            anna,
            eva,
            jonas,
        };
        place.opens().await;
        place
    }

    async fn opens(&self) {
        let openings = format!("/errands/{}/openings", self.errand);
        let reason = json!({"reason_code": "on_call"});
        self.jonas.post(&openings, reason).await.expect(201);
        self.jonas.opens(&self.errand).await.expect(200);
    }

    async fn conflict(&self) -> String {
        let at = format!("/homes/{}/conflicts", self.home);
        let new = json!({"person_id": self.jonas.id, "reason": "Hans syster bor där"});
        format!("{at}/{}", id(&self.eva.post(&at, new).await.expect(201)))
    }

    /// He is asked why anew, and can say it.
    async fn is_shut_until_he_says_why(&self, after: &str) {
        let refused = self.jonas.opens(&self.errand).await;
        assert_eq!(refused.problem(403), "reason-required", "{after}");
        self.opens().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_that_is_over_revives_no_opening_and_its_end_says_why() {
    let of = Place::opened().await;
    let conflict = of.conflict().await;
    assert_eq!(of.jonas.opens(&of.errand).await.problem(404), "not-found");
    for nothing in [json!({"ended": true}), json!({"ended": true, "reason": " \u{200b} "})] {
        let refused = of.eva.patch(&conflict, nothing).await.faults();
        assert_eq!(refused, [("reason".to_owned(), "required".to_owned())]);
    }
    assert_eq!(of.jonas.opens(&of.errand).await.problem(404), "not-found");
    of.eva.plant(WHY);
    let over = json!({"ended": true, "reason": WHY});
    let ended = of.eva.patch(&conflict, over.clone()).await.expect(200);
    assert_eq!(
        (&ended["end_reason"], &ended["ended_by"]["name"]),
        (&json!(WHY), &json!("Eva Strand"))
    );
    assert_eq!(of.eva.patch(&conflict, over).await.problem(409), "ended");
    let seen = of
        .town
        .maria()
        .await
        .get(&format!("/homes/{}/conflicts", of.home))
        .await;
    let seen = seen.expect(200)["items"][0].clone();
    assert!(
        seen["end_reason"].is_null() && seen["ended_by"]["name"] == "Eva Strand",
        "{seen}"
    );
    of.is_shut_until_he_says_why("the conflict of interest is over").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_life_in_the_home_revives_no_opening() {
    let of = Place::opened().await;
    let today = of.town.app.clock.now().day().to_string();
    let members = format!("/homes/{}/members", of.home);
    let joined = json!({"person_id": of.jonas.id, "from": today});
    let member = id(&of.eva.post(&members, joined).await.expect(201));
    let _ = of.jonas.opens(&of.errand).await.expect(200);
    let path = format!("{members}/{member}");
    of.eva.patch(&path, json!({"to": today})).await.expect(200);
    let jonas = of.town.jonas().await;
    let of = Place { jonas, ..of };
    of.is_shut_until_he_says_why("he lives there no more").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_to_another_unit_and_back_revives_no_opening() {
    let of = Place::opened().await;
    let stina = of.town.person("stina.drift").await;
    let unit = of.eva.get("/me").await.expect(200)["units"][0]["id"].clone();
    let other = id(&stina.post("/units", json!({"name": "Andra gruppen"})).await.expect(201));
    // Who leads both can move it back.
    execute(
        &of.town.place,
        &format!(
            "INSERT INTO role_grant (id, board_id, person_id, role, unit_id, from_at) SELECT {}, board_id, person_id, role, {}, from_at \
             FROM role_grant WHERE person_id = {} AND role = 'team_lead'",
            sql_id(&of.town.place, "01890000-0000-7000-8000-000000000077"),
            sql_id(&of.town.place, &other),
            sql_id(&of.town.place, &of.eva.id)
        ),
    );
    let assignment = of.anna.assignment().await;
    let path = format!("/assignments/{assignment}");
    for to in [&json!(other), &unit] {
        of.eva
            .patch(&path, json!({"unit_id": to, "caseworker_id": of.eva.id}))
            .await
            .expect(200);
    }
    of.is_shut_until_he_says_why("the assignment is back in its unit").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_given_back_revives_no_opening() {
    let of = Place::opened().await;
    let email = "jonas.ahl@example.org";
    // By SQL too, where no verb has a say: the role is another row, from later on.
    let query = format!(
        "SELECT COUNT(*) || '' AS text FROM opening WHERE person_id = {}",
        sql_id(&of.town.place, &of.jonas.id)
    );
    assert_eq!(texts(&of.town.place, &query), ["1"]);
    let stina = of.town.person("stina.drift").await;
    let roles = format!("/persons/{}/roles", of.jonas.id);
    let held = stina.get(&roles).await.expect(200);
    let held = held["items"].as_array().expect("roles");
    let held = held
        .iter()
        .find(|one| one["role"] == "caseworker" && one["state"] == "held");
    let held = held.expect("he is a caseworker").clone();
    let today = of.town.app.clock.now().day().to_string();
    let end = json!({"to": today, "reason": "Byter arbete"});
    stina.patch(&format!("{roles}/{}", id(&held)), end).await.expect(200);
    let again = json!({"role": "caseworker", "unit_id": held["unit"]["id"], "reason": "Är tillbaka"});
    let proposed = id(&stina.post(&roles, again).await.expect(201));
    let dora = of.town.person("dora.sund").await;
    let yes = json!({"confirmed": true});
    dora.patch(&format!("{roles}/{proposed}"), yes).await.expect(200);
    let jonas = of.town.person(email.split('@').next().expect("a name")).await;
    let of = Place { jonas, ..of };
    of.is_shut_until_he_says_why("he has the role again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_comes_and_goes_revives_no_opening_and_no_naming() {
    let of = Place::opened().await;
    let version = of.eva.get(&format!("/homes/{}", of.home)).await.expect(200);
    assert_eq!(version["protected"], "none");
    let marked = json!({"protected": "secrecy_marking"});
    of.eva.patch(&format!("/homes/{}", of.home), marked).await.expect(200);
    assert_eq!(of.jonas.opens(&of.errand).await.problem(404), "not-found");
    // Only the command line lowers a mark; here its row is set as that would.
    let lower = format!(
        "UPDATE home SET protected = 'none' WHERE id = {}",
        sql_id(&of.town.place, &of.home)
    );
    execute(&of.town.place, &lower);
    of.is_shut_until_he_says_why("nobody is protected there any more").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_named_anew_finds_nothing_opened_and_whoever_loses_the_role_is_named_no_more() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (eva, maria, dora) = (town.eva().await, town.maria().await, town.person("dora.sund").await);
    let errand = json!({"kind": "message", "assignment_id": of.assignment, "body": "En fråga"});
    let errand = id(&of.vilgot.post("/errands", errand).await.expect(201));
    let named = format!("/protected-homes/{}/named", of.home);
    let name = async || {
        let new = json!({"person_id": maria.id, "reason": "Ska följa familjen"});
        let path = format!("{named}/{}", id(&eva.post(&named, new).await.expect(201)));
        dora.patch(&path, json!({"confirmed": true})).await.expect(200);
        path
    };
    let opening = json!({"reason_code": "consultation"});
    let path = name().await;
    maria
        .post(&format!("/errands/{errand}/openings"), opening.clone())
        .await
        .expect(201);
    maria.opens(&errand).await.expect(200);
    let over = eva.patch(&path, json!({"ended": true})).await.expect(200);
    assert_eq!(over["ended_by"]["name"], "Eva Strand");
    assert_eq!(maria.opens(&errand).await.status, 404);
    name().await;
    assert_eq!(maria.opens(&errand).await.problem(403), "reason-required");

    // The role goes, and with it what it was good for: given back, she is named by two persons again, or not at all.
    let stina = town.person("stina.drift").await;
    let roles = format!("/persons/{}/roles", maria.id);
    let held = stina.get(&roles).await.expect(200);
    let held = held["items"].as_array().expect("roles").clone();
    let today = town.app.clock.now().day().to_string();
    for one in held.iter().filter(|one| one["state"] == "held") {
        let end = json!({"to": today, "reason": "Slutar"});
        stina.patch(&format!("{roles}/{}", id(one)), end).await.expect(200);
    }
    let shown = eva.get("/protected-homes").await.expect(200);
    let shown = shown["items"]
        .as_array()
        .expect("homes")
        .iter()
        .find(|one| one["id"] == of.home.as_str());
    let shown = shown.expect("the home").clone();
    let states = |of: &Value| {
        let all = of["named"].as_array().expect("named").iter();
        let hers = all.filter(|one| one["person"]["id"] == maria.id);
        hers.map(|one| one["state"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(states(&shown), ["ended", "ended"]);
    let ended = |event: &&Value| event["action"] == "protected.end" && event["outcome"] == "ok";
    assert_eq!(events(&town.place).iter().filter(ended).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_a_protected_home_lie_behind_the_reason_and_are_shut_with_it() {
    let town = Town::new().await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (jonas, eva) = (town.jonas().await, town.eva().await);
    let picture = of.vilgot.uploads("kvitto.png", "image/png", samples::png()).await;
    let file = id(&picture.expect(201));
    let new = json!({"kind": "message", "assignment_id": of.assignment, "body": "Se bilden", "file_ids": [file]});
    let errand = id(&of.vilgot.post("/errands", new).await.expect(201));
    let (content, original) = (format!("/files/{file}/content"), format!("/files/{file}/original"));
    let hidden = async |who: &Person| {
        let seen = who.opens(&errand).await.expect(200);
        assert_eq!(seen["messages"][0]["files"][0]["hidden"], true, "{seen}");
        assert_eq!(who.get(&content).await.problem(403), "reason-required");
        let part = who
            .request(reqwest::Method::GET, &content)
            .header("Range", "bytes=0-10");
        assert_eq!(who.send(part).await.problem(403), "reason-required");
    };
    hidden(&jonas).await;
    let why = json!({"reason": "Kontrollerar kvittots summa"});
    let looks = format!("/errands/{errand}/protected");
    let shown = jonas.post(&looks, why.clone()).await.expect(200);
    assert!(shown["messages"][0]["files"][0].get("hidden").is_none(), "{shown}");
    assert_eq!(jonas.get(&content).await.status, 200);
    assert_eq!(jonas.get(&original).await.problem(403), "forbidden", "nobody gets that");
    let seen = jonas.opens(&errand).await.expect(200);
    assert_eq!(
        (&seen["places_hidden"], seen["messages"][0]["files"][0].get("hidden")),
        (&json!(true), None)
    );

    // The home sees its own, always.
    assert_eq!(of.vilgot.get(&content).await.status, 200);
    // Another session of the same person has not said why.
    let elsewhere = town.jonas().await;
    hidden(&elsewhere).await;
    // A conflict of interest that comes and goes shuts it, in this session too.
    let conflicts = format!("/homes/{}/conflicts", of.home);
    let declared = json!({"person_id": jonas.id, "reason": "Känner familjen"});
    let conflict = id(&jonas.post(&conflicts, declared).await.expect(201));
    assert_eq!(jonas.get(&content).await.status, 404);
    crate::protection::names(&town, &eva, &of.home, &town.maria().await).await;
    execute(
        &town.place,
        &format!(
            "UPDATE conflict SET ended_at = declared_at WHERE id = {}",
            sql_id(&town.place, &conflict)
        ),
    );
    hidden(&jonas).await;
    jonas.post(&looks, why).await.expect(200);
    assert_eq!(jonas.get(&content).await.status, 200);
}
