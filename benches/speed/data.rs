//! What is measured on: the demo's people, a caseworker with twenty homes and some two thousand errands, and, where
//! asked for, a thousand times as many of others around them.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use famn::access::{Access, Actor, Origin};
use famn::account::{Attempt, open_page_session};
use famn::app::App;
use famn::clock::{Clock, Instant};
use famn::demo;
use famn::errand::{NewErrand, NewMessage, NewMessageErrand};
use famn::home::{HomeKind, LegalBasis, NewAssignment, NewHome, NewServiceUser, Protection};
use famn::id::{AssignmentId, ErrandId, HomeId};
use famn::secret::Secret;
use famn::web::IfMatch;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A folder and a database to measure on.
pub struct Place {
    pub folder: PathBuf,
    pub url: String,
}

/// Homes that Maria answers for besides the demo's two, and errands of each.
const HOMES: usize = 18;
const ERRANDS_EACH: usize = 100;
/// Errands with messages that can be opened.
const OPENED: usize = 200;
/// Errands a home has in the surroundings, and homes a board has.
const PER_HOME: usize = 57;
const PER_BOARD: usize = 350;

/// Fills a place; gives the errands that can be opened.
pub async fn fill(place: &Place, rows: usize, homes: usize) -> Vec<String> {
    let mut config = demo::config(&place.folder, SocketAddr::from(([127, 0, 0, 1], 0)));
    config.database.url = place.url.clone();
    let app = demo::open(config, Clock::system()).await.expect("the demo fills");
    let opened = conversations(&app).await;
    let homes = marias_homes(&app, homes).await;
    let mut sql = Sql::open(place);
    let (board, person) = sql.one_board();
    let mut serial = 100_000;
    for (home, assignment) in homes.into_iter().take(HOMES) {
        sql.errands(
            &board,
            &home.uuid(),
            &assignment.uuid(),
            &person,
            ERRANDS_EACH,
            &mut serial,
        );
    }
    let mut made = HOMES * ERRANDS_EACH + OPENED;
    let mut number = 0;
    while made < rows {
        made += sql.surroundings(number, rows - made);
        number += 1;
    }
    sql.settle();
    opened.iter().map(ToString::to_string).collect()
}

async fn session(app: &App, who: &str) -> Actor {
    let origin = Origin {
        request: app.clock.fresh_id::<()>().uuid(),
        ip: None,
    };
    let secret = |text: &str| Secret::new(text.to_owned());
    let attempt = Attempt {
        board: "borlange".into(),
        email: secret(who),
        password: secret(demo::PASSWORD),
        code: None,
    };
    let session = open_page_session(app, attempt, origin).await.expect("signs in").session;
    Actor::bearer(session, None, origin)
}

/// Errands of Anna's with an answer of Maria's, through the same doors as everyone's.
async fn conversations(app: &App) -> Vec<ErrandId> {
    let (anna, maria) = (
        session(app, "anna.berg@example.org").await,
        session(app, "maria.lind@example.org").await,
    );
    let mut opened = Vec::new();
    for i in 0..OPENED {
        let start = move |access: Access<'_>| {
            let own = access.assignments(famn::web::Listing { limit: 1, after: None })?;
            let body = Secret::new(format!(
                "Hej! Skolan har hört av sig om ett möte, nummer {i}. Vilken dag passar er?"
            ));
            let new = NewMessageErrand {
                assignment_id: Some(own.items[0].id),
                home_id: None,
                category: None,
                subject: Some(Secret::new("Möte i skolan".into())),
                body,
                file_ids: vec![],
                urgent: false,
                confirmed: vec![],
            };
            Ok(access.start(&NewErrand::Message(new), None)?.id)
        };
        let errand = app.door.write(anna, start).await.expect("an errand");
        let answer = NewMessage {
            body: Secret::new("Hej Anna, onsdag passar bra.".into()),
            file_ids: vec![],
            confirmed: vec![],
        };
        let reply = move |access: Access<'_>| access.reply(errand, &answer, IfMatch(None), None);
        app.door.write(maria, reply).await.expect("an answer");
        opened.push(errand);
    }
    opened
}

/// Some hundreds in one act.
const AT_ONCE: usize = 200;

