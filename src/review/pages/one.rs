//! One event: everything its row says, its hashes, its place in the tree, and how to check it.

use super::query::LogQuery;
use super::words;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::error::Result;
use crate::id::of;
use crate::review::EventWhole;
use crate::web::page::{Frame, filters, page, swedish};
use crate::web::{ObjectPath, Query, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde_json::Value;

/// A field of the event: what it is called, what it says.
struct Field {
    label: String,
    text: String,
    /// An id or a hash, in letters of the same width.
    is_code: bool,
}

impl Field {
    fn of(label: &'static str, text: impl Into<String>) -> Field {
        Field {
            label: label.into(),
            text: text.into(),
            is_code: false,
        }
    }

    fn code(mut self) -> Field {
        self.is_code = true;
        self
    }
}

/// One of the three parts as it is stored.
struct Part {
    name: &'static str,
    /// `None`: erased.
    text: Option<String>,
    commitment: String,
}

#[derive(Template)]
#[template(path = "review/pages/one.html")]
struct One {
    frame: Frame,
    back: String,
    what: &'static str,
    when: String,
    is_denied: bool,
    has_failed: bool,
    fields: Vec<Field>,
    parts: Vec<Part>,
    whole: EventWhole,
    slug: String,
}

#[get("/logg/{id}")]
pub async fn get_event(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Event>,
    query: Query<LogQuery>,
) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| Ok((access.audit_event(id.0)?, access.masthead()?));
    let (whole, masthead) = app.door.read(visitor.actor, look).await?;
    let slug = masthead.slug.clone();
    let event = &whole.event;
    let outcome = event.outcome.map(crate::audit::Outcome::as_str);
    page(
        StatusCode::OK,
        &One {
            back: query.0.address(),
            what: words::did(event.action),
            when: swedish::moment(event.at),
            is_denied: outcome == Some("denied"),
            has_failed: outcome == Some("error"),
            fields: fields(&whole),
            parts: parts(&whole),
            frame: Frame::of(say("event-title"), masthead, &visitor.guard).at("/logg"),
            whole,
            slug,
        },
    )
}

fn parts(whole: &EventWhole) -> Vec<Part> {
    let [core, actor, subject] = whole.commitments.clone();
    let part = |name, text: &Option<String>, commitment| Part {
        name,
        text: text.clone(),
        commitment,
    };
    vec![
        part(say("event-core"), &whole.core, core),
        part(say("event-actor"), &whole.actor_part, actor),
        part(say("event-subject"), &whole.subject, subject),
    ]
}

/// What the event says, first in words, then what only its parts tell.
fn fields(whole: &EventWhole) -> Vec<Field> {
    let event = &whole.event;
    let erased = || say("log-erased");
    let mut all = vec![
        Field::of(say("log-time"), format!("{} ({})", swedish::moment(event.at), event.at)),
        Field::of(say("log-person"), words::who(&event.actor)),
    ];
    let mut if_any = |label, text: Option<String>| all.extend(text.map(|text| Field::of(label, text)));
    if_any(
        say("event-role"),
        event.actor.role.as_deref().map(|role| words::role(role).into()),
    );
    if_any(say("event-unit"), event.actor.unit.clone());
    if_any(
        say("log-why"),
        Some(event.relation.map_or_else(erased, words::relation).into()),
    );
    if_any(say("event-reason"), event.reason_code.clone());
    if_any(
        say("log-of-errand"),
        event.errand_number.map(|number| number.to_string()),
    );
    all.push(
        Field::of(
            say("event-action"),
            event.action.map_or_else(erased, |action| action.as_str()),
        )
        .code(),
    );
    for text in [&whole.core, &whole.actor_part, &whole.subject].into_iter().flatten() {
        all.extend(told_only_there(text));
    }
    all.push(Field::of(say("event-id"), event.event_id.to_string()).code());
    all
}

/// The keys of a part that the words above do not tell already.
fn told_only_there(text: &str) -> Vec<Field> {
    let Ok(Value::Object(says)) = serde_json::from_str(text) else {
        return Vec::new();
    };
    let of = |(key, value): (String, Value)| {
        let label = words::key(&key)?;
        let text = match value {
            Value::String(text) => text,
            Value::Array(all) => all
                .iter()
                .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join(" "),
            other => other.to_string(),
        };
        Some(Field::of(label, text).code())
    };
    says.into_iter().filter_map(of).collect()
}
