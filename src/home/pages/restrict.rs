//! Shutting an assignment to its home, and opening it again.

use super::change::show;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::home::AssignmentChange;
use crate::id::of;
use crate::web::page::{Form, see_other};
use crate::web::{IfMatch, ObjectPath};
use actix_web::{HttpResponse, post, web};

#[post("/uppdrag/{id}/begransning")]
pub async fn post_restriction(app: web::Data<App>, id: ObjectPath<of::Assignment>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        return show(&app, &visitor, id.0, form.fields, (&[], false)).await;
    }
    let wanted = AssignmentChange {
        restricted: Some(form.fields.is("restricted", "ja")),
        reason: form.fields.secret("reason"),
        ..AssignmentChange::default()
    };
    let change = move |access: Access<'_>| access.change_assignment(id.0, &wanted, IfMatch(None));
    match app.door.write(visitor.actor, change).await {
        Ok(changed) => Ok(see_other(&format!("/hem/{}?klart=uppdrag", changed.assignment.home.id))),
        Err(Error::Invalid(faults)) => show(&app, &visitor, id.0, form.fields, (&faults, false)).await,
        Err(error) => Err(error),
    }
}
