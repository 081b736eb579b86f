//! What the forms have in common that start an errand: opened with what their draft says, saved and thrown away, held
//! to their limits, looked through, and sent once.

use super::act::to_confirm;
use super::check::{self, Check, Looked, Part, Row};
use super::drafts::{self, DROP, SAVE};
use super::paper::{self, OfHome};
use super::without::{Without, running};
use super::write::Kept;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::{Day, Instant};
use crate::draft::Drafted;
use crate::errand::{ErrandKind, NewErrand};
use crate::error::{Error, Fault, Result};
use crate::file::{Handed, take_in};
use crate::home::AssignmentView;
use crate::web::page::{Fields, FormFaults, Frame, Script, Upload};
use crate::web::say;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;

/// A form that starts an errand; what it brings once it can be read.
pub trait StartForm: Clone {
    const KIND: ErrandKind;
    const PATH: &'static str;
    /// Buttons that have the form shown again and nothing judged.
    const SHOWS: &'static [&'static str] = &["edit"];
    /// What was typed, as the verb takes it; or all that is missing.
    fn read(handed: &Handed, today: Day) -> Result<Self, Vec<Fault>>;
    fn errand(self) -> NewErrand;
    /// Every line of it, to be looked through.
    fn lines(&self, looked: &Looked, handed: &Handed, now: Instant) -> Vec<Row>;
    /// The page's field of one of the verb's.
    fn own_field(field: &str) -> &str;
    /// Where it is looked through: the page's title and the button that sends.
    fn check_words() -> (&'static str, &'static str);
    /// The form with what is in it.
    fn show(form: Shown<'_>) -> Result<HttpResponse>;
}

/// What a form is shown with.
pub struct Shown<'a> {
    visitor: &'a Visitor,
    pub looked: Looked,
    pub fields: Fields,
    pub kept: Vec<Kept>,
    pub draft: Drafted,
    pub faults: FormFaults,
    pub today: Day,
    now: Instant,
}

impl Shown<'_> {
    /// The frame and status of the answer.
    pub fn frame(&self, kind: ErrandKind, title: &'static str, path: &'static str) -> (Frame, StatusCode) {
        let (title, at) = paper::framed(&self.fields, kind, (title, path));
        // Where there is nothing to choose at all, that is said by itself.
        let some = kind == ErrandKind::Message || !running(self.looked.assignments.clone(), self.today).is_empty();
        let frame = Frame::of(title, self.looked.masthead.clone(), &self.visitor.guard)
            .form()
            .at(at)
            .with(&[Script::Upload, Script::Draft, Script::Guard])
            .partly_shut(self.looked.shut && some)
            .kept_from_home(self.looked.kept_from_home(None));
        frame.judged(self.faults.is_empty())
    }

    /// The assignments that run; a single one is chosen. Where there is none, what is said of that.
    pub fn assignments(&mut self) -> (Vec<AssignmentView>, Option<Without>) {
        let running = running(self.looked.assignments.clone(), self.today);
        let without = running
            .is_empty()
            .then(|| Without::of(&self.looked, &self.fields, self.now));
        if let ([only], "") = (&running[..], self.fields.text("assignment_id")) {
            self.fields.set("assignment_id", only.id.to_string());
        }
        (running, without)
    }
}

/// The form as its draft has it.
pub async fn get<F: StartForm>(app: &App, visitor: &Visitor, of: OfHome) -> Result<HttpResponse> {
    let opened = drafts::open(app, visitor, F::KIND, of.fields()).await?;
    show::<F>(app, visitor, opened.looked, (opened.handed, opened.draft), &[])
}

