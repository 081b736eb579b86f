//! The page of tables that the queries are written from (`src/db/schema`) says what the migrated database has, on
//! either back end; the tables of values hold exactly the values of the code; another version is not served.

use crate::kit::{Place, on_postgres, rows_of};
use famn::db::{Store, migrate};
use famn::{access, draft, errand, home, incident, outbox, review};
use std::collections::BTreeSet;

/// `table.column type`, with ` null` where nothing may stand there, and `table key a,b`.
type Lines = BTreeSet<String>;

/// What the two back ends call a column's type.
const TYPES: &[(&str, &str, &str)] = &[
    ("DbUuid", "BLOB", "uuid"),
    ("DbInstant", "INTEGER", "timestamp with time zone"),
    ("Binary", "BLOB", "bytea"),
    ("BigInt", "INTEGER", "bigint"),
    ("Bool", "INTEGER", "boolean"),
    ("Text", "TEXT", "text"),
];

/// Tables of an enum's values, and those values.
fn values() -> Vec<(&'static str, Vec<&'static str>)> {
    macro_rules! all {
        ($list:expr) => {
            $list.iter().map(|value| value.as_str()).collect()
        };
    }
    vec![
        ("role", all!(access::Role::ALL)),
        ("home_kind", all!(home::HomeKind::ALL)),
        ("protection", all!(home::Protection::ALL)),
        ("legal_basis", all!(home::LegalBasis::ALL)),
        ("errand_kind", all!(errand::ErrandKind::ALL)),
        ("errand_state", all!(errand::ErrandState::ALL)),
        ("message_category", all!(errand::MessageCategory::ALL)),
        ("receipt_category", all!(errand::ReceiptCategory::ALL)),
        ("receipt_state", all!(errand::LineState::ALL)),
        ("item_category", all!(errand::ItemCategory::ALL)),
        ("payer", all!(errand::Payer::ALL)),
        ("other_cover", all!(errand::OtherCover::ALL)),
        ("travel_purpose", all!(errand::TravelPurpose::ALL)),
        ("approval_mode", all!(errand::ApprovalMode::ALL)),
        ("travel_mode", all!(errand::TravelMode::ALL)),
        ("guardian_consent", all!(errand::GuardianConsent::ALL)),
        ("decision_outcome", all!(errand::Outcome::ALL)),
        ("warning_code", all!(errand::WarningCode::ALL)),
        ("letter_kind", all!(outbox::LetterKind::ALL)),
        ("draft_kind", all!(draft::DraftKind::ALL)),
        ("opening_reason", all!(errand::OpeningReason::ALL)),
        ("letter_state", all!(outbox::LetterState::ALL)),
        ("letter_failure", all!(outbox::LetterFailure::ALL)),
        ("check_verdict", all!(review::CheckVerdict::ALL)),
        ("item_kind", all!(errand::ItemKind::ALL)),
        ("incident_state", all!(incident::IncidentState::ALL)),
    ]
}

/// The pages of tables, one after the other.
pub const PAGES: &str = concat!(
    include_str!("../../src/db/schema/people.rs"),
    include_str!("../../src/db/schema/apart.rs"),
    include_str!("../../src/db/schema/errands.rs"),
    include_str!("../../src/db/schema/incidents.rs"),
    include_str!("../../src/db/schema/upkeep.rs"),
);

