//! A backup taken while people write, restored onto an empty place on either database; one changed byte in any part is
//! named; a rehearsal leaves nothing behind.

pub mod kept;
mod moved;

use crate::kit::{Person, Place, Server, count, famn, id, in_clear, on_postgres, rows_of};
use kept::{Kept, Shelf, elsewhere, files, shelf, text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

async fn sign_in(server: &Server) -> Vec<Person> {
    let nobody = Person::nobody(&server.base, Arc::default());
    let mut people = Vec::new();
    for who in ["anna.berg", "sara.ohman"] {
        let email = format!("{who}@example.org");
        people.push(nobody.signed_in("borlange", &email, famn::demo::PASSWORD).await);
    }
    people
}

/// An errand with a file: its id, what it says, the file's id.
async fn writes(person: &Person, words: &str) -> Option<(String, String, String)> {
    let bytes = crate::kit::samples::pdf(40);
    let file = id(&person.tries_upload("kallelse.pdf", bytes).await?);
    let new = json!({"kind": "message", "assignment_id": person.assignment().await, "body": words,
        "file_ids": [file]});
    Some((id(&person.tries("/errands", new).await?), words.to_owned(), file))
}

async fn is_there(person: &Person, (errand, words, file): &(String, String, String)) {
    let shown = person.opens(errand).await.expect(200);
    assert_eq!(shown["messages"][0]["body"], words.as_str());
    let original = person.get(&format!("/files/{file}/original")).await;
    assert_eq!(original.status.as_u16(), 200, "{original}");
    assert!(original.bytes == crate::kit::samples::pdf(40), "the file is another");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_backup_began_is_restored_and_the_log_goes_on() {
    let kept = Kept::new().await;
    let server = Server::start(&kept.place);
    let people = sign_in(&server).await;
    let mut before = Vec::new();
    for (number, person) in people.iter().enumerate() {
        before.push((
            number,
            writes(person, &format!("Före kopian, {number}"))
                .await
                .expect("written"),
        ));
    }
    let done = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..8)
        .map(|number| {
            let (person, done) = (people[number % people.len()].clone(), done.clone());
            tokio::spawn(async move {
                let mut turns = 0;
                while !done.load(Ordering::SeqCst) {
                    writes(&person, &format!("Under kopian {number} {turns}"))
                        .await
                        .expect("it serves meanwhile");
                    turns += 1;
                }
                turns
            })
        })
        .collect();
    let shelf = shelf(&kept.place);
    tokio::task::block_in_place(|| kept.backs_up(&shelf.0));
    done.store(true, Ordering::SeqCst);
    for writer in writers {
        assert!(writer.await.expect("a writer ends") > 0);
    }
    drop(server);
    crate::kit::assert_log_is_whole(&kept.place).await;

    let said: Vec<String> = [
        "Före kopian",
        "Under kopian",
        "errand.create",
        "$argon2id",
        "Familjehemsgruppen",
    ]
    .map(str::to_owned)
    .to_vec();
    for (path, bytes) in files(&shelf.0) {
        // The manifest names boards in the names of their logs.
        let found = in_clear(&bytes, &said);
        assert!(found.is_none(), "{found:?} stands in clear in {}", path.display());
    }

    let target = tokio::task::spawn_blocking(Place::empty).await.expect("a place");
    let restore = |place: &Place| {
        famn(
            place,
            &["restore", text(&shelf.0), "--recovery-key", text(&kept.recovery)],
            "",
        )
    };
    let lacking = restore(&target);
    assert!(
        lacking.code == 1 && lacking.words.contains("no root key"),
        "{lacking:?}"
    );
    std::fs::copy(kept.place.folder.join("root.key"), target.folder.join("root.key")).expect("the root key");
    let restored = restore(&target);
    assert_eq!(restored.code, 0, "{restored:?}");
    assert!(
        restored.output.contains("borlange: the log's epoch is now 2"),
        "{restored:?}"
    );
    let verified = famn(&target, &["audit", "verify"], "");
    assert!(
        verified.code == 0 && verified.output.contains("borlange/2"),
        "{verified:?}"
    );
    assert_eq!(count(&target, "audit_epoch"), 4);
    let reasons = rows_of(
        &target,
        "SELECT core AS text FROM audit_event WHERE action = 'audit.epoch'",
    );
    assert!(reasons.len() == 2 && reasons.iter().all(|core| core.contains("\"reason_code\":\"restore\"")));
    assert_eq!(count(&target, "audit_event WHERE action = 'backup.take'"), 2);

    let again = restore(&target);
    assert!(
        again.code == 1 && again.words.contains("there is something already"),
        "{again:?}"
    );
    let server = Server::start(&target);
    let people = sign_in(&server).await;
    for (number, act) in &before {
        is_there(&people[*number], act).await;
    }
    is_there(
        &people[0],
        &writes(&people[0], "Efter återläsningen").await.expect("written"),
    )
    .await;
    let named = rows_of(
        &target,
        if on_postgres() {
            "SELECT original_blob::text AS text FROM file"
        } else {
            "SELECT lower(hex(original_blob)) AS text FROM file"
        },
    );
    let there = files(&target.folder.join("blobs")).into_keys();
    let there: Vec<String> = there.map(|path| text(&path).replace('-', "")).collect();
    for blob in named {
        let blob = blob.replace('-', "");
        assert!(there.iter().any(|path| path.ends_with(&blob)), "the blob {blob}");
    }
    drop(server);
    crate::kit::assert_log_is_whole(&target).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_in_any_part_is_named_and_refused() {
    let kept = Kept::new().await;
    let server = Server::start(&kept.place);
    writes(&sign_in(&server).await[0], "Något att kopiera")
        .await
        .expect("written");
    drop(server);
    let shelf = shelf(&kept.place);
    kept.backs_up(&shelf.0);
    let rehearse = || {
        let arguments = [
            "restore",
            text(&shelf.0),
            "--rehearse",
            "--recovery-key",
            text(&kept.recovery),
        ];
        famn(&kept.place, &arguments, "")
    };
    let good = rehearse();
    assert!(good.code == 0 && good.output.contains("it is good"), "{good:?}");
    let whole = files(&shelf.0);
    assert!(
        whole.len() >= 6,
        "database, settings, manifest, seal and blobs: {:?}",
        whole.keys()
    );
    for (path, bytes) in &whole {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        for at in [0, bytes.len() / 2, bytes.len() - 2] {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            std::fs::write(path, &bad).expect("written");
            let told = rehearse();
            assert!(
                told.code == 1 && told.words.contains(name),
                "byte {at} of {name}: {told:?}"
            );
        }
        std::fs::write(path, &bytes[..bytes.len() - 1]).expect("written");
        let told = rehearse();
        assert!(told.code == 1 && told.words.contains(name), "{name} cut: {told:?}");
        std::fs::remove_file(path).expect("removed");
        let told = rehearse();
        assert!(told.code == 1 && told.words.contains(name), "{name} gone: {told:?}");
        std::fs::write(path, bytes).expect("written");
    }
    let stray = shelf.0.join("blobs/0/stray");
    std::fs::create_dir_all(shelf.0.join("blobs/0")).expect("a folder");
    std::fs::write(&stray, b"x").expect("written");
    let told = rehearse();
    assert!(
        told.code == 1 && told.words.contains("blobs/0/stray: does not belong"),
        "{told:?}"
    );
    std::fs::remove_file(&stray).expect("removed");
    let other = elsewhere(&kept.place, "other.key");
    assert_eq!(famn(&kept.place, &["keys", "recovery", text(&other)], "").code, 0);
    let arguments = ["restore", text(&shelf.0), "--rehearse", "--recovery-key", text(&other)];
    let told = famn(&kept.place, &arguments, "");
    std::fs::remove_file(&other).expect("removed");
    assert!(told.code == 1 && told.words.contains("sealed for"), "{told:?}");
    assert_eq!(rehearse().code, 0);
}

/// The databases of the server, where there is one.
fn databases(place: &Place) -> Vec<String> {
    if on_postgres() {
        rows_of(
            place,
            "SELECT datname::text AS text FROM pg_database WHERE datname LIKE 'famn_rehearsal%'",
        )
    } else {
        Vec::new()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_leaves_nothing_behind() {
    let kept = Kept::new().await;
    let shelf = shelf(&kept.place);
    kept.backs_up(&shelf.0);
    // What a killed backup left is no backup, and in nobody's way.
    let half = Shelf(elsewhere(&kept.place, "half"));
    std::fs::create_dir_all(half.0.join("blobs")).expect("a folder");
    let told = famn(
        &kept.place,
        &[
            "restore",
            text(&half.0),
            "--rehearse",
            "--recovery-key",
            text(&kept.recovery),
        ],
        "",
    );
    assert!(told.code == 1 && told.words.contains("manifest.json"), "{told:?}");
    let (before, taken) = (files(&kept.place.folder), files(&shelf.0));
    let events = count(&kept.place, "audit_event");
    let arguments = [
        "restore",
        text(&shelf.0),
        "--rehearse",
        "--recovery-key",
        text(&kept.recovery),
    ];
    let good = famn(&kept.place, &arguments, "");
    assert!(
        good.code == 0 && good.output.contains("whole") && good.output.contains("it is good"),
        "{good:?}"
    );
    assert_eq!(count(&kept.place, "audit_event"), events);
    let left = databases(&kept.place);
    let mine: Value = serde_json::from_slice(&taken[&shelf.0.join("manifest.json")]).expect("a manifest");
    let mine = mine["id"].as_str().expect("an id").replace('-', "");
    assert!(!left.iter().any(|name| name.contains(&mine)), "{left:?}");
    assert!(files(&shelf.0) == taken);
    let still = |path: &&PathBuf| !text(path).ends_with("-shm") && !text(path).ends_with("-wal");
    let after = files(&kept.place.folder);
    assert_eq!(
        before.keys().filter(still).collect::<Vec<_>>(),
        after.keys().filter(still).collect::<Vec<_>>()
    );
    let folder = std::env::temp_dir();
    // Those of processes that live are other tests'.
    let dead = |name: &str| {
        let process = name.strip_prefix("famn-work-").and_then(|rest| rest.split('-').next());
        process.is_some_and(|process| !Path::new("/proc").join(process).exists())
    };
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    assert!(!names.any(|name| dead(&name)), "a folder of clear copies is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_was_broken_off_is_not_served_and_settings_come_along() {
    let kept = Kept::new().await;
    let shelf = shelf(&kept.place);
    kept.backs_up(&shelf.0);
    let settings = elsewhere(&kept.place, "settings.toml");
    let arguments = [
        "restore",
        text(&shelf.0),
        "--recovery-key",
        text(&kept.recovery),
        "--settings",
        text(&settings),
    ];
    let told = famn(&kept.place, &arguments, "");
    assert_eq!(told.code, 0, "{told:?}");
    let words = std::fs::read_to_string(&settings).expect("settings");
    std::fs::remove_file(&settings).expect("removed");
    assert!(words.contains("[audit]\norigin = \"famn.demo/audit\"\n"), "{words}");
    std::fs::write(kept.place.folder.join("restore-unfinished"), b"x").expect("written");
    let told = famn(&kept.place, &["serve"], "");
    assert!(told.code == 1 && told.words.contains("was not finished"), "{told:?}");
    let nobody = famn(&kept.place, &["backup", text(&shelf.0)], "");
    assert!(
        nobody.code == 1 && nobody.words.contains("famn keys recovery"),
        "{nobody:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_epoch_is_opened_while_the_installation_serves() {
    let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
    let server = Server::start(&place);
    let anna = &sign_in(&server).await[0];
    anna.writes("I den första loggen").await;
    let told = famn(
        &place,
        &["audit", "new-epoch", "--reason", "old_copy", "--board", "borlange"],
        "",
    );
    assert!(told.code == 0 && told.output == "borlange: epoch 2", "{told:?}");
    anna.writes("I den andra loggen").await;
    assert_eq!(famn(&place, &["audit", "new-epoch", "--reason", "boredom"], "").code, 2);
    let told = famn(
        &place,
        &["audit", "new-epoch", "--reason", "other", "--board", "nowhere"],
        "",
    );
    assert_eq!(told.code, 1, "{told:?}");
    drop(server);
    let mut server = Server::start(&place);
    server.kill();
    let told = famn(&place, &["audit", "verify"], "");
    assert!(told.code == 0 && told.output.contains("borlange/2"), "{told:?}");
}
