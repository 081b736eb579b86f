//! Wishing for a trip, before it is made.

use super::check::{self, Check, Looked, Part, Row, file_row, hidden};
use super::drafts::{self, DROP, SAVE};
use super::facts::{km, travelled};
use super::purchase::{once_of, own_field, rows, running, who, whom};
use super::typed::Reader;
use super::write::{Kept, file_ids, kept};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::draft::Drafted;
use crate::errand::limits::{DISTANCE_M, Limits};
use crate::errand::{
    AbroadView, ApprovalMode, ErrandKind, GuardianConsent, NewAbroad, NewErrand, NewTravel, NewTravelRequest,
    TravelMode, TravelPurpose, TravelView,
};
use crate::error::{Fault, Result};
use crate::file::{Handed, take_in};
use crate::home::AssignmentView;
use crate::web::page::swedish::km_typed;
use crate::web::page::{Fields, FormFaults, Frame, Script, Upload, filters, scripted};
use crate::web::{say, say_with};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

const KIND: ErrandKind = ErrandKind::TravelRequest;
const PATH: &str = "/onska/resa";

#[derive(Template)]
#[template(path = "errand/pages/travel.html")]
struct Travel {
    frame: Frame,
    faults: FormFaults,
    fields: Fields,
    assignments: Vec<AssignmentView>,
    kept: Vec<Kept>,
    once: String,
    draft: Drafted,
    /// What one's own car comes to, once a distance can be read.
    mileage: Option<String>,
}

impl Travel {
    fn yes_no(&self) -> [(&'static str, &'static str); 2] {
        [("ja", say("travel-yes")), ("nej", say("travel-no"))]
    }

    /// Whether what a trip abroad needs is to be seen at once.
    fn goes_abroad(&self) -> bool {
        self.fields.is("travel.purpose", TravelPurpose::Abroad.as_str())
            || !self.fields.text("travel.abroad.country").is_empty()
    }
}

#[get("/onska/resa")]
pub async fn get_travel(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let opened = drafts::open(&app, &visitor, KIND).await?;
    show(&app, &visitor, opened.looked, (opened.handed, opened.draft), &[])
}

