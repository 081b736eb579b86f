//! REST: letters that were not taken, for stewards.

use super::view::LetterView;
use crate::app::App;
use crate::error::{Error, Result};
use crate::id::of;
use crate::outbox::LetterState;
use crate::web::{Caller, Listed, Listing, Problem, Query, Reply, Shown};
use actix_web::{get, web};
use serde::Deserialize;

/// Which letters, how many of them, and from where.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
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

/// The board's letters, newest first, for stewards: kind, receiver's id, state, and why the mail server did not take it.
/// Never an address.
#[utoipa::path(
    tag = "letters",
    params(LetterQuery),
    security(("token" = [])),
    responses((status = 200, body = Listed<LetterView>), (status = "4XX", body = Problem), (status = "5XX", body = Problem)),
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
