//! The log's page: how the log stands, what it is narrowed to, the events.

use super::words;
use crate::account::Visitor;
use crate::app::App;
use crate::audit::{Action, Outcome};
use crate::clock::{Day, Instant};
use crate::error::{Error, Faults, Result};
use crate::id::{PersonId, of};
use crate::review::{ErrandNamed, EventFilter, EventView, LogState};
use crate::web::page::filters;
use crate::web::page::{FormFaults, Frame, encoded, page, swedish};
use crate::web::{Listing, Query};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

/// Events on a page of the log.
const SHOWN: u32 = 50;

/// What the log is narrowed to, as it was typed and chosen.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogQuery {
    from: String,
    to: String,
    person: String,
    errand: String,
    action: String,
    outcome: String,
    cursor: Option<String>,
}

impl LogQuery {
    /// # Errors
    /// [`Error::Invalid`] with what cannot be read.
    fn filter(&self, today: Day) -> Result<EventFilter> {
        let typed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let day = |text: &str| typed(text).map(|text| swedish::day_typed(&text, today));
        let errand = typed(&self.errand).map(|text| match text.parse() {
            Ok(number) => Some(ErrandNamed::Number(number)),
            Err(_) => text.parse().ok().map(ErrandNamed::Id),
        });
        let (from, to) = (day(&self.from), day(&self.to));
        let mut faults = Faults::default();
        faults.unless(from != Some(None), "from", "day");
        faults.unless(to != Some(None), "to", "day");
        faults.unless(!matches!(errand, Some(None)), "errand", "number");
        let ordered = from.flatten().zip(to.flatten()).is_none_or(|(from, to)| from <= to);
        faults.unless(ordered, "to", "order");
        faults.check()?;
        let none = |what: &str| Error::Malformed(what.to_owned());
        let person = typed(&self.person).map(|text| text.parse::<PersonId>().map_err(|_| none("person")));
        let action = typed(&self.action).map(|text| Action::parse(&text).ok_or_else(|| none("action")));
        let outcome = typed(&self.outcome).map(|text| Outcome::parse(&text).ok_or_else(|| none("outcome")));
        Ok(EventFilter {
            from: from.flatten().map(Day::begins),
            // The last day is meant whole.
            to: to
                .flatten()
                .map(|day| day.plus_days(1).begins().minus(std::time::Duration::from_micros(1))),
            person: person.transpose()?,
            errand: errand.flatten(),
            home: None,
            action: action.transpose()?,
            outcome: outcome.transpose()?,
            epoch: None,
        })
    }

    /// The address of the same list from another place, or of another list of the same days.
    fn address(&self) -> String {
        let fields = [
            ("from", &self.from),
            ("to", &self.to),
            ("person", &self.person),
            ("errand", &self.errand),
            ("action", &self.action),
            ("outcome", &self.outcome),
        ];
        let fields = fields.iter().filter(|(_, value)| !value.is_empty());
        let mut parts: Vec<String> = fields
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        parts.extend(self.cursor.iter().map(|cursor| format!("cursor={}", encoded(cursor))));
        if parts.is_empty() {
            "/logg".into()
        } else {
            format!("/logg?{}", parts.join("&"))
        }
    }
}

/// A line of the log's table.
struct Row {
    at: Instant,
    when: String,
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
        let bare = || LogQuery {
            cursor: None,
            ..query.clone()
        };
        let role = event.actor.role.as_deref().map(words::role);
        let is: Vec<&str> = event.actor.unit.as_deref().into_iter().chain(role).collect();
        let number = event.errand_number.map(|number| number.to_string());
        Row {
            at: event.at,
            when: swedish::moment(event.at),
            who: match (&event.actor.name, event.actor.person_id) {
                (Some(name), _) => name.clone(),
                (None, Some(_)) => "Okänd".into(),
                (None, None) => "Systemet".into(),
            },
            is: is.join(", "),
            of_person: event.actor.person_id.map(|id| {
                LogQuery {
                    person: id.to_string(),
                    ..bare()
                }
                .address()
            }),
            what: event.action.map_or("Gallrad", words::action),
            of_errand: LogQuery {
                errand: number.clone().unwrap_or_default(),
                ..bare()
            }
            .address(),
            number,
            why: event.relation.map_or("Gallrad", words::relation),
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

#[derive(Template)]
#[template(path = "review/pages/log.html")]
struct Log {
    frame: Frame,
    faults: FormFaults,
    query: LogQuery,
    state: LogState,
    rows: Vec<Row>,
    next: Option<String>,
}

impl Log {
    fn actions(&self) -> Vec<(&'static str, &'static str)> {
        let mut all: Vec<_> = Action::ALL
            .iter()
            .map(|one| (one.as_str(), words::action(*one)))
            .collect();
        all.sort_by_key(|(_, word)| *word);
        all
    }
    fn count(&self, n: &u64) -> String {
        swedish::thousands(*n)
    }
    fn is_narrowed(&self) -> bool {
        LogQuery {
            cursor: None,
            ..self.query.clone()
        }
        .address()
            != "/logg"
    }
}

#[get("/logg")]
pub async fn get_log(app: web::Data<App>, visitor: Visitor, query: Query<LogQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let cursor = Listing::<of::Event>::parse(Some(SHOWN), query.cursor.as_deref())?;
    let (filter, faults) = match query.filter(app.clock.now().day()) {
        Err(Error::Invalid(faults)) => (EventFilter::default(), FormFaults::told(&faults)),
        filter => (filter?, FormFaults::default()),
    };
    let look = move |access: crate::access::Access<'_>| {
        let events = access.audit_events(&filter, cursor)?;
        Ok((access.masthead()?, events, access.log_state()?))
    };
    let (masthead, events, state) = app.door.read(visitor.actor, look).await?;
    let frame = Frame::of("Åtkomstlogg", masthead, &visitor.guard).at("/logg");
    let (frame, status) = match faults.is_empty() {
        true => (frame, StatusCode::OK),
        false => (frame.at_fault(), StatusCode::UNPROCESSABLE_ENTITY),
    };
    let next = events.next_cursor.map(|cursor| {
        LogQuery {
            cursor: Some(cursor),
            ..query.clone()
        }
        .address()
    });
    let rows = events.items.iter().map(|event| Row::of(event, &query)).collect();
    page(
        status,
        &Log {
            frame,
            faults,
            query,
            state,
            rows,
            next,
        },
    )
}
