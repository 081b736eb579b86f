//! The door of an errand one has nothing to do with: why one has to see it, and on.

use super::words;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::errand::{NewOpening, OpeningReason, OpeningView};
use crate::error::{Error, Result};
use crate::id::{ErrandId, of};
use crate::web::page::{Fields, Form, FormFaults, Frame, filters, page, see_other, swedish};
use crate::web::{ObjectPath, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post, web};
use askama::Template;

/// That someone has opened an errand, as those who handle it see it.
pub struct Opening {
    pub who: String,
    pub when: String,
    pub why: &'static str,
    pub words: Option<String>,
}

impl Opening {
    pub fn of(opening: &OpeningView, now: Instant) -> Opening {
        Opening {
            who: opening.by.name.clone(),
            when: swedish::time_first(opening.opened_at, now),
            why: words::opening(opening.reason_code),
            words: opening.reason.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "errand/pages/door.html")]
struct Ask {
    frame: Frame,
    faults: FormFaults,
    fields: Fields,
    id: ErrandId,
    reasons: Vec<(&'static str, &'static str)>,
}

/// Asks for the reason, in place of the errand.
pub async fn ask(
    app: &App,
    visitor: &Visitor,
    id: ErrandId,
    fields: Fields,
    faults: FormFaults,
) -> Result<HttpResponse> {
    let look = |access: Access<'_>| access.me().and_then(|_| access.masthead());
    let masthead = app.door.read(visitor.actor, look).await?;
    let frame = Frame::of(say("door-heading"), masthead, &visitor.guard).form();
    let (frame, status) = match faults.is_empty() {
        true => (frame, StatusCode::FORBIDDEN),
        false => (frame.at_fault(), StatusCode::UNPROCESSABLE_ENTITY),
    };
    let reasons = OpeningReason::ALL
        .iter()
        .map(|one| (one.as_str(), words::opening(*one)));
    let content = Ask {
        frame,
        faults,
        fields,
        id,
        reasons: reasons.collect(),
    };
    page(status, &content)
}

#[post("/arenden/{id}/oppna")]
pub async fn post_opening(app: web::Data<App>, id: ObjectPath<of::Errand>, form: Form) -> Result<HttpResponse> {
    let (visitor, id) = (Visitor::of(&app, &form.checked).await?, id.0);
    if form.fields.is_to_be_shown() {
        return ask(&app, &visitor, id, form.fields, FormFaults::default()).await;
    }
    let opened = match OpeningReason::parse(form.fields.text("reason_code")) {
        Some(reason_code) => {
            let reason = form.fields.secret("reason");
            let new = NewOpening { reason_code, reason };
            app.door
                .write(visitor.actor, move |access| access.open_errand(id, &new, None))
                .await
        }
        None => Err(Error::invalid("reason_code", "required")),
    };
    match opened {
        Ok(_) | Err(Error::Conflict("open")) => Ok(see_other(&format!("/arenden/{id}"))),
        Err(Error::Invalid(faults)) => ask(&app, &visitor, id, form.fields, FormFaults::told(&faults)).await,
        Err(error) => Err(error),
    }
}
