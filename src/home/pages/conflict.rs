//! Saying who is to have nothing to do with a home, and that it is over.

use super::home::{look, show};
use super::typed::Reader;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::home::ConflictBody;
use crate::id::of;
use crate::web::page::{Form, see_other};
use crate::web::{ObjectPath, PartPath};
use actix_web::{HttpResponse, post, web};

#[post("/hem/{id}/jav")]
pub async fn post_conflict(app: web::Data<App>, id: ObjectPath<of::Home>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        let looked = look(&app, &visitor, id.0).await?;
        let again = Some((None, form.fields, &[][..]));
        return show(&visitor, looked, None, again, app.clock.now());
    }
    let mut read = Reader::of(&form.fields, app.clock.now().day());
    let (person, reason) = (read.id("person_id"), read.text("reason"));
    let mut faults = read.faults;
    if let Some(person_id) = person {
        let new = ConflictBody { person_id, reason };
        let declare = move |access: Access<'_>| {
            access.declare_conflict(id.0, &new, None)?;
            Ok(access.person()? == new.person_id)
        };
        match app.door.write(visitor.actor, declare).await {
            // Of oneself: the home is not there any more.
            Ok(true) => return Ok(see_other("/hem?klart=jav")),
            Ok(false) => return Ok(see_other(&format!("/hem/{}?klart=jav", id.0))),
            Err(Error::Invalid(found)) => faults = found,
            Err(error) => return Err(error),
        }
    }
    let looked = look(&app, &visitor, id.0).await?;
    show(
        &visitor,
        looked,
        None,
        Some((None, form.fields, &faults)),
        app.clock.now(),
    )
}

#[post("/hem/{id}/jav/{part_id}/slut")]
pub async fn post_conflict_end(
    app: web::Data<App>,
    id: PartPath<of::Home, of::Conflict>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let (mut fields, mut faults) = (form.fields, Vec::new());
    if !fields.is_to_be_shown() {
        let reason = fields.secret("end_reason");
        let end = move |access: Access<'_>| access.end_conflict(id.of, id.part, reason.as_ref());
        match app.door.write(visitor.actor, end).await {
            Ok(_) => return Ok(see_other(&format!("/hem/{}?klart=jav-slut", id.of))),
            Err(Error::Invalid(found)) => faults = found,
            Err(error) => return Err(error),
        }
    }
    faults.iter_mut().for_each(|fault| fault.field = "end_reason".into());
    fields.set("conflict", id.part.to_string());
    let looked = look(&app, &visitor, id.of).await?;
    show(&visitor, looked, None, Some((None, fields, &faults)), app.clock.now())
}
