//! Changing an assignment: who answers for it, who stands in, when it ends.

use super::assignment::deputy;
use super::typed::{Reader, version};
use super::words;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::{Day, Instant};
use crate::error::{Error, Fault, Result};
use crate::home::{AssignmentChange, AssignmentDetail, AssignmentPast, DeputyBody, LegalBasis, NamedPerson};
use crate::id::{AssignmentId, of};
use crate::web::page::{Fields, Form, FormFaults, Frame, Masthead, filters, page, see_other, swedish};
use crate::web::{ObjectPath, say, say_with};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

/// Deputies that can be kept; a new one more.
const DEPUTIES: usize = 20;

#[derive(Template)]
#[template(path = "home/pages/change.html")]
struct Change {
    frame: Frame,
    one: AssignmentDetail,
    past: Vec<AssignmentPast>,
    faults: FormFaults,
    fields: Fields,
    people: Vec<(String, String)>,
    stale: bool,
    now: Instant,
}

impl Change {
    fn days(&self, from: &Day, to: &Day) -> String {
        let from = say_with("home-from", "day", &swedish::day(*from, self.now));
        format!("{from} {}", say_with("home-to", "day", &swedish::day(*to, self.now)))
    }
    /// The name of a field of a deputy.
    fn name(&self, at: &usize, field: &str) -> String {
        format!("deputies.{at}.{field}")
    }
    fn kept(&self, at: &usize) -> bool {
        self.fields.text("version").is_empty() || self.fields.is(&self.name(at, "kept"), "ja")
    }
    /// The same of one who is to stand in from now on.
    fn new_name(&self, field: &str) -> String {
        self.name(&self.one.deputies.len(), field)
    }
    fn when(&self, at: &Instant) -> String {
        swedish::time(*at, self.now)
    }
    fn was(&self, past: &&AssignmentPast) -> String {
        let caseworker = past.caseworker.as_deref().unwrap_or_default();
        let basis = words::legal_basis(past.legal_basis);
        let unit = past.unit.as_ref().map_or("", |unit| &unit.name);
        let until = past
            .to
            .map(|to| say_with("home-to", "day", &swedish::day(to, self.now)));
        let parts = [caseworker, basis, unit, past.cost_code.as_deref().unwrap_or_default()];
        let known = parts.into_iter().map(str::to_owned).chain(until);
        known.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

#[get("/uppdrag/{id}")]
pub async fn get_assignment(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Assignment>,
) -> Result<HttpResponse> {
    show(&app, &visitor, id.0, Fields::default(), (&[], false)).await
}

#[post("/uppdrag/{id}")]
pub async fn post_assignment(app: web::Data<App>, id: ObjectPath<of::Assignment>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        return show(&app, &visitor, id.0, form.fields, (&[], false)).await;
    }
    let if_match = version(&form.fields)?;
    let (wanted, places) = match read(&form.fields, app.clock.now().day()) {
        Ok(read) => read,
        Err(faults) => return show(&app, &visitor, id.0, form.fields, (&faults, false)).await,
    };
    let change = move |access: Access<'_>| access.change_assignment(id.0, &wanted, if_match);
    match app.door.write(visitor.actor, change).await {
        Ok(changed) => Ok(see_other(&format!("/hem/{}?klart=uppdrag", changed.assignment.home.id))),
        Err(Error::Invalid(faults)) => {
            let faults: Vec<Fault> = faults.iter().map(|fault| at_its_place(fault, &places)).collect();
            show(&app, &visitor, id.0, form.fields, (&faults, false)).await
        }
        Err(Error::Stale) => show(&app, &visitor, id.0, form.fields, (&[], true)).await,
        Err(error) => Err(error),
    }
}

/// What was typed, and for each deputy the place it has on the page.
fn read(fields: &Fields, today: Day) -> Result<(AssignmentChange, Vec<usize>), Vec<Fault>> {
    let mut of = Reader::of(fields, today);
    let (legal_basis, caseworker_id) = (of.choice("legal_basis", LegalBasis::parse), of.id("caseworker_id"));
    let to = of.day_if_any("to");
    let cost_code = of.text_if_any("cost_code").map(|code| code.expose().trim().to_owned());
    let shown: usize = fields.text("count").parse().unwrap_or(0);
    let (mut deputies, mut places): (Vec<DeputyBody>, Vec<usize>) = (Vec::new(), Vec::new());
    for at in 0..=shown.min(DEPUTIES) {
        let is_kept = at == shown || fields.is(&format!("deputies.{at}.kept"), "ja");
        if let Some(one) = deputy(&mut of, fields, at).filter(|_| is_kept) {
            deputies.push(one);
            places.push(at);
        }
    }
    if !of.faults.is_empty() {
        return Err(of.faults);
    }
    let change = AssignmentChange {
        to: Some(to),
        caseworker_id,
        child_caseworker_id: None,
        unit_id: None,
        legal_basis,
        cost_code: Some(cost_code),
        deputies: Some(deputies),
        restricted: None,
        reason: None,
    };
    Ok((change, places))
}

/// A fault of a deputy, at the place it has on the page.
fn at_its_place(fault: &Fault, places: &[usize]) -> Fault {
    let moved = || {
        let (at, rest) = fault.field.strip_prefix("deputies.")?.split_once('.')?;
        let place = places.get(at.parse::<usize>().ok()?)?;
        Some(format!("deputies.{place}.{rest}"))
    };
    Fault {
        field: moved().unwrap_or_else(|| fault.field.clone()),
        code: fault.code,
    }
}

type Looked = (Masthead, AssignmentDetail, Vec<AssignmentPast>, Vec<NamedPerson>);

pub(super) async fn show(
    app: &App,
    visitor: &Visitor,
    id: AssignmentId,
    mut fields: Fields,
    (faults, stale): (&[Fault], bool),
) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| -> Result<Looked> {
        let one = access.assignment_to_change(id)?;
        let mut people = access.handlers_to_choose(one.assignment.home.id, one.unit.id)?;
        if people.iter().all(|person| person.id != one.caseworker.id) {
            people.push(one.caseworker.clone());
        }
        Ok((access.masthead()?, one, access.assignment_past(id)?, people))
    };
    let (masthead, one, past, people) = app.door.read(visitor.actor, look).await?;
    if fields.text("version").is_empty() {
        fields.set("legal_basis", one.assignment.legal_basis.as_str().into());
        fields.set("caseworker_id", one.caseworker.id.to_string());
        fields.set("to", one.assignment.to.map(|day| day.to_string()).unwrap_or_default());
        fields.set("cost_code", one.cost_code.clone().unwrap_or_default());
    }
    let frame = Frame::of(say("home-assignment-title"), masthead, &visitor.guard).at("/hem");
    let (status, frame) = match (faults, stale) {
        (_, true) => (StatusCode::PRECONDITION_FAILED, frame.at_fault()),
        ([], _) => (StatusCode::OK, frame),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, frame.at_fault()),
    };
    let content = Change {
        frame,
        one,
        past,
        faults: FormFaults::told(faults),
        fields,
        people: people.into_iter().map(|one| (one.id.to_string(), one.name)).collect(),
        stale,
        now: app.clock.now(),
    };
    page(status, &content)
}
