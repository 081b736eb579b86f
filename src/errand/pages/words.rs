//! What kinds, states and categories are called, to each side.

use crate::access::Side;
use crate::errand::wish::WishView;
use crate::errand::{
    ErrandKind, ErrandState, LineState, MessageCategory, OpeningReason, Outcome, ReceiptCategory, ReviewOutcome,
};
use crate::web::say;

/// A word on a coloured ground, with a picture where one helps. The word alone says it all.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    pub word: &'static str,
    pub class: &'static str,
    pub icon: &'static str,
}

fn tag(key: &'static str, class: &'static str, icon: &'static str) -> Tag {
    Tag {
        word: say(key),
        class,
        icon,
    }
}

/// Where an errand stands, as `side` is told it.
pub fn state(state: ErrandState, side: Side) -> Tag {
    use ErrandState::{
        AwaitingHome, Closed, ClosedWithoutDecision, Completed, Decided, InProgress, Received, Reviewed,
        SupplementRequested, UnderReview, Withdrawn,
    };
    match (state, side) {
        (Received, _) => tag("state-new", "tag tag--info", ""),
        (InProgress | UnderReview, Side::Home) => tag("state-team-reads", "tag tag--info", ""),
        (InProgress, Side::Team) => tag("state-in-progress", "tag", ""),
        (UnderReview, Side::Team) => tag("state-under-review", "tag", ""),
        (AwaitingHome | SupplementRequested, Side::Home) => tag("state-waits-for-you", "tag tag--wait", "clock"),
        (AwaitingHome | SupplementRequested, Side::Team) => tag("state-waits-for-family", "tag tag--wait", "clock"),
        (Closed, _) => tag("state-closed", "tag tag--ok", "check"),
        (Withdrawn, _) => tag("state-withdrawn", "tag", ""),
        (Decided, _) => tag("state-decided", "tag tag--ok", "check"),
        (Completed, _) => tag("state-completed", "tag tag--ok", "check"),
        (ClosedWithoutDecision, _) => tag("state-closed-without-decision", "tag", ""),
        (Reviewed, _) => tag("state-reviewed", "tag tag--ok", "check"),
    }
}

/// That an answer is needed soon, where it is: said for as long as the errand stands, and loudly while it is open.
pub fn urgent(is: bool, state: ErrandState) -> Option<Tag> {
    let class = match state.is_open() {
        true => "tag tag--err",
        false => "tag",
    };
    is.then(|| tag("state-urgent", class, "alert"))
}

/// Whether an errand waits for the home.
pub const fn waits_for_home(state: ErrandState) -> bool {
    matches!(state, ErrandState::AwaitingHome | ErrandState::SupplementRequested)
}

pub fn kind(kind: ErrandKind) -> &'static str {
    say(match kind {
        ErrandKind::Message => "kind-message",
        ErrandKind::PurchaseRequest => "kind-purchase-request",
        ErrandKind::TravelRequest => "kind-travel-request",
        ErrandKind::ReceiptClaim => "kind-receipt-claim",
    })
}

pub fn message_category(category: MessageCategory) -> &'static str {
    say(match category {
        MessageCategory::Compensation => "message-category-compensation",
        MessageCategory::Contact => "message-category-contact",
        MessageCategory::School => "message-category-school",
        MessageCategory::Health => "message-category-health",
        MessageCategory::Meeting => "message-category-meeting",
        MessageCategory::Relief => "message-category-relief",
        MessageCategory::Practical => "message-category-practical",
        MessageCategory::Other => "message-category-other",
    })
}

pub fn receipt_category(category: ReceiptCategory) -> &'static str {
    say(match category {
        ReceiptCategory::Bicycle => "receipt-category-bicycle",
        ReceiptCategory::Moped => "receipt-category-moped",
        ReceiptCategory::MobilePhone => "receipt-category-mobile-phone",
        ReceiptCategory::Computer => "receipt-category-computer",
        ReceiptCategory::Glasses => "receipt-category-glasses",
        ReceiptCategory::LeisureEquipment => "receipt-category-leisure-equipment",
        ReceiptCategory::LeisureFee => "receipt-category-leisure-fee",
        ReceiptCategory::Furniture => "receipt-category-furniture",
        ReceiptCategory::ChildEquipment => "receipt-category-child-equipment",
        ReceiptCategory::PlacementStart => "receipt-category-placement-start",
        ReceiptCategory::SpecialDiet => "receipt-category-special-diet",
        ReceiptCategory::DentalCare => "receipt-category-dental-care",
        ReceiptCategory::Other => "receipt-category-other",
        ReceiptCategory::Parking => "receipt-category-parking",
        ReceiptCategory::Ticket => "receipt-category-ticket",
        ReceiptCategory::Medicine => "receipt-category-medicine",
        ReceiptCategory::CareFee => "receipt-category-care-fee",
        ReceiptCategory::Meals => "receipt-category-meals",
    })
}

