//! The register of incidents: its clock, its record, and who reads and writes it.

use super::{DPO, did, isolates, sent, text};
use crate::kit::{Browser, Person, Town, id};
use famn::clock::Clock;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

/// A role for Ali at Maria's unit, with the second person's yes.
async fn made(town: &Town, who: &Person, role: &str) {
    let (stina, dora, eva) = (
        town.person("stina.drift").await,
        town.person("dora.sund").await,
        town.eva().await,
    );
    let homes = eva.get("/homes").await.expect(200);
    let unit = homes["items"][0]["unit"]["id"].clone();
    let at = format!("/persons/{}/roles", who.id);
    let new = json!({"role": role, "unit_id": unit, "reason": "Ny i rollen"});
    let proposed = stina.post(&at, new).await.expect(201);
    let confirmed = dora
        .patch(&format!("{at}/{}", id(&proposed)), json!({"confirmed": true}))
        .await;
    confirmed.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_has_seventy_two_hours_and_a_record_that_only_the_officer_writes() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(60 * 60)));
    let town = Town::at(clock.clone()).await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let (errand, message, _) = sent(&anna).await;
    let report = json!({"message_id": message});
    anna.post(&format!("/errands/{errand}/reports"), report)
        .await
        .expect(201);
    clock.forward(Duration::from_secs(23 * 60 * 60));
    let maria = maria
        .signed_in("borlange", "maria.lind@example.org", famn::demo::PASSWORD)
        .await;
    let before = town.letters_to(DPO).await.len();
    let taken = isolates(&maria, &errand, json!({"message_id": message})).await;
    let letters = town.letters_to(DPO).await;
    assert_eq!(letters.len(), before + 1, "told at once");
    assert!(!letters[before].contains("FH-") && !letters[before].contains("Berg"));
    let at = format!("/incidents/{}", text(&taken["incident_id"]));
    let (dora, eva, ali) = (
        town.person("dora.sund").await,
        town.eva().await,
        town.person("ali.ek").await,
    );
    let seen = dora.get(&at).await.expect(200);
    assert_eq!(
        (&seen["state"], &seen["item_kind"], &seen["discovered_side"]),
        (&json!("open"), &json!("message"), &json!("home"))
    );
    assert_eq!(seen["opened_by"]["name"], "Maria Lind");
    for hidden in ["Berg", "Anna", "Läkarintyg", "annat barn", &errand] {
        assert!(!seen.to_string().contains(hidden), "{hidden} in {seen}");
    }
    let officer = Browser::signed_in(&town.base, "dora.sund").await;
    let page = officer.get("/incidenter").await;
    assert!(page.shows("49 timmar kvar"), "the report set the clock: {}", page.text);

    // Leads and managers of the unit read it; nobody else writes.
    eva.get(&at).await.expect(200);
    assert_eq!(ali.get(&at).await.problem(403), "forbidden");
    made(&town, &ali, "unit_manager").await;
    ali.get(&at).await.expect(200);
    let record = json!({"record": {"what_happened": "Ett intyg lades i fel ärende"}});
    for who in [&eva, &ali, &maria] {
        assert_eq!(who.patch(&at, record.clone()).await.problem(403), "forbidden");
        let lift = json!({"reason": "Det var rätt"});
        assert_eq!(who.post(&format!("{at}/lift"), lift).await.problem(403), "forbidden");
    }
    dora.plant("Ett intyg lades i fel ärende");
    let saved = dora.patch(&at, record).await.expect(200);
    assert_eq!(saved["record"]["what_happened"], "Ett intyg lades i fel ärende");
    let stale = dora.request(Method::PATCH, &at).header("If-Match", "\"1\"");
    let stale = dora.send(stale.json(&json!({"state": "assessed"}))).await;
    assert_eq!(stale.problem(412), "stale");
    let lacking = dora.patch(&at, json!({"state": "closed"})).await.faults();
    let lacking: Vec<&str> = lacking.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        lacking,
        [
            "consequences",
            "whose_data",
            "measures",
            "reported",
            "reasons",
            "informed"
        ]
        .map(|one| format!("record.{one}"))
    );

    clock.forward(Duration::from_secs(80 * 60 * 60));
    let officer = Browser::signed_in(&town.base, "dora.sund").await;
    let path = format!("/incidenter/{}", text(&taken["incident_id"]));
    let page = officer.get(&path).await;
    assert!(page.shows("Tiden har gått ut"), "{}", page.text);
    let today = clock.now().day().to_string();
    let form = page
        .form(&path)
        .but("record.consequences", "Någon annan fick läsa om en sjukdom")
        .but("record.whose_data", "Ett barn, hälsa")
        .but("record.measures", "Intyget är borttaget från visning")
        .with("record.reported", "ja")
        .but("record.reported_on", &today)
        .with("record.informed", "ja")
        .but("record.informed_by", "Enhetschefen")
        .with("do", "closed");
    let late = officer.submit(&path, &form, false).await;
    assert_eq!(late.status, 422);
    assert!(
        late.shows("Skriv varför den inte anmäls, eller anmäls sent."),
        "{}",
        late.text
    );
    let form = form.but("record.reasons", "Det upptäcktes en fredag");
    let closed = officer.submit(&path, &form, false).await;
    assert!(
        closed.shows("Anmäld till IMY") && closed.shows("Avslutad"),
        "{}",
        closed.text
    );
    let dora = town.person("dora.sund").await;
    let over = json!({"record": {"what_happened": "Något annat"}});
    assert_eq!(
        dora.patch(&at, over).await.problem(409),
        "ended",
        "a closed record stands"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_without_an_officer_to_assess_it_is_told_to_those_who_can_see_to_one() {
    let town = Town::new().await;
    let (anna, maria, eva, dora) = (
        town.anna().await,
        town.maria().await,
        town.eva().await,
        town.person("dora.sund").await,
    );
    let others = ["eva.strand@example.org", "stina.drift@example.org"];
    let told = async |to: &str| {
        let letters = town.letters_to(to).await.into_iter();
        let of_it: Vec<String> = letters
            .filter(|letter| letter.contains("dataskyddsombud som kan"))
            .collect();
        assert!(
            of_it
                .iter()
                .all(|letter| !letter.contains("Berg") && !letter.contains("FH-"))
        );
        of_it.len()
    };
    let (errand, message, file) = sent(&anna).await;
    // Dora has a conflict of interest with the home: she is there, and not for this.
    let homes = eva.get("/homes").await.expect(200);
    let mut homes = homes["items"].as_array().expect("homes").iter();
    let home = id(homes.find(|home| home["name"] == "Berg").expect("the home Berg"));
    let conflict = json!({"person_id": dora.id, "reason": "Granne med familjen"});
    eva.post(&format!("/homes/{home}/conflicts"), conflict)
        .await
        .expect(201);
    let of_dora = town.letters_to(DPO).await.len();
    isolates(&maria, &errand, json!({"file_id": file})).await;
    assert_eq!(town.letters_to(DPO).await.len(), of_dora);
    for other in others {
        assert_eq!(told(other).await, 1, "{other}");
    }
    // And where the board has none at all.
    let operator = famn::access::Actor::operator(town.board("borlange").await);
    let who: famn::id::PersonId = dora.id.parse().expect("an id");
    let end = move |access: famn::access::Access<'_>| access.end_role(who, famn::access::Role::DataProtectionOfficer);
    town.app.door.write(operator, end).await.expect("the role ends");
    isolates(&maria, &errand, json!({"message_id": message})).await;
    for other in others {
        assert_eq!(told(other).await, 2, "{other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_officer_shows_it_again_and_it_can_be_taken_away_anew() {
    let town = Town::new().await;
    let (anna, maria, dora, lisa) = (
        town.anna().await,
        town.maria().await,
        town.person("dora.sund").await,
        town.lisa().await,
    );
    let (errand, message, file) = sent(&anna).await;
    let taken = isolates(&maria, &errand, json!({"file_id": file})).await;
    let incident = text(&taken["incident_id"]);
    let path = format!("/incidents/{incident}/lift");
    let reason = "Det var rätt barns papper";
    dora.plant(reason);
    assert_eq!(
        lisa.get(&format!("/incidents/{incident}")).await.problem(403),
        "forbidden"
    );
    let lifted = dora.post(&path, json!({"reason": reason})).await.expect(200);
    assert!(lifted["lifted_at"].is_string());
    assert_eq!(dora.post(&path, json!({"reason": reason})).await.problem(409), "ended");
    assert_eq!(anna.get(&format!("/files/{file}/content")).await.status, 200);
    let seen = maria.opens(&errand).await.expect(200);
    let act = &seen["isolations"][0];
    assert_eq!(act["lift_reason"], reason);
    assert_eq!(
        (&act["by"]["name"], &act["lifted_by"]["name"]),
        (&json!("Maria Lind"), &json!("Dora Sund"))
    );
    // Each act with its own person and reason, none with another's.
    let page = Browser::signed_in(&town.base, "maria.lind").await;
    let page = page.get(&format!("/arenden/{errand}")).await;
    let acts = page
        .text
        .split("id=\"anmalt\"")
        .nth(1)
        .and_then(|rest| rest.split("</ul>").next());
    let acts: Vec<&str> = acts.expect("what was done").split("<li>").skip(1).collect();
    let [hidden, shown] = acts[..] else {
        panic!("two acts: {acts:?}")
    };
    for (act, has, has_not) in [
        (
            hidden,
            ["Borttaget från visning", "Maria Lind", "Hör till ett annat barn"],
            ["Dora Sund", reason],
        ),
        (
            shown,
            ["Visas igen", "Dora Sund", reason],
            ["Maria Lind", "Hör till ett annat barn"],
        ),
    ] {
        assert!(has.iter().all(|words| act.contains(words)), "{act}");
        assert!(has_not.iter().all(|words| !act.contains(words)), "{act}");
    }
    assert_eq!(seen["messages"][0]["files"][0]["name"], "intyg.png");
    let acts: Vec<String> = did(&town, &dora.id).into_iter().map(|(action, _)| action).collect();
    assert!(acts.contains(&"item.lift".to_owned()), "{acts:?}");
    assert_eq!(dora.opens(&errand).await.problem(404), "not-found", "it is no way in");
    isolates(&maria, &errand, json!({"message_id": message})).await;
    assert_eq!(
        dora.get("/incidents").await.expect(200)["items"]
            .as_array()
            .expect("items")
            .len(),
        2
    );
}
