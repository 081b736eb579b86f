//! REST: homes, members and assignments, as staff keeps them.

use super::assignments::{AssignmentBody, AssignmentChange};
use super::homes::{HomeBody, HomeChange};
use super::members::{MemberBody, MemberChange};
use super::view::{AssignmentDetail, HomeDetail, MemberView};
use crate::access::Access;
use crate::app::App;
use crate::error::{Error, Fault};
use crate::id::of;
use crate::web::{
    Caller, Created, IfMatch, Json, Listed, ObjectPath, Paging, PartPath, Query, Reply, Shown, Versioned, once,
};
use actix_web::{HttpRequest, get, patch, post, web};

/// The homes of my assignments, and of the units I lead. For staff that handles errands.
#[utoipa::path(
    tag = "homes",
    operation_id = "list_homes",
    params(Paging),
    security(("token" = [])),
    responses((status = 200, body = Listed<HomeDetail>)),
)]
#[get("/homes")]
pub async fn get_homes(app: web::Data<App>, caller: Caller, query: Query<Paging>) -> Reply<Shown<Listed<HomeDetail>>> {
    let listing = query.0.listing()?;
    Ok(Shown(
        app.door
            .read(caller.0, move |access| access.list_homes(listing))
            .await?,
    ))
}

/// Add a home to a unit I lead.
#[utoipa::path(
    tag = "homes",
    operation_id = "create_home",
    request_body = HomeBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters")),
    security(("token" = [])),
    responses((status = 201, body = HomeDetail)),
)]
#[post("/homes")]
pub async fn post_home(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    new: Json<HomeBody>,
) -> Reply<Created<HomeDetail>> {
    let once = once(&request, &new.hash)?;
    let add = move |access: Access<'_>| access.start_home(&new.value, once.as_ref());
    let body = app.door.write(caller.0, add).await?;
    let location = Some(format!("/api/v1/homes/{}", body.id));
    Ok(Created { body, location })
}

/// One home.
#[utoipa::path(
    tag = "homes",
    operation_id = "get_home",
    params(("id" = String, Path, description = "the home")),
    security(("token" = [])),
    responses((status = 200, body = HomeDetail)),
)]
#[get("/homes/{id}")]
pub async fn get_home(app: web::Data<App>, caller: Caller, id: ObjectPath<of::Home>) -> Reply<Versioned<HomeDetail>> {
    let body = app.door.read(caller.0, move |access| access.home_detail(id.0)).await?;
    Ok(Versioned {
        version: body.version,
        body,
    })
}

/// Change a home of a unit I lead; what it was is kept.
#[utoipa::path(
    tag = "homes",
    operation_id = "change_home",
    request_body = HomeChange,
    params(
        ("id" = String, Path, description = "the home"),
        ("If-Match" = Option<String>, Header, description = "the ETag it was made from"),
    ),
    security(("token" = [])),
    responses((status = 200, body = HomeDetail), (status = 409)),
)]
#[patch("/homes/{id}")]
pub async fn patch_home(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Home>,
    if_match: IfMatch,
    change: Json<HomeChange>,
) -> Reply<Versioned<HomeDetail>> {
    let change = move |access: Access<'_>| access.change_home(id.0, &change.value, if_match);
    let body = app.door.write(caller.0, change).await?;
    Ok(Versioned {
        version: body.version,
        body,
    })
}

/// Who belongs to a home, did or will.
#[utoipa::path(
    tag = "homes",
    operation_id = "list_members",
    params(("id" = String, Path, description = "the home")),
    security(("token" = [])),
    responses((status = 200, body = Listed<MemberView>)),
)]
#[get("/homes/{id}/members")]
pub async fn get_members(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Home>,
) -> Reply<Shown<Listed<MemberView>>> {
    Ok(Shown(
        app.door.read(caller.0, move |access| access.list_members(id.0)).await?,
    ))
}

/// Make someone a member (`person_id`), or invite them (`invitation`).
#[utoipa::path(
    tag = "homes",
    operation_id = "add_member",
    request_body = MemberBody,
    params(
        ("id" = String, Path, description = "the home"),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    security(("token" = [])),
    responses((status = 201, body = MemberView)),
)]
#[post("/homes/{id}/members")]
pub async fn post_member(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Home>,
    new: Json<MemberBody>,
) -> Reply<Created<MemberView>> {
    let once = once(&request, &new.hash)?;
    let add = move |access: Access<'_>| access.new_member(id.0, &new.value, once.as_ref());
    Ok(Created {
        body: app.door.write(caller.0, add).await.map_err(of_invitation)?,
        location: None,
    })
}

/// The faults of someone invited, where the body has them.
fn of_invitation(error: Error) -> Error {
    let Error::Invalid(faults) = error else { return error };
    let placed = |mut fault: Fault| {
        if ["email", "name"].contains(&fault.field.as_str()) {
            fault.field.insert_str(0, "invitation.");
        }
        fault
    };
    Error::Invalid(faults.into_iter().map(placed).collect())
}

/// Set a membership's last day; today's date takes the person's sight and sessions at once.
#[utoipa::path(
    tag = "homes",
    operation_id = "change_member",
    request_body = MemberChange,
    params(
        ("id" = String, Path, description = "the home"),
        ("part_id" = String, Path, description = "the membership"),
    ),
    security(("token" = [])),
    responses((status = 200, body = MemberView), (status = 409)),
)]
#[patch("/homes/{id}/members/{part_id}")]
pub async fn patch_member(
    app: web::Data<App>,
    caller: Caller,
    id: PartPath<of::Home, of::Member>,
    change: Json<MemberChange>,
) -> Reply<Shown<MemberView>> {
    let change = move |access: Access<'_>| access.change_member(id.of, id.part, &change.value);
    Ok(Shown(app.door.write(caller.0, change).await?))
}

/// Add an assignment to a home of a unit I lead. Its label is the server's.
#[utoipa::path(
    tag = "homes",
    operation_id = "create_assignment",
    request_body = AssignmentBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters")),
    security(("token" = [])),
    responses((status = 201, body = AssignmentDetail), (status = 404)),
)]
#[post("/assignments")]
pub async fn post_assignment(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    new: Json<AssignmentBody>,
) -> Reply<Created<AssignmentDetail>> {
    let once = once(&request, &new.hash)?;
    let add = move |access: Access<'_>| access.start_assignment(&new.value, once.as_ref());
    Ok(Created {
        body: app.door.write(caller.0, add).await?,
        location: None,
    })
}

/// Change who answers for an assignment, its end or its deputies; what it was is kept.
#[utoipa::path(
    tag = "homes",
    operation_id = "change_assignment",
    request_body = AssignmentChange,
    params(
        ("id" = String, Path, description = "the assignment"),
        ("If-Match" = Option<String>, Header, description = "the ETag it was made from"),
    ),
    security(("token" = [])),
    responses((status = 200, body = AssignmentDetail), (status = 409)),
)]
#[patch("/assignments/{id}")]
pub async fn patch_assignment(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Assignment>,
    if_match: IfMatch,
    change: Json<AssignmentChange>,
) -> Reply<Versioned<AssignmentDetail>> {
    let change = move |access: Access<'_>| access.change_assignment(id.0, &change.value, if_match);
    let body = app.door.write(caller.0, change).await?;
    Ok(Versioned {
        version: body.version,
        body,
    })
}
