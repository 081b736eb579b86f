//! The tests that need a whole Famn: stories of people, the doors, attacks, the databases, the log.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod account;
mod attacks;
mod claims;
mod crash;
mod doors;
mod files;
mod forgery;
mod house;
mod import;
mod kit;
mod letters;
mod lists;
mod log;
mod messages;
mod once;
mod operation;
mod pages;
mod policy;
mod proxy;
mod schema;
mod states;
mod stories;
mod together;
mod upgrade;
mod uploads;
mod wire;
