//! Pages: what the service is, signing in and out, whether one still is.

use super::again::Held;
pub use super::contact::pages::{get_new_address, post_new_address};
pub use super::entry::pages::{get_invitation, get_lost, get_new_password, post_invited, post_lost, post_new_password};
pub use super::own::pages::{get_me, post_end, post_me};
use super::own::{keep_begun_with, language_of};
pub use super::roles::pages::{
    get_invite, get_list, get_people, get_roles, post_change, post_invite, post_protection, post_role, post_said,
};
use super::session::PageSession;
use super::sign_in::{Attempt, open_page_session};
use super::visitor::Visitor;
use crate::app::{App, DemoPerson};
use crate::board::{BoardView, public_boards};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::web::page::{Form, Frame, Guard, cookie, filters, own_path, page, see_other};
use crate::web::{forgotten, say, say_with};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, get, post, web};
use askama::Template;
use serde::Serialize;

/// Boards shown to choose from.
const BOARDS_MOST: usize = 100;

#[derive(Template)]
#[template(path = "account/welcome.html")]
struct Welcome {
    frame: Frame,
    boards: Vec<BoardView>,
}

/// The page to sign in.
#[derive(Template)]
#[template(path = "account/sign_in.html")]
pub(super) struct SignIn {
    frame: Frame,
    boards: Vec<BoardView>,
    /// The slug that is chosen.
    pub(super) board: String,
    email: String,
    back: String,
    wrong: Option<String>,
    signed_out: bool,
    /// A password was just chosen.
    chosen_anew: bool,
    /// The session ended by itself.
    ended: bool,
    /// One has signed in too long ago for what one wants.
    anew: bool,
    /// What was typed into another form goes along.
    held: Option<Held>,
    demo: Vec<DemoPerson>,
}

impl SignIn {
    pub(super) async fn new(app: &App, guard: &Guard) -> Result<SignIn> {
        Ok(SignIn {
            frame: Frame::open(say("sign-in-heading")).guarded(guard),
            boards: public_boards(app, BOARDS_MOST, None).await?.items,
            board: String::new(),
            email: String::new(),
            back: "/".into(),
            wrong: None,
            signed_out: false,
            chosen_anew: false,
            ended: false,
            anew: false,
            held: None,
            demo: app.demo.to_vec(),
        })
    }

    /// With what was typed into a form that came too late, or that takes a fresh sign-in, if anything was; then there is
    /// no way to elsewhere that would lose it.
    pub(super) fn holding(&mut self, held: Option<Held>) {
        if let Some(held) = &held {
            self.anew = held.anew;
            self.ended = !held.anew;
            self.frame = std::mem::take(&mut self.frame).form();
        }
        self.held = held;
    }

    fn hidden(&self) -> Vec<(String, String)> {
        self.held.as_ref().map(Held::hidden).unwrap_or_default()
    }

    /// The board that is chosen, whose phone is shown to whoever cannot get in.
    fn chosen(&self) -> Option<&BoardView> {
        let chosen = self.boards.iter().find(|one| one.slug == self.board);
        chosen.or(self.boards.first().filter(|_| self.boards.len() == 1))
    }

    /// The first of the demo's people, where they may be chosen among: not where what is typed would be lost.
    fn demo_to_choose(&self) -> Option<&DemoPerson> {
        self.demo.first().filter(|_| self.held.is_none())
    }

    /// The people of the demo at a board.
    fn demo_at(&self, board: &BoardView) -> impl Iterator<Item = &DemoPerson> {
        self.demo.iter().filter(|person| person.board == board.slug)
    }
}

/// What the service is, for whoever is not signed in.
pub async fn welcome(app: &App) -> Result<HttpResponse> {
    let boards = public_boards(app, BOARDS_MOST, None).await?.items;
    let frame = Frame::open(say("welcome-heading"));
    page(StatusCode::OK, &Welcome { frame, boards })
}

/// Where the sign-in leads, at which board, and who of the demo wants to.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct SignInQuery {
    tillbaka: String,
    kommun: String,
    demo: String,
    utloggad: String,
    nytt: String,
}

