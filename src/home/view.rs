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
    pub name: String,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ServiceUserView {
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
