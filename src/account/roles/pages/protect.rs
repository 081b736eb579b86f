//! Marking a person as protected.

use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::home::Protection;
use crate::id::{PersonId, of};
use crate::web::page::{Fields, Follows, Form, FormFaults, Frame, see_other};
use crate::web::{ObjectPath, say};
use actix_web::{HttpResponse, post, web};

#[post("/personer/{id}/skydd")]
pub async fn post_protection(app: web::Data<App>, id: ObjectPath<of::Person>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let to = Protection::parse(form.fields.text("protected")).ok_or_else(|| Error::Malformed("protected".into()))?;
    if form.fields.is_to_be_shown() {
        return Ok(see_other(&format!("/personer/{}", id.0)));
    }
    if !Follows::were_told(&form.fields) {
        return ask(&app, &visitor, id.0, form.fields).await;
    }
    let protect = move |access: Access<'_>| access.protect_person(id.0, to).map(drop);
    match app.door.write(visitor.actor, protect).await {
        Ok(()) => Ok(see_other(&format!("/personer/{}?klart=protected", id.0))),
        // It stands so already.
        Err(Error::Conflict(_)) => Ok(see_other(&format!("/personer/{}", id.0))),
        Err(error) => Err(error),
    }
}

/// What follows, before it is done. It does not say whether the person lives in a home: that is not the steward's to know.
async fn ask(app: &App, visitor: &Visitor, id: PersonId, fields: Fields) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| {
        access.roles(id)?;
        access.masthead()
    };
    let masthead = app.door.read(visitor.actor, look).await?;
    let points = ["mark-person-home", "mark-person-staff", "mark-follows-lower"];
    Follows {
        frame: Frame::of(say("mark-person-heading"), masthead, &visitor.guard).at("/personer"),
        heading: say("mark-person-heading"),
        points: points.iter().map(|key| say(key).to_owned()).collect(),
        faults: FormFaults::default(),
        fields,
        people: Vec::new(),
        action: format!("/personer/{id}/skydd"),
        send: say("mark-person-send"),
    }
    .answer()
}
