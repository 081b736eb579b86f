//! Famn.
pub mod access;
pub mod account;
pub mod app;
pub mod audit;
pub mod blob;
pub mod board;
pub mod clock;
pub mod closed_list;
pub mod config;
pub mod crypt;
pub mod db;
pub mod error;
pub mod home;
pub mod id;
pub mod money;
pub mod secret;
pub mod web;
