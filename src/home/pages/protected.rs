//! Homes where someone is protected: by their aliases, who of the staff is named for each, and naming someone. Nothing
//! here says what a home is called or who lives there.

use super::typed::Reader;
use super::words;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::home::{NamingBody, NamingChange, NamingState, NamingView, ProtectedHomeView};
use crate::id::{HomeId, of};
use crate::web::page::{Fields, Form, FormFaults, Frame, filters, page, see_other, swedish};
use crate::web::{Listing, ObjectPath, PartPath, Query, say, say_with};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

/// Homes on one page.
const MOST: u32 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProtectedQuery {
    cursor: Option<String>,
    klart: String,
}

#[derive(Template)]
#[template(path = "home/pages/protected_list.html")]
struct Homes {
    frame: Frame,
    homes: Vec<ProtectedHomeView>,
    next: Option<String>,
    done: Option<&'static str>,
}

impl Homes {
    /// How many are named, and how many wait.
    fn counts(&self, home: &&ProtectedHomeView) -> String {
        let of = |state| home.named.iter().filter(|one| one.state == state).count().to_string();
        let waiting = of(NamingState::Proposed);
        let named = say_with("protected-count", "n", &of(NamingState::Held));
        match waiting.as_str() {
            "0" => named,
            n => format!("{named} {}", say_with("protected-count-waiting", "n", n)),
        }
    }
}

#[derive(Template)]
#[template(path = "home/pages/protected_one.html")]
struct One {
    frame: Frame,
    home: ProtectedHomeView,
    people: Vec<(String, String)>,
    once: String,
    done: Option<&'static str>,
    faults: FormFaults,
    fields: Fields,
    now: Instant,
}

impl One {
    fn kind(&self) -> &'static str {
        words::kind(self.home.kind)
    }
    /// Those named now or waiting, or those who are named no longer.
    fn named(&self, ended: bool) -> Vec<&NamingView> {
        let all = self.home.named.iter();
        all.filter(|one| (one.state == NamingState::Ended) == ended).collect()
    }
    fn state(&self, one: &&NamingView) -> (&'static str, &'static str, &'static str) {
        match one.state {
            NamingState::Proposed => (say("protected-state-proposed"), "tag tag--wait", "clock"),
            NamingState::Held => (say("protected-state-held"), "tag tag--ok", "check"),
            NamingState::Ended => (say("protected-state-ended"), "tag", "check"),
        }
    }
    /// What was said and done, a line each.
    fn told(&self, one: &&NamingView) -> Vec<String> {
        let mut told: Vec<String> = one.reason.iter().cloned().collect();
        let day = |at| swedish::time(at, self.now);
        told.push(match &one.proposed_by {
            Some(by) => format!(
                "{} {}",
                say_with("protected-by", "name", &by.name),
                day(one.proposed_at)
            ),
            None => say_with("protected-from-start", "day", &day(one.proposed_at)),
        });
        let second = one.confirmed_by.as_ref().zip(one.confirmed_at);
        told.extend(second.map(|(by, at)| format!("{} {}", say_with("protected-second", "name", &by.name), day(at))));
        told.extend(
            one.to
                .map(|to| say_with("protected-to", "day", &swedish::day(to, self.now))),
        );
        let ended = one.ended_by.as_ref();
        told.extend(ended.map(|by| say_with("protected-ended-by", "name", &by.name)));
        told
    }
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "markt" => Some(say("protected-done-marked")),
        "foreslaget" => Some(say("protected-done-proposed")),
        "utsedd" => Some(say("protected-done-named")),
        "slut" => Some(say("protected-done-ended")),
        _ => None,
    }
}

