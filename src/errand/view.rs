//! What each side is shown. A home's view has no place for notes or the assignee.

use super::claim::{ReceiptView, TripView, WarningView};
use super::decision::DecisionView;
use super::isolation::{IsolationView, WrongReportView};
use super::paper::PaperView;
use super::wish::{PurchaseView, TravelView};
use super::{Channel, ErrandKind, ErrandNumber, ErrandState, MessageCategory};
use crate::access::Side;
use crate::clock::Instant;
use crate::home::{AssignmentView, HomeView};
use crate::id::{ErrandId, FileId, HomeId, MessageId, NoteId, PersonId};
use crate::web::Language;
use serde::Serialize;

/// A home where it is only named.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HomeName {
    pub id: HomeId,
    /// In lists of staff an alias where someone there is protected.
    pub name: String,
    /// Someone there is protected: left out where nobody is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protected: bool,
}

impl HomeName {
    pub(super) fn of(home: &HomeView) -> HomeName {
        HomeName {
            id: home.id,
            name: home.name.clone(),
            protected: home.protected,
        }
    }
}

/// A line of a list. Never body text; a subject only in a home's own list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ErrandRow)]
pub struct ErrandRow {
    pub id: ErrandId,
    pub number: ErrandNumber,
    pub kind: ErrandKind,
    #[schema(required = true)]
    pub category: Option<MessageCategory>,
    pub state: ErrandState,
    /// An answer is needed within two working days.
    #[schema(required = true)]
    pub urgent: bool,
    pub received_at: Instant,
    /// The last change of it that I can see.
    pub updated_at: Instant,
    /// Something has come since I looked.
    pub unread: bool,
    pub home: HomeName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// Who wrote something.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AuthorView {
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
    /// Taken out of view, having been reported as wrong at this time: nothing else of it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isolated: Option<Instant>,
    /// Someone in the home is protected: its bytes are refused until whoever handles the errand has said why
    /// (`POST /errands/{id}/protected`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub hidden: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MessageView {
    pub id: MessageId,
    pub from: AuthorView,
    pub body: String,
    pub sent_at: Instant,
    /// When the other side first saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Instant>,
    pub files: Vec<FileView>,
    /// Taken out of view, having been reported as wrong at this time: body and files are empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isolated: Option<Instant>,
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
    /// Null where it is given to nobody.
    pub assignee: Option<StaffView>,
    /// Its assignment is shut to the home for now: the home sees the errand as it stood, and can send nothing.
    #[schema(required = false)]
    pub restricted: bool,
    /// What is said to lie in the wrong place.
    #[schema(required = false)]
    pub reports: Vec<WrongReportView>,
    /// What is or was taken out of view.
    #[schema(required = false)]
    pub isolations: Vec<IsolationView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrandView {
    pub id: ErrandId,
    pub number: ErrandNumber,
    pub kind: ErrandKind,
    pub channel: Channel,
    #[schema(required = true)]
    pub category: Option<MessageCategory>,
    pub state: ErrandState,
    pub urgent: bool,
    pub received_at: Instant,
    /// The last change of it that I can see.
    pub updated_at: Instant,
    /// `null`: it concerns the whole home.
    #[schema(required = true)]
    pub assignment: Option<AssignmentView>,
    pub home: HomeName,
    /// Absent for a home.
    #[serde(flatten)]
    pub team: Option<TeamPart>,
    /// For a home: nothing can be sent in it; what there is to say is said to the team by phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    #[schema(required = true)]
    pub subject: Option<String>,
    pub messages: Vec<MessageView>,
    /// Why it was moved to where it stands, where a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// Of a claim: the wish that granted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<ErrandId>,
    /// What is to be looked at twice; the same for both sides.
    pub warnings: Vec<WarningView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase: Option<PurchaseView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travel: Option<TravelView>,
    /// Sent with a wish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<FileView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipts: Option<Vec<ReceiptView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trips: Option<Vec<TripView>>,
    /// Where it came on paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperView>,
    /// On a wish, oldest first.
    pub decisions: Vec<DecisionView>,
    /// Places, shops and the names of files are left out, since someone in the home is protected: they are shown to who
    /// says why (`POST /errands/{id}/protected`), and so are files that say `hidden`. Left out where nothing is hidden.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub places_hidden: bool,
    pub version: i64,
}

impl ErrandView {
    /// Everything with bytes in it.
    pub(super) fn all_files(&self) -> impl Iterator<Item = &FileView> {
        let said = self.messages.iter().flat_map(|message| &message.files);
        let receipts = self.receipts.iter().flatten().filter_map(|one| one.file.as_ref());
        let paper = self.paper.iter().map(|paper| &paper.scan);
        said.chain(self.files.iter().flatten()).chain(receipts).chain(paper)
    }

    /// Says what is for people in the language asked for.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> ErrandView {
        for warning in &mut self.warnings {
            warning.say_in(language);
        }
        self
    }
}

/// An internal note, to the team.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NoteView {
    pub id: NoteId,
    pub from: StaffView,
    pub body: String,
    pub written_at: Instant,
}
