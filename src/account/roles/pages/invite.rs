//! Inviting someone onto the staff.

use super::words;
use crate::access::{Access, Role};
use crate::account::{NewInvitation, Visitor};
use crate::app::App;
use crate::error::{Error, Fault, Result};
use crate::id::of;
use crate::secret::Secret;
use crate::web::page::{Fields, Form, FormFaults, Frame, filters, page, see_other};
use crate::web::{Language, Listing, say};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

#[derive(Template)]
#[template(path = "account/roles/pages/invite.html")]
struct Invite {
    frame: Frame,
    roles: Vec<words::Choice>,
    units: Vec<(String, String)>,
    faults: FormFaults,
    fields: Fields,
    once: String,
}

#[get("/bjud-in")]
pub async fn get_invite(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    show(&app, &visitor, Fields::default(), &[]).await
}

#[post("/bjud-in")]
pub async fn post_invite(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        return show(&app, &visitor, form.fields, &[]).await;
    }
    let once = form.fields.once("/bjud-in", &[])?;
    let Some(role) = Role::ALL
        .into_iter()
        .find(|role| role.is_staff() && role.as_str() == form.fields.text("role"))
    else {
        let missing = Fault {
            field: "role".into(),
            code: "required",
        };
        return show(&app, &visitor, form.fields, &[missing]).await;
    };
    let text = |name| Secret::new(form.fields.text(name).to_owned());
    let new = NewInvitation {
        email: text("email"),
        name: text("name"),
        role: Some(role),
        unit_id: match form.fields.text("unit_id") {
            "" => None,
            text => Some(text.parse().map_err(|_| Error::Malformed("unit_id".into()))?),
        },
        home_id: None,
        language: Language::Swedish,
    };
    let invite = move |access: Access<'_>| access.invite(&new, Some(&once));
    match app.door.write(visitor.actor, invite).await {
        Ok(_) => Ok(see_other("/personer?klart=inbjuden")),
        Err(Error::Invalid(faults)) => show(&app, &visitor, form.fields, &faults).await,
        Err(error) => Err(error),
    }
}

async fn show(app: &App, visitor: &Visitor, fields: Fields, faults: &[Fault]) -> Result<HttpResponse> {
    let listing = Listing::<of::Unit>::parse(Some(words::UNITS), None)?;
    let look = move |access: Access<'_>| {
        access.may_invite_staff()?;
        Ok((access.masthead()?, access.list_units(listing)?.items))
    };
    let (masthead, units) = app.door.read(visitor.actor, look).await?;
    let frame = Frame::of(say("invite-title"), masthead, &visitor.guard).at("/personer");
    let (frame, status) = frame.judged(faults.is_empty());
    let content = Invite {
        frame,
        roles: words::staff(),
        units: units.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect(),
        faults: FormFaults::told(faults),
        once: fields.once_again(),
        fields,
    };
    page(status, &content)
}
