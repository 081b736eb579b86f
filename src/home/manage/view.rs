//! How homes, members and assignments are shown to staff.

use crate::board::UnitView;
use crate::clock::{Day, Instant};
use crate::home::protection::alias;
use crate::home::{AssignmentView, HomeKind, LegalBasis, Protection, RestrictionView};
use crate::id::{HomeId, MemberId, PersonId};
use serde::Serialize;

crate::closed_list! {
    /// Where a membership stands today.
    MemberState {
        /// Invited, and not accepted yet.
        Invited = "invited",
        Coming = "coming",
        Current = "current",
        Ended = "ended",
    }
}

/// A home as staff sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct HomeDetail {
    pub id: HomeId,
    pub kind: HomeKind,
    pub name: String,
    pub unit: UnitView,
    pub protected: Protection,
    /// Whether someone there is protected: the home itself, or who is or was placed or lives there.
    #[serde(skip)]
    pub is_protected: bool,
    /// Whether the one who asks keeps it: adds and changes what belongs to it.
    #[serde(skip)]
    pub is_kept: bool,
    #[serde(skip)]
    pub version: i64,
}

impl HomeDetail {
    /// As lists show it: an alias where someone there is protected.
    #[must_use]
    pub(super) fn listed(mut self) -> HomeDetail {
        if self.is_protected {
            self.name = alias(self.id);
        }
        self
    }
}

/// What a home was until it was changed.
#[derive(Debug)]
pub struct HomePast {
    pub name: String,
    pub kind: HomeKind,
    pub unit: Option<UnitView>,
    pub protected: Protection,
    pub until: Instant,
    /// Who changed it.
    pub by: Option<String>,
}

/// What an assignment was until it was changed.
#[derive(Debug)]
pub struct AssignmentPast {
    pub caseworker: Option<String>,
    pub unit: Option<UnitView>,
    pub legal_basis: LegalBasis,
    /// The last day.
    pub to: Option<Day>,
    pub cost_code: Option<String>,
    pub until: Instant,
    /// Who changed it.
    pub by: Option<String>,
}

/// Someone who is only named.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct NamedPerson {
    pub id: PersonId,
    pub name: String,
}

/// A membership, past, present or to come.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MemberView {
    /// Of someone only invited: the invitation's.
    pub id: MemberId,
    /// Null for someone only invited.
    #[schema(required = true)]
    pub person: Option<NamedPerson>,
    pub from: Day,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    pub state: MemberState,
}

/// Who stands in for an assignment's caseworker, first and last day included.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeputyView {
    pub person: NamedPerson,
    pub from: Day,
    pub to: Day,
}

/// An assignment as the team lead sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AssignmentDetail {
    #[serde(flatten)]
    pub assignment: AssignmentView,
    pub unit: UnitView,
    pub caseworker: NamedPerson,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub child_caseworker: Option<NamedPerson>,
    /// It is shut to its home: since when, and by whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restricted: Option<RestrictionView>,
    /// Those of today and to come.
    pub deputies: Vec<DeputyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_code: Option<String>,
    #[serde(skip)]
    pub version: i64,
}
