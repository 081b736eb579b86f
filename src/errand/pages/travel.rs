//! Wishing for a trip, before it is made.

use super::check::{Looked, Row};
use super::facts::{km, travelled};
use super::form::{self, Shown, StartForm};
use super::paper::OfHome;
use super::purchase::{own_field, rows, who, whom};
use super::typed::Reader;
use super::without::Without;
use super::write::{Kept, file_ids};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::{Day, Instant};
use crate::draft::Drafted;
use crate::errand::limits::{DISTANCE_M, Limits};
use crate::errand::{
    AbroadView, ApprovalMode, ErrandKind, GuardianConsent, NewAbroad, NewErrand, NewTravel, NewTravelRequest,
    TravelMode, TravelPurpose, TravelView,
};
use crate::error::{Fault, Result};
use crate::file::Handed;
use crate::home::AssignmentView;
use crate::typed::{day_ahead, metres};
use crate::web::page::{Fields, FormFaults, Frame, Upload, filters, scripted};
use crate::web::{Query, say, say_with};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

#[derive(Template)]
#[template(path = "errand/pages/travel.html")]
struct Travel {
    frame: Frame,
    faults: FormFaults,
    fields: Fields,
    assignments: Vec<AssignmentView>,
    without: Option<Without>,
    kept: Vec<Kept>,
    once: String,
    draft: Drafted,
    /// Of what came on paper: who can have signed it.
    members: Vec<(String, String)>,
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
pub async fn get_travel(app: web::Data<App>, visitor: Visitor, of: Query<OfHome>) -> Result<HttpResponse> {
    form::get::<NewTravelRequest>(&app, &visitor, of.0).await
}

#[post("/onska/resa")]
pub async fn post_travel(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    form::post::<NewTravelRequest>(&app, upload).await
}

impl StartForm for NewTravelRequest {
    const KIND: ErrandKind = ErrandKind::TravelRequest;
    const PATH: &'static str = "/onska/resa";
    const SHOWS: &'static [&'static str] = &["edit", "count"];

    fn read(handed: &Handed, today: Day) -> Result<NewTravelRequest, Vec<Fault>> {
        read(handed, today)
    }

    fn errand(self) -> NewErrand {
        NewErrand::TravelRequest(Box::new(self))
    }

    fn lines(&self, looked: &Looked, handed: &Handed, now: Instant) -> Vec<Row> {
        let of = &self.travel;
        let mut lines = vec![whom(looked, &handed.fields)];
        lines.extend(rows(travelled(&shown(of), now), &fields_of_lines()));
        let driven = of.distance_m.filter(|_| of.mode == TravelMode::OwnCar);
        let sum = mileage(driven, of.return_trip, (&looked.limits, of.starts_on));
        lines.extend(sum.map(|sum| Row::of(say("travel-mileage-row"), sum, "")));
        lines
    }

    fn own_field(field: &str) -> &str {
        own_field(field)
    }

    fn check_words() -> (&'static str, &'static str) {
        (say("wish-check"), say("wish-send"))
    }

    fn show(mut form: Shown<'_>) -> Result<HttpResponse> {
        let (frame, status) = form.frame(Self::KIND, say("travel-heading"), Self::PATH);
        let both_ways = !form.fields.text("travel.return_trip").is_empty();
        let one_way = metres(form.fields.text("travel.distance_m"));
        let starts_on = day_ahead(form.fields.text("travel.starts_on"), form.today).unwrap_or(form.today);
        let (assignments, without) = form.assignments();
        let content = Travel {
            frame,
            mileage: mileage(one_way, both_ways, (&form.looked.limits, starts_on)),
            assignments,
            without,
            faults: form.faults,
            kept: form.kept,
            draft: form.draft,
            members: form.looked.members,
            once: form.fields.once_again(),
            fields: form.fields,
        };
        scripted(status, &content)
    }
}

fn read(handed: &Handed, today: Day) -> Result<NewTravelRequest, Vec<Fault>> {
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
        from: Some(new.from.expose().clone()),
        to: Some(new.to.expose().clone()),
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
fn mileage(distance_m: Option<i64>, both_ways: bool, (limits, on): (&Limits, Day)) -> Option<String> {
    let one_way = distance_m.filter(|metres| DISTANCE_M.contains(metres))?;
    let sum = NewTravel::comes_to(Some(one_way), both_ways, None, (limits, on));
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
