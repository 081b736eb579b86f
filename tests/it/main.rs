//! The tests that need a whole Famn: stories of people, the doors, attacks, the databases, the log.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod crash;
mod forgery;
mod house;
mod kit;
mod pages;
mod schema;
mod states;
mod stories;
