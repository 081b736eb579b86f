//! Errands: one unit of business between a home and the team, with its messages, notes and states; wishes with their
//! decisions, claims with their reviews. Owns the rules of who may move what ([`state`] holds the table) and what each
//! side is shown. Submitted text is never edited or deleted by anyone; notes are a type, a table and an endpoint of
//! their own.

pub mod api;
mod capability;
mod claim;
mod decision;
mod document;
mod former;
mod guard;
mod isolation;
mod limits;
mod list;
mod number;
mod opening;
pub mod pages;
mod paper;
mod protected;
mod queues;
mod rows;
mod show;
mod shut;
mod start;
pub mod state;
mod thread;
mod told;
mod typed;
mod view;
mod wish;

pub use capability::Errand;
pub use claim::{
    LineState, NewClaim, NewReceipt, NewReview, NewReviewLine, NewTrip, ReceiptCategory, ReceiptView, ReviewOutcome,
    ReviewView, ReviewedLine, TripView, WarningCode, WarningView,
};
pub use decision::{DecisionView, Granted, NewDecision, Outcome};
pub use former::FormerMessageView;
pub use isolation::{IsolationView, Item, ItemKind, NewIsolation, NewReport, Reported, WrongReportView};
pub use list::{Filter, Part, Sort};
pub use number::ErrandNumber;
pub use opening::{NewOpening, Opened, OpeningReason, OpeningView};
pub(crate) use pages::receipt_category;
pub use paper::{NewPaper, PaperView};
pub use protected::ProtectedLook;
pub use queues::Queues;
pub use start::{NewErrand, NewMessageErrand, Started};
pub use thread::{Move, NewMessage, NewNote};
pub use typed::{optional, optional_line, required, required_line};
pub use view::{AuthorView, ErrandRow as ErrandListRow, ErrandView, FileView, MessageView, NoteView, StaffView};
pub use wish::{
    AbroadView, ApprovalMode, GuardianConsent, ItemCategory, NewAbroad, NewPurchase, NewPurchaseRequest, NewTravel,
    NewTravelRequest, OtherCover, Payer, PurchaseView, TravelMode, TravelPurpose, TravelView,
};

crate::closed_list! {
    /// What an errand is about.
    ErrandKind {
        /// Meddelande, started by either side.
        Message = "message",
        /// Önskemål om större inköp.
        PurchaseRequest = "purchase_request",
        /// Önskemål om resa.
        TravelRequest = "travel_request",
        /// Kvittoredovisning.
        ReceiptClaim = "receipt_claim",
    }
}

crate::closed_list! {
    /// Where an errand stands.
    ErrandState {
        Received = "received",
        InProgress = "in_progress",
        AwaitingHome = "awaiting_home",
        Closed = "closed",
        UnderReview = "under_review",
        SupplementRequested = "supplement_requested",
        Withdrawn = "withdrawn",
        Decided = "decided",
        Completed = "completed",
        ClosedWithoutDecision = "closed_without_decision",
        Reviewed = "reviewed",
    }
}

impl ErrandState {
    /// Whether it waits for somebody: what the queues count, and the indexes over open errands hold.
    pub const fn is_open(self) -> bool {
        use ErrandState::{AwaitingHome, InProgress, Received, SupplementRequested, UnderReview};
        matches!(
            self,
            Received | InProgress | AwaitingHome | UnderReview | SupplementRequested
        )
    }
}

crate::closed_list! {
    /// By which way an errand came.
    Channel {
        /// Written in the service.
        Service = "service",
        /// On paper, registered by staff.
        Paper = "paper",
    }
}

crate::closed_list! {
    /// What a message is about, from a closed list: administrative, never searched together with persons.
    MessageCategory {
        Compensation = "compensation",
        Contact = "contact",
        School = "school",
        Health = "health",
        Meeting = "meeting",
        Relief = "relief",
        Practical = "practical",
        Other = "other",
    }
}
