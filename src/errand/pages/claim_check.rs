//! A claim to be looked through before it is handed in.

use super::check::{Check, Looked, Part, Row};
use super::claim::{PATH, Typed, belongs, places};
use super::words;
use crate::account::Visitor;
use crate::clock::Instant;
use crate::errand::{NewClaim, NewReceipt, NewTrip};
use crate::error::Result;
use crate::money::Ore;
use crate::web::page::{Frame, swedish};
use crate::web::{say, say_with};
use actix_web::HttpResponse;

/// The page.
pub fn show(visitor: &Visitor, looked: Looked, typed: &Typed, new: &NewClaim, now: Instant) -> Result<HttpResponse> {
    let receipts = new.receipts.iter().enumerate();
    let mut parts: Vec<Part> = receipts
        .map(|(at, receipt)| of_receipt(at, receipt, typed, now))
        .collect();
    let trips = new.trips.iter().enumerate();
    parts
        .extend(trips.map(|(at, trip)| of_trip(at, trip, looked.limits.mileage(trip.distance_m, trip.driven_on), now)));
    let (sum, _) = typed.sum((&looked.limits, now.day()));
    let chosen = typed.fields.text("assignment_id");
    let place = places(&looked, now.day(), now)
        .into_iter()
        .find(|place| place.value == chosen);
    let place = place.map_or_else(String::new, |place| place.label);
    parts.push(Part {
        heading: say("claim-all").into(),
        rows: vec![
            Row::of(say("claim-belongs"), place, "assignment_id"),
            Row::of(say_with("claim-sum", "count", &typed.count()), sum.to_string(), ""),
        ],
        ..Part::default()
    });
    let about = Some(new.assignment_id);
    Check {
        notes: [looked.kept_from_home(about), over(&looked, chosen, sum)]
            .into_iter()
            .flatten()
            .collect(),
        frame: Frame::of(say("claim-check"), looked.masthead, &visitor.guard).form(),
        heading: say("claim-check-heading"),
        action: PATH.into(),
        parts,
        hidden: typed.fields.carried(),
        send: say_with("claim-send", "count", &typed.count()),
        change: say("check-change"),
        multipart: true,
    }
    .answer()
}

/// What is told where the sum is above what is left of the award.
fn over(looked: &Looked, chosen: &str, sum: Ore) -> Option<String> {
    let (_, request) = belongs(chosen)?;
    let award = looked.awards.iter().find(|award| Some(award.request) == request)?;
    let above = Ore(sum.0 - award.left().0);
    (above.0 > 0).then(|| say_with("claim-over", "sum", &above.to_string()))
}

fn of_receipt(at: usize, receipt: &NewReceipt, typed: &Typed, now: Instant) -> Part {
    let field = |name: &str| super::cards::field_of(at, name);
    let card = typed.cards.get(at);
    let mut rows = vec![
        Row::of(say("claim-amount"), receipt.amount_ore.to_string(), field("amount_ore")),
        Row::of(
            say("claim-bought"),
            swedish::day(receipt.purchased_on, now),
            field("purchased_on"),
        ),
        Row::of(
            say("claim-supplier"),
            receipt.supplier.expose().clone(),
            field("supplier"),
        ),
        Row::of(
            say("claim-what-row"),
            words::receipt_category(receipt.category),
            field("category"),
        ),
    ];
    let note = card.map_or("", |card| card.note.trim());
    if !note.is_empty() {
        rows.push(Row::of(say("claim-note"), note, field("note")));
    }
    let is_picture = card.is_some_and(|card| card.is_picture());
    if !is_picture {
        rows.push(Row::of(
            say("claim-file-row"),
            card.map_or("", |card| &card.file_name),
            field("file"),
        ));
    }
    Part {
        heading: say_with("claim-card", "n", &(at + 1).to_string()),
        picture: is_picture.then_some(receipt.file_id),
        rows,
    }
}

fn of_trip(at: usize, trip: &NewTrip, amount: Ore, now: Instant) -> Part {
    let field = |name: &str| super::drives::name(at, name);
    let way = format!("{} – {}", trip.from.expose(), trip.to.expose());
    let mut rows = vec![
        Row::of(
            say("claim-driven"),
            swedish::day(trip.driven_on, now),
            field("driven_on"),
        ),
        Row::of(
            say("claim-purpose-row"),
            trip.purpose.expose().clone(),
            field("purpose"),
        ),
        Row::of(
            say("claim-distance"),
            format!("{way}, {}", super::facts::km(trip.distance_m)),
            field("distance_m"),
        ),
    ];
    if let (Some(start), Some(end)) = (trip.odometer_start, trip.odometer_end) {
        rows.push(Row::of(
            say("claim-odometer-row"),
            format!("{start}–{end}"),
            field("odometer_start"),
        ));
    }
    rows.push(Row::of(say("claim-mileage-row"), amount.to_string(), ""));
    Part {
        heading: say_with("claim-trip-card", "n", &(at + 1).to_string()),
        picture: None,
        rows,
    }
}
