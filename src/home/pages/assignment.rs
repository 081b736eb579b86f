//! Adding an assignment to a home, with the person it is for.

use super::marking::{Marking, ahead};
use super::typed::Reader;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::clock::Day;
use crate::error::{Error, Fault, Result};
use crate::home::{
    AssignmentBody, DeputyBody, HomeDetail, HomeKind, LegalBasis, NamedPerson, Protection, ServiceUserBody,
};
use crate::id::{HomeId, of};
use crate::web::page::{Fields, Form, FormFaults, Frame, Masthead, filters, page, see_other};
use crate::web::{ObjectPath, say};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

#[derive(Template)]
#[template(path = "home/pages/assignment.html")]
struct Assignment {
    frame: Frame,
    home: HomeDetail,
    faults: FormFaults,
    fields: Fields,
    people: Vec<(String, String)>,
    once: String,
}

#[get("/hem/{id}/uppdrag")]
pub async fn get_new_assignment(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Home>,
) -> Result<HttpResponse> {
    show(&app, &visitor, id.0, Fields::default(), &[]).await
}

#[post("/hem/{id}/uppdrag")]
pub async fn post_new_assignment(app: web::Data<App>, id: ObjectPath<of::Home>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        return show(&app, &visitor, id.0, form.fields, &[]).await;
    }
    let once = form.fields.once(&format!("/hem/{}/uppdrag", id.0), &[])?;
    let typed = match read(&form.fields, app.clock.now().day()) {
        Ok(typed) => typed,
        Err(faults) => return show(&app, &visitor, id.0, form.fields, &faults).await,
    };
    let marking = Marking {
        home: Some(id.0),
        unit: None,
        to: typed.user.protected,
        names: false,
        action: format!("/hem/{}/uppdrag", id.0),
    };
    if let Some(page) = ahead(&app, &visitor, marking, (&form.fields, &[])).await? {
        return Ok(page);
    }
    let start = move |access: Access<'_>| {
        access.may_keep_home(id.0, Action::AssignmentAdd)?;
        let unit = access.home_detail(id.0)?.unit.id;
        let new = AssignmentBody {
            home_id: id.0,
            service_user: Some(typed.user),
            service_user_id: None,
            kind: typed.kind,
            legal_basis: typed.basis,
            from: typed.from,
            to: typed.to,
            caseworker_id: typed.caseworker,
            child_caseworker_id: None,
            deputies: typed.deputies,
            unit_id: unit,
            cost_code: typed.cost_code,
        };
        access.start_assignment(&new, Some(&once))?;
        access.home_address(id.0, "uppdrag")
    };
    match app.door.write(visitor.actor, start).await {
        Ok(address) => Ok(see_other(&address)),
        Err(Error::Invalid(faults)) => show(&app, &visitor, id.0, form.fields, &faults).await,
        Err(Error::Conflict("exists")) => {
            let known = Fault {
                field: "service_user.personal_number".into(),
                code: "exists",
            };
            show(&app, &visitor, id.0, form.fields, &[known]).await
        }
        Err(error) => Err(error),
    }
}

/// What was typed, but for what the home itself says.
struct Typed {
    user: ServiceUserBody,
    kind: HomeKind,
    basis: LegalBasis,
    from: Day,
    to: Option<Day>,
    caseworker: crate::id::PersonId,
    deputies: Vec<DeputyBody>,
    cost_code: Option<String>,
}

fn read(fields: &Fields, today: Day) -> Result<Typed, Vec<Fault>> {
    let mut of = Reader::of(fields, today);
    let user = ServiceUserBody {
        first_name: of.text("service_user.first_name"),
        last_name: of.text("service_user.last_name"),
        personal_number: of.text_if_any("service_user.personal_number"),
        protected: of
            .choice("service_user.protected", Protection::parse)
            .unwrap_or_default(),
    };
    let (kind, basis) = (
        of.choice("kind", HomeKind::parse),
        of.choice("legal_basis", LegalBasis::parse),
    );
    let (from, to) = (of.day("from"), of.day_if_any("to"));
    let caseworker = of.id("caseworker_id");
    let deputy = deputy(&mut of, fields, 0);
    let cost_code = of.text_if_any("cost_code").map(|code| code.expose().trim().to_owned());
    match (kind, basis, from, caseworker, of.faults.is_empty()) {
        (Some(kind), Some(basis), Some(from), Some(caseworker), true) => Ok(Typed {
            user,
            kind,
            basis,
            from,
            to,
            caseworker,
            deputies: deputy.into_iter().collect(),
            cost_code,
        }),
        _ => Err(of.faults),
    }
}

/// Who is to stand in, where anything of that is filled in.
pub fn deputy(of: &mut Reader<'_>, fields: &Fields, at: usize) -> Option<DeputyBody> {
    let name = |field: &str| format!("deputies.{at}.{field}");
    let names = [name("person_id"), name("from"), name("to")];
    if names.iter().all(|name| fields.text(name).trim().is_empty()) {
        return None;
    }
    let (person, from, to) = (of.id(&names[0]), of.day(&names[1]), of.day(&names[2]));
    Some(DeputyBody {
        person_id: person?,
        from: from?,
        to: to?,
    })
}

type Looked = (Masthead, HomeDetail, Vec<NamedPerson>);

async fn show(app: &App, visitor: &Visitor, id: HomeId, mut fields: Fields, faults: &[Fault]) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| -> Result<Looked> {
        access.may_keep_home(id, Action::AssignmentAdd)?;
        let home = access.home_detail(id)?;
        let people = access.handlers_to_choose(id, home.unit.id)?;
        Ok((access.masthead()?, home, people))
    };
    let (masthead, home, people) = app.door.read(visitor.actor, look).await?;
    if fields.text("once").is_empty() {
        fields.set("kind", home.kind.as_str().into());
        fields.set("from", app.clock.now().day().to_string());
        fields.set("service_user.protected", Protection::None.as_str().into());
    }
    let frame = Frame::of(say("home-assignment-heading"), masthead, &visitor.guard).at("/hem");
    let (frame, status) = frame.judged(faults.is_empty());
    let content = Assignment {
        frame,
        home,
        faults: FormFaults::told(faults),
        once: fields.once_again(),
        fields,
        people: people.into_iter().map(|one| (one.id.to_string(), one.name)).collect(),
    };
    page(status, &content)
}
