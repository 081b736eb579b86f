//! Pages: accepting an invitation, choosing a new password, asking for a letter. Opening a page uses nothing up (mail
//! scanners open every link); the form does.

use super::{Welcome, accept_invitation, accept_recovery, recover};
use crate::app::App;
use crate::board::{BoardView, public_boards};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::web::page::{Form, Frame, Guard, filters, page, see_other};
use crate::web::{Language, say};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, get, post, web};
use askama::Template;

/// Boards shown to choose from.
const BOARDS_MOST: usize = 100;

/// A code from a letter and a password to choose.
#[derive(Template)]
#[template(path = "account/entry/choose.html")]
struct Choose {
    frame: Frame,
    /// Where the form goes.
    action: &'static str,
    /// The code as it was typed: only the password has to be typed again.
    token: String,
    /// What is wrong, and with which field.
    wrong: Option<(&'static str, String)>,
    was_sent: bool,
}

/// Whose password is lost.
#[derive(Template)]
#[template(path = "account/entry/lost.html")]
struct Lost {
    frame: Frame,
    boards: Vec<BoardView>,
}

/// Whether a letter was just asked for.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct ChooseQuery {
    skickat: String,
}

impl Choose {
    fn invited(guard: &Guard) -> Choose {
        Choose::titled(say("choose-invited"), "/inbjudan", guard)
    }

    fn recovered(guard: &Guard) -> Choose {
        Choose::titled(say("choose-recovered"), "/nytt-losenord", guard)
    }

    fn titled(title: &'static str, action: &'static str, guard: &Guard) -> Choose {
        Choose {
            frame: Frame::open(title).guarded(guard),
            action,
            token: String::new(),
            wrong: None,
            was_sent: false,
        }
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.as_ref().is_some_and(|(wrong, _)| *wrong == field)
    }

    /// The page again, with what was wrong; any other error is the caller's.
    fn refused(mut self, form: &Form, error: Error) -> Result<HttpResponse> {
        let fault = |code| Language::spoken().find(&format!("fault-{code}")).unwrap_or(code);
        let wrong = match &error {
            Error::SignIn => Some(("token", say("page-code-wrong").to_owned())),
            Error::Invalid(faults) => faults.first().map(|one| ("password", fault(one.code).to_owned())),
            _ => None,
        };
        self.token = form.fields.text("token").to_owned();
        self.wrong = Some(wrong.ok_or_else(|| error.clone())?);
        self.frame = self.frame.at_fault();
        page(error.status_code(), &self)
    }
}

#[get("/inbjudan")]
pub async fn get_invitation(request: HttpRequest) -> Result<HttpResponse> {
    with_guard(&request, |guard| page(StatusCode::OK, &Choose::invited(guard)))
}

#[post("/inbjudan")]
pub async fn post_invited(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let (token, password) = typed(&form);
    match accept_invitation(&app, (&token, password), None, form.checked.origin()).await {
        Ok(welcome) => Ok(to_sign_in(&welcome)),
        Err(error) => Choose::invited(form.checked.guard()).refused(&form, error),
    }
}

#[get("/nytt-losenord")]
pub async fn get_new_password(request: HttpRequest, query: web::Query<ChooseQuery>) -> Result<HttpResponse> {
    with_guard(&request, |guard| {
        let mut shown = Choose::recovered(guard);
        shown.was_sent = !query.skickat.is_empty();
        page(StatusCode::OK, &shown)
    })
}

#[post("/nytt-losenord")]
pub async fn post_new_password(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let (token, password) = typed(&form);
    match accept_recovery(&app, (&token, password), None, form.checked.origin()).await {
        Ok(welcome) => Ok(to_sign_in(&welcome)),
        Err(error) => Choose::recovered(form.checked.guard()).refused(&form, error),
    }
}

#[get("/glomt-losenord")]
pub async fn get_lost(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse> {
    let boards = public_boards(&app, BOARDS_MOST, None).await?.items;
    with_guard(&request, |guard| {
        let frame = Frame::open(say("lost-heading")).guarded(guard);
        page(StatusCode::OK, &Lost { frame, boards })
    })
}

#[post("/glomt-losenord")]
pub async fn post_lost(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let email = Secret::new(form.fields.text("email").to_owned());
    recover(&app, form.fields.text("board").to_owned(), email, form.checked.origin());
    Ok(see_other("/nytt-losenord?skickat=ja"))
}

/// To the sign-in, where the board is chosen already.
fn to_sign_in(welcome: &Welcome) -> HttpResponse {
    see_other(&format!("/logga-in?nytt=ja&kommun={}", welcome.board))
}

/// The code as it was typed, without what comes along when it is copied, and the password.
fn typed(form: &Form) -> (Secret<String>, Secret<String>) {
    let code = form.fields.text("token").split_whitespace().collect();
    (Secret::new(code), Secret::new(form.fields.text("password").to_owned()))
}

/// A page with a form, for whoever comes: bound to the session or to a cookie of its own.
fn with_guard(request: &HttpRequest, show: impl FnOnce(&Guard) -> Result<HttpResponse>) -> Result<HttpResponse> {
    match Guard::of(request) {
        Some(guard) => show(&guard),
        None => {
            let guard = Guard::fresh();
            let mut answer = show(&guard)?;
            answer.add_cookie(&guard.cookie()).map_err(Error::fault)?;
            Ok(answer)
        }
    }
}
