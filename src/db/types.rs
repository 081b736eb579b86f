//! Column types that are native in both databases: ids are `uuid` / BLOB(16), instants `timestamptz` / INTEGER
//! microseconds, days text (`2026-11-22`).

use super::MultiBackend;
use crate::clock::{Day, Instant};
use crate::id::Id;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, HasSqlType, Nullable, SingleValue, Text};
use diesel::sqlite::Sqlite;
use std::fmt;
use uuid::Uuid;

/// The SQL types themselves.
pub mod sql {
    #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951))]
    #[diesel(sqlite_type(name = "Binary"))]
    pub struct DbUuid;
    #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185))]
    #[diesel(sqlite_type(name = "Long"))]
    pub struct DbInstant;
    impl diesel::sql_types::SqlOrd for DbInstant {}
    impl diesel::sql_types::SqlOrd for DbUuid {}
}
use sql::{DbInstant, DbUuid};

/// An id's column as it stands, an id or not: for those who must not believe what a row says (the log's verification).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RawId(Vec<u8>);

impl RawId {
    /// The id, if it is one; only SQLite lets a column hold anything else.
    pub fn uuid(&self) -> Option<Uuid> {
        Uuid::from_slice(&self.0).ok()
    }
}
impl<T> From<Id<T>> for RawId {
    fn from(id: Id<T>) -> RawId {
        RawId(id.uuid().as_bytes().to_vec())
    }
}
impl fmt::Display for RawId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.uuid() {
            Some(id) => fmt::Display::fmt(&id, f),
            None => write!(f, "x'{}'", hex::encode(&self.0)),
        }
    }
}

/// Microseconds from 1970 to 2000, where PostgreSQL's own count begins.
const PG_EPOCH: i64 = 946_684_800_000_000;

// What diesel's derives would write, here, so that `id` and `clock` need not know of the database.
macro_rules! column { ($([$($generic:ident)?] $sql:ty => $rust:ty),* $(,)?) => { $(
    column!(@expression [$($generic)?] $sql, $rust);
    column!(@expression [$($generic)?] Nullable<$sql>, $rust);
    impl<$($generic,)? B> ToSql<Nullable<$sql>, B> for $rust
    where
        B: Backend,
        $rust: ToSql<$sql, B>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, B>) -> serialize::Result {
            ToSql::<$sql, B>::to_sql(self, out)
        }
    }
    impl<$($generic,)? S, B> Queryable<S, B> for $rust
    where
        B: Backend,
        S: SingleValue,
        $rust: FromSql<S, B>,
    {
        type Row = Self;
        fn build(row: Self) -> deserialize::Result<Self> {
            Ok(row)
        }
    }
)* };
(@expression [$($generic:ident)?] $sql:ty, $rust:ty) => {
    impl<$($generic)?> AsExpression<$sql> for $rust {
        type Expression = Bound<$sql, Self>;
        fn as_expression(self) -> Self::Expression {
            Bound::new(self)
        }
    }
    impl<'a, $($generic)?> AsExpression<$sql> for &'a $rust {
        type Expression = Bound<$sql, Self>;
        fn as_expression(self) -> Self::Expression {
            Bound::new(self)
        }
    }
} }
column!([T] DbUuid => Id<T>, [] DbInstant => Instant, [] Text => Day, [] DbUuid => RawId);

impl<T> ToSql<DbUuid, Sqlite> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.uuid().as_bytes().to_vec());
        Ok(IsNull::No)
    }
}
impl<T> FromSql<DbUuid, Sqlite> for Id<T> {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Id::of(Uuid::from_slice(&bytes)?))
    }
}
impl<T> ToSql<DbUuid, Pg> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.uuid().as_bytes())?;
        Ok(IsNull::No)
    }
}
impl<T> FromSql<DbUuid, Pg> for Id<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Id::of(Uuid::from_slice(value.as_bytes())?))
    }
}

impl ToSql<DbUuid, Sqlite> for RawId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.clone());
        Ok(IsNull::No)
    }
}
impl FromSql<DbUuid, Sqlite> for RawId {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value).map(RawId)
    }
}
impl ToSql<DbUuid, Pg> for RawId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, &self.0)?;
        Ok(IsNull::No)
    }
}
impl FromSql<DbUuid, Pg> for RawId {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(RawId(value.as_bytes().to_vec()))
    }
}

impl ToSql<DbInstant, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}
impl FromSql<DbInstant, Sqlite> for Instant {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Instant::from_micros)
    }
}
impl ToSql<DbInstant, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <i64 as ToSql<BigInt, Pg>>::to_sql(&(self.micros() - PG_EPOCH), &mut out.reborrow())
    }
}
impl FromSql<DbInstant, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Pg>>::from_sql(value).map(|micros| Instant::from_micros(micros + PG_EPOCH))
    }
}

impl ToSql<Text, Sqlite> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}
impl ToSql<Text, Pg> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.to_string().as_bytes())?;
        Ok(IsNull::No)
    }
}
impl<B: Backend> FromSql<Text, B> for Day
where
    String: FromSql<Text, B>,
{
    fn from_sql(value: B::RawValue<'_>) -> deserialize::Result<Self> {
        let text = String::from_sql(value)?;
        Day::parse(&text).ok_or_else(|| format!("not a day: {text}").into())
    }
}

// The enum of both databases hands each value on to the one that is there.
macro_rules! on_both { ($([$($generic:ident)?] $sql:ident => $rust:ty),* $(,)?) => { $(
    impl<$($generic)?> FromSql<$sql, MultiBackend> for $rust {
        fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            value.from_sql::<$rust, $sql>()
        }
    }
    impl<$($generic: 'static)?> ToSql<$sql, MultiBackend> for $rust {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
            out.set_value(($sql, self));
            Ok(IsNull::No)
        }
    }
)* } }
on_both!([T] DbUuid => Id<T>, [] DbInstant => Instant, [] DbUuid => RawId);
impl ToSql<Text, MultiBackend> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Text, self));
        Ok(IsNull::No)
    }
}
macro_rules! known { ($($sql:ident),*) => { $(
    impl HasSqlType<$sql> for MultiBackend {
        fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
            MultiBackend::lookup_sql_type::<$sql>(lookup)
        }
    }
)* } }
known!(DbUuid, DbInstant);
