//! Drafts (utkast): what someone has typed into a form and not sent. A draft is no received document (förvaltningslagen
//! 22 §): it is its author's alone, sealed under the author's key, and nobody else's query reaches it. It never becomes
//! an errand by itself; what is left is removed after a time, with a notice before.

pub mod api;
pub mod pages;
mod rows;
mod sweep;
mod verbs;

pub use pages::{Drafted, VERSION, fields_of, keep, told};
pub use sweep::sweep;
pub use verbs::{DraftBody, DraftView};

crate::closed_list! {
    /// The forms there are; a person has at most one draft of each.
    DraftKind {
        Message = "message",
        PurchaseRequest = "purchase_request",
        TravelRequest = "travel_request",
        ReceiptClaim = "receipt_claim",
    }
}
