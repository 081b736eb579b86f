//! REST: the list of who has which right in a unit, gone through each period.

use super::{NewSaid, RecertificationView};
use crate::access::Access;
use crate::app::App;
use crate::id::of;
use crate::web::{Caller, Created, Json, ObjectPath, Reply, Shown, once};
use actix_web::{HttpRequest, get, post, web};

/// Who has which right in a unit (roles, deputies, those named for protected homes), and what was said of each in this
/// period. For the unit's manager, the steward and the data protection officer.
#[utoipa::path(
    tag = "people",
    operation_id = "get_recertification",
    params(("id" = String, Path, description = "the unit")),
    security(("token" = [])),
    responses((status = 200, body = RecertificationView)),
)]
#[get("/units/{id}/recertification")]
pub async fn get_recertification(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Unit>,
) -> Reply<Shown<RecertificationView>> {
    let look = move |access: Access<'_>| access.recertification(id.0);
    Ok(Shown(app.door.read(caller.0, look).await?))
}

/// Say of a right in my unit whether it is still needed. Those who can end it are told.
#[utoipa::path(
    tag = "people",
    operation_id = "say_of_right",
    params(
        ("id" = String, Path, description = "the unit"),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    request_body = NewSaid,
    security(("token" = [])),
    responses((status = 201, body = RecertificationView)),
)]
#[post("/units/{id}/recertification")]
pub async fn post_recertification(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Unit>,
    new: Json<NewSaid>,
) -> Reply<Created<RecertificationView>> {
    let once = once(&request, &new.hash)?;
    let say = move |access: Access<'_>| access.say_of_right(id.0, &new.value, once.as_ref());
    let body = app.door.write(caller.0, say).await?;
    Ok(Created { body, location: None })
}
