//! REST: who of the staff is to have nothing to do with a home.

use super::{ConflictBody, ConflictChange, ConflictView};
use crate::access::Access;
use crate::app::App;
use crate::error::Error;
use crate::id::of;
use crate::web::{Caller, Created, Json, Listed, ObjectPath, PartPath, Reply, Shown, once};
use actix_web::{HttpRequest, get, patch, post, web};

/// Who of the staff is to have nothing to do with a home, and who was, newest first. Reasons to its team lead alone.
#[utoipa::path(
    tag = "homes",
    operation_id = "list_conflicts",
    params(("id" = String, Path, description = "the home")),
    security(("token" = [])),
    responses((status = 200, body = Listed<ConflictView>)),
)]
#[get("/homes/{id}/conflicts")]
pub async fn get_conflicts(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Home>,
) -> Reply<Shown<Listed<ConflictView>>> {
    let list = move |access: Access<'_>| access.conflicts(id.0);
    Ok(Shown(app.door.read(caller.0, list).await?))
}

/// Say that I am to have nothing to do with a home, or as its team lead that someone else is not. It holds at once,
/// whatever roles the person has.
#[utoipa::path(
    tag = "homes",
    operation_id = "declare_conflict",
    request_body = ConflictBody,
    params(
        ("id" = String, Path, description = "the home"),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    security(("token" = [])),
    responses((status = 201, body = ConflictView)),
)]
#[post("/homes/{id}/conflicts")]
pub async fn post_conflict(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Home>,
    new: Json<ConflictBody>,
) -> Reply<Created<ConflictView>> {
    let once = once(&request, &new.hash)?;
    let declare = move |access: Access<'_>| access.declare_conflict(id.0, &new.value, once.as_ref());
    let body = app.door.write(caller.0, declare).await?;
    Ok(Created { body, location: None })
}

/// Say that a conflict of interest is over, and why. For the home's team lead. What the person had opened with a reason
/// stays shut.
#[utoipa::path(
    tag = "homes",
    operation_id = "end_conflict",
    request_body = ConflictChange,
    params(
        ("id" = String, Path, description = "the home"),
        ("part_id" = String, Path, description = "the conflict of interest"),
    ),
    security(("token" = [])),
    responses((status = 200, body = ConflictView), (status = 409)),
)]
#[patch("/homes/{id}/conflicts/{part_id}")]
pub async fn patch_conflict(
    app: web::Data<App>,
    caller: Caller,
    id: PartPath<of::Home, of::Conflict>,
    change: Json<ConflictChange>,
) -> Reply<Shown<ConflictView>> {
    if !change.value.ended {
        return Err(Error::Malformed("nothing is to be changed".into()));
    }
    let end = move |access: Access<'_>| access.end_conflict(id.of, id.part, change.value.reason.as_ref());
    Ok(Shown(app.door.write(caller.0, end).await?))
}
