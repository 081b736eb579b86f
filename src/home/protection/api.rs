//! REST: homes where someone is protected, and who of the staff is named for them.

use super::{NamingBody, NamingChange, NamingView, ProtectedHomeView};
use crate::access::Access;
use crate::app::App;
use crate::id::of;
use crate::web::{Caller, Created, Json, Listed, ObjectPath, Paging, PartPath, Query, Reply, Shown, once};
use actix_web::{HttpRequest, get, patch, post, web};

/// The homes of the units I head where someone is protected, by their aliases, with those who are named for them.
#[utoipa::path(
    tag = "homes",
    operation_id = "list_protected_homes",
    params(Paging),
    security(("token" = [])),
    responses((status = 200, body = Listed<ProtectedHomeView>)),
)]
#[get("/protected-homes")]
pub async fn get_protected_homes(
    app: web::Data<App>,
    caller: Caller,
    paging: Query<Paging>,
) -> Reply<Shown<Listed<ProtectedHomeView>>> {
    let listing = paging.0.listing()?;
    let list = move |access: Access<'_>| access.protected_homes(listing);
    Ok(Shown(app.door.read(caller.0, list).await?))
}

/// Propose someone of the staff for such a home. It counts when a second person says yes; nobody proposes themselves.
#[utoipa::path(
    tag = "homes",
    operation_id = "name_for_home",
    request_body = NamingBody,
    params(
        ("id" = String, Path, description = "the home"),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    security(("token" = [])),
    responses((status = 201, body = NamingView)),
)]
#[post("/protected-homes/{id}/named")]
pub async fn post_naming(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Home>,
    new: Json<NamingBody>,
) -> Reply<Created<NamingView>> {
    let once = once(&request, &new.hash)?;
    let name = move |access: Access<'_>| access.name_for_protected(id.0, &new.value, once.as_ref());
    Ok(Created {
        body: app.door.write(caller.0, name).await?,
        location: None,
    })
}

/// The second person's yes (`confirmed`), or that someone is named no longer (`ended`), which holds at once.
#[utoipa::path(
    tag = "homes",
    operation_id = "change_naming",
    request_body = NamingChange,
    params(
        ("id" = String, Path, description = "the home"),
        ("part_id" = String, Path, description = "that someone is named"),
    ),
    security(("token" = [])),
    responses((status = 200, body = NamingView), (status = 409)),
)]
#[patch("/protected-homes/{id}/named/{part_id}")]
pub async fn patch_naming(
    app: web::Data<App>,
    caller: Caller,
    id: PartPath<of::Home, of::Naming>,
    change: Json<NamingChange>,
) -> Reply<Shown<NamingView>> {
    let change = move |access: Access<'_>| access.change_naming(id.of, id.part, &change.value);
    Ok(Shown(app.door.write(caller.0, change).await?))
}