async fn marias_homes(app: &App, count: usize) -> Vec<(HomeId, AssignmentId)> {
    let (board, _) = famn::board::find_board(app, "borlange")
        .await
        .expect("looks")
        .expect("the board");
    let add = |from: usize, to: usize| {
        move |access: Access<'_>| {
            let unit = access.unit_named("Familjehemsgruppen")?;
            let caseworker = access.person_by_email("maria.lind@example.org")?;
            let mut made = Vec::new();
            for i in from..to {
                let name = Secret::new(format!("Hem {i}"));
                let home = access.add_home(&NewHome {
                    name,
                    kind: HomeKind::Foster,
                    unit,
                    protected: Protection::None,
                })?;
                let (first_name, last_name) = (Secret::new(format!("Kim{i}")), Secret::new(format!("Ekelund{i}")));
                let user = NewServiceUser {
                    first_name,
                    last_name,
                    personal_number: None,
                    protected: Protection::None,
                };
                let assignment = access.add_assignment(&NewAssignment {
                    home,
                    service_user: access.add_service_user(&user)?,
                    unit,
                    label: format!("B-{i}"),
                    kind: HomeKind::Foster,
                    legal_basis: LegalBasis::SoL,
                    from: access.now().day().plus_days(-700),
                    to: None,
                    caseworker,
                    child_caseworker: None,
                    cost_code: None,
                })?;
                made.push((home, assignment));
            }
            Ok(made)
        }
    };
    let mut made = Vec::new();
    for from in (0..count.max(HOMES)).step_by(AT_ONCE) {
        let some = add(from, (from + AT_ONCE).min(count.max(HOMES)));
        let some = app.door.write(Actor::operator(board), some).await;
        made.extend(some.expect("homes"));
    }
    made
}

/// Rows put in by the thousand. What is sealed in them is noise: nobody in the measurement opens it.
enum Sql {
    Sqlite(SqliteConnection, Clock),
    Postgres(PgConnection, Clock),
}

impl Sql {
    fn open(place: &Place) -> Sql {
        match place.url.strip_prefix("sqlite:") {
            Some(path) => {
                let mut db = SqliteConnection::establish(path).expect("the file opens");
                db.batch_execute("PRAGMA busy_timeout=10000; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF;")
                    .expect("settings");
                Sql::Sqlite(db, Clock::system())
            }
            None => Sql::Postgres(
                PgConnection::establish(&place.url).expect("the server answers"),
                Clock::system(),
            ),
        }
    }

    fn run(&mut self, statement: &str) {
        match self {
            Sql::Sqlite(db, _) => db.batch_execute(statement),
            Sql::Postgres(db, _) => db.batch_execute(statement),
        }
        .unwrap_or_else(|cause| panic!("{cause}: {}", &statement[..statement.len().min(300)]));
    }

