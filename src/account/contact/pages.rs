//! A page: confirming a new address with the code of the letter. Opening it uses nothing up; the form does, sent by
//! whoever is signed in.

use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::web::page::{Form, Frame, filters, page, see_other};
use crate::web::say;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError as _, get, post, web};
use askama::Template;

/// The code of the letter to a new address.
#[derive(Template)]
#[template(path = "account/contact/confirm.html")]
struct Confirm {
    frame: Frame,
    wrong: Option<&'static str>,
    is_done: bool,
}

/// Whether an address was just confirmed.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct ConfirmQuery {
    klart: String,
}

async fn confirm(app: &App, visitor: &Visitor) -> Result<Confirm> {
    let look = |access: Access<'_>| access.me().and_then(|_| access.masthead());
    let masthead = app.door.read(visitor.actor, look).await?;
    Ok(Confirm {
        frame: Frame::of(say("address-title"), masthead, &visitor.guard).form(),
        wrong: None,
        is_done: false,
    })
}

#[get("/ny-adress")]
pub async fn get_new_address(
    app: web::Data<App>,
    visitor: Visitor,
    query: web::Query<ConfirmQuery>,
) -> Result<HttpResponse> {
    let mut shown = confirm(&app, &visitor).await?;
    shown.is_done = !query.klart.is_empty();
    page(StatusCode::OK, &shown)
}

#[post("/ny-adress")]
pub async fn post_new_address(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let code = Secret::new(form.fields.text("token").split_whitespace().collect());
    let take = move |access: Access<'_>| access.confirm_address(&code);
    match app.door.write(visitor.actor, take).await {
        Ok(_) => Ok(see_other("/ny-adress?klart=ja")),
        Err(error @ Error::Invalid(_)) => {
            let mut shown = confirm(&app, &visitor).await?;
            shown.wrong = Some(say("fault-code-wrong"));
            shown.frame = shown.frame.at_fault();
            page(error.status_code(), &shown)
        }
        Err(error) => Err(error),
    }
}
