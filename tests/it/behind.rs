//! Behind the service's back: someone who can write to the database has it forget, change or invent events, or changes
//! what the program's statements do. Nothing is shown that the log does not hold, and it is told.

mod forgetful;
mod made;

use crate::kit::{Person, Town, count, execute, famn, id, on_postgres, sql_id, texts};
use famn::audit::verify::{Asked, Report, verify};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// What `/health/ready` says.
async fn ready(town: &Town) -> (u16, Value) {
    let nobody = town.nobody();
    let answer = nobody.send(nobody.plain(Method::GET, "/health/ready")).await;
    (answer.status.as_u16(), answer.json())
}

async fn until_ready_is(town: &Town, expected: u16) -> Value {
    for _ in 0..1500 {
        let (status, said) = ready(town).await;
        if status == expected {
            return said;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never {expected}");
}

/// Waits until the process has seen that something is wrong with the log; it says so in readiness.
async fn until_told(town: &Town) -> String {
    for _ in 0..1500 {
        if let Some(words) = town.app.watch.trouble() {
            assert_eq!(ready(town).await.0, 503);
            return words;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it was never told");
}

async fn verified(town: &Town) -> Report {
    let asked = Asked::all(town.app.clock.now());
    let report = verify(&town.app.store, Some(town.app.keyring.clone()), asked).await;
    report.expect("the log can be verified")
}

/// Someone's way to change the database, and back.
struct Attack {
    name: &'static str,
    does: Vec<String>,
    undoes: Vec<String>,
}

fn attack(name: &'static str, does: &[&str], undoes: &[&str]) -> Attack {
    let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    Attack {
        name,
        does: owned(does),
        undoes: owned(undoes),
    }
}

fn run(town: &Town, statements: &[String]) {
    for statement in statements {
        execute(&town.place, statement);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_does_not_take_is_not_done_and_not_shown() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Får vi följa med på utflykten").await);
    maria.opens(&errand).await.expect(200);
    assert_eq!(ready(&town).await.0, 200);
    let who = sql_id(&town.place, &maria.id);
    let notes = count(&town.place, "note");
    for Attack { name, does, undoes } in forgetful::forgetful() {
        let does: Vec<String> = does.iter().map(|statement| statement.replace("$who", &who)).collect();
        run(&town, &does);
        let shown = maria.opens(&errand).await;
        assert_eq!(shown.status, 503, "{name}: {shown}");
        assert!(!shown.to_string().contains("utflykten"), "{name}");
        let noted = maria.notes(&errand, "En anteckning som inte blir av").await;
        assert_eq!(noted.status, 503, "{name}: {noted}");
        run(&town, &undoes);
        assert_eq!(count(&town.place, "note"), notes, "{name}");
        maria.opens(&errand).await.expect(200);
    }
    // It stays told until someone has looked and started the program again.
    until_told(&town).await;
}

/// Ways to take an event out of the log when its answer has left: when the transaction is done, or later.
fn late(who: &str) -> Vec<String> {
    let events = format!("SELECT id FROM audit_event WHERE person_id = {who} AND action = 'errand.read'");
    if on_postgres() {
        return vec![
            "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             DELETE FROM audit_pending WHERE event_id = NEW.id; DELETE FROM audit_event WHERE id = NEW.id; RETURN NULL; \
             END $$"
                .into(),
            format!(
                "CREATE CONSTRAINT TRIGGER forget AFTER INSERT ON audit_event DEFERRABLE INITIALLY DEFERRED \
                 FOR EACH ROW WHEN (NEW.person_id = {who}) EXECUTE FUNCTION forget()"
            ),
        ];
    }
    vec![format!(
        "CREATE TRIGGER forget AFTER INSERT ON audit_checkpoint BEGIN DELETE FROM audit_seq WHERE event_id IN ({events}); \
         DELETE FROM audit_event WHERE id IN ({events}); END"
    )]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_whose_log_loses_what_was_answered_is_stopped_and_the_others_go_on() {
    let mut town = Town::new().await;
    town.spoiled = true;
    let (anna, maria, lisa) = (town.anna().await, town.maria().await, town.lisa().await);
    let errand = id(&anna.writes("När är nästa möte").await);
    run(&town, &late(&sql_id(&town.place, &maria.id)));
    maria.opens(&errand).await.expect(200);
    let words = until_told(&town).await;
    assert!(words.contains("an answer was released"), "{words}");
    for (who, answer) in [
        ("anna", anna.opens(&errand).await),
        ("maria", maria.opens(&errand).await),
    ] {
        assert_eq!(answer.problem(503), "unavailable", "{who}");
    }
    assert_eq!(
        anna.answers(&errand, "Finns någon där?").await.problem(503),
        "unavailable"
    );
    lisa.get("/errands").await.expect(200);
    lisa.writes("Hos oss går det bra").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_its_place_stops_nobody() {
    let town = Town::new().await;
    let (anna, maria) = (town.anna().await, town.maria().await);
    let errand = id(&anna.writes("Skorna har blivit för små").await);
    let (does, undoes) = if on_postgres() {
        (
            vec![
                "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'".to_owned(),
                "CREATE TRIGGER late BEFORE INSERT ON audit_seq FOR EACH ROW EXECUTE FUNCTION late()".to_owned(),
            ],
            vec!["DROP FUNCTION late() CASCADE".to_owned()],
        )
    } else {
        (
            vec!["CREATE TRIGGER late BEFORE INSERT ON audit_seq BEGIN SELECT RAISE(IGNORE); END".to_owned()],
            vec!["DROP TRIGGER late".to_owned()],
        )
    };
    run(&town, &does);
    maria.opens(&errand).await.expect(200);
    // That nothing gets a place is told; by then what waits has been looked for too.
    until_told(&town).await;
    famn::audit::keeper::look_for_released(&town.app.store, &town.app.watch)
        .await
        .expect("it is looked for");
    maria.opens(&errand).await.expect(200);
    assert!(count(&town.place, "audit_pending") > 1);
    run(&town, &undoes);
    all_placed(&town, 0).await;
    assert_eq!(verified(&town).await.exit_code(), 0);
}

/// Waits until no more than so many events wait for their places.
async fn all_placed(town: &Town, waiting: usize) {
    for _ in 0..1500 {
        if count(&town.place, "audit_pending") <= waiting {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("they never got their places");
}

const COLUMNS: &str = "board_id, at_ms, leaf, commitments, core, actor, subject, salts, action, outcome, person_id, role, errand_id, home_id";

/// Rows that wait for a place and are none of the program's.
fn forged(town: &Town) -> Vec<String> {
    let new = |n: u8| sql_id(&town.place, &format!("0197a3c4-0000-7000-8000-0000000000{n:02}"));
    let board = "(SELECT id FROM board WHERE slug = 'borlange')";
    let placed = "FROM audit_event WHERE id = (SELECT min(CAST(event_id AS TEXT)) FROM audit_seq)";
    let placed = if on_postgres() {
        placed.replace("WHERE id =", "WHERE id::text =")
    } else {
        "FROM audit_event WHERE id = (SELECT min(event_id) FROM audit_seq)".to_owned()
    };
    let mut all = vec![
        format!(
            "INSERT INTO audit_event (id, {COLUMNS}) SELECT {}, {COLUMNS} {placed}",
            new(1)
        ),
        format!(
            "INSERT INTO audit_pending (event_id, board_id) VALUES ({}, {board})",
            new(1)
        ),
        // An event that is not there, one of a board that is not there, and one that has its place.
        format!(
            "INSERT INTO audit_pending (event_id, board_id) VALUES ({}, {board})",
            new(2)
        ),
        format!(
            "INSERT INTO audit_pending (event_id, board_id) VALUES ({}, {})",
            new(3),
            new(4)
        ),
        format!("INSERT INTO audit_pending (event_id, board_id) SELECT id, board_id {placed}"),
    ];
    // As all of it but the salts fits: a leaf of its own over commitments of its own.
    let texts =
        "'{\"action\":\"errand.read\",\"outcome\":\"ok\",\"relation\":\"assigned\",\"v\":1}', '{\"v\":1}', '{\"v\":1}'";
    let (empty, zeros) = if on_postgres() {
        ("'\\x00'::bytea", "decode(repeat('00', 96), 'hex')")
    } else {
        ("X'00'", "zeroblob(96)")
    };
    all.push(format!(
        "INSERT INTO audit_event (id, board_id, at_ms, leaf, commitments, core, actor, subject, salts, action, outcome) \
         VALUES ({}, {board}, 1, {empty}, {zeros}, {texts}, {zeros}, 'errand.read', 'ok')",
        new(5)
    ));
    all.push(format!(
        "INSERT INTO audit_pending (event_id, board_id) VALUES ({}, {board})",
        new(5)
    ));
    if !on_postgres() {
        all.push(format!(
            "INSERT INTO audit_pending (event_id, board_id) VALUES (X'0102', {board})"
        ));
        all.push(format!(
            "INSERT INTO audit_pending (event_id, board_id) VALUES ({}, X'03')",
            new(6)
        ));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_event_gets_no_place_and_holds_nobody_up() {
    let mut town = Town::new().await;
    let (anna, per) = (town.anna().await, town.per().await);
    all_placed(&town, 0).await;
    town.spoiled = true;
    run(&town, &forged(&town));
    let waiting = count(&town.place, "audit_pending");
    assert!(waiting >= 4, "{waiting}");
    let said = until_ready_is(&town, 503).await;
    assert_eq!(said["failing"], "audit");
    let errand = id(&anna.writes("Vi har fått en ny telefon").await);
    anna.opens(&errand).await.expect(200);
    all_placed(&town, waiting).await;
    let forged = [
        "0197a3c4-0000-7000-8000-000000000001",
        "0197a3c4-0000-7000-8000-000000000005",
    ];
    for id in forged {
        let place = format!("audit_seq WHERE event_id = {}", sql_id(&town.place, id));
        assert_eq!(count(&town.place, &place), 0);
    }
    let report = verified(&town).await;
    let found = report.to_string();
    assert!(
        report.exit_code() == 1 && forged.iter().all(|id| found.contains(id)),
        "{found}"
    );
    let export = per.get("/audit/export").await;
    let lines = String::from_utf8_lossy(&export.bytes).into_owned();
    assert!(lines.lines().count() > 10 && !lines.contains("fault"), "{lines}");

    // Taken away again: all is well, without a restart.
    all_placed(&town, waiting).await;
    execute(&town.place, "DELETE FROM audit_pending");
    for id in forged {
        execute(
            &town.place,
            &format!("DELETE FROM audit_event WHERE id = {}", sql_id(&town.place, id)),
        );
    }
    until_ready_is(&town, 200).await;
    let report = verified(&town).await;
    assert_eq!(report.exit_code(), 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_marks_what_does_not_fit_and_goes_on() {
    let town = Town::new().await;
    let (anna, per) = (town.anna().await, town.per().await);
    anna.writes("Kan vi få ett intyg").await;
    all_placed(&town, 0).await;
    let line = async |per: &Person| {
        let export = per.get("/audit/export?from_index=0&to_index=5").await;
        let lines: Vec<Value> = String::from_utf8_lossy(&export.bytes)
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        lines
    };
    let whole = line(&per).await;
    assert_eq!(whole.len(), 6);
    let (event, zeros) = (
        sql_id(&town.place, whole[3]["event_id"].as_str().expect("an id")),
        if on_postgres() {
            "decode(repeat('00', 40), 'hex')"
        } else {
            "zeroblob(40)"
        },
    );
    let hex = if on_postgres() {
        "encode(salts, 'hex')"
    } else {
        "hex(salts)"
    };
    let salts = texts(
        &town.place,
        &format!("SELECT {hex} AS text FROM audit_event WHERE id = {event}"),
    )
    .remove(0);
    execute(
        &town.place,
        &format!("UPDATE audit_event SET salts = {zeros} WHERE id = {event}"),
    );
    let marked = line(&per).await;
    assert_eq!(marked.len(), 6);
    assert_eq!(
        (&marked[3]["index"], &marked[3]["event_id"]),
        (&json!(3), &whole[3]["event_id"])
    );
    assert_eq!(marked[3]["fault"], "its salts do not open");
    assert_eq!((&marked[2], &marked[5]), (&whole[2], &whole[5]));
    let back = if on_postgres() {
        format!("decode('{salts}', 'hex')")
    } else {
        format!("X'{salts}'")
    };
    execute(
        &town.place,
        &format!("UPDATE audit_event SET salts = {back} WHERE id = {event}"),
    );
    assert_eq!(line(&per).await, whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_swapped_between_boards_are_a_finding_and_another_root_key_is_none() {
    let place = tokio::task::spawn_blocking(crate::kit::Place::filled)
        .await
        .expect("a place");
    let key = |slug: &str| {
        format!("board_key WHERE purpose = 'log' AND board_id = (SELECT id FROM board WHERE slug = '{slug}')")
    };
    let hex = if on_postgres() {
        "encode(wrapped, 'hex')"
    } else {
        "hex(wrapped)"
    };
    let held = |slug: &str| texts(&place, &format!("SELECT {hex} AS text FROM {}", key(slug))).remove(0);
    let keep = |slug: &str, wrapped: &str| {
        let bytes = if on_postgres() {
            format!("decode('{wrapped}', 'hex')")
        } else {
            format!("X'{wrapped}'")
        };
        let [table, rest] = ["board_key", &key(slug)["board_key".len()..]];
        execute(&place, &format!("UPDATE {table} SET wrapped = {bytes}{rest}"));
    };
    let (one, other) = (held("borlange"), held("vansbro"));
    keep("borlange", &other);
    keep("vansbro", &one);
    let told = famn(&place, &["audit", "verify"], "");
    assert!(told.code == 1 && told.output.contains("keys do not open"), "{told:?}");
    // Nor does it help to change the mark of the root key.
    execute(&place, "UPDATE root_mark SET root_check = 'another'");
    let told = famn(&place, &["audit", "verify"], "");
    assert!(told.code == 1 && told.output.contains("keys do not open"), "{told:?}");
    keep("borlange", &one);
    keep("vansbro", &other);
    std::fs::remove_file(place.folder.join("root.key")).expect("it is away");
    famn::crypt::RootKey::make(&place.folder.join("root.key")).expect("another");
    let other = famn(&place, &["audit", "verify"], "");
    assert!(other.code == 2 && other.output.contains("not checked"), "{other:?}");
}
