//! The side of the team: homes, the inbox.

mod homes;
mod inbox;

use super::browser;
