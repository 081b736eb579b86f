//! Adding a home, and changing what it is.

use super::marking::{Marking, ahead, is_of_naming, named};
use super::typed::{Reader, version};
use super::words;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::board::UnitView;
use crate::error::{Error, Fault, Result};
use crate::home::{HomeBody, HomeChange, HomeDetail, HomeKind, Protection};
use crate::id::{HomeId, of};
use crate::web::page::{Fields, Form, FormFaults, Frame, Masthead, filters, page, see_other};
use crate::web::{ObjectPath, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

/// What a home is, to be filled in.
#[derive(Template)]
#[template(path = "home/pages/edit.html")]
struct Edit {
    frame: Frame,
    heading: &'static str,
    action: String,
    back: String,
    faults: FormFaults,
    fields: Fields,
    units: Vec<(String, String)>,
    marks: words::Choices,
    once: String,
    /// Of a home that is there.
    version: Option<i64>,
    stale: bool,
}

#[get("/hem/nytt")]
pub async fn get_new_home(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    add(&app, &visitor, Fields::default(), &[]).await
}

#[post("/hem/nytt")]
pub async fn post_new_home(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        return add(&app, &visitor, form.fields, &[]).await;
    }
    let once = form.fields.once("/hem/nytt", &[])?;
    let mut read = Reader::of(&form.fields, app.clock.now().day());
    let (name, kind) = (read.text("name"), read.choice("kind", HomeKind::parse));
    let (unit, protected) = (read.id("unit_id"), read.choice("protected", Protection::parse));
    let faults = read.faults;
    let (Some(kind), Some(unit_id), Some(protected), true) = (kind, unit, protected, faults.is_empty()) else {
        return add(&app, &visitor, form.fields, &faults).await;
    };
    let marking = || Marking {
        home: None,
        unit: Some(unit_id),
        to: protected,
        names: true,
        action: "/hem/nytt".into(),
    };
    if let Some(told) = ahead(&app, &visitor, marking(), (&form.fields, &[])).await? {
        return Ok(told);
    }
    let new = HomeBody {
        kind,
        name,
        unit_id,
        protected,
        named_ids: named(&form.fields),
    };
    let start = move |access: Access<'_>| {
        let home = access.start_home(&new, Some(&once))?;
        access.home_address(home.id, "hem")
    };
    match app.door.write(visitor.actor, start).await {
        Ok(address) => Ok(see_other(&address)),
        Err(Error::Invalid(faults)) if is_of_naming(&faults) => {
            match ahead(&app, &visitor, marking(), (&form.fields, &faults)).await? {
                Some(told) => Ok(told),
                None => add(&app, &visitor, form.fields, &faults).await,
            }
        }
        Err(Error::Invalid(faults)) => add(&app, &visitor, form.fields, &faults).await,
        Err(error) => Err(error),
    }
}

async fn add(app: &App, visitor: &Visitor, mut fields: Fields, faults: &[Fault]) -> Result<HttpResponse> {
    let look = |access: Access<'_>| {
        let units = access.units_to_add_to()?;
        Ok((access.masthead()?, units))
    };
    let (masthead, units) = app.door.read(visitor.actor, look).await?;
    if fields.text("protected").is_empty() {
        fields.set("protected", Protection::None.as_str().into());
    }
    if let ([only], "") = (&units[..], fields.text("unit_id")) {
        fields.set("unit_id", only.id.to_string());
    }
    let told = Told { faults, stale: false };
    show((masthead, visitor), (None, units), fields, &told)
}

#[get("/hem/{id}/andra")]
pub async fn get_edit(app: web::Data<App>, visitor: Visitor, id: ObjectPath<of::Home>) -> Result<HttpResponse> {
    let told = Told {
        faults: &[],
        stale: false,
    };
    change(&app, &visitor, id.0, Fields::default(), &told).await
}

