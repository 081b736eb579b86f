//! The rules of the house, read from the source itself: who may name whom, and where what may stand. What a rule means
//! and why it is there tells `docs/ARCHITECTURE.md`.

pub mod source;
mod texts;

use source::{Source, files, sources, text};

/// The parts of the program, lowest first. What stands on one line may name each other.
const ORDER: &[&str] = &[
    "id clock secret money error config closed_list alive journal places probe metrics language typed",
    "db",
    "crypt",
    "blob",
    "audit outbox",
    "access",
    "app",
    "web",
    "board account home errand file review inbox letter draft health search incident",
    "server demo import upkeep",
    "cli",
    "main",
];
const FEATURES: &[&str] = &[
    "board", "account", "home", "errand", "file", "review", "inbox", "letter", "draft", "health", "search", "incident",
];
/// `$crate::` macros of a part that stand at the crate's root.
const MACROS: &[(&str, &str)] = &[("insert_all", "db"), ("closed_list", "closed_list")];

#[track_caller]
fn none(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}:\n  {}", breaches.join("\n  "));
}

/// Collects what `find` gives of every file that `at` picks.
fn breaches(at: impl Fn(&Source) -> bool, find: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    sources().iter().filter(|source| at(source)).flat_map(find).collect()
}

/// Whether the text of any of `words` stands in a file, and where.
fn words(source: &Source, words: &[&str]) -> Vec<String> {
    let place = |word: &&str| {
        let hits = if word.starts_with(|c: char| c.is_alphanumeric()) {
            source.lines_with_word(word)
        } else {
            source.lines_with(word)
        };
        hits.into_iter().map(|hit| format!("{hit} {word}")).collect::<Vec<_>>()
    };
    words.iter().flat_map(place).collect()
}

fn level(area: &str) -> Option<usize> {
    ORDER.iter().position(|line| line.split(' ').any(|one| one == area))
}

#[test]
fn a_lower_part_never_names_a_higher_one() {
    let find = |source: &Source| {
        let Some(own) = level(source.area()) else {
            return vec![format!(
                "{}: {:?} has no place in the order",
                source.path,
                source.area()
            )];
        };
        let named = source.crate_paths().into_iter().filter_map(|(place, path)| {
            let macro_of = MACROS.iter().find(|(name, _)| *name == path[0]).map(|(_, of)| *of);
            let area = macro_of.unwrap_or(&path[0]);
            match level(area) {
                None => Some(format!("{place} names {area:?}, which has no place in the order")),
                Some(named) if named > own => Some(format!("{place} names {area}, which lies above {}", source.area())),
                Some(_) => None,
            }
        });
        named.collect()
    };
    none(
        "a lower part never names a higher one",
        &breaches(|source| source.path != "src/lib.rs", find),
    );
}

#[test]
fn nobody_climbs_out_of_a_part_with_super() {
    let find = |source: &Source| {
        let chain = "super::".repeat(source.depth());
        words(source, &[&chain])
    };
    none(
        "the crate's root is named as `crate`",
        &breaches(|source| source.path != "src/lib.rs", find),
    );
}

#[test]
fn features_name_each_other_only_through_their_first_page() {
    let is_module = |area: &str, name: &str| {
        let here = |path: String| source::root().join(path).exists();
        here(format!("src/{area}/{name}.rs")) || here(format!("src/{area}/{name}"))
    };
    let find = |source: &Source| {
        let inner = source.crate_paths().into_iter().filter(|(_, path)| {
            FEATURES.contains(&path[0].as_str())
                && path[0] != source.area()
                && path.len() > 2
                && is_module(&path[0], &path[1])
        });
        inner
            .map(|(place, path)| format!("{place} {}", path.join("::")))
            .collect()
    };
    none(
        "features name each other only through mod.rs",
        &breaches(|_| true, find),
    );
    let opened = |source: &Source| {
        let open = source
            .code
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub mod "));
        let open = open.map(|rest| rest.trim_end_matches(&[';', ' ', '{'][..]));
        // `state` is a table, and a test reads it.
        let open = open.filter(|name| !["api", "pages", "state"].contains(name));
        open.map(|name| format!("{} opens {name}", source.path)).collect()
    };
    let first_page = |source: &Source| FEATURES.contains(&source.area()) && source.depth() == 1;
    none("a feature opens nothing but its faces", &breaches(first_page, opened));
}

