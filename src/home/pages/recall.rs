//! Calling an invitation into a home back.

use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::id::of;
use crate::web::PartPath;
use crate::web::page::{Form, see_other};
use actix_web::{HttpResponse, post, web};

#[post("/hem/{id}/inbjudningar/{part_id}/aterkalla")]
pub async fn post_recall(
    app: web::Data<App>,
    id: PartPath<of::Home, of::Invitation>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let recall = move |access: Access<'_>| access.recall_invitation(id.part);
    match app.door.write(visitor.actor, recall).await {
        Ok(()) => Ok(see_other(&format!("/hem/{}?klart=aterkallad", id.of))),
        // Accepted or called back meanwhile: the page tells how it stands.
        Err(Error::Conflict("ended")) => Ok(see_other(&format!("/hem/{}", id.of))),
        Err(error) => Err(error),
    }
}
