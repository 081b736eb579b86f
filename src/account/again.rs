//! What was typed into a form whose session has ended meanwhile: it is held in the sign-in page, goes along with the
//! sign-in, and is given back to the one who typed it, and to nobody else. Nothing of it is kept here.

use super::own::ended_session;
use super::pages::SignIn;
use super::session::PageSession;
use crate::app::App;
use crate::board::all_boards;
use crate::error::{Error, Result};
use crate::web::page::{Brought, Fields, Form, Frame, Guard, filters, is_shown_again, own_path, page};
use crate::web::say;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

/// Before the names of fields that are held.
const HELD: &str = "igen.";
/// Where they were sent.
const TO: &str = "igen_till";
/// Set where they came with files, or as a form that may have some.
const WITH_FILES: &str = "igen_filer";
/// What it is set to where a file was chosen, which has to be chosen anew.
const CHOSEN: &str = "valda";
/// Set where it was not that the session had ended, but that the sign-in was too long ago.
const ANEW: &str = "igen_nyss";

/// A form that is held.
#[derive(Clone, Default)]
pub(super) struct Held {
    to: String,
    with_files: bool,
    /// A file was chosen, and is not held.
    chosen: bool,
    /// It takes a fresh sign-in, and the session has not ended.
    pub(super) anew: bool,
    fields: Fields,
}

#[derive(Template)]
#[template(path = "account/again.html")]
struct Again {
    frame: Frame,
    held: Held,
}

impl Held {
    /// What a request brought that has to wait, and why.
    fn of(request: &HttpRequest, why: &Error) -> Option<Held> {
        let brought = Brought::of(request)?;
        let to = request.uri().path_and_query()?.as_str();
        let held = Held {
            to: own_path(to).to_owned(),
            with_files: brought.with_files,
            chosen: brought.has_chosen(),
            anew: *why == Error::StepUp,
            fields: brought.fields(),
        };
        (request.method() == Method::POST && is_shown_again(&held.to)).then_some(held)
    }

    /// What a sign-in form holds.
    pub(super) fn in_sign_in(form: &Fields) -> Option<Held> {
        let mut fields = Fields::default();
        for (name, value) in form.pairs() {
            if let Some(name) = name.strip_prefix(HELD) {
                fields.push(name.to_owned(), value.to_owned());
            }
        }
        let held = Held {
            to: own_path(form.text(TO)).to_owned(),
            with_files: !form.text(WITH_FILES).is_empty(),
            chosen: form.text(WITH_FILES) == CHOSEN,
            anew: !form.text(ANEW).is_empty(),
            fields,
        };
        is_shown_again(&held.to).then_some(held)
    }

    /// As hidden fields of the sign-in form.
    pub(super) fn hidden(&self) -> Vec<(String, String)> {
        let mut hidden = vec![(TO.to_owned(), self.to.clone())];
        if self.with_files {
            let value = if self.chosen { CHOSEN } else { "ja" };
            hidden.push((WITH_FILES.into(), value.into()));
        }
        if self.anew {
            hidden.push((ANEW.into(), "ja".into()));
        }
        let fields = self.fields.pairs();
        hidden.extend(fields.map(|(name, value)| (format!("{HELD}{name}"), value.to_owned())));
        hidden
    }

    /// The form again, to go on with: for the one who typed it.
    ///
    /// # Errors
    /// [`crate::error::Error::Unavailable`] when it cannot be looked up who that is.
    pub(super) async fn given_back(
        self,
        app: &App,
        form: &Form,
        session: &PageSession,
    ) -> Result<Option<HttpResponse>> {
        let typed_by = ended_session(app, form.checked.guard()).await?;
        if typed_by.is_none_or(|(person, _)| person != session.person) {
            return Ok(None);
        }
        let guard = Guard::of_session(session.cookie.clone());
        let content = Again {
            frame: Frame::open(say("again-heading")).form().guarded(&guard),
            held: self,
        };
        page(StatusCode::OK, &content).map(Some)
    }
}

impl Again {
    /// The fields, without the button that was pressed.
    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.held.fields.pairs().filter(|(name, _)| *name != "do")
    }
}

/// The answer to a form whose session has ended, or whose person signed in too long ago for it: signing in, with all
/// that was typed; none for any other request.
///
/// # Errors
/// [`crate::error::Error::Unavailable`], [`crate::error::Error::Fault`].
pub async fn sign_in_again(app: &App, request: &HttpRequest, why: &Error) -> Result<Option<HttpResponse>> {
    let (Some(held), Some(guard)) = (Held::of(request, why), Guard::of(request)) else {
        return Ok(None);
    };
    let mut shown = SignIn::new(app, &guard).await?;
    if let Some((_, board)) = ended_session(app, &guard).await? {
        let boards = all_boards(app).await?;
        let slug = boards.into_iter().find(|(id, _)| *id == board).map(|(_, slug)| slug);
        shown.board = slug.unwrap_or_default();
    }
    shown.holding(Some(held));
    page(StatusCode::UNAUTHORIZED, &shown).map(Some)
}
