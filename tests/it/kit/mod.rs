//! What the tests are written with: a town of their own, and its people as clients.

mod aftermath;
mod browser;
mod database;
mod person;
mod raw;
pub mod samples;
mod server;
pub mod smtp;
mod sql;
mod town;

pub use aftermath::{assert_log_is_whole, in_clear, rows_of};
pub use browser::{Browser, Filled, picture};
pub use database::{Place, on_postgres};
pub use person::{Answer, Person, id};
pub use raw::{RawAnswer, connect, raw, rest};
pub use server::{Server, famn, spawn};
pub use sql::{count, events, execute, sql_id};
pub use town::Town;
