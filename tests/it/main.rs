//! The tests that need a whole Famn: stories of people, the doors, attacks, the databases, the log.

mod account;
mod crash;
mod kit;
mod stories;
