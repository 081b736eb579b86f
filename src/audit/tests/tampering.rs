//! What may be done to the tables by one who may write every one of them, and how each is found.

use super::ground::Ground;
use uuid::Uuid;

use super::{entry, id};
use crate::audit::finding::FindingKind as Kind;
use crate::audit::merkle::Frontier;
use crate::audit::note::{Checkpoint, SigningKey};
use crate::audit::signer::signing_key;
use crate::audit::verify::{Asked, Report, verify};
use crate::db::schema::{audit_checkpoint, audit_event, audit_seq, audit_tree};
use crate::db::{Db, Store};
use crate::id::{BoardId, EventId};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

/// What was found: of which event, at which index, what.
pub(super) fn found(report: &Report) -> Vec<(Option<Uuid>, Option<u64>, Kind)> {
    let one = |found: &crate::audit::verify::Found| {
        let finding = found.finding.clone();
        (finding.event_id, finding.index, finding.what)
    };
    report.found.iter().map(one).collect()
}

/// Event `n` of the history, at its place.
pub(super) fn at(number: u64, what: Kind) -> (Option<Uuid>, Option<u64>, Kind) {
    (Some(id(number.into())), Some(number), what)
}

/// Event `n` of the history, which has no place.
pub(super) fn nowhere(number: u64, what: Kind) -> (Option<Uuid>, Option<u64>, Kind) {
    (Some(id(number.into())), None, what)
}

/// Statements, with `{n}` for the id of event `n`.
pub(super) async fn after(ground: &Ground, statements: &str) -> Report {
    let mut statements = statements.to_owned();
    for number in 1..=20 {
        let literal = match ground.app.store.has_own_writer() {
            true => format!("x'{}'", id(number).simple()),
            false => format!("'{}'", id(number)),
        };
        statements = statements.replace(&format!("{{{number}}}"), &literal);
    }
    let run = move |db: &mut Db| db.batch_execute(&statements).unwrap();
    ground.verify_changed(run).await.1
}

#[tokio::test]
async fn rows_taken_away_or_moved_are_named() {
    let ground = Ground::new().await;
    ground.history().await;
    let found_after = async |statements: &str| found(&after(&ground, statements).await);
    let gap = (None, Some(6), Kind::Gap { last: 6 });
    assert_eq!(
        found_after("DELETE FROM audit_event WHERE id = {6}").await,
        [at(6, Kind::EventLost)]
    );
    let unplaced = nowhere(6, Kind::Unplaced);
    let sequence = "DELETE FROM audit_seq WHERE event_id = {6}";
    assert_eq!(found_after(sequence).await, [gap.clone(), unplaced]);
    let both = "DELETE FROM audit_event WHERE id = {6}; DELETE FROM audit_seq WHERE event_id = {6}";
    assert_eq!(found_after(both).await, [gap]);
    let salts = "UPDATE audit_event SET salts = (SELECT salts FROM audit_event WHERE id = {7}) WHERE id = {6};
        UPDATE audit_event SET salts = (SELECT salts FROM audit_event WHERE id = {5}) WHERE id = {7}";
    let sealed = [at(6, Kind::SaltsSealed), at(7, Kind::SaltsSealed)];
    assert_eq!(found_after(salts).await, sealed);
    let places = "UPDATE audit_seq SET event_id = {20} WHERE event_id = {6};
        UPDATE audit_seq SET event_id = {6} WHERE event_id = {7};
        UPDATE audit_seq SET event_id = {7} WHERE event_id = {20}";
    let differ = |index: u64, number: u128| (Some(id(number)), Some(index), Kind::LeafHashChanged);
    assert_eq!(found_after(places).await, [differ(6, 7), differ(7, 6)]);
    let moved = "UPDATE audit_seq SET leaf_index = 99 WHERE event_id = {6};
        UPDATE audit_seq SET leaf_index = 6 WHERE event_id = {7};
        UPDATE audit_seq SET leaf_index = 7 WHERE event_id = {6}";
    let found_moved = found_after(moved).await;
    let [
        (
            None,
            None,
            Kind::RootDiffers {
                agreed: 5,
                size: 9,
                suspects,
            },
        ),
        ..,
    ] = &found_moved[..]
    else {
        panic!("{found_moved:?}");
    };
    assert!(suspects.contains(&id(6)) && suspects.contains(&id(7)));
    let pending = "DELETE FROM audit_pending WHERE event_id = {13}";
    assert_eq!(found_after(pending).await, [nowhere(13, Kind::Unplaced)]);
    let lost = "DELETE FROM audit_event WHERE id = {13}";
    assert_eq!(found_after(lost).await, [nowhere(13, Kind::PendingLost)]);
    let again = "INSERT INTO audit_pending SELECT id, board_id FROM audit_event WHERE id = {6}";
    assert_eq!(found_after(again).await, [at(6, Kind::PendingPlaced)]);
    assert_eq!(found_after("DELETE FROM audit_tree").await.len(), 2);
    assert_eq!(found(&ground.verify_all().await), []);
}

