//! SQLite keeps each definition as the text it was made by. What ought to be there is made anew from the migrations in
//! memory; compared are words, without space, comments, quotes and case, which are all that versions change in them.

use super::Lines;
use crate::db::migrate;
use crate::error::{Error, Result};
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::sync::OnceLock;

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

/// Tables that SQLite makes by itself.
const OF_SQLITE: [&str; 3] = ["sqlite_sequence", "sqlite_stat1", "sqlite_stat4"];

/// What the migrations make.
pub(super) fn made() -> Result<&'static Lines> {
    static MADE: OnceLock<Lines> = OnceLock::new();
    if let Some(made) = MADE.get() {
        return Ok(made);
    }
    let mut db = SqliteConnection::establish(":memory:").map_err(Error::unavailable)?;
    migrate::all_on_sqlite(&mut db)?;
    let lines = there(&mut db)?;
    Ok(MADE.get_or_init(|| lines))
}

/// What there is.
pub(super) fn there(db: &mut SqliteConnection) -> Result<Lines> {
    let all = "SELECT CAST(coalesce(type, '') AS TEXT) AS kind, CAST(coalesce(name, '') AS TEXT) AS name, \
               CAST(coalesce(tbl_name, '') AS TEXT) AS of, CAST(coalesce(sql, '') AS TEXT) AS sql FROM sqlite_schema";
    let found: Vec<Made> = diesel::sql_query(all).load(db)?;
    Ok(found.iter().flat_map(lines_of).collect())
}

fn lines_of(made: &Made) -> Vec<String> {
    let Made { kind, name, of, sql } = made;
    let words = words(sql);
    match kind.as_str() {
        "table" if OF_SQLITE.contains(&name.as_str()) => vec![],
        "table" => table(name, &words),
        // Those of primary keys and of UNIQUE have no text; the table's has it.
        "index" if sql.is_empty() => vec![],
        "index" => {
            let unique = words.get(1).is_some_and(|word| word == "unique");
            let begins = words.iter().position(|word| word == "(").unwrap_or(words.len());
            let kind = if unique { "unique index" } else { "index" };
            vec![format!("{kind} {name} on {of} {}", words[begins..].join(" "))]
        }
        kind => vec![format!("{kind} {name} on {of}: {}", words.join(" "))],
    }
}

/// A line for the table itself and one for each of its columns and constraints.
fn table(name: &str, words: &[String]) -> Vec<String> {
    let begins = words.iter().position(|word| word == "(").unwrap_or(words.len());
    let (mut depth, mut ends) = (0usize, words.len());
    let mut parts = vec![Vec::new()];
    for (at, word) in words.iter().enumerate().skip(begins) {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            ends = at + 1;
            break;
        }
        match word.as_str() {
            "(" if at == begins => {}
            "," if depth == 1 => parts.push(Vec::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(word.as_str())),
        }
    }
    // `virtual`, where it stands, and not the name, which is written in other ways after a change of name.
    let is_virtual = if words[..begins].iter().any(|word| word == "virtual") {
        "virtual "
    } else {
        ""
    };
    let head = format!("{is_virtual}table {name} {}", words[ends.min(words.len())..].join(" "));
    let lines = parts.into_iter().map(|part| format!("{name}: {}", part.join(" ")));
    std::iter::once(head.trim_end().to_owned()).chain(lines).collect()
}

/// The words and signs of a statement: names without their quotes and in small letters, texts as they are.
fn words(sql: &str) -> Vec<String> {
    let (mut words, mut rest) = (Vec::new(), sql);
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if first.is_whitespace() {
            first.len_utf8()
        } else if first == '\'' {
            let end = quoted(rest, '\'');
            words.push(rest[..end].to_owned());
            end
        } else if let Some(closing) = closing(first) {
            let end = quoted(rest, closing);
            words.push(rest[1..end].trim_end_matches(closing).to_lowercase());
            end
        } else if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            words.push(rest[..end].to_lowercase());
            end
        } else {
            words.push(first.to_string());
            first.len_utf8()
        };
        rest = &rest[end..];
    }
    words
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn closing(opening: char) -> Option<char> {
    match opening {
        '"' | '`' => Some(opening),
        '[' => Some(']'),
        _ => None,
    }
}

/// Where what begins with a quote ends; one that is doubled does not end it.
fn quoted(text: &str, closing: char) -> usize {
    let mut at = 1;
    while let Some(found) = text[at..].find(closing) {
        at += found + closing.len_utf8();
        if closing == ']' || !text[at..].starts_with(closing) {
            return at;
        }
        at += closing.len_utf8();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_compared_by_their_words() {
        let one = words("CREATE TABLE \"a\" (b  TEXT DEFAULT 'It''s' , -- so\n c /* or */ INTEGER)");
        assert_eq!(one, words("create table a(b text default 'It''s',c integer)"));
        assert_ne!(one, words("create table a(b text default 'it''s',c integer)"));
        assert_eq!(words("[a b] `c` \"d\"\"e\" <>"), ["a b", "c", "d\"\"e", "<", ">"]);
        assert_eq!(words("'open"), ["'open"]);
        assert_eq!(words("\"open"), ["open"]);
    }

    #[test]
    fn a_table_is_a_line_for_each_of_its_parts() {
        let lines = table(
            "a",
            &words("CREATE TABLE x (b TEXT CHECK (b IN ('c', 'd')), UNIQUE (b, e)) STRICT"),
        );
        assert_eq!(
            lines,
            [
                "table a strict",
                "a: b text check ( b in ( 'c' , 'd' ) )",
                "a: unique ( b , e )"
            ]
        );
        let virtually = table("a", &words("CREATE VIRTUAL TABLE a USING fts5 (b)"));
        assert_eq!(virtually, ["virtual table a", "a: b"]);
    }

    #[test]
    fn the_migrations_make_the_same_each_time_and_a_change_is_seen() {
        let ours = made().unwrap();
        assert!(ours.len() > 400, "{}", ours.len());
        let mut db = SqliteConnection::establish(":memory:").unwrap();
        migrate::all_on_sqlite(&mut db).unwrap();
        assert_eq!(there(&mut db).unwrap(), *ours);
        let change = "ALTER TABLE home ADD COLUMN more INTEGER";
        diesel::sql_query(change).execute(&mut db).unwrap();
        let there = there(&mut db).unwrap();
        let more: Vec<_> = there.difference(ours).collect();
        assert_eq!(more, ["home: more integer"]);
    }
}