/// The tables of `src/db/schema`, in the words of the database of this run.
fn written() -> Lines {
    let mut lines = Lines::new();
    let mut table = String::new();
    let code = PAGES.lines().map(str::trim).filter(|line| !line.starts_with("//!"));
    for line in code {
        if let Some((name, key)) = line.strip_suffix(") {").and_then(|head| head.split_once(" (")) {
            table = name.to_owned();
            lines.insert(format!("{table} key {}", key.replace(' ', "")));
        } else if let Some((column, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let (_, sqlite, postgres) = TYPES
                .iter()
                .find(|(name, ..)| *name == inner.unwrap_or(kind))
                .unwrap_or_else(|| panic!("{kind} of {table}.{column} is no known type"));
            let there = if on_postgres() { postgres } else { sqlite };
            lines.insert(column_line(&table, column, there, inner.is_some()));
        } else {
            let other = [
                "",
                "}",
                "diesel::table! {",
                "use diesel::sql_types::*;",
                "use crate::db::types::sql::*;",
            ];
            assert!(
                other.contains(&line) || line.starts_with("//"),
                "a line that cannot be read: {line}"
            );
        }
    }
    lines
}

fn column_line(table: &str, column: &str, kind: &str, nullable: bool) -> String {
    format!("{table}.{column} {kind}{}", if nullable { " null" } else { "" })
}

/// The tables of the database itself.
fn there(place: &Place) -> Lines {
    let (columns, keys) = if on_postgres() {
        (
            "SELECT table_name || '.' || column_name || ' ' || data_type \
             || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END AS text \
             FROM information_schema.columns WHERE table_schema = 'public' \
             AND table_name IN (SELECT tablename FROM pg_tables)",
            "SELECT k.table_name || ' key ' || string_agg(k.column_name, ',' ORDER BY k.ordinal_position) AS text \
             FROM information_schema.key_column_usage k \
             JOIN information_schema.table_constraints c USING (constraint_schema, constraint_name) \
             WHERE c.constraint_type = 'PRIMARY KEY' AND k.table_schema = 'public' GROUP BY k.table_name",
        )
    } else {
        (
            "SELECT t.name || '.' || c.name || ' ' || c.type || CASE c.\"notnull\" WHEN 1 THEN '' ELSE ' null' END \
             AS text FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
            "SELECT name || ' key ' || group_concat(column_name, ',') AS text FROM \
             (SELECT t.name AS name, c.name AS column_name FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND c.pk > 0 ORDER BY t.name, c.pk) GROUP BY name",
        )
    };
    let mut lines: Lines = rows_of(place, columns)
        .into_iter()
        .chain(rows_of(place, keys))
        .collect();
    let others: Vec<_> = values().into_iter().map(|(table, _)| table).collect();
    lines.retain(|line| {
        let table = line.split(['.', ' ']).next().unwrap_or_default();
        !others.contains(&table) && !table.starts_with("__diesel") && !table.starts_with("sqlite_")
    });
    lines
}

#[test]
fn the_page_of_tables_is_what_the_database_has() {
    let place = Place::filled();
    let (written, there) = (written(), there(&place));
    assert!(written.len() > 200, "the page was read: {}", written.len());
    let only_written: Vec<_> = written.difference(&there).collect();
    let only_there: Vec<_> = there.difference(&written).collect();
    assert!(
        only_written.is_empty() && only_there.is_empty(),
        "only on the page: {only_written:#?}\nonly in the database: {only_there:#?}"
    );
}

#[test]
fn tables_of_values_hold_the_values_of_the_code() {
    let place = Place::filled();
    for (table, known) in values() {
        let held = rows_of(&place, &format!("SELECT name AS text FROM {table}"));
        let (held, known): (Lines, Lines) = (
            held.into_iter().collect(),
            known.into_iter().map(str::to_owned).collect(),
        );
        assert_eq!(held, known, "the table {table}");
    }
}

#[test]
fn every_column_of_a_closed_list_is_held_to_its_table() {
    let place = Place::filled();
    let referred = if on_postgres() {
        "SELECT DISTINCT table_name::text AS text FROM information_schema.constraint_column_usage \
         WHERE constraint_name IN (SELECT constraint_name FROM information_schema.referential_constraints)"
    } else {
        "SELECT DISTINCT f.\"table\" AS text FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f"
    };
    let referred = rows_of(&place, referred);
    for (table, _) in values() {
        assert!(referred.contains(&table.to_owned()), "nothing refers to {table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_version_is_not_served() {
    let place = tokio::task::spawn_blocking(Place::empty).await.expect("a place");
    let refusal = async || {
        let current = match Store::open(&place.url, 1) {
            Ok(store) => migrate::require_current(&store).await,
            Err(cause) => Err(cause),
        };
        current.err().map(|cause| cause.to_string())
    };
    let first = refusal().await.expect("an empty database is not served");
    let lacking = if on_postgres() { "lacks" } else { "there is no database" };
    assert!(first.contains(lacking) && first.contains("famn migrate"), "{first}");

    let done = migrate::bring_up_to_date(&place.url).await.expect("it is migrated");
    assert!(!done.is_empty());
    assert_eq!(refusal().await, None);
    let again = migrate::bring_up_to_date(&place.url)
        .await
        .expect("there is nothing to do");
    assert!(again.is_empty(), "{again:?}");

    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001') RETURNING version AS text";
    rows_of(&place, newer);
    let ahead = refusal().await.expect("a newer database is not served");
    assert!(ahead.contains("newer") && ahead.contains("29991231000001"), "{ahead}");
    let mut config = famn::demo::config(&place.folder, std::net::SocketAddr::from(([127, 0, 0, 1], 0)));
    config.database.url = place.url.clone();
    famn::crypt::RootKey::make(&config.keys.root_file).expect("a root key");
    let opened = famn::app::App::open(config, famn::clock::Clock::system(), &[]).await;
    let opened = opened.err().map(|cause| cause.to_string());
    assert_eq!(opened.as_deref(), Some(ahead.as_str()));

    let latest = "DELETE FROM __diesel_schema_migrations WHERE version IN \
                  (SELECT version FROM __diesel_schema_migrations ORDER BY version DESC LIMIT 2) \
                  RETURNING version AS text";
    assert_eq!(rows_of(&place, latest).len(), 2);
    let behind = refusal().await.expect("a database that is behind is not served");
    assert!(behind.contains("lacks") && !behind.contains("newer"), "{behind}");
}

/// Where what PostgreSQL has to have is kept.
const KEPT: &str = "src/db/structure/postgres.txt";

#[test]
fn what_postgresql_has_to_have_was_kept_after_the_last_migration() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the migrations")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(
        famn::db::structure::kept_from(),
        names,
        "write {KEPT} anew: FAMN_TEST_RENEW=1 tests/run postgres -- what_postgresql_has_to_have"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postgresql_has_to_have_is_what_the_migrations_make() {
    let place = tokio::task::spawn_blocking(Place::empty).await.expect("a place");
    migrate::bring_up_to_date(&place.url).await.expect("it is migrated");
    let store = Store::open(&place.url, 1).expect("it opens");
    let made = famn::db::structure::to_keep(&store).await.expect("it is read");
    // SQLite's own is made from the migrations whenever it is asked for.
    let Some(made) = made else {
        return assert!(!on_postgres());
    };
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(KEPT);
    if crate::kit::setting("FAMN_TEST_RENEW").is_some() {
        return std::fs::write(file, made).expect("it is kept");
    }
    let kept = std::fs::read_to_string(file).expect("it is kept");
    assert!(
        kept == made,
        "write {KEPT} anew: FAMN_TEST_RENEW=1 tests/run postgres -- what_postgresql_has_to_have"
    );
}
