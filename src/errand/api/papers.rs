//! REST: errands that came on paper.

use crate::access::Access;
use crate::app::App;
use crate::errand::{NewPaper, Started};
use crate::error::{Error, Fault};
use crate::id::of;
use crate::web::{Caller, Created, Json, ObjectPath, Reply, once};
use actix_web::{HttpRequest, post, web};

/// Register a form that came on paper from a home, in the name of a member. Whoever registers a claim does not review
/// it.
#[utoipa::path(
    tag = "errands",
    operation_id = "register_paper",
    params(
        ("id" = String, Path, description = "the home"),
        ("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters"),
    ),
    request_body = NewPaper,
    security(("token" = [])),
    responses((status = 201, body = Started)),
)]
#[post("/homes/{id}/paper-errands")]
pub async fn post_paper(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    id: ObjectPath<of::Home>,
    new: Json<NewPaper>,
) -> Reply<Created<Started>> {
    let once = once(&request, &new.hash)?;
    let register = move |access: Access<'_>| access.register_paper(id.0, &new.value, once.as_ref());
    let started = app.door.write_foreseeing(caller.0, register).await.map_err(of_errand)?;
    let location = Some(format!("/api/v1/errands/{}", started.id));
    Ok(Created {
        body: started,
        location,
    })
}

/// The faults of what the paper says, where the body has it.
fn of_errand(error: Error) -> Error {
    let Error::Invalid(faults) = error else { return error };
    let placed = |mut fault: Fault| {
        if !["on_behalf_of", "received_on", "scan_id"].contains(&fault.field.as_str()) {
            fault.field.insert_str(0, "errand.");
        }
        fault
    };
    Error::Invalid(faults.into_iter().map(placed).collect())
}
