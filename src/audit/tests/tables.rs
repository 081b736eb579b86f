//! The log in its tables: clean histories raise no alarm, and no column of no table can be changed unnoticed.

use super::entry;
use super::ground::Ground;
use crate::audit::extract::export_to;
use crate::audit::verify::{Asked, Report, verify, within};
use crate::audit::{Entry, record, sequencer, signer};
use crate::db::Db;
use crate::db::Transactions;
use crate::error::{Error, Result};
use crate::id::BoardId;
use diesel::RunQueryDsl as _;
use diesel::connection::TransactionManager as _;
use diesel::sql_types::{BigInt, Text};

/// The tables of the log and their primary keys.
const TABLES: [(&str, &str); 6] = [
    ("audit_event", "id"),
    ("audit_pending", "event_id"),
    ("audit_epoch", "board_id, epoch"),
    ("audit_seq", "board_id, epoch, leaf_index"),
    ("audit_tree", "board_id, epoch"),
    ("audit_checkpoint", "board_id, epoch, size"),
];

impl Ground {
    /// Writes an event into the board's log, to be sequenced.
    pub(super) async fn record(&self, board: BoardId, entry: Entry) {
        let keyring = self.app.keyring.clone();
        let write = move |db: &mut Db| {
            let keys = keyring.of(db, board)?;
            record(db, &keys, &[entry])
        };
        let done: Result<()> = self.bare(write).await;
        done.unwrap();
    }

    pub(super) async fn sequence(&self) -> Result<usize> {
        sequencer::sequence_all(&self.app.store, &self.app.keyring, &self.app.watch).await
    }

    pub(super) async fn sequence_and_sign(&self) {
        self.app.keeper().bring_up_to_date().await.unwrap();
    }

    /// Two boards; in the first events 1 to 12 in three rounds, each with a checkpoint, and 13 and 14 waiting.
    pub(super) async fn history(&self) -> BoardId {
        let board = self.board("borlange").await;
        self.board("vansbro").await;
        for round in 0..3 {
            self.fill(board, round * 4 + 1..=round * 4 + 4).await;
            self.sequence_and_sign().await;
            self.pass(1);
        }
        self.fill(board, 13..=14).await;
        board
    }

    pub(super) async fn fill(&self, board: BoardId, numbers: std::ops::RangeInclusive<u128>) {
        for number in numbers {
            self.record(board, entry(number, self.app.clock.now().millis())).await;
        }
    }

    pub(super) async fn verify(&self, asked: Asked) -> Report {
        verify(&self.app.store, Some(self.app.keyring.clone()), asked)
            .await
            .unwrap()
    }

    pub(super) async fn verify_all(&self) -> Report {
        self.verify(Asked::all(self.app.clock.now())).await
    }

    /// Verifies after a change that is then taken back.
    pub(super) async fn verify_changed<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Db) -> T + Send + 'static,
    ) -> (T, Report) {
        let (keyring, asked) = (self.app.keyring.clone(), Asked::all(self.app.clock.now()));
        self.bare(move |db| {
            Transactions::begin_transaction(db).unwrap();
            let changed = change(db);
            let report = within(db, Some(&keyring), &asked).unwrap();
            Transactions::rollback_transaction(db).unwrap();
            (changed, report)
        })
        .await
    }
}

#[derive(diesel::QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
    /// In capitals.
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    nullable: i64,
}

/// The columns of a table, as the database itself tells them, so that a new one cannot be forgotten here.
fn columns(db: &mut Db, table: &str) -> Vec<Column> {
    match db {
        Db::Sqlite(db) => diesel::sql_query(format!(
            "SELECT name, type AS kind, 1 - \"notnull\" AS nullable FROM pragma_table_info('{table}')"
        ))
        .load(db),
        Db::Postgres(db) => diesel::sql_query(format!(
            "SELECT column_name::text AS name, upper(data_type::text) AS kind, \
             (CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END)::bigint AS nullable \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'"
        ))
        .load(db),
    }
    .unwrap()
}

