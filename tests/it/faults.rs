//! What the service stands on fails beneath it: the disk takes no more, a commit fails, the database goes away or falls
//! silent. Each is told as docs/OPERATIONS.md says, nothing is lost or half there, and it needs no restart.

mod silent;

use crate::health::Gone;
use crate::kit::{Answer, Person, Place, Running, Server, Town, count, famn, id, on_postgres, samples, texts};
use crate::served::until;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// What an act leaves: rows of it, its events, its files.
pub fn left(place: &Place) -> [usize; 5] {
    let rows = [
        "errand",
        "message",
        "file",
        "audit_event WHERE action IN ('errand.create', 'file.upload')",
    ];
    let [errands, messages, files, events] = rows.map(|table| count(place, table));
    [errands, messages, files, events, place.blobs().len()]
}

#[track_caller]
fn is_unavailable(answer: Answer) {
    assert_eq!(answer.header("retry-after"), "5", "{answer}");
    assert_eq!(answer.problem(503), "unavailable");
}

pub async fn new_errand(person: &Person) -> Value {
    json!({"kind": "message", "assignment_id": person.assignment().await, "body": "Kan någon ringa oss?"})
}

pub async fn sign_in(base: &str) -> Person {
    let nobody = Person::nobody(base, Arc::default());
    nobody
        .signed_in("borlange", "anna.berg@example.org", famn::demo::PASSWORD)
        .await
}

