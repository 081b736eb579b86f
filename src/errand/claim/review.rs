//! Reviewing a claim (granskning), line by line.

use super::rows::{self, ReviewLineRow, ReviewRow};
use super::view::{ReviewView, ReviewedLine};
use super::{LineState, ReviewOutcome};
use crate::access::{Access, Once, Right};
use crate::audit::Action;
use crate::errand::ErrandState;
use crate::errand::capability::{Errand, Reviewing, Seen};
use crate::errand::state::Act;
use crate::errand::typed::required;
use crate::error::{Error, Faults, Result};
use crate::file::FreeFiles;
use crate::id::{ErrandId, ReceiptId, ReviewId, TripId};
use crate::money::Ore;
use crate::secret::SecretText;
use crate::web::IfMatch;
use serde::Deserialize;
use std::collections::HashMap;

/// Characters of a line's reason.
const REASON_MAX: usize = 2_000;

/// A review: every line of the claim once.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReview {
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<NewReviewLine>,
    /// What was `found` of people of another home, and is meant.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub confirmed: Vec<SecretText>,
}

/// What is said of one line.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReviewLine {
    /// This or `trip_id`.
    pub receipt_id: Option<ReceiptId>,
    pub trip_id: Option<TripId>,
    pub outcome: ReviewOutcome,
    /// Öre: needed where a part is granted, and less than the line's sum. Granted in full it is the line's sum.
    #[schema(value_type = Option<i64>, minimum = 1)]
    pub amount_ore: Option<Ore>,
    /// 1–2 000 characters; needed unless the line is granted in full.
    #[schema(max_length = 2000)]
    pub reason: Option<SecretText>,
}

/// Which line of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Which {
    Receipt(ReceiptId),
    Trip(TripId),
}

/// What is said of a line, checked.
struct Said {
    which: Which,
    outcome: ReviewOutcome,
    granted: Ore,
    reason: Option<SecretText>,
}

impl NewReviewLine {
    fn which(&self) -> Option<Which> {
        match (self.receipt_id, self.trip_id) {
            (Some(id), None) => Some(Which::Receipt(id)),
            (None, Some(id)) => Some(Which::Trip(id)),
            _ => None,
        }
    }

    /// The line, held against its sum.
    fn check(&self, faults: &mut Faults, place: usize, (which, sum): (Which, Ore)) -> Said {
        let at = |field: &str| format!("lines.{place}.{field}");
        let reason = self.reason.as_ref();
        let reason = reason.map(|text| required(faults, &at("reason"), text, 1, REASON_MAX));
        let in_full = self.outcome == ReviewOutcome::Granted;
        faults.unless(reason.is_some() || in_full, at("reason"), "required");
        let granted = match (self.outcome, self.amount_ore) {
            (ReviewOutcome::Granted, None) => Some(sum),
            (ReviewOutcome::Granted, Some(said)) => Some(said).filter(|said| *said == sum),
            (ReviewOutcome::PartlyGranted, Some(said)) => Some(said).filter(|said| (1..sum.0).contains(&said.0)),
            (ReviewOutcome::PartlyGranted, None) => {
                faults.unless(false, at("amount_ore"), "required");
                Some(Ore(0))
            }
            (ReviewOutcome::Refused, said) => Some(Ore(0)).filter(|_| said.is_none_or(|said| said.0 == 0)),
        };
        faults.unless(granted.is_some(), at("amount_ore"), "amount-of-line");
        Said {
            which,
            outcome: self.outcome,
            granted: granted.unwrap_or(Ore(0)),
            reason,
        }
    }
}

