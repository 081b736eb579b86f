//! The states of errands and who moves them: one table. A test holds it against the table of the design, line by line.

use super::{ErrandKind, ErrandState};
use crate::access::Side;
use ErrandKind::{Message, PurchaseRequest, ReceiptClaim, TravelRequest};
use ErrandState::{
    AwaitingHome, Closed, ClosedWithoutDecision, Completed, Decided, InProgress, Received, Reviewed,
    SupplementRequested, UnderReview, Withdrawn,
};

/// What can move an errand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// `POST errands`.
    Start,
    /// `POST messages`.
    Reply,
    /// `POST decisions`, whatever is decided.
    Decide,
    /// `POST reviews`.
    Review,
    /// What follows by itself from a review that grants nothing.
    NothingGranted,
    /// `PUT state`, to this one.
    To(ErrandState),
}

/// One move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub kind: ErrandKind,
    /// `None`: it does not exist yet.
    pub from: Option<ErrandState>,
    pub act: Act,
    pub by: Side,
    pub to: ErrandState,
    /// Only together with a message to the home.
    pub with_message: bool,
    /// Only with a reason, which both sides are shown.
    pub with_reason: bool,
}

const fn step(kind: ErrandKind, from: Option<ErrandState>, act: Act, by: Side, to: ErrandState) -> Step {
    Step {
        kind,
        from,
        act,
        by,
        to,
        with_message: matches!(to, AwaitingHome | SupplementRequested),
        with_reason: matches!(to, ClosedWithoutDecision),
    }
}

