//! Wishing for a larger purchase, before it is made.

use super::check::{Looked, Row};
use super::facts::bought;
use super::form::{self, Shown, StartForm};
use super::paper::OfHome;
use super::typed::Reader;
use super::without::Without;
use super::words;
use super::write::{Kept, file_ids};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::{Day, Instant};
use crate::draft::Drafted;
use crate::errand::{
    ErrandKind, ItemCategory, NewErrand, NewPurchase, NewPurchaseRequest, OtherCover, Payer, PurchaseView,
    ReceiptCategory,
};
use crate::error::{Fault, Result};
use crate::file::Handed;
use crate::home::AssignmentView;
use crate::web::page::{Fields, FormFaults, Frame, Upload, filters, scripted};
use crate::web::{Query, say};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

#[derive(Template)]
#[template(path = "errand/pages/purchase.html")]
struct Purchase {
    frame: Frame,
    faults: FormFaults,
    fields: Fields,
    assignments: Vec<AssignmentView>,
    without: Option<Without>,
    kept: Vec<Kept>,
    once: String,
    draft: Drafted,
    /// From which price it must be said where it is bought.
    source_from: String,
    /// Of what came on paper: who can have signed it.
    members: Vec<(String, String)>,
}

impl Purchase {
    fn items(&self) -> Vec<(&'static str, &'static str)> {
        let word = |one: &ItemCategory| ReceiptCategory::parse(one.as_str()).map_or("", words::receipt_category);
        ItemCategory::ALL.iter().map(|one| (one.as_str(), word(one))).collect()
    }
}

#[get("/onska/inkop")]
pub async fn get_purchase(app: web::Data<App>, visitor: Visitor, of: Query<OfHome>) -> Result<HttpResponse> {
    form::get::<NewPurchaseRequest>(&app, &visitor, of.0).await
}

#[post("/onska/inkop")]
pub async fn post_purchase(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    form::post::<NewPurchaseRequest>(&app, upload).await
}

impl StartForm for NewPurchaseRequest {
    const KIND: ErrandKind = ErrandKind::PurchaseRequest;
    const PATH: &'static str = "/onska/inkop";

    fn read(handed: &Handed, today: Day) -> Result<NewPurchaseRequest, Vec<Fault>> {
        read(handed, today)
    }

    fn errand(self) -> NewErrand {
        NewErrand::PurchaseRequest(Box::new(self))
    }

    fn lines(&self, looked: &Looked, handed: &Handed, now: Instant) -> Vec<Row> {
        let mut lines = vec![whom(looked, &handed.fields)];
        lines.extend(rows(bought(&shown(&self.purchase), now), &fields_of_lines()));
        lines
    }

    fn own_field(field: &str) -> &str {
        own_field(field)
    }

    fn check_words() -> (&'static str, &'static str) {
        (say("wish-check"), say("wish-send"))
    }

    fn show(mut form: Shown<'_>) -> Result<HttpResponse> {
        let (frame, status) = form.frame(Self::KIND, say("purchase-heading"), Self::PATH);
        let (assignments, without) = form.assignments();
        let content = Purchase {
            frame,
            assignments,
            without,
            faults: form.faults,
            kept: form.kept,
            draft: form.draft,
            source_from: form.looked.limits.purchase_unsourced_below.to_string(),
            members: form.looked.members,
            once: form.fields.once_again(),
            fields: form.fields,
        };
        scripted(status, &content)
    }
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

/// The page's field of one of a wish's.
pub fn own_field(field: &str) -> &str {
    if field.starts_with("file_ids") { "files" } else { field }
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
