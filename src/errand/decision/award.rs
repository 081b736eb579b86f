//! Awards: what receipts may be handed in for.

use super::rows;
use crate::access::Access;
use crate::clock::Day;
use crate::error::Result;
use crate::id::{AssignmentId, ErrandId, HomeId};
use crate::money::Ore;

/// An award that stands.
#[derive(Debug, Clone, Copy)]
pub(in crate::errand) struct AwardFacts {
    /// The wish that granted it.
    pub request: ErrandId,
    pub amount: Ore,
    /// The last day for which it counts.
    pub valid_until: Day,
}

impl Access<'_> {
    /// The award that stands for a wish, if that is one of this home and assignment.
    pub(in crate::errand) fn award_standing(
        self,
        request: ErrandId,
        (home, assignment): (HomeId, AssignmentId),
    ) -> Result<Option<AwardFacts>> {
        let board = self.standing().board;
        let found = self.db(|db| rows::standing_award(db, request, (board, home, assignment)))?;
        Ok(found.map(|(amount, valid_until)| AwardFacts {
            request,
            amount: Ore(amount),
            valid_until,
        }))
    }

    /// Ends the award of a wish that is completed.
    pub(in crate::errand) fn end_award(self, request: ErrandId) -> Result<()> {
        let now = self.now();
        self.db(|db| rows::end_award(db, request, now))
    }
}