/// What a wish is for, in a word or two.
pub fn wish(of: &WishView) -> &'static str {
    match (&of.purchase, &of.travel) {
        (Some(purchase), _) => ReceiptCategory::parse(purchase.item_category.as_str())
            .map_or_else(|| say("wish-purchase"), receipt_category),
        (None, Some(travel)) => super::facts::purpose(travel.purpose),
        (None, None) => say("wish-any"),
    }
}

/// What was decided, as `side` is told it.
pub fn outcome(outcome: Outcome, side: Side) -> &'static str {
    say(match (outcome, side) {
        (Outcome::Granted, Side::Team) => "outcome-granted-team",
        (Outcome::PartlyGranted, Side::Team) => "outcome-partly-granted-team",
        (Outcome::Refused, Side::Team) => "outcome-refused-team",
        (Outcome::Dismissed, Side::Team) => "outcome-dismissed-team",
        (Outcome::Granted, Side::Home) => "outcome-granted-home",
        (Outcome::PartlyGranted, Side::Home) => "outcome-partly-granted-home",
        (Outcome::Refused, Side::Home) => "outcome-refused-home",
        (Outcome::Dismissed, Side::Home) => "outcome-dismissed-home",
    })
}

/// The tag of an errand that is decided on: what was decided.
pub fn decided(of: Outcome, side: Side) -> Tag {
    let (class, icon) = match of {
        Outcome::Granted | Outcome::PartlyGranted => ("tag tag--ok", "check"),
        Outcome::Refused | Outcome::Dismissed => ("tag", ""),
    };
    Tag {
        word: outcome(of, side),
        class,
        icon,
    }
}

/// How far a receipt or trip has come; nothing until it is reviewed.
pub fn line(state: LineState) -> Option<&'static str> {
    match state {
        LineState::Submitted => None,
        LineState::Granted => Some(say("line-granted")),
        LineState::PartlyGranted => Some(say("line-partly-granted")),
        LineState::Refused => Some(say("line-refused")),
    }
}

/// What a review says of a line, to choose from.
pub fn said_of_line(of: ReviewOutcome) -> &'static str {
    say(match of {
        ReviewOutcome::Granted => "said-of-line-granted",
        ReviewOutcome::PartlyGranted => "said-of-line-partly-granted",
        ReviewOutcome::Refused => "said-of-line-refused",
    })
}

/// Why a colleague opens an errand.
pub fn opening(of: OpeningReason) -> &'static str {
    say(match of {
        OpeningReason::Deputising => "opening-deputising",
        OpeningReason::OnCall => "opening-on-call",
        OpeningReason::Consultation => "opening-consultation",
        OpeningReason::Handover => "opening-handover",
        OpeningReason::Other => "opening-other",
    })
}

/// What a home takes back.
pub fn taken_back(kind: ErrandKind) -> &'static str {
    say(match kind {
        ErrandKind::ReceiptClaim => "taken-back-receipt-claim",
        ErrandKind::PurchaseRequest | ErrandKind::TravelRequest => "taken-back-purchase-request",
        ErrandKind::Message => "taken-back-message",
    })
}

/// What an errand is called where there is a subject, and where there is none.
pub fn title(of: ErrandKind, subject: Option<&str>) -> String {
    subject.unwrap_or(kind(of)).to_owned()
}

/// Its kind, and what it is about by the closed list: all that a list of other people's errands says.
pub fn kind_and_category(of: ErrandKind, category: Option<MessageCategory>) -> String {
    match category.filter(|category| *category != MessageCategory::Other) {
        Some(category) => format!("{}, {}", kind(of), message_category(category).to_lowercase()),
        None => kind(of).to_owned(),
    }
}

/// What a move to `to` is called on its button.
pub fn act(from: ErrandState, to: ErrandState) -> &'static str {
    say(match (from, to) {
        (ErrandState::Closed, ErrandState::InProgress) => "act-reopen",
        (_, ErrandState::InProgress) => "act-in-progress",
        (_, ErrandState::UnderReview) => "act-under-review",
        (_, ErrandState::AwaitingHome) => "act-awaiting-home",
        (_, ErrandState::SupplementRequested) => "act-supplement-requested",
        (_, ErrandState::Closed) => "act-closed",
        (_, ErrandState::Withdrawn) => "act-withdrawn",
        (_, ErrandState::Decided) => "act-decided",
        (_, ErrandState::Completed) => "act-completed",
        (_, ErrandState::ClosedWithoutDecision) => "act-closed-without-decision",
        (_, ErrandState::Reviewed) => "act-reviewed",
        (_, ErrandState::Received) => "act-received",
    })
}

/// Where someone is or bought something, unless that is hidden.
pub fn place(text: Option<&str>) -> String {
    text.map_or_else(|| say("protection-hidden").to_owned(), str::to_owned)
}

/// From where to where, unless that is hidden.
pub fn way(from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{from} {} {to}", say("fact-way")),
        _ => say("protection-hidden").to_owned(),
    }
}
