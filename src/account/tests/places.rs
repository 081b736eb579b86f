//! A place to sign in at: a board on a database of its own, with people whose password is known.

use crate::access::{Access, Actor, Origin, Role};
use crate::account::{NewPerson, api};
use crate::app::{App, DemoPerson};
use crate::board::NewBoard;
use crate::clock::{Clock, Day, Instant};
use crate::config::Config;
use crate::crypt::RootKey;
use crate::db::housekeeping::Chore;
use crate::db::schema::{audit_event, board, session};
use crate::db::{Db, migrate};
use crate::error::{Error, Result};
use crate::id::{BoardId, PersonId, SessionId, UnitId};
use crate::secret::Secret;
use crate::web::Language;
use actix_web::http::header;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web;
use diesel::prelude::*;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "famn-demo-granskog-2026";

static LOOK: Chore = Chore {
    name: "what a test looks at",
    tables: &[
        "audit_event",
        "session",
        "refresh_token",
        "sign_in_bucket",
        "credential",
        "person",
        "board",
    ],
};

/// An event as a test sees it: action, outcome, person, and the two parts that say from where and to what.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub(crate) struct Event {
    pub action: Option<String>,
    pub outcome: Option<String>,
    pub person: Option<PersonId>,
    pub actor: Option<String>,
    pub subject: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub retry_after: Option<u64>,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self, field: &str) -> String {
        self.body[field].as_str().unwrap_or_default().to_owned()
    }
}

pub(crate) struct Place {
    pub app: App,
    pub clock: Clock,
    pub board: BoardId,
    pub unit: UnitId,
    folder: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "which databases there are is the test run's own matter"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A database nobody else has on the server at `url`.
fn fresh_postgres(url: &str) -> String {
    let name = format!("famn_account_{}", hex::encode(crate::secret::random::<8>()));
    let mut server = PgConnection::establish(url).expect("PostgreSQL answers");
    diesel::sql_query(format!("CREATE DATABASE {name}"))
        .execute(&mut server)
        .expect("made");
    let (server, _) = url.rsplit_once('/').expect("a name in the address");
    format!("{server}/{name}")
}

impl Place {
    /// On the database this run of the tests stands on.
    pub(crate) async fn new() -> Place {
        let on_postgres = variable("FAMN_TEST_DATABASE").as_deref() == Some("postgres");
        let url = variable("FAMN_TEST_POSTGRES").filter(|_| on_postgres);
        Place::open(url.as_deref(), true, &[]).await
    }

    /// One on each database there is.
    pub(crate) async fn on_each() -> Vec<Place> {
        let mut places = vec![Place::open(None, true, &[]).await];
        if let Some(url) = variable("FAMN_TEST_POSTGRES") {
            places.push(Place::open(Some(&url), true, &[]).await);
        }
        places
    }

    pub(crate) async fn open(postgres: Option<&str>, passwords_alone: bool, demo: &[DemoPerson]) -> Place {
        let folder = std::env::temp_dir().join(format!("famn-account-{}", hex::encode(crate::secret::random::<8>())));
        std::fs::create_dir(&folder).expect("a folder");
        let root = folder.join("root.key");
        RootKey::make(&root).expect("a root key");
        let url = postgres.map_or_else(
            || format!("sqlite:{}", folder.join("famn.db").display()),
            fresh_postgres,
        );
        let settings = json!({
            "data": { "folder": folder },
            "database": { "url": url },
            "keys": { "root_file": root },
            "audit": { "origin": "famn.example/audit" },
            "mail": { "from": "famn@example.org" },
        });
        let provider = figment::providers::Serialized::defaults(settings);
        let config = Config::from_provider(provider).expect("settings");
        migrate::bring_up_to_date(&config.database.url).await.expect("migrated");
        let clock = Clock::fixed(Instant::parse("2026-11-22T08:00:00Z").expect("a time"));
        let app = App::open(config, clock.clone(), demo).await.expect("an app");
        let board = clock.fresh_id();
        let unit = app.door.write(Actor::operator(board), found).await;
        if !passwords_alone {
            // As boards could be before it was refused.
            let shut = |db: &mut Db| {
                diesel::update(board::table)
                    .set(board::passwords_alone.eq(false))
                    .execute(db)?;
                Ok(())
            };
            app.store.chore(&LOOK, shut).await.expect("shut");
        }
        Place {
            unit: unit.expect("a board"),
            app,
            clock,
            board,
            folder,
        }
    }

    /// Adds someone with [`PASSWORD`].
    pub(crate) async fn person(&self, email: &str, role: Role) -> PersonId {
        let hash = self
            .app
            .passwords
            .hash(Secret::new(PASSWORD.to_owned()))
            .await
            .expect("hashed");
        self.person_with_hash(email, role, Some(hash)).await
    }