/// What the form's buttons do.
pub async fn post<F: StartForm>(app: &App, upload: Upload) -> Result<HttpResponse> {
    let (visitor, parts) = Visitor::sending(app, upload).await?;
    let mut handed = take_in(app, visitor.actor, parts).await?;
    let once = handed.fields.once(F::PATH, &handed.hashes())?;
    paper::settle(&mut handed);
    let home = paper::home(&handed.fields)?;
    let button = handed.fields.text("do").to_owned();
    match button.as_str() {
        DROP => return drafts::discard(app, &visitor, F::KIND, F::PATH).await,
        SAVE => return saved::<F>(app, &visitor, handed).await,
        _ => {}
    }
    let only_shown = F::SHOWS.contains(&button.as_str());
    let today = app.clock.now().day();
    let (new, mut faults) = match (F::read(&handed, today), paper::read(&handed.fields, today)) {
        (Ok(new), Ok(paper)) => (Some((new, paper)), Vec::new()),
        (new, paper) => (None, [paper.err(), new.err()].into_iter().flatten().flatten().collect()),
    };
    if let (Some((new, paper)), "send") = (&new, button.as_str()) {
        let sent = (new.clone().errand(), paper.clone());
        match check::send(app, &visitor, sent, (F::KIND, once)).await {
            Ok(Ok(sent)) => return Ok(sent),
            Ok(Err(told)) => faults = told,
            Err(Error::OtherHome(found)) => faults.push(to_confirm(&mut handed.fields, found)),
            Err(error) => return Err(error),
        }
    }
    let held = new.clone().filter(|_| !only_shown && faults.is_empty());
    let held = held.map(|(new, paper)| (new.errand(), paper));
    let looked = check::look(app, &visitor, (F::KIND, home), held).await?;
    faults.extend(looked.faults.iter().cloned());
    let draft = drafts::of_form(F::KIND, &handed.fields);
    match new {
        _ if only_shown => show::<F>(app, &visitor, looked, (handed, draft), &[]),
        Some((new, _)) if faults.is_empty() => to_check(&visitor, looked, &handed, &new, app.clock.now()),
        _ => show::<F>(app, &visitor, looked, (handed, draft), &faults),
    }
}

/// The form again, saved as it is.
async fn saved<F: StartForm>(app: &App, visitor: &Visitor, handed: Handed) -> Result<HttpResponse> {
    let draft = drafts::save(app, visitor, F::KIND, &check::whole(&handed)).await?;
    let home = paper::home(&handed.fields)?;
    let looked = check::look(app, visitor, (F::KIND, home), None).await?;
    let refused = handed.faults();
    show::<F>(app, visitor, looked, (handed, draft), &refused)
}

fn to_check<F: StartForm>(
    visitor: &Visitor,
    looked: Looked,
    handed: &Handed,
    new: &F,
    now: Instant,
) -> Result<HttpResponse> {
    let (title, send) = F::check_words();
    let mut rows = new.lines(&looked, handed, now);
    rows.extend(check::file_row(handed));
    let part = Part {
        rows,
        ..Part::default()
    };
    let chosen = check::about(&new.clone().errand());
    Check {
        notes: chosen.and_then(|_| looked.kept_from_home(chosen)).into_iter().collect(),
        frame: Frame::of(title, looked.masthead, &visitor.guard).form(),
        heading: say("check-heading"),
        action: F::PATH.into(),
        parts: vec![part],
        hidden: check::hidden(handed),
        send: send.into(),
        change: say("check-change"),
        multipart: true,
    }
    .answer()
}

fn show<F: StartForm>(
    app: &App,
    visitor: &Visitor,
    looked: Looked,
    (handed, draft): (Handed, Drafted),
    faults: &[Fault],
) -> Result<HttpResponse> {
    let at = |fault: &Fault| Fault {
        field: paper::own_field(&fault.field)
            .unwrap_or_else(|| F::own_field(&fault.field))
            .to_owned(),
        code: fault.code,
    };
    let faults = handed.naming(FormFaults::told(&faults.iter().map(at).collect::<Vec<_>>()));
    F::show(Shown {
        visitor,
        looked,
        kept: super::write::kept(&handed),
        fields: handed.fields,
        draft,
        faults,
        today: app.clock.now().day(),
        now: app.clock.now(),
    })
}