#[test]
fn only_the_door_and_the_database_open_transactions() {
    let inside = |source: &Source| ["access", "db"].contains(&source.area());
    let transactions = [
        "db::begin",
        "db::commit",
        "as_unit(",
        "as_snapshot(",
        "begin_transaction",
        "commit_transaction",
        "rollback_transaction",
        "roll_back(",
        ".transaction(",
        ".immediate_transaction(",
        ".exclusive_transaction(",
        ".build_transaction(",
        "TransactionManager",
        "Transactions",
    ];
    let find = |source: &Source| words(source, &transactions);
    none(
        "only access and db open transactions",
        &breaches(|source| !inside(source), find),
    );
    let connections = [".durable(", ".lend(", "::establish(", "set_instrumentation("];
    let find = |source: &Source| words(source, &connections);
    none(
        "only access and db reach a connection",
        &breaches(|source| !inside(source), find),
    );
}

/// Where work is done that is nobody's act, and that no [`famn::access::Door`] stands before.
const CHORES: &[&str] = &[
    "src/access/once.rs",
    "src/account/entry/accept.rs",
    "src/account/entry/recover.rs",
    "src/account/refresh.rs",
    "src/account/roles/recertify/begin.rs",
    "src/account/own/mod.rs",
    "src/account/session.rs",
    "src/account/sign_in.rs",
    "src/account/sweep.rs",
    "src/app.rs",
    "src/audit/epoch.rs",
    "src/audit/extract.rs",
    "src/audit/keeper.rs",
    "src/audit/sequencer.rs",
    "src/audit/signer.rs",
    "src/audit/verify.rs",
    "src/board/verbs.rs",
    "src/draft/sweep.rs",
    "src/file/receive.rs",
    "src/file/sweep.rs",
    "src/outbox/worker.rs",
    "src/review/check.rs",
    "src/upkeep/rotate.rs",
];

#[test]
fn housekeeping_is_done_where_it_is_known_to_be() {
    let find = |source: &Source| words(source, &[".chore(", ".survey(", ".snapshot("]);
    let known = |source: &Source| CHORES.contains(&source.path.as_str());
    none(
        "a new chore is a new way past the door: think, then name it in CHORES",
        &breaches(|source| source.area() != "db" && !known(source), find),
    );
    let idle = |source: &Source| match find(source)[..] {
        [] => vec![source.path.clone()],
        _ => vec![],
    };
    none("these do no chores any more", &breaches(known, idle));
}

#[test]
fn tables_are_named_in_rows_and_by_the_door_alone() {
    let may = |source: &Source| {
        let of_the_door = [
            "standing",
            "relations",
            "circle",
            "colleague",
            "sight",
            "shut",
            "left",
            "once",
            "protected",
            "tell",
        ];
        source.name() == "rows.rs"
            || ["audit", "db"].contains(&source.area())
            || of_the_door
                .iter()
                .any(|name| source.path == format!("src/access/{name}.rs"))
            || (source.area() == "crypt" && ["instance.rs", "keyring.rs", "rotation.rs"].contains(&source.name()))
    };
    let find = |source: &Source| {
        let tables = source
            .crate_paths()
            .into_iter()
            .filter(|(_, path)| path[0] == "db" && path.get(1).is_some_and(|name| name == "schema" || name == "*"));
        tables
            .map(|(place, path)| format!("{place} {}", path.join("::")))
            .collect()
    };
    none("only rows.rs names tables", &breaches(|source| !may(source), find));
    let queries = [
        "diesel::prelude",
        "diesel::insert_into",
        "diesel::update",
        "diesel::delete",
        "diesel::select",
    ];
    let find = |source: &Source| words(source, &queries);
    none("only rows.rs asks the database", &breaches(|source| !may(source), find));
    let raw = ["sql_query(", "batch_execute(", "dsl::sql", "sql::<", "SqlLiteral"];
    let find = |source: &Source| words(source, &raw);
    none(
        "no SQL as text outside db",
        &breaches(|source| source.area() != "db", find),
    );
}

/// Tables of two parts: numbers are founded with the board and given out to errands; a letter needs its receiver's
/// address.
const SHARED: &[&str] = &["number_series: board and errand", "person: account and outbox"];

#[test]
fn a_table_belongs_to_one_part() {
    let mut owners: Vec<(String, String)> = Vec::new();
    let rows = |source: &Source| source.name() == "rows.rs";
    for source in sources().iter().filter(|source| rows(source)) {
        for (_, path) in source.crate_paths() {
            if path[0] == "db" && path.get(1).is_some_and(|name| name == "schema") {
                owners.push((path.last().cloned().unwrap_or_default(), source.area().to_owned()));
            }
        }
    }
    owners.sort();
    owners.dedup();
    let shared = owners.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    let shared: Vec<_> = shared
        .map(|pair| format!("{}: {} and {}", pair[0].0, pair[0].1, pair[1].1))
        .collect();
    assert_eq!(shared, SHARED, "a table belongs to one part");
}

