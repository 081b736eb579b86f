//! One errand: to its home, and to the team with its notes and what can be done.

use super::door;
use super::facts::Facts;
use super::pane::{ListAndQueues, Pane, Wanted, counted};
use super::paper::Paper;
use super::query::ListQuery;
use super::said::{Line, Said};
use super::team::{TeamPart, TeamThread};
use super::words::{self, Tag};
use super::write::Kept;
use crate::access::{Access, Side};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::errand::capability::{Errand, Seen};
use crate::errand::state::{Act, STEPS, Step, has_ended};
use crate::errand::{ErrandKind, ErrandState, ErrandView};
use crate::error::{Error, Result};
use crate::id::{ErrandId, of};
use crate::money::Ore;
use crate::web::page::filters;
use crate::web::page::{Fields, FormFaults, Frame, Masthead, Script, page, scripted, swedish};
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
    /// The page is the answer to who said why they have to see where someone is.
    pub unveiled: bool,
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
        "anmalt" => Some(say("thread-done-report")),
        "isolerat" => Some(say("thread-done-isolated")),
        "granskat" => Some(say("thread-done-review")),
        _ => None,
    }
}

/// What both sides are shown of an errand.
pub struct Core {
    pub id: ErrandId,
    pub title: String,
    pub number: String,
    pub tag: Tag,
    pub about: String,
    pub sent: String,
    pub urgent: Option<Tag>,
    pub facts: Facts,
    pub receipts: Vec<Line>,
    pub paper: Option<Paper>,
    pub total: String,
    pub can_reply: bool,
    /// Whether the one who looks may take something out of view.
    pub isolates: bool,
    pub version: i64,
    pub once: String,
    pub done: Option<&'static str>,
    pub faults: FormFaults,
    pub fields: Fields,
    pub kept: Vec<Kept>,
    pub stale: bool,
    /// Someone in the home is protected.
    pub is_protected: bool,
    /// Where they are is left out of the page.
    pub places_hidden: bool,
    /// So are its files.
    pub files_hidden: bool,
    /// That is on the page this once.
    pub places_shown: bool,
}

impl Core {
    /// Whether this is said in place of something that is hidden.
    pub fn hides(&self, told: &str) -> bool {
        self.places_hidden && told == say("protection-hidden")
    }
}

#[derive(Template)]
#[template(path = "errand/pages/thread_home.html")]
struct HomeThread {
    frame: Frame,
    core: Core,
    said: Vec<Said>,
    /// Nothing can be sent in it: the team is to be phoned.
    shut: bool,
    can_withdraw: bool,
    take_back: &'static str,
    /// The team waits for an answer.
    waits: bool,
    /// Of a wish whose award stands: what a claim for it belongs to.
    claim_for: Option<String>,
    /// Of a claim: the wish that granted it.
    request: Option<ErrandId>,
}

#[derive(Template)]
#[template(path = "errand/pages/done.html")]
struct Receipt {
    frame: Frame,
    id: ErrandId,
    number: String,
    kind: ErrandKind,
    to_home: bool,
    /// The home sees nothing of it just now, and is told nothing.
    restricted: bool,
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
        restricted: errand.team.is_some_and(|team| team.restricted),
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
    let look = move |access: Access<'_>| look(access, access.errand(id)?, wanted);
    let looked = app.door.read(visitor.actor, look).await?;
    shown(visitor, (id, query), looked, again, app.clock.now())
}

/// The page of what was looked at.
pub fn shown(
    visitor: &Visitor,
    (id, query): (ErrandId, &ListQuery),
    (masthead, errand, team, me): Looked,
    again: Again,
    now: Instant,
) -> Result<HttpResponse> {
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
            scripted(
                status,
                &TeamThread::of((frame, core, pane), &errand, of.part, (me, now)),
            )
        }
        None => {
            let frame = frame.at("/arenden").with(&[Script::Upload, Script::Guard]);
            scripted(status, &home(frame, &errand, again, done, now))
        }
    }
}

/// What the team alone is shown: its own part of the errand, and the list beside it.
pub struct ForTeam {
    part: TeamPart,
    listed: ListAndQueues,
}

pub type Looked = (Masthead, ErrandView, Option<ForTeam>, crate::id::PersonId);

/// Everything the page shows, in one look; notes and list to the team alone.
pub fn look(access: Access<'_>, seen: Errand<'_, Seen>, wanted: Wanted) -> Result<Looked> {
    let id = seen.id();
    let errand = seen.show()?;
    let team = match errand.team {
        Some(_) => {
            let part = TeamPart::look(access, id, errand.home.id)?;
            let listed = wanted.look(access)?;
            Some(ForTeam { part, listed })
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
        urgent: words::urgent(errand.urgent, errand.state),
        facts: Facts::of(errand, side, now),
        receipts: Line::all(errand, now),
        paper: Paper::of(errand, now),
        total: amounts.sum::<Ore>().to_string(),
        can_reply: !has_ended(errand.kind, errand.state),
        isolates: false,
        version: errand.version,
        once: again.fields.once_again(),
        done,
        faults: again.faults,
        fields: again.fields,
        kept: again.kept,
        stale: again.stale,
        is_protected: errand.home.protected,
        places_hidden: errand.places_hidden,
        files_hidden: errand.all_files().any(|file| file.hidden),
        places_shown: again.unveiled,
    }
}

fn home(frame: Frame, errand: &ErrandView, again: Again, done: Option<&'static str>, now: Instant) -> HomeThread {
    let shut = errand.read_only == Some(true);
    let can_withdraw = !shut && moves(errand, Side::Home).any(|step| step.to == ErrandState::Withdrawn);
    let mut core = core(errand, Side::Home, again, done, now);
    core.can_reply &= !shut;
    HomeThread {
        frame,
        core,
        shut,
        said: errand
            .messages
            .iter()
            .map(|message| Said::message(message, Side::Home, now))
            .collect(),
        can_withdraw,
        take_back: words::taken_back(errand.kind),
        waits: !shut && words::waits_for_home(errand.state),
        claim_for: claim_for(errand, now).filter(|_| !shut),
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

/// The moves from where the errand stands, by the one table of them.
pub fn moves(errand: &ErrandView, by: Side) -> impl Iterator<Item = &'static Step> {
    let (kind, from) = (errand.kind, errand.state);
    STEPS
        .iter()
        .filter(move |step| step.kind == kind && step.from == Some(from) && step.by == by)
        .filter(|step| matches!(step.act, Act::To(_)))
}
