//! Who is signed in and at which board, as every page is told it.

use super::colour::Colour;
use super::swedish;
use crate::access::policy::allows;
use crate::access::{Right, Role};
use crate::clock::Instant;

/// Who is signed in, as the top of every page says it.
#[derive(Debug, Clone)]
pub struct Masthead {
    pub name: String,
    /// The board's own name.
    pub board: String,
    /// Where it is called.
    pub phone: String,
    /// The board's slug.
    pub slug: String,
    /// When the session ends if nothing more is done with it, and when that was looked up.
    pub ends_at: Option<Instant>,
    pub now: Instant,
    pub roles: Vec<Role>,
    /// Whether the keyboard's shortcuts are on.
    pub shortcuts: bool,
    /// Whether there is something they wrote in a home they have left, and may still read.
    pub former: bool,
    /// Whether they have the role of a home and belong to none now: there is nothing they can send.
    pub without_home: bool,
    /// The board's own, if it has one.
    pub colour: Option<Colour>,
    /// How many who are named for protected homes wait for their yes.
    pub namings: usize,
    /// How many files the board takes in a message, and how many MB of each.
    pub files: (i64, i64),
}

impl Masthead {
    /// Whether they have a right to the board as a whole: what a page offers. The verb asks again.
    pub fn may(&self, right: Right) -> bool {
        self.roles.iter().any(|role| allows(*role, role.to_board(), right))
    }

    /// Seconds until the session ends if nothing more is done with it.
    pub fn seconds_left(&self) -> u64 {
        let left = |ends: Instant| ends.since(self.now).as_secs();
        self.ends_at.filter(|ends| *ends > self.now).map_or(0, left)
    }

    /// The time of day at which it ends: `14:32`.
    pub fn ends(&self) -> Option<String> {
        self.ends_at.map(swedish::hour)
    }
}
