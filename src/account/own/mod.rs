//! One's own sessions: where one is signed in, ending one or all others; and whose session a browser's cookie named
//! last. Never anyone else's.

mod rows;

use super::rows::BEARERS;
use crate::app::App;
use crate::error::Result;
use crate::id::{BoardId, PersonId};
use crate::secret::sha256;
use crate::web::page::Guard;

/// Whose session a guard's cookie named, also where it has ended, and at which board: whoever signs in next in the same
/// browser may be someone else.
///
/// # Errors
/// [`crate::error::Error::Unavailable`] when the database does not answer.
pub(super) async fn ended_session(app: &App, guard: &Guard) -> Result<Option<(PersonId, BoardId)>> {
    let Some(cookie) = guard.session() else { return Ok(None) };
    let hash = sha256(cookie.expose().as_bytes());
    let find = move |db: &mut crate::db::Db| rows::ended_session(db, &hash);
    app.store.survey(&BEARERS, find).await
}
