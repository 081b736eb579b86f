//! Pages for everyone: what a board is there for and how it is reached, and what the law asks a service to say of
//! itself (accessibility, personal data, cookies). Nobody's data is on them, and nobody need be signed in.

use super::verbs::{public_board, public_boards};
use super::view::{BoardView, LinkView};
use crate::app::App;
use crate::clock::{Day, Instant};
use crate::error::{Error, Result};
use crate::web::page::{Colour, Frame, filters, page, swedish};
use crate::web::{say, say_with};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

/// Boards named on a page.
const MOST: usize = 100;
/// When the service was last looked through for accessibility; told in the statement that the law asks for.
const LOOKED_THROUGH: &str = "2026-11-22";

#[derive(Template)]
#[template(path = "board/pages/board.html")]
struct Board {
    frame: Frame,
    board: BoardView,
    updated: String,
}

#[derive(Template)]
#[template(path = "board/pages/accessibility.html")]
struct Accessibility {
    frame: Frame,
    boards: Vec<BoardView>,
    looked_through: String,
}

#[derive(Template)]
#[template(path = "board/pages/personal.html")]
struct Personal {
    frame: Frame,
    boards: Vec<BoardView>,
}

#[derive(Template)]
#[template(path = "board/pages/cookies.html")]
struct Cookies {
    frame: Frame,
}

impl Board {
    /// The links, without what a browser could run.
    fn links(&self) -> impl Iterator<Item = &LinkView> {
        let links = self.board.page.links.iter();
        links.filter(|link| link.url.starts_with("https:") || link.url.starts_with("http:"))
    }
}

#[get("/kommun/{slug}")]
pub async fn get_board(app: web::Data<App>, slug: web::Path<String>) -> Result<HttpResponse> {
    let board = public_board(&app, &slug).await?.ok_or(Error::NotFound)?;
    let content = Board {
        updated: swedish::day(board.updated_on, app.clock.now()),
        frame: Frame::open(board.page.name.clone()).of_board(
            board.page.name.clone(),
            board.page.colour.as_deref().and_then(Colour::parse),
        ),
        board,
    };
    page(StatusCode::OK, &content)
}

#[get("/tillganglighet")]
pub async fn get_accessibility(app: web::Data<App>) -> Result<HttpResponse> {
    let content = Accessibility {
        frame: Frame::open(say("accessibility-heading")),
        boards: public_boards(&app, MOST, None).await?.items,
        looked_through: looked_through(app.clock.now()),
    };
    page(StatusCode::OK, &content)
}

#[get("/personuppgifter")]
pub async fn get_personal(app: web::Data<App>) -> Result<HttpResponse> {
    let content = Personal {
        frame: Frame::open(say("personal-heading")),
        boards: public_boards(&app, MOST, None).await?.items,
    };
    page(StatusCode::OK, &content)
}

#[get("/kakor")]
pub async fn get_cookies() -> Result<HttpResponse> {
    let frame = Frame::open(say("cookies-heading"));
    page(StatusCode::OK, &Cookies { frame })
}

fn looked_through(now: Instant) -> String {
    let day = Day::parse(LOOKED_THROUGH).map(|day| swedish::day(day, now));
    say_with("accessibility-looked-through", "day", &day.unwrap_or_default())
}
