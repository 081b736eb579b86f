//! The list of the board's people.

use super::words;
use crate::access::{Access, Right};
use crate::account::Visitor;
use crate::account::roles::view::{PersonRow, WaitingRole};
use crate::app::App;
use crate::error::Result;
use crate::id::of;
use crate::web::page::{Frame, encoded, filters, page};
use crate::web::{Listing, Query, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

/// Roles that wait, at the top; more of them are few.
const WAITING: u32 = 100;
/// People on a page.
const SHOWN: u32 = 100;

/// Where in the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PeopleQuery {
    cursor: Option<String>,
    /// What has just been done.
    klart: String,
}

/// A person in the list.
struct Row {
    href: String,
    name: String,
    roles: String,
    account: Option<(&'static str, &'static str, &'static str)>,
}

impl Row {
    fn of(person: PersonRow) -> Row {
        let roles: Vec<&str> = person.roles.iter().map(|role| words::role(*role)).collect();
        Row {
            href: format!("/personer/{}", person.id),
            name: person.name,
            roles: roles.join(", "),
            account: words::account(person.account),
        }
    }
}

/// A role that waits for a second person.
struct Waiting {
    href: String,
    person: String,
    role: String,
    by: String,
    can_confirm: bool,
}

impl Waiting {
    fn of(one: WaitingRole) -> Waiting {
        let unit = one.role.unit.map(|unit| unit.name);
        let role = [Some(words::role(one.role.role).to_owned()), unit];
        Waiting {
            href: format!("/personer/{}", one.person.id),
            person: one.person.name,
            role: role.into_iter().flatten().collect::<Vec<_>>().join(", "),
            by: one.role.granted_by.map(|by| by.name).unwrap_or_default(),
            can_confirm: one.can_confirm,
        }
    }
}

#[derive(Template)]
#[template(path = "account/roles/pages/people.html")]
struct People {
    frame: Frame,
    waiting: Vec<Waiting>,
    rows: Vec<Row>,
    next: Option<String>,
    further: bool,
    /// Whether the one who looks invites.
    invites: bool,
    is_invited: bool,
}

#[get("/personer")]
pub async fn get_people(app: web::Data<App>, visitor: Visitor, query: Query<PeopleQuery>) -> Result<HttpResponse> {
    let listing = Listing::<of::Person>::parse(Some(SHOWN), query.0.cursor.as_deref())?;
    let waiting = Listing::<of::RoleGrant>::parse(Some(WAITING), None)?;
    let look = move |access: Access<'_>| {
        let people = access.people(listing)?;
        let masthead = access.masthead()?;
        let waits = match masthead.may(Right::ConfirmRoles) {
            true => access.waiting_roles(waiting)?.items,
            false => Vec::new(),
        };
        Ok((people, waits, masthead))
    };
    let (people, waits, masthead) = app.door.read(visitor.actor, look).await?;
    let next = people.next_cursor;
    let invites = masthead.may(Right::GrantRoles);
    page(
        StatusCode::OK,
        &People {
            frame: Frame::of(say("people-title"), masthead, &visitor.guard).at("/personer"),
            waiting: waits.into_iter().map(Waiting::of).collect(),
            rows: people.items.into_iter().map(Row::of).collect(),
            next: next.map(|cursor| format!("/personer?cursor={}", encoded(&cursor))),
            further: query.0.cursor.is_some(),
            invites,
            is_invited: query.0.klart == "inbjuden",
        },
    )
}
