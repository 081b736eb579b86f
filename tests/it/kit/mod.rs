//! What the tests are written with: a town of their own, and its people as clients.

mod aftermath;
mod browser;
mod chromium;
mod database;
pub mod held;
pub mod hidden;
mod person;
mod process;
mod raw;
pub mod samples;
mod server;
pub mod smtp;
mod sql;
mod tools;
mod town;
pub mod wishes;

pub use aftermath::{assert_log_is_whole, everything_kept, in_clear, rows_of};
pub use browser::{Browser, Filled, Page, picture};
pub use chromium::Chromium;
pub use database::{Place, administer, on_postgres, setting};
pub use person::{Answer, Person, id};
pub use process::{Process, Running};
pub use raw::{RawAnswer, connect, raw, rest};
pub use server::{Server, Told, famn, famn_set, spawn};
pub use sql::{batch, count, events, execute, plan, refused, sql_id, texts};
pub use tools::{node_modules, python_tool};
pub use town::Town;
