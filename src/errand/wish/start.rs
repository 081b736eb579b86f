//! Sending a wish.

use super::new::{NewPurchaseRequest, NewTravelRequest, PurchaseTexts, TravelTexts};
use super::rows::{self, PurchaseRow, TravelRow};
use crate::access::Access;
use crate::crypt::RowKey;
use crate::errand::claim::{Found, WarningCode};
use crate::errand::limits::Limits;
use crate::errand::paper::OnPaper;
use crate::errand::start::{Draft, Ground, Started};
use crate::errand::{ErrandKind, ItemCategory, ReceiptCategory};
use crate::error::{Faults, Result};
use crate::file::Taker;
use crate::home::LegalBasis;
use crate::id::{BoardId, ErrandId};
use crate::secret::SecretText;

/// What seals the texts of one wish.
struct Seals<'a> {
    key: &'a RowKey,
    /// Under which it is written where people are.
    places: &'a RowKey,
    table: &'static str,
    errand: ErrandId,
}

impl Seals<'_> {
    fn seal(&self, column: &'static str, text: &SecretText) -> Vec<u8> {
        self.key.seal(self.table, column, self.errand, 1, text.expose())
    }
    fn seal_place(&self, column: &'static str, text: &SecretText) -> Vec<u8> {
        self.places.seal(self.table, column, self.errand, 1, text.expose())
    }
    fn seal_any(&self, column: &'static str, text: Option<&SecretText>) -> Option<Vec<u8>> {
        text.map(|text| self.seal(column, text))
    }
}

impl Access<'_> {
    /// Sends a wish for a purchase.
    pub(in crate::errand) fn wish_for_purchase(
        self,
        new: &NewPurchaseRequest,
        paper: Option<&OnPaper>,
    ) -> Result<Started> {
        let (mut faults, limits) = (Faults::default(), self.limits()?);
        let (ground, texts) = self.purchase_held((new, paper), &limits, &mut faults)?;
        let purchase = &new.purchase;
        let files = self.free_files(&new.file_ids, Taker::Message, &mut faults)?;
        faults.check()?;
        let (errand, key) = self.write_errand(&ground, Draft::of(ErrandKind::PurchaseRequest))?;
        self.claim_files(&files, (errand.id, None), &key)?;
        let places = self.fresh_protected_key(errand.id)?;
        let seals = Seals {
            key: &key,
            places: &places,
            table: "purchase_request",
            errand: errand.id,
        };
        let row = PurchaseRow {
            errand_id: errand.id,
            board_id: errand.board_id,
            item_category: purchase.item_category.as_str().into(),
            description: seals.seal("description", &texts.description),
            estimated_ore: purchase.estimated_ore.0,
            reasons: seals.seal("reasons", &texts.reasons),
            who_pays: purchase.who_pays.as_str().into(),
            supplier: texts.supplier.as_ref().map(|text| seals.seal_place("supplier", text)),
            link: texts.link.as_ref().map(|text| seals.seal_place("link", text)),
            needed_by: purchase.needed_by,
            childs_view: seals.seal_any("childs_view", texts.childs_view.as_ref()),
            own_contribution_ore: purchase.own_contribution_ore.map(|ore| ore.0),
        };
        let covers: Vec<&'static str> = purchase.covered_otherwise.iter().map(|one| one.as_str()).collect();
        self.db(|db| rows::insert_purchase(db, &row, &covers))?;
        if limits.is_base_cost(bought(purchase.item_category), self.now().day()) {
            self.warn(errand.board_id, errand.id, &[Found::of(WarningCode::BaseCost)])?;
        }
        self.started(&errand, &ground)
    }

    /// Where a purchase would lie and its texts, held to all limits but those of its files.
    pub(in crate::errand) fn purchase_held(
        self,
        (new, paper): (&NewPurchaseRequest, Option<&OnPaper>),
        limits: &Limits,
        faults: &mut Faults,
    ) -> Result<(Ground, PurchaseTexts)> {
        let ground = self.own_ground(new.assignment_id, paper)?;
        let today = ground.day;
        faults.unless(ground.runs_on(today), "assignment_id", "assignment");
        let texts = new.purchase.check(faults, (today, limits), !new.file_ids.is_empty());
        Ok((ground, texts))
    }

    /// The same of a trip.
    pub(in crate::errand) fn travel_held(
        self,
        (new, paper): (&NewTravelRequest, Option<&OnPaper>),
        limits: &Limits,
        faults: &mut Faults,
    ) -> Result<(Ground, TravelTexts)> {
        let ground = self.own_ground(new.assignment_id, paper)?;
        let today = ground.day;
        faults.unless(ground.runs_on(today), "assignment_id", "assignment");
        let texts = new.travel.check(faults, (today, limits));
        Ok((ground, texts))
    }

    /// Sends a wish for a trip.
    pub(in crate::errand) fn wish_for_trip(self, new: &NewTravelRequest, paper: Option<&OnPaper>) -> Result<Started> {
        let (mut faults, limits) = (Faults::default(), self.limits()?);
        let (ground, texts) = self.travel_held((new, paper), &limits, &mut faults)?;
        let files = self.free_files(&new.file_ids, Taker::Message, &mut faults)?;
        faults.check()?;
        let (errand, key) = self.write_errand(&ground, Draft::of(ErrandKind::TravelRequest))?;
        self.claim_files(&files, (errand.id, None), &key)?;
        let places = self.fresh_protected_key(errand.id)?;
        let row = travel_row(new, (errand.board_id, errand.id), &texts, (&key, &places));
        self.db(|db| rows::insert_travel(db, &row))?;
        if new.travel.abroad.is_some() && self.assignment_shown(new.assignment_id)?.legal_basis == LegalBasis::Lvu {
            self.warn(errand.board_id, errand.id, &[Found::of(WarningCode::ChildCaseworker)])?;
        }
        self.started(&errand, &ground)
    }
}

fn travel_row(
    new: &NewTravelRequest,
    (board_id, errand_id): (BoardId, ErrandId),
    texts: &TravelTexts,
    (key, places): (&RowKey, &RowKey),
) -> TravelRow {
    let seals = Seals {
        key,
        places,
        table: "travel_request",
        errand: errand_id,
    };
    let (travel, abroad) = (&new.travel, new.travel.abroad.as_ref());
    TravelRow {
        errand_id,
        board_id,
        purpose: travel.purpose.as_str().into(),
        approval_mode: travel.approval_mode.as_str().into(),
        from_place: seals.seal_place("from_place", &texts.from),
        to_place: seals.seal_place("to_place", &texts.to),
        starts_on: travel.starts_on,
        ends_on: travel.ends_on,
        adults: travel.adults,
        children: travel.children,
        mode: travel.mode.as_str().into(),
        distance_m: travel.distance_m,
        return_trip: travel.return_trip,
        other_costs_ore: travel.other_costs_ore.map(|ore| ore.0),
        reasons: seals.seal("reasons", &texts.reasons),
        country: seals.seal_any("country", texts.country.as_ref()),
        passport: abroad.map(|of| of.passport),
        guardian_consent: abroad.map(|of| of.guardian_consent.as_str().into()),
        insurance: abroad.map(|of| of.insurance),
    }
}

/// What is wished for is called the same on the receipt.
fn bought(item: ItemCategory) -> ReceiptCategory {
    ReceiptCategory::parse(item.as_str()).unwrap_or(ReceiptCategory::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_called_the_same_on_a_receipt() {
        for item in ItemCategory::ALL {
            assert_eq!(bought(*item).as_str(), item.as_str());
        }
    }
}
