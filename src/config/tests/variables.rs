//! Every setting by file and by variable: what is taken, what is refused, what may be empty, and which of the two wins.

use super::*;
use figment::providers::Serialized;
use serde_json::{Value, json};

/// A setting.
struct Row {
    name: &'static str,
    /// Another value than it has without being set.
    good: &'static str,
    bad: &'static [&'static str],
    may_be_empty: bool,
}

const fn row(name: &'static str, good: &'static str, bad: &'static [&'static str], may_be_empty: bool) -> Row {
    Row {
        name,
        good,
        bad,
        may_be_empty,
    }
}

const TABLE: &[Row] = &[
    row(
        "server.listen",
        "127.0.0.1:9090",
        &["nowhere", "127.0.0.1", "8080", "127.0.0.1:99999"],
        false,
    ),
    row(
        "server.public_url",
        "https://famn.kommunen.example",
        &[
            "http://famn.kommunen.example",
            "https://",
            "https://a.example/b",
            "https://a@b.example",
            "a.example",
        ],
        true,
    ),
    row(
        "server.workers",
        "8",
        &["0", "65", "900", "-1", "2.5", "two", "1e1", "8 workers"],
        false,
    ),
    row(
        "server.trusted_proxies",
        "10.1.2.0/24",
        &["localhost", "10.0.0.0/33", "*"],
        true,
    ),
    row("server.forwarded_header", "forwarded", &["x-real-ip", "1"], false),
    row("server.deadline", "45", &["0", "601", "-30", "30s"], false),
    row("limits.person", "600", &["499", "100001", "many"], false),
    row("limits.address", "20", &["9", "100001", "true"], false),
    row(
        "metrics.listen",
        "127.0.0.1:9464",
        &["9464", "localhost", "127.0.0.1:8080"],
        true,
    ),
    row("data.folder", "2026", &["a\u{7}b", "a\nb"], false),
    row(
        "database.url",
        "sqlite:2026.db",
        &["mysql://a", "sqlite:", "postgres://", "2026"],
        false,
    ),
    row("database.connections", "16", &["0", "101", "0x10"], false),
    row("keys.root_file", "key 2026", &["a\u{fffd}"], false),
    row(
        "audit.origin",
        "famn.annan.example/audit",
        &["famn.example.se/audit", "a b/audit", "a+b", "famn.kommunen.example/"],
        false,
    ),
    row(
        "mail.from",
        "Famn <famn@annan.example>",
        &["nix", "famn@", "Famn <famn>", "5"],
        false,
    ),
    row(
        "mail.server",
        "smtp.annan.example:2525",
        &["a b", "a:99999", ":25"],
        true,
    ),
    row("mail.tls", "implicit", &["ssl", "none", "1"], false),
    row("mail.user", "12345", &["a\u{7}"], false),
    row("mail.password_file", "/etc/famn/2026", &["a\u{7}"], false),
    row("mail.ca_file", "/etc/famn/ca.pem", &["a\u{7}"], true),
    row("mail.deadline", "45", &["0", "301", "half"], false),
    row("backup.recovery_key", "famn-recovery-1:a", &["a\u{7}"], true),
    row("passwords.at_once", "4", &["0", "65", "3.0"], false),
    row("log.format", "text", &["xml", "JSON"], false),
    row("log.level", "famn=debug,warn", &["loud", "famn=loud", "3"], false),
];

/// Settings that are right, with one that is another.
fn files(name: &str, value: Option<&str>) -> Value {
    let mut all = json!({
        "audit": {"origin": "famn.kommunen.example/audit"},
        "mail": {"from": "famn@kommunen.example", "server": "smtp.kommunen.example", "user": "famn",
            "password_file": "/etc/famn/mail.password"},
    });
    if let (Some(value), Some((section, key))) = (value, name.split_once('.')) {
        // In a file a number is one.
        all[section][key] = value
            .parse::<u32>()
            .map_or_else(|_| json!(value), |number| json!(number));
    }
    all
}

fn variable(name: &str, value: &str) -> Variables {
    let spelled = format!("FAMN_{}", name.to_uppercase().replace('.', "__"));
    Variables::from([(name.to_owned(), (spelled, value.to_owned()))])
}

