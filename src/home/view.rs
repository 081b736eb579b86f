//! How homes and assignments are shown. To a home the service user is a first name and the assignment's label, never
//! a personnummer.

use super::{HomeKind, LegalBasis};
use crate::clock::Day;
use crate::id::{AssignmentId, HomeId};
use serde::Serialize;

/// A home where it is only named.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HomeView {
    pub id: HomeId,
    pub kind: HomeKind,
    /// In lists of staff an alias where someone there is protected.
    pub name: String,
    /// Someone there is protected: left out where nobody is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protected: bool,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ServiceUserView {
    /// In lists of staff an alias, where someone in the home is protected.
    pub first_name: String,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AssignmentView {
    pub id: AssignmentId,
    /// Such as `U-2041`; with the first name it tells assignments apart without a personnummer.
    pub label: String,
    pub kind: HomeKind,
    pub home: HomeView,
    pub service_user: ServiceUserView,
    pub legal_basis: LegalBasis,
    pub from: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
}
