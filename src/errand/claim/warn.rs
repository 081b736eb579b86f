//! What is warned of when receipts and trips are handed in. Data on the errand, the same for both sides; nothing is
//! refused for it.

use super::rows::{self, ReceiptRow, TripRow, WarningRow};
use super::{ReceiptCategory, WarningCode};
use crate::access::Access;
use crate::clock::Day;
use crate::errand::decision::AwardFacts;
use crate::errand::limits::Limits;
use crate::errand::rows::ErrandRow;
use crate::error::Result;
use crate::id::{BoardId, ErrandId, ReceiptId, TripId};
use crate::money::Ore;
use std::collections::HashMap;

/// Something to be looked at twice: in a receipt, a trip, or (with neither) the whole errand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::errand) struct Found {
    pub code: WarningCode,
    pub receipt: Option<ReceiptId>,
    pub trip: Option<TripId>,
}

impl Found {
    /// Of the whole errand.
    pub const fn of(code: WarningCode) -> Found {
        Found {
            code,
            receipt: None,
            trip: None,
        }
    }
    const fn at_receipt(code: WarningCode, id: ReceiptId) -> Found {
        Found {
            receipt: Some(id),
            ..Found::of(code)
        }
    }
    const fn at_trip(code: WarningCode, id: TripId) -> Found {
        Found {
            trip: Some(id),
            ..Found::of(code)
        }
    }
}

/// What a line is held against, whichever it is.
struct Line {
    day: Day,
    amount_ore: i64,
}

impl Access<'_> {
    /// Everything to be looked at twice in a claim whose lines are written.
    pub(super) fn look_twice(
        self,
        claim: &ErrandRow,
        (receipts, trips): (&[ReceiptRow], &[TripRow]),
        award: Option<&AwardFacts>,
        limits: &Limits,
    ) -> Result<Vec<Found>> {
        let (home, id, today) = (claim.home_id, claim.id, self.now().day());
        let mut found = Vec::new();
        let receipt_days = receipts.iter().map(|one| one.purchased_on).collect();
        let mut alike: HashMap<(Day, i64), usize> = HashMap::new();
        for (_, day, amount) in self.db(|db| rows::receipts_on(db, home, receipt_days))? {
            *alike.entry((day, amount)).or_default() += 1;
        }
        for receipt in receipts {
            let line = Line {
                day: receipt.purchased_on,
                amount_ore: receipt.amount_ore,
            };
            let mut codes = line.codes(today, award, limits);
            let category = ReceiptCategory::stored(&receipt.category)?;
            if limits.is_base_cost(category, line.day) {
                codes.push(WarningCode::BaseCost);
            }
            // Itself is among them.
            if alike.get(&(line.day, line.amount_ore)).is_some_and(|count| *count > 1) {
                codes.push(WarningCode::SameAmountAndDate);
            }
            found.extend(codes.into_iter().map(|code| Found::at_receipt(code, receipt.id)));
        }
        let trip_days = trips.iter().map(|one| one.driven_on).collect();
        let driven = self.db(|db| rows::trips_on(db, home, trip_days, id))?;
        for trip in trips {
            let line = Line {
                day: trip.driven_on,
                amount_ore: trip.amount_ore,
            };
            let mut codes = line.codes(today, award, limits);
            if driven.contains(&(line.day, line.amount_ore)) {
                codes.push(WarningCode::SameAmountAndDate);
            }
            found.extend(codes.into_iter().map(|code| Found::at_trip(code, trip.id)));
        }
        if let Some(award) = award {
            let earlier = self.db(|db| rows::handed_in_for(db, award.request, id))?;
            let here = receipts.iter().map(|one| one.amount_ore);
            let here = here.chain(trips.iter().map(|one| one.amount_ore));
            let sum = here.chain(earlier).fold(0i64, i64::saturating_add);
            if sum > award.amount.0 {
                found.push(Found::of(WarningCode::OverAward));
            }
        }
        Ok(found)
    }

    /// What has been handed in for a wish so far.
    pub(in crate::errand) fn handed_in_for(self, request: ErrandId) -> Result<Ore> {
        // No claim bears the wish's own id: all of them count.
        let lines = self.db(|db| rows::handed_in_for(db, request, request))?;
        Ok(lines.into_iter().map(Ore).sum())
    }

    /// Keeps what was found beside the errand.
    pub(in crate::errand) fn warn(self, board: BoardId, errand: ErrandId, found: &[Found]) -> Result<()> {
        let row = |one: &Found| WarningRow {
            id: self.fresh_id(),
            board_id: board,
            errand_id: errand,
            code: one.code.as_str().into(),
            receipt_id: one.receipt,
            trip_id: one.trip,
        };
        let rows: Vec<_> = found.iter().map(row).collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.db(|db| rows::insert_warnings(db, &rows))
    }
}

impl Line {
    /// What holds for receipts and trips alike.
    fn codes(&self, today: Day, award: Option<&AwardFacts>, limits: &Limits) -> Vec<WarningCode> {
        let old = self.day < today.plus_months(-limits.old_after_months);
        let large = self.amount_ore >= limits.line_without_request.0;
        let after = award.is_some_and(|award| self.day > award.valid_until);
        let each = [
            (old, WarningCode::OldReceipt),
            (large && award.is_none(), WarningCode::WithoutRequest),
            (after, WarningCode::AfterAward),
        ];
        each.into_iter()
            .filter_map(|(holds, code)| holds.then_some(code))
            .collect()
    }
}
