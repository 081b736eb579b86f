//! The start: what a home can do and what has happened lately; staff goes on to their own first page.

use super::words::{self, Tag};
use crate::access::{Role, Side};
use crate::account::{Visitor, welcome};
use crate::app::App;
use crate::board::{BoardView, public_board};
use crate::clock::Instant;
use crate::draft::{DraftKind, DraftView};
use crate::errand::{ErrandListRow, Filter, Part, Sort};
use crate::error::{Error, Result};
use crate::id::ErrandId;
use crate::web::page::{Frame, filters, page, see_other, swedish};
use crate::web::say;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

/// Errands shown on the start.
const LATEST: usize = 3;
/// Errands among which those are sought that wait for the home.
const SOUGHT: u32 = 25;

/// An errand in a list, to its home.
pub struct Line {
    pub id: ErrandId,
    pub title: String,
    pub tag: Tag,
    pub urgent: Option<Tag>,
    pub meta: String,
    pub number: String,
    pub unread: bool,
}

impl Line {
    pub fn of(row: &ErrandListRow, now: Instant) -> Line {
        let changed = row.updated_at != row.received_at;
        let (word, at) = if changed {
            (say("errands-changed"), row.updated_at)
        } else {
            (say("errands-sent"), row.received_at)
        };
        Line {
            id: row.id,
            title: words::title(row.kind, row.subject.as_deref()),
            tag: words::state(row.state, Side::Home),
            urgent: words::urgent(row.urgent, row.state),
            meta: format!("{word} {}", swedish::time(at, now)),
            number: row.number.to_string(),
            unread: row.unread,
        }
    }
}

/// A draft to go on with.
struct Unsent {
    word: &'static str,
    path: &'static str,
    when: String,
}

impl Unsent {
    fn of(draft: &DraftView, now: Instant) -> Unsent {
        let (word, path) = match draft.kind {
            DraftKind::Message => (say("write-to-team"), "/skriv"),
            DraftKind::PurchaseRequest => (say("purchase-heading"), "/onska/inkop"),
            DraftKind::TravelRequest => (say("travel-heading"), "/onska/resa"),
            DraftKind::ReceiptClaim => (say("claim-heading"), "/kvitton"),
        };
        Unsent {
            word,
            path,
            when: swedish::time(draft.saved_at, now),
        }
    }
}

#[derive(Template)]
#[template(path = "errand/pages/start.html")]
struct Start {
    frame: Frame,
    first_name: String,
    waiting: Vec<Line>,
    latest: Vec<Line>,
    drafts: Vec<Unsent>,
    board: Option<BoardView>,
}

#[derive(Template)]
#[template(path = "errand/pages/start_other.html")]
struct StartOther {
    frame: Frame,
    first_name: String,
}

#[derive(Template)]
#[template(path = "errand/pages/start_left.html")]
struct StartLeft {
    frame: Frame,
    first_name: String,
    board: Option<BoardView>,
}

#[get("/")]
pub async fn get_start(app: web::Data<App>, visitor: Result<Visitor, Error>) -> Result<HttpResponse> {
    let shown = match visitor {
        Ok(visitor) => start(&app, &visitor).await,
        Err(error) => Err(error),
    };
    match shown {
        Err(Error::SignIn) => welcome(&app).await,
        shown => shown,
    }
}

async fn start(app: &App, visitor: &Visitor) -> Result<HttpResponse> {
    let standing = app.door.standing(visitor.actor).await?;
    if standing.sees_errands() {
        Ok(see_other("/arenden"))
    } else if standing.holds(Role::Auditor) {
        Ok(see_other("/logg"))
    } else if standing.is_without_home() {
        left_start(app, visitor).await
    } else if standing.holds(Role::Contractor) {
        home_start(app, visitor).await
    } else {
        other_start(app, visitor).await
    }
}

async fn home_start(app: &App, visitor: &Visitor) -> Result<HttpResponse> {
    let part = Part::parse(Some(SOUGHT), Sort::Updated, None)?;
    let look = move |access: crate::access::Access<'_>| {
        let errands = access.errands(&Filter::default(), part)?.items;
        Ok((access.masthead()?, errands, access.drafts()?.items))
    };
    let (masthead, rows, drafts) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let board = public_board(app, &masthead.slug).await?;
    let waiting = rows.iter().filter(|row| words::waits_for_home(row.state));
    let content = Start {
        first_name: first_name(&masthead.name),
        waiting: waiting.map(|row| Line::of(row, now)).collect(),
        latest: rows.iter().take(LATEST).map(|row| Line::of(row, now)).collect(),
        drafts: drafts.iter().map(|draft| Unsent::of(draft, now)).collect(),
        board,
        frame: Frame::of(say("start-title"), masthead, &visitor.guard).at("/"),
    };
    page(StatusCode::OK, &content)
}

/// Whoever has left their home: what they may still read, where there is any.
async fn left_start(app: &App, visitor: &Visitor) -> Result<HttpResponse> {
    let look = |access: crate::access::Access<'_>| access.me().and_then(|_| access.masthead());
    let masthead = app.door.read(visitor.actor, look).await?;
    if masthead.former {
        return Ok(see_other("/mina-gamla-meddelanden"));
    }
    let board = public_board(app, &masthead.slug).await?;
    let content = StartLeft {
        first_name: first_name(&masthead.name),
        board,
        frame: Frame::of(say("start-title"), masthead, &visitor.guard).at("/"),
    };
    page(StatusCode::OK, &content)
}

async fn other_start(app: &App, visitor: &Visitor) -> Result<HttpResponse> {
    let look = |access: crate::access::Access<'_>| access.me().and_then(|_| access.masthead());
    let masthead = app.door.read(visitor.actor, look).await?;
    let first_name = first_name(&masthead.name);
    page(
        StatusCode::OK,
        &StartOther {
            first_name,
            frame: Frame::of(say("start-title"), masthead, &visitor.guard).at("/"),
        },
    )
}

fn first_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}
