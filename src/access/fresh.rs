//! Acts that take a fresh sign-in, so that a session left open is not enough (SES-08). Which these are each verb says;
//! docs/SECURITY.md lists them. What it never does is sign anyone in.

use super::desk::Access;
use super::happening::Happening;
use crate::error::{Error, Result};
use std::time::Duration;

/// How fresh a sign-in must be. `web::failure` tells it to the caller.
const FRESH: Duration = Duration::from_secs(5 * 60);

impl Access<'_> {
    /// Whether one has signed in within the last five minutes; where not, `tried` is left in the log.
    ///
    /// # Errors
    /// [`Error::StepUp`] otherwise.
    pub(crate) fn require_fresh(self, tried: Happening) -> Result<()> {
        let signed_in_at = self.standing().signed_in_at.ok_or(Error::SignIn)?;
        if self.now().since(signed_in_at) <= FRESH {
            return Ok(());
        }
        self.log(tried.reason("step_up"));
        Err(Error::StepUp)
    }
}