impl Errand<'_, Reviewing> {
    /// Reviews the claim: `reviewed`, or `closed` where nothing is granted.
    ///
    /// # Errors
    /// [`Error::Conflict`] in another state; [`Error::Invalid`] unless every line stands there once, within its sum.
    pub fn review(mut self, new: &NewReview, if_match: IfMatch) -> Result<ReviewId> {
        if_match.check(self.version())?;
        if self.is_registered_by_me()? {
            let tried = self.refused(Action::ClaimReview).reason("own_paper");
            return Err(self.access.deny(tried));
        }
        let step = self.step(Act::Review)?;
        let said = self.said(new)?;
        let reasons: Vec<&SecretText> = said.iter().filter_map(|one| one.reason.as_ref()).collect();
        self.guard(&reasons, &FreeFiles::default(), (&new.confirmed, Action::ClaimReview))?;
        let nothing = said.iter().all(|one| one.granted.0 == 0);
        let to = if nothing { ErrandState::Closed } else { step.to };
        let caught_up = self.caught_up(if_match)?;
        self.enter(to)?;
        let (access, id, errand) = (self.access, self.access.fresh_id(), self.row.id);
        let review = ReviewRow {
            id,
            board_id: self.row.board_id,
            errand_id: errand,
            reviewed_by: access.person()?,
            reviewed_at: access.now(),
        };
        let lines: Vec<_> = said.into_iter().map(|one| self.line_row(id, one)).collect();
        access.db(|db| {
            rows::insert_review(db, &review, &lines)?;
            lines.iter().try_for_each(|line| rows::set_line(db, line))
        })?;
        access.log(self.happened(Action::ClaimReview, true).object("review", id));
        access.log(self.happened(Action::ErrandState, true));
        self.told_onward(caught_up)?;
        Ok(id)
    }

    fn line_row(&self, review: ReviewId, said: Said) -> ReviewLineRow {
        let id = self.access.fresh_id();
        let (receipt_id, trip_id) = match said.which {
            Which::Receipt(of) => (Some(of), None),
            Which::Trip(of) => (None, Some(of)),
        };
        ReviewLineRow {
            id,
            board_id: self.row.board_id,
            review_id: review,
            receipt_id,
            trip_id,
            outcome: said.outcome.as_str().into(),
            granted_ore: said.granted.0,
            reason: said
                .reason
                .map(|text| self.key.seal("review_line", "reason", id, 1, text.expose())),
        }
    }
}

impl<Grant> Errand<'_, Grant> {
    /// What is said of each line, if every line of the claim stands there once.
    fn said(&self, new: &NewReview) -> Result<Vec<Said>> {
        let id = self.row.id;
        let receipts = self.access.db(|db| rows::receipts(db, id))?;
        let trips = self.access.db(|db| rows::trips(db, id))?;
        let receipts = receipts.iter().map(|one| (Which::Receipt(one.id), Ore(one.amount_ore)));
        let trips = trips.iter().map(|one| (Which::Trip(one.id), Ore(one.amount_ore)));
        let mut left: HashMap<Which, Ore> = receipts.chain(trips).collect();
        let (mut faults, mut said) = (Faults::default(), Vec::new());
        for (place, line) in new.lines.iter().enumerate().take(left.len() + 1) {
            match line.which().and_then(|which| Some((which, left.remove(&which)?))) {
                Some(of) => said.push(line.check(&mut faults, place, of)),
                None => faults.unless(false, format!("lines.{place}"), "line-unknown"),
            }
        }
        faults.unless(left.is_empty(), "lines", "lines-once");
        faults.check()?;
        Ok(said)
    }
}

impl Errand<'_, Seen> {
    /// Asks whether a review can be made at all.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for one who may not; [`Error::Conflict`] in another state.
    pub fn may_review(&self) -> Result<()> {
        self.require(Right::Review, Action::ClaimReview)?;
        self.step(Act::Review).map(drop)
    }

    /// What a review would grant in all, if it were made now; nothing is written.
    ///
    /// # Errors
    /// As [`Errand::review`]; [`Error::Forbidden`] for one who may not review.
    pub fn would_review(&self, new: &NewReview, if_match: IfMatch) -> Result<Ore> {
        self.may_review()?;
        if_match.check(self.version())?;
        Ok(self.said(new)?.iter().map(|one| one.granted).sum())
    }

    /// One review as it is shown after it was made.
    pub fn show_one_review(self, id: ReviewId) -> Result<ReviewView> {
        let (access, errand) = (self.access, self.row.id);
        access.log(self.happened(Action::ErrandRead, false).object("review", id));
        let row = access.db(|db| rows::review(db, id))?;
        let row = row.filter(|row| row.errand_id == errand).ok_or(Error::NotFound)?;
        let lines = access.db(|db| rows::review_lines(db, id))?;
        let sum = lines.iter().map(|line| Ore(line.granted_ore)).sum();
        let show = |line: ReviewLineRow| {
            Ok(ReviewedLine {
                outcome: LineState::stored(&line.outcome)?,
                granted_ore: Ore(line.granted_ore),
                reason: self.open_reason(&line)?,
                receipt_id: line.receipt_id,
                trip_id: line.trip_id,
            })
        };
        Ok(ReviewView {
            id,
            state: self.state()?,
            granted_ore: sum,
            reviewed_at: row.reviewed_at,
            lines: lines.into_iter().map(show).collect::<Result<_>>()?,
        })
    }
}

impl Access<'_> {
    /// Reviews a claim.
    pub fn review(self, claim: ErrandId, new: &NewReview, if_match: IfMatch, once: Option<&Once>) -> Result<ReviewId> {
        if let Some(made) = self.made_before(once)? {
            self.errand(claim)?.acknowledged()?;
            return Ok(made);
        }
        let id = self
            .errand_for(claim, Action::ClaimReview)?
            .to_review()?
            .review(new, if_match)?;
        self.remember(once, id)?;
        Ok(id)
    }
}
