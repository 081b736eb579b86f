//! Marking a person as protected.

use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::home::Protection;
use crate::id::of;
use crate::web::ObjectPath;
use crate::web::page::{Form, see_other};
use actix_web::{HttpResponse, post, web};

#[post("/personer/{id}/skydd")]
pub async fn post_protection(app: web::Data<App>, id: ObjectPath<of::Person>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let to = Protection::parse(form.fields.text("protected")).ok_or_else(|| Error::Malformed("protected".into()))?;
    let protect = move |access: Access<'_>| access.protect_person(id.0, to).map(drop);
    match app.door.write(visitor.actor, protect).await {
        Ok(()) => Ok(see_other(&format!("/personer/{}?klart=protected", id.0))),
        // It stands so already.
        Err(Error::Conflict(_)) => Ok(see_other(&format!("/personer/{}", id.0))),
        Err(error) => Err(error),
    }
}
