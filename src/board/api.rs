//! REST: the public list of boards.

use super::verbs::public_boards;
use super::view::BoardView;
use crate::app::App;
use crate::web::{Listed, Paging, Problem, Query, Reply, Shown};
use actix_web::{get, web};

/// The boards that use the service, as their public pages say: for whom, what kinds of support, how to reach them.
#[utoipa::path(
    tag = "boards",
    params(Paging),
    responses((status = 200, body = Listed<BoardView>), (status = "4XX", body = Problem), (status = "5XX", body = Problem)),
)]
#[get("/boards")]
pub async fn get_boards(app: web::Data<App>, query: Query<Paging>) -> Reply<Shown<Listed<BoardView>>> {
    let listing = query.0.listing()?;
    Ok(Shown(public_boards(&app, listing.limit, listing.after).await?))
}
