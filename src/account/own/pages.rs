//! Pages: me. Where one is reached, in which language, whether letters come, and where one is signed in.

use super::OwnSession;
use crate::access::Access;
use crate::account::contact::{ContactChange, ContactView};
use crate::account::sign_in::{Attempt, open_page_session};
use crate::account::visitor::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Error, Fault, Result};
use crate::id::SessionId;
use crate::secret::Secret;
use crate::web::page::{Fields, Form, FormFaults, Frame, Guard, Masthead, cookie, filters, page, see_other, swedish};
use crate::web::{Language, Query, say, say_with};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError as _, get, post, web};
use askama::Template;
use serde::Deserialize;

const PATH: &str = "/jag";

/// One of one's own sessions.
struct Line {
    id: SessionId,
    what: String,
    when: String,
    is_this: bool,
}

impl Line {
    fn of(session: &OwnSession, now: Instant) -> Line {
        let began = say_with("me-session-began", "when", &swedish::time(session.started_at, now));
        let seen = say_with("me-session-seen", "when", &swedish::time(session.seen_at, now));
        Line {
            id: session.id,
            what: session
                .begun_with
                .clone()
                .unwrap_or_else(|| say("me-session-program").into()),
            when: format!("{began} {seen}"),
            is_this: session.is_this,
        }
    }
}

#[derive(Template)]
#[template(path = "account/own/me.html")]
struct Me {
    frame: Frame,
    name: String,
    faults: FormFaults,
    email: String,
    phone: String,
    language: Language,
    notices: bool,
    /// Of whoever has pages with shortcuts.
    shortcuts: Option<bool>,
    sessions: Vec<Line>,
    done: Option<&'static str>,
}

/// What has just been done, told once.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    klart: String,
}

type Looked = (Masthead, ContactView, Vec<OwnSession>);

#[get("/jag")]
pub async fn get_me(app: web::Data<App>, visitor: Visitor, done: Query<Done>) -> Result<HttpResponse> {
    let done = match done.0.klart.as_str() {
        "sparat" => Some(say("me-saved")),
        "adress" => Some(say("me-address-asked")),
        "ute" => Some(say("me-ended")),
        _ => None,
    };
    show(&app, &visitor, None, &[], done).await
}

/// Changes contact details. Where letters go decides who can choose a new password, so address and phone take the
/// password once more, and with it a new session.
#[post("/jag")]
pub async fn post_me(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        return show(&app, &visitor, Some(&form.fields), &[], None).await;
    }
    let (masthead, contact, _) = look(&app, &visitor).await?;
    let typed = |field| form.fields.text(field).trim().to_owned();
    let changed = |new: String, old: &str| (new != old).then(|| Secret::new(new));
    let change = ContactChange {
        email: changed(typed("email"), &contact.email),
        phone: changed(typed("phone"), contact.phone.as_deref().unwrap_or_default()),
        language: Some(Language::tagged(form.fields.text("language"))),
        notices: Some(form.fields.is("notices", "ja")),
        // A home's form has no such choice.
        shortcuts: has_keys(&masthead).then(|| form.fields.is("shortcuts", "ja")),
    };
    let language = change.language.unwrap_or_default();
    if change.email.is_none() && change.phone.is_none() {
        let done = app
            .door
            .write(visitor.actor, move |access| access.change_contact(&change))
            .await;
        return answered(&app, &visitor, &form.fields, done, language).await;
    }
    let attempt = Attempt {
        board: masthead.slug,
        email: Secret::new(contact.email),
        password: Secret::new(form.fields.text("password").to_owned()),
        code: None,
    };
    let session = match open_page_session(&app, attempt, form.checked.origin()).await {
        Ok(session) => session,
        Err(error @ (Error::SignIn | Error::TooMany(_))) => {
            return wrong_password(&app, &visitor, &form.fields, &error).await;
        }
        Err(error) => return Err(error),
    };
    let fresh = Visitor::with(&app, Guard::of_session(session.cookie), form.checked.origin()).await?;
    let done = app
        .door
        .write(fresh.actor, move |access| access.change_contact(&change))
        .await;
    let answered = answered(&app, &fresh, &form.fields, done, language).await;
    // One session goes on: the new one, or where there is no answer to bear its cookie, the one there was.
    let ends = if answered.is_ok() { visitor.actor } else { fresh.actor };
    app.door.write(ends, |access| access.sign_out()).await?;
    let mut answer = answered?;
    answer.add_cookie(&fresh.guard.cookie()).map_err(Error::fault)?;
    Ok(answer)
}

