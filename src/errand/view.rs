//! What each side is shown. A home's view has no place for notes or the assignee.

use super::{ErrandKind, ErrandNumber, ErrandState, MessageCategory, ReceiptCategory, ReceiptState};
use crate::access::Side;
use crate::clock::{Day, Instant};
use crate::home::AssignmentView;
use crate::id::{ErrandId, FileId, HomeId, MessageId, NoteId, PersonId, ReceiptId};
use crate::money::Ore;
use serde::Serialize;

/// A home where it is only named.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HomeName {
    pub id: HomeId,
    pub name: String,
}

/// A line of a list. Never body text; a subject only in a home's own list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ErrandRow)]
pub struct ErrandRow {
    pub id: ErrandId,
    pub number: ErrandNumber,
    pub kind: ErrandKind,
    pub category: Option<MessageCategory>,
    pub state: ErrandState,
    pub received_at: Instant,
    pub updated_at: Instant,
    /// Something has come since I looked.
    pub unread: bool,
    pub home: HomeName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// Who wrote something.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PersonView {
    pub name: String,
    pub side: Side,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FileView {
    pub id: FileId,
    pub name: String,
    /// Of `/original`; `/content` may be of another type.
    pub media_type: String,
    /// Bytes of `/original`.
    pub size: u64,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MessageView {
    pub id: MessageId,
    pub from: PersonView,
    pub body: String,
    pub sent_at: Instant,
    /// When the other side first saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Instant>,
    pub files: Vec<FileView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReceiptView {
    pub id: ReceiptId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileView>,
    pub purchased_on: Day,
    pub supplier: String,
    pub category: ReceiptCategory,
    #[schema(value_type = i64)]
    pub amount_ore: Ore,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub vat_ore: Option<Ore>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub state: ReceiptState,
}

/// A member of the team, to the team.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct StaffView {
    pub id: PersonId,
    pub name: String,
}

/// What only the team is shown of an errand.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TeamPart {
    pub assignee: Option<StaffView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrandView {
    pub id: ErrandId,
    pub number: ErrandNumber,
    pub kind: ErrandKind,
    pub category: Option<MessageCategory>,
    pub state: ErrandState,
    pub urgent: bool,
    pub received_at: Instant,
    pub updated_at: Instant,
    /// `null`: it concerns the whole home.
    pub assignment: Option<AssignmentView>,
    pub home: HomeName,
    /// Absent for a home.
    #[serde(flatten)]
    pub team: Option<TeamPart>,
    pub subject: Option<String>,
    pub messages: Vec<MessageView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipts: Option<Vec<ReceiptView>>,
    pub version: i64,
}

/// An internal note, to the team.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NoteView {
    pub id: NoteId,
    pub from: StaffView,
    pub body: String,
    pub written_at: Instant,
}
