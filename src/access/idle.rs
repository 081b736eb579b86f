//! How long a session may be left alone: as long as the program lets it at most, and shorter where its board says so.

use super::desk::Access;
use super::standing::{Held, SEEN_EVERY, idle_limit};
use crate::clock::Instant;
use crate::error::Result;
use std::time::Duration;

/// The longest that staff may be inactive, in minutes.
pub const IDLE_STAFF_MINUTES: i64 = 15;
/// The longest that a home may be.
pub const IDLE_HOME_MINUTES: i64 = 30;
/// The shortest that a board may set: to read and to think takes some time.
pub const IDLE_LEAST_MINUTES: i64 = 5;
pub(super) const IDLE_LEAST: Duration = Duration::from_secs(IDLE_LEAST_MINUTES as u64 * 60);

impl Access<'_> {
    /// Inactivity that ends a session of someone with these roles today.
    pub(crate) fn idle_limit(self, roles: &[Held]) -> Result<Duration> {
        let of = (self.standing().board, self.now().day());
        self.db(|db| idle_limit(db, of, roles))
    }

    /// When the session ends if nothing more is done with it; it may last a minute longer.
    pub(crate) fn session_ends_at(self) -> Result<Option<Instant>> {
        let standing = self.standing();
        let Some(expires_at) = standing.expires_at else {
            return Ok(None);
        };
        let idle = self.idle_limit(&standing.roles)?;
        Ok(Some(self.now().plus(idle - SEEN_EVERY).min(expires_at)))
    }
}
