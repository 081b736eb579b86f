//! What may be missing from the tables for a reason: parts that were erased by order, events of an epoch that ended.

use super::erase::erasing_at;
use super::tampering::{after, found, notes, nowhere};
use super::{id, read_errand};
use crate::audit::Entry;
use crate::audit::event::{Action, Core, Subject};
use crate::audit::finding::FindingKind as Kind;
use crate::audit::leaf::Part;
use crate::audit::merkle::Frontier;
use crate::audit::note::{Origin, SigningKey};
use crate::audit::stored::salts_of;
use crate::crypt::BoardKeys;
use crate::db::Db;
use crate::db::schema::{audit_epoch, audit_event, audit_tree};
use crate::id::{BoardId, EventId, PersonId};
use crate::testing::Ground;
use diesel::prelude::*;

/// Takes the actor out of event `n`, as retention does: its text and columns, and its salt out of the seal.
fn erase_actor(db: &mut Db, keys: &BoardKeys, number: u128) {
    let (event, row) = (id(number), audit_event::table.find(EventId::of(id(number))));
    let sealed: Option<Vec<u8>> = row.select(audit_event::salts).first(db).unwrap();
    let opened = keys
        .open_log("audit_event", "salts", event, 1, &sealed.unwrap())
        .unwrap();
    let [core, _, subject] = salts_of([Some(""); 3], &opened).unwrap();
    let left = [core.unwrap().as_slice(), subject.unwrap().as_slice()].concat();
    diesel::update(row)
        .set((
            audit_event::actor.eq(None::<String>),
            audit_event::person_id.eq(None::<PersonId>),
            audit_event::role.eq(None::<String>),
            audit_event::salts.eq(keys.seal_log("audit_event", "salts", event, 1, &left)),
        ))
        .execute(db)
        .unwrap();
}

#[tokio::test]
async fn what_is_erased_needs_its_order_in_the_log() {
    let ground = Ground::sqlite().await;
    let board = ground.history().await;
    let keyring = ground.app.keyring.clone();
    let erase = move |db: &mut Db| {
        let keys = keyring.of(db, board).unwrap();
        (3..=4).for_each(|number| erase_actor(db, &keys, number));
    };
    ground.bare(erase).await;
    // The board's own first event took its place behind the four of the first round.
    let unordered = [3, 4].map(|number| {
        (
            Some(id(number)),
            Some(number as u64 - 1),
            Kind::ErasedUnordered(Part::Actor),
        )
    });
    assert_eq!(found(&ground.verify_all().await), unordered);
    let now = ground.app.clock.now().millis();
    ground.record(board, erasing_at(now, 15, 1, [id(80), id(81)])).await;
    ground.sequence_and_sign().await;
    assert_eq!(found(&ground.verify_all().await), []);
    let out = ground.folder.join("out");
    let asked = ("borlange", None);
    crate::audit::extract::export_to(&ground.app.store, &ground.app.keyring, asked, &out)
        .await
        .unwrap();
    let lines = std::fs::read_to_string(out.join("events.jsonl")).unwrap();
    assert_eq!(lines.matches("\"actor\":null,\"actor_salt\":null").count(), 2);
}

/// Opens the board's second log, its first event quoting the first log's last checkpoint.
fn open_second(db: &mut Db, keys: &BoardKeys, board: BoardId, at_ms: u64) {
    let origin = Origin::new(crate::testing::ORIGIN, "borlange", 2).unwrap();
    let key = SigningKey::generate(origin.clone()).unwrap();
    let vkey = key.verifier_key().to_string();
    let seed = keys.seal_log("audit_epoch", "sealed_seed", board.uuid(), 2, &key.seed()[..]);
    diesel::insert_into(audit_epoch::table)
        .values((
            audit_epoch::board_id.eq(board),
            audit_epoch::epoch.eq(2),
            audit_epoch::origin.eq(origin.as_str()),
            audit_epoch::vkey.eq(&vkey),
            audit_epoch::sealed_seed.eq(seed),
        ))
        .execute(db)
        .unwrap();
    let tree = Frontier::new();
    diesel::insert_into(audit_tree::table)
        .values((
            audit_tree::board_id.eq(board),
            audit_tree::epoch.eq(2),
            audit_tree::size.eq(0),
            audit_tree::root.eq(&tree.root()[..]),
            audit_tree::frontier.eq(tree.to_bytes()),
        ))
        .execute(db)
        .unwrap();
    let quoted = notes(db, board).pop().unwrap();
    let (core, actor, _) = read_errand(1);
    let core = Core {
        action: Action::AuditEpoch,
        ..core
    };
    let subject = Subject {
        checkpoint: Some(&quoted),
        log_key: Some(&vkey),
        ..Subject::default()
    };
    let opening = Entry::compose(id(15), at_ms, &core, &actor, &subject).unwrap();
    crate::audit::record(db, keys, &[opening]).unwrap();
}

#[tokio::test]
async fn epochs_are_verified_one_by_the_other() {
    let ground = Ground::sqlite().await;
    let board = ground.history().await;
    ground.sequence_and_sign().await;
    let (keyring, now) = (ground.app.keyring.clone(), ground.app.clock.now().millis());
    let open = move |db: &mut Db| {
        let keys = keyring.of(db, board).unwrap();
        open_second(db, &keys, board, now);
    };
    ground.bare(open).await;
    ground.sequence_and_sign().await;
    ground.fill(board, 16..=17).await;
    ground.sequence_and_sign().await;
    let report = ground.verify_all().await;
    let sizes: Vec<_> = report
        .logs
        .iter()
        .map(|log| (&log.place[..], log.events, log.signed))
        .collect();
    assert_eq!(
        sizes,
        [("borlange/2", 3, 3), ("borlange/1", 15, 15), ("vansbro/1", 1, 1)],
        "{report}"
    );
    assert_eq!(found(&report), []);

    // The first log's end is cut off, checkpoints and all: the second one still quotes it.
    let cut = "DELETE FROM audit_event WHERE id IN ({13}, {14}); DELETE FROM audit_seq WHERE event_id IN ({13}, {14});
        DELETE FROM audit_checkpoint WHERE epoch = 1 AND size = 15";
    let cut = found(&after(&ground, cut).await);
    assert!(
        cut.contains(&(None, None, Kind::TailCut { count: 1, size: 15 })),
        "{cut:?}"
    );
    let first = ["epoch", "seq", "tree", "checkpoint"].map(|table| {
        format!(
            "DELETE FROM audit_{table} WHERE epoch = 1 AND board_id = (SELECT id FROM board WHERE slug = 'borlange');"
        )
    });
    let gone = found(&after(&ground, &first.concat()).await);
    assert!(gone.contains(&(None, None, Kind::EpochLost(1))), "{gone:?}");
    assert!(gone.contains(&nowhere(6, Kind::Unplaced)), "{gone:?}");
}
