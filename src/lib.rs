//! Famn: the e-service through which foster homes reach the municipality's familjehemsteam.
//!
//! The map, lowest first; a lower part never names a higher one (a test holds them to it):
//!
//! 1. [`id`] [`clock`] [`secret`] [`money`] [`error`] [`config`] [`metrics`] [`language`] [`typed`]: the ground.
//! 2. [`db`] [`crypt`] [`blob`]: tables, seals, files.
//! 3. [`audit`] [`outbox`]: the log that nobody can forge, and letters without content.
//! 4. [`access`]: the one door to everything a person can read or change; [`app`]: all of it put together.
//! 5. [`web`]: what both faces need.
//! 6. The features: [`board`] [`account`] [`home`] [`errand`] [`mod@file`] [`review`] [`letter`] [`draft`]
//!    [`health`] [`search`] [`incident`].
//! 7. [`server`], [`demo`], [`import`], [`upkeep`], [`cli`].
//!
//! One request goes face → verb → rows, through one transaction that commits with its events or not at all.
//! `docs/ARCHITECTURE.md` tells the rest.

pub mod access;
pub mod account;
pub mod alive;
pub mod app;
pub mod audit;
pub mod blob;
pub mod board;
pub mod cli;
pub mod clock;
mod closed_list;
pub mod config;
pub mod crypt;
pub mod db;
pub mod demo;
pub mod draft;
pub mod errand;
pub mod error;
pub mod file;
pub mod health;
pub mod home;
pub mod id;
pub mod import;
pub mod incident;
pub mod journal;
pub mod language;
pub mod letter;
pub mod metrics;
pub mod money;
pub mod outbox;
pub mod places;
mod probe;
pub mod review;
pub mod search;
pub mod secret;
pub mod server;
pub mod typed;
pub mod upkeep;
pub mod web;