fn read(files: &Value, variables: Variables) -> Result<String, Vec<String>> {
    let read = Config::of(Serialized::defaults(files), variables).and_then(Gathered::done);
    read.map(|config| format!("{config:?}")).map_err(|faults| faults.0)
}

#[test]
fn every_setting_is_in_the_table() {
    let table: Vec<_> = TABLE.iter().map(|row| row.name).collect();
    let all: Vec<_> = SETTINGS.iter().map(|setting| setting.name).collect();
    assert_eq!(table, all);
}

#[test]
fn every_setting_is_taken_from_a_variable_as_from_a_file_and_the_variable_wins() {
    for Row { name, good, bad, .. } in TABLE {
        let by_file = read(&files(name, Some(good)), Variables::new()).expect(name);
        let without = read(&files(name, None), Variables::new()).expect(name);
        let given = |shown: &str| shown.split("given: ").next().map(str::to_owned);
        assert_ne!(given(&by_file), given(&without), "{name} does something");
        let by_variable = read(&files(name, None), variable(name, good)).expect(name);
        assert_eq!(given(&by_variable), given(&by_file), "{name} by variable");
        let over_bad = read(&files(name, Some(bad[0])), variable(name, good)).expect(name);
        assert_eq!(given(&over_bad), given(&by_file), "{name} over a bad one in a file");
    }
}

#[test]
fn every_bad_value_is_told_by_the_name_of_its_setting() {
    for Row { name, good, bad, .. } in TABLE {
        for bad in *bad {
            let told = |faults: Vec<String>| {
                let begins = faults.len() == 1 && faults[0].starts_with(&format!("{name}: "));
                assert!(begins, "{name} {bad:?}: {faults:?}");
                faults[0].clone()
            };
            told(read(&files(name, Some(bad)), Variables::new()).expect_err(name));
            let by_variable = told(read(&files(name, Some(good)), variable(name, bad)).expect_err(name));
            assert!(by_variable.contains("(set by FAMN_"), "{by_variable}");
        }
    }
}

#[test]
fn an_empty_variable_empties_what_a_file_sets_or_is_told() {
    for row in TABLE {
        let name = row.name;
        let read = |variables| read(&files(name, Some(row.good)), variables);
        match (row.may_be_empty, read(variable(name, ""))) {
            (true, Ok(shown)) => assert_ne!(Ok(shown), read(Variables::new()), "{name} is emptied"),
            (false, Err(faults)) => assert!(faults.iter().any(|fault| fault.contains(name)), "{name}: {faults:?}"),
            (_, read) => panic!("{name}: {read:?}"),
        }
    }
}

#[test]
fn what_is_no_setting_is_told_wherever_it_stands() {
    let mut files = files("", None);
    files["server"]["workrs"] = json!(8);
    files["colour"] = json!({"red": 1});
    files["workers"] = json!(8);
    files["log"] = json!({"level": {"famn": "info"}});
    let mut variables = variable("server.deadlin", "2");
    variables.append(&mut variable("server_workers", "2"));
    variables.append(&mut variable("server.workers.more", "2"));
    let faults = read(&files, variables).expect_err("faults");
    for name in [
        "server.workrs",
        "colour.red",
        "workers",
        "log.level",
        "FAMN_SERVER__DEADLIN",
        "FAMN_SERVER_WORKERS",
        "FAMN_SERVER__WORKERS__MORE",
    ] {
        let told = faults.iter().filter(|fault| fault.starts_with(&format!("{name}: ")));
        assert_eq!(told.count(), 1, "{name} in {faults:?}");
    }
    assert_eq!(faults.len(), 7, "{faults:?}");
}

#[test]
fn what_others_have_to_say_is_told_with_the_rest_of_settings_that_had_no_fault() {
    let files = files("server.workers", Some("900"));
    let mut gathered = Config::of(Serialized::defaults(files), variable("log.format", "text")).expect("readable");
    assert!(!gathered.are_right(&["log.format", "server.workers"]) && gathered.are_right(&["log.format"]));
    gathered.add(vec!["log.format: ugly".into(), "server.workers: too".into()]);
    let faults = gathered.done().expect_err("faults").0;
    assert_eq!(
        faults,
        [
            "server.workers: 900 is not between 1 and 64",
            "log.format: ugly (set by FAMN_LOG__FORMAT)"
        ]
    );
}