/// Expressions to put into a column instead of what it holds.
fn others(column: &Column) -> Vec<String> {
    let Column { name, kind, nullable } = column;
    let mut others: Vec<String> = match kind.as_str() {
        "BLOB" => vec![
            format!("randomblob(max(length(coalesce({name}, x'')), 16))"),
            "x'00'".into(),
        ],
        "UUID" => vec!["gen_random_uuid()".into()],
        "BYTEA" => vec![
            format!("coalesce({name}, '\\x'::bytea) || '\\x01'::bytea"),
            "'\\x00'::bytea".into(),
        ],
        "INTEGER" | "BIGINT" => vec![format!("{name} + 1000"), "-7".into()],
        "TEXT" => vec![format!("coalesce({name}, '') || ' '"), "'x'".into()],
        kind => panic!("{name} is {kind}"),
    };
    if *nullable == 1 {
        others.push("NULL".into());
    }
    others
}

#[tokio::test]
async fn no_column_of_no_table_can_be_changed_alone() {
    let ground = Ground::new().await;
    ground.history().await;
    let clean = ground.verify_all().await;
    assert_eq!((clean.exit_code(), clean.logs.len()), (0, 2), "{clean}");
    for (table, key) in TABLES {
        let rows = if table == "audit_event" { [0, 5, 14] } else { [0, 1, 2] };
        for column in ground.bare(move |db| columns(db, table)).await {
            let mut found = 0;
            for other in others(&column) {
                for row in rows {
                    let name = &column.name;
                    let change = format!(
                        "UPDATE {table} SET {name} = {other} WHERE ({key}) IN \
                         (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {row}) \
                         AND {name} IS DISTINCT FROM {other}"
                    );
                    let run = diesel::sql_query(change.clone());
                    let (changed, report) = ground.verify_changed(move |db| run.execute(db).unwrap()).await;
                    if changed == 0 {
                        continue;
                    }
                    assert_eq!(report.exit_code(), 1, "{change}\n{report}");
                    let named = |found: &crate::audit::verify::Found| {
                        found.finding.event_id.is_some() || found.finding.index.is_some()
                    };
                    if ["audit_event", "audit_seq"].contains(&table) {
                        assert!(report.found.iter().any(named), "{change}\n{report}");
                    }
                    found += 1;
                }
            }
            assert!(found > 0, "{table}.{} was never changed", column.name);
        }
    }
    assert_eq!(ground.verify_all().await.exit_code(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clean_histories_raise_no_alarm_however_they_were_sequenced() {
    let ground = Ground::new().await;
    let mut state = 1u64;
    let mut below = |limit: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    for number in 0..40u128 {
        let board = ground.board(&format!("board-{number}")).await;
        for round in 0..below(4) {
            let first = number * 1000 + u128::from(round) * 100;
            let count = u128::from(below(40));
            let store = &ground.app.store;
            let (one, other, signed, ()) = tokio::join!(
                ground.sequence(),
                ground.sequence(),
                signer::sign_all(store, &ground.app.keyring),
                ground.fill(board, first + 1..=first + count),
            );
            assert!(
                one.is_ok() && other.is_ok() && signed.is_ok(),
                "{one:?} {other:?} {signed:?}"
            );
            ground.pass(below(40));
            if below(3) > 0 {
                ground.sequence_and_sign().await;
            }
            let report = ground.verify_all().await;
            let late = |found: &crate::audit::verify::Found| {
                use crate::audit::finding::FindingKind::{PendingLong, Unsigned};
                matches!(found.finding.what, PendingLong(_) | Unsigned { .. })
            };
            // Only what was left lying for more than a minute may be told of.
            assert!(report.found.iter().all(late), "{report}");
        }
    }
    ground.sequence_and_sign().await;
    let report = ground.verify_all().await;
    assert_eq!((report.exit_code(), report.logs.len()), (0, 40), "{report}");
    assert!(report.logs.iter().all(|log| log.events == log.signed && log.events > 0));
}

#[tokio::test]
async fn what_cannot_be_checked_is_told() {
    let ground = Ground::sqlite().await;
    ground.history().await;
    let asked = || Asked::all(ground.app.clock.now());
    let report = verify(&ground.app.store, None, asked()).await.unwrap();
    assert_eq!((report.exit_code(), report.unchecked.len()), (2, 2), "{report}");
    let board = |slug: &str| Asked {
        board: Some(slug.into()),
        ..asked()
    };
    assert_eq!(ground.verify(board("borlange")).await.exit_code(), 0);
    assert_eq!(ground.verify(board("mora")).await.exit_code(), 2);
    let origin = Asked {
        origin: Some("other.example/audit".into()),
        ..asked()
    };
    assert_eq!(ground.verify(origin).await.exit_code(), 1);
}

#[tokio::test]
async fn a_damaged_file_is_told_in_the_databases_own_words() {
    let ground = Ground::sqlite().await;
    ground.history().await;
    ground.sql("PRAGMA wal_checkpoint(TRUNCATE)").await;
    let file = ground.folder.join("famn.db");
    let whole = std::fs::read(&file).unwrap();
    let asked = || Asked::all(ground.app.clock.now());
    let verify_file = async |bytes: &[u8]| {
        let path = ground.folder.join("copy.db");
        std::fs::write(&path, bytes).unwrap();
        let opened = crate::db::Store::open(&format!("sqlite:{}", path.display()), 1);
        let report = match &opened {
            Ok(store) => verify(store, Some(ground.app.keyring.clone()), asked()).await.unwrap(),
            Err(cause) => Report::of_damage(cause).unwrap(),
        };
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(ground.folder.join(format!("copy.db{end}")));
        }
        report
    };
    assert_eq!(verify_file(&whole).await.exit_code(), 0);
    let mut scribbled = whole.clone();
    scribbled[whole.len() / 2..whole.len() / 2 + 8192].fill(0x5a);
    let mut headless = whole.clone();
    headless[..16].fill(b'?');
    for bad in [&scribbled[..], &whole[..whole.len() / 2], &headless] {
        let report = verify_file(bad).await;
        assert_eq!(report.exit_code(), 1, "{report}");
        assert!(report.to_string().contains("the database says"), "{report}");
    }
}

#[tokio::test]
async fn an_export_holds_what_is_placed_and_goes_into_an_empty_folder_only() {
    let ground = Ground::new().await;
    ground.history().await;
    ground.sequence().await.unwrap();
    let out = ground.folder.join("out");
    let (store, keyring) = (&ground.app.store, &ground.app.keyring);
    assert_eq!(export_to(store, keyring, ("borlange", None), &out).await, Ok(15));
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let key: crate::audit::note::VerifierKey = read("log.vkey").trim_end().parse().unwrap();
    let mut verifier = crate::audit::chain::Verifier::new(key.origin(), key.clone());
    verifier.checkpoint(None, &read("checkpoint"));
    for line in read("events.jsonl").lines() {
        verifier.row(&crate::audit::export::ExportLine::parse(line).unwrap().row());
    }
    let verdict = verifier.finish(None);
    assert_eq!(verdict.findings, []);
    assert_eq!((verdict.rows, verdict.checkpoint), (15, Some(13)));
    let refused = export_to(store, keyring, ("borlange", None), &out).await;
    assert!(
        matches!(&refused, Err(Error::Fault(why)) if why.ends_with("is not empty")),
        "{refused:?}"
    );
    for nothing in [("mora", None), ("borlange", Some(2)), ("borlange", Some(u64::MAX))] {
        assert!(
            export_to(store, keyring, nothing, &ground.folder.join("no"))
                .await
                .is_err()
        );
    }
}
