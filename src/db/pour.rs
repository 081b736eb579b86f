//! What a SQLite database holds, poured into an empty PostgreSQL one: table by table, those first that others refer to,
//! in one transaction. Both have the same tables; ids, instants and bytes are only written another way.

use super::Db;
use super::copy::open_file;
use crate::error::{Error, Result};
use diesel::connection::{DefaultLoadingMode, SimpleConnection as _};
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _};
use std::path::Path;

/// Rows put in with one statement.
const AT_ONCE: usize = 200;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

/// A column as PostgreSQL has it.
struct Column {
    name: String,
    kind: String,
}

impl Column {
    /// As JSON can hold it, asked of SQLite.
    fn asked(&self) -> String {
        let name = &self.name;
        match self.kind.as_str() {
            "uuid" | "bytea" => format!("CASE WHEN \"{name}\" IS NULL THEN NULL ELSE hex(\"{name}\") END"),
            _ => format!("\"{name}\""),
        }
    }

    /// The same read by PostgreSQL from the row's JSON.
    fn read(&self, at: usize) -> String {
        match self.kind.as_str() {
            "bytea" => format!("decode(r->>{at}, 'hex')"),
            "bool" => format!("(r->>{at})::int::bool"),
            // Microseconds since 1970, which a double holds exactly.
            "timestamptz" => format!("'epoch'::timestamptz + (r->>{at})::bigint * interval '1 microsecond'"),
            kind => format!("(r->>{at})::{kind}"),
        }
    }
}

/// Pours the database of the file into `into`, which has the same tables and none but the values of closed lists in
/// them.
///
/// # Errors
/// [`Error::Unavailable`] with what the databases say; nothing is then poured.
pub(super) fn pour(from: &Path, into: &mut PgConnection) -> Result<()> {
    let Db::Sqlite(mut from) = open_file(from)? else {
        return Err(Error::fault("a file that is no SQLite"));
    };
    into.transaction(|into| {
        into.batch_execute("SET LOCAL statement_timeout = 0")?;
        for table in in_order(into)? {
            let columns = columns(into, &table)?;
            let asked: Vec<String> = columns.iter().map(Column::asked).collect();
            let query = format!("SELECT json_array({}) AS text FROM \"{table}\"", asked.join(", "));
            let rows = diesel::sql_query(query).load_iter::<Row, DefaultLoadingMode>(&mut from)?;
            let put = statement(&table, &columns);
            let mut waiting: Vec<String> = Vec::with_capacity(AT_ONCE);
            for row in rows {
                waiting.push(row?.text);
                if waiting.len() == AT_ONCE {
                    put_in(into, &put, &mut waiting)?;
                }
            }
            put_in(into, &put, &mut waiting)?;
        }
        Ok(())
    })
}

/// Values of closed lists are there already, from the migrations.
fn statement(table: &str, columns: &[Column]) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let read: Vec<String> = columns.iter().enumerate().map(|(at, column)| column.read(at)).collect();
    format!(
        "INSERT INTO \"{table}\" ({}) SELECT {} FROM json_array_elements($1::json) AS r ON CONFLICT DO NOTHING",
        names.join(", "),
        read.join(", ")
    )
}

fn put_in(into: &mut PgConnection, statement: &str, rows: &mut Vec<String>) -> Result<()> {
    if !rows.is_empty() {
        let all = format!("[{}]", rows.join(","));
        diesel::sql_query(statement).bind::<Text, _>(all).execute(into)?;
        rows.clear();
    }
    Ok(())
}

/// All tables, each after those it refers to.
fn in_order(db: &mut PgConnection) -> Result<Vec<String>> {
    let all = "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename";
    let mut left = texts(db, all)?;
    let refers = "SELECT DISTINCT conrelid::regclass::text || ' ' || confrelid::regclass::text AS text \
                  FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid";
    let refers = texts(db, refers)?;
    let refers: Vec<(&str, &str)> = refers.iter().filter_map(|pair| pair.split_once(' ')).collect();
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |table: &String| {
            let mut of = refers.iter().filter(|(child, _)| child == table);
            of.any(|(_, parent)| left.iter().any(|one| one == parent))
        };
        let (later, now): (Vec<String>, Vec<String>) = left.iter().cloned().partition(waits);
        if now.is_empty() {
            return Err(Error::fault("tables refer to each other in a ring"));
        }
        ordered.extend(now);
        left = later;
    }
    Ok(ordered)
}

fn texts(db: &mut PgConnection, query: &str) -> Result<Vec<String>> {
    let rows: Vec<Row> = diesel::sql_query(query).load(db)?;
    Ok(rows.into_iter().map(|row| row.text).collect())
}

fn columns(db: &mut PgConnection, table: &str) -> Result<Vec<Column>> {
    let query = format!(
        "SELECT column_name || ' ' || udt_name AS text FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
    );
    let columns = texts(db, &query)?;
    let column = |text: &String| {
        let (name, kind) = text.split_once(' ')?;
        Some(Column {
            name: name.into(),
            kind: kind.into(),
        })
    };
    Ok(columns.iter().filter_map(column).collect())
}