#[post("/hem/{id}/andra")]
pub async fn post_edit(app: web::Data<App>, id: ObjectPath<of::Home>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        let told = Told {
            faults: &[],
            stale: false,
        };
        return change(&app, &visitor, id.0, form.fields, &told).await;
    }
    let if_match = version(&form.fields)?;
    let mut read = Reader::of(&form.fields, app.clock.now().day());
    let wanted = HomeChange {
        name: Some(read.text("name")),
        kind: read.choice("kind", HomeKind::parse),
        unit_id: read.id("unit_id"),
        protected: read.choice("protected", Protection::parse),
        named_ids: named(&form.fields),
    };
    let to = wanted.protected.unwrap_or_default();
    let mut told = Told {
        faults: &read.faults,
        stale: false,
    };
    if !told.faults.is_empty() {
        return change(&app, &visitor, id.0, form.fields, &told).await;
    }
    let marking = || Marking {
        home: Some(id.0),
        unit: None,
        to,
        names: true,
        action: format!("/hem/{}/andra", id.0),
    };
    if let Some(page) = ahead(&app, &visitor, marking(), (&form.fields, &[])).await? {
        return Ok(page);
    }
    let write = move |access: Access<'_>| {
        access.change_home(id.0, &wanted, if_match)?;
        access.home_address(id.0, "andrat")
    };
    match app.door.write(visitor.actor, write).await {
        Ok(address) => Ok(see_other(&address)),
        Err(Error::Invalid(faults)) if is_of_naming(&faults) => {
            match ahead(&app, &visitor, marking(), (&form.fields, &faults)).await? {
                Some(page) => Ok(page),
                None => change(&app, &visitor, id.0, form.fields, &told).await,
            }
        }
        Err(Error::Invalid(faults)) => {
            told.faults = &faults;
            change(&app, &visitor, id.0, form.fields, &told).await
        }
        Err(Error::Stale) => {
            told.stale = true;
            change(&app, &visitor, id.0, form.fields, &told).await
        }
        Err(error) => Err(error),
    }
}

/// Why a form is shown again.
struct Told<'a> {
    faults: &'a [Fault],
    /// Someone changed the home while this was typed.
    stale: bool,
}

async fn change(app: &App, visitor: &Visitor, id: HomeId, mut fields: Fields, told: &Told<'_>) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| {
        access.may_keep_home(id, Action::HomeChange)?;
        let home = access.home_detail(id)?;
        let mut units = access.units_to_add_to()?;
        if units.iter().all(|unit| unit.id != home.unit.id) {
            units.push(home.unit.clone());
        }
        Ok((access.masthead()?, home, units))
    };
    let (masthead, home, units) = app.door.read(visitor.actor, look).await?;
    let is_first = fields.text("version").is_empty();
    if is_first {
        fields.set("name", home.name.clone());
        fields.set("kind", home.kind.as_str().into());
        fields.set("unit_id", home.unit.id.to_string());
        fields.set("protected", home.protected.as_str().into());
    }
    show((masthead, visitor), (Some(home), units), fields, told)
}

fn show(
    (masthead, visitor): (Masthead, &Visitor),
    (home, units): (Option<HomeDetail>, Vec<UnitView>),
    fields: Fields,
    told: &Told<'_>,
) -> Result<HttpResponse> {
    let heading = match home {
        Some(_) => say("home-change-heading"),
        None => say("home-new-heading"),
    };
    let status = match (told.faults.is_empty(), told.stale) {
        (_, true) => StatusCode::PRECONDITION_FAILED,
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, _) => StatusCode::OK,
    };
    let frame = Frame::of(heading, masthead, &visitor.guard).at("/hem");
    let at = home.as_ref().map(|home| format!("/hem/{}", home.id));
    let stands = home.as_ref().map_or(Protection::None, |home| home.protected);
    let content = Edit {
        frame: if status == StatusCode::OK {
            frame
        } else {
            frame.at_fault()
        },
        heading,
        marks: words::protections(stands),
        action: at
            .as_ref()
            .map_or_else(|| "/hem/nytt".to_owned(), |at| format!("{at}/andra")),
        back: at.unwrap_or_else(|| "/hem".to_owned()),
        faults: FormFaults::told(told.faults),
        once: fields.once_again(),
        fields,
        units: units.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect(),
        version: home.map(|home| home.version),
        stale: told.stale,
    };
    page(status, &content)
}
