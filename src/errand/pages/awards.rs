//! What has been granted a home and can be used: what is left of it, and until when.

use super::words;
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::errand::decision::OwnAward;
use crate::error::Result;
use crate::id::ErrandId;
use crate::money::Ore;
use crate::web::page::{Frame, filters, page, swedish};
use crate::web::say;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

/// One award.
struct Card {
    request: ErrandId,
    title: &'static str,
    number: String,
    until: String,
    amount: Ore,
    used: Ore,
    left: Ore,
    /// What a claim for it belongs to.
    place: String,
}

impl Card {
    fn of(award: &OwnAward, now: Instant) -> Card {
        Card {
            request: award.request,
            title: words::wish(&award.wish),
            number: award.number.to_string(),
            until: swedish::day(award.valid_until, now),
            amount: award.amount,
            used: award.used,
            left: award.left(),
            place: format!("onskemal:{}:{}", award.request, award.assignment),
        }
    }
}

#[derive(Template)]
#[template(path = "errand/pages/awards.html")]
struct Awards {
    frame: Frame,
    standing: Vec<Card>,
    past: Vec<Card>,
}

#[get("/godkant")]
pub async fn get_awards(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let look = |access: Access<'_>| Ok((access.own_awards()?, access.masthead()?));
    let (awards, masthead) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let (standing, past): (Vec<OwnAward>, Vec<OwnAward>) =
        awards.into_iter().partition(|award| award.valid_until >= now.day());
    let cards = |awards: Vec<OwnAward>| awards.iter().map(|award| Card::of(award, now)).collect();
    let content = Awards {
        frame: Frame::of(say("awards-title"), masthead, &visitor.guard).at("/godkant"),
        standing: cards(standing),
        past: cards(past),
    };
    page(StatusCode::OK, &content)
}
