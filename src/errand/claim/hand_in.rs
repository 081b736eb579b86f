//! Handing in receipts and trips.

use super::LineState;
use super::lines::{NewClaim, NewReceipt, NewTrip, ReceiptTexts, Span, TripTexts};
use super::rows::{self, ReceiptRow, TripRow};
use crate::access::Access;
use crate::crypt::RowKey;
use crate::errand::ErrandKind;
use crate::errand::decision::AwardFacts;
use crate::errand::paper::OnPaper;
use crate::errand::rows::ErrandRow;
use crate::errand::start::{Draft, Ground, Started};
use crate::error::{Faults, Result};
use crate::file::Taker;
use crate::money::Ore;

/// What seals a claim's lines.
struct LineKeys {
    texts: RowKey,
    /// Under which it is written where people are.
    places: RowKey,
}

/// The texts of receipts and of trips.
type LineTexts = (Vec<ReceiptTexts>, Vec<TripTexts>);

impl Access<'_> {
    /// Hands in receipts and trips.
    ///
    /// # Errors
    /// [`crate::error::Error::DuplicateFile`] when the home has handed in a file of the same content before.
    pub(in crate::errand) fn hand_in(self, new: &NewClaim, paper: Option<&OnPaper>) -> Result<Started> {
        let (mut faults, limits) = (Faults::default(), self.limits()?);
        let (ground, award, (receipts, trips)) = self.claim_held((new, paper), &mut faults)?;
        let files = self.free_files(&new.files(), Taker::Receipts, &mut faults)?;
        let contents = self.different_contents(new, &files, &mut faults)?;
        faults.check()?;
        let (errand, key) = self.write_errand(&ground, Draft::of(ErrandKind::ReceiptClaim))?;
        self.take_contents(&errand, contents)?;
        self.claim_files(&files, (errand.id, None), &key)?;
        let keys = LineKeys {
            texts: key,
            places: self.fresh_protected_key(errand.id)?,
        };
        let receipts = new.receipts.iter().zip(receipts).enumerate();
        let receipts: Vec<_> = receipts
            .map(|(place, (receipt, texts))| self.receipt_row((&errand, &keys), place, receipt, texts))
            .collect();
        let trips = new.trips.iter().zip(trips).enumerate();
        let trips: Vec<_> = trips
            .map(|(place, (trip, texts))| {
                let comes_to = limits.mileage(trip.distance_m, trip.driven_on);
                self.trip_row((&errand, &keys), place, (trip, comes_to), texts)
            })
            .collect();
        self.db(|db| rows::insert_lines(db, &receipts, &trips))?;
        if let Some(award) = &award {
            self.db(|db| rows::insert_request(db, (errand.id, award.request), errand.board_id))?;
        }
        let found = self.look_twice(&errand, (&receipts, &trips), award.as_ref(), &limits)?;
        self.warn(errand.board_id, errand.id, &found)?;
        self.started(&errand, &ground)
    }

    /// Where a claim would lie, the award it names and its texts, held to all limits but those of its files.
    pub(in crate::errand) fn claim_held(
        self,
        (new, paper): (&NewClaim, Option<&OnPaper>),
        faults: &mut Faults,
    ) -> Result<(Ground, Option<AwardFacts>, LineTexts)> {
        let (ground, limits) = (self.own_ground(new.assignment_id, paper)?, self.limits()?);
        let today = ground.day;
        let span = span_of(&ground, today);
        let open = span.from <= today && span.to.is_none_or(|to| to.plus_days(limits.after_end_days) >= today);
        faults.unless(open, "assignment_id", "assignment");
        let texts = new.check(faults, span);
        let award = self.award_named(new, &ground, faults)?;
        Ok((ground, award, texts))
    }

    /// The award of the wish that a claim names, if it names one.
    fn award_named(self, new: &NewClaim, ground: &Ground, faults: &mut Faults) -> Result<Option<AwardFacts>> {
        let Some(request) = new.request_id else { return Ok(None) };
        let award = self.award_standing(request, (ground.home, new.assignment_id))?;
        faults.unless(award.is_some(), "request_id", "request");
        Ok(award)
    }

    fn receipt_row(
        self,
        (errand, keys): (&ErrandRow, &LineKeys),
        place: usize,
        receipt: &NewReceipt,
        texts: ReceiptTexts,
    ) -> ReceiptRow {
        let id = self.fresh_id();
        ReceiptRow {
            id,
            board_id: errand.board_id,
            errand_id: errand.id,
            position: place as i64,
            file_id: receipt.file_id,
            purchased_on: receipt.purchased_on,
            supplier: keys.places.seal("receipt", "supplier", id, 1, texts.supplier.expose()),
            category: receipt.category.as_str().into(),
            amount_ore: receipt.amount_ore.0,
            vat_ore: receipt.vat_ore.map(|vat| vat.0),
            note: texts
                .note
                .map(|note| keys.texts.seal("receipt", "note", id, 1, note.expose())),
            state: LineState::Submitted.as_str().into(),
            granted_ore: None,
        }
    }

    fn trip_row(
        self,
        (errand, keys): (&ErrandRow, &LineKeys),
        place: usize,
        (trip, comes_to): (&NewTrip, Ore),
        texts: TripTexts,
    ) -> TripRow {
        let id = self.fresh_id();
        TripRow {
            id,
            board_id: errand.board_id,
            errand_id: errand.id,
            position: place as i64,
            driven_on: trip.driven_on,
            purpose: keys.texts.seal("trip", "purpose", id, 1, texts.purpose.expose()),
            from_place: keys.places.seal("trip", "from_place", id, 1, texts.from.expose()),
            to_place: keys.places.seal("trip", "to_place", id, 1, texts.to.expose()),
            distance_m: trip.distance_m,
            odometer_start: trip.odometer_start,
            odometer_end: trip.odometer_end,
            amount_ore: comes_to.0,
            state: LineState::Submitted.as_str().into(),
            granted_ore: None,
        }
    }
}

fn span_of(ground: &Ground, today: crate::clock::Day) -> Span {
    let of = ground.assignment.as_ref();
    Span {
        today,
        from: of.map_or(today, |of| of.from),
        to: of.and_then(|of| of.to),
    }
}
