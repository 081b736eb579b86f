//! The database: connections, the two back ends (SQLite, PostgreSQL), the schema and its migrations, and the door for
//! work that is nobody's act ([`housekeeping`]). This is the only place that may match on the back end.
//! It knows nothing of who asks or may: every person's read and write goes through [`crate::access`].

pub mod copy;
mod file;
pub mod housekeeping;
mod kept;
pub mod migrate;
mod pool;
mod pour;
pub mod schema;
pub mod sound;
pub mod structure;
pub mod types;
pub mod wrapped;
mod writer;

pub(crate) use kept::{Keep, filled_up};
pub use pool::{Conn, Load, Store};
pub(crate) use pool::{as_unit, begin, commit, roll_back};

use diesel::sql_types::{BigInt, Bool, Nullable};
use diesel::{PgConnection, SqliteConnection};

/// A connection to either back end.
#[derive(diesel::MultiConnection)]
pub enum Db {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// The transaction manager of both: the outermost `begin` opens a transaction, those inside it savepoints.
pub type Transactions = <Db as diesel::Connection>::TransactionManager;

/// Events that went otherwise than `ok`. Written out as the partial index over them has it: were the word a bound
/// value, neither back end would see that the index fits.
pub(crate) fn amiss() -> diesel::expression::SqlLiteral<Nullable<Bool>> {
    diesel::dsl::sql("audit_event.outcome <> 'ok'")
}

/// Errands that are open. Written out as the partial indexes over them have it, for the same reason.
pub(crate) fn is_open() -> diesel::expression::SqlLiteral<Bool> {
    diesel::dsl::sql(
        "errand.state IN ('received', 'in_progress', 'awaiting_home', 'under_review', 'supplement_requested')",
    )
}

/// The sum of a table's versions, as a number that both have (diesel's own sum of these is a decimal).
pub(crate) fn versions(table: &'static str) -> diesel::expression::SqlLiteral<BigInt> {
    diesel::dsl::sql(&format!("CAST(COALESCE(SUM({table}.version), 0) AS BIGINT)"))
}

/// Homes where someone is protected: itself, a service user who has or had an assignment there, a member now or before.
/// `column` holds the home's id. Asked of the tables themselves: a view could be replaced, and with it what everybody
/// sees. Written out as the partial indexes over them have it, for the same reason as above; each begins with the few who
/// are protected (SQLite keeps the order of a CROSS JOIN, and would else walk all assignments and memberships).
pub(crate) fn is_protected(column: &'static str) -> diesel::expression::SqlLiteral<Bool> {
    diesel::dsl::sql(&format!(
        "{column} IN (SELECT marked.id FROM home AS marked WHERE marked.protected <> 'none' \
         UNION ALL SELECT assignment.home_id FROM service_user CROSS JOIN assignment \
         WHERE assignment.service_user_id = service_user.id AND service_user.protected <> 'none' \
         UNION ALL SELECT home_member.home_id FROM person CROSS JOIN home_member \
         WHERE home_member.person_id = person.id AND person.protected <> 'none')"
    ))
}

/// A column of ids that no index is to be searched by: where another condition leaves few rows, SQLite, which keeps no
/// statistics, would walk all of a board's.
pub(crate) fn unsearched(column: &'static str) -> diesel::expression::SqlLiteral<types::sql::DbUuid> {
    diesel::dsl::sql(&format!("COALESCE({column}, {column})"))
}

/// Inserts many rows with one statement, which diesel's enum of connections cannot do by itself.
#[macro_export]
macro_rules! insert_all {
    ($db:expr, $table:expr, $rows:expr) => {
        match $db {
            $crate::db::Db::Sqlite(db) => diesel::insert_into($table).values($rows).execute(db),
            $crate::db::Db::Postgres(db) => diesel::insert_into($table).values($rows).execute(db),
        }
    };
}

/// Inserts a row unless one with its key is there already; a failed insert would poison PostgreSQL's transaction.
macro_rules! insert_unless_there {
    ($db:expr, $table:expr, $row:expr) => {
        match $db {
            $crate::db::Db::Sqlite(db) => diesel::insert_into($table)
                .values($row)
                .on_conflict_do_nothing()
                .execute(db),
            $crate::db::Db::Postgres(db) => diesel::insert_into($table)
                .values($row)
                .on_conflict_do_nothing()
                .execute(db),
        }
    };
}
pub(crate) use insert_unless_there;
