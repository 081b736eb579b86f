//! `famn audit verify` and `famn audit export` as an auditor runs them, and the log's export judged by a program that
//! shares nothing with Famn (`tests/tools/verify_export.py`).

use crate::kit::{Place, Running, Town, execute, famn, on_postgres, setting, texts};
use std::path::{Path, PathBuf};
use std::process::Command;

async fn filled() -> Place {
    tokio::task::spawn_blocking(Place::filled).await.expect("a place")
}

/// An event's id as `verify` writes it, and as the database does.
fn an_event(place: &Place) -> (String, String) {
    let id = if on_postgres() {
        "CAST(id AS TEXT)"
    } else {
        "lower(hex(id))"
    };
    let event = format!("SELECT {id} AS text FROM audit_event WHERE action = 'person.add' ORDER BY id LIMIT 1");
    let event = texts(place, &event).remove(0).replace('-', "");
    let id = event.parse::<uuid::Uuid>().expect("an id");
    (id.to_string(), crate::kit::sql_id(place, &id.to_string()))
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_ends_with_0_when_the_log_is_whole() {
    let place = filled().await;
    for narrowed in [&[][..], &["--board", "borlange"], &["--board", "vansbro"]] {
        let told = famn(&place, &[&["audit", "verify"], narrowed].concat(), "");
        assert_eq!(told.code, 0, "{told:?}");
        assert_eq!(
            told.output.contains("vansbro"),
            narrowed != ["--board", "borlange"],
            "{told:?}"
        );
        assert_eq!(
            told.output.contains("borlange"),
            narrowed != ["--board", "vansbro"],
            "{told:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_ends_with_1_and_names_what_was_changed() {
    let place = filled().await;
    let kept = place.folder.join("kept");
    let export = place.folder.join("before");
    let exported = [
        "audit",
        "export",
        "--board",
        "borlange",
        "--out",
        export.to_str().expect("a path"),
    ];
    famn(&place, &exported, "").done();
    std::fs::copy(export.join("checkpoint"), &kept).expect("a copy");
    let held_against = ["audit", "verify", "--checkpoint", kept.to_str().expect("a path")];
    famn(&place, &held_against, "").done();

    let (event, row) = an_event(&place);
    execute(
        &place,
        &format!("UPDATE audit_event SET at_ms = at_ms + 1 WHERE id = {row}"),
    );
    let told = famn(&place, &["audit", "verify"], "");
    assert!(told.code == 1 && told.output.contains(&event), "{told:?}");
    execute(
        &place,
        &format!("UPDATE audit_event SET at_ms = at_ms - 1 WHERE id = {row}"),
    );
    famn(&place, &["audit", "verify"], "").done();

    // A whole log taken away, which only a checkpoint kept elsewhere remembers.
    for table in ["audit_checkpoint", "audit_tree", "audit_seq", "audit_event"] {
        let board = "(SELECT id FROM board WHERE slug = 'borlange')";
        execute(&place, &format!("DELETE FROM {table} WHERE board_id = {board}"));
    }
    let told = famn(&place, &held_against, "");
    assert_eq!(told.code, 1, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_ends_with_2_when_something_could_not_be_checked() {
    let place = filled().await;
    let none = famn(&place, &["audit", "verify", "--board", "nowhere"], "");
    assert!(none.code == 2, "{none:?}");
    let elsewhere = place.folder.join("tom");
    let data = famn(
        &place,
        &["audit", "verify", "--data", elsewhere.to_str().expect("a path")],
        "",
    );
    assert!(
        data.code == 2 && !elsewhere.exists(),
        "verifying makes no database: {data:?}"
    );
    let unread = famn(&place, &["audit", "verify", "--checkpoint", "finns-inte"], "");
    assert_eq!(unread.code, 2, "{unread:?}");
    std::fs::remove_file(place.folder.join("root.key")).expect("the key is away");
    let sealed = famn(&place, &["audit", "verify"], "");
    assert_eq!(sealed.code, 2, "{sealed:?}");
    // What is changed weighs more than what could not be checked.
    let (event, row) = an_event(&place);
    execute(
        &place,
        &format!("UPDATE audit_event SET at_ms = at_ms + 1 WHERE id = {row}"),
    );
    let changed = famn(&place, &["audit", "verify"], "");
    assert!(changed.code == 1 && changed.output.contains(&event), "{changed:?}");
}

/// Judges an export with the program that shares nothing with Famn: its exit code and words. Nothing without a Python.
fn judged(folder: &Path) -> Option<(i32, String)> {
    let Some(python) = setting("FAMN_TEST_PYTHON") else {
        let told = "SKIPPED: FAMN_TEST_PYTHON names no python3 with the package cryptography";
        assert!(setting("FAMN_REQUIRE").is_none(), "{told}");
        eprintln!("{told}");
        return None;
    };
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/verify_export.py");
    let done = Command::new(python)
        .arg(tool)
        .arg(folder)
        .output()
        .expect("python runs");
    let words = [done.stdout, done.stderr].concat();
    Some((
        done.status.code().expect("an end"),
        String::from_utf8_lossy(&words).into_owned(),
    ))
}

/// Of an export: it is judged whole, and with any of its bytes changed it is not.
fn is_proof(folder: &Path) {
    let Some((code, words)) = judged(folder) else { return };
    assert!(code == 0 && words.contains("events are whole"), "{words}");
    let events = folder.join("events.jsonl");
    let text = std::fs::read_to_string(&events).expect("events");
    for (whole, changed) in [
        ("session.start", "session.stort"),
        ("\"index\":3,", "\"index\":4,"),
        ("_salt\":\"", "_salt\":\"00"),
    ] {
        assert!(text.contains(whole), "{whole}");
        std::fs::write(&events, text.replacen(whole, changed, 1)).expect("a change");
        let (code, words) = judged(folder).expect("a judge");
        assert!(code == 1 && !words.contains("Traceback"), "{whole}: {words}");
    }
    let last = text.trim_end().rfind('\n').expect("lines");
    std::fs::write(&events, &text[..last / 2]).expect("a change");
    assert_eq!(judged(folder).expect("a judge").0, 1);
    std::fs::write(&events, text).expect("as it was");
    assert_eq!(judged(folder).expect("a judge").0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_command_exports_is_proof_to_others() {
    let place = filled().await;
    let mut server = Running::serving(&place, &[]);
    let nobody = crate::kit::Person::nobody(&server.base, std::sync::Arc::default());
    let anna = nobody
        .signed_in("borlange", "anna.berg@example.org", famn::demo::PASSWORD)
        .await;
    anna.writes("Kan vi byta helg?").await;
    server.gets("TERM");
    drop((anna, nobody));
    assert_eq!(server.ended().await, 0);

    let folder: PathBuf = place.folder.join("export");
    let out = folder.to_str().expect("a path");
    let export = ["audit", "export", "--board", "borlange", "--out", out];
    let told = famn(&place, &export, "").done();
    let lines = std::fs::read_to_string(folder.join("events.jsonl")).expect("events");
    assert!(told.starts_with(&format!("{} events", lines.lines().count())), "{told}");
    is_proof(&folder);
    assert!(!lines.contains("byta helg"));

    let again = famn(&place, &export, "");
    assert!(again.code == 1 && again.words.contains("not empty"), "{again:?}");
    let nowhere = ["audit", "export", "--board", "nowhere", "--out", "x"];
    let nowhere = famn(&place, &nowhere, "");
    assert!(nowhere.code == 1 && nowhere.words.contains("nowhere"), "{nowhere:?}");
    let epoch = ["audit", "export", "--board", "borlange", "--out", "x", "--epoch", "7"];
    assert_eq!(famn(&place, &epoch, "").code, 1);
    let first = [
        "audit", "export", "--board", "vansbro", "--out", "first", "--epoch", "1",
    ];
    famn(&place, &first, "").done();
    assert!(judged(&place.folder.join("first")).is_none_or(|(code, _)| code == 0));
    assert_eq!(
        famn(&place, &["audit", "export", "--out", "x"], "").code,
        2,
        "used wrongly"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_exports_is_proof_to_others() {
    let town = Town::new().await;
    town.anna().await.writes("Kan vi byta helg?").await;
    let per = town.per().await;
    let folder = town.place.folder.join("export");
    std::fs::create_dir(&folder).expect("a folder");
    // The key and the checkpoint first: what comes after may stand in the export and is counted.
    for (call, name) in [
        ("vkey", "log.vkey"),
        ("checkpoint", "checkpoint"),
        ("export", "events.jsonl"),
    ] {
        let answer = per.get(&format!("/audit/{call}")).await;
        assert_eq!(answer.status.as_u16(), 200, "{answer}");
        std::fs::write(folder.join(name), &answer.bytes).expect("a file");
    }
    is_proof(&folder);
}
