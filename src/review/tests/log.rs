//! Checkpoint, key, export and state; who may; and that nothing crosses boards.

use super::{FURNISHING, count};
use crate::access::{Actor, Origin, Role};
use crate::audit::chain::Verifier;
use crate::audit::export::ExportLine;
use crate::audit::note::VerifierKey;
use crate::audit::{Action, Outcome};
use crate::db::schema::session;
use crate::id::SessionId;
use crate::testing::Ground;
use actix_web::http::StatusCode;
use diesel::prelude::*;
use uuid::Uuid;

#[actix_web::test]
async fn only_reviewers_read_the_log_and_each_attempt_stands_in_it() {
    let ground = Ground::new().await;
    let board = ground.furnished("borlange").await;
    ground.keep_log().await;
    let calls = ["events", "export", "checkpoint", "vkey"];
    for role in Role::ALL {
        let token = ground.reviewer(&board, role).await;
        let mut allowed = Vec::new();
        for call in calls {
            match ground.get(&token, call).await {
                (StatusCode::OK, _) => allowed.push(call),
                (status, body) => {
                    assert_eq!(status, StatusCode::FORBIDDEN, "{role:?} {call}");
                    assert!(body.contains("/problems/forbidden"), "{body}");
                }
            }
        }
        let expected = match role {
            Role::Auditor => &calls[..],
            Role::DataProtectionOfficer => &calls[2..],
            _ => &[],
        };
        assert_eq!(allowed, expected, "{role:?}");
    }
    let denied = "SELECT count(*) AS count FROM audit_event WHERE outcome = 'denied' AND action";
    for (action, attempts) in [("audit.read", 8), ("audit.export", 8), ("audit.checkpoint", 14)] {
        assert_eq!(
            count(&ground, format!("{denied} = '{action}'")).await,
            attempts,
            "{action}"
        );
    }
}

#[actix_web::test]
async fn an_export_is_whole_counted_in_the_log_and_can_be_checked_by_anyone() {
    let ground = Ground::new().await;
    let board = ground.furnished("borlange").await;
    for _ in 0..600 {
        ground.event(&board, Action::ErrandRead, Outcome::Ok, true).await;
    }
    ground.keep_log().await;
    let auditor = ground.reviewer(&board, Role::Auditor).await;
    let text = async |call: &str| {
        let (status, body) = ground.get(&auditor, call).await;
        assert_eq!(status, StatusCode::OK, "{call}: {body}");
        body
    };
    let key: VerifierKey = text("vkey").await.trim_end().parse().unwrap();
    let note = text("checkpoint?epoch=1").await;
    ground.keep_log().await;
    let export = text("export").await;
    let mut verifier = Verifier::new(key.origin(), key.clone());
    verifier.checkpoint(None, &note);
    export
        .lines()
        .for_each(|line| verifier.row(&ExportLine::parse(line).unwrap().row()));
    let verdict = verifier.finish(None);
    assert_eq!(verdict.findings, []);
    // Beyond the checkpoint: adding the auditor, fetching key and checkpoint.
    assert_eq!(
        (verdict.rows, verdict.checkpoint),
        (FURNISHING + 604, Some(FURNISHING + 600))
    );
    let counted = "SELECT count(*) AS count FROM audit_event WHERE action = 'audit.export' AND subject LIKE";
    assert_eq!(
        count(&ground, format!("{counted} '%\"count\":{}%'", FURNISHING + 604)).await,
        1
    );

    let lines = export.lines().collect::<Vec<_>>();
    for (query, range) in [
        ("from_index=600", 600..609),
        ("from_index=2&to_index=4", 2..5),
        ("to_index=0&epoch=1", 0..1),
    ] {
        assert_eq!(
            text(&format!("export?{query}")).await.lines().collect::<Vec<_>>(),
            lines[range],
            "{query}"
        );
    }
    assert_eq!(text("export?from_index=9999").await, "");
}

#[actix_web::test]
async fn nothing_crosses_boards() {
    let ground = Ground::sqlite().await;
    let (board, other) = (ground.furnished("borlange").await, ground.furnished("vansbro").await);
    ground.event(&board, Action::ErrandRead, Outcome::Ok, true).await;
    ground.keep_log().await;
    let stranger = ground.reviewer(&other, Role::Auditor).await;
    for query in [
        String::from("action=errand.read"),
        format!("errand={}", board.errand),
        format!("person={}", board.caseworker),
        format!("home={}", board.home),
    ] {
        assert_eq!(ground.ids(&stranger, &query).await, [""; 0], "{query}");
    }
    // The same number is another errand there.
    assert_eq!(ground.ids(&stranger, "errand=FH-2026-000123-3").await, [""; 0]);
    let (_, key) = ground.get(&stranger, "vkey").await;
    assert!(key.starts_with("famn.example/audit/vansbro/1+"), "{key}");
    let (_, export) = ground.get(&stranger, "export").await;
    assert_eq!(export.lines().count() as u64, FURNISHING);
    assert!(!export.contains(&board.errand.to_string()));
}

#[actix_web::test]
async fn the_state_of_the_log_is_told_to_pages() {
    let ground = Ground::sqlite().await;
    let board = ground.furnished("borlange").await;
    let auditor = ground.person((board.id, board.unit), Role::Auditor).await;
    ground.sign_in(board.id, auditor).await;
    let session = ground
        .bare(move |db| session::table.select(session::id).first::<SessionId>(db).unwrap())
        .await;
    let origin = Origin {
        request: Uuid::from_u128(1),
        ip: None,
    };
    let state = async || {
        let actor = Actor::bearer(session, None, origin);
        ground.app.door.read(actor, |access| access.log_state()).await.unwrap()
    };
    let before = state().await;
    assert_eq!(
        (before.epoch, before.placed, before.waiting, before.signed),
        (1, 0, FURNISHING + 2, None)
    );
    ground.keep_log().await;
    let after = state().await;
    assert_eq!((after.placed, after.waiting), (FURNISHING + 3, 0));
    let signed = after.signed.unwrap();
    assert_eq!((signed.size, signed.root.len()), (FURNISHING + 3, 44));
    assert!(after.key.starts_with("famn.example/audit/borlange/1+"));
}
