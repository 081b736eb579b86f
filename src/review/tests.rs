//! The log as auditors meet it through REST.

use crate::access::{Actor, Role, TokenId};
use crate::account::NewPerson;
use crate::audit::chain::Verifier;
use crate::audit::export::ExportLine;
use crate::audit::keeper::Keeper;
use crate::audit::note::VerifierKey;
use crate::audit::{Action, ActorPart, Core, Entry, Outcome, Relation, Subject, record};
use crate::crypt::token::{Bearer, Named};
use crate::db::Db;
use crate::db::schema::{errand, refresh_token, session};
use crate::home::{HomeKind, NewHome, Protection};
use crate::id::{BoardId, ErrandId, EventId, HomeId, PersonId, SessionId, UnitId};
use crate::secret::Secret;
use crate::server::{outermost, routes};
use crate::testing::Ground;
use crate::web::Language;
use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::{test, web};
use diesel::prelude::*;
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// The events of a board being furnished: itself, unit, home, a person and her role.
const FURNISHING: u64 = 5;

/// A board with a unit, a home, an errand `FH-2026-000123-3`, a caseworker who has done things, and reviewers.
struct Board {
    id: BoardId,
    unit: UnitId,
    home: HomeId,
    errand: ErrandId,
    caseworker: PersonId,
}

impl Ground {
    async fn furnished(&self, slug: &str) -> Board {
        let id = self.board(slug).await;
        let name = Secret::new(String::from("Berg"));
        let made = self.app.door.write(Actor::operator(id), move |access| {
            let unit = access.add_unit("Familjehemsenheten")?;
            let (kind, protected) = (HomeKind::Foster, Protection::None);
            Ok((
                unit,
                access.add_home(&NewHome {
                    name,
                    kind,
                    unit,
                    protected,
                })?,
            ))
        });
        let (unit, home) = made.await.unwrap();
        let caseworker = self.person((id, unit), Role::Caseworker).await;
        let (errand, now) = (self.app.clock.fresh_id(), self.app.clock.now());
        self.bare(move |db| {
            let row = (
                errand::id.eq(errand),
                errand::board_id.eq(id),
                errand::home_id.eq(home),
                errand::kind.eq("message"),
                errand::state.eq("received"),
                errand::number_year.eq(2026),
                errand::number_serial.eq(123),
                errand::urgent.eq(false),
                errand::created_by.eq(caseworker),
                errand::received_at.eq(now),
                errand::updated_at.eq(now),
                errand::version.eq(1),
                errand::lock_no.eq(0),
                errand::wrapped_key.eq(vec![0]),
            );
            diesel::insert_into(errand::table).values(row).execute(db).unwrap();
        })
        .await;
        Board {
            id,
            unit,
            home,
            errand,
            caseworker,
        }
    }

    async fn person(&self, (board, unit): (BoardId, UnitId), role: Role) -> PersonId {
        let email = format!("{}@example.org", self.app.clock.fresh_id::<()>());
        let new = NewPerson {
            name: Secret::new(format!("Maria {}", role.as_str())),
            email: Secret::new(email),
            phone: None,
            personal_number: None,
            language: Language::Swedish,
            password: None,
            roles: vec![(role, Some(unit))],
        };
        let added = self
            .app
            .door
            .write(Actor::operator(board), move |access| access.add_person(&new));
        added.await.unwrap()
    }

    /// Signs a person in and gives the access token.
    async fn sign_in(&self, board: BoardId, person: PersonId) -> String {
        let (id, token, now): (SessionId, TokenId, _) = (
            self.app.clock.fresh_id(),
            self.app.clock.fresh_id(),
            self.app.clock.now(),
        );
        let acr = crate::access::PASSWORD_ALONE;
        self.bare(move |db| {
            let row = (
                session::id.eq(id),
                session::board_id.eq(board),
                session::person_id.eq(person),
                session::acr.eq(acr),
                session::amr.eq("pwd"),
                session::started_at.eq(now),
                session::seen_at.eq(now),
                session::expires_at.eq(now.plus(Duration::from_secs(3600))),
                session::network_token.eq(vec![0; 16]),
                session::lock_no.eq(0),
            );
            diesel::insert_into(session::table).values(row).execute(db).unwrap();
            let token = (
                refresh_token::id.eq(token),
                refresh_token::session_id.eq(id),
                refresh_token::hash.eq(token.uuid().as_bytes().to_vec()),
                refresh_token::made_at.eq(now),
            );
            diesel::insert_into(refresh_token::table)
                .values(token)
                .execute(db)
                .unwrap();
        })
        .await;
        let named = Named { session: id, token };
        let bearer = Bearer {
            person,
            board,
            named,
            acr,
            amr: "pwd",
            signed_in_at: now,
        };
        self.app.tokens.make(bearer, now).unwrap().expose().clone()
    }

