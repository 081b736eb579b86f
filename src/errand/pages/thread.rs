//! One errand: to its home, and to the team with its notes and what can be done.

use super::facts::Facts;
use super::said::{Line, Said};
use super::words::{self, Tag};
use super::write::Kept;
use crate::access::{Access, Side};
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::clock::Instant;
use crate::errand::state::{Act, STEPS, Step, has_ended};
use crate::errand::{ErrandKind, ErrandState, ErrandView, NoteView};
use crate::error::Result;
use crate::id::{ErrandId, of};
use crate::money::Ore;
use crate::web::ObjectPath;
use crate::web::page::{Fields, FormFaults, Frame, Masthead, fresh_once, page, swedish};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

/// What a page about an errand is shown again for.
#[derive(Default)]
pub struct Again {
    pub faults: FormFaults,
    pub fields: Fields,
    pub kept: Vec<Kept>,
    /// Someone changed the errand while this was typed.
    pub stale: bool,
}

/// What has just been done, told once on top.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    klart: String,
}

impl Done {
    fn told(&self) -> Option<&'static str> {
        match self.klart.as_str() {
            "svar" => Some("Svaret är skickat"),
            "anteckning" => Some("Anteckningen är sparad"),
            "lage" => Some("Ärendet är ändrat"),
            "ansvarig" => Some("Du ansvarar nu för ärendet"),
            _ => None,
        }
    }
}

/// What both sides are shown of an errand.
struct Core {
    id: ErrandId,
    title: String,
    number: String,
    tag: Tag,
    about: String,
    sent: String,
    urgent: bool,
    facts: Facts,
    receipts: Vec<Line>,
    total: String,
    can_reply: bool,
    version: i64,
    once: String,
    done: Option<&'static str>,
    faults: FormFaults,
    fields: Fields,
    kept: Vec<Kept>,
    stale: bool,
}

#[derive(Template)]
#[template(path = "errand/pages/thread_home.html")]
struct HomeThread {
    frame: Frame,
    core: Core,
    said: Vec<Said>,
    can_withdraw: bool,
    take_back: &'static str,
}

/// A move the team can make.
struct Button {
    state: ErrandState,
    label: &'static str,
    /// The field that goes with it, and what it asks.
    asks: Option<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "errand/pages/thread_team.html")]
struct TeamThread {
    frame: Frame,
    core: Core,
    /// Messages and notes, in the order of their times.
    said: Vec<Said>,
    home: String,
    assignee: Option<String>,
    is_mine: bool,
    buttons: Vec<Button>,
    note_once: String,
}

#[derive(Template)]
#[template(path = "errand/pages/done.html")]
struct Receipt {
    frame: Frame,
    id: ErrandId,
    number: String,
    kind: ErrandKind,
    to_home: bool,
}

#[get("/arenden/{id}")]
pub async fn get_thread(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Errand>,
    done: web::Query<Done>,
) -> Result<HttpResponse> {
    show(&app, &visitor, id.0, Again::default(), done.told()).await
}

/// The acknowledgement: the number, and what happens next.
#[get("/arenden/{id}/klart")]
pub async fn get_done(app: web::Data<App>, visitor: Visitor, id: ObjectPath<of::Errand>) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| Ok((access.masthead()?, access.errand(id.0)?.show()?));
    let (masthead, errand) = app.door.read(visitor.actor, look).await?;
    let content = Receipt {
        frame: Frame::of("Skickat", masthead, &visitor.guard),
        id: errand.id,
        number: errand.number.to_string(),
        kind: errand.kind,
        to_home: errand.team.is_some(),
    };
    page(StatusCode::OK, &content)
}

/// The errand's page; again, where something that was sent has to be mended.
pub async fn show(
    app: &App,
    visitor: &Visitor,
    id: ErrandId,
    again: Again,
    done: Option<&'static str>,
) -> Result<HttpResponse> {
    let (masthead, errand, notes, me) = app.door.read(visitor.actor, move |access| look(access, id)).await?;
    let now = app.clock.now();
    let status = match (again.faults.is_empty(), again.stale) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, true) => StatusCode::PRECONDITION_FAILED,
        (true, false) => StatusCode::OK,
    };
    // Not the subject: a browser remembers titles, and a device may have several users.
    let title = format!("{} {}", words::kind(errand.kind), errand.number);
    let frame = Frame::of(title, masthead, &visitor.guard);
    let frame = if status == StatusCode::OK {
        frame
    } else {
        frame.at_fault()
    };
    match notes {
        Some(notes) => page(
            status,
            &team(frame.laid_out("thread"), &errand, &notes, me, again, done, now),
        ),
        None => page(status, &home(frame.at("/arenden"), &errand, again, done, now)),
    }
}

