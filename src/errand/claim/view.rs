//! A claim as it was sent and reviewed, to both sides alike.

use super::rows::{self, ReceiptRow, ReviewLineRow, TripRow, WarningRow};
use super::{LineState, ReceiptCategory, WarningCode};
use crate::board::Rules;
use crate::clock::{Day, Instant};
use crate::crypt::RowKey;
use crate::errand::capability::Errand;
use crate::errand::view::FileView;
use crate::errand::{ErrandKind, ErrandState};
use crate::error::Result;
use crate::id::{ErrandId, FileId, Id, MessageId, ReceiptId, ReviewId, TripId};
use crate::money::Ore;
use crate::web::Language;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// An errand's files, with the message each belongs to.
pub(in crate::errand) type Files = HashMap<FileId, (Option<MessageId>, FileView)>;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReceiptView {
    pub id: ReceiptId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileView>,
    pub purchased_on: Day,
    /// Left out where the errand says `places_hidden`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    pub category: ReceiptCategory,
    #[schema(value_type = i64)]
    pub amount_ore: Ore,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub vat_ore: Option<Ore>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub state: LineState,
    /// `null` until it is reviewed.
    #[schema(value_type = Option<i64>)]
    #[schema(required = true)]
    pub granted_ore: Option<Ore>,
    /// Why it was refused, or granted in part.
    #[schema(required = true)]
    pub reason: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TripView {
    pub id: TripId,
    pub driven_on: Day,
    pub purpose: String,
    /// Left out, like `to`, where the errand says `places_hidden`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    pub distance_m: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odometer_start: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odometer_end: Option<i64>,
    /// What the distance comes to at the day's rate.
    #[schema(value_type = i64)]
    pub amount_ore: Ore,
    pub state: LineState,
    /// `null` until it is reviewed.
    #[schema(value_type = Option<i64>)]
    #[schema(required = true)]
    pub granted_ore: Option<Ore>,
    /// Why it was refused, or granted in part.
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// Something to be looked at twice: in a receipt, a trip, or (with neither) the whole errand.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct WarningView {
    pub code: WarningCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_id: Option<ReceiptId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trip_id: Option<TripId>,
    /// For people, in the language asked for.
    pub text: String,
    /// What its words say: the threshold of the board on the day it came.
    #[serde(skip)]
    threshold: Option<Threshold>,
}

/// A threshold as words tell it.
#[derive(Debug, Clone, Copy)]
enum Threshold {
    Months(i64),
    Sum(Ore),
}

impl WarningView {
    fn of(row: WarningRow, then: &Rules) -> Result<WarningView> {
        let code = WarningCode::stored(&row.code)?;
        let mut view = WarningView {
            receipt_id: row.receipt_id,
            trip_id: row.trip_id,
            threshold: match code {
                WarningCode::OldReceipt => Some(Threshold::Months(then.old_receipt_months)),
                WarningCode::WithoutRequest => Some(Threshold::Sum(Ore(then.wish_from_ore))),
                _ => None,
            },
            ..WarningView::of_whole(code)
        };
        view.say_in(Language::Swedish);
        Ok(view)
    }

    /// Of the whole errand.
    pub(in crate::errand) fn of_whole(code: WarningCode) -> WarningView {
        let mut view = WarningView {
            code,
            receipt_id: None,
            trip_id: None,
            text: String::new(),
            threshold: None,
        };
        view.say_in(Language::Swedish);
        view
    }

    /// What it says, in another language.
    pub fn said(&self, language: Language) -> String {
        let key = format!("warning-{}", self.code.as_str().replace('_', "-"));
        let said = match self.threshold {
            Some(Threshold::Months(n)) => language.find_count(&key, n),
            Some(Threshold::Sum(sum)) => language.find_with(&key, "sum", &sum.to_string()),
            None => language.find(&key).map(str::to_owned),
        };
        said.unwrap_or_default()
    }

    pub fn say_in(&mut self, language: Language) {
        self.text = self.said(language);
    }
}

/// A review as it was made.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReviewView {
    pub id: ReviewId,
    /// The errand's, now.
    pub state: ErrandState,
    /// All lines together.
    #[schema(value_type = i64)]
    pub granted_ore: Ore,
    pub reviewed_at: Instant,
    pub lines: Vec<ReviewedLine>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReviewedLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_id: Option<ReceiptId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trip_id: Option<TripId>,
    pub outcome: LineState,
    #[schema(value_type = i64)]
    pub granted_ore: Ore,
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// What an errand shows of a claim; of an errand that is none, nothing.
#[derive(Default)]
pub(in crate::errand) struct ClaimView {
    pub request: Option<ErrandId>,
    pub receipts: Option<Vec<ReceiptView>>,
    pub trips: Option<Vec<TripView>>,
}

impl<Grant> Errand<'_, Grant> {
    /// The lines of a claim, with what the newest review says of each.
    pub(in crate::errand) fn claim(&self, files: &Files) -> Result<ClaimView> {
        if self.kind()? != ErrandKind::ReceiptClaim {
            return Ok(ClaimView::default());
        }
        let (access, id) = (self.access, self.row.id);
        let shut = self.shown_before();
        let before = shut.map_or(Uuid::max(), Id::uuid);
        let reviewed = access.db(|db| rows::newest_review_lines(db, id, before))?;
        // A line bears what the newest review says of it; one that came since it was shut is not shown.
        let stood = |said: Option<&ReviewLineRow>| match said {
            Some(line) => (line.outcome.clone(), Some(line.granted_ore)),
            None => (LineState::Submitted.as_str().to_owned(), None),
        };
        let places = self.places_key()?;
        let receipts = access.db(|db| rows::receipts(db, id))?.into_iter();
        let receipts = receipts.map(|mut row| {
            let said = reviewed.iter().find(|line| line.receipt_id == Some(row.id));
            if shut.is_some() {
                (row.state, row.granted_ore) = stood(said);
            }
            self.show_receipt(row, (files, places.as_ref()), said)
        });
        let trips = access.db(|db| rows::trips(db, id))?.into_iter();
        let trips = trips.map(|mut row| {
            let said = reviewed.iter().find(|line| line.trip_id == Some(row.id));
            if shut.is_some() {
                (row.state, row.granted_ore) = stood(said);
            }
            self.show_trip(row, places.as_ref(), said)
        });
        Ok(ClaimView {
            request: access.db(|db| rows::request(db, id))?,
            receipts: Some(receipts.collect::<Result<_>>()?),
            trips: Some(trips.collect::<Result<_>>()?),
        })
    }

    /// What both sides are warned of.
    pub(in crate::errand) fn warnings(&self) -> Result<Vec<WarningView>> {
        let id = self.row.id;
        let found = self.access.db(|db| rows::warnings(db, id))?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let rules = self.access.rules_by_day()?;
        let then = rules.on(self.row.received_at.day());
        found.into_iter().map(|row| WarningView::of(row, then)).collect()
    }

    fn show_receipt(
        &self,
        row: ReceiptRow,
        (files, places): (&Files, Option<&RowKey>),
        said: Option<&ReviewLineRow>,
    ) -> Result<ReceiptView> {
        Ok(ReceiptView {
            id: row.id,
            file: files.get(&row.file_id).map(|(_, file)| file.clone()),
            purchased_on: row.purchased_on,
            supplier: places
                .map(|key| open_text(key, ("receipt", "supplier"), row.id, &row.supplier))
                .transpose()?,
            category: ReceiptCategory::stored(&row.category)?,
            amount_ore: Ore(row.amount_ore),
            vat_ore: row.vat_ore.map(Ore),
            note: row
                .note
                .as_deref()
                .map(|sealed| open_text(&self.key, ("receipt", "note"), row.id, sealed))
                .transpose()?,
            state: LineState::stored(&row.state)?,
            granted_ore: row.granted_ore.map(Ore),
            reason: said.map_or(Ok(None), |line| self.open_reason(line))?,
        })
    }

    fn show_trip(&self, row: TripRow, places: Option<&RowKey>, said: Option<&ReviewLineRow>) -> Result<TripView> {
        let place = |column, sealed: &[u8]| {
            let open = |key| open_text(key, ("trip", column), row.id, sealed);
            places.map(open).transpose()
        };
        Ok(TripView {
            id: row.id,
            driven_on: row.driven_on,
            purpose: open_text(&self.key, ("trip", "purpose"), row.id, &row.purpose)?,
            from: place("from_place", &row.from_place)?,
            to: place("to_place", &row.to_place)?,
            distance_m: row.distance_m,
            odometer_start: row.odometer_start,
            odometer_end: row.odometer_end,
            amount_ore: Ore(row.amount_ore),
            state: LineState::stored(&row.state)?,
            granted_ore: row.granted_ore.map(Ore),
            reason: said.map_or(Ok(None), |line| self.open_reason(line))?,
        })
    }

    pub(super) fn open_reason(&self, line: &ReviewLineRow) -> Result<Option<String>> {
        let Some(sealed) = line.reason.as_deref() else {
            return Ok(None);
        };
        let text = self.key.open("review_line", "reason", line.id, 1, sealed)?;
        Ok(Some(text.expose().clone()))
    }
}

fn open_text<T>(
    key: &RowKey,
    (table, column): (&'static str, &'static str),
    row: Id<T>,
    sealed: &[u8],
) -> Result<String> {
    Ok(key.open(table, column, row, 1, sealed)?.expose().clone())
}
