//! What the tests are written with: a town of their own, and its people as clients.

mod aftermath;
mod browser;
mod database;
mod person;
mod server;
mod town;

pub use aftermath::{assert_log_is_whole, rows_of};
pub use browser::{Browser, Filled, picture};
pub use database::{Place, on_postgres, postgres, setting};
pub use person::{Answer, Person, id};
pub use server::Server;
pub use town::Town;
