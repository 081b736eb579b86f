//! The root key on paper and back; keys rotated while people write, and killed at any moment of it.

use crate::kit::{Person, Place, Server, count, famn, id, spawn};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

async fn place() -> Place {
    tokio::task::spawn_blocking(Place::filled).await.expect("a place")
}

async fn someone(server: &Server, who: &str) -> Person {
    let nobody = Person::nobody(&server.base, Arc::default());
    let email = format!("{who}@example.org");
    nobody.signed_in("borlange", &email, famn::demo::PASSWORD).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_key_comes_back_from_its_sheets() {
    let place = place().await;
    let path = place.folder.join("root.key");
    let before = std::fs::read_to_string(&path).expect("the key");
    let told = famn(&place, &["keys", "escrow", "--sheets", "3", "--needed", "2"], "");
    assert_eq!(told.code, 0, "{told:?}");
    let sheets: Vec<String> = told
        .output
        .split("\n\n")
        .map(|sheet| format!("{}\n", sheet.trim()))
        .collect();
    let sheets: Vec<&String> = sheets.iter().filter(|sheet| sheet.len() > 10).collect();
    assert_eq!(sheets.len(), 3, "{}", told.output);
    let typed = format!("{}\n{}", sheets[2], sheets[0]);
    let over = famn(&place, &["keys", "recover"], &typed);
    assert!(over.code == 1 && over.words.contains("never written over"), "{over:?}");
    std::fs::remove_file(&path).expect("the key is lost");
    let few = famn(&place, &["keys", "recover"], sheets[1]);
    assert!(few.code == 1 && few.words.contains("2 sheets are needed"), "{few:?}");
    assert!(!path.exists());
    let back = famn(&place, &["keys", "recover"], &typed);
    assert_eq!(back.code, 0, "{back:?}");
    assert_eq!(std::fs::read_to_string(&path).expect("the key"), before);
    let one = famn(&place, &["keys", "escrow"], "");
    assert!(one.code == 0 && one.output.contains("sheet 1 of 1"), "{one:?}");
    let told = count(&place, "audit_event WHERE action = 'keys.escrow'");
    assert_eq!(told, 4, "each of the two printings, in both boards' logs");
    let whole = famn(&place, &["audit", "verify"], "");
    assert_eq!(whole.code, 0, "{whole:?}");
}

/// Writes an errand with a file and reads both back, until told to end; everything must go well, but that a token may be
/// refused once when the keys that sign tokens are made anew: it is refreshed then. Gives what was written.
async fn lives(mut person: Person, done: Arc<AtomicBool>) -> Vec<(String, String)> {
    let (mut written, mut refreshed) = (Vec::new(), 0);
    let assignment = person.assignment().await;
    while !done.load(Ordering::SeqCst) {
        if let Some(both) = lives_once(&person, &assignment).await {
            written.push(both);
            continue;
        }
        refreshed += 1;
        assert!(refreshed < 3, "a token is refused once, and no more");
        let body = json!({"refresh_token": person.refresh_token});
        let session = person
            .with_token(None)
            .post("/sessions/refresh", body)
            .await
            .expect(201);
        person.refresh_token = session["refresh_token"].as_str().map(str::to_owned);
        person = person.with_token(session["access_token"].as_str());
    }
    written
}

/// Nothing where the token was refused.
async fn lives_once(person: &Person, assignment: &str) -> Option<(String, String)> {
    let bytes = crate::kit::samples::png();
    let sent = person.uploads("bild.png", "image/png", bytes).await;
    let file = id(&(sent.status != 401).then(|| sent.expect(201))?);
    let new = json!({"kind": "message", "assignment_id": assignment,
        "body": "Medan nycklarna byts", "file_ids": [file]});
    let made = person.post("/errands", new).await;
    let errand = id(&(made.status != 401).then(|| made.expect(201))?);
    let seen = person.opens(&errand).await;
    let seen = (seen.status != 401).then(|| seen.expect(200))?;
    assert_eq!(seen["messages"][0]["body"], "Medan nycklarna byts");
    let content = person.get(&format!("/files/{file}/content")).await.status;
    assert!(content == 200 || content == 401, "{content}");
    (content == 200).then_some((errand, file))
}

async fn reads(person: &Person, errand: &str, file: &str) {
    assert_eq!(
        person.opens(errand).await.expect(200)["messages"][0]["body"],
        "Medan nycklarna byts"
    );
    assert_eq!(person.get(&format!("/files/{file}/content")).await.status.as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_while_people_write_and_the_old_ones_open_nothing() {
    let place = place().await;
    let path = place.folder.join("root.key");
    let old = place.folder.join("old.key");
    std::fs::copy(&path, &old).expect("a copy");
    let server = Server::start(&place);
    let secrets = || {
        crate::kit::texts(
            &place,
            "SELECT purpose || ' ' || CAST(created_at AS TEXT) AS text FROM instance_key",
        )
    };
    let before = secrets();
    let eva = someone(&server, "eva.strand").await;
    eva.get("/me").await.expect(200);
    let done = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for who in ["anna.berg", "erik.berg", "sara.ohman"] {
        writers.push((who, tokio::spawn(lives(someone(&server, who).await, done.clone()))));
    }
    let told = tokio::task::block_in_place(|| famn(&place, &["keys", "rotate", "--grace", "3"], ""));
    assert!(told.code == 0 && !told.output.contains("went on"), "{told:?}");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    done.store(true, Ordering::SeqCst);
    let mut written = Vec::new();
    for (who, writer) in writers {
        written.push((who, writer.await.expect("everything went well")));
    }
    // What signs tokens and counts strangers is another; a token of before is worth nothing, and is refreshed.
    let after = secrets();
    assert_eq!((before.len(), after.len()), (2, 2));
    assert!(before.iter().all(|one| !after.contains(one)), "{before:?} {after:?}");
    assert_eq!(eva.get("/me").await.problem(401), "sign-in");
    let body = json!({"refresh_token": eva.refresh_token});
    eva.with_token(None).post("/sessions/refresh", body).await.expect(201);
    assert_eq!(count(&place, "board_key WHERE purpose = 'seal' AND version = 1"), 0);
    assert_eq!(count(&place, "board_key"), 8);
    assert_eq!(count(&place, "audit_event WHERE action = 'keys.rotate'"), 2);
    assert_eq!(count(&place, "audit_event WHERE action = 'keys.rotated'"), 2);
    for (who, all) in &written {
        let person = someone(&server, who).await;
        let (errand, file) = all.last().expect("something was written");
        reads(&person, errand, file).await;
    }
    drop(server);
    let server = Server::start(&place);
    for (who, all) in &written {
        let person = someone(&server, who).await;
        for (errand, file) in all {
            reads(&person, errand, file).await;
        }
    }
    drop(server);
    crate::kit::assert_log_is_whole(&place).await;
    assert_ne!(
        std::fs::read(&path).expect("a key"),
        std::fs::read(&old).expect("a key")
    );
    std::fs::copy(&old, &path).expect("the old key is put back");
    let told = famn(&place, &["serve"], "");
    assert!(
        told.code == 1 && told.words.contains("is under the root key with check"),
        "{told:?}"
    );
    let told = famn(&place, &["audit", "verify"], "");
    assert!(
        told.code == 2 && told.output.contains("the root key is not at hand or is another"),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_killed_at_any_moment_goes_on_and_nothing_is_lost() {
    let place = place().await;
    let server = Server::start(&place);
    let anna = someone(&server, "anna.berg").await;
    let done = Arc::new(AtomicBool::new(true));
    done.store(false, Ordering::SeqCst);
    let writing = tokio::spawn(lives(anna, done.clone()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    done.store(true, Ordering::SeqCst);
    let written = writing.await.expect("it went well");
    drop(server);
    let (mut chance, mut resumed) = (0x5eed_u64, 0);
    for round in 0..40 {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let mut rotation = spawn(&place, &["keys", "rotate", "--grace", "0"]);
        // Later and later, so that on a slow machine too some come far.
        let latest = 60_000 + round * 15_000;
        tokio::time::sleep(Duration::from_micros(5_000 + chance % latest)).await;
        let _ = rotation.kill();
        let _ = rotation.wait();
        resumed += usize::from(place.folder.join("root.key.new").exists());
        if round % 8 == 7 {
            let server = Server::start(&place);
            let anna = someone(&server, "anna.berg").await;
            for (errand, file) in &written {
                reads(&anna, errand, file).await;
            }
            drop(server);
            let told = famn(&place, &["audit", "verify"], "");
            assert_eq!(told.code, 0, "{told:?}");
        }
    }
    let told = famn(&place, &["keys", "rotate", "--grace", "0"], "");
    assert_eq!(told.code, 0, "{told:?}");
    assert!(!place.folder.join("root.key.new").exists() && !place.folder.join("root.key.part").exists());
    assert_eq!(count(&place, "board_key"), 8);
    let server = Server::start(&place);
    for who in ["anna.berg", "erik.berg", "maria.lind", "eva.strand", "per.holm"] {
        let person = someone(&server, who).await;
        person.get("/me").await.expect(200);
        for (errand, file) in written.iter().filter(|_| who != "per.holm") {
            reads(&person, errand, file).await;
        }
    }
    println!("{resumed} of 40 rotations were broken off before their key was in its place");
    assert!(
        count(&place, "audit_event WHERE action = 'keys.rotate'") >= 2,
        "the last one at least came to its end"
    );
    drop(server);
    crate::kit::assert_log_is_whole(&place).await;
}

/// Every table whose rows keep a key under the board's is gone through by a rotation.
#[test]
fn a_rotation_knows_every_table_with_keys_of_rows() {
    let mut tables: Vec<&str> = crate::schema::PAGES
        .split("diesel::table! {")
        .filter(|table| table.contains("wrapped_key -> "))
        .filter_map(|table| {
            table
                .lines()
                .find_map(|line| line.trim().strip_suffix(") {")?.split(" (").next())
        })
        .collect();
    let mut known = famn::db::wrapped::TABLES.to_vec();
    tables.sort_unstable();
    known.sort_unstable();
    assert_eq!(tables, known);
}
