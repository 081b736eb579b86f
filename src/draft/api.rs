//! REST: one's own drafts.

use super::verbs::{DraftBody, DraftView};
use crate::access::Access;
use crate::app::App;
use crate::id::of;
use crate::web::{Caller, IfMatch, Json, Listed, NoContent, ObjectPath, Reply, Shown, Versioned};
use actix_web::{delete, get, put, web};

/// My drafts, the one saved last first; nobody else sees them.
#[utoipa::path(
    tag = "drafts",
    operation_id = "list_drafts",
    security(("token" = [])),
    responses((status = 200, body = Listed<DraftView>)),
)]
#[get("/drafts")]
pub async fn get_drafts(app: web::Data<App>, caller: Caller) -> Reply<Shown<Listed<DraftView>>> {
    Ok(Shown(app.door.read(caller.0, |access| access.drafts()).await?))
}

/// Save a form's draft, over the one there is of its kind.
#[utoipa::path(
    tag = "drafts",
    operation_id = "save_draft",
    request_body = DraftBody,
    params(("If-Match" = Option<String>, Header, description = "the ETag it was made from")),
    security(("token" = [])),
    responses((status = 200, body = DraftView), (status = 409)),
)]
#[put("/drafts")]
pub async fn put_draft(
    app: web::Data<App>,
    caller: Caller,
    if_match: IfMatch,
    new: Json<DraftBody>,
) -> Reply<Versioned<DraftView>> {
    let save = move |access: Access<'_>| access.save_draft(None, &new.value, if_match);
    Ok(versioned(app.door.write(caller.0, save).await?))
}

/// One of my drafts.
#[utoipa::path(
    tag = "drafts",
    operation_id = "get_draft",
    params(("id" = String, Path, description = "the draft")),
    security(("token" = [])),
    responses((status = 200, body = DraftView)),
)]
#[get("/drafts/{id}")]
pub async fn get_draft(app: web::Data<App>, caller: Caller, id: ObjectPath<of::Draft>) -> Reply<Versioned<DraftView>> {
    let body = app.door.read(caller.0, move |access| access.draft(id.0)).await?;
    Ok(versioned(body))
}

/// Save a draft under this id, which may be my own choice: ids of drafts are each author's own.
#[utoipa::path(
    tag = "drafts",
    operation_id = "save_draft_at",
    request_body = DraftBody,
    params(
        ("id" = String, Path, description = "the draft"),
        ("If-Match" = Option<String>, Header, description = "the ETag it was made from"),
    ),
    security(("token" = [])),
    responses((status = 200, body = DraftView), (status = 409)),
)]
#[put("/drafts/{id}")]
pub async fn put_draft_at(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Draft>,
    if_match: IfMatch,
    new: Json<DraftBody>,
) -> Reply<Versioned<DraftView>> {
    let save = move |access: Access<'_>| access.save_draft(Some(id.0), &new.value, if_match);
    Ok(versioned(app.door.write(caller.0, save).await?))
}

/// Remove one of my drafts.
#[utoipa::path(
    tag = "drafts",
    operation_id = "delete_draft",
    params(("id" = String, Path, description = "the draft")),
    security(("token" = [])),
    responses((status = 204)),
)]
#[delete("/drafts/{id}")]
pub async fn delete_draft(app: web::Data<App>, caller: Caller, id: ObjectPath<of::Draft>) -> Reply<NoContent> {
    app.door
        .write(caller.0, move |access| access.remove_draft(id.0))
        .await?;
    Ok(NoContent)
}

fn versioned(body: DraftView) -> Versioned<DraftView> {
    Versioned {
        version: body.version,
        body,
    }
}
