//! Decisions (beslut) on wishes, and the awards (beviljanden) they make. Owns both tables. A decision is never changed
//! or removed, by anyone: a later one supersedes it, and to the home's detriment only with reasons (förvaltningslagen
//! 32 and 37 §§). It never says who may decide: that is the policy's.

mod award;
mod decide;
mod rows;
mod view;

pub(in crate::errand) use award::{AwardFacts, OwnAward};
pub use decide::{Granted, NewDecision};
pub use view::DecisionView;

crate::closed_list! {
    /// What is decided on a wish.
    Outcome {
        /// Bifall.
        Granted = "granted",
        /// Delvis bifall.
        PartlyGranted = "partly_granted",
        /// Avslag.
        Refused = "refused",
        /// Avvisning.
        Dismissed = "dismissed",
    }
}

impl Outcome {
    /// Whether it makes an award.
    pub const fn grants(self) -> bool {
        matches!(self, Outcome::Granted | Outcome::PartlyGranted)
    }
}
