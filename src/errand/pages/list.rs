//! Lists of errands: a home's own, the team's inbox.

use super::start::Line;
use super::words::{self, Tag};
use crate::access::{Role, Side};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::errand::list::Assignee;
use crate::errand::{ErrandKind, ErrandListRow, ErrandState, Filter};
use crate::error::{Error, Result};
use crate::id::{ErrandId, of};
use crate::web::page::{FormFaults, Frame, page, swedish};
use crate::web::{Listing, Query};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

/// What a list is narrowed to; the names and values are the API's.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuery {
    kind: Option<ErrandKind>,
    state: Option<ErrandState>,
    assignee: Option<String>,
    unread: Option<bool>,
    number: String,
    cursor: Option<String>,
}

impl ListQuery {
    fn filter(&self) -> Result<Filter> {
        let assignee = match self.assignee.as_deref() {
            None => None,
            Some("me") => Some(Assignee::Me),
            Some("none") => Some(Assignee::None),
            Some(_) => return Err(Error::Malformed("assignee".into())),
        };
        let number = Some(self.number.trim())
            .filter(|text| !text.is_empty())
            .map(str::parse)
            .transpose()?;
        Ok(Filter {
            kind: self.kind,
            state: self.state,
            assignee,
            unread: self.unread.unwrap_or(false),
            number,
        })
    }

    /// The address of the list with another kind, from its beginning.
    fn with_kind(&self, kind: Option<ErrandKind>) -> String {
        ListQuery {
            kind,
            cursor: None,
            ..self.clone()
        }
        .address()
    }

    fn address(&self) -> String {
        let mut parts = Vec::new();
        let mut add = |name: &str, value: Option<&str>| parts.extend(value.map(|value| format!("{name}={value}")));
        add("kind", self.kind.map(ErrandKind::as_str));
        add("state", self.state.map(ErrandState::as_str));
        add("assignee", self.assignee.as_deref());
        add("unread", self.unread.filter(|unread| *unread).map(|_| "true"));
        add("cursor", self.cursor.as_deref());
        if parts.is_empty() {
            "/arenden".into()
        } else {
            format!("/arenden?{}", parts.join("&"))
        }
    }

    /// What the list is called, by the menu's words.
    fn heading(&self) -> &'static str {
        match (self.unread, self.assignee.as_deref(), self.state) {
            (Some(true), ..) => "Olästa",
            (_, Some("me"), _) => "Mina ärenden",
            (_, _, Some(ErrandState::SupplementRequested)) => "Väntar på komplettering",
            (_, _, Some(state)) => words::state(state, Side::Team).word,
            _ => "Alla ärenden",
        }
    }

    /// The menu's link that leads here.
    fn here(&self) -> &'static str {
        match (self.unread, self.assignee.as_deref(), self.state) {
            (Some(true), None, None) => "/arenden?unread=true",
            (None, Some("me"), None) => "/arenden?assignee=me",
            (None, None, Some(ErrandState::AwaitingHome)) => "/arenden?state=awaiting_home",
            (None, None, Some(ErrandState::SupplementRequested)) => "/arenden?state=supplement_requested",
            (None, None, Some(ErrandState::Closed)) => "/arenden?state=closed",
            (None, None, None) => "/arenden",
            _ => "",
        }
    }
}

/// An errand in the team's list: no subject, no other free text.
struct Row {
    id: ErrandId,
    home: String,
    what: String,
    number: String,
    tag: Tag,
    when: String,
    unread: bool,
}

impl Row {
    fn of(row: &ErrandListRow, now: Instant) -> Row {
        Row {
            id: row.id,
            home: row.home.name.clone(),
            what: words::kind_and_category(row.kind, row.category),
            number: row.number.to_string(),
            tag: words::state(row.state, Side::Team),
            when: swedish::short(row.updated_at, now),
            unread: row.unread,
        }
    }
}

/// A link that narrows a list.
struct Chip {
    href: String,
    word: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "errand/pages/inbox.html")]
struct Inbox {
    frame: Frame,
    heading: &'static str,
    faults: FormFaults,
    number: String,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "errand/pages/errands.html")]
struct Errands {
    frame: Frame,
    lines: Vec<Line>,
    next: Option<String>,
}

#[get("/arenden")]
pub async fn get_list(app: web::Data<App>, visitor: Visitor, query: Query<ListQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let listing = Listing::<of::Errand>::parse(None, query.cursor.as_deref())?;
    // A number that is none is told at its field; the list stays as it was.
    let (filter, faults) = match query.filter() {
        Err(Error::Invalid(faults)) => {
            let bare = ListQuery {
                number: String::new(),
                ..query.clone()
            };
            (bare.filter()?, FormFaults::told(&faults))
        }
        filter => (filter?, FormFaults::default()),
    };
    let look = move |access: crate::access::Access<'_>| Ok((access.masthead()?, access.errands(&filter, listing)?));
    let (masthead, list) = app.door.read(visitor.actor, look).await?;
    let (now, next) = (app.clock.now(), list.next_cursor.map(|cursor| next(&query, cursor)));
    let team = masthead
        .roles
        .iter()
        .any(|role| matches!(role, Role::Caseworker | Role::TeamLead));
    let frame = Frame::of(
        if team { query.heading() } else { "Mina ärenden" },
        masthead,
        &visitor.guard,
    );
    let frame = frame.at(query.here());
    if !team {
        let lines = list.items.iter().map(|row| Line::of(row, now)).collect();
        return page(
            StatusCode::OK,
            &Errands {
                frame: frame.at("/arenden"),
                lines,
                next,
            },
        );
    }
    let frame = if faults.is_empty() { frame } else { frame.at_fault() };
    let rows = list.items.iter().map(|row| Row::of(row, now)).collect();
    let chips = vec![
        chip(&query, None, "Alla"),
        chip(&query, Some(ErrandKind::Message), "Meddelanden"),
        chip(&query, Some(ErrandKind::PurchaseRequest), "Inköp"),
        chip(&query, Some(ErrandKind::TravelRequest), "Resor"),
        chip(&query, Some(ErrandKind::ReceiptClaim), "Kvitton"),
    ];
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page(
        status,
        &Inbox {
            frame,
            heading: query.heading(),
            faults,
            number: query.number.clone(),
            chips,
            rows,
            next,
        },
    )
}

fn next(query: &ListQuery, cursor: String) -> String {
    ListQuery {
        cursor: Some(cursor),
        ..query.clone()
    }
    .address()
}

fn chip(query: &ListQuery, kind: Option<ErrandKind>, word: &'static str) -> Chip {
    Chip {
        href: query.with_kind(kind),
        word,
        chosen: query.kind == kind,
    }
}
