//! Pages for when something is wrong: what happened, what to do, and the request's id, which also stands in the log.

use super::forgery::Guard;
use super::form::{Brought, Fields, is_shown_again};
use super::frame::Frame;
use super::reply::{encoded, own_path, page, see_other};
use crate::error::Error;
use crate::web::page::filters;
use crate::web::{Language, problem, say};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use askama::Template;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "web/page/wrong.html")]
struct Wrong {
    frame: Frame,
    advice: &'static str,
    faults: Vec<String>,
    signed_out: bool,
    /// What was typed into a form, to go on with.
    held: Option<Held>,
    request_id: Uuid,
}

/// A form that could not be taken just then.
struct Held {
    to: String,
    with_files: bool,
    fields: Fields,
}

impl Held {
    /// A form that is shown again for its button `edit`: one that counts once.
    fn of(request: &HttpRequest) -> Option<Held> {
        let brought = Brought::of(request).filter(|_| request.method() == Method::POST)?;
        let to = own_path(request.uri().path_and_query()?.as_str()).to_owned();
        let held = Held {
            to,
            with_files: brought.with_files,
            fields: brought.fields(),
        };
        is_shown_again(&held.to).then_some(held)
    }

    /// The fields, without the button that was pressed.
    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.pairs().filter(|(name, _)| *name != "do")
    }
}

#[derive(Template)]
#[template(path = "web/page/threshold.html")]
struct Threshold {
    frame: Frame,
    to: String,
}

/// The page that tells of an error. Whoever asks for a page without being signed in is sent to sign in first.
pub fn wrong(request: &HttpRequest, error: &Error, request_id: Uuid) -> HttpResponse {
    let shown = match (error, request.method()) {
        (Error::SignIn, &Method::GET) => return sign_in_first(request),
        _ => {
            let mut content = told(error, request_id);
            let passes = matches!(
                error,
                Error::TooMany(_) | Error::TooSlow | Error::Unavailable(_) | Error::Unaudited | Error::Fault(_)
            );
            if let (Some(guard), true) = (Guard::of(request), passes) {
                content.frame = content.frame.guarded(&guard);
                content.held = Held::of(request);
            }
            page(error.status_code(), &content)
        }
    };
    shown.unwrap_or_else(|_| HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR))
}

fn told(error: &Error, request_id: Uuid) -> Wrong {
    let problem = problem(error, request_id, Language::spoken());
    let name = problem.r#type.rsplit('/').next().unwrap_or_default();
    let text = |kind: &str| Language::spoken().find(&format!("page-{kind}-{name}"));
    Wrong {
        frame: Frame::open(text("wrong").map_or(problem.title, str::to_owned)),
        advice: text("advice").unwrap_or_else(|| say("page-advice")),
        faults: problem.faults.into_iter().map(|fault| fault.message).collect(),
        signed_out: *error == Error::SignIn,
        held: None,
        request_id,
    }
}

/// Browsers send the session's cookie only with what comes from our own pages. Someone who follows a link in a letter
/// is therefore met by a page of our own, which goes on by itself and then shows whether there is a session.
fn sign_in_first(request: &HttpRequest) -> HttpResponse {
    let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
    let site = request.headers().get("Sec-Fetch-Site").map(|value| value.as_bytes());
    if matches!(site, Some(b"cross-site" | b"same-site")) {
        let threshold = Threshold {
            frame: Frame::open(say("threshold-heading")),
            to: own_path(asked).to_owned(),
        };
        return page(StatusCode::OK, &threshold).unwrap_or_else(|error| error.error_response());
    }
    let back = if asked == "/" {
        String::new()
    } else {
        format!("?tillbaka={}", encoded(own_path(asked)))
    };
    see_other(&format!("/logga-in{back}"))
}
