//! The log as auditors meet it through REST.

mod events;
mod log;

use crate::access::{Actor, Role, TokenId};
use crate::account::NewPerson;
use crate::audit::tests::ground::Ground;
use crate::audit::{Action, ActorPart, Core, Entry, Outcome, Relation, Subject, record};
use crate::crypt::token::{Bearer, Named};
use crate::db::Db;
use crate::db::schema::{errand, refresh_token, session};
use crate::home::{HomeKind, NewHome, Protection};
use crate::id::{BoardId, ErrandId, EventId, HomeId, PersonId, SessionId, UnitId};
use crate::secret::Secret;
use crate::server::{outermost, routes};
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
                errand::team_updated_at.eq(now),
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
        let named = Named {
            session: id,
            person,
            token,
        };
        let bearer = Bearer {
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
        self.app.keeper().bring_up_to_date().await.unwrap();
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
