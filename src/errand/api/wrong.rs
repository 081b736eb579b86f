//! REST: what lies in the wrong place, reported and taken out of view.

use crate::access::Access;
use crate::app::App;
use crate::errand::{IsolationView, NewIsolation, NewReport, Reported};
use crate::id::of;
use crate::web::{Caller, Created, Json, ObjectPath, Reply, once};
use actix_web::{HttpRequest, post, web};

/// Say that a file or message lies in the wrong place, such as another child's paper. The team is told.
#[utoipa::path(
    tag = "errands",
    operation_id = "report_item",
    params(
        ("id" = String, Path, format = Uuid),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    request_body = NewReport,
    security(("token" = [])),
    responses((status = 201, body = Reported)),
)]
#[post("/errands/{id}/reports")]
pub async fn post_report(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Errand>,
    new: Json<NewReport>,
) -> Reply<Created<Reported>> {
    let once = once(&request, &new.hash)?;
    let report = move |access: Access<'_>| access.report_wrong(id.0, &new.value, once.as_ref());
    let body = app.door.write(caller.0, report).await?;
    Ok(Created { body, location: None })
}

/// Take a file or message out of view. Nobody is shown it from then on, nothing of it is deleted, and the data
/// protection officer has an incident to assess.
#[utoipa::path(
    tag = "errands",
    operation_id = "isolate_item",
    params(
        ("id" = String, Path, format = Uuid),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    request_body = NewIsolation,
    security(("token" = [])),
    responses((status = 201, body = IsolationView)),
)]
#[post("/errands/{id}/isolations")]
pub async fn post_isolation(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Errand>,
    new: Json<NewIsolation>,
) -> Reply<Created<IsolationView>> {
    let once = once(&request, &new.hash)?;
    let isolate = move |access: Access<'_>| access.isolate(id.0, &new.value, once.as_ref());
    let body = app.door.write(caller.0, isolate).await?;
    Ok(Created { body, location: None })
}
