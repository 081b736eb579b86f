//! What someone wrote in homes they have left.

use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::board::{BoardView, public_board};
use crate::clock::Instant;
use crate::errand::{Channel, FormerMessageView};
use crate::error::Result;
use crate::id::of;
use crate::web::page::{Frame, filters, page, swedish};
use crate::web::{Paging, Query, say};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

const PATH: &str = "/mina-gamla-meddelanden";

/// One message.
struct Written {
    id: String,
    /// What its author called it, or the errand's number.
    heading: String,
    /// The errand's number, where the heading is not it.
    number: Option<String>,
    on_paper: bool,
    at: Instant,
    when: String,
    body: String,
    until: String,
}

impl Written {
    fn of(view: FormerMessageView, now: Instant) -> Written {
        let number = view.errand_number.to_string();
        Written {
            id: view.id.to_string(),
            number: view.subject.is_some().then(|| number.clone()),
            heading: view.subject.unwrap_or(number),
            on_paper: view.channel == Channel::Paper,
            at: view.sent_at,
            when: swedish::time(view.sent_at, now),
            body: view.body,
            until: swedish::day(view.shown_until, now),
        }
    }
}

#[derive(Template)]
#[template(path = "errand/pages/former.html")]
struct Former {
    frame: Frame,
    written: Vec<Written>,
    next: Option<String>,
    /// The board whose number is there for whoever has no other first page than this.
    board: Option<BoardView>,
}

#[get("/mina-gamla-meddelanden")]
pub async fn get_former(app: web::Data<App>, visitor: Visitor, query: Query<Paging>) -> Result<HttpResponse> {
    let listing = query.0.listing::<of::Message>()?;
    let look = move |access: Access<'_>| Ok((access.former_messages(listing)?, access.masthead()?));
    let (found, masthead) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let board = match masthead.without_home {
        true => public_board(&app, &masthead.slug).await?,
        false => None,
    };
    let content = Former {
        frame: Frame::of(say("former-heading"), masthead, &visitor.guard).at(PATH),
        next: found.next_cursor.map(|cursor| format!("{PATH}?cursor={cursor}")),
        written: found.items.into_iter().map(|view| Written::of(view, now)).collect(),
        board,
    };
    page(StatusCode::OK, &content)
}
