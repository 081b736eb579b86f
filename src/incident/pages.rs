//! Pages: the register of incidents, and one with its clock and its record.

use super::{IncidentChange, IncidentRecord, IncidentRow, IncidentState, IncidentView, NewLift, NewRecord};
use crate::access::{Access, Right, Side};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::errand::ItemKind;
use crate::error::{Error, Fault, Result};
use crate::id::{IncidentId, of};
use crate::secret::Secret;
use crate::web::page::{Fields, Form, FormFaults, Frame, encoded, filters, page, see_other, swedish};
use crate::web::{IfMatch, Listing, ObjectPath, Query, say, say_count, say_with};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use std::time::Duration;

/// Incidents on a page.
const SHOWN: u32 = 50;

/// Where in the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct IncidentsQuery {
    cursor: Option<String>,
}

/// What has just been done, and whether it is to be printed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct IncidentQuery {
    klart: String,
    visa: String,
}

/// An incident in the list, and on top of its page.
struct Row {
    id: IncidentId,
    number: String,
    item: &'static str,
    discovered: String,
    state: &'static str,
    clock: String,
    is_late: bool,
}

impl Row {
    fn of(row: &IncidentRow, now: Instant) -> Row {
        let (clock, is_late) = clock(row, now);
        Row {
            id: row.id,
            number: row.errand_number.to_string(),
            item: item(row.item_kind),
            discovered: swedish::time_first(row.discovered_at, now),
            state: state(row.state),
            clock,
            is_late,
        }
    }
}

fn item(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::File => say("incident-file"),
        ItemKind::Message => say("incident-message"),
    }
}

fn state(state: IncidentState) -> &'static str {
    match state {
        IncidentState::Open => say("incident-open"),
        IncidentState::Assessed => say("incident-assessed"),
        IncidentState::Closed => say("incident-closed"),
    }
}

/// How long there is left to tell the authority, and whether that time has run out. It stands still at nothing: a page
/// says how it was when it was made.
fn clock(row: &IncidentRow, now: Instant) -> (String, bool) {
    if let Some(day) = row.reported_on {
        return (say_with("incident-told", "day", &swedish::day(day, now)), false);
    }
    if row.state == IncidentState::Closed {
        return (say("incident-not-told").to_owned(), false);
    }
    let left = row.due_at.since(now);
    if left == Duration::ZERO {
        return (say("incident-late").to_owned(), true);
    }
    // What has begun counts whole: an hour left until the last minute.
    let hours = left.as_secs().div_ceil(60 * 60);
    (say_count("incident-left", hours as usize), false)
}

#[derive(Template)]
#[template(path = "incident/incidents.html")]
struct Register {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    further: bool,
}

#[get("/incidenter")]
pub async fn get_incidents(
    app: web::Data<App>,
    visitor: Visitor,
    query: Query<IncidentsQuery>,
) -> Result<HttpResponse> {
    let listing = Listing::<of::Incident>::parse(Some(SHOWN), query.0.cursor.as_deref())?;
    let look = move |access: Access<'_>| Ok((access.incidents(listing)?, access.masthead()?));
    let (found, masthead) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let content = Register {
        frame: Frame::of(say("incidents-title"), masthead, &visitor.guard).at("/incidenter"),
        rows: found.items.iter().map(|row| Row::of(row, now)).collect(),
        next: found
            .next_cursor
            .map(|cursor| format!("/incidenter?cursor={}", encoded(&cursor))),
        further: query.0.cursor.is_some(),
    };
    page(StatusCode::OK, &content)
}

