//! The log's page: how the log stands, what it is narrowed to, the events.

use super::query::LogQuery;
use super::words;
use crate::access::{Access, Right};
use crate::account::Visitor;
use crate::app::App;
use crate::audit::{Action, Outcome};
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{PersonId, of};
use crate::review::{CheckVerdict, CheckView, EventFilter, EventView, LogState, TableForm, table_of};
use crate::web::page::{FormFaults, Frame, filters, page, swedish};
use crate::web::{Listed, Listing, Query, say, say_with};
use actix_web::{HttpResponse, get, web};
use askama::Template;
use std::time::Duration;

/// Events on a page of the log.
const SHOWN: u32 = 50;
/// Attempts refused within this are told of on top.
const LATELY: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A line of the log's table.
struct Row {
    at: Instant,
    when: String,
    href: String,
    who: String,
    is: String,
    of_person: Option<String>,
    what: &'static str,
    number: Option<String>,
    of_errand: String,
    why: &'static str,
    outcome: Option<Outcome>,
}

impl Row {
    fn of(event: &EventView, query: &LogQuery) -> Row {
        let role = event.actor.role.as_deref().map(words::role);
        let is: Vec<&str> = event.actor.unit.as_deref().into_iter().chain(role).collect();
        let number = event.errand_number.map(|number| number.to_string());
        Row {
            at: event.at,
            when: swedish::moment(event.at),
            href: format!("/logg/{}{}", event.event_id, query.tail()),
            who: words::who(&event.actor),
            is: is.join(", "),
            of_person: event.actor.person_id.map(|id| {
                LogQuery {
                    person: id.to_string(),
                    ..query.first()
                }
                .address()
            }),
            what: words::did(event.action),
            of_errand: LogQuery {
                errand: number.clone().unwrap_or_default(),
                ..query.first()
            }
            .address(),
            number,
            why: event.relation.map_or_else(|| say("log-erased"), words::relation),
            outcome: event.outcome,
        }
    }

    fn is_denied(&self) -> bool {
        self.outcome == Some(Outcome::Denied)
    }
    fn has_failed(&self) -> bool {
        self.outcome == Some(Outcome::Error)
    }
}

/// Who can be chosen: the board's staff, now or before, and whoever is chosen.
type Person = (PersonId, String);

#[derive(Template)]
#[template(path = "review/pages/log.html")]
struct Log {
    frame: Frame,
    faults: FormFaults,
    query: LogQuery,
    state: LogState,
    now: Instant,
    refused: u64,
    refused_lately: String,
    people: Vec<Person>,
    rows: Vec<Row>,
    next: Option<String>,
}

impl Log {
    /// The kinds of events in groups, by their words.
    fn actions(&self) -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
        let mut groups: Vec<(&'static str, Vec<(&'static str, &'static str)>)> = Vec::new();
        for action in Action::ALL {
            let (group, one) = (words::group(*action), (action.as_str(), words::action(*action)));
            match groups.iter_mut().find(|(of, _)| *of == group) {
                Some((_, ones)) => ones.push(one),
                None => groups.push((group, vec![one])),
            }
        }
        for (_, ones) in &mut groups {
            ones.sort_by_key(|(_, word)| *word);
        }
        groups
    }

    fn count(&self, n: &u64) -> String {
        swedish::thousands(*n)
    }

    fn is(&self, check: &CheckView, verdict: &str) -> bool {
        check.verdict.map(CheckVerdict::as_str) == Some(verdict)
    }

    /// How much was checked, and when.
    fn checked(&self, check: &CheckView) -> String {
        let at = check.done_at.unwrap_or(check.asked_at);
        let events = say_with("log-checked", "n", &swedish::thousands(check.events));
        format!("{events} {}", swedish::time(at, self.now))
    }
}

#[get("/logg")]
pub async fn get_log(app: web::Data<App>, visitor: Visitor, query: Query<LogQuery>) -> Result<HttpResponse> {
    let (query, now) = (query.0, app.clock.now());
    let cursor = Listing::<of::Event>::parse(Some(SHOWN), query.cursor.as_deref())?;
    let (filter, faults) = match query.filter(now.day()) {
        Err(Error::Invalid(faults)) => (EventFilter::default(), FormFaults::told(&faults)),
        filter => (filter?, FormFaults::default()),
    };
    let (chosen, asked) = (filter.person, faults.is_empty());
    let look = move |access: Access<'_>| {
        let events = match asked {
            true => access.audit_events(&filter, cursor)?,
            false => Listed {
                items: Vec::new(),
                next_cursor: None,
            },
        };
        let refused = access.refused_since(access.now().minus(LATELY))?;
        let people = access.staff_ever(chosen, Right::ReadLog)?;
        Ok((access.masthead()?, events, access.log_state()?, (refused, people)))
    };
    let (masthead, events, state, (refused, people)) = app.door.read(visitor.actor, look).await?;
    let here = if query.outcome == "denied" && query.first().tail() == "?outcome=denied" {
        "/logg?outcome=denied"
    } else {
        "/logg"
    };
    let frame = Frame::of(say("log-title"), masthead, &visitor.guard).at(here);
    let (frame, status) = frame.judged(faults.is_empty());
    let next = events.next_cursor.map(|cursor| {
        LogQuery {
            cursor: Some(cursor),
            ..query.clone()
        }
        .address()
    });
    let lately = LogQuery {
        outcome: Outcome::Denied.as_str().into(),
        from: now.minus(LATELY).day().to_string(),
        ..LogQuery::default()
    };
    let rows = events.items.iter().map(|event| Row::of(event, &query)).collect();
    page(
        status,
        &Log {
            frame,
            faults,
            state,
            now,
            refused,
            refused_lately: lately.address(),
            people,
            rows,
            next,
            query,
        },
    )
}

#[get("/logg/utdrag/{form}")]
pub async fn get_table(
    app: web::Data<App>,
    visitor: Visitor,
    form: web::Path<String>,
    query: Query<LogQuery>,
) -> Result<HttpResponse> {
    let form = TableForm::named(&form).ok_or(Error::NotFound)?;
    let filter = query.0.filter(app.clock.now().day())?;
    table_of(&app, visitor.actor, filter, form).await
}
