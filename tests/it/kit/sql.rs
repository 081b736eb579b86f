//! The database itself, for what no face shows: counting rows, the log's events, and what an attacker with a
//! database client would do.

use super::database::Place;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection};
use serde_json::Value;

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

fn sqlite(place: &Place) -> Option<SqliteConnection> {
    let path = place.url.strip_prefix("sqlite:")?;
    let mut db = SqliteConnection::establish(path).expect("the file opens");
    db.batch_execute("PRAGMA busy_timeout=10000").expect("a setting");
    Some(db)
}

fn postgres(place: &Place) -> PgConnection {
    PgConnection::establish(&place.url).expect("the town's database answers")
}

/// The one column `text` of a query.
pub fn texts(place: &Place, query: &str) -> Vec<String> {
    let query = diesel::sql_query(query);
    let found: Vec<Text> = match sqlite(place) {
        Some(mut db) => query.load(&mut db),
        None => query.load(&mut postgres(place)),
    }
    .expect("a query");
    found.into_iter().map(|row| row.text).collect()
}

/// Changes the database behind the program's back; gives how many rows.
pub fn execute(place: &Place, statement: &str) -> usize {
    let statement = diesel::sql_query(statement);
    match sqlite(place) {
        Some(mut db) => statement.execute(&mut db),
        None => statement.execute(&mut postgres(place)),
    }
    .expect("a statement")
}

/// Carries out several statements.
pub fn batch(place: &Place, statements: &str) {
    match sqlite(place) {
        Some(mut db) => db.batch_execute(statements),
        None => postgres(place).batch_execute(statements),
    }
    .expect("statements");
}

/// How a database goes about a query; PostgreSQL as it does once there is much to look through.
pub fn plan(place: &Place, query: &str) -> String {
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = diesel::sql_types::Text)]
        detail: String,
    }
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
        line: String,
    }
    let Some(mut db) = sqlite(place) else {
        let mut db = postgres(place);
        let much = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off";
        db.batch_execute(much).expect("settings");
        let lines: Vec<Line> = diesel::sql_query(format!("EXPLAIN {query}"))
            .load(&mut db)
            .expect("a plan");
        return lines.into_iter().map(|one| one.line).collect::<Vec<_>>().join("\n");
    };
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}"))
        .load(&mut db)
        .expect("a plan");
    steps.into_iter().map(|one| one.detail).collect::<Vec<_>>().join("\n")
}

/// How many rows a table has, narrowed by what follows its name.
pub fn count(place: &Place, table: &str) -> usize {
    let query = format!("SELECT CAST(count(*) AS TEXT) AS text FROM {table}");
    texts(place, &query)[0].parse().expect("a number")
}

/// An id as the database writes it.
pub fn sql_id(place: &Place, id: &str) -> String {
    if place.url.starts_with("sqlite:") {
        format!("X'{}'", id.replace('-', ""))
    } else {
        format!("'{id}'::uuid")
    }
}

/// Every event of every board's log, oldest first: core, actor and subject in one object.
pub fn events(place: &Place) -> Vec<Value> {
    let query = "SELECT core || '\n' || actor || '\n' || subject AS text FROM audit_event ORDER BY id";
    let whole = |text: String| {
        let mut event = serde_json::Map::new();
        for part in text.lines() {
            let part: Value = serde_json::from_str(part).expect("a part is JSON");
            event.extend(part.as_object().expect("an object").clone());
        }
        Value::Object(event)
    };
    texts(place, query).into_iter().map(whole).collect()
}

/// What the database says to a statement that it does not carry out.
pub fn refused(place: &Place, statement: &str) -> String {
    let statement = diesel::sql_query(statement);
    let done = match sqlite(place) {
        Some(mut db) => statement.execute(&mut db),
        None => statement.execute(&mut postgres(place)),
    };
    done.expect_err("it is refused").to_string()
}