#[derive(Template)]
#[template(path = "incident/incident.html")]
struct One {
    frame: Frame,
    row: Row,
    facts: Vec<(&'static str, String)>,
    /// The record as it is read.
    written: Vec<(&'static str, String)>,
    /// Whether the one who looks writes the record here.
    writes: bool,
    is_open: bool,
    /// Whether the item can be let be seen again here.
    lifts: bool,
    yes_or_no: Vec<(&'static str, &'static str)>,
    version: i64,
    faults: FormFaults,
    fields: Fields,
    done: Option<&'static str>,
    stale: bool,
}

/// What a page is shown again for.
#[derive(Default)]
struct Again {
    fields: Fields,
    faults: FormFaults,
    stale: bool,
}

#[get("/incidenter/{id}")]
pub async fn get_incident(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Incident>,
    query: Query<IncidentQuery>,
) -> Result<HttpResponse> {
    show(&app, &visitor, id.0, query.0, Again::default()).await
}

async fn show(
    app: &App,
    visitor: &Visitor,
    id: IncidentId,
    query: IncidentQuery,
    again: Again,
) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| Ok((access.incident(id)?, access.masthead()?));
    let (one, masthead) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let handles = masthead.may(Right::HandleIncidents) && query.visa != "utskrift";
    let frame = Frame::of(say("incidents-title"), masthead, &visitor.guard).at("/incidenter");
    let (status, frame) = match (again.faults.is_empty(), again.stale) {
        (false, _) => (StatusCode::UNPROCESSABLE_ENTITY, frame.at_fault()),
        (true, true) => (StatusCode::PRECONDITION_FAILED, frame.at_fault()),
        (true, false) => (StatusCode::OK, frame),
    };
    let fields = if again.fields.text("version").is_empty() {
        filled(again.fields, &one.record)
    } else {
        again.fields
    };
    let content = One {
        frame,
        row: Row::of(&one.row, now),
        facts: facts(&one, now),
        written: written(&one.record, now),
        writes: handles && one.row.state != IncidentState::Closed,
        is_open: one.row.state == IncidentState::Open,
        lifts: handles && one.row.lifted_at.is_none(),
        yes_or_no: vec![("ja", say("incident-yes")), ("nej", say("incident-no"))],
        version: one.version,
        faults: again.faults,
        fields,
        done: match query.klart.as_str() {
            "sparat" => Some(say("incident-done-saved")),
            "visas" => Some(say("incident-done-lifted")),
            _ => None,
        },
        stale: again.stale,
    };
    page(status, &content)
}

fn facts(one: &IncidentView, now: Instant) -> Vec<(&'static str, String)> {
    let found_by = match one.discovered_side {
        Side::Home => say("incident-by-home"),
        Side::Team => say("incident-by-team"),
    };
    let mut facts = vec![
        (say("incident-state"), state(one.row.state).to_owned()),
        (say("incident-item"), item(one.row.item_kind).to_owned()),
        (
            say("incident-discovered"),
            format!("{}, {found_by}", swedish::time(one.row.discovered_at, now)),
        ),
        (say("incident-due"), swedish::time(one.row.due_at, now)),
        (say("incident-opened-by"), one.opened_by.name.clone()),
    ];
    let at = |at: Option<Instant>| at.map(|at| swedish::time(at, now));
    let by = one.recorded_by.as_ref().map_or("", |by| &by.name);
    facts.extend(at(one.recorded_at).map(|at| (say("incident-recorded"), format!("{at}, {by}"))));
    facts.extend(at(one.closed_at).map(|at| (say("incident-closed"), at)));
    facts.extend(at(one.row.lifted_at).map(|at| (say("incident-lifted"), at)));
    facts
}

const fn yes_or_no(said: Option<bool>) -> &'static str {
    match said {
        None => "",
        Some(true) => "ja",
        Some(false) => "nej",
    }
}

/// The record as it is read and printed.
fn written(record: &IncidentRecord, now: Instant) -> Vec<(&'static str, String)> {
    let said = |said: Option<bool>| {
        said.map(|yes| {
            let word = if yes { say("incident-yes") } else { say("incident-no") };
            word.to_owned()
        })
    };
    let all = [
        (say("incident-what"), record.what_happened.clone()),
        (say("incident-whose"), record.whose_data.clone()),
        (say("incident-consequences"), record.consequences.clone()),
        (say("incident-measures"), record.measures.clone()),
        (say("incident-reported"), said(record.reported)),
        (
            say("incident-reported-on"),
            record.reported_on.map(|day| swedish::day(day, now)),
        ),
        (say("incident-reasons"), record.reasons.clone()),
        (say("incident-informed"), said(record.informed)),
        (say("incident-informed-by"), record.informed_by.clone()),
    ];
    all.into_iter()
        .filter_map(|(word, value)| Some((word, value?)))
        .collect()
}

