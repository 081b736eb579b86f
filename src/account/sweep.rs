//! Removing what is past.

use super::{contact, entry, rows};
use crate::app::App;
use crate::db::Db;
use crate::error::Result;
use std::time::Duration;

/// How long sessions are kept after their end, with their hashes of networks.
const SESSIONS: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long invitations and codes are kept after they have run out.
const CODES: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long failures are kept; by then all of them are forgotten.
const BUCKETS: Duration = Duration::from_secs(24 * 60 * 60);

/// Tells of sign-in floods that have ended, and removes sessions, failures, invitations and codes long past. For the
/// program's regular housekeeping, once a minute or so, and at its end. Gives how many rows went.
///
/// # Errors
/// [`crate::error::Error::Unavailable`] when the database does not take it.
pub async fn sweep(app: &App) -> Result<usize> {
    app.door.tell_floods().await?;
    let now = app.clock.now();
    let past = now.minus(CODES);
    let codes = move |db: &mut Db| Ok(entry::sweep(db, past)? + contact::sweep(db, past)?);
    let gone = app.store.chore(&entry::PAST, codes).await?;
    let work = move |db: &mut Db| rows::sweep(db, now.minus(SESSIONS), now.minus(BUCKETS));
    Ok(gone + app.store.chore(&rows::SWEEP, work).await?)
}