pub async fn filled() -> Place {
    tokio::task::spawn_blocking(Place::filled).await.expect("a place")
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_no_more_is_told_and_served_again_once_it_does() {
    let place = filled().await;
    let mut server = Running::on_a_small_disk(&place);
    let anna = sign_in(&server.base).await;
    let new = new_errand(&anna).await;
    let errand = id(&anna.post("/errands", new.clone()).await.expect(201));
    let file = id(&anna
        .uploads("k.jpg", "image/jpeg", samples::another_jpeg())
        .await
        .expect(201));
    // Whoever looks whether files can be written leaves one to look at.
    let ready = anna.send(anna.plain(Method::GET, "/health/ready")).await;
    assert_eq!(ready.status, 200, "{ready}");
    let before = left(&place);

    server.disk_takes(Some(0));
    for size in [1_000, 3_000_000] {
        is_unavailable(anna.uploads("k.pdf", "application/pdf", samples::pdf_of(size)).await);
    }
    if !on_postgres() {
        is_unavailable(anna.post("/errands", new.clone()).await);
        is_unavailable(anna.answers(&errand, "Ett svar som inte får plats").await);
        // Reading is an act too: what cannot be logged is not shown.
        is_unavailable(anna.opens(&errand).await);
        is_unavailable(anna.get(&format!("/files/{file}/content")).await);
        is_unavailable(anna.get("/errands").await);
    }
    let ready = anna.send(anna.plain(Method::GET, "/health/ready")).await;
    assert_eq!(ready.status, 503, "{ready}");
    let live = anna.send(anna.plain(Method::GET, "/health/live")).await;
    assert_eq!(live.status, 200, "{live}");
    until("nothing is half written", || left(&place) == before).await;

    server.disk_takes(None);
    until_served(&anna, &errand).await;
    anna.post("/errands", new).await.expect(201);
    anna.uploads("k.jpg", "image/jpeg", samples::another_jpeg())
        .await
        .expect(201);
    // What was there before the disk was full is there still.
    assert_eq!(anna.get(&format!("/files/{file}/content")).await.status, 200);
    let ready = anna.send(anna.plain(Method::GET, "/health/ready")).await;
    assert_eq!(ready.expect(200), json!({"status": "ok"}));
    // The file handed in since has both its forms.
    let [errands, messages, files, events, blobs] = before;
    assert_eq!(
        left(&place),
        [errands + 1, messages + 1, files + 1, events + 2, blobs + 2]
    );
    server.gets("TERM");
    assert_eq!(server.ended().await, 0, "{}", server.log());
    famn(&place, &["audit", "verify"], "").done();
}

/// The same process answers again, within a few of its own attempts.
pub async fn until_served(anna: &Person, errand: &str) {
    for _ in 0..200 {
        let answer = anna.opens(errand).await;
        if answer.status == 200 {
            return;
        }
        assert_eq!(answer.status, 503, "{answer}");
    }
    panic!("it does not come back");
}

/// Lets the next commit that holds a new errand fail: a check that is put off until then and does not hold.
fn let_commits_fail(place: &Place) {
    change(
        place,
        "CREATE TABLE lacking (id INTEGER PRIMARY KEY);
         CREATE TABLE orphan (id INTEGER REFERENCES lacking (id) DEFERRABLE INITIALLY DEFERRED);
         CREATE TRIGGER fails AFTER INSERT ON errand BEGIN INSERT INTO orphan VALUES (1); END;",
        "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
         END $$;
         CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON errand DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION fails();",
    );
}

fn let_commits_be(place: &Place) {
    change(
        place,
        "DROP TRIGGER fails; DROP TABLE orphan; DROP TABLE lacking;",
        "DROP TRIGGER fails ON errand; DROP FUNCTION fails;",
    );
}

fn change(place: &Place, sqlite: &str, postgres: &str) {
    match place.url.strip_prefix("sqlite:") {
        Some(path) => {
            let mut db = SqliteConnection::establish(path).expect("the file opens");
            db.batch_execute(&format!("PRAGMA busy_timeout=10000; {sqlite}"))
        }
        None => PgConnection::establish(&place.url)
            .expect("the database answers")
            .batch_execute(postgres),
    }
    .expect("it is changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_fails_is_told_and_leaves_nothing() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let new = new_errand(&anna).await;
    let before = left(&town.place);
    let send = || {
        anna.send(
            anna.request(Method::POST, "/errands")
                .header("Idempotency-Key", "kommer-fram-1")
                .json(&new),
        )
    };
    tokio::task::block_in_place(|| let_commits_fail(&town.place));
    for _ in 0..3 {
        is_unavailable(send().await);
    }
    assert_eq!(left(&town.place), before);
    anna.get("/errands").await.expect(200);
    tokio::task::block_in_place(|| let_commits_be(&town.place));
    let made = send().await.expect(201);
    assert_eq!(send().await.expect(201)["id"], made["id"], "once");
    let serials = "SELECT CAST(number_serial AS TEXT) AS text FROM errand JOIN board ON board.id = errand.board_id \
                   WHERE slug = 'borlange' ORDER BY number_serial";
    let serials: Vec<usize> = texts(&town.place, serials)
        .iter()
        .map(|text| text.parse().expect("a number"))
        .collect();
    assert!(
        serials.iter().copied().eq(1..=serials.len()),
        "no number is used up: {serials:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_is_told_and_found_again() {
    let place = filled().await;
    let server = Server::start(&place);
    let anna = sign_in(&server.base).await;
    let new = new_errand(&anna).await;
    let errand = id(&anna.post("/errands", new.clone()).await.expect(201));
    let before = left(&place);
    let gone = Gone::take(&place);
    // A file that was moved away is still written by whoever had it open: what is acknowledged is in it. What does not
    // reach its database acknowledges nothing.
    let mut acknowledged = 0;
    for _ in 0..3 {
        let sent = anna.post("/errands", new.clone()).await;
        match sent.status.as_u16() {
            201 if !on_postgres() => acknowledged += 1,
            _ => is_unavailable(sent),
        }
        let opened = anna.opens(&errand).await;
        if on_postgres() || opened.status != 200 {
            is_unavailable(opened);
        }
        if on_postgres() {
            is_unavailable(anna.uploads("k.pdf", "application/pdf", samples::pdf_of(900)).await);
        }
    }
    let ready = anna.send(anna.plain(Method::GET, "/health/ready")).await;
    assert_eq!(
        ready.expect(503),
        json!({"status": "unavailable", "failing": "database"})
    );
    gone.give_back();
    let [errands, messages, files, events, blobs] = before;
    let before = [
        errands + acknowledged,
        messages + acknowledged,
        files,
        events + acknowledged,
        blobs,
    ];
    until_served(&anna, &errand).await;
    assert_eq!(left(&place), before);
    anna.post("/errands", new).await.expect(201);
    drop(server);
    crate::kit::assert_log_is_whole(&place).await;
}
