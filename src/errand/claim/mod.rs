//! Receipt claims (kvittoredovisning): receipts and trips handed in, what is warned of, and their review line by line.
//! Owns those tables, and that the same file is handed in once. It never refuses what a family could not know: that is
//! warned of, to both sides alike.

mod hand_in;
mod lines;
mod review;
mod rows;
mod twice;
mod view;
mod warn;

pub use lines::{NewClaim, NewReceipt, NewTrip};
pub use review::{NewReview, NewReviewLine};
pub(in crate::errand) use view::Files;
pub use view::{ReceiptView, ReviewView, ReviewedLine, TripView, WarningView};
pub(in crate::errand) use warn::Found;

crate::closed_list! {
    /// What was bought.
    ReceiptCategory {
        Bicycle = "bicycle",
        Moped = "moped",
        MobilePhone = "mobile_phone",
        Computer = "computer",
        Glasses = "glasses",
        LeisureEquipment = "leisure_equipment",
        LeisureFee = "leisure_fee",
        Furniture = "furniture",
        ChildEquipment = "child_equipment",
        PlacementStart = "placement_start",
        SpecialDiet = "special_diet",
        DentalCare = "dental_care",
        Other = "other",
        Parking = "parking",
        Ticket = "ticket",
        Medicine = "medicine",
        CareFee = "care_fee",
        Meals = "meals",
    }
}

crate::closed_list! {
    /// How far a line of a claim has come: a receipt or a trip.
    LineState {
        Submitted = "submitted",
        Granted = "granted",
        PartlyGranted = "partly_granted",
        Refused = "refused",
    }
}

crate::closed_list! {
    /// What a review says of a line.
    ReviewOutcome {
        Granted = "granted",
        PartlyGranted = "partly_granted",
        /// With a reason.
        Refused = "refused",
    }
}

crate::closed_list! {
    /// What is to be looked at twice. Nothing is refused for it.
    WarningCode {
        /// The base part of the expense allowance pays for such things.
        BaseCost = "base_cost",
        /// Bought or driven long ago.
        OldReceipt = "old_receipt",
        /// The home has another line of the same day and sum.
        SameAmountAndDate = "same_amount_and_date",
        /// Together with what was handed in before it is more than was granted.
        OverAward = "over_award",
        /// A large line, and no wish that granted it.
        WithoutRequest = "without_request",
        /// Bought or driven after the award's last day.
        AfterAward = "after_award",
        /// Abroad with a child in care under LVU: the child's caseworker is to be heard before it is decided.
        ChildCaseworker = "child_caseworker",
        /// More is granted than was asked for.
        OverRequest = "over_request",
    }
}
