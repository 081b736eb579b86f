//! The homes within one's circle.

use super::words;
use crate::access::{Access, Right};
use crate::account::Visitor;
use crate::app::App;
use crate::error::Result;
use crate::home::{HomeDetail, Protection};
use crate::web::page::{Frame, filters, page};
use crate::web::{Listing, Query, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct HomesQuery {
    cursor: Option<String>,
    klart: String,
}

/// Homes on one page.
const MOST: u32 = 50;

#[derive(Template)]
#[template(path = "home/pages/homes.html")]
struct Homes {
    frame: Frame,
    homes: Vec<HomeDetail>,
    next: Option<String>,
    is_later: bool,
    can_add: bool,
    done: Option<&'static str>,
}

impl Homes {
    fn kind(&self, home: &&HomeDetail) -> &'static str {
        words::kind(home.kind)
    }
    fn protection(&self, home: &&HomeDetail) -> Option<&'static str> {
        (home.protected != Protection::None).then(|| home.protected.said())
    }
}

#[get("/hem")]
pub async fn get_homes(app: web::Data<App>, visitor: Visitor, query: Query<HomesQuery>) -> Result<HttpResponse> {
    let listing = Listing::parse(Some(MOST), query.0.cursor.as_deref())?;
    let look = move |access: Access<'_>| Ok((access.masthead()?, access.list_homes(listing)?));
    let (masthead, list) = app.door.read(visitor.actor, look).await?;
    let can_add = masthead.may(Right::ManageHome);
    let content = Homes {
        frame: Frame::of(say("homes-heading"), masthead, &visitor.guard).at("/hem"),
        homes: list.items,
        next: list.next_cursor.map(|cursor| format!("/hem?cursor={cursor}")),
        is_later: query.0.cursor.is_some(),
        can_add,
        done: (query.0.klart == "jav").then(|| say("home-done-conflict")),
    };
    page(StatusCode::OK, &content)
}
