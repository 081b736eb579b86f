//! Whether a database's file is whole. SQLite tells by itself; PostgreSQL keeps that to its own tools (`amcheck`,
//! checksums), and here nothing is said of it.

use super::Db;
use crate::error::{Error, Result};
use diesel::RunQueryDsl as _;
use diesel::sql_types::Text;

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "integrity_check")]
    text: String,
}

/// What the database finds wrong with its own file, in its own words: pages, and rows that an index lacks or has too
/// many, so that no query can be made blind to a row.
pub fn damages(db: &mut Db) -> Result<Vec<String>> {
    let Db::Sqlite(db) = db else { return Ok(Vec::new()) };
    let lines: Vec<Line> = match diesel::sql_query("PRAGMA integrity_check")
        .load(db)
        .map_err(Error::from)
    {
        Ok(lines) => lines,
        // So damaged that it cannot be told how; what can still be read may be.
        Err(cause) => return damage(&cause).map(|words| vec![words.to_owned()]).ok_or(cause),
    };
    Ok(lines
        .into_iter()
        .map(|line| line.text)
        .filter(|text| text != "ok")
        .collect())
}

/// SQLite's words for a file that it can no longer read as a database, if that is what went wrong.
pub fn damage(cause: &Error) -> Option<&str> {
    let (Error::Unavailable(words) | Error::Fault(words)) = cause else {
        return None;
    };
    ["malformed", "file is not a database"]
        .iter()
        .any(|sign| words.contains(sign))
        .then_some(words)
}
