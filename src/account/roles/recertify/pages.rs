//! Pages: the list of who has which right in a unit, gone through each period.

use super::{NewSaid, RecertificationView, RightKind, RightToConfirm};
use crate::access::{Access, Right};
use crate::account::Visitor;
use crate::account::roles::pages::words;
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Error, Fault, Result};
use crate::id::{UnitId, of};
use crate::web::page::{Fields, Form, FormFaults, Frame, filters, page, see_other, swedish};
use crate::web::{ObjectPath, Query, say, say_with};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

/// What has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RecertifyQuery {
    klart: String,
}

/// A unit with its rights.
struct Unit {
    id: UnitId,
    name: String,
    told: String,
    is_overdue: bool,
    rows: Vec<Row>,
}

/// A right in a unit.
struct Row {
    grant: String,
    person: String,
    href: Option<String>,
    what: String,
    days: String,
    said: Option<String>,
    ends: bool,
    can_say: bool,
}

impl Unit {
    fn of(view: RecertificationView, sees_people: bool, now: Instant) -> Unit {
        let today = now.day();
        let can_wait = |due| view.rights.iter().any(|one| one.said.is_none() && one.from > due);
        let told = match view.due_on {
            Some(due) if due < today && !view.is_overdue && can_wait(due) => {
                say_with("recertify-later", "day", &swedish::day(due, now))
            }
            Some(due) if is_to_answer(&view) => say_with("recertify-due", "day", &swedish::day(due, now)),
            Some(due) => say_with("recertify-due-looks", "day", &swedish::day(due, now)),
            None => say("recertify-off").to_owned(),
        };
        Unit {
            id: view.unit.id,
            name: view.unit.name,
            told,
            is_overdue: view.is_overdue,
            rows: view
                .rights
                .into_iter()
                .map(|one| Row::of(one, sees_people, now))
                .collect(),
        }
    }
}

/// Whether there is a right of which the one who looks can say something.
fn is_to_answer(view: &RecertificationView) -> bool {
    view.rights.iter().any(|one| one.can_say)
}

impl Row {
    fn of(one: RightToConfirm, sees_people: bool, now: Instant) -> Row {
        let from = swedish::day(one.from, now);
        let days = match one.to {
            Some(to) => format!("{from} – {}", swedish::day(to, now)),
            None => say_with("recertify-since", "day", &from),
        };
        let said = one.said.as_ref().map(|said| {
            let word = if said.keep {
                say("recertify-kept")
            } else {
                say("recertify-to-end")
            };
            let when = swedish::time(said.at, now);
            let reason = said.reason.as_deref().unwrap_or_default();
            format!("{word}. {}, {when}. {reason}", said.by.name)
        });
        Row {
            grant: one.grant_id.to_string(),
            what: what(&one),
            href: match (one.kind, &one.home) {
                (RightKind::Protected, Some(home)) => Some(format!("/skyddade/{}", home.id)),
                _ => sees_people.then(|| format!("/personer/{}", one.person.id)),
            },
            person: one.person.name,
            days,
            ends: one.said.is_some_and(|said| !said.keep),
            said,
            can_say: one.can_say,
        }
    }

    /// The name of the field of its reason.
    fn reason(&self) -> String {
        format!("reason.{}", self.grant)
    }
}

/// What someone has in a unit, in words.
fn what(one: &RightToConfirm) -> String {
    let of_whom = one.stands_in_for.as_ref().map(|whom| whom.name.as_str());
    let home = one.home.as_ref().map(|home| home.alias.as_str());
    match one.kind {
        RightKind::Role => one.role.map(words::role).unwrap_or_default().to_owned(),
        RightKind::Deputy => say_with("recertify-deputy", "name", of_whom.unwrap_or_default()),
        RightKind::Protected => say_with("recertify-protected", "home", home.unwrap_or_default()),
    }
}

#[derive(Template)]
#[template(path = "account/roles/recertify/list.html")]
struct List {
    frame: Frame,
    /// Whether they have something to go through, or look on.
    answers: bool,
    units: Vec<Unit>,
    faults: FormFaults,
    fields: Fields,
    done: Option<&'static str>,
}

#[get("/behorigheter")]
pub async fn get_list(app: web::Data<App>, visitor: Visitor, query: Query<RecertifyQuery>) -> Result<HttpResponse> {
    let done = match &*query.0.klart {
        "sagt" => Some(say("recertify-done")),
        "fore" => Some(say("recertify-before")),
        _ => None,
    };
    show(&app, &visitor, Fields::default(), (&[], done)).await
}

#[post("/behorigheter/{id}")]
pub async fn post_said(app: web::Data<App>, id: ObjectPath<of::Unit>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        return show(&app, &visitor, form.fields, (&[], None)).await;
    }
    let grant = form.fields.text("grant_id").to_owned();
    let new = NewSaid {
        grant_id: grant.parse().map_err(|_| Error::Malformed("grant_id".into()))?,
        keep: form.fields.text("keep") == "ja",
        reason: form.fields.secret(&format!("reason.{grant}")),
    };
    let say_it = move |access: Access<'_>| access.say_of_right(id.0, &new, None).map(drop);
    match app.door.write(visitor.actor, say_it).await {
        Ok(()) => Ok(see_other("/behorigheter?klart=sagt")),
        // Said before, by another manager or by themselves: the list tells what.
        Err(Error::Conflict("exists")) => Ok(see_other("/behorigheter?klart=fore")),
        Err(Error::Invalid(faults)) => {
            let faults: Vec<Fault> = faults
                .iter()
                .map(|fault| Fault {
                    field: format!("reason.{grant}"),
                    code: fault.code,
                })
                .collect();
            show(&app, &visitor, form.fields, (&faults, None)).await
        }
        Err(error) => Err(error),
    }
}

async fn show(
    app: &App,
    visitor: &Visitor,
    fields: Fields,
    (faults, done): (&[Fault], Option<&'static str>),
) -> Result<HttpResponse> {
    let look = |access: Access<'_>| {
        let views = access.recertifications()?;
        Ok((access.masthead()?, views))
    };
    let (masthead, views) = app.door.read(visitor.actor, look).await?;
    let (now, sees_people) = (app.clock.now(), masthead.may(Right::SeePeople));
    let answers = views.iter().any(is_to_answer);
    let frame = Frame::of(say("recertify-title"), masthead, &visitor.guard).at("/behorigheter");
    let (frame, status) = frame.judged(faults.is_empty());
    let content = List {
        frame,
        answers,
        units: views.into_iter().map(|view| Unit::of(view, sees_people, now)).collect(),
        faults: FormFaults::told(faults),
        fields,
        done,
    };
    page(status, &content)
}
