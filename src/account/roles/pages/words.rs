//! What roles and accounts are called, and the roles to choose from.

use crate::access::Role;
use crate::account::roles::view::{Account, RoleState};
use crate::web::say;

pub fn role(role: Role) -> &'static str {
    match role {
        Role::Contractor => say("role-contractor"),
        Role::Caseworker => say("role-caseworker"),
        Role::TeamLead => say("role-team-lead"),
        Role::UnitManager => say("role-unit-manager"),
        Role::Finance => say("role-finance"),
        Role::Auditor => say("role-auditor"),
        Role::DataProtectionOfficer => say("role-data-protection-officer"),
        Role::Archivist => say("role-archivist"),
        Role::Steward => say("role-steward"),
    }
}

/// Units to choose from.
pub const UNITS: u32 = 100;

/// A role to choose: its value, its word, and what it lets one do.
pub type Choice = (&'static str, &'static str, &'static str);

/// The roles of the staff, to choose from.
pub fn staff() -> Vec<Choice> {
    let staff = Role::ALL.into_iter().filter(|role| role.is_staff());
    staff.map(|one| (one.as_str(), role(one), may(one))).collect()
}

/// What someone with the role may do, in a line.
pub fn may(role: Role) -> &'static str {
    match role {
        Role::Contractor => "",
        Role::Caseworker => say("role-may-caseworker"),
        Role::TeamLead => say("role-may-team-lead"),
        Role::UnitManager => say("role-may-unit-manager"),
        Role::Finance => say("role-may-finance"),
        Role::Auditor => say("role-may-auditor"),
        Role::DataProtectionOfficer => say("role-may-data-protection-officer"),
        Role::Archivist => say("role-may-archivist"),
        Role::Steward => say("role-may-steward"),
    }
}

/// The word of an account's state, and the class and picture of its tag; nothing for an open one.
pub fn account(account: Account) -> Option<(&'static str, &'static str, &'static str)> {
    match account {
        Account::Open => None,
        Account::Invited => Some((say("account-invited"), "tag tag--info", "clock")),
        Account::Closed => Some((say("account-closed"), "tag", "lock")),
    }
}

/// The same of a role's state.
pub fn state(state: RoleState) -> (&'static str, &'static str, &'static str) {
    match state {
        RoleState::Proposed => (say("role-proposed"), "tag tag--wait", "users"),
        RoleState::Coming => (say("role-coming"), "tag tag--info", "clock"),
        RoleState::Held => (say("role-held"), "tag tag--ok", "check"),
        RoleState::Ended => (say("role-ended"), "tag", "pause"),
    }
}
