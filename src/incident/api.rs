//! REST: the register of incidents.

use super::{IncidentChange, IncidentRow, IncidentView, NewLift};
use crate::access::Access;
use crate::app::App;
use crate::id::of;
use crate::web::{Caller, IfMatch, Json, Listed, ObjectPath, Paging, Query, Reply, Shown, Versioned};
use actix_web::{get, patch, post, web};

/// The register of incidents, newest first: to the data protection officer all, to leads and managers their units'.
#[utoipa::path(
    tag = "incidents",
    operation_id = "list_incidents",
    params(Paging),
    security(("token" = [])),
    responses((status = 200, body = Listed<IncidentRow>)),
)]
#[get("/incidents")]
pub async fn get_incidents(
    app: web::Data<App>,
    caller: Caller,
    query: Query<Paging>,
) -> Reply<Shown<Listed<IncidentRow>>> {
    let listing = query.0.listing()?;
    Ok(Shown(
        app.door.read(caller.0, move |access| access.incidents(listing)).await?,
    ))
}

/// One incident with its record.
#[utoipa::path(
    tag = "incidents",
    operation_id = "get_incident",
    params(("id" = String, Path, format = Uuid)),
    security(("token" = [])),
    responses((status = 200, body = IncidentView)),
)]
#[get("/incidents/{id}")]
pub async fn get_incident(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Incident>,
) -> Reply<Versioned<IncidentView>> {
    let body = app.door.read(caller.0, move |access| access.incident(id.0)).await?;
    Ok(Versioned {
        version: body.version,
        body,
    })
}

/// Write an incident's record, assess or close it. For the data protection officer.
#[utoipa::path(
    tag = "incidents",
    operation_id = "change_incident",
    params(
        ("id" = String, Path, format = Uuid),
        ("If-Match" = Option<String>, Header, description = "the ETag of the incident"),
    ),
    request_body = IncidentChange,
    security(("token" = [])),
    responses((status = 200, body = IncidentView), (status = 409)),
)]
#[patch("/incidents/{id}")]
pub async fn patch_incident(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Incident>,
    if_match: IfMatch,
    change: Json<IncidentChange>,
) -> Reply<Versioned<IncidentView>> {
    let change = move |access: Access<'_>| access.change_incident(id.0, &change.value, if_match);
    let body = app.door.write(caller.0, change).await?;
    Ok(Versioned {
        version: body.version,
        body,
    })
}

/// Let what was taken out of view be seen again. For the data protection officer.
#[utoipa::path(
    tag = "incidents",
    operation_id = "lift_isolation",
    params(("id" = String, Path, format = Uuid)),
    request_body = NewLift,
    security(("token" = [])),
    responses((status = 200, body = IncidentView), (status = 409)),
)]
#[post("/incidents/{id}/lift")]
pub async fn post_lift(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Incident>,
    new: Json<NewLift>,
) -> Reply<Versioned<IncidentView>> {
    let lift = move |access: Access<'_>| access.lift_isolation(id.0, &new.value);
    let body = app.door.write(caller.0, lift).await?;
    Ok(Versioned {
        version: body.version,
        body,
    })
}
