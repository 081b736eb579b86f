//! The page for searching. What is sought goes in a form's body: never into an address, which browsers and proxies
//! keep.

use super::{Found, FoundKind, MOST};
use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::web::page::{Fields, Form, FormFaults, Frame, Masthead, filters, page};
use crate::web::say;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

#[derive(Template)]
#[template(path = "search/search.html")]
struct Search {
    frame: Frame,
    fields: Fields,
    faults: FormFaults,
    /// `None` before anything was sought.
    found: Option<Vec<Found>>,
}

impl Search {
    fn kind(&self, found: &&Found) -> &'static str {
        match found.kind {
            FoundKind::Home => say("search-home"),
            FoundKind::Member => say("search-member"),
            FoundKind::ServiceUser => say("search-user"),
            FoundKind::Errand => say("search-errand"),
        }
    }
    fn is_cut(&self, found: &[Found]) -> bool {
        found.len() >= MOST
    }
    fn address(&self, found: &&Found) -> String {
        match found.home_id {
            Some(home) => format!("/hem/{home}"),
            None => format!("/arenden/{}", found.id),
        }
    }
}

#[get("/sok")]
pub async fn get_search(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| {
        access.may_search()?;
        // The frame says who one is oneself.
        access.me()?;
        access.masthead()
    };
    let masthead = app.door.read(visitor.actor, look).await?;
    show(&visitor, masthead, Fields::default(), Ok(None))
}

#[post("/sok")]
pub async fn post_search(app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let typed = Secret::new(form.fields.text("q").to_owned());
    let look = move |access: Access<'_>| {
        access.me()?;
        let masthead = access.masthead()?;
        match access.search(&typed) {
            Ok(found) => Ok((masthead, Ok(Some(found.items)))),
            Err(Error::Invalid(faults)) => Ok((masthead, Err(FormFaults::told(&faults)))),
            Err(error) => Err(error),
        }
    };
    let (masthead, found) = app.door.read(visitor.actor, look).await?;
    show(&visitor, masthead, form.fields, found)
}

fn show(
    visitor: &Visitor,
    masthead: Masthead,
    fields: Fields,
    found: std::result::Result<Option<Vec<Found>>, FormFaults>,
) -> Result<HttpResponse> {
    let frame = Frame::of(say("search-heading"), masthead, &visitor.guard).at("/sok");
    let (frame, status) = frame.judged(found.is_ok());
    let (found, faults) = match found {
        Ok(found) => (found, FormFaults::default()),
        Err(faults) => (None, faults),
    };
    let content = Search {
        frame,
        fields,
        faults,
        found,
    };
    page(status, &content)
}