#[post("/onska/resa")]
pub async fn post_travel(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    let (visitor, parts) = Visitor::sending(&app, upload).await?;
    let handed = take_in(&app, visitor.actor, parts).await?;
    let once = handed.fields.once(PATH, &handed.hashes())?;
    let button = handed.fields.text("do").to_owned();
    match button.as_str() {
        DROP => return drafts::discard(&app, &visitor, KIND, PATH).await,
        SAVE => return saved(&app, &visitor, handed).await,
        _ => {}
    }
    let (new, mut faults) = match read(&handed, app.clock.now().day()) {
        Ok(new) => (Some(new), Vec::new()),
        Err(faults) => (None, faults),
    };
    if let (Some(new), "send") = (&new, button.as_str()) {
        let errand = NewErrand::TravelRequest(Box::new(new.clone()));
        match check::send(&app, &visitor, errand, (KIND, once)).await? {
            Ok(sent) => return Ok(sent),
            Err(told) => faults = told,
        }
    }
    let only_shown = button == "edit" || button == "count";
    let held = new.clone().map(|new| NewErrand::TravelRequest(Box::new(new)));
    let looked = check::look(&app, &visitor, KIND, held.filter(|_| !only_shown)).await?;
    faults.extend(looked.faults.iter().cloned());
    match new {
        _ if only_shown => show(&app, &visitor, looked, again(handed), &[]),
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

fn read(handed: &Handed, today: crate::clock::Day) -> Result<NewTravelRequest, Vec<Fault>> {
    let mut of = Reader::of(&handed.fields, "travel", today);
    let (purpose, approval) = (
        of.choice("purpose", TravelPurpose::parse),
        of.choice("approval_mode", ApprovalMode::parse),
    );
    let (from, to) = (of.text("from"), of.text("to"));
    let (starts_on, ends_on) = (of.day_ahead("starts_on"), of.day_ahead("ends_on"));
    let (adults, children) = (of.whole("adults"), of.whole("children"));
    let mode = of.choice("mode", TravelMode::parse);
    let distance_m = match mode {
        Some(TravelMode::OwnCar) => of.distance("distance_m"),
        _ => of.distance_if_any("distance_m"),
    };
    let (other_costs_ore, return_trip) = (of.sum_if_any("other_costs_ore"), of.ticked("return_trip"));
    let reasons = of.text("reasons");
    let is_abroad = purpose == Some(TravelPurpose::Abroad) || of.ticked("abroad.country");
    let abroad = is_abroad.then(|| read_abroad(&mut of)).flatten();
    let mut faults = who(&handed.fields);
    faults.append(&mut of.faults);
    faults.extend(handed.faults());
    let assignment = handed.fields.text("assignment_id").parse().ok();
    let chosen = (assignment, purpose, approval, mode);
    match (chosen, (starts_on, ends_on), (adults, children)) {
        (
            (Some(assignment_id), Some(purpose), Some(approval_mode), Some(mode)),
            (Some(starts_on), Some(ends_on)),
            (Some(adults), Some(children)),
        ) if faults.is_empty() => Ok(NewTravelRequest {
            assignment_id,
            travel: NewTravel {
                purpose,
                approval_mode,
                from,
                to,
                starts_on,
                ends_on,
                adults,
                children,
                mode,
                distance_m,
                return_trip,
                other_costs_ore,
                reasons,
                abroad,
            },
            file_ids: file_ids(handed),
        }),
        _ => Err(faults),
    }
}

fn read_abroad(of: &mut Reader<'_>) -> Option<NewAbroad> {
    let country = of.text("abroad.country");
    let passport = of.yes_or_no("abroad.passport");
    let consent = of.choice("abroad.guardian_consent", GuardianConsent::parse);
    let insurance = of.yes_or_no("abroad.insurance");
    Some(NewAbroad {
        country,
        passport: passport?,
        guardian_consent: consent?,
        insurance: insurance?,
    })
}

fn shown(new: &NewTravel) -> TravelView {
    TravelView {
        purpose: new.purpose,
        approval_mode: new.approval_mode,
        from: new.from.expose().clone(),
        to: new.to.expose().clone(),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        adults: new.adults,
        children: new.children,
        mode: new.mode,
        distance_m: new.distance_m,
        return_trip: new.return_trip,
        other_costs_ore: new.other_costs_ore,
        reasons: new.reasons.expose().clone(),
        abroad: new.abroad.as_ref().map(|of| AbroadView {
            country: of.country.expose().clone(),
            passport: of.passport,
            guardian_consent: of.guardian_consent,
            insurance: of.insurance,
        }),
    }
}

/// `48 km = 120 kr`, there and back where both ways are driven.
fn mileage(distance_m: Option<i64>, both_ways: bool, limits: &Limits) -> Option<String> {
    let one_way = distance_m.filter(|metres| DISTANCE_M.contains(metres))?;
    let sum = NewTravel::comes_to(Some(one_way), both_ways, None, limits);
    let metres = if both_ways { one_way * 2 } else { one_way };
    Some(say_with("travel-mileage", "both", &format!("{} = {sum}", km(metres))))
}

/// Which field each line of the wish comes from.
fn fields_of_lines() -> [(&'static str, &'static str); 14] {
    [
        (say("fact-what"), "travel.purpose"),
        (say("fact-approval"), "travel.approval_mode"),
        (say("fact-from"), "travel.from"),
        (say("fact-to"), "travel.to"),
        (say("fact-when"), "travel.starts_on"),
        (say("fact-travellers"), "travel.adults"),
        (say("fact-mode"), "travel.mode"),
        (say("fact-distance"), "travel.distance_m"),
        (say("fact-other-costs"), "travel.other_costs_ore"),
        (say("fact-why"), "travel.reasons"),
        (say("fact-country"), "travel.abroad.country"),
        (say("fact-passport"), "travel.abroad.passport"),
        (say("fact-consent"), "travel.abroad.guardian_consent"),
        (say("fact-travel-insurance"), "travel.abroad.insurance"),
    ]
}

fn to_check(
    visitor: &Visitor,
    looked: Looked,
    handed: &Handed,
    new: &NewTravelRequest,
    now: Instant,
) -> Result<HttpResponse> {
    let of = &new.travel;
    let mut lines = vec![whom(&looked, &handed.fields)];
    lines.extend(rows(travelled(&shown(of), now), &fields_of_lines()));
    let driven = of.distance_m.filter(|_| of.mode == TravelMode::OwnCar);
    let sum = mileage(driven, of.return_trip, &looked.limits);
    lines.extend(sum.map(|sum| Row::of(say("travel-mileage-row"), sum, "")));
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
    let assignments = running(looked.assignments, app.clock.now().day());
    if let ([only], "") = (&assignments[..], fields.text("assignment_id")) {
        fields.set("assignment_id", only.id.to_string());
    }
    let faults = FormFaults::told(&faults.iter().map(own_field).collect::<Vec<_>>());
    let frame = Frame::of(say("travel-heading"), looked.masthead, &visitor.guard)
        .form()
        .with(&[Script::Upload, Script::Draft, Script::Guard]);
    let (frame, status) = match faults.is_empty() {
        true => (frame, StatusCode::OK),
        false => (frame.at_fault(), StatusCode::UNPROCESSABLE_ENTITY),
    };
    let both_ways = !fields.text("travel.return_trip").is_empty();
    let content = Travel {
        frame,
        faults,
        assignments,
        kept,
        draft,
        once: once_of(&fields),
        mileage: mileage(km_typed(fields.text("travel.distance_m")), both_ways, &looked.limits),
        fields,
    };
    scripted(status, &content)
}
