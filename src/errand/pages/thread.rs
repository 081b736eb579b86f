//! One errand: to its home, and to the team with its notes and what can be done.

use super::door;
use super::facts::Facts;
use super::pane::{Pane, Shown, Wanted, counted};
use super::query::ListQuery;
use super::said::{Line, Said};
use super::words::{self, Tag};
use super::write::Kept;
use crate::access::{Access, Side};
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::clock::Instant;
use crate::errand::state::{Act, STEPS, Step, find, has_ended};
use crate::errand::{ErrandKind, ErrandState, ErrandView, NoteView, Outcome, StaffView};
use crate::error::{Error, Result};
use crate::id::{ErrandId, HomeId, of};
use crate::money::Ore;
use crate::web::page::filters;
use crate::web::page::{Fields, FormFaults, Frame, Masthead, Script, fresh_once, page, scripted, swedish};
use crate::web::{ObjectPath, Query, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

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
fn told(done: &str) -> Option<&'static str> {
    match done {
        "svar" => Some(say("thread-done-answer")),
        "anteckning" => Some(say("thread-done-note")),
        "lage" => Some(say("thread-done-state")),
        "ansvarig" => Some(say("thread-done-mine")),
        "tilldelat" => Some(say("thread-done-assigned")),
        "beslut" => Some(say("thread-done-decision")),
        "granskat" => Some(say("thread-done-review")),
        _ => None,
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
    /// The team waits for an answer.
    waits: bool,
    /// Of a wish whose award stands: what a claim for it belongs to.
    claim_for: Option<String>,
    /// Of a claim: the wish that granted it.
    request: Option<ErrandId>,
}

/// A move the team can make.
struct Button {
    state: ErrandState,
    label: &'static str,
    /// The field that goes with it, and what it asks.
    asks: Option<(&'static str, &'static str)>,
}

impl Button {
    /// Whether it closes the errand.
    fn ends(&self) -> bool {
        matches!(self.state, ErrandState::Closed | ErrandState::ClosedWithoutDecision)
    }
}

#[derive(Template)]
#[template(path = "errand/pages/thread_team.html")]
struct TeamThread {
    frame: Frame,
    core: Core,
    /// Messages and notes, in the order of their times.
    said: Vec<Said>,
    home: String,
    home_id: HomeId,
    assignee: Option<String>,
    /// To whom it can be given.
    people: Vec<(String, String)>,
    can_assign: bool,
    is_mine: bool,
    buttons: Vec<Button>,
    note_once: String,
    /// A decision can be made: the outcomes to choose from.
    outcomes: Vec<(&'static str, &'static str)>,
    decide_once: String,
    can_review: bool,
    request: Option<ErrandId>,
    pane: Pane,
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
    query: Query<ListQuery>,
) -> Result<HttpResponse> {
    match show(&app, &visitor, (id.0, &query.0), Again::default()).await {
        Err(Error::ReasonRequired) => door::ask(&app, &visitor, id.0, Fields::default(), FormFaults::default()).await,
        shown => shown,
    }
}

/// The acknowledgement: the number, and what happens next.
#[get("/arenden/{id}/klart")]
pub async fn get_done(app: web::Data<App>, visitor: Visitor, id: ObjectPath<of::Errand>) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| Ok((access.masthead()?, access.errand(id.0)?.show()?));
    let (masthead, errand) = app.door.read(visitor.actor, look).await?;
    let content = Receipt {
        frame: Frame::of(say("thread-sent-title"), masthead, &visitor.guard),
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
    (id, query): (ErrandId, &ListQuery),
    again: Again,
) -> Result<HttpResponse> {
    let wanted = Wanted::by(query)?;
    let look = move |access: Access<'_>| look(access, id, wanted);
    let (masthead, errand, team, me) = app.door.read(visitor.actor, look).await?;
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
    let done = told(query.done());
    match team {
        Some(of) => {
            let frame = frame.at(query.here()).laid_out("thread").in_panes(true);
            let frame = frame.with(&[Script::Upload, Script::Guard, Script::Keys]);
            let frame = frame.counted(counted(&of.listed.queues));
            let pane = Pane::of(query, of.listed, now).with_open(id);
            let core = core(&errand, Side::Team, again, done, now);
            let team = (of.notes, of.colleagues);
            scripted(status, &team_thread((frame, core, pane), &errand, team, me, now))
        }
        None => {
            let frame = frame.at("/arenden").with(&[Script::Upload, Script::Guard]);
            scripted(status, &home(frame, &errand, again, done, now))
        }
    }
}

/// What the team alone is shown: the notes, to whom the errand can be given, and the list beside it.
struct ForTeam {
    notes: Vec<NoteView>,
    colleagues: Vec<StaffView>,
    listed: Shown,
}
type Looked = (Masthead, ErrandView, Option<ForTeam>, crate::id::PersonId);

/// Everything the page shows, in one look; notes and list to the team alone.
fn look(access: Access<'_>, id: ErrandId, wanted: Wanted) -> Result<Looked> {
    let errand = access.errand(id)?.show()?;
    let team = match errand.team {
        Some(_) => {
            let seen = access.errand_for(id, Action::NoteRead)?;
            Some(ForTeam {
                colleagues: seen.colleagues()?,
                notes: seen.to_notes(Action::NoteRead)?.show_notes()?,
                listed: wanted.look(access)?,
            })
        }
        None => None,
    };
    Ok((access.masthead()?, errand, team, access.person()?))
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
        tag: match errand.decisions.iter().find(|one| !one.superseded) {
            Some(decision) if errand.state == ErrandState::Decided => words::decided(decision.outcome, side),
            _ => words::state(errand.state, side),
        },
        about: match person {
            Some(person) => person,
            None => say("thread-whole-home").to_owned(),
        },
        sent: swedish::time(errand.received_at, now),
        urgent: errand.urgent,
        facts: Facts::of(errand, side, now),
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
        waits: words::waits_for_home(errand.state),
        claim_for: claim_for(errand, now),
        request: errand.request_id,
    }
}