#[tokio::test]
async fn what_is_moved_to_another_board_is_found() {
    let ground = Ground::new().await;
    ground.history().await;
    let to = "SET board_id = (SELECT id FROM board WHERE slug = 'vansbro')";
    for (table, row) in [
        ("audit_event", "id = {6}"),
        ("audit_event", "id = {13}"),
        ("audit_pending", "event_id = {13}"),
        ("audit_seq", "event_id = {6}"),
        ("audit_checkpoint", "size = 9"),
    ] {
        let report = after(&ground, &format!("UPDATE {table} {to} WHERE {row}")).await;
        assert_eq!(report.exit_code(), 1, "{table} {row}");
    }
    let renamed = after(&ground, "UPDATE board SET slug = 'mora' WHERE slug = 'vansbro'").await;
    let what = "its name is not that of the board and the epoch";
    assert_eq!(found(&renamed), [(None, None, Kind::LogRow(what))]);
    let gone = after(&ground, "DELETE FROM audit_epoch").await;
    assert!(found(&gone).contains(&(None, None, Kind::NoLog)));
    assert!(found(&gone).contains(&at(6, Kind::Stray("audit_seq"))));
}

#[tokio::test]
async fn what_lies_waiting_or_unsigned_for_more_than_a_minute_is_told() {
    let ground = Ground::sqlite().await;
    let board = ground.history().await;
    ground.pass(60);
    assert_eq!(ground.verify_all().await.exit_code(), 0);
    ground.pass(1);
    let late = [13, 14].map(|number| nowhere(number, Kind::PendingLong(61)));
    assert_eq!(found(&ground.verify_all().await), late);
    ground.sequence_and_sign().await;
    ground.fill(board, 15..=15).await;
    ground.sequence().await.unwrap();
    assert_eq!(found(&ground.verify_all().await), []);
    ground.pass(61);
    let unsigned = Kind::Unsigned { size: 16, seconds: 61 };
    assert_eq!(found(&ground.verify_all().await), [(None, Some(15), unsigned)]);
    // Where something else is wrong, that alone is told.
    let gap = after(&ground, "DELETE FROM audit_seq WHERE leaf_index = 0 AND event_id = {1}").await;
    let gap_and_event = [(None, Some(0), Kind::Gap { last: 0 }), nowhere(1, Kind::Unplaced)];
    assert_eq!(found(&gap), gap_and_event);
    // Back-dated: by one who has the program write it.
    ground.sequence_and_sign().await;
    let before = ground.app.clock.now().millis() - 2 * 3_600_000;
    ground.record(board, entry(16, before)).await;
    ground.sequence_and_sign().await;
    assert_eq!(found(&ground.verify_all().await), [at(16, Kind::BackDated)]);
}

/// The notes stored for a board.
pub(super) fn notes(db: &mut Db, board: BoardId) -> Vec<String> {
    audit_checkpoint::table
        .filter(audit_checkpoint::board_id.eq(board))
        .select(audit_checkpoint::note)
        .order(audit_checkpoint::size)
        .load(db)
        .unwrap()
}

#[tokio::test]
async fn an_old_copy_put_back_is_found_by_a_checkpoint_kept_elsewhere() {
    let ground = Ground::sqlite().await;
    let board = ground.board("borlange").await;
    ground.fill(board, 1..=3).await;
    ground.sequence_and_sign().await;
    ground.sql("PRAGMA wal_checkpoint(TRUNCATE)").await;
    let copy = ground.folder.join("copy.db");
    std::fs::copy(ground.folder.join("famn.db"), &copy).unwrap();
    ground.fill(board, 4..=9).await;
    ground.sequence_and_sign().await;
    let kept = ground.bare(move |db| notes(db, board).concat()).await;
    let asked = |kept: &str| Asked {
        kept: kept.into(),
        ..Asked::all(ground.app.clock.now())
    };
    assert_eq!(ground.verify(asked(&kept)).await.exit_code(), 0);
    let old = Store::open(&format!("sqlite:{}", copy.display()), 1).unwrap();
    let verify_old = async |kept| {
        verify(&old, Some(ground.app.keyring.clone()), asked(kept))
            .await
            .unwrap()
    };
    assert_eq!(verify_old("").await.exit_code(), 0);
    let cut = Kind::TailCut { count: 1, size: 10 };
    assert_eq!(found(&verify_old(&kept).await), [(None, None, cut)]);
    // Of a log that should be there, and of one that nothing is known of.
    let later = kept.replace("borlange/1", "borlange/2");
    assert_eq!(ground.verify(asked(&later)).await.exit_code(), 1);
    let other = kept.replace("borlange/1", "mora/1");
    assert_eq!(ground.verify(asked(&other)).await.exit_code(), 2);
}

