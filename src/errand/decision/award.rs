//! Awards: what receipts may be handed in for.

use super::rows;
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Right, Shut};
use crate::audit::Action;
use crate::clock::Day;
use crate::errand::ErrandNumber;
use crate::errand::limits::Limits;
use crate::errand::wish::WishView;
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

/// An award that stands, to the home that has it.
pub(in crate::errand) struct OwnAward {
    /// The wish that granted it.
    pub request: ErrandId,
    pub number: ErrandNumber,
    pub assignment: AssignmentId,
    pub wish: WishView,
    pub amount: Ore,
    /// What has been handed in for it: granted, or not reviewed yet.
    pub used: Ore,
    /// The last day for which it counts.
    pub valid_until: Day,
}

impl OwnAward {
    /// Whether receipts for it can still be handed in: what was bought in its time can come some days after.
    pub fn takes_claims(&self, today: Day, limits: &Limits) -> bool {
        self.valid_until.plus_days(limits.after_end_days) >= today
    }
    /// What is left of it.
    pub fn left(&self) -> Ore {
        Ore((self.amount.0 - self.used.0).max(0))
    }
}

impl Access<'_> {
    /// The awards that stand for one's own homes, the first to end first.
    ///
    /// # Errors
    /// [`crate::error::Error::Forbidden`] for one who has no home.
    pub(in crate::errand) fn own_awards(self) -> Result<Vec<OwnAward>> {
        if !self.may(Relation::OwnHome, Right::StartErrand) {
            return Err(self.deny(Happening::denied(Action::ErrandList)));
        }
        let standing = self.standing();
        let mut found = self.db(|db| rows::standing_awards(db, standing.board, &standing.homes))?;
        // Nothing can be handed in for what is shut.
        found.retain(|(_, of, ..)| matches!(standing.shut(Some(*of)), None | Some(Shut::Settling)));
        let shown = found.iter().map(|(request, ..)| request.uuid()).collect();
        let listed = Happening::read(Action::ErrandList, Relation::OwnHome).shown("errand", shown);
        self.log(listed.among(standing.homes.iter().copied()));
        let open = |(request, assignment, amount, valid_until)| {
            let errand = self.errand(request)?;
            Ok(OwnAward {
                request,
                assignment,
                number: errand.number()?,
                wish: errand.wish()?,
                amount: Ore(amount),
                used: self.handed_in_for(request)?,
                valid_until,
            })
        };
        found.into_iter().map(open).collect()
    }

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