    pub(crate) async fn person_with_hash(&self, email: &str, role: Role, hash: Option<String>) -> PersonId {
        let unit = (role != Role::Contractor).then_some(self.unit);
        let mut new = new_person(email);
        (new.password, new.roles) = (hash.map(Secret::new), vec![(role, unit)]);
        self.as_operator(move |access| access.add_person(&new))
            .await
            .expect("added")
    }

    pub(crate) async fn as_operator<T: Send + 'static>(
        &self,
        job: impl for<'tx> FnOnce(Access<'tx>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.app.door.write(Actor::operator(self.board), job).await
    }

    pub(crate) async fn call(&self, request: TestRequest) -> Answer {
        let app = actix_web::App::new()
            .app_data(web::Data::new(self.app.clone()))
            .service(api::post_refresh)
            .service(api::post_session)
            .service(api::delete_session)
            .service(api::get_me);
        let service = init_service(app).await;
        let answer = call_service(&service, request.to_request()).await;
        let named = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap_or_default().to_owned())
        };
        let headers: Vec<_> = answer.headers().iter().map(named).collect();
        let (status, retry_after) = (
            answer.status().as_u16(),
            answer.headers().get(header::RETRY_AFTER).cloned(),
        );
        let bytes = read_body(answer).await.to_vec();
        Answer {
            status,
            retry_after: retry_after.and_then(|value| value.to_str().ok()?.parse().ok()),
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes,
        }
    }

    pub(crate) async fn post(&self, path: &str, from: &str, body: Value) -> Answer {
        let from = format!("{from}:4711").parse().expect("an address");
        self.call(TestRequest::post().uri(path).peer_addr(from).set_json(body))
            .await
    }

    /// Tries to sign in from an address.
    pub(crate) async fn try_from(&self, from: &str, email: &str, password: &str) -> Answer {
        self.post("/sessions", from, body_of(email, password)).await
    }

    /// Signs in from the usual address.
    pub(crate) async fn sign_in(&self, email: &str) -> Answer {
        let answer = self.try_from("192.0.2.1", email, PASSWORD).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.post("/sessions/refresh", "192.0.2.1", json!({ "refresh_token": token }))
            .await
    }

    pub(crate) async fn me(&self, access: &str) -> Answer {
        let bearer = (header::AUTHORIZATION, format!("Bearer {access}"));
        self.call(TestRequest::get().uri("/me").insert_header(bearer)).await
    }

    pub(crate) async fn sign_out(&self, access: &str) -> Answer {
        let bearer = (header::AUTHORIZATION, format!("Bearer {access}"));
        self.call(TestRequest::delete().uri("/sessions/current").insert_header(bearer))
            .await
    }

    /// Looks into the tables.
    pub(crate) async fn look<T: Send + 'static>(&self, look: impl FnOnce(&mut Db) -> T + Send + 'static) -> T {
        self.app.store.survey(&LOOK, |db| Ok(look(db))).await.expect("looked")
    }

    /// The events of one action, oldest first.
    pub(crate) async fn events(&self, action: &'static str) -> Vec<Event> {
        self.look(move |db| {
            let columns = (
                audit_event::action,
                audit_event::outcome,
                audit_event::person_id,
                audit_event::actor,
                audit_event::subject,
            );
            let of_action = audit_event::table.filter(audit_event::action.eq(action));
            of_action
                .select(columns)
                .order(audit_event::id)
                .load::<Event>(db)
                .expect("events")
        })
        .await
    }

    /// The sessions that have not ended.
    pub(crate) async fn open_sessions(&self) -> Vec<SessionId> {
        let open = session::table.filter(session::ended_at.is_null());
        self.look(move |db| open.select(session::id).order(session::id).load(db).expect("sessions"))
            .await
    }

    pub(crate) fn forward(&self, seconds: u64) {
        self.clock.forward(Duration::from_secs(seconds));
    }
}

fn found(access: Access<'_>) -> Result<UnitId> {
    let text = String::new;
    let board = NewBoard {
        slug: "borlange".into(),
        name: "Socialnämnden".into(),
        administration: text(),
        audience: text(),
        phone: text(),
        email: "team@example.se".into(),
        address: None,
        hours: None,
        updated_on: Day::parse("2026-11-22").ok_or(Error::NotFound)?,
        passwords_alone: true,
        entries: vec![],
    };
    access.found_board(&board, "famn.example/audit")?;
    access.add_unit("Familjehemsteamet")
}

/// Someone called after their address, in no role and without a password.
pub(crate) fn new_person(email: &str) -> NewPerson {
    NewPerson {
        name: Secret::new(format!("Namn {email}")),
        email: Secret::new(email.to_owned()),
        phone: None,
        personal_number: None,
        language: Language::Swedish,
        password: None,
        roles: vec![],
    }
}

pub(crate) fn body_of(email: &str, password: &str) -> Value {
    json!({ "board": "borlange", "email": email, "password": password })
}

pub(crate) fn origin() -> Origin {
    Origin {
        request: Uuid::nil(),
        ip: "192.0.2.1".parse().ok(),
    }
}
