//! Every kind of problem that the API answers with has its text and its row in the table of `docs/API.md`.

use crate::house::source::{files, text};
use std::collections::BTreeSet;

/// Of forms alone, which the API has none of.
const OF_PAGES: [&str; 2] = ["forged", "form-only"];
/// Told on the command line, or met by the program itself: no answer bears them.
const WITHIN: [&str; 4] = ["tree-moved", "nothing-new", "import-rolled-back", "open-already"];

fn with_text() -> BTreeSet<String> {
    let texts = text("texts/en.ftl");
    let keys = texts.lines().filter_map(|line| line.strip_prefix("problem-"));
    keys.filter_map(|line| line.split_once(" ="))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// What stands between backticks in the second column.
fn in_table() -> BTreeSet<String> {
    let page = text("docs/API.md");
    let (_, table) = page.split_once("| status | `type` after").expect("the table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let kinds = rows.filter_map(|row| row.split('|').nth(2));
    kinds
        .flat_map(|kinds| kinds.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

/// The names that the code gives where an error bears one.
fn in_code() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in files("src").iter().filter(|path| path.ends_with(".rs")) {
        let code = text(path);
        for before in ["Error::Conflict(\"", "Error::WrongType(\""] {
            let given = code.split(before).skip(1).filter_map(|rest| rest.split('"').next());
            names.extend(given.map(str::to_owned));
        }
    }
    names
}

#[test]
fn every_problem_has_its_text_and_its_row() {
    let (texts, code) = (with_text(), in_code());
    let untold: Vec<_> = code.iter().filter(|name| !texts.contains(*name)).collect();
    let within: Vec<&str> = untold
        .iter()
        .map(|name| name.as_str())
        .filter(|name| !WITHIN.contains(name))
        .collect();
    assert!(code.len() > 8 && within.is_empty(), "without a text: {within:?}");
    let answered: BTreeSet<String> = texts
        .into_iter()
        .filter(|name| !OF_PAGES.contains(&name.as_str()))
        .collect();
    assert_eq!(in_table(), answered, "the table and the texts");
}
