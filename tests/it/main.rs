//! The tests that need a whole Famn: stories of people, the doors, attacks, the databases, the log.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod account;
mod attacks;
mod boards;
mod claims;
mod crash;
mod doors;
mod drafts;
mod entry;
mod files;
mod forgery;
mod homes;
mod house;
mod kit;
mod letters;
mod lists;
mod log;
mod messages;
mod once;
mod pages;
mod policy;
mod roles;
mod schema;
mod states;
mod stories;
mod together;
mod uploads;
mod wire;
