//! Errands: one unit of business between a home and the team, with its messages, notes, receipts and states. Owns the
//! rules of who may move what (`states.md` of the design is [`state`]'s table) and what each side is shown. Submitted
//! text is never edited or deleted by anyone; notes are a type, a table and an endpoint of their own.

pub mod api;
mod capability;
mod list;
mod number;
pub mod pages;
mod rows;
mod show;
mod start;
pub mod state;
mod thread;
mod typed;
mod view;

pub use capability::Errand;
pub use list::Filter;
pub use number::ErrandNumber;
pub use start::{NewClaim, NewErrand, NewMessageErrand, NewReceipt, Started};
pub use thread::{Move, NewMessage, NewNote};
pub use typed::{clean, optional, required};
pub use view::{ErrandRow as ErrandListRow, ErrandView, FileView, MessageView, NoteView, PersonView, ReceiptView};

crate::closed_list! {
    /// What an errand is about. Wishes for purchases and trips come with their decisions.
    ErrandKind {
        /// Meddelande, started by either side.
        Message = "message",
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
    /// How far a receipt has come; reviewing comes with its own rules.
    ReceiptState {
        Submitted = "submitted",
    }
}
