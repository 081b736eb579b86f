//! The list of events: what is shown, how it is narrowed, what is refused.

use super::count;
use crate::access::Role;
use crate::audit::{Action, Outcome};
use crate::id::EventId;
use crate::testing::Ground;
use actix_web::http::StatusCode;
use serde_json::Value;

#[actix_web::test]
async fn auditors_see_who_did_what_and_no_more() {
    let ground = Ground::new().await;
    let board = ground.furnished("borlange").await;
    let read = ground.event(&board, Action::ErrandRead, Outcome::Ok, true).await;
    let auditor = ground.reviewer(&board, Role::Auditor).await;
    let (items, _) = ground.events(&auditor, "").await;
    let expected = serde_json::json!({
        "event_id": read, "index": null, "at": "2026-11-22T08:00:00.000Z", "action": "errand.read", "outcome": "ok",
        "actor": {
            "person_id": board.caseworker, "name": "Maria caseworker", "role": "caseworker",
            "unit": "Familjehemsenheten",
        },
        "errand_number": "FH-2026-000123-3", "object_type": "errand", "object_id": board.errand,
        "relation": "deputy", "reason_code": "deputising",
    });
    assert_eq!(*of(&items, read), expected);

    ground.keep_log().await;
    let (items, _) = ground.events(&auditor, "").await;
    assert_eq!(of(&items, read)["index"], 5);
    // Looking was an event of its own, with what it showed.
    assert_eq!(
        (&items[0]["action"], &items[0]["relation"]),
        (&"audit.read".into(), &"auditor".into())
    );
    assert_eq!(items[0]["object_type"], "event");
    let subjects = "SELECT count(*) AS count FROM audit_event WHERE action = 'audit.read' AND subject LIKE";
    let shown = count(&ground, format!("{subjects} '%{read}%'")).await;
    assert_eq!(shown, 2);
}

#[actix_web::test]
async fn a_list_is_narrowed_and_paged() {
    let ground = Ground::new().await;
    let board = ground.furnished("borlange").await;
    let auditor = ground.reviewer(&board, Role::Auditor).await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(
            ground
                .event(&board, Action::ErrandRead, Outcome::Ok, true)
                .await
                .to_string(),
        );
        ground.pass(60);
    }
    let denied = ground
        .event(&board, Action::NoteRead, Outcome::Denied, true)
        .await
        .to_string();
    let of_home = ground
        .event(&board, Action::AssignmentList, Outcome::Ok, false)
        .await
        .to_string();
    ground.keep_log().await;
    let newest_first = |count: usize| made[..count].iter().rev().cloned().collect::<Vec<_>>();

    assert_eq!(ground.ids(&auditor, "action=errand.read").await, newest_first(3));
    assert_eq!(ground.ids(&auditor, "outcome=denied").await, vec![denied.clone()]);
    assert_eq!(ground.ids(&auditor, &format!("home={}", board.home)).await[0], of_home);
    let errand = [vec![denied], newest_first(3)].concat();
    assert_eq!(ground.ids(&auditor, &format!("errand={}", board.errand)).await, errand);
    assert_eq!(ground.ids(&auditor, "errand=fh-2026-000123-3").await, errand);
    assert_eq!(ground.ids(&auditor, "errand=FH-2026-000124-1").await, [""; 0]);
    assert_eq!(
        ground
            .ids(&auditor, &format!("person={}", board.caseworker))
            .await
            .len(),
        5
    );
    let window = "from=2026-11-22T08:01:00Z&to=2026-11-22T09:01:00%2B01:00";
    assert_eq!(ground.ids(&auditor, window).await, [made[1].clone()]);
    let narrow = format!("{window}&person={}&action=errand.read&epoch=1", board.caseworker);
    assert_eq!(ground.ids(&auditor, &narrow).await, [made[1].clone()]);
    assert_eq!(ground.ids(&auditor, "epoch=2").await, [""; 0]);

    let (first, cursor) = ground.events(&auditor, "action=errand.read&limit=2").await;
    let next = format!("action=errand.read&limit=2&cursor={}", cursor.unwrap());
    let (rest, end) = ground.events(&auditor, &next).await;
    let ids: Vec<_> = first
        .iter()
        .chain(&rest)
        .map(|item| item["event_id"].as_str().unwrap())
        .collect();
    assert_eq!(
        (ids.iter().map(ToString::to_string).collect::<Vec<_>>(), end),
        (newest_first(3), None)
    );
}

#[actix_web::test]
async fn what_is_asked_wrongly_is_refused() {
    let ground = Ground::sqlite().await;
    let board = ground.furnished("borlange").await;
    let auditor = ground.reviewer(&board, Role::Auditor).await;
    for query in [
        "events?who=me",
        "events?action=errand.steal",
        "events?outcome=maybe",
        "events?person=x",
        "events?cursor=x",
        "checkpoint?epoch=x",
        "vkey?board=borlange",
        "export?from_index=-1",
    ] {
        assert_eq!(ground.get(&auditor, query).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
    for (query, faults) in [
        ("events?from=yesterday", vec![("from", "time")]),
        (
            "events?from=x&to=x&errand=x",
            vec![("from", "time"), ("to", "time"), ("errand", "errand-number")],
        ),
        ("events?errand=FH-2026-000123-4", vec![("errand", "errand-number")]),
        (
            "events?from=2026-11-22T08:00:00Z&to=2026-11-22T07:59:59Z&limit=0",
            vec![("to", "time-order"), ("limit", "limit-range")],
        ),
        ("export?from_index=2&to_index=1", vec![("to_index", "index-order")]),
    ] {
        let (status, body) = ground.get(&auditor, query).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let problem: Value = serde_json::from_str(&body).unwrap();
        let found: Vec<_> = problem["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| {
                assert!(!fault["message"].as_str().unwrap().starts_with("fault-"), "{body}");
                (fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap())
            })
            .collect();
        assert_eq!(found, faults, "{query}");
    }
    for nothing in ["checkpoint?epoch=2", "vkey?epoch=0", "export?epoch=9", "checkpoint"] {
        assert_eq!(
            ground.get(&auditor, nothing).await.0,
            StatusCode::NOT_FOUND,
            "{nothing}"
        );
    }
    assert_eq!(ground.get("x", "events").await.0, StatusCode::UNAUTHORIZED);
}

/// The item of that event.
fn of(items: &[Value], event: EventId) -> &Value {
    items
        .iter()
        .find(|item| item["event_id"] == *event.to_string())
        .unwrap()
}