#[get("/skyddade")]
pub async fn get_protected_homes(
    app: web::Data<App>,
    visitor: Visitor,
    query: Query<ProtectedQuery>,
) -> Result<HttpResponse> {
    let listing = Listing::parse(Some(MOST), query.0.cursor.as_deref())?;
    let look = move |access: Access<'_>| Ok((access.protected_homes(listing)?, access.masthead()?));
    let (list, masthead) = app.door.read(visitor.actor, look).await?;
    let frame = Frame::of(say("protected-heading"), masthead, &visitor.guard).at("/skyddade");
    let content = Homes {
        frame,
        homes: list.items,
        next: list.next_cursor.map(|cursor| format!("/skyddade?cursor={cursor}")),
        done: told(&query.0.klart),
    };
    page(actix_web::http::StatusCode::OK, &content)
}

#[get("/skyddade/{id}")]
pub async fn get_protected_home(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Home>,
    query: Query<ProtectedQuery>,
) -> Result<HttpResponse> {
    show(
        &app,
        &visitor,
        (id.0, told(&query.0.klart)),
        Fields::default(),
        FormFaults::default(),
    )
    .await
}

async fn show(
    app: &App,
    visitor: &Visitor,
    (id, done): (HomeId, Option<&'static str>),
    fields: Fields,
    faults: FormFaults,
) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| {
        let home = access.protected_home(id)?;
        let people = if home.is_kept {
            access.staff_to_name(id)?
        } else {
            Vec::new()
        };
        Ok((home, people, access.masthead()?))
    };
    let (home, people, masthead) = app.door.read(visitor.actor, look).await?;
    let frame = Frame::of(home.alias.clone(), masthead, &visitor.guard).at("/skyddade");
    let (frame, status) = frame.judged(faults.is_empty());
    let content = One {
        frame,
        home,
        people: people.into_iter().map(|one| (one.id.to_string(), one.name)).collect(),
        once: fields.once_again(),
        done,
        faults,
        fields,
        now: app.clock.now(),
    };
    page(status, &content)
}

#[post("/skyddade/{id}")]
pub async fn post_naming(app: web::Data<App>, id: ObjectPath<of::Home>, form: Form) -> Result<HttpResponse> {
    let (visitor, id) = (Visitor::of(&app, &form.checked).await?, id.0);
    let fields = form.fields;
    if fields.is_to_be_shown() {
        return show(&app, &visitor, (id, None), fields, FormFaults::default()).await;
    }
    let once = fields.once(&format!("POST /skyddade/{id}"), &[])?;
    let mut read = Reader::of(&fields, app.clock.now().day());
    let (person, reason, to) = (read.id("person_id"), read.text("reason"), read.day_if_any("to"));
    let faults = match (person, read.faults) {
        (Some(person_id), faults) if faults.is_empty() => {
            let new = NamingBody { person_id, reason, to };
            let name = move |access: Access<'_>| access.name_for_protected(id, &new, Some(&once)).map(drop);
            match app.door.write(visitor.actor, name).await {
                Ok(()) => return Ok(see_other(&format!("/skyddade/{id}?klart=foreslaget"))),
                Err(Error::Invalid(faults)) => faults,
                Err(Error::Conflict("exists")) => vec![crate::error::Fault {
                    field: "person_id".into(),
                    code: "exists",
                }],
                Err(error) => return Err(error),
            }
        }
        (_, faults) => faults,
    };
    show(&app, &visitor, (id, None), fields, FormFaults::told(&faults)).await
}

#[post("/skyddade/{id}/utsedda/{part_id}")]
pub async fn post_naming_change(
    app: web::Data<App>,
    id: PartPath<of::Home, of::Naming>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let ends = form.fields.text("do") == "end";
    let change = NamingChange {
        confirmed: (!ends).then_some(true),
        ended: ends.then_some(true),
    };
    let change = move |access: Access<'_>| access.change_naming(id.of, id.part, &change).map(drop);
    match app.door.write(visitor.actor, change).await {
        // Someone else has been here first: the page tells how it stands.
        Ok(()) | Err(Error::Conflict(_)) => {}
        Err(error) => return Err(error),
    }
    let done = if ends { "slut" } else { "utsedd" };
    Ok(see_other(&format!("/skyddade/{}?klart={done}", id.of)))
}
