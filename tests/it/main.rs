//! The tests that need a whole Famn: stories of people, the doors, attacks, the databases, the log.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod account;
mod at_once;
mod attacks;
mod backup;
mod boards;
mod claims;
mod commands;
mod crash;
mod decisions;
mod doors;
mod drafts;
mod entry;
mod files;
mod forgery;
mod health;
mod homes;
mod house;
mod import;
mod in_browser;
mod keys;
mod kit;
mod letters;
mod lists;
mod log;
mod messages;
mod once;
mod operation;
mod operator;
mod pages;
mod policy;
mod proxy;
mod reviews;
mod roles;
mod schema;
mod served;
mod smtp;
mod states;
mod stories;
mod together;
mod upgrade;
mod uploads;
mod verifying;
mod wire;
mod wishes;
