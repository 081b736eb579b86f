//! What a home sees and may do while its assignment is restricted: the assignment as it stood, what lies in the wrong
//! place, and what staff registers for it meanwhile.

use super::{DAY, Scene, all_seen, restricts};
use crate::kit::{Browser, Person, count, events, id, picture};
use famn::clock::Clock;
use serde_json::{Value, json};
use std::time::Duration;

fn without_request(mut body: Value) -> Value {
    body.as_object_mut()
        .expect("a problem")
        .retain(|name, _| name != "request_id" && name != "instance");
    body
}

async fn takes_away(who: &Person, errand: &str, item: (&str, &str)) -> Value {
    let body = json!({item.0: item.1, "reason": "Hör till ett annat barn"});
    who.post(&format!("/errands/{errand}/isolations"), body)
        .await
        .expect(201)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_changed_while_restricted_stands_to_its_home_as_it_stood() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(7200)));
    let of = Scene::of(clock.clone()).await;
    let (anna, eva, at) = (&of.anna, &of.eva, format!("/assignments/{}", of.assignment));
    all_seen(anna, &of.errands()).await;
    let before = anna.get("/assignments").await.expect(200);
    // Shut and changed in one act, and changed again.
    let today = clock.now().day();
    let moved = json!({"restricted": true, "reason": "Barnet har flyttats i hast", "legal_basis": "LVU",
        "to": today.plus_days(14).to_string()});
    eva.patch(&at, moved).await.expect(200);
    let first = all_seen(anna, &of.errands()).await;
    assert_eq!(anna.get("/assignments").await.expect(200), before);
    eva.patch(&at, json!({"to": today.to_string()})).await.expect(200);
    assert_eq!(all_seen(anna, &of.errands()).await, first);
    let page = Browser::signed_in(&of.town.base, "anna.berg").await;
    let shown = page.get(&format!("/arenden/{}", of.wish)).await;
    assert!(!shown.text.contains("LVU"));
    let seen = eva.opens(&of.wish).await.expect(200);
    assert_eq!(seen["assignment"]["legal_basis"], "LVU");
    assert_eq!(seen["assignment"]["to"], today.to_string());

    // Nor does it go, when that day has long been: the home does not know of it.
    clock.forward(Duration::from_secs(300 * DAY));
    let anna = of.town.anna().await;
    assert_eq!(anna.get("/assignments").await.expect(200), before);
    assert_eq!(all_seen(&anna, &of.errands()).await, first);
    restricts(&of.town.eva().await, &of.assignment, false).await;
    let now = anna.get("/assignments").await.expect(200).to_string();
    assert!(!now.contains(&of.assignment), "what ended so long ago is hidden: {now}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restricted_home_reports_what_it_sees_and_learns_of_nothing_else() {
    let of = Scene::of(Clock::system()).await;
    let (anna, maria) = (&of.anna, &of.maria);
    restricts(&of.eva, &of.assignment, true).await;
    let secret = id(&maria.uploads("beslut.png", "image/png", picture()).await.expect(201));
    let answer = json!({"body": "Utredningen fortsätter", "file_ids": [secret]});
    let sent = id(&maria
        .post(&format!("/errands/{}/messages", of.message), answer)
        .await
        .expect(201));
    let elsewhere = id(&of.town.sara().await.writes("En annan familjs sak").await);
    let reports = format!("/errands/{}/reports", of.message);
    let mut answers = Vec::new();
    for (kind, item) in [
        ("file_id", &secret),
        ("message_id", &sent),
        ("file_id", &elsewhere),
        ("message_id", &elsewhere),
        ("message_id", &of.assignment),
    ] {
        let answer = anna.post(&reports, json!({kind: item, "words": "Fel barn"})).await;
        assert_eq!(answer.status, 404, "{kind}");
        answers.push(without_request(answer.json()));
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:#?}");
    let denied = |event: &&Value| event["action"] == "item.report" && event["outcome"] == "denied";
    assert_eq!(events(&of.town.place).iter().filter(denied).count(), answers.len());
    let new = id(&maria
        .post(
            "/errands",
            json!({"kind": "message", "assignment_id": of.assignment, "body": "Möte med oss"}),
        )
        .await
        .expect(201));
    let in_new = json!({"message_id": sent});
    anna.post(&format!("/errands/{new}/reports"), in_new).await.problem(404);

    // On the page the same: what it offers is what is seen, and what is forged is nothing.
    let page = Browser::signed_in(&of.town.base, "anna.berg").await;
    let action = format!("/arenden/{}/anmal", of.message);
    let ask = page.get(&action).await;
    assert!(!ask.text.contains(&secret) && !ask.text.contains(&sent), "{}", ask.text);
    let forged = ask.form(&action).but("item", &format!("file:{secret}"));
    assert_eq!(page.submit(&action, &forged, false).await.status, 404);
    assert_eq!(count(&of.town.place, "wrong_report"), 0);
    let seen = ask.form(&action).but("item", &format!("file:{}", of.file));
    let done = page
        .submit(&action, &seen.but("words", "Det är ett annat barns"), false)
        .await;
    assert!(done.shows("Teamet har fått din anmälan"), "{}", done.text);
    let told = maria.opens(&of.message).await.expect(200);
    assert_eq!(told["reports"][0]["file_id"], json!(of.file));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_out_of_view_is_so_for_a_restricted_home_too_and_tells_no_later_time() {
    let of = Scene::of(Clock::system()).await;
    let (anna, maria, dora) = (&of.anna, &of.maria, of.town.person("dora.sund").await);
    // Out of view before, and let be seen again during it.
    let wrong = id(&maria.uploads("intyg.png", "image/png", picture()).await.expect(201));
    let answer = json!({"body": "Här är intyget", "file_ids": [wrong]});
    maria
        .post(&format!("/errands/{}/messages", of.message), answer)
        .await
        .expect(201);
    let taken = takes_away(maria, &of.message, ("file_id", &wrong)).await;
    restricts(&of.eva, &of.assignment, true).await;
    let change = json!({"child_caseworker_id": of.eva.id});
    let shut = of
        .eva
        .patch(&format!("/assignments/{}", of.assignment), change)
        .await
        .expect(200);
    let since = shut["restricted"]["at"].as_str().expect("an instant").to_owned();
    all_seen(anna, &of.errands()).await;
    let first = all_seen(anna, &of.errands()).await;
    let lift = format!("/incidents/{}/lift", taken["incident_id"].as_str().expect("an id"));
    dora.post(&lift, json!({"reason": "Det var rätt barns"}))
        .await
        .expect(200);
    assert_eq!(maria.get(&format!("/files/{wrong}/content")).await.status, 200);
    assert_eq!(
        all_seen(anna, &of.errands()).await,
        first,
        "to the home nothing has happened"
    );
    anna.get(&format!("/files/{wrong}/content")).await.problem(404);

    // Taken out of view during it: another child's paper is nobody's to read on.
    takes_away(maria, &of.message, ("file_id", &of.file)).await;
    anna.get(&format!("/files/{}/content", of.file)).await.problem(404);
    let seen = anna.opens(&of.message).await.expect(200);
    assert!(!seen.to_string().contains("skola.png"), "{seen}");
    let left = seen["messages"][0]["files"][0]["isolated"].as_str().expect("a time");
    assert!(left <= since.as_str(), "{left} tells of something after {since}");
    restricts(&of.eva, &of.assignment, false).await;
    assert_eq!(anna.get(&format!("/files/{wrong}/content")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_for_a_restricted_assignment_is_taken_and_the_form_says_that_the_home_will_not_see_it() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(7200)));
    let of = Scene::of(clock.clone()).await;
    let (anna, maria, erik) = (&of.anna, &of.maria, of.town.erik().await);
    let assignment = anna.get("/assignments").await.expect(200)["items"][0].clone();
    let (home, label) = (
        id(&assignment["home"]),
        assignment["label"].as_str().expect("a label").to_owned(),
    );
    let said = format!("Begränsat: {label}. Hemmet ser inte det du skickar");
    let team = Browser::signed_in(&of.town.base, "maria.lind").await;
    let forms = ["/skriv", "/onska/inkop", "/onska/resa", "/kvitton"];
    for form in forms {
        assert!(
            !team.get(&format!("{form}?hem={home}")).await.shows("Begränsat:"),
            "{form}"
        );
    }
    restricts(&of.eva, &of.assignment, true).await;
    for form in forms {
        let page = team.get(&format!("{form}?hem={home}")).await;
        assert!(page.shows(&said), "{form}: {}", page.text);
    }
    assert!(team.get("/skriv").await.shows(&said));
    let own = Browser::signed_in(&of.town.base, "anna.berg").await;
    assert!(!own.get("/skriv").await.shows("Begränsat:"));

    let letters = async || {
        let of_anna = of.town.letters_to("anna.berg@example.org").await.len();
        of_anna + of.town.letters_to("erik.berg@example.org").await.len()
    };
    let (before, errands) = (letters().await, anna.get("/errands?limit=100").await.expect(200));
    let form = team.get(&format!("/skriv?hem={home}")).await.form("/skriv");
    let filled = form
        .but("paper.on_behalf_of", &erik.id)
        .but("paper.received_on", &clock.now().day().to_string())
        .but("where", &format!("uppdrag:{}", of.assignment))
        .but("body", "Vi vill gärna veta mer")
        .but("do", "check")
        .file("paper.scan", "blankett.png", "image/png", &picture());
    let check = team.submit("/skriv", &filled, true).await;
    assert!(check.status == 200 && check.shows(&said), "{}", check.text);
    let sent = team
        .submit("/skriv", &check.form("/skriv").with("do", "send"), true)
        .await;
    assert!(
        sent.path.ends_with("/klart") && sent.shows("Uppdraget är begränsat. Hemmet ser inte det här"),
        "{}",
        sent.text
    );
    let errand = sent
        .path
        .trim_end_matches("/klart")
        .trim_start_matches("/arenden/")
        .to_owned();
    assert_eq!(letters().await, before, "nobody at home is told");
    anna.opens(&errand).await.problem(404);
    assert_eq!(anna.get("/errands?limit=100").await.expect(200), errands);
    assert_eq!(maria.opens(&errand).await.expect(200)["channel"], "paper");
    restricts(&of.eva, &of.assignment, false).await;
    anna.opens(&errand).await.expect(200);
}
