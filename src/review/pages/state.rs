//! How the log stands: the last checks, the size, the signed checkpoint, the key; having it checked now, and taking it
//! out.

use crate::access::{Access, Right};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Error, Fault, Result};
use crate::id::of;
use crate::review::{CheckState, CheckVerdict, CheckView, LogState, Places, check_log, download_of};
use crate::web::page::{Form, FormFaults, Frame, Masthead, filters, page, see_other, swedish};
use crate::web::{Listing, Query, say};
use actix_web::http::header;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

/// Checks on the page.
const SHOWN: u32 = 10;

/// What stands in the address after something was done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StateQuery {
    klart: String,
}

/// Which events to take out; all where nothing is said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ExportQuery {
    epoch: String,
    from_index: String,
    to_index: String,
}

/// A check in the list.
struct Check {
    at: Instant,
    when: String,
    /// The same within a sentence.
    at_last: String,
    who: String,
    verdict: Option<&'static str>,
    is_running: bool,
    events: String,
    words: Vec<String>,
}

impl Check {
    fn of(check: &CheckView, now: Instant) -> Check {
        let by_itself = || say("state-by-itself").to_owned();
        Check {
            at: check.asked_at,
            when: swedish::time_first(check.asked_at, now),
            at_last: swedish::time(check.done_at.unwrap_or(check.asked_at), now),
            who: check.asked_by.clone().unwrap_or_else(by_itself),
            verdict: check.verdict.map(CheckVerdict::as_str),
            is_running: check.state == CheckState::Running,
            events: swedish::thousands(check.events),
            words: check.words.clone(),
        }
    }

    fn is(&self, verdict: &str) -> bool {
        self.verdict == Some(verdict)
    }
}

#[derive(Template)]
#[template(path = "review/pages/state.html")]
struct State {
    frame: Frame,
    faults: FormFaults,
    export: ExportQuery,
    state: LogState,
    checks: Vec<Check>,
    begun: bool,
    /// Whoever may read the log may have it checked and take it out.
    reads: bool,
    name: String,
}

impl State {
    fn count(&self, n: &u64) -> String {
        swedish::thousands(*n)
    }
    fn last(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.verdict.is_some())
    }
    fn running(&self) -> bool {
        self.checks.first().is_some_and(|check| check.is_running)
    }
}

#[get("/logg/kontroll")]
pub async fn get_state(app: web::Data<App>, visitor: Visitor, query: Query<StateQuery>) -> Result<HttpResponse> {
    let begun = query.0.klart == "kontroll";
    shown(&app, &visitor, (FormFaults::default(), ExportQuery::default()), begun).await
}

async fn shown(
    app: &App,
    visitor: &Visitor,
    (faults, export): (FormFaults, ExportQuery),
    begun: bool,
) -> Result<HttpResponse> {
    let listing = Listing::<of::LogCheck>::parse(Some(SHOWN), None)?;
    let look = move |access: Access<'_>| -> Result<(Masthead, LogState, Vec<CheckView>)> {
        let checks = access.log_checks(listing)?;
        Ok((access.masthead()?, access.log_state()?, checks.items))
    };
    let (masthead, state, checks) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let reads = masthead.may(Right::ReadLog);
    let frame = Frame::of(say("state-title"), masthead, &visitor.guard).at("/logg/kontroll");
    let (frame, status) = frame.judged(faults.is_empty());
    let name = state.key.split('+').next().unwrap_or_default().to_owned();
    page(
        status,
        &State {
            frame,
            faults,
            export,
            checks: checks.iter().map(|check| Check::of(check, now)).collect(),
            begun,
            reads,
            name,
            state,
        },
    )
}

#[post("/logg/kontroll")]
pub async fn post_check(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    check_log(&app, visitor.actor, None).await?;
    Ok(see_other("/logg/kontroll?klart=kontroll"))
}

#[get("/logg/export")]
pub async fn get_export(app: web::Data<App>, visitor: Visitor, query: Query<ExportQuery>) -> Result<HttpResponse> {
    let places = match places(&query.0) {
        Ok(places) => places,
        Err(faults) => return shown(&app, &visitor, (FormFaults::told(&faults), query.0), false).await,
    };
    let export = app.door.read(visitor.actor, move |access| access.export_log(places));
    match export.await {
        Ok(export) => Ok(download_of(&app, export)),
        Err(Error::Invalid(faults)) => shown(&app, &visitor, (FormFaults::told(&faults), query.0), false).await,
        Err(error) => Err(error),
    }
}

fn places(query: &ExportQuery) -> Result<Places, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut number = |field: &str, text: &str| -> Option<u64> {
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let read = bare.parse().ok();
        if read.is_none() && !bare.is_empty() {
            faults.push(Fault {
                field: field.into(),
                code: "index",
            });
        }
        read
    };
    let places = Places {
        epoch: number("epoch", &query.epoch),
        from: number("from_index", &query.from_index),
        to: number("to_index", &query.to_index),
    };
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}

#[get("/logg/kontrollpunkt")]
pub async fn get_checkpoint(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let text = app
        .door
        .read(visitor.actor, |access| access.log_checkpoint(None))
        .await?;
    Ok(file("checkpoint", text))
}

#[get("/logg/nyckel")]
pub async fn get_key(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let text = app.door.read(visitor.actor, |access| access.log_key(None)).await?;
    Ok(file("log.vkey", text))
}

fn file(name: &'static str, text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(text)
}
