//! Famn.
pub mod access;
pub mod audit;
pub mod clock;
pub mod config;
pub mod crypt;
pub mod db;
pub mod error;
pub mod id;
pub mod money;
pub mod secret;
pub mod app;
pub mod blob;
pub mod web;
