//! Strangers turned away at the door. What one network tries over and over is one event a second with a count, so that
//! nobody can fill the log from outside. The counts lie in memory until they are told: with the next attempt, by
//! [`Door::tell_floods`], or when the program ends. A process that is killed loses those of its last moments, never the
//! first event of a second.

use super::actor::{Actor, Who};
use super::door::Door;
use super::happening::Happening;
use crate::audit::Action;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::BoardId;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often at most one network's attempts are told of.
const EVERY: Duration = Duration::from_secs(1);
/// Networks remembered before those that have gone quiet are dropped.
const REMEMBERED: usize = 4096;

/// What was tried where, and from which network.
type Stream = (BoardId, Action, Option<IpAddr>);

/// The attempts not told of yet.
#[derive(Default)]
pub(super) struct Floods(Mutex<HashMap<Stream, Flood>>);

struct Flood {
    told_at: Instant,
    untold: u64,
    /// Who came last; the event is told of them.
    newest: Actor,
}

impl Floods {
    fn streams(&self) -> MutexGuard<'_, HashMap<Stream, Flood>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one attempt; gives how many are to be told of now, this one included.
    fn count(&self, stream: Stream, actor: Actor, now: Instant) -> Option<u64> {
        let mut streams = self.streams();
        if streams.len() >= REMEMBERED {
            streams.retain(|_, flood| flood.untold > 0 || now.since(flood.told_at) < EVERY);
        }
        let Some(flood) = streams.get_mut(&stream) else {
            let first = Flood {
                told_at: now,
                untold: 0,
                newest: actor,
            };
            streams.insert(stream, first);
            return Some(1);
        };
        flood.untold += 1;
        flood.newest = actor;
        flood.due(now, EVERY)
    }

    /// What has not been told of for so long, although nobody came again.
    fn untold(&self, now: Instant, quiet: Duration) -> Vec<(Actor, Action, u64)> {
        let mut streams = self.streams();
        let take = |(stream, flood): (&Stream, &mut Flood)| Some((flood.newest, stream.1, flood.due(now, quiet)?));
        streams
            .iter_mut()
            .filter(|(_, flood)| flood.untold > 0)
            .filter_map(take)
            .collect()
    }
}

impl Flood {
    fn due(&mut self, now: Instant, quiet: Duration) -> Option<u64> {
        if now.since(self.told_at) < quiet {
            return None;
        }
        self.told_at = now;
        Some(std::mem::take(&mut self.untold))
    }
}

impl Door {
    /// Notes that a stranger was turned away, before anything was looked up for them.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the log cannot be written.
    pub async fn turn_away(&self, stranger: Actor, action: Action) -> Result<()> {
        let Who::Stranger(board) = stranger.who else {
            return Err(Error::fault("only strangers are turned away"));
        };
        let network = stranger.origin.and_then(|origin| origin.network());
        match self.floods.count((board, action, network), stranger, self.clock.now()) {
            Some(count) => self.tell(stranger, action, count).await,
            None => Ok(()),
        }
    }

    /// Tells of floods that have ended.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the log cannot be written.
    pub async fn tell_floods(&self) -> Result<()> {
        self.tell_untold(EVERY).await
    }

    /// Tells of all that has not been told of, for when the program ends: nobody can come again.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the log cannot be written.
    pub async fn tell_last_floods(&self) -> Result<()> {
        self.tell_untold(Duration::ZERO).await
    }

    async fn tell_untold(&self, quiet: Duration) -> Result<()> {
        for (stranger, action, count) in self.floods.untold(self.clock.now(), quiet) {
            self.tell(stranger, action, count).await?;
        }
        Ok(())
    }

    async fn tell(&self, stranger: Actor, action: Action, count: u64) -> Result<()> {
        let told = self
            .write(stranger, move |access| {
                Err::<(), _>(access.deny(Happening::denied(action).count(count)))
            })
            .await;
        match told {
            Err(Error::Forbidden) => Ok(()),
            other => other,
        }
    }
}
