//! What the tests are written with: a town of their own, and its people as clients.

mod aftermath;
mod browser;
mod database;
mod person;
mod raw;
pub mod samples;
mod server;
mod sql;
mod town;

pub use aftermath::{assert_log_is_whole, rows_of};
pub use browser::{Browser, Filled, picture};
pub use database::{Place, on_postgres, setting};
pub use person::{Answer, Person, id};
pub use raw::{RawAnswer, connect, raw, rest};
pub use server::Server;
pub use sql::{count, events, execute, sql_id};
pub use town::Town;