#[test]
fn faces_know_neither_tables_nor_seals() {
    let face = |source: &Source| {
        ["api.rs", "pages.rs"].contains(&source.name())
            || ["/api/", "/pages/"].iter().any(|at| source.path.contains(at))
    };
    let find = |source: &Source| {
        let mut found = words(source, &["diesel"]);
        let named = source.crate_paths().into_iter();
        let named = named.filter(|(_, path)| ["db", "crypt"].contains(&path[0].as_str()));
        found.extend(named.map(|(place, path)| format!("{place} {}", path.join("::"))));
        found
    };
    none("faces import neither diesel nor crypt nor db", &breaches(face, find));
    assert!(
        sources().iter().filter(|source| face(source)).count() > 4,
        "there are faces"
    );
}

#[test]
fn only_the_database_knows_which_database_it_is() {
    let find = |source: &Source| {
        words(
            source,
            &["Db::Sqlite", "Db::Postgres", "SqliteConnection", "PgConnection"],
        )
    };
    none(
        "only src/db matches on the back end",
        &breaches(|source| source.area() != "db", find),
    );
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |of: &str| {
        let folder = format!("migrations/{of}/");
        let files = files(&folder).into_iter();
        let names = files.map(|path| path.replacen(&folder, "", 1)).collect::<Vec<_>>();
        assert!(!names.is_empty(), "{of} has migrations");
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn a_file_can_be_read_in_one_go() {
    let read = ["rs", "html", "css", "js", "toml", "py"];
    let kinds = |path: &String| read.iter().any(|kind| path.ends_with(&format!(".{kind}")));
    let all = ["src", "tests", "config"].into_iter().flat_map(files);
    let read = all.filter(kinds);
    let long = read
        .map(|path| (text(&path).lines().count(), path))
        .filter(|(lines, _)| *lines > 500);
    let long: Vec<_> = long.map(|(lines, path)| format!("{path}: {lines} lines")).collect();
    none("no file has more than 500 lines", &long);
}

#[test]
fn every_part_says_first_what_it_is() {
    let all = files("src").into_iter();
    let pages =
        all.filter(|path| path.ends_with("/mod.rs") || (path.ends_with(".rs") && path.matches('/').count() == 1));
    let said = pages.filter_map(|path| {
        let whole = text(&path);
        let said = whole.lines().take_while(|line| line.starts_with("//!")).count();
        let fits = if path.ends_with("/mod.rs") {
            (2..=8).contains(&said)
        } else {
            said > 0
        };
        (!fits && path != "src/main.rs").then(|| format!("{path}: {said} lines"))
    });
    none(
        "every part opens with its //!: a mod.rs with 2 to 8 lines",
        &said.collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_is_left_undone_and_nothing_panics() {
    let marks = ["TODO", "FIXME"];
    let own = "tests/it/house.rs";
    let noted = ["src", "tests", "migrations", "config", "texts"]
        .into_iter()
        .flat_map(files);
    let noted = noted.filter(|path| path != own).filter_map(|path| {
        let whole = std::fs::read_to_string(source::root().join(&path)).ok()?;
        let hit = whole
            .lines()
            .position(|line| marks.iter().any(|mark| line.contains(mark)))?;
        Some(format!("{path}:{}", hit + 1))
    });
    none("nothing is left to be done", &noted.collect::<Vec<_>>());
    let panics = [
        ".unwrap()",
        ".expect(",
        ".unwrap_err()",
        ".expect_err(",
        "panic!(",
        "todo!(",
        "unimplemented!(",
        "dbg!(",
    ];
    let find = |source: &Source| {
        let reasoned = |place: &String| {
            let line: usize = place.split([':', ' ']).nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
            let whole = text(&source.path);
            let before: Vec<&str> = whole.lines().take(line).collect();
            // The attribute stands above the statement or the function that it excuses.
            let recent = before.iter().rev().take(12);
            recent
                .take_while(|line| !line.trim().is_empty())
                .any(|line| line.contains("#[expect(") || line.contains("#[allow("))
        };
        words(source, &panics)
            .into_iter()
            .filter(|place| !reasoned(place))
            .collect()
    };
    none("nothing panics without a reason given", &breaches(|_| true, find));
}