/// Ends one of one's own sessions, or all others.
#[post("/jag/logga-ut")]
pub async fn post_end(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let only = match form.fields.text("session") {
        "" => None,
        id => Some(id.parse().map_err(|_| Error::NotFound)?),
    };
    app.door
        .write(visitor.actor, move |access| access.end_own_sessions(only))
        .await?;
    Ok(see_other("/jag?klart=ute"))
}

async fn answered(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
    done: Result<ContactView>,
    language: Language,
) -> Result<HttpResponse> {
    match done {
        Ok(contact) => {
            let told = if contact.new_email.is_some() {
                "adress"
            } else {
                "sparat"
            };
            let mut answer = see_other(&format!("/jag?klart={told}"));
            answer.add_cookie(&cookie::spoken(language)).map_err(Error::fault)?;
            Ok(answer)
        }
        Err(Error::Invalid(faults)) => show(app, visitor, Some(fields), &faults, None).await,
        Err(error) => Err(error),
    }
}

async fn wrong_password(app: &App, visitor: &Visitor, fields: &Fields, error: &Error) -> Result<HttpResponse> {
    let code = match error {
        Error::SignIn => "password-wrong",
        _ => "password-wait",
    };
    let mut answer = show(app, visitor, Some(fields), &[fault("password", code)], None).await?;
    *answer.status_mut() = match error {
        Error::SignIn => StatusCode::UNPROCESSABLE_ENTITY,
        late => late.status_code(),
    };
    Ok(answer)
}

fn fault(field: &str, code: &'static str) -> Fault {
    Fault {
        field: field.into(),
        code,
    }
}

/// Whether someone's pages have shortcuts: those of the team's errands.
fn has_keys(masthead: &Masthead) -> bool {
    masthead.roles.iter().any(|role| role.sees_errands())
}

async fn look(app: &App, visitor: &Visitor) -> Result<Looked> {
    let look = |access: Access<'_>| Ok((access.masthead()?, access.contact()?, access.own_sessions()?));
    app.door.read(visitor.actor, look).await
}

async fn show(
    app: &App,
    visitor: &Visitor,
    typed: Option<&Fields>,
    faults: &[Fault],
    done: Option<&'static str>,
) -> Result<HttpResponse> {
    let (masthead, contact, sessions) = look(app, visitor).await?;
    let now = app.clock.now();
    let text = |field: &str, kept: String| typed.map_or(kept, |typed| typed.text(field).to_owned());
    let chosen = typed.map_or(contact.shortcuts, |typed| typed.is("shortcuts", "ja"));
    let shortcuts = has_keys(&masthead).then_some(chosen);
    let (name, title) = (masthead.name.clone(), say("me-heading"));
    let frame = Frame::of(title, masthead, &visitor.guard).at(PATH);
    let (frame, status) = frame.judged(faults.is_empty());
    let content = Me {
        frame,
        name,
        faults: FormFaults::told(faults),
        email: text("email", contact.email),
        phone: text("phone", contact.phone.unwrap_or_default()),
        language: typed.map_or(contact.language, |typed| Language::tagged(typed.text("language"))),
        notices: typed.map_or(contact.notices, |typed| typed.is("notices", "ja")),
        shortcuts,
        sessions: sessions.iter().map(|session| Line::of(session, now)).collect(),
        done,
    };
    page(status, &content)
}