#[get("/logga-in")]
pub async fn get_sign_in(
    app: web::Data<App>,
    request: HttpRequest,
    visitor: Result<Visitor, Error>,
    query: web::Query<SignInQuery>,
) -> Result<HttpResponse> {
    let back = own_path(&query.tillbaka);
    if let Ok(visitor) = visitor
        && app.door.standing(visitor.actor).await.is_ok()
    {
        return Ok(see_other(back));
    }
    let guard = Guard::of(&request);
    let (guard, new) = guard.map_or_else(|| (Guard::fresh(), true), |guard| (guard, false));
    let mut shown = SignIn::new(&app, &guard).await?;
    shown.back = back.to_owned();
    shown.board = query.kommun.clone();
    shown.signed_out = query.utloggad == "ja";
    shown.chosen_anew = !query.nytt.is_empty();
    shown.ended = query.utloggad == "tid";
    if let Some(person) = app.demo.iter().find(|person| person.email == query.demo) {
        (shown.board, shown.email) = (person.board.into(), person.email.into());
    }
    let mut answer = page(StatusCode::OK, &shown)?;
    if new {
        answer.add_cookie(&guard.cookie()).map_err(Error::fault)?;
    }
    Ok(answer)
}

#[post("/logga-in")]
pub async fn post_sign_in(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let typed = &form.fields;
    let text = |name| Secret::new(typed.text(name).to_owned());
    let attempt = Attempt {
        board: typed.text("board").to_owned(),
        email: text("email"),
        password: text("password"),
        code: None,
    };
    match open_page_session(&app, attempt, form.checked.origin()).await {
        Ok(session) => signed_in(&app, &form, session).await,
        Err(error @ (Error::SignIn | Error::TooMany(_) | Error::PasswordsOff)) => refused(&app, &form, &error).await,
        Err(error) => Err(error),
    }
}

/// A new cookie at every sign-in; the session one had before ends.
async fn signed_in(app: &App, form: &Form, session: PageSession) -> Result<HttpResponse> {
    let given_back = match Held::in_sign_in(&form.fields) {
        Some(held) => held.given_back(app, form, &session).await?,
        None => None,
    };
    if let Ok(before) = Visitor::of(app, &form.checked).await {
        end(app, before).await?;
    }
    keep_begun_with(app, &session, form.checked.agent(), form.checked.origin()).await?;
    let language = language_of(app, session.person).await?;
    let mut answer = given_back.unwrap_or_else(|| see_other(own_path(form.fields.text("tillbaka"))));
    let set = Guard::of_session(session.cookie).cookie();
    answer.add_cookie(&set).map_err(Error::fault)?;
    answer
        .add_cookie(&cookie::removed(cookie::BEFORE))
        .map_err(Error::fault)?;
    // Whoever used this browser before may have chosen another.
    answer.add_cookie(&cookie::spoken(language)).map_err(Error::fault)?;
    Ok(answer)
}

async fn refused(app: &App, form: &Form, error: &Error) -> Result<HttpResponse> {
    let mut shown = SignIn::new(app, form.checked.guard()).await?;
    shown.board = form.fields.text("board").to_owned();
    shown.email = form.fields.text("email").to_owned();
    shown.back = own_path(form.fields.text("tillbaka")).to_owned();
    shown.frame = shown.frame.at_fault();
    shown.holding(Held::in_sign_in(&form.fields));
    shown.wrong = Some(match error {
        Error::TooMany(seconds) => say_with("page-sign-in-wait", "n", &seconds.to_string()),
        Error::PasswordsOff => say("problem-passwords-off").into(),
        _ => say("page-sign-in-wrong").into(),
    });
    let mut answer = page(error.status_code(), &shown)?;
    if let Error::TooMany(seconds) = error {
        answer.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
    }
    Ok(answer)
}

/// How long one stays signed in.
#[derive(Serialize)]
struct Left {
    seconds: u64,
}

/// Stays signed in: asked by the script that warns before a session ends.
#[get("/inloggad")]
pub async fn get_signed_in(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let look = |access: crate::access::Access<'_>| access.me().and_then(|_| access.masthead());
    let seconds = app.door.read(visitor.actor, look).await?.seconds_left();
    Ok(HttpResponse::Ok().json(Left { seconds }))
}

#[post("/logga-ut")]
pub async fn post_sign_out(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    match Visitor::of(&app, &form.checked).await {
        Ok(visitor) => end(&app, visitor).await?,
        Err(Error::SignIn) => {}
        Err(error) => return Err(error),
    }
    let mut answer = see_other("/logga-in?utloggad=ja");
    answer
        .add_cookie(&cookie::removed(cookie::SESSION))
        .map_err(Error::fault)?;
    let all = header::HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    answer
        .headers_mut()
        .insert(header::HeaderName::from_static("clear-site-data"), all);
    Ok(answer)
}

/// Ends a session; one that has ended already has ended.
async fn end(app: &App, visitor: Visitor) -> Result<()> {
    if let Some(cookie) = visitor.guard.session() {
        forgotten(app, cookie);
    }
    match app.door.write(visitor.actor, |access| access.sign_out()).await {
        Err(Error::SignIn) => Ok(()),
        done => done,
    }
}
