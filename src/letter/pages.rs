//! Pages: letters that were not taken, with what can be done about each.

use super::view::LetterView;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{LetterId, of};
use crate::outbox::{LetterFailure, LetterKind, LetterState};
use crate::web::page::{Form, Frame, encoded, filters, page, see_other, swedish};
use crate::web::{Listing, ObjectPath, Query, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

/// Letters on a page.
const SHOWN: u32 = 50;

/// Where in the list, and what has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LettersQuery {
    cursor: Option<String>,
    klart: String,
}

/// A letter in the list.
struct Row {
    id: LetterId,
    made: String,
    name: String,
    kind: &'static str,
    why: &'static str,
    tries: u64,
    can_be_retried: bool,
    instead: &'static str,
}

impl Row {
    fn of(letter: LetterView, now: Instant) -> Row {
        Row {
            id: letter.id,
            made: swedish::time_first(letter.made_at, now),
            name: letter.name,
            kind: kind(letter.kind),
            why: letter.failure.map_or("", failure),
            tries: letter.tries,
            can_be_retried: letter.can_be_retried,
            instead: instead(letter.kind),
        }
    }
}

fn kind(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::SomethingNew => say("letter-something-new"),
        LetterKind::Invitation => say("letter-invitation"),
        LetterKind::Recovery => say("letter-recovery"),
        LetterKind::ContactChanged => say("letter-contact-changed"),
        LetterKind::Alarm => say("letter-alarm"),
        LetterKind::ErrandOpened => say("letter-errand-opened"),
        LetterKind::IncidentOpened => say("letter-incident-opened"),
        LetterKind::NoOfficer => say("letter-no-officer"),
        LetterKind::Undelivered => say("letter-undelivered"),
    }
}

fn failure(failure: LetterFailure) -> &'static str {
    match failure {
        LetterFailure::Unreachable => say("letter-unreachable"),
        LetterFailure::PutOff => say("letter-put-off"),
        LetterFailure::Refused => say("letter-refused"),
        LetterFailure::Address => say("letter-address"),
        LetterFailure::Expired => say("letter-expired"),
        LetterFailure::Uncertain => say("letter-uncertain"),
    }
}

/// What to do where a letter cannot be sent again.
fn instead(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Invitation => say("letter-invite-again"),
        LetterKind::Recovery => say("letter-ask-again"),
        _ => "",
    }
}

#[derive(Template)]
#[template(path = "letter/letters.html")]
struct Letters {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    further: bool,
    done: Option<&'static str>,
}

#[get("/brev")]
pub async fn get_letters(app: web::Data<App>, visitor: Visitor, query: Query<LettersQuery>) -> Result<HttpResponse> {
    let listing = Listing::<of::Letter>::parse(Some(SHOWN), query.0.cursor.as_deref())?;
    let look = move |access: Access<'_>| Ok((access.letters(LetterState::Dead, listing)?, access.masthead()?));
    let (letters, masthead) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let next = letters.next_cursor;
    page(
        StatusCode::OK,
        &Letters {
            frame: Frame::of(say("letters-title"), masthead, &visitor.guard).at("/brev"),
            rows: letters.items.into_iter().map(|letter| Row::of(letter, now)).collect(),
            next: next.map(|cursor| format!("/brev?cursor={}", encoded(&cursor))),
            further: query.0.cursor.is_some(),
            done: match query.0.klart.as_str() {
                "igen" => Some(say("letters-retried")),
                "bort" => Some(say("letters-removed")),
                _ => None,
            },
        },
    )
}

#[post("/brev/{id}")]
pub async fn post_letter(app: web::Data<App>, id: ObjectPath<of::Letter>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    match form.fields.text("do") {
        "retry" => {
            let retry = move |access: Access<'_>| access.retry_letter(id.0);
            app.door.write(visitor.actor, retry).await?;
            Ok(see_other("/brev?klart=igen"))
        }
        "remove" => {
            let remove = move |access: Access<'_>| access.remove_letter(id.0);
            app.door.write(visitor.actor, remove).await?;
            Ok(see_other("/brev?klart=bort"))
        }
        _ => Err(Error::Malformed("do".into())),
    }
}