    async fn reviewer(&self, board: &Board, role: Role) -> String {
        let person = self.person((board.id, board.unit), role).await;
        self.sign_in(board.id, person).await
    }

    /// Writes an event of the caseworker's into the log.
    async fn event(&self, board: &Board, action: Action, outcome: Outcome, about_errand: bool) -> EventId {
        let id: EventId = self.app.clock.fresh_id();
        let core = Core {
            action,
            outcome,
            reason_code: Some("deputising"),
            relation: Relation::Deputy,
            request_id: Some(Uuid::from_u128(7)),
            unit: Some(board.unit.uuid()),
        };
        let actor = ActorPart {
            person: Some(board.caseworker.uuid()),
            role: Some("caseworker"),
            ..ActorPart::default()
        };
        let subject = Subject {
            errand: about_errand.then_some(board.errand.uuid()),
            home: (!about_errand).then_some(board.home.uuid()),
            object: Some(board.errand.uuid()),
            object_type: Some("errand"),
            ..Subject::default()
        };
        let at = self.app.clock.now().millis();
        let entry = Entry::compose(id.uuid(), at, &core, &actor, &subject).unwrap();
        let (keyring, board) = (self.app.keyring.clone(), board.id);
        self.bare(move |db: &mut Db| {
            let keys = keyring.of(db, board).unwrap();
            record(db, &keys, &[entry]).unwrap();
        })
        .await;
        id
    }

    async fn keep_log(&self) {
        let (store, keyring, clock) = (self.app.store.clone(), self.app.keyring.clone(), self.app.clock.clone());
        Keeper { store, keyring, clock }.bring_up_to_date().await.unwrap();
    }

    async fn get(&self, token: &str, path: &str) -> (StatusCode, String) {
        let app = actix_web::App::new().app_data(web::Data::new(self.app.clone()));
        let service = test::init_service(app.wrap(from_fn(outermost)).configure(routes)).await;
        let request = test::TestRequest::get().uri(&format!("/api/v1/audit/{path}"));
        let request = request
            .insert_header(("Authorization", format!("Bearer {token}")))
            .to_request();
        let answer = test::call_service(&service, request).await;
        let status = answer.status();
        (
            status,
            String::from_utf8(test::read_body(answer).await.to_vec()).unwrap(),
        )
    }

    /// The items of a page of events, and the next cursor.
    async fn events(&self, token: &str, query: &str) -> (Vec<Value>, Option<String>) {
        let (status, body) = self.get(token, &format!("events?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{query}: {body}");
        let page: Value = serde_json::from_str(&body).unwrap();
        (
            page["items"].as_array().unwrap().clone(),
            page["next_cursor"].as_str().map(Into::into),
        )
    }

    async fn ids(&self, token: &str, query: &str) -> Vec<String> {
        let (items, _) = self.events(token, &format!("limit=100&{query}")).await;
        items
            .iter()
            .map(|item| item["event_id"].as_str().unwrap().to_owned())
            .collect()
    }
}

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

/// The item of that event.
fn of(items: &[Value], event: EventId) -> &Value {
    items
        .iter()
        .find(|item| item["event_id"] == *event.to_string())
        .unwrap()
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

async fn count(ground: &Ground, sql: String) -> i64 {
    ground
        .bare(move |db| diesel::sql_query(sql).get_result::<Count>(db).unwrap().count)
        .await
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
    let origin = crate::access::Origin {
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
