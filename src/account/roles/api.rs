//! REST: people and their roles.

use super::protect::{PersonChange, PersonMark};
pub use super::recertify::api::{get_recertification, post_recertification};
use super::verbs::{NewRole, RoleChange};
use super::view::{PersonRow, RoleView, WaitingRole};
use crate::app::App;
use crate::id::of;
use crate::web::{Caller, Created, Json, Listed, ObjectPath, Paging, PartPath, Query, Reply, Shown, once};
use actix_web::{HttpRequest, get, patch, post, web};

/// The board's people with the roles they hold today, newest first. For the steward, unit managers and the data
/// protection officer; no addresses.
#[utoipa::path(
    tag = "people",
    operation_id = "list_persons",
    params(Paging),
    security(("token" = [])),
    responses((status = 200, body = Listed<PersonRow>)),
)]
#[get("/persons")]
pub async fn get_persons(app: web::Data<App>, caller: Caller, query: Query<Paging>) -> Reply<Shown<Listed<PersonRow>>> {
    let listing = query.0.listing()?;
    Ok(Shown(
        app.door.read(caller.0, move |access| access.people(listing)).await?,
    ))
}

/// Roles that wait for a second person, newest first. For whoever can be one: the steward, unit managers and the data
/// protection officer. `PATCH /persons/{id}/roles/{part_id}` confirms.
#[utoipa::path(
    tag = "people",
    operation_id = "list_role_proposals",
    params(Paging),
    security(("token" = [])),
    responses((status = 200, body = Listed<WaitingRole>)),
)]
#[get("/role-proposals")]
pub async fn get_role_proposals(
    app: web::Data<App>,
    caller: Caller,
    query: Query<Paging>,
) -> Reply<Shown<Listed<WaitingRole>>> {
    let listing = query.0.listing()?;
    let look = move |access: crate::access::Access<'_>| access.waiting_roles(listing);
    Ok(Shown(app.door.read(caller.0, look).await?))
}

/// All roles of a person: held, coming, ended and proposed.
#[utoipa::path(
    tag = "people",
    operation_id = "list_roles",
    params(("id" = String, Path, description = "the person")),
    security(("token" = [])),
    responses((status = 200, body = Listed<RoleView>)),
)]
#[get("/persons/{id}/roles")]
pub async fn get_roles(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Person>,
) -> Reply<Shown<Listed<RoleView>>> {
    Ok(Shown(app.door.read(caller.0, move |access| access.roles(id.0)).await?))
}

/// Give a role. One that reaches beyond the assignments given to it, such as caseworker or auditor, is proposed, and
/// holds when a second person says yes.
#[utoipa::path(
    tag = "people",
    operation_id = "give_role",
    request_body = NewRole,
    params(
        ("id" = String, Path, description = "the person"),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    security(("token" = [])),
    responses((status = 201, body = RoleView)),
)]
#[post("/persons/{id}/roles")]
pub async fn post_role(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Person>,
    new: Json<NewRole>,
) -> Reply<Created<RoleView>> {
    let once = once(&request, &new.hash)?;
    let give = move |access: crate::access::Access<'_>| access.give_role(id.0, &new.value, once.as_ref());
    Ok(Created {
        body: app.door.write(caller.0, give).await?,
        location: None,
    })
}

/// End a role (`to` with a `reason`; today's date ends it and the person's sessions at once), or confirm one that takes
/// two (`confirmed`).
#[utoipa::path(
    tag = "people",
    operation_id = "change_role",
    request_body = RoleChange,
    params(
        ("id" = String, Path, description = "the person"),
        ("part_id" = String, Path, description = "the role"),
    ),
    security(("token" = [])),
    responses((status = 200, body = RoleView), (status = 409)),
)]
#[patch("/persons/{id}/roles/{part_id}")]
pub async fn patch_role(
    app: web::Data<App>,
    caller: Caller,
    id: PartPath<of::Person, of::RoleGrant>,
    change: Json<RoleChange>,
) -> Reply<Shown<RoleView>> {
    let change = move |access: crate::access::Access<'_>| access.change_role(id.of, id.part, &change.value);
    Ok(Shown(app.door.write(caller.0, change).await?))
}

/// Mark a person as protected, or raise the mark. It holds at once: homes know protected staff by an alias, and the
/// home of a protected member is one for which staff must be named.
#[utoipa::path(
    tag = "people",
    operation_id = "change_person",
    request_body = PersonChange,
    params(("id" = String, Path, description = "the person")),
    security(("token" = [])),
    responses((status = 200, body = PersonMark), (status = 409)),
)]
#[patch("/persons/{id}")]
pub async fn patch_person(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Person>,
    change: Json<PersonChange>,
) -> Reply<Shown<PersonMark>> {
    let protect = move |access: crate::access::Access<'_>| access.protect_person(id.0, change.value.protected);
    Ok(Shown(app.door.write(caller.0, protect).await?))
}
