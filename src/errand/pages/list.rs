//! Lists of errands: a home's own, the team's inbox.

use super::pane::{Pane, Wanted, counted};
use super::query::ListQuery;
use super::start::Line;
use crate::account::Visitor;
use crate::app::App;
use crate::error::Result;
use crate::web::page::{Frame, Script, filters, page, scripted};
use crate::web::{Query, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

#[derive(Template)]
#[template(path = "errand/pages/inbox.html")]
struct Inbox {
    frame: Frame,
    pane: Pane,
}

#[derive(Template)]
#[template(path = "errand/pages/errands.html")]
struct Errands {
    frame: Frame,
    lines: Vec<Line>,
    next: Option<String>,
}

#[get("/arenden")]
pub async fn get_list(app: web::Data<App>, visitor: Visitor, query: Query<ListQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let wanted = Wanted::by(&query)?;
    let look = move |access: crate::access::Access<'_>| Ok((access.masthead()?, wanted.look(access)?));
    let (masthead, shown) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let team = masthead.roles.iter().any(|role| role.sees_errands());
    let title = if team { query.heading() } else { say("errands-heading") };
    let frame = Frame::of(title, masthead, &visitor.guard).at(query.here());
    if !team {
        let content = Errands {
            frame: frame.at("/arenden"),
            lines: shown.list.items.iter().map(|row| Line::of(row, now)).collect(),
            next: shown.list.next_cursor.map(|cursor| query.after(cursor).address()),
        };
        return page(StatusCode::OK, &content);
    }
    let counts = counted(&shown.queues);
    let pane = Pane::of(&query, shown, now);
    let frame = frame
        .laid_out("pane")
        .in_panes(false)
        .with(&[Script::Keys])
        .counted(counts);
    let (frame, status) = frame.judged(pane.faults.is_empty());
    scripted(status, &Inbox { frame, pane })
}
