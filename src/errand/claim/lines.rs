//! What a claim says when it is sent, and the limits each line is held to.

use super::ReceiptCategory;
use crate::clock::Day;
use crate::errand::limits::DISTANCE_M;
use crate::errand::typed::{optional, required_line};
use crate::error::Faults;
use crate::id::{AssignmentId, ErrandId, FileId};
use crate::money::Ore;
use crate::secret::SecretText;
use serde::Deserialize;
use std::collections::HashSet;

/// Receipts of one claim, and trips of one.
pub(super) const MOST: usize = 50;
/// What an odometer can show, in km.
const ODOMETER: std::ops::RangeInclusive<i64> = 0..=9_999_999;

/// Kvittoredovisning.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClaim {
    pub assignment_id: AssignmentId,
    /// "Jag intygar att uppgifterna är riktiga och att utlägget inte ersatts på annat sätt": must be true.
    pub declaration: bool,
    /// The wish that granted it: of the same home and assignment, with an award that stands.
    pub request_id: Option<ErrandId>,
    /// At least one receipt or trip.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub receipts: Vec<NewReceipt>,
    /// By one's own car.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub trips: Vec<NewTrip>,
}

/// One receipt: a file and what it says.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReceipt {
    pub file_id: FileId,
    /// Not in the future, and within the time of the assignment.
    pub purchased_on: Day,
    /// 2–80 characters.
    #[schema(min_length = 2, max_length = 80)]
    pub supplier: SecretText,
    pub category: ReceiptCategory,
    /// Öre, VAT included; 1–10 000 000.
    #[schema(value_type = i64, minimum = 1, maximum = 10000000)]
    pub amount_ore: Ore,
    #[schema(value_type = Option<i64>, minimum = 0)]
    pub vat_ore: Option<Ore>,
    /// At most 500 characters.
    #[schema(max_length = 500)]
    pub note: Option<SecretText>,
}

/// One trip by one's own car, as a driving log (körjournal) has it.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrip {
    /// Not in the future, and within the time of the assignment.
    pub driven_on: Day,
    /// 2–200 characters.
    #[schema(min_length = 2, max_length = 200)]
    pub purpose: SecretText,
    /// 2–120 characters: a municipality and a place, never a parent's street.
    #[schema(min_length = 2, max_length = 120)]
    pub from: SecretText,
    /// 2–120 characters.
    #[schema(min_length = 2, max_length = 120)]
    pub to: SecretText,
    /// Metres, 100–3 000 000.
    #[schema(minimum = 100, maximum = 3000000)]
    pub distance_m: i64,
    /// Km, before.
    #[schema(minimum = 0, maximum = 9999999)]
    pub odometer_start: Option<i64>,
    /// Km, after; not less than before.
    #[schema(minimum = 0, maximum = 9999999)]
    pub odometer_end: Option<i64>,
}

/// A receipt's texts, made fit to be kept.
pub(in crate::errand) struct ReceiptTexts {
    pub supplier: SecretText,
    pub note: Option<SecretText>,
}

/// A trip's texts, made fit to be kept.
pub(in crate::errand) struct TripTexts {
    pub purpose: SecretText,
    pub from: SecretText,
    pub to: SecretText,
}

/// From when to when a line may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub today: Day,
    pub from: Day,
    pub to: Option<Day>,
}

impl Span {
    fn check(self, faults: &mut Faults, field: &str, day: Day) {
        faults.unless(day <= self.today, field, "date-future");
        faults.unless(day >= self.from, field, "date-before-assignment");
        let in_time = self.to.is_none_or(|to| day <= to);
        faults.unless(in_time, field, "date-after-assignment");
    }
}

impl NewClaim {
    /// Holds the whole to its limits; gives the texts of as many lines as there may be.
    pub(super) fn check(&self, faults: &mut Faults, span: Span) -> (Vec<ReceiptTexts>, Vec<TripTexts>) {
        faults.unless(self.declaration, "declaration", "declaration");
        let any = !self.receipts.is_empty() || !self.trips.is_empty();
        faults.unless(any && self.receipts.len() <= MOST, "receipts", "receipts-count");
        faults.unless(self.trips.len() <= MOST, "trips", "trips-count");
        let mut files = HashSet::new();
        let receipts = self.receipts.iter().take(MOST).enumerate();
        let receipts = receipts.map(|(place, receipt)| {
            let different = files.insert(receipt.file_id);
            faults.unless(different, format!("receipts.{place}.file_id"), "file-twice");
            receipt.check(faults, place, span)
        });
        let receipts = receipts.collect();
        let trips = self.trips.iter().take(MOST).enumerate();
        let trips = trips.map(|(place, trip)| trip.check(faults, place, span)).collect();
        (receipts, trips)
    }

    /// The files of as many receipts as there may be.
    pub(super) fn files(&self) -> Vec<FileId> {
        self.receipts.iter().take(MOST).map(|receipt| receipt.file_id).collect()
    }
}

impl NewReceipt {
    fn check(&self, faults: &mut Faults, place: usize, span: Span) -> ReceiptTexts {
        let at = |field: &str| format!("receipts.{place}.{field}");
        span.check(faults, &at("purchased_on"), self.purchased_on);
        let amount_fits = (1..=Ore::LINE_MAX.0).contains(&self.amount_ore.0);
        faults.unless(amount_fits, at("amount_ore"), "amount");
        let vat_fits = self.vat_ore.is_none_or(|vat| vat.0 >= 0 && vat <= self.amount_ore);
        faults.unless(vat_fits, at("vat_ore"), "vat");
        ReceiptTexts {
            supplier: required_line(faults, &at("supplier"), &self.supplier, 2, 80),
            note: optional(faults, &at("note"), self.note.as_ref(), 500),
        }
    }
}

impl NewTrip {
    fn check(&self, faults: &mut Faults, place: usize, span: Span) -> TripTexts {
        let at = |field: &str| format!("trips.{place}.{field}");
        span.check(faults, &at("driven_on"), self.driven_on);
        faults.unless(DISTANCE_M.contains(&self.distance_m), at("distance_m"), "distance");
        let (start, end) = (self.odometer_start, self.odometer_end);
        let shown = |km: Option<i64>| km.is_none_or(|km| ODOMETER.contains(&km));
        faults.unless(shown(start), at("odometer_start"), "odometer");
        let rises = start.zip(end).is_none_or(|(start, end)| start <= end);
        faults.unless(shown(end) && rises, at("odometer_end"), "odometer");
        TripTexts {
            purpose: required_line(faults, &at("purpose"), &self.purpose, 2, 200),
            from: required_line(faults, &at("from"), &self.from, 2, 120),
            to: required_line(faults, &at("to"), &self.to, 2, 120),
        }
    }
}
