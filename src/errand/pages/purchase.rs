//! Wishing for a larger purchase, before it is made.

use super::check::{self, Check, Looked, Part, Row, file_row, hidden};
use super::drafts::{self, DROP, SAVE};
use super::facts::bought;
use super::typed::Reader;
use super::words;
use super::write::{Kept, file_ids, kept};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::{Day, Instant};
use crate::draft::Drafted;
use crate::errand::{
    ErrandKind, ItemCategory, NewErrand, NewPurchase, NewPurchaseRequest, OtherCover, Payer, PurchaseView,
    ReceiptCategory,
};
use crate::error::{Fault, Result};
use crate::file::{Handed, take_in};
use crate::home::AssignmentView;
use crate::web::page::{Fields, FormFaults, Frame, Script, Upload, filters, fresh_once, scripted};
use crate::web::say;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

const KIND: ErrandKind = ErrandKind::PurchaseRequest;
const PATH: &str = "/onska/inkop";

#[derive(Template)]
#[template(path = "errand/pages/purchase.html")]
struct Purchase {
    frame: Frame,
    faults: FormFaults,
    fields: Fields,
    assignments: Vec<AssignmentView>,
    kept: Vec<Kept>,
    once: String,
    draft: Drafted,
}

impl Purchase {
    fn items(&self) -> Vec<(&'static str, &'static str)> {
        let word = |one: &ItemCategory| ReceiptCategory::parse(one.as_str()).map_or("", words::receipt_category);
        ItemCategory::ALL.iter().map(|one| (one.as_str(), word(one))).collect()
    }
}

#[get("/onska/inkop")]
pub async fn get_purchase(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let opened = drafts::open(&app, &visitor, KIND).await?;
    show(&app, &visitor, opened.looked, (opened.handed, opened.draft), &[])
}

#[post("/onska/inkop")]
pub async fn post_purchase(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    let (visitor, parts) = Visitor::sending(&app, upload).await?;
    let handed = take_in(&app, visitor.actor, parts).await?;
    let once = handed.fields.once(PATH, &handed.hashes())?;
    let button = handed.fields.text("do").to_owned();
    match button.as_str() {
        DROP => return drafts::discard(&app, &visitor, KIND, PATH).await,
        SAVE => return saved(&app, &visitor, handed).await,
        _ => {}
    }
    let read = read(&handed, app.clock.now().day());
    let (new, mut faults) = match read {
        Ok(new) => (Some(new), Vec::new()),
        Err(faults) => (None, faults),
    };
    if let (Some(new), "send") = (&new, button.as_str()) {
        let errand = NewErrand::PurchaseRequest(Box::new(new.clone()));
        match check::send(&app, &visitor, errand, (KIND, once)).await? {
            Ok(sent) => return Ok(sent),
            Err(told) => faults = told,
        }
    }
    let held = new.clone().map(|new| NewErrand::PurchaseRequest(Box::new(new)));
    let looked = check::look(&app, &visitor, KIND, held.filter(|_| button != "edit")).await?;
    faults.extend(looked.faults.iter().cloned());
    match new {
        _ if button == "edit" => show(&app, &visitor, looked, again(handed), &[]),
        Some(new) if faults.is_empty() => to_check(&visitor, looked, &handed, &new, app.clock.now()),
        _ => show(&app, &visitor, looked, again(handed), &faults),
    }
}

/// The form as it was sent.
fn again(handed: Handed) -> (Handed, Drafted) {
    let draft = drafts::of_form(KIND, &handed.fields);
    (handed, draft)
}

/// The form again, saved as it is.
async fn saved(app: &App, visitor: &Visitor, handed: Handed) -> Result<HttpResponse> {
    let draft = drafts::save(app, visitor, KIND, &check::whole(&handed)).await?;
    let looked = check::look(app, visitor, KIND, None).await?;
    let refused = handed.faults();
    show(app, visitor, looked, (handed, draft), &refused)
}

fn read(handed: &Handed, today: Day) -> Result<NewPurchaseRequest, Vec<Fault>> {
    let mut of = Reader::of(&handed.fields, "purchase", today);
    let item_category = of.choice("item_category", ItemCategory::parse);
    let description = of.text("description");
    let estimated_ore = of.sum("estimated_ore");
    let reasons = of.text("reasons");
    let who_pays = of.choice("who_pays", Payer::parse);
    let covered_otherwise = of.choices("covered_otherwise", OtherCover::parse);
    let needed_by = of.day_ahead_if_any("needed_by");
    let own_contribution_ore = of.sum_if_any("own_contribution_ore");
    let (supplier, link) = (of.text_if_any("supplier"), of.text_if_any("link"));
    let childs_view = of.text_if_any("childs_view");
    let mut faults = who(&handed.fields);
    faults.append(&mut of.faults);
    faults.extend(handed.faults());
    let assignment = handed.fields.text("assignment_id").parse().ok();
    match (assignment, item_category, estimated_ore, who_pays) {
        (Some(assignment_id), Some(item_category), Some(estimated_ore), Some(who_pays)) if faults.is_empty() => {
            Ok(NewPurchaseRequest {
                assignment_id,
                purchase: NewPurchase {
                    item_category,
                    description,
                    estimated_ore,
                    reasons,
                    who_pays,
                    covered_otherwise,
                    supplier,
                    link,
                    needed_by,
                    childs_view,
                    own_contribution_ore,
                },
                file_ids: file_ids(handed),
            })
        }
        _ => Err(faults),
    }
}

