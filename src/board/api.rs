//! REST: the public list of boards, the board's settings, its units.

use super::settings::BoardChange;
use super::units::NewUnit;
use super::verbs::public_boards;
use super::view::{BoardSettings, BoardView, UnitRow};
use crate::app::App;
use crate::web::{Caller, Created, IfMatch, Json, Listed, Paging, Query, Reply, Shown, Versioned, once};
use actix_web::{HttpRequest, get, patch, post, web};

/// The boards that use the service, as their public pages say: for whom, what kinds of support, how to reach them.
#[utoipa::path(
    tag = "boards",
    operation_id = "list_boards",
    params(Paging),
    responses((status = 200, body = Listed<BoardView>)),
)]
#[get("/boards")]
pub async fn get_boards(app: web::Data<App>, query: Query<Paging>) -> Reply<Shown<Listed<BoardView>>> {
    let listing = query.0.listing()?;
    Ok(Shown(public_boards(&app, listing.limit, listing.after).await?))
}

/// My board's settings as they are today, with all that was set and what is to come. For staff.
#[utoipa::path(
    tag = "boards",
    operation_id = "get_board",
    security(("token" = [])),
    responses((status = 200, body = BoardSettings)),
)]
#[get("/board")]
pub async fn get_board(app: web::Data<App>, caller: Caller) -> Reply<Versioned<BoardSettings>> {
    let body = app.door.read(caller.0, |access| access.board_settings()).await?;
    Ok(versioned(body))
}

/// Change settings, from today or from a day to come; what is left out stays. For the steward.
#[utoipa::path(
    tag = "boards",
    operation_id = "change_board",
    request_body = BoardChange,
    params(("If-Match" = Option<String>, Header, description = "the ETag it was made from")),
    security(("token" = [])),
    responses((status = 200, body = BoardSettings), (status = 409)),
)]
#[patch("/board")]
pub async fn patch_board(
    app: web::Data<App>,
    caller: Caller,
    if_match: IfMatch,
    change: Json<BoardChange>,
) -> Reply<Versioned<BoardSettings>> {
    let change = move |access: crate::access::Access<'_>| access.change_settings(&change.value, if_match);
    Ok(versioned(app.door.write(caller.0, change).await?))
}

/// The board's units, newest first. For staff.
#[utoipa::path(
    tag = "boards",
    operation_id = "list_units",
    params(Paging),
    security(("token" = [])),
    responses((status = 200, body = Listed<UnitRow>)),
)]
#[get("/units")]
pub async fn get_units(app: web::Data<App>, caller: Caller, query: Query<Paging>) -> Reply<Shown<Listed<UnitRow>>> {
    let listing = query.0.listing()?;
    Ok(Shown(
        app.door
            .read(caller.0, move |access| access.list_units(listing))
            .await?,
    ))
}

/// Add a unit. For the steward.
#[utoipa::path(
    tag = "boards",
    operation_id = "create_unit",
    request_body = NewUnit,
    params(("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters")),
    security(("token" = [])),
    responses((status = 201, body = UnitRow)),
)]
#[post("/units")]
pub async fn post_unit(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    new: Json<NewUnit>,
) -> Reply<Created<UnitRow>> {
    let once = once(&request, &new.hash)?;
    let add = move |access: crate::access::Access<'_>| access.found_unit(&new.value, once.as_ref());
    Ok(Created {
        body: app.door.write(caller.0, add).await?,
        location: None,
    })
}

fn versioned(body: BoardSettings) -> Versioned<BoardSettings> {
    Versioned {
        version: body.version,
        body,
    }
}
