//! REST: letters that were not taken, for stewards.

use super::view::LetterView;
use crate::app::App;
use crate::error::{Error, Result};
use crate::id::of;
use crate::outbox::LetterState;
use crate::web::{Caller, Json, Listed, Listing, NoContent, ObjectPath, Query, Reply, Shown};
use actix_web::{delete, get, put, web};
use serde::Deserialize;

/// Which letters, how many of them, and from where.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LetterQuery {
    /// How far they have come; by default `dead`.
    #[param(value_type = Option<LetterState>)]
    state: Option<String>,
    /// 1–100, by default 25.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(format = Uuid)]
    cursor: Option<String>,
}

impl LetterQuery {
    fn read(&self) -> Result<(LetterState, Listing<of::Letter>)> {
        let unknown = || Error::Malformed("unknown state".into());
        let state = self
            .state
            .as_deref()
            .map(|text| LetterState::parse(text).ok_or_else(unknown));
        let state = state.transpose()?.unwrap_or(LetterState::Dead);
        Ok((state, Listing::parse(self.limit, self.cursor.as_deref())?))
    }
}

/// The board's letters, newest first, for stewards: kind, receiver's id, state, and why the mail server did not take
/// it. Never an address.
#[utoipa::path(
    tag = "letters",
    operation_id = "list_letters",
    params(LetterQuery),
    security(("token" = [])),
    responses((status = 200, body = Listed<LetterView>)),
)]
#[get("/letters")]
pub async fn get_letters(
    app: web::Data<App>,
    caller: Caller,
    query: Query<LetterQuery>,
) -> Reply<Shown<Listed<LetterView>>> {
    let (state, listing) = query.0.read()?;
    let list = app.door.read(caller.0, move |access| access.letters(state, listing));
    Ok(Shown(list.await?))
}

crate::closed_list! {
    /// What can be made of a letter that was not taken.
    LetterGoal {
        /// To be tried again.
        Waiting = "waiting",
    }
}

/// A letter that was not taken, to be tried again.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterMove {
    state: LetterGoal,
}

/// Have a letter that was not taken tried again. One that bore a token cannot be: invite anew, or let the person ask
/// for a new password.
#[utoipa::path(
    tag = "letters",
    operation_id = "retry_letter",
    request_body = LetterMove,
    params(("id" = String, Path, description = "the letter")),
    security(("token" = [])),
    responses((status = 200, body = LetterView), (status = 409)),
)]
#[put("/letters/{id}/state")]
pub async fn put_state(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Letter>,
    to: Json<LetterMove>,
) -> Reply<Shown<LetterView>> {
    let LetterGoal::Waiting = to.value.state;
    let retry = move |access: crate::access::Access<'_>| access.retry_letter(id.0);
    Ok(Shown(app.door.write(caller.0, retry).await?))
}

/// Clear away a letter that was not taken.
#[utoipa::path(
    tag = "letters",
    operation_id = "delete_letter",
    params(("id" = String, Path, description = "the letter")),
    security(("token" = [])),
    responses((status = 204), (status = 409)),
)]
#[delete("/letters/{id}")]
pub async fn delete_letter(app: web::Data<App>, caller: Caller, id: ObjectPath<of::Letter>) -> Reply<NoContent> {
    let remove = move |access: crate::access::Access<'_>| access.remove_letter(id.0);
    app.door.write(caller.0, remove).await?;
    Ok(NoContent)
}