/// What is wrong with the choice of whom it is for.
pub fn who(fields: &Fields) -> Vec<Fault> {
    let chosen = fields.text("assignment_id").parse::<crate::id::AssignmentId>();
    let fault = Fault {
        field: "assignment_id".into(),
        code: "whom",
    };
    chosen.err().map(|_| fault).into_iter().collect()
}

/// The page's field of one of the verb's.
pub fn own_field(fault: &Fault) -> Fault {
    let files = fault.field.starts_with("file_ids");
    Fault {
        field: if files { "files".into() } else { fault.field.clone() },
        code: fault.code,
    }
}

fn shown(new: &NewPurchase) -> PurchaseView {
    let text = |text: &Option<crate::secret::SecretText>| text.as_ref().map(|text| text.expose().clone());
    PurchaseView {
        item_category: new.item_category,
        description: new.description.expose().clone(),
        estimated_ore: new.estimated_ore,
        reasons: new.reasons.expose().clone(),
        who_pays: new.who_pays,
        covered_otherwise: new.covered_otherwise.clone(),
        supplier: text(&new.supplier),
        link: text(&new.link),
        needed_by: new.needed_by,
        childs_view: text(&new.childs_view),
        own_contribution_ore: new.own_contribution_ore,
    }
}

/// Whom it is for, as a line to look through.
pub fn whom(looked: &Looked, fields: &Fields) -> Row {
    let chosen = fields.text("assignment_id");
    let of = looked.assignments.iter().find(|one| one.id.to_string() == chosen);
    let name = of.map(|of| format!("{} · {}", of.service_user.first_name, of.label));
    Row::of(say("check-about"), name.unwrap_or_default(), "assignment_id")
}

/// The lines of a wish, each with its field.
pub fn rows(facts: Vec<super::facts::Fact>, fields: &[(&str, &str)]) -> Vec<Row> {
    let field = |word: &str| {
        fields
            .iter()
            .find(|(known, _)| *known == word)
            .map_or("", |(_, field)| field)
    };
    facts
        .into_iter()
        .map(|(word, value)| Row::of(word, value, field(word)))
        .collect()
}

/// Which field each line of the wish comes from.
fn fields_of_lines() -> [(&'static str, &'static str); 11] {
    [
        (say("fact-what"), "purchase.item_category"),
        (say("fact-description"), "purchase.description"),
        (say("fact-estimated"), "purchase.estimated_ore"),
        (say("fact-why"), "purchase.reasons"),
        (say("fact-payer"), "purchase.who_pays"),
        (say("fact-covered"), "purchase.covered_otherwise"),
        (say("fact-own"), "purchase.own_contribution_ore"),
        (say("fact-shop"), "purchase.supplier"),
        (say("fact-link"), "purchase.link"),
        (say("fact-needed-by"), "purchase.needed_by"),
        (say("fact-childs-view"), "purchase.childs_view"),
    ]
}

fn to_check(
    visitor: &Visitor,
    looked: Looked,
    handed: &Handed,
    new: &NewPurchaseRequest,
    now: Instant,
) -> Result<HttpResponse> {
    let mut lines = vec![whom(&looked, &handed.fields)];
    lines.extend(rows(bought(&shown(&new.purchase), now), &fields_of_lines()));
    lines.extend(file_row(handed));
    let part = Part {
        rows: lines,
        ..Part::default()
    };
    Check {
        frame: Frame::of(say("wish-check"), looked.masthead, &visitor.guard).form(),
        heading: say("check-heading"),
        action: PATH.into(),
        parts: vec![part],
        notes: Vec::new(),
        hidden: hidden(handed),
        send: say("wish-send").into(),
        change: say("check-change"),
        multipart: true,
    }
    .answer()
}

fn show(
    app: &App,
    visitor: &Visitor,
    looked: Looked,
    (handed, draft): (Handed, Drafted),
    faults: &[Fault],
) -> Result<HttpResponse> {
    let kept = kept(&handed);
    let mut fields = handed.fields;
    let today = app.clock.now().day();
    let assignments = running(looked.assignments, today);
    if let ([only], "") = (&assignments[..], fields.text("assignment_id")) {
        fields.set("assignment_id", only.id.to_string());
    }
    let faults = FormFaults::told(&faults.iter().map(own_field).collect::<Vec<_>>());
    let frame = Frame::of(say("purchase-heading"), looked.masthead, &visitor.guard)
        .form()
        .with(&[Script::Upload, Script::Draft, Script::Guard]);
    let (frame, status) = match faults.is_empty() {
        true => (frame, StatusCode::OK),
        false => (frame.at_fault(), StatusCode::UNPROCESSABLE_ENTITY),
    };
    let content = Purchase {
        frame,
        faults,
        assignments,
        kept,
        draft,
        once: once_of(&fields),
        fields,
    };
    scripted(status, &content)
}

/// The assignments that have not ended.
pub fn running(assignments: Vec<AssignmentView>, today: Day) -> Vec<AssignmentView> {
    let runs = |one: &AssignmentView| one.to.is_none_or(|to| to >= today);
    assignments.into_iter().filter(runs).collect()
}

/// The key that makes the form count once: the one it bears, or a new one.
pub fn once_of(fields: &Fields) -> String {
    match fields.text("once") {
        "" => fresh_once(),
        once => once.to_owned(),
    }
}
