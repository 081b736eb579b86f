//! The list of the board's people.

use super::words;
use crate::access::Access;
use crate::account::Visitor;
use crate::account::roles::view::PersonRow;
use crate::app::App;
use crate::error::Result;
use crate::id::of;
use crate::web::page::{Frame, encoded, filters, page};
use crate::web::{Listing, Query, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

/// People on a page.
const SHOWN: u32 = 100;

/// Where in the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PeopleQuery {
    cursor: Option<String>,
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

#[derive(Template)]
#[template(path = "account/roles/pages/people.html")]
struct People {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    further: bool,
}

#[get("/personer")]
pub async fn get_people(app: web::Data<App>, visitor: Visitor, query: Query<PeopleQuery>) -> Result<HttpResponse> {
    let listing = Listing::<of::Person>::parse(Some(SHOWN), query.0.cursor.as_deref())?;
    let look = move |access: Access<'_>| Ok((access.people(listing)?, access.masthead()?));
    let (people, masthead) = app.door.read(visitor.actor, look).await?;
    let next = people.next_cursor;
    page(
        StatusCode::OK,
        &People {
            frame: Frame::of(say("people-title"), masthead, &visitor.guard).at("/personer"),
            rows: people.items.into_iter().map(Row::of).collect(),
            next: next.map(|cursor| format!("/personer?cursor={}", encoded(&cursor))),
            further: query.0.cursor.is_some(),
        },
    )
}
