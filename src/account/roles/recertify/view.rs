//! A unit's roles as its manager, the steward and the data protection officer see them.

use crate::access::Role;
use crate::account::roles::view::Named;
use crate::board::UnitView;
use crate::clock::{Day, Instant};
use crate::id::GrantId;
use serde::Serialize;

/// Who has which role in a unit, and what is said of each.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecertificationView {
    pub unit: UnitView,
    /// The first day of the period; null where the board goes through no lists.
    pub from: Option<Day>,
    /// The day by which all is to be said.
    pub due_on: Option<Day>,
    /// That day has passed, and something waits.
    pub is_overdue: bool,
    pub roles: Vec<RoleToConfirm>,
}

/// A role held in the unit.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RoleToConfirm {
    pub grant_id: GrantId,
    pub person: Named,
    pub role: Role,
    pub from: Day,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// What its manager has said of it in this period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
    /// Whether the one who asks can say it: never of their own.
    pub can_say: bool,
}

/// What was said of a role.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Said {
    /// `false`: it is to be ended.
    pub keep: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub by: Named,
    pub at: Instant,
}
