//! The pace a sender is held to.

use crate::error::{Error, Result};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use std::time::Duration;

/// How long a file may take to arrive.
const UPLOAD_DEADLINE: Duration = Duration::from_secs(10 * 60);
/// At least this many bytes in each such time: 1 KiB a second.
const SLOWEST: (u64, Duration) = (10 * 1024, Duration::from_secs(10));

/// Holds a sender to the slowest pace and the longest time.
pub(super) struct Pace {
    begun: tokio::time::Instant,
    window: tokio::time::Instant,
    in_window: u64,
    /// Whether it came to its end: no stream is asked again after that.
    over: bool,
}

impl Pace {
    pub fn start() -> Pace {
        let now = tokio::time::Instant::now();
        Pace {
            begun: now,
            window: now,
            in_window: 0,
            over: false,
        }
    }

    pub async fn next<E: std::fmt::Display>(
        &mut self,
        body: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
    ) -> Result<Option<Bytes>> {
        while !self.over {
            let until = (self.window + SLOWEST.1).min(self.begun + UPLOAD_DEADLINE);
            match tokio::time::timeout_at(until, body.next()).await {
                Ok(Some(Ok(bytes))) => {
                    self.in_window += bytes.len() as u64;
                    return Ok(Some(bytes));
                }
                Ok(Some(Err(cause))) => return Err(Error::Malformed(cause.to_string())),
                Ok(None) => self.over = true,
                Err(_) if self.in_window < SLOWEST.0 || until >= self.begun + UPLOAD_DEADLINE => {
                    return Err(Error::TooSlow);
                }
                Err(_) => (self.window, self.in_window) = (until, 0),
            }
        }
        Ok(None)
    }
}
