//! Wishing for a larger purchase, before it is made.

use super::check::{self, Check, Looked, Part, Row, file_row, hidden};
use super::facts::bought;
use super::typed::Reader;
use super::words;
use super::write::{Kept, file_ids, kept};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::{Day, Instant};
use crate::errand::{
    ErrandKind, ItemCategory, NewErrand, NewPurchase, NewPurchaseRequest, OtherCover, Payer, PurchaseView,
    ReceiptCategory,
};
use crate::error::{Fault, Result};
use crate::file::{Handed, take_in};
use crate::home::AssignmentView;
use crate::web::page::filters;
use crate::web::page::{Fields, FormFaults, Frame, Script, Upload, fresh_once, scripted};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

const PATH: &str = "/onska/inkop";
/// Which field each line of the wish comes from.
const FIELDS: &[(&str, &str)] = &[
    ("Vad", "purchase.item_category"),
    ("Beskrivning", "purchase.description"),
    ("Beräknad kostnad", "purchase.estimated_ore"),
    ("Varför", "purchase.reasons"),
    ("Vem betalar", "purchase.who_pays"),
    ("Kan täckas av annat", "purchase.covered_otherwise"),
    ("Hemmet betalar själv", "purchase.own_contribution_ore"),
    ("Butik", "purchase.supplier"),
    ("Länk", "purchase.link"),
    ("Behövs senast", "purchase.needed_by"),
    ("Barnets åsikt", "purchase.childs_view"),
];

#[derive(Template)]
#[template(path = "errand/pages/purchase.html")]
struct Purchase {
    frame: Frame,
    faults: FormFaults,
    fields: Fields,
    assignments: Vec<AssignmentView>,
    kept: Vec<Kept>,
    once: String,
}

impl Purchase {
    fn items(&self) -> Vec<(&'static str, &'static str)> {
        let word = |one: &ItemCategory| ReceiptCategory::parse(one.as_str()).map_or("", words::receipt_category);
        ItemCategory::ALL.iter().map(|one| (one.as_str(), word(one))).collect()
    }
}

#[get("/onska/inkop")]
pub async fn get_purchase(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let looked = check::look(&app, &visitor, ErrandKind::PurchaseRequest, None).await?;
    show(&app, &visitor, looked, (Fields::default(), Vec::new()), &[])
}

#[post("/onska/inkop")]
pub async fn post_purchase(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &upload.checked).await?;
    let handed = take_in(&app, visitor.actor, upload.parts).await?;
    let once = handed.fields.once(PATH, &handed.hashes())?;
    let (button, kind) = (handed.fields.text("do").to_owned(), ErrandKind::PurchaseRequest);
    let read = read(&handed, app.clock.now().day());
    let (new, mut faults) = match read {
        Ok(new) => (Some(new), Vec::new()),
        Err(faults) => (None, faults),
    };
    if let (Some(new), "send") = (&new, button.as_str()) {
        let errand = NewErrand::PurchaseRequest(Box::new(new.clone()));
        match check::send(&app, &visitor, errand, once).await? {
            Ok(sent) => return Ok(sent),
            Err(told) => faults = told,
        }
    }
    let held = new.clone().map(|new| NewErrand::PurchaseRequest(Box::new(new)));
    let looked = check::look(&app, &visitor, kind, held.filter(|_| button != "edit")).await?;
    faults.extend(looked.faults.iter().cloned());
    match new {
        _ if button == "edit" => show(&app, &visitor, looked, again(handed), &[]),
        Some(new) if faults.is_empty() => to_check(&visitor, looked, &handed, &new, app.clock.now()),
        _ => show(&app, &visitor, looked, again(handed), &faults),
    }
}

fn again(handed: Handed) -> (Fields, Vec<Kept>) {
    let kept = kept(&handed);
    (handed.fields, kept)
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
    Row::of("Gäller", name.unwrap_or_default(), "assignment_id")
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

fn to_check(
    visitor: &Visitor,
    looked: Looked,
    handed: &Handed,
    new: &NewPurchaseRequest,
    now: Instant,
) -> Result<HttpResponse> {
    let mut lines = vec![whom(&looked, &handed.fields)];
    lines.extend(rows(bought(&shown(&new.purchase), now), FIELDS));
    lines.extend(file_row(handed));
    let part = Part {
        rows: lines,
        ..Part::default()
    };
    Check {
        frame: Frame::of("Kontrollera önskemålet", looked.masthead, &visitor.guard).form(),
        heading: "Kontrollera innan du skickar",
        action: PATH.into(),
        parts: vec![part],
        notes: Vec::new(),
        hidden: hidden(handed),
        send: "Skicka önskemålet".into(),
        change: "Ändra något",
        multipart: true,
    }
    .answer()
}

fn show(
    app: &App,
    visitor: &Visitor,
    looked: Looked,
    (mut fields, kept): (Fields, Vec<Kept>),
    faults: &[Fault],
) -> Result<HttpResponse> {
    let today = app.clock.now().day();
    let assignments = running(looked.assignments, today);
    if let ([only], "") = (&assignments[..], fields.text("assignment_id")) {
        fields.set("assignment_id", only.id.to_string());
    }
    let faults = FormFaults::told(&faults.iter().map(own_field).collect::<Vec<_>>());
    let frame = Frame::of("Önska ett större inköp", looked.masthead, &visitor.guard)
        .form()
        .with(&[Script::Upload, Script::Guard]);
    let (frame, status) = match faults.is_empty() {
        true => (frame, StatusCode::OK),
        false => (frame.at_fault(), StatusCode::UNPROCESSABLE_ENTITY),
    };
    let content = Purchase {
        frame,
        faults,
        assignments,
        kept,
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