/// Every move there is. A reply that is not here leaves the state as it is.
pub const STEPS: &[Step] = &[
    step(Message, None, Act::Start, Side::Home, Received),
    step(Message, None, Act::Start, Side::Team, Received),
    step(Message, Some(Received), Act::Reply, Side::Team, InProgress),
    step(Message, Some(Received), Act::To(InProgress), Side::Team, InProgress),
    step(Message, Some(Received), Act::To(AwaitingHome), Side::Team, AwaitingHome),
    step(
        Message,
        Some(InProgress),
        Act::To(AwaitingHome),
        Side::Team,
        AwaitingHome,
    ),
    step(Message, Some(AwaitingHome), Act::Reply, Side::Home, InProgress),
    step(Message, Some(Received), Act::To(Closed), Side::Team, Closed),
    step(Message, Some(InProgress), Act::To(Closed), Side::Team, Closed),
    step(Message, Some(AwaitingHome), Act::To(Closed), Side::Team, Closed),
    step(Message, Some(Closed), Act::To(InProgress), Side::Home, InProgress),
    step(Message, Some(Closed), Act::To(InProgress), Side::Team, InProgress),
    step(Message, Some(Closed), Act::Reply, Side::Home, InProgress),
    step(Message, Some(Closed), Act::Reply, Side::Team, InProgress),
    step(PurchaseRequest, None, Act::Start, Side::Home, Received),
    step(PurchaseRequest, Some(Received), Act::Reply, Side::Team, UnderReview),
    step(
        PurchaseRequest,
        Some(Received),
        Act::To(UnderReview),
        Side::Team,
        UnderReview,
    ),
    step(
        PurchaseRequest,
        Some(Received),
        Act::To(SupplementRequested),
        Side::Team,
        SupplementRequested,
    ),
    step(
        PurchaseRequest,
        Some(UnderReview),
        Act::To(SupplementRequested),
        Side::Team,
        SupplementRequested,
    ),
    step(
        PurchaseRequest,
        Some(SupplementRequested),
        Act::Reply,
        Side::Home,
        UnderReview,
    ),
    step(
        PurchaseRequest,
        Some(Received),
        Act::To(Withdrawn),
        Side::Home,
        Withdrawn,
    ),
    step(
        PurchaseRequest,
        Some(UnderReview),
        Act::To(Withdrawn),
        Side::Home,
        Withdrawn,
    ),
    step(
        PurchaseRequest,
        Some(SupplementRequested),
        Act::To(Withdrawn),
        Side::Home,
        Withdrawn,
    ),
    step(PurchaseRequest, Some(Received), Act::Decide, Side::Team, Decided),
    step(PurchaseRequest, Some(UnderReview), Act::Decide, Side::Team, Decided),
    step(
        PurchaseRequest,
        Some(SupplementRequested),
        Act::Decide,
        Side::Team,
        Decided,
    ),
    step(PurchaseRequest, Some(Decided), Act::Decide, Side::Team, Decided),
    step(
        PurchaseRequest,
        Some(Decided),
        Act::To(Completed),
        Side::Team,
        Completed,
    ),
    step(
        PurchaseRequest,
        Some(Received),
        Act::To(ClosedWithoutDecision),
        Side::Team,
        ClosedWithoutDecision,
    ),
    step(
        PurchaseRequest,
        Some(UnderReview),
        Act::To(ClosedWithoutDecision),
        Side::Team,
        ClosedWithoutDecision,
    ),
    step(TravelRequest, None, Act::Start, Side::Home, Received),
    step(TravelRequest, Some(Received), Act::Reply, Side::Team, UnderReview),
    step(
        TravelRequest,
        Some(Received),
        Act::To(UnderReview),
        Side::Team,
        UnderReview,
    ),
    step(
        TravelRequest,
        Some(Received),
        Act::To(SupplementRequested),
        Side::Team,
        SupplementRequested,
    ),
    step(
        TravelRequest,
        Some(UnderReview),
        Act::To(SupplementRequested),
        Side::Team,
        SupplementRequested,
    ),
    step(
        TravelRequest,
        Some(SupplementRequested),
        Act::Reply,
        Side::Home,
        UnderReview,
    ),
    step(TravelRequest, Some(Received), Act::To(Withdrawn), Side::Home, Withdrawn),
    step(
        TravelRequest,
        Some(UnderReview),
        Act::To(Withdrawn),
        Side::Home,
        Withdrawn,
    ),
    step(
        TravelRequest,
        Some(SupplementRequested),
        Act::To(Withdrawn),
        Side::Home,
        Withdrawn,
    ),
    step(TravelRequest, Some(Received), Act::Decide, Side::Team, Decided),
    step(TravelRequest, Some(UnderReview), Act::Decide, Side::Team, Decided),
    step(
        TravelRequest,
        Some(SupplementRequested),
        Act::Decide,
        Side::Team,
        Decided,
    ),
    step(TravelRequest, Some(Decided), Act::Decide, Side::Team, Decided),
    step(TravelRequest, Some(Decided), Act::To(Completed), Side::Team, Completed),
    step(
        TravelRequest,
        Some(Received),
        Act::To(ClosedWithoutDecision),
        Side::Team,
        ClosedWithoutDecision,
    ),
    step(
        TravelRequest,
        Some(UnderReview),
        Act::To(ClosedWithoutDecision),
        Side::Team,
        ClosedWithoutDecision,
    ),
    step(ReceiptClaim, None, Act::Start, Side::Home, Received),
    step(ReceiptClaim, Some(Received), Act::Reply, Side::Team, UnderReview),
    step(
        ReceiptClaim,
        Some(Received),
        Act::To(UnderReview),
        Side::Team,
        UnderReview,
    ),
    step(
        ReceiptClaim,
        Some(Received),
        Act::To(SupplementRequested),
        Side::Team,
        SupplementRequested,
    ),
    step(
        ReceiptClaim,
        Some(UnderReview),
        Act::To(SupplementRequested),
        Side::Team,
        SupplementRequested,
    ),
    step(
        ReceiptClaim,
        Some(SupplementRequested),
        Act::Reply,
        Side::Home,
        UnderReview,
    ),
    step(ReceiptClaim, Some(Received), Act::To(Withdrawn), Side::Home, Withdrawn),
    step(
        ReceiptClaim,
        Some(UnderReview),
        Act::To(Withdrawn),
        Side::Home,
        Withdrawn,
    ),
    step(
        ReceiptClaim,
        Some(SupplementRequested),
        Act::To(Withdrawn),
        Side::Home,
        Withdrawn,
    ),
    step(ReceiptClaim, Some(Received), Act::Review, Side::Team, Reviewed),
    step(ReceiptClaim, Some(UnderReview), Act::Review, Side::Team, Reviewed),
    step(ReceiptClaim, Some(Reviewed), Act::NothingGranted, Side::Team, Closed),
];

/// The move that `act` by `by` makes from `from`, if there is one.
pub fn find(kind: ErrandKind, from: Option<ErrandState>, act: Act, by: Side) -> Option<&'static Step> {
    STEPS
        .iter()
        .find(|step| step.kind == kind && step.from == from && step.act == act && step.by == by)
}

/// Whether any move of `side` leads to `state`: asked before a caller is told that it may not.
pub fn may_ever(kind: ErrandKind, state: ErrandState, side: Side) -> bool {
    STEPS
        .iter()
        .any(|step| step.kind == kind && step.act == Act::To(state) && step.by == side)
}

/// Whether nothing more is added by the home or to it. A closed message can be taken up again.
pub const fn has_ended(kind: ErrandKind, state: ErrandState) -> bool {
    match state {
        Withdrawn | Completed | ClosedWithoutDecision => true,
        Closed => !matches!(kind, Message),
        _ => false,
    }
}
