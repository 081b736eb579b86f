//! OWASP ASVS 5.0, line by line (`docs/asvs.json`): held, not, or not applicable. What is held names the test or the place
//! that shows it; what is not says why. The table for readers, `docs/ASVS.md`, is made here.

use crate::house::source;
use crate::kit::setting;
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    level: u8,
    what: String,
    status: Status,
    #[serde(default)]
    shown_by: Vec<String>,
    reason: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Status {
    Held,
    Not,
    NotApplicable,
}

fn lines() -> Vec<Line> {
    serde_json::from_str(&source::text("docs/asvs.json")).expect("the list reads")
}

/// Whether a place is there: a file of the project, or a test of a file of the suite or of `src`.
fn is_there(place: &str) -> bool {
    let Some((file, test)) = place.split_once(": ") else {
        return source::root().join(place).is_file();
    };
    let path = match file.strip_prefix("it/") {
        Some(file) => format!("tests/it/{file}"),
        None => format!("src/{file}"),
    };
    let is_file = source::root().join(&path).is_file();
    // A test that a macro makes stands there by its name and a colon.
    is_file
        && [format!("fn {test}("), format!("    {test}: ")]
            .iter()
            .any(|name| source::text(&path).contains(name))
}

#[test]
fn every_line_is_held_by_what_is_there_or_says_why_not() {
    let (mut wrong, mut ids) = (Vec::new(), BTreeSet::new());
    for line in lines() {
        if !ids.insert(line.id.clone()) || !(1..=3).contains(&line.level) || line.what.is_empty() {
            wrong.push(format!("{}: twice, or without level or words", line.id));
        }
        match line.status {
            Status::Held if line.shown_by.is_empty() => wrong.push(format!("{}: held by what?", line.id)),
            Status::Not | Status::NotApplicable if line.reason.is_none() => wrong.push(format!("{}: why?", line.id)),
            _ => {}
        }
        let gone = line.shown_by.iter().filter(|place| !is_there(place));
        wrong.extend(gone.map(|place| format!("{}: {place} is not there", line.id)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The table, in the order of the list.
fn table() -> String {
    let all = lines();
    let count = |status| all.iter().filter(|line| line.status == status).count();
    let mut made = format!(
        "# OWASP ASVS 5.0.0, line by line\n\nMade of [asvs.json](asvs.json) by the tests; do not change it by hand. {} lines are \
         held, {} are not, {} are not\napplicable. Names are those of test functions; `it/` is `tests/it/`, all else lies under \
         `src/`.\n\n| line | level | what | | shown by, or why |\n|---|---|---|---|---|\n",
        count(Status::Held),
        count(Status::Not),
        count(Status::NotApplicable)
    );
    for line in &all {
        let status = match line.status {
            Status::Held => "held",
            Status::Not => "**not**",
            Status::NotApplicable => "not applicable",
        };
        let places = line.shown_by.iter().map(|place| format!("`{place}`"));
        let told: Vec<String> = places.chain(line.reason.clone()).collect();
        let row = [&line.id, &line.level.to_string(), &line.what, status, &told.join("; ")].join(" | ");
        made.push_str(&format!("| {row} |\n"));
    }
    made
}

#[test]
fn the_table_is_made_of_the_list() {
    let (made, place) = (table(), "docs/ASVS.md");
    if setting("FAMN_TEST_WRITE").is_some() {
        std::fs::write(source::root().join(place), &made).expect("it is written");
    }
    assert!(
        source::text(place) == made,
        "docs/ASVS.md is not what docs/asvs.json says; FAMN_TEST_WRITE=1 cargo test --test it asvs:: makes it anew"
    );
}
