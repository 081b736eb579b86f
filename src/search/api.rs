//! REST: search.

use super::Found;
use crate::access::Access;
use crate::app::App;
use crate::secret::Secret;
use crate::web::{Caller, Listed, Query, Reply, Shown};
use actix_web::{get, web};
use serde::Deserialize;

/// What is searched for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// The name of a home, a member or a service user (2–80 characters), a personnummer or samordningsnummer, or an
    /// errand's number.
    #[param(min_length = 2, max_length = 80)]
    q: String,
}

/// Find a home, one of its members or someone it has an assignment for by a name or a personnummer, or an errand by its
/// number, within my circle; an errand of my unit as well, which a reason opens. At most 50; never protected people.
#[utoipa::path(
    tag = "search",
    operation_id = "search",
    params(SearchQuery),
    security(("token" = [])),
    responses((status = 200, body = Listed<Found>), (status = 422)),
)]
#[get("/search")]
pub async fn get_search(app: web::Data<App>, caller: Caller, query: Query<SearchQuery>) -> Reply<Shown<Listed<Found>>> {
    let typed = Secret::new(query.0.q);
    let search = move |access: Access<'_>| access.search(&typed);
    Ok(Shown(app.door.read(caller.0, search).await?))
}
