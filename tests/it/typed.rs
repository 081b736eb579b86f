//! The manual as it is typed: each block that docs/OPERATIONS.md marks is run as it stands, by a shell on a machine that
//! has nothing yet, and the service's commands by a user without rights.

mod machine;

use crate::house::source;
use crate::kit::{Person, id};
use machine::Machine;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The marked blocks of the manual, by their marks.
fn blocks() -> Vec<(String, String)> {
    let page = source::text("docs/OPERATIONS.md");
    let marked = page.split("<!-- typed: ").skip(1).map(|rest| {
        let (mark, rest) = rest.split_once(" -->\n```sh\n").expect("a block follows its mark");
        let (block, _) = rest.split_once("\n```").expect("a block ends");
        (mark.to_owned(), block.to_owned())
    });
    marked.collect()
}

struct Typist {
    machine: Machine,
    blocks: Vec<(String, String)>,
    typed: BTreeSet<String>,
}

impl Typist {
    /// Types the block of that mark.
    #[track_caller]
    fn types(&mut self, mark: &str, input: &str) -> String {
        let (_, block) = self.blocks.iter().find(|(one, _)| one == mark).expect(mark);
        self.typed.insert(mark.to_owned());
        self.machine.types(block, input)
    }

    async fn signs_in(&self) -> Person {
        let nobody = Person::nobody(&self.machine.base(), Arc::default());
        nobody
            .signed_in("exempel", "astrid@example.org", "en ganska lång mening")
            .await
    }

    async fn is_well(&self) {
        let ready = Person::nobody(&self.machine.base(), Arc::default());
        let ready = ready.send(ready.plain(reqwest::Method::GET, "/health/ready")).await;
        assert_eq!(ready.status, 200, "{ready}");
        self.machine.is_the_services("etc/famn/keys/root.key");
        self.machine.are_the_services("var/lib/famn");
    }
}

/// Some ten seconds: the manual's own, from nothing to a machine that was lost and restored, with a rotation that waits for
/// those who serve.
#[tokio::test(flavor = "multi_thread")]
async fn the_manual_is_typed_from_nothing_to_a_restored_machine() {
    let mut typist = Typist {
        machine: Machine::new(),
        blocks: blocks(),
        typed: BTreeSet::new(),
    };
    let quick = |(mark, block): &mut (String, String)| {
        // Fifteen seconds are for several instances.
        if mark == "keys" {
            *block = block.replace("keys rotate ", "keys rotate --grace 3 ");
        }
    };
    typist.blocks.iter_mut().for_each(quick);
    typist.types("program", "");
    typist.types("settings", "");
    let sheet = typist.types("key and database", "");
    typist.types("first set-up", "");
    typist.types("locked out", "");
    typist.types("service", "");
    typist.is_well().await;
    let astrid = typist.signs_in().await;
    let errand = id(&astrid.writes("Skrivet före kopian").await);

    typist.types("recovery key", "");
    typist.types("backup", "");
    typist.types("rehearsal", "");
    typist.is_well().await;

    let sheets = typist.types("keys", "");
    assert_ne!(sheets.lines().last(), sheet.lines().last());
    typist.is_well().await;
    // What access tokens are signed with is new too.
    typist.signs_in().await.opens(&errand).await.expect(200);
    // By root, beside the service: the key stays the service's.
    let as_root = "famn --config /etc/famn/famn.toml keys rotate --grace 3";
    typist.machine.types(as_root, "");
    typist.is_well().await;
    typist.signs_in().await.opens(&errand).await.expect(200);

    typist.types("upgrade", "");
    typist.is_well().await;
    typist.signs_in().await.opens(&errand).await.expect(200);
    typist.machine.types("systemctl stop famn", "");

    typist.machine.is_lost();
    typist.types("program", "");
    typist.types("settings again", "");
    // Also where the folder of the key is gone.
    typist
        .machine
        .types("rmdir /etc/famn/keys; chown famn:famn /etc/famn", "");
    typist.types("root key again", &sheet);
    typist.types("restore", "");
    typist.is_well().await;
    let seen = typist.signs_in().await.opens(&errand).await.expect(200);
    assert_eq!(seen["messages"][0]["body"], json!("Skrivet före kopian"));

    let marks: BTreeSet<String> = typist.blocks.iter().map(|(mark, _)| mark.clone()).collect();
    assert_eq!(typist.typed, marks, "every marked block is typed");
}

#[test]
fn root_brings_a_key_back_into_a_missing_folder_for_the_service() {
    let machine = Machine::new();
    let blocks = blocks();
    let block = |mark: &str| {
        blocks
            .iter()
            .find(|(one, _)| one == mark)
            .map(|(_, block)| block.clone())
    };
    machine.types(&block("program").expect("a block"), "");
    machine.types(&block("settings").expect("a block"), "");
    let sheet = machine.types(&block("key and database").expect("a block"), "");
    let key = std::fs::read_to_string(machine.root.join("etc/famn/keys/root.key")).expect("a key");
    machine.types("rm -r /etc/famn/keys", "");
    // What a process left that was killed while it wrote.
    machine.types(
        "install -d -m 700 -o famn -g famn /etc/famn/keys && touch /etc/famn/keys/root.key.half",
        "",
    );
    machine.types("famn --config /etc/famn/famn.toml keys recover", &sheet);
    machine.types(
        "rm -r /etc/famn/keys; famn --config /etc/famn/famn.toml keys recover",
        &sheet,
    );
    machine.is_the_services("etc/famn/keys");
    machine.is_the_services("etc/famn/keys/root.key");
    let back = std::fs::read_to_string(machine.root.join("etc/famn/keys/root.key")).expect("a key");
    assert_eq!(back, key);
    let left = std::fs::read_dir(machine.root.join("etc/famn/keys"))
        .expect("a folder")
        .count();
    assert_eq!(left, 1, "nothing half written is left");
}
