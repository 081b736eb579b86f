//! Inviting someone into a home.

use super::typed::Reader;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::error::{Error, Fault, Result};
use crate::home::{AssignmentDetail, HomeDetail, Invited, MemberBody};
use crate::id::{HomeId, of};
use crate::web::page::{Fields, Form, FormFaults, Frame, filters, page, see_other};
use crate::web::{ObjectPath, say};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

#[derive(Template)]
#[template(path = "home/pages/member.html")]
struct Member {
    frame: Frame,
    home: HomeDetail,
    /// It has no assignment, of today or to come, that whoever is invited could do anything for.
    early: bool,
    faults: FormFaults,
    fields: Fields,
    once: String,
}

#[get("/hem/{id}/medlemmar")]
pub async fn get_new_member(app: web::Data<App>, visitor: Visitor, id: ObjectPath<of::Home>) -> Result<HttpResponse> {
    let mut fields = Fields::default();
    fields.set("from", app.clock.now().day().to_string());
    show(&app, &visitor, id.0, fields, &[]).await
}

#[post("/hem/{id}/medlemmar")]
pub async fn post_new_member(app: web::Data<App>, id: ObjectPath<of::Home>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        return show(&app, &visitor, id.0, form.fields, &[]).await;
    }
    let once = form.fields.once(&format!("/hem/{}/medlemmar", id.0), &[])?;
    let mut read = Reader::of(&form.fields, app.clock.now().day());
    let (name, email) = (read.text("name"), read.text("email"));
    let (from, to) = (read.day("from"), read.day_if_any("to"));
    let faults = read.faults;
    let (Some(from), true) = (from, faults.is_empty()) else {
        return show(&app, &visitor, id.0, form.fields, &faults).await;
    };
    let new = MemberBody {
        person_id: None,
        invitation: Some(Invited { email, name }),
        from,
        to,
    };
    let invite = move |access: Access<'_>| access.new_member(id.0, &new, Some(&once));
    match app.door.write(visitor.actor, invite).await {
        Ok(_) => Ok(see_other(&format!("/hem/{}?klart=inbjuden", id.0))),
        Err(Error::Invalid(faults)) => show(&app, &visitor, id.0, form.fields, &faults).await,
        Err(error) => Err(error),
    }
}

async fn show(app: &App, visitor: &Visitor, id: HomeId, fields: Fields, faults: &[Fault]) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| {
        access.may_keep_home(id, Action::MemberAdd)?;
        let today = access.now().day();
        let ended = |one: &AssignmentDetail| one.assignment.to.is_some_and(|to| to < today);
        let early = access.home_assignments(id)?.iter().all(ended);
        Ok((access.masthead()?, access.home_detail(id)?, early))
    };
    let (masthead, home, early) = app.door.read(visitor.actor, look).await?;
    let frame = Frame::of(say("home-invite-heading"), masthead, &visitor.guard).at("/hem");
    let (frame, status) = frame.judged(faults.is_empty());
    let content = Member {
        frame,
        home,
        early,
        faults: FormFaults::told(faults),
        once: fields.once_again(),
        fields,
    };
    page(status, &content)
}