/// Writes the log anew without the event at `index`, as one who has the keys too.
fn rebuild(db: &mut Db, key: &SigningKey, board: BoardId, index: i64) {
    let of_board = audit_seq::table.filter(audit_seq::board_id.eq(board));
    let places: Vec<(i64, EventId, Vec<u8>)> = of_board
        .select((audit_seq::leaf_index, audit_seq::event_id, audit_seq::leaf_hash))
        .order(audit_seq::leaf_index)
        .load(db)
        .unwrap();
    let mut tree = Frontier::new();
    for (place, event, hash) in places {
        let row = audit_seq::table.find((board, 1, place));
        if place == index {
            diesel::delete(row).execute(db).unwrap();
            diesel::delete(audit_event::table.find(event)).execute(db).unwrap();
            continue;
        }
        let moved = audit_seq::leaf_index.eq(tree.size() as i64);
        diesel::update(row).set(moved).execute(db).unwrap();
        tree.push(hash[..].try_into().unwrap());
    }
    let (size, edge) = (tree.size() as i64, tree.to_bytes());
    diesel::update(audit_tree::table.find((board, 1)))
        .set((
            audit_tree::size.eq(size),
            audit_tree::root.eq(&tree.root()[..]),
            audit_tree::frontier.eq(&edge),
        ))
        .execute(db)
        .unwrap();
    let checkpoint = Checkpoint {
        origin: key.verifier_key().origin().clone(),
        size: tree.size(),
        root: tree.root(),
    };
    diesel::delete(audit_checkpoint::table.filter(audit_checkpoint::board_id.eq(board)))
        .execute(db)
        .unwrap();
    diesel::insert_into(audit_checkpoint::table)
        .values((
            audit_checkpoint::board_id.eq(board),
            audit_checkpoint::epoch.eq(1),
            audit_checkpoint::size.eq(size),
            audit_checkpoint::note.eq(checkpoint.sign(key).unwrap()),
            audit_checkpoint::frontier.eq(edge),
        ))
        .execute(db)
        .unwrap();
}

#[tokio::test]
async fn a_log_rebuilt_with_the_stolen_key_is_found_by_a_checkpoint_kept_elsewhere() {
    let ground = Ground::new().await;
    let board = ground.history().await;
    let keyring = ground.app.keyring.clone();
    let kept = ground
        .bare(move |db| {
            let kept = notes(db, board).swap_remove(1);
            let key = signing_key(db, &keyring, board, 1).unwrap();
            rebuild(db, &key, board, 6);
            kept
        })
        .await;
    assert_eq!(ground.verify_all().await.exit_code(), 0);
    let asked = Asked {
        kept,
        ..Asked::all(ground.app.clock.now())
    };
    let report = ground.verify(asked).await;
    let [(_, _, Kind::RootDiffers { agreed: 0, size: 9, .. })] = found(&report)[..] else {
        panic!("{report}");
    };
}

#[tokio::test]
async fn an_event_placed_twice_is_found_though_the_schema_was_changed_for_it() {
    let ground = Ground::sqlite().await;
    ground.history().await;
    ground
        .sql(
            "CREATE TABLE loose AS SELECT * FROM audit_seq; INSERT INTO loose SELECT * FROM audit_seq WHERE \
             leaf_index = 6; DROP TABLE audit_seq; ALTER TABLE loose RENAME TO audit_seq",
        )
        .await;
    let kinds: Vec<Kind> = found(&ground.verify_all().await)
        .into_iter()
        .map(|(.., what)| what)
        .collect();
    assert!(
        kinds.contains(&Kind::PlacedTwice) && kinds.contains(&Kind::OutOfPlace),
        "{kinds:?}"
    );
}
