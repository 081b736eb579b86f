//! A page between a form and an act whose consequences are not plain from the form: what will follow, told before it is
//! done. What the form brought goes along in hidden fields.

use super::faults::FormFaults;
use super::filters;
use super::form::Fields;
use super::frame::Frame;
use super::reply::page;
use crate::error::Result;
use actix_web::HttpResponse;
use askama::Template;

/// The field that says that the page has been read.
const READ: &str = "follows";
const YES: &str = "ja";

/// What follows of an act.
#[derive(Template)]
#[template(path = "web/page/follows.html")]
pub struct Follows {
    pub frame: Frame,
    pub heading: &'static str,
    /// What will happen, a sentence or two each.
    pub points: Vec<String>,
    pub faults: FormFaults,
    pub fields: Fields,
    /// Who can be named in the same act, by id; the field is `named_ids`.
    pub people: Vec<(String, String)>,
    /// Where the form is sent, and gone back to.
    pub action: String,
    pub send: &'static str,
}

impl Follows {
    /// Whether a form comes from such a page.
    pub fn were_told(fields: &Fields) -> bool {
        fields.is(READ, YES)
    }

    fn hidden(&self) -> Vec<(String, String)> {
        let own = |(name, _): &(String, String)| name != READ && name != "named_ids";
        self.fields.carried().into_iter().filter(own).collect()
    }

    /// # Errors
    /// Where the page cannot be made.
    pub fn answer(self) -> Result<HttpResponse> {
        let (frame, status) = self.frame.clone().judged(self.faults.is_empty());
        page(status, &Follows { frame, ..self })
    }
}
