//! Acts that take a sign-in of the last five minutes: a session left open on a desk is not enough for them.

use crate::kit::hidden::Hidden;
use crate::kit::wishes::travel;
use crate::kit::{Browser, Person, Town, count, events, id};
use famn::clock::Clock;
use famn::home::Protection;
use serde_json::{Value, json};
use std::time::Duration;

const FRESH: Duration = Duration::from_secs(5 * 60);
const WHY: &str = "Kontrollerar resans längd";

fn clock() -> Clock {
    Clock::fixed(Clock::system().now().plus(FRESH * 300))
}

/// The refused attempts in the log, by their action.
fn refused(town: &Town) -> Vec<Value> {
    let step_up = |event: &Value| event["outcome"] == "denied" && event["reason_code"] == "step_up";
    let events = events(&town.place).into_iter().filter(step_up);
    events.map(|event| event["action"].clone()).collect()
}

async fn posts_stale(who: &Person, path: &str, body: Value) {
    let answer = who.post(path, body).await;
    let asks = answer
        .header("www-authenticate")
        .contains("insufficient_user_authentication");
    assert!(asks, "{path}: {answer}");
    assert_eq!(answer.problem(401), "step-up", "{path}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_left_open_sees_no_places_and_gives_no_roles() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let (jonas, stina, dora, eva) = (
        town.jonas().await,
        town.person("stina.drift").await,
        town.person("dora.sund").await,
        town.eva().await,
    );
    let (ali, maria) = (town.person("ali.ek").await, town.maria().await);
    let errand = id(&of.vilgot.post("/errands", travel(&of.assignment)).await.expect(201));
    let (roles, named) = (
        format!("/persons/{}/roles", ali.id),
        format!("/protected-homes/{}/named", of.home),
    );
    let auditor = json!({"role": "auditor", "reason": "Ny granskare"});
    let proposed = id(&stina.post(&roles, auditor).await.expect(201));
    let naming = json!({"person_id": maria.id, "reason": "Vikarierar"});
    let waiting = id(&eva.post(&named, naming).await.expect(201));
    clock.forward(FRESH + Duration::from_secs(1));
    let before = [
        "role_grant",
        "role_proposal",
        "protected_grant",
        "protected_look",
        "invitation",
    ];
    let before = before.map(|table| (table, count(&town.place, table)));

    posts_stale(&jonas, &format!("/errands/{errand}/protected"), json!({"reason": WHY})).await;
    posts_stale(&stina, &roles, json!({"role": "archivist", "reason": "Ny arkivarie"})).await;
    posts_stale(&eva, &named, json!({"person_id": jonas.id, "reason": "Vikarierar"})).await;
    let invited = json!({"email": "ny@example.org", "name": "Ny Person", "role": "finance"});
    posts_stale(&stina, "/invitations", invited).await;
    for path in [format!("{roles}/{proposed}"), format!("{named}/{waiting}")] {
        let yes = dora.patch(&path, json!({"confirmed": true})).await;
        assert_eq!(yes.problem(401), "step-up", "{path}");
    }
    for (table, rows) in before {
        assert_eq!(count(&town.place, table), rows, "{table}");
    }
    let actions = [
        "protected.read",
        "role.grant",
        "protected.propose",
        "invitation.send",
        "role.grant",
        "protected.grant",
    ];
    assert_eq!(refused(&town), actions);
    // What is wrong otherwise is told first, so that nobody signs in for nothing; ending takes no more than before.
    let short = json!({"reason": "kort"});
    assert_eq!(
        jonas.post(&format!("/errands/{errand}/protected"), short).await.status,
        422
    );
    let ended = eva.patch(&format!("{named}/{waiting}"), json!({"ended": true})).await;
    ended.expect(200);
    let jonas = town.jonas().await;
    let shown = jonas
        .post(&format!("/errands/{errand}/protected"), json!({"reason": WHY}))
        .await;
    assert_eq!(shown.expect(200)["travel"]["from"], "Borlänge");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_to_sign_in_once_more_and_keeps_what_was_typed() {
    let clock = clock();
    let town = Town::at(clock.clone()).await;
    let of = Hidden::of(&town, (Protection::SecrecyMarking, Protection::None)).await;
    let errand = id(&of.vilgot.post("/errands", travel(&of.assignment)).await.expect(201));
    let (page, action) = (format!("/arenden/{errand}"), format!("/arenden/{errand}/skyddat"));
    let jonas = Browser::signed_in(&town.base, "jonas.ahl").await;
    let form = jonas.get(&page).await.form(&action).but("protected.reason", WHY);
    clock.forward(FRESH + Duration::from_secs(1));
    let asked = jonas.submit(&action, &form, false).await;
    assert!(
        asked.status == 401 && asked.shows("Logga in en gång till") && !asked.shows("resecentrum"),
        "{}",
        asked.text
    );
    let signs_in = |email: &str| {
        let form = asked.form("/logga-in").but("board", "borlange");
        form.but("email", email).but("password", famn::demo::PASSWORD)
    };
    let back = jonas
        .submit("/logga-in", &signs_in("jonas.ahl@example.org"), false)
        .await;
    assert!(back.shows("Det du skrev finns kvar"), "{}", back.text);
    let again = jonas
        .submit(&action, &back.form(&action).but("do", "edit"), false)
        .await;
    let filled = again.form(&action);
    assert!(
        filled.fields.contains(&("protected.reason".into(), WHY.into())),
        "{:?}",
        filled.fields
    );
    let shown = jonas.submit(&action, &filled, false).await;
    assert!(shown.status == 200 && shown.shows("resecentrum"), "{}", shown.text);

    // Another who signs in on that page is given nothing of it.
    clock.forward(FRESH + Duration::from_secs(1));
    let asked = jonas
        .submit(
            &action,
            &jonas.get(&page).await.form(&action).but("protected.reason", WHY),
            false,
        )
        .await;
    let other = asked
        .form("/logga-in")
        .but("board", "borlange")
        .but("email", "maria.lind@example.org");
    let other = jonas
        .submit("/logga-in", &other.but("password", famn::demo::PASSWORD), false)
        .await;
    assert!(!other.shows(WHY) && other.shows("Maria Lind"), "{}", other.text);
}