/// The form's fields as the record has them.
fn filled(mut fields: Fields, record: &IncidentRecord) -> Fields {
    let texts = [
        ("record.what_happened", &record.what_happened),
        ("record.whose_data", &record.whose_data),
        ("record.consequences", &record.consequences),
        ("record.measures", &record.measures),
        ("record.reasons", &record.reasons),
        ("record.informed_by", &record.informed_by),
    ];
    for (name, text) in texts {
        fields.set(name, text.clone().unwrap_or_default());
    }
    let day = record.reported_on.map(|day| day.to_string());
    fields.set("record.reported_on", day.unwrap_or_default());
    fields.set("record.reported", yes_or_no(record.reported).to_owned());
    fields.set("record.informed", yes_or_no(record.informed).to_owned());
    fields
}

/// The record as it was typed.
fn typed(fields: &Fields, now: Instant) -> Result<NewRecord> {
    let said = |name: &str| match fields.text(name) {
        "ja" => Some(true),
        "nej" => Some(false),
        _ => None,
    };
    let day = fields.text("record.reported_on").trim();
    let reported_on = match day {
        "" => None,
        day => {
            let read = crate::typed::day_past(day, now.day());
            Some(read.ok_or_else(|| Error::invalid("record.reported_on", "typed"))?)
        }
    };
    Ok(NewRecord {
        what_happened: fields.secret("record.what_happened"),
        whose_data: fields.secret("record.whose_data"),
        consequences: fields.secret("record.consequences"),
        measures: fields.secret("record.measures"),
        reported: said("record.reported"),
        reported_on,
        reasons: fields.secret("record.reasons"),
        informed: said("record.informed"),
        informed_by: fields.secret("record.informed_by"),
    })
}

#[post("/incidenter/{id}")]
pub async fn post_incident(app: web::Data<App>, id: ObjectPath<of::Incident>, form: Form) -> Result<HttpResponse> {
    let (visitor, id) = (Visitor::of(&app, &form.checked).await?, id.0);
    if form.fields.is_to_be_shown() {
        return again(&app, &visitor, id, form.fields, (&[], false)).await;
    }
    let version = form.fields.text("version").parse();
    let if_match = IfMatch(Some(version.map_err(|_| Error::Malformed("version".into()))?));
    let state = match form.fields.text("do") {
        "save" => None,
        other => Some(IncidentState::parse(other).ok_or_else(|| Error::Malformed("do".into()))?),
    };
    let written = match typed(&form.fields, app.clock.now()) {
        Ok(record) => {
            let change = IncidentChange {
                record: Some(record),
                state,
            };
            let write = move |access: Access<'_>| access.change_incident(id, &change, if_match).map(drop);
            app.door.write(visitor.actor, write).await
        }
        Err(fault) => Err(fault),
    };
    match written {
        Ok(()) => Ok(see_other(&format!("/incidenter/{id}?klart=sparat"))),
        Err(Error::Invalid(faults)) => again(&app, &visitor, id, form.fields, (&faults, false)).await,
        Err(Error::Stale) => again(&app, &visitor, id, form.fields, (&[], true)).await,
        Err(error) => Err(error),
    }
}

#[post("/incidenter/{id}/visa-igen")]
pub async fn post_lift(app: web::Data<App>, id: ObjectPath<of::Incident>, form: Form) -> Result<HttpResponse> {
    let (visitor, id) = (Visitor::of(&app, &form.checked).await?, id.0);
    if form.fields.is_to_be_shown() {
        return again(&app, &visitor, id, form.fields, (&[], false)).await;
    }
    let new = NewLift {
        reason: Secret::new(form.fields.text("reason").to_owned()),
    };
    let lift = move |access: Access<'_>| access.lift_isolation(id, &new).map(drop);
    match app.door.write(visitor.actor, lift).await {
        Ok(()) => Ok(see_other(&format!("/incidenter/{id}?klart=visas"))),
        Err(Error::Invalid(faults)) => again(&app, &visitor, id, form.fields, (&faults, false)).await,
        Err(error) => Err(error),
    }
}

/// The page again, with what was typed.
async fn again(
    app: &App,
    visitor: &Visitor,
    id: IncidentId,
    fields: Fields,
    (faults, stale): (&[Fault], bool),
) -> Result<HttpResponse> {
    let again = Again {
        fields,
        faults: FormFaults::told(faults),
        stale,
    };
    show(app, visitor, id, IncidentQuery::default(), again).await
}
