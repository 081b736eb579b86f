//! The board's units: the list, and adding one.

use crate::access::{Access, Right};
use crate::account::Visitor;
use crate::app::App;
use crate::board::NewUnit;
use crate::error::{Error, Result};
use crate::id::of;
use crate::web::page::{Fields, Form, FormFaults, Frame, encoded, filters, fresh_once, page, see_other};
use crate::web::{Listing, Query, say};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

/// Units on a page.
const SHOWN: u32 = 100;

/// Where in the list, and what has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UnitQuery {
    cursor: Option<String>,
    klart: String,
}

/// A unit in the list.
struct Row {
    name: String,
    manager: String,
}

/// What a form is shown again with.
#[derive(Default)]
struct Again {
    fields: Fields,
    faults: FormFaults,
    taken: bool,
}

#[derive(Template)]
#[template(path = "board/control/pages/units.html")]
struct Units {
    frame: Frame,
    rows: Vec<Row>,
    /// Who can lead a unit: id and name.
    people: Vec<(String, String)>,
    next: Option<String>,
    adds: bool,
    added: bool,
    once: String,
    again: Again,
}

impl Units {
    fn people(&self) -> Vec<(&str, &str)> {
        self.people
            .iter()
            .map(|(id, name)| (id.as_str(), name.as_str()))
            .collect()
    }
}

#[get("/enheter")]
pub async fn get_units(app: web::Data<App>, visitor: Visitor, query: Query<UnitQuery>) -> Result<HttpResponse> {
    show(&app, &visitor, &query.0, Again::default()).await
}

async fn show(app: &App, visitor: &Visitor, query: &UnitQuery, again: Again) -> Result<HttpResponse> {
    let listing = Listing::<of::Unit>::parse(Some(SHOWN), query.cursor.as_deref())?;
    let look = move |access: Access<'_>| {
        let units = access.list_units(listing)?;
        let masthead = access.masthead()?;
        // Whom to choose among sees only who adds; the others are shown who leads what.
        let people = match masthead.may(Right::ChangeSettings) {
            true => access.staff_ever(None, Right::ChangeSettings)?,
            false => {
                let managers: Vec<_> = units.items.iter().filter_map(|unit| unit.manager_id).collect();
                access.staff_named(&managers, Right::SeeSettings)?
            }
        };
        Ok((units, people, masthead))
    };
    let (units, people, masthead) = app.door.read(visitor.actor, look).await?;
    let name = |id| people.iter().find(|(one, _)| *one == id).map(|(_, name)| name.clone());
    let rows = units.items.into_iter().map(|unit| Row {
        manager: unit.manager_id.and_then(name).unwrap_or_default(),
        name: unit.name,
    });
    let adds = masthead.may(Right::ChangeSettings);
    let frame = Frame::of(say("units-title"), masthead, &visitor.guard).at("/enheter");
    let at_fault = !again.faults.is_empty() || again.taken;
    let (frame, status) = frame.judged(!at_fault);
    page(
        status,
        &Units {
            frame,
            rows: rows.collect(),
            people: people.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
            next: units
                .next_cursor
                .map(|cursor| format!("/enheter?cursor={}", encoded(&cursor))),
            adds,
            added: query.klart == "enhet",
            once: fresh_once(),
            again,
        },
    )
}

#[post("/enheter")]
pub async fn post_unit(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        let again = Again {
            fields: form.fields,
            ..Again::default()
        };
        return show(&app, &visitor, &UnitQuery::default(), again).await;
    }
    let once = form.fields.once("/enheter", &[])?;
    let manager = form.fields.text("manager_id");
    let new = NewUnit {
        name: form.fields.text("name").trim().to_owned(),
        manager_id: match manager {
            "" => None,
            text => Some(text.parse().map_err(|_| Error::Malformed("manager_id".into()))?),
        },
    };
    let add = move |access: Access<'_>| access.found_unit(&new, Some(&once));
    let (faults, taken) = match app.door.write(visitor.actor, add).await {
        Ok(_) => return Ok(see_other("/enheter?klart=enhet")),
        Err(Error::Invalid(faults)) => (FormFaults::told(&faults), false),
        Err(Error::Conflict("exists")) => (FormFaults::default(), true),
        Err(error) => return Err(error),
    };
    let again = Again {
        fields: form.fields,
        faults,
        taken,
    };
    show(&app, &visitor, &UnitQuery::default(), again).await
}
