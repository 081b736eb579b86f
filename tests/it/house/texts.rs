//! Every text that is asked for is there, and every text that is there is asked for.

mod problems;

use super::none;
use std::collections::BTreeSet;
use std::path::Path;

const SWEDISH: &str = include_str!("../../../texts/sv.ftl");
/// Keys that are put together from a closed list's values; each list's own test holds it to its texts.
const FAMILIES: &[&str] = &[
    "problem-",
    "fault-",
    "warning-",
    "page-wrong-",
    "page-advice-",
    "page-fault-",
];
/// What stands around a key that is asked for.
const ASKED: &[(&str, &str)] = &[("say(\"", "\""), ("say_with(\"", "\""), ("say_count(\"", "\"")];
const FILTERED: &[&str] = &["\"|say"];

fn keys() -> BTreeSet<&'static str> {
    let begun = SWEDISH
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    begun
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
        .collect()
}

/// Everything of the program that may say something: code and templates.
fn spoken() -> String {
    let mut text = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "html") {
                text.push_str(&std::fs::read_to_string(path).expect("a text"));
            }
        }
    }
    text
}

fn asked(spoken: &str) -> BTreeSet<&str> {
    let called = ASKED.iter().flat_map(|(before, after)| {
        // Behind a bar stands a template's filter, whose key comes before it.
        let calls = spoken
            .match_indices(before)
            .filter(|(at, _)| !spoken[..*at].ends_with('|'));
        calls.filter_map(move |(at, _)| spoken[at + before.len()..].split_once(after).map(|(key, _)| key))
    });
    let filtered = FILTERED.iter().flat_map(|after| {
        let parts: Vec<&str> = spoken.split(after).collect();
        let before = parts.split_last().map_or(Vec::new(), |(_, all)| all.to_vec());
        before.into_iter().filter_map(|text| text.rsplit('"').next())
    });
    let key = |text: &&str| text.starts_with(|c: char| c.is_ascii_lowercase());
    called.chain(filtered).filter(key).collect()
}

#[test]
fn what_is_asked_for_is_there() {
    let (spoken, keys) = (spoken(), keys());
    let missing = asked(&spoken).into_iter().filter(|key| !keys.contains(key));
    none(
        "a text that no language has",
        &missing.map(str::to_owned).collect::<Vec<_>>(),
    );
}

#[test]
fn what_is_there_is_asked_for() {
    let (spoken, keys) = (spoken(), keys());
    let unused = keys.into_iter().filter(|key| {
        let whole = spoken.contains(&format!("\"{key}\""));
        !whole && !FAMILIES.iter().any(|family| key.starts_with(family))
    });
    none(
        "a text that nobody asks for",
        &unused.map(str::to_owned).collect::<Vec<_>>(),
    );
}
