//! How people and their roles are shown to whoever manages them: names, no addresses.

use crate::access::Role;
use crate::board::UnitView;
use crate::clock::Day;
use crate::id::{GrantId, PersonId};
use serde::Serialize;

crate::closed_list! {
    /// How far an account has come.
    Account {
        /// Has a password, or another way in.
        Open = "open",
        /// Has been invited and not answered yet.
        Invited = "invited",
        Closed = "closed",
    }
}

crate::closed_list! {
    /// Where a role stands today.
    RoleState {
        /// Waits for a second person.
        Proposed = "proposed",
        Coming = "coming",
        Held = "held",
        Ended = "ended",
    }
}

/// A person in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PersonRow {
    pub id: PersonId,
    pub name: String,
    /// The roles held today.
    pub roles: Vec<Role>,
    pub account: Account,
}

/// Someone who is only named.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Named {
    pub id: PersonId,
    pub name: String,
}

/// A role that waits for a second person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WaitingRole {
    /// Whose it will be.
    pub person: Named,
    pub role: RoleView,
    /// Whether the one who asks can confirm it: never who proposed it, never who gets it.
    pub can_confirm: bool,
}

/// A role someone has, had, will have or is proposed for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RoleView {
    pub id: GrantId,
    pub role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitView>,
    pub state: RoleState,
    pub from: Day,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Null: the program's own command line, or an invitation accepted.
    #[schema(required = true)]
    pub granted_by: Option<Named>,
    /// The second person, for a role that takes two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
}
