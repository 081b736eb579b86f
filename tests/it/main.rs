//! The tests that need a whole Famn: stories of people, the doors, attacks, the databases, the log.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod account;
mod attacks;
mod backup;
mod claims;
mod crash;
mod doors;
mod files;
mod forgery;
mod house;
mod keys;
mod kit;
mod letters;
mod lists;
mod log;
mod messages;
mod once;
mod pages;
mod policy;
mod schema;
mod smtp;
mod states;
mod stories;
mod together;
mod uploads;
mod wire;
