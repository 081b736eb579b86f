//! Between a form and its sending: everything that was filled in, each line with a way back to its field. What the form
//! brought goes with the page in hidden fields, so that nothing is kept of what is not sent.

use super::drafts::sent;
use super::paper::Head;
use super::write::kept;
use crate::access::{Access, Once};
use crate::account::Visitor;
use crate::app::App;
use crate::errand::decision::OwnAward;
use crate::errand::limits::Limits;
use crate::errand::{ErrandKind, NewErrand};
use crate::error::{Error, Fault, Result};
use crate::file::Handed;
use crate::home::{AssignmentView, HomeView};
use crate::id::{AssignmentId, ErrandId, FileId, HomeId};
use crate::web::page::{Fields, Frame, Masthead, filters, input_id, page, see_other};
use crate::web::{say, say_with};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

/// A line of what was filled in.
pub struct Row {
    pub word: String,
    pub value: String,
    /// The field it comes from; empty where it is worked out.
    pub field: String,
}

/// Lines that belong together.
#[derive(Default)]
pub struct Part {
    pub heading: String,
    pub picture: Option<FileId>,
    pub rows: Vec<Row>,
}

/// Everything to be looked through.
#[derive(Template)]
#[template(path = "errand/pages/check.html")]
pub struct Check {
    pub frame: Frame,
    pub heading: &'static str,
    /// Where the form is sent, and gone back to.
    pub action: String,
    pub parts: Vec<Part>,
    /// To be thought of before it is sent.
    pub notes: Vec<String>,
    pub hidden: Vec<(String, String)>,
    pub send: String,
    pub change: &'static str,
    /// As the form's handler takes it: with files, or without.
    pub multipart: bool,
}

impl Check {
    /// Where a line's field is.
    fn place(&self, row: &Row) -> String {
        format!("{}#{}", self.action, input_id(&row.field))
    }

    pub fn answer(self) -> Result<HttpResponse> {
        page(StatusCode::OK, &self)
    }
}

impl Row {
    pub fn of(word: impl Into<String>, value: impl Into<String>, field: impl Into<String>) -> Row {
        Row {
            word: word.into(),
            value: value.into(),
            field: field.into(),
        }
    }
}

/// What the form brought but for its token and button; files that have come in are named by their ids.
pub fn hidden(handed: &Handed) -> Vec<(String, String)> {
    let mut hidden = handed.fields.carried();
    for (_, file) in handed.kept() {
        hidden.push(("file_ids".into(), file.id.to_string()));
        hidden.push((format!("name.{}", file.id), file.name.clone()));
    }
    hidden
}

/// All that a form says, its files by their ids.
pub fn whole(handed: &Handed) -> Fields {
    let mut fields = Fields::default();
    for (name, value) in hidden(handed) {
        fields.push(name, value);
    }
    fields
}

/// The names of the files that go along.
pub fn file_row(handed: &Handed) -> Option<Row> {
    let names: Vec<String> = kept(handed).into_iter().map(|file| file.name).collect();
    (!names.is_empty()).then(|| Row::of(say("check-files"), names.join("\n"), "files"))
}

/// What a form and the page after it need to know.
pub struct Looked {
    pub masthead: Masthead,
    pub assignments: Vec<AssignmentView>,
    /// What a message can be about as a whole.
    pub homes: Vec<HomeView>,
    /// One's own homes have had assignments.
    pub had: bool,
    /// The team has shut some assignment of one's own home for now.
    pub shut: bool,
    /// To staff: what is shut to its home, which sees nothing of what is sent for it.
    pub restricted: Vec<AssignmentId>,
    pub limits: Limits,
    /// What receipts can be handed in for; of a claim alone.
    pub awards: Vec<OwnAward>,
    /// Of what came on paper alone: who can have signed it.
    pub members: Vec<(String, String)>,
    /// What is wrong with what was typed, as far as can be said before it is sent.
    pub faults: Vec<Fault>,
}