type Looked = (Masthead, ErrandView, Option<Vec<NoteView>>, crate::id::PersonId);

/// Everything the page shows, in one look; notes to the team alone.
fn look(access: Access<'_>, id: ErrandId) -> Result<Looked> {
    let errand = access.errand(id)?.show()?;
    let notes = match errand.team {
        Some(_) => Some(
            access
                .errand_for(id, Action::NoteRead)?
                .to_notes(Action::NoteRead)?
                .show_notes()?,
        ),
        None => None,
    };
    Ok((access.masthead()?, errand, notes, access.person()?))
}

fn core(errand: &ErrandView, side: Side, again: Again, done: Option<&'static str>, now: Instant) -> Core {
    let driven = errand.trips.iter().flatten().map(|trip| trip.amount_ore);
    let bought = errand.receipts.iter().flatten().map(|receipt| receipt.amount_ore);
    let amounts = bought.chain(driven);
    let person = errand
        .assignment
        .as_ref()
        .map(|of| format!("{} · {}", of.service_user.first_name, of.label));
    Core {
        id: errand.id,
        title: words::title(errand.kind, errand.subject.as_deref()),
        number: errand.number.to_string(),
        tag: words::state(errand.state, side),
        about: match person {
            Some(person) => person,
            None => "Hela familjehemmet".to_owned(),
        },
        sent: swedish::time(errand.received_at, now),
        urgent: errand.urgent,
        facts: Facts::of(errand, now),
        receipts: Line::all(errand, now),
        total: amounts.sum::<Ore>().to_string(),
        can_reply: !has_ended(errand.kind, errand.state),
        version: errand.version,
        once: match again.fields.text("once") {
            "" => fresh_once(),
            once => once.to_owned(),
        },
        done,
        faults: again.faults,
        fields: again.fields,
        kept: again.kept,
        stale: again.stale,
    }
}

fn home(frame: Frame, errand: &ErrandView, again: Again, done: Option<&'static str>, now: Instant) -> HomeThread {
    let can_withdraw = moves(errand, Side::Home).any(|step| step.to == ErrandState::Withdrawn);
    HomeThread {
        frame,
        core: core(errand, Side::Home, again, done, now),
        said: errand
            .messages
            .iter()
            .map(|message| Said::message(message, Side::Home, now))
            .collect(),
        can_withdraw,
        take_back: words::taken_back(errand.kind),
    }
}

fn team(
    frame: Frame,
    errand: &ErrandView,
    notes: &[NoteView],
    me: crate::id::PersonId,
    again: Again,
    done: Option<&'static str>,
    now: Instant,
) -> TeamThread {
    let messages = errand
        .messages
        .iter()
        .map(|message| Said::message(message, Side::Team, now));
    let mut said: Vec<Said> = messages.chain(notes.iter().map(|note| Said::note(note, now))).collect();
    said.sort_by_key(|one| one.at);
    let assignee = errand.team.as_ref().and_then(|team| team.assignee.as_ref());
    let button = |step: &Step| Button {
        state: step.to,
        label: words::act(errand.state, step.to),
        asks: match (step.with_message, step.with_reason) {
            (true, _) => Some(("message", "Vad behöver familjen göra?")),
            (_, true) => Some((
                "reason",
                "Varför avslutas det utan beslut? Familjen ser det du skriver.",
            )),
            _ => None,
        },
    };
    TeamThread {
        frame,
        core: core(errand, Side::Team, again, done, now),
        said,
        home: errand.home.name.clone(),
        is_mine: assignee.is_some_and(|assignee| assignee.id == me),
        assignee: assignee.map(|assignee| assignee.name.clone()),
        buttons: moves(errand, Side::Team).map(button).collect(),
        note_once: fresh_once(),
    }
}

/// The moves from where the errand stands, by the one table of them.
fn moves(errand: &ErrandView, by: Side) -> impl Iterator<Item = &'static Step> {
    let (kind, from) = (errand.kind, errand.state);
    STEPS
        .iter()
        .filter(move |step| step.kind == kind && step.from == Some(from) && step.by == by)
        .filter(|step| matches!(step.act, Act::To(_)))
}
