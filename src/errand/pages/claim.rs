//! Handing in receipts: a card each, as many as there are, all of it without a script.

use super::cards::{Card, cards, changed, field_of, read_all};
use super::words;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Day;
use crate::errand::{ErrandKind, NewClaim, NewErrand, ReceiptCategory};
use crate::error::{Error, Fault, Result};
use crate::file::take_in;
use crate::home::AssignmentView;
use crate::money::Ore;
use crate::web::Listing;
use crate::web::page::{FormFaults, Frame, Upload, fresh_once, page, see_other, swedish};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

/// The form as typed so far.
#[derive(Default)]
struct Typed {
    cards: Vec<Card>,
    assignment: String,
    declared: bool,
    once: String,
}

#[derive(Template)]
#[template(path = "errand/pages/claim.html")]
struct Claim {
    frame: Frame,
    faults: FormFaults,
    assignments: Vec<AssignmentView>,
    typed: Typed,
    today: Day,
}

impl Claim {
    fn categories(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        ReceiptCategory::ALL
            .iter()
            .map(|one| (one.as_str(), words::receipt_category(*one)))
    }
    fn is_chosen(&self, assignment: &AssignmentView) -> bool {
        assignment.id.to_string() == self.typed.assignment
    }
    /// "Summa, 2 kvitton", or what can be read of it so far.
    fn total(&self) -> (String, Ore) {
        let amounts: Vec<Ore> = self.typed.cards.iter().filter_map(Card::amount).collect();
        let all = amounts.len() == self.typed.cards.len();
        let count = swedish::count(self.typed.cards.len(), "kvitto", "kvitton");
        (
            if all {
                format!("Summa, {count}")
            } else {
                "Summa hittills".into()
            },
            amounts.into_iter().sum(),
        )
    }
    fn send(&self) -> String {
        match self.typed.cards.len() {
            1 => "Lämna in kvittot".into(),
            n => format!("Lämna in {n} kvitton"),
        }
    }
    fn name(&self, at: &usize, field: &str) -> String {
        field_of(*at, field)
    }
}

#[get("/kvitton")]
pub async fn get_claim(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let typed = Typed {
        cards: vec![Card::default()],
        once: fresh_once(),
        ..Typed::default()
    };
    show(&app, &visitor, typed, FormFaults::default()).await
}

#[post("/kvitton")]
pub async fn post_claim(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &upload.checked).await?;
    let handed = take_in(&app, visitor.actor, upload.parts).await?;
    let (fields, once) = (&handed.fields, handed.fields.once("/kvitton", &handed.hashes())?);
    let mut typed = Typed {
        cards: cards(&handed),
        assignment: fields.text("assignment_id").to_owned(),
        declared: !fields.text("declaration").is_empty(),
        once: fields.text("once").to_owned(),
    };
    let button = fields.text("do");
    if button != "send" {
        typed.cards = changed(typed.cards, button);
        return show(&app, &visitor, typed, FormFaults::told(&handed.faults())).await;
    }
    let new = match read(&typed, handed.faults(), app.clock.now().day()) {
        Ok(new) => NewErrand::ReceiptClaim(new),
        Err(faults) => return show(&app, &visitor, typed, FormFaults::told(&faults)).await,
    };
    match app
        .door
        .write(visitor.actor, move |access| access.start(&new, Some(&once)))
        .await
    {
        Ok(started) => Ok(see_other(&format!("/arenden/{}/klart", started.id))),
        Err(Error::Invalid(faults)) => show(&app, &visitor, typed, told(&faults)).await,
        Err(Error::DuplicateFile { field, .. }) => {
            let code = "file-duplicate";
            show(&app, &visitor, typed, told(&[Fault { field, code }])).await
        }
        Err(error) => Err(error),
    }
}

/// What was typed, as the verb takes it; or all that is missing. `faults` are those of files that were refused.
fn read(typed: &Typed, mut faults: Vec<Fault>, today: Day) -> Result<NewClaim, Vec<Fault>> {
    let receipts = read_all(&typed.cards, today, &mut faults);
    let mut fault = |field: &str, code| {
        faults.push(Fault {
            field: field.into(),
            code,
        })
    };
    let assignment = typed.assignment.parse().ok();
    if assignment.is_none() {
        fault("assignment_id", "required");
    }
    if !typed.declared {
        fault("declaration", "declaration");
    }
    match assignment {
        Some(assignment_id) if faults.is_empty() => Ok(NewClaim {
            assignment_id,
            declaration: typed.declared,
            request_id: None,
            receipts,
            trips: Vec::new(),
        }),
        _ => Err(faults),
    }
}

/// The verb's faults at the page's fields.
fn told(faults: &[Fault]) -> FormFaults {
    let at = |fault: &Fault| {
        let field = fault
            .field
            .strip_suffix("file_id")
            .map_or_else(|| fault.field.clone(), |place| format!("{place}file"));
        Fault {
            field,
            code: fault.code,
        }
    };
    FormFaults::told(&faults.iter().map(at).collect::<Vec<_>>())
}

async fn show(app: &App, visitor: &Visitor, mut typed: Typed, faults: FormFaults) -> Result<HttpResponse> {
    let listing = Listing::parse(Some(100), None)?;
    let look = move |access: crate::access::Access<'_>| {
        access.may_start(ErrandKind::ReceiptClaim)?;
        Ok((access.masthead()?, access.assignments(listing)?.items))
    };
    let (masthead, assignments) = app.door.read(visitor.actor, look).await?;
    if let ([only], true) = (&assignments[..], typed.assignment.is_empty()) {
        typed.assignment = only.id.to_string();
    }
    let frame = Frame::of("Lämna in kvitton", masthead, &visitor.guard).form();
    let (frame, status) = match faults.is_empty() {
        true => (frame, StatusCode::OK),
        false => (frame.at_fault(), StatusCode::UNPROCESSABLE_ENTITY),
    };
    page(
        status,
        &Claim {
            frame,
            faults,
            assignments,
            typed,
            today: app.clock.now().day(),
        },
    )
}