    fn id(&self, uuid: &impl std::fmt::Display) -> String {
        let text = uuid.to_string();
        match self {
            Sql::Sqlite(..) => format!("X'{}'", text.replace('-', "")),
            Sql::Postgres(..) => format!("'{text}'"),
        }
    }
    fn fresh(&self) -> String {
        let (Sql::Sqlite(_, clock) | Sql::Postgres(_, clock)) = self;
        self.id(&clock.fresh_id::<()>())
    }
    /// An id as it would have been given at that time: lists are in the order of ids.
    fn fresh_at(&self, at: Instant) -> String {
        let (Sql::Sqlite(_, clock) | Sql::Postgres(_, clock)) = self;
        let mut bytes = *clock.fresh_id::<()>().uuid().as_bytes();
        bytes[..6].copy_from_slice(&at.millis().to_be_bytes()[2..]);
        self.id(&uuid::Uuid::from_bytes(bytes))
    }
    fn bytes(&self) -> &'static str {
        match self {
            Sql::Sqlite(..) => "randomblob(73)",
            Sql::Postgres(..) => "decode(repeat('5e', 73), 'hex')",
        }
    }
    fn time(&self, at: Instant) -> String {
        match self {
            Sql::Sqlite(..) => at.micros().to_string(),
            Sql::Postgres(..) => format!("'{at}'"),
        }
    }
    const fn no(&self) -> &'static str {
        match self {
            Sql::Sqlite(..) => "0",
            Sql::Postgres(..) => "false",
        }
    }

    /// Borlänge's id, and one of its people's, as subqueries.
    fn one_board(&self) -> (String, String) {
        let board = "(SELECT id FROM board WHERE slug = 'borlange')".to_owned();
        let person =
            format!("(SELECT min_id FROM (SELECT id AS min_id FROM person WHERE board_id = {board} LIMIT 1) one)");
        (board, person)
    }

    /// Errands of one home, spread over two years, a message each.
    fn errands(
        &mut self,
        board: &str,
        home: &impl std::fmt::Display,
        assignment: &impl std::fmt::Display,
        person: &str,
        count: usize,
        serial: &mut usize,
    ) {
        let (home, assignment) = (self.id(home), self.id(assignment));
        self.errand_rows(board, &home, &assignment, person, count, serial);
    }

    fn errand_rows(
        &mut self,
        board: &str,
        home: &str,
        assignment: &str,
        person: &str,
        count: usize,
        serial: &mut usize,
    ) {
        let now = Clock::system().now();
        let (mut errands, mut messages) = (String::new(), String::new());
        for i in 0..count {
            *serial += 1;
            let at = now.minus(std::time::Duration::from_secs((i * 600_000) as u64 % 63_000_000));
            let (errand, message) = (self.fresh_at(at), self.fresh_at(at));
            let (at, bytes, no) = (self.time(at), self.bytes(), self.no());
            let comma = if i == 0 { "" } else { "," };
            let _ = write!(
                errands,
                "{comma}({errand},{board},{home},{assignment},'message','other','in_progress',2024,{serial},NULL,{no},{person},NULL,{at},{at},2,0,{bytes},{at})"
            );
            let _ = write!(
                messages,
                "{comma}({message},{board},{errand},{person},'home',{bytes},{at},NULL)"
            );
        }
        self.run(&format!(
            "BEGIN; INSERT INTO errand VALUES {errands}; INSERT INTO message VALUES {messages}; COMMIT;"
        ));
    }

    /// A board of its own with homes and errands; gives how many errands.
    fn surroundings(&mut self, number: usize, most: usize) -> usize {
        let (board, unit, person) = (self.fresh(), self.fresh(), self.fresh());
        let (bytes, no, at) = (self.bytes(), self.no(), self.time(Clock::system().now()));
        self.run(&format!(
            "INSERT INTO board (id, slug, name, administration, audience, phone, email, address, hours, updated_on, passwords_alone, created_at) VALUES ({board},'ort-{number}','Ort','F','A','1','a@example.org',NULL,NULL,'2026-01-01',{no},{at}); \
             INSERT INTO unit (id, board_id, name) VALUES ({unit},{board},'Enheten'); \
             INSERT INTO person (id, board_id, email_token, personal_number_token, name, email, phone, personal_number, version, wrapped_key, language, created_at, disabled_at, lock_no) VALUES ({person},{board},{bytes},NULL,{bytes},{bytes},NULL,NULL,1,{bytes},'sv',{at},NULL,0);"
        ));
        let (mut made, mut serial) = (0, 0);
        for i in 0..PER_BOARD {
            if made >= most {
                break;
            }
            let (home, user, assignment) = (self.fresh(), self.fresh(), self.fresh());
            self.run(&format!(
                "INSERT INTO home (id, board_id, unit_id, kind, protected, name, version, wrapped_key, created_at) VALUES ({home},{board},{unit},'foster','none',{bytes},1,{bytes},{at}); \
                 INSERT INTO service_user (id, board_id, protected, first_name, last_name, personal_number, personal_number_token, version, wrapped_key) VALUES ({user},{board},'none',{bytes},{bytes},NULL,NULL,1,{bytes}); \
                 INSERT INTO assignment (id, board_id, home_id, service_user_id, unit_id, label, kind, legal_basis, from_on, to_on, caseworker_id, child_caseworker_id, cost_code, created_at) VALUES ({assignment},{board},{home},{user},{unit},'A-{i}','foster','SoL','2024-01-01',NULL,{person},NULL,NULL,{at});"
            ));
            let count = PER_HOME.min(most - made);
            self.errand_rows(&board, &home, &assignment, &person, count, &mut serial);
            made += count;
        }
        made
    }

    fn settle(&mut self) {
        match self {
            Sql::Sqlite(..) => self.run("PRAGMA wal_checkpoint(TRUNCATE);"),
            Sql::Postgres(..) => self.run("ANALYZE;"),
        }
    }
}
