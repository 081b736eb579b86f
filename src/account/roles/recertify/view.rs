//! The rights in a unit as its manager, the steward and the data protection officer see them.

use crate::access::Role;
use crate::account::roles::view::Named;
use crate::board::UnitView;
use crate::clock::{Day, Instant};
use crate::id::{HeldRightId, HomeId};
use serde::Serialize;

/// Who has which right in a unit, and what is said of each.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RecertificationView {
    pub unit: UnitView,
    /// The first day of the period; null where the board goes through no lists.
    #[schema(required = true)]
    pub from: Option<Day>,
    /// The day by which all is to be said.
    #[schema(required = true)]
    pub due_on: Option<Day>,
    /// That day has passed, and something waits.
    pub is_overdue: bool,
    pub rights: Vec<RightToConfirm>,
}

crate::closed_list! {
    /// What someone has in a unit.
    RightKind {
        Role = "role",
        /// Stands in for someone.
        Deputy = "deputy",
        /// Is named for a home where someone is protected.
        Protected = "protected",
    }
}

/// A right that someone has in the unit.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RightToConfirm {
    pub grant_id: HeldRightId,
    pub kind: RightKind,
    pub person: Named,
    /// The role, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whom a deputy stands in for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands_in_for: Option<Named>,
    /// The home that someone is named for, by its alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<ProtectedHome>,
    pub from: Day,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// What has been said of it in this period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
    /// Whether the one who asks can say it: never of their own.
    pub can_say: bool,
}

/// A home where someone is protected.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProtectedHome {
    pub id: HomeId,
    /// What it is called in every list.
    pub alias: String,
}

/// What was said of a right.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Said {
    /// `false`: it is to be ended.
    pub keep: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub by: Named,
    pub at: Instant,
}
