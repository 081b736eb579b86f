//! REST: the reason at the door of an errand, who has given one, and the reason for seeing where protected people are.

use crate::app::App;
use crate::audit::Action;
use crate::errand::{ErrandView, NewOpening, Opened, OpeningView, ProtectedLook};
use crate::id::of;
use crate::language::Language;
use crate::web::{Caller, Created, Json, Listed, ObjectPath, Reply, Shown, once};
use actix_web::{HttpRequest, get, post, web};

/// Open an errand of my unit that I have nothing to do with, for thirty minutes. Whoever answers for it is told at
/// once.
#[utoipa::path(
    tag = "errands",
    operation_id = "open_errand",
    params(
        ("id" = String, Path, format = Uuid),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    request_body = NewOpening,
    security(("token" = [])),
    responses((status = 201, body = Opened)),
)]
#[post("/errands/{id}/openings")]
pub async fn post_opening(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Errand>,
    new: Json<NewOpening>,
) -> Reply<Created<Opened>> {
    let once = once(&request, &new.hash)?;
    let open = move |access: crate::access::Access<'_>| access.open_errand(id.0, &new.value, once.as_ref());
    let body = app.door.write(caller.0, open).await?;
    Ok(Created { body, location: None })
}

/// Who has opened an errand without having to do with it, the newest first. Never for a home.
#[utoipa::path(
    tag = "errands",
    operation_id = "list_openings",
    params(("id" = String, Path, format = Uuid)),
    security(("token" = [])),
    responses((status = 200, body = Listed<OpeningView>)),
)]
#[get("/errands/{id}/openings")]
pub async fn get_openings(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Errand>,
) -> Reply<Shown<Listed<OpeningView>>> {
    let list = move |access: crate::access::Access<'_>| access.openings_of(id.0);
    Ok(Shown(app.door.read(caller.0, list).await?))
}

/// Show an errand with what it hides, where someone in its home is protected: places, shops and the names of files.
/// Once, to who handles it, with a reason that is kept.
#[utoipa::path(
    tag = "errands",
    operation_id = "show_protected",
    params(("id" = String, Path, format = Uuid)),
    request_body = ProtectedLook,
    security(("token" = [])),
    responses((status = 200, body = ErrandView), (status = 409)),
)]
#[post("/errands/{id}/protected")]
pub async fn post_protected(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Errand>,
    look: Json<ProtectedLook>,
) -> Reply<Shown<ErrandView>> {
    let show = move |access: crate::access::Access<'_>| {
        access
            .errand_for(id.0, Action::ProtectedRead)?
            .unveiled(&look.value)?
            .show()
    };
    Ok(Shown(
        app.door.write(caller.0, show).await?.in_language(Language::spoken()),
    ))
}