impl Looked {
    /// What is said of those assignments to choose from that are shut to their homes; `chosen`: of this one alone.
    pub fn kept_from_home(&self, chosen: Option<AssignmentId>) -> Option<String> {
        let said = |one: &&AssignmentView| chosen.is_none_or(|id| one.id == id) && self.restricted.contains(&one.id);
        let restricted = self.assignments.iter().filter(said);
        let labels: Vec<&str> = restricted.map(|one| one.label.as_str()).collect();
        (!labels.is_empty()).then(|| say_with("restricted-form", "labels", &labels.join(", ")))
    }
}

/// Which assignment an errand is about; none where it is about a whole home.
pub fn about(new: &NewErrand) -> Option<AssignmentId> {
    match new {
        NewErrand::Message(message) => message.assignment_id,
        NewErrand::PurchaseRequest(wish) => Some(wish.assignment_id),
        NewErrand::TravelRequest(wish) => Some(wish.assignment_id),
        NewErrand::ReceiptClaim(claim) => Some(claim.assignment_id),
    }
}

/// Looks what can be chosen from, and holds what was typed to its limits.
///
/// # Errors
/// [`Error::Forbidden`] for one who starts no such errand.
pub async fn look(
    app: &App,
    visitor: &Visitor,
    (kind, home): (ErrandKind, Option<HomeId>),
    new: Option<(NewErrand, Option<Head>)>,
) -> Result<Looked> {
    let look = move |access: Access<'_>| {
        let looked = look_up(access, kind, home)?;
        let held = new.map_or(Ok(()), |(new, paper)| {
            let paper = paper.map(|head| head.facts);
            paper.as_ref().map_or(Ok(()), |paper| access.check_paper(paper))?;
            access.would_start(&new, paper.as_ref())
        });
        let faults = match held {
            Ok(()) => Vec::new(),
            Err(Error::Invalid(faults)) => faults,
            Err(other) => return Err(other),
        };
        Ok(Looked { faults, ..looked })
    };
    app.door.read(visitor.actor, look).await
}

/// What can be chosen from.
///
/// # Errors
/// As [`look`].
pub fn look_up(access: Access<'_>, kind: ErrandKind, home: Option<HomeId>) -> Result<Looked> {
    if let Some(home) = home {
        access.may_register(home)?;
        let mut looked = Looked {
            shut: false,
            had: false,
            restricted: Vec::new(),
            masthead: access.masthead()?,
            assignments: Vec::new(),
            homes: Vec::new(),
            limits: access.limits()?,
            awards: Vec::new(),
            members: Vec::new(),
            faults: Vec::new(),
        };
        super::paper::look(access, home, &mut looked)?;
        looked.restricted = access.restricted_among(&looked.assignments)?;
        return Ok(looked);
    }
    access.may_start(kind)?;
    let assignments = access.assignments_to_start_for()?;
    Ok(Looked {
        masthead: access.masthead()?,
        restricted: access.restricted_among(&assignments)?,
        assignments,
        homes: match kind {
            ErrandKind::Message => access.homes_to_start_for()?,
            _ => Vec::new(),
        },
        had: access.has_had_assignment()?,
        shut: access.is_partly_shut(),
        limits: access.limits()?,
        awards: match kind {
            ErrandKind::ReceiptClaim => access.own_awards()?,
            _ => Vec::new(),
        },
        members: Vec::new(),
        faults: Vec::new(),
    })
}

/// Sends it: gives the answer that leads on, or what is wrong.
pub async fn send(
    app: &App,
    visitor: &Visitor,
    (new, paper): (NewErrand, Option<Head>),
    (kind, once): (ErrandKind, Once),
) -> Result<std::result::Result<HttpResponse, Vec<Fault>>> {
    let start = move |access: Access<'_>| {
        if let Some(head) = &paper {
            return access.register_paper(head.facts.home, &head.with(new.clone()), Some(&once));
        }
        let started = access.start(&new, Some(&once))?;
        sent(access, kind)?;
        Ok(started)
    };
    match app.door.write_foreseeing(visitor.actor, start).await {
        Ok(started) => Ok(Ok(done(started.id))),
        Err(Error::Invalid(faults)) => Ok(Err(faults)),
        Err(Error::DuplicateFile { field, .. }) => {
            let code = "file-duplicate";
            Ok(Err(vec![Fault { field, code }]))
        }
        Err(error) => Err(error),
    }
}

fn done(id: ErrandId) -> HttpResponse {
    see_other(&format!("/arenden/{id}/klart"))
}
