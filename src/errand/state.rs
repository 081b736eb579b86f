//! The states of errands and who moves them: one table. A test holds it against the table of the design, line by line.

use super::{ErrandKind, ErrandState};
use crate::access::Side;
use ErrandKind::{Message, ReceiptClaim};
use ErrandState::{AwaitingHome, Closed, InProgress, Received, SupplementRequested, UnderReview, Withdrawn};

/// What can move an errand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// `POST errands`.
    Start,
    /// `POST messages`.
    Reply,
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
}

const fn step(kind: ErrandKind, from: Option<ErrandState>, act: Act, by: Side, to: ErrandState) -> Step {
    Step {
        kind,
        from,
        act,
        by,
        to,
        with_message: matches!(to, AwaitingHome | SupplementRequested),
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

/// Whether nothing more is added by the home or to it.
pub const fn has_ended(state: ErrandState) -> bool {
    matches!(state, Withdrawn)
}