/// What a claim for this wish belongs to, while there is something to hand in for.
fn claim_for(errand: &ErrandView, now: Instant) -> Option<String> {
    let standing = errand.decisions.iter().find(|one| !one.superseded)?;
    let lasts = standing.valid_until.is_some_and(|until| until >= now.day());
    let assignment = errand.assignment.as_ref()?;
    (lasts && errand.state == ErrandState::Decided).then(|| format!("onskemal:{}:{}", errand.id, assignment.id))
}

fn team_thread(
    (frame, core, pane): (Frame, Core, Pane),
    errand: &ErrandView,
    (notes, colleagues): (Vec<NoteView>, Vec<StaffView>),
    me: crate::id::PersonId,
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
            (true, _) => Some(("message", say("thread-ask-message"))),
            (_, true) => Some(("reason", say("thread-ask-reason"))),
            _ => None,
        },
    };
    TeamThread {
        frame,
        core,
        said,
        home: errand.home.name.clone(),
        home_id: errand.home.id,
        people: colleagues
            .into_iter()
            .filter(|one| assignee.is_none_or(|assignee| assignee.id != one.id))
            .map(|one| (one.id.to_string(), one.name))
            .collect(),
        can_assign: !has_ended(errand.kind, errand.state),
        is_mine: assignee.is_some_and(|assignee| assignee.id == me),
        assignee: assignee.map(|assignee| assignee.name.clone()),
        buttons: moves(errand, Side::Team).map(button).collect(),
        note_once: fresh_once(),
        decide_once: fresh_once(),
        outcomes: if can(errand, Act::Decide) {
            outcomes()
        } else {
            Vec::new()
        },
        can_review: can(errand, Act::Review),
        request: errand.request_id,
        pane,
    }
}

fn outcomes() -> Vec<(&'static str, &'static str)> {
    let word = |one: &Outcome| (one.as_str(), words::outcome(*one, Side::Team));
    Outcome::ALL.iter().map(word).collect()
}

/// Whether the team can do it from where the errand stands.
fn can(errand: &ErrandView, act: Act) -> bool {
    find(errand.kind, Some(errand.state), act, Side::Team).is_some()
}

/// The moves from where the errand stands, by the one table of them.
fn moves(errand: &ErrandView, by: Side) -> impl Iterator<Item = &'static Step> {
    let (kind, from) = (errand.kind, errand.state);
    STEPS
        .iter()
        .filter(move |step| step.kind == kind && step.from == Some(from) && step.by == by)
        .filter(|step| matches!(step.act, Act::To(_)))
}
