//! Signing in and out as clients do it: over HTTP, on a database of its own, with a clock that is moved.

mod bearer;
mod foresight;
mod forge;
mod guess;
mod people;
mod places;
mod refresh;
mod sign_in;
mod tokens;

pub(crate) use places::{Answer, PASSWORD, Place, body_of};
