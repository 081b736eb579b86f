//! Who may do what: one pure match over role, relation and right. A test prints it whole, so that a change in who may
//! do what shows as ticks in the diff. The reasons: `docs/SECURITY.md`; the law: lag (2001:454) 10 § (rights no wider
//! than the task needs).

pub use crate::audit::Relation;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// What a person is here. Every grant has a first day, may have a last, and a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Foster parent, emergency home, contact family or contact person (uppdragstagare).
    Contractor,
    Caseworker,
    TeamLead,
    UnitManager,
    Finance,
    /// Reviews the log; sees no content.
    Auditor,
    DataProtectionOfficer,
    Archivist,
    /// Settings; sees no content.
    Steward,
}

impl Role {
    pub const ALL: [Role; 9] = [
        Role::Contractor,
        Role::Caseworker,
        Role::TeamLead,
        Role::UnitManager,
        Role::Finance,
        Role::Auditor,
        Role::DataProtectionOfficer,
        Role::Archivist,
        Role::Steward,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Contractor => "contractor",
            Role::Caseworker => "caseworker",
            Role::TeamLead => "team_lead",
            Role::UnitManager => "unit_manager",
            Role::Finance => "finance",
            Role::Auditor => "auditor",
            Role::DataProtectionOfficer => "data_protection_officer",
            Role::Archivist => "archivist",
            Role::Steward => "steward",
        }
    }

    /// The role a column holds; the reference table allows no other text.
    pub(crate) fn read(stored: &str) -> Result<Role> {
        let role = Role::ALL.into_iter().find(|role| role.as_str() == stored);
        role.ok_or_else(|| Error::fault(format!("no such role: {stored}")))
    }

    /// Whoever works with errands.
    pub const fn handles_errands(self) -> bool {
        matches!(self, Role::Caseworker | Role::TeamLead)
    }

    /// Whoever of the staff reaches errands at all.
    pub const fn sees_errands(self) -> bool {
        self.handles_errands() || matches!(self, Role::UnitManager)
    }

    /// Everyone but the homes.
    pub const fn is_staff(self) -> bool {
        !matches!(self, Role::Contractor)
    }

    /// The relation a role has to the log, the settings and the board as a whole, without any home between.
    pub const fn to_board(self) -> Relation {
        match self {
            Role::Auditor => Relation::Auditor,
            Role::DataProtectionOfficer => Relation::DataProtectionOfficer,
            Role::Archivist => Relation::Archivist,
            Role::Finance => Relation::Finance,
            Role::Steward => Relation::Steward,
            Role::UnitManager => Relation::UnitManager,
            Role::TeamLead => Relation::TeamLead,
            Role::Caseworker => Relation::Team,
            Role::Contractor => Relation::None,
        }
    }
}

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// See an errand with its messages, files and receipts.
    SeeErrand,
    /// See what one wrote oneself in a home one has left.
    SeeFormer,
    /// Start an errand for one's own home.
    StartErrand,
    /// Start a message to a home.
    WriteToHome,
    /// Send a message in an errand, with files.
    Reply,
    /// Take an errand of one's own home back.
    Withdraw,
    /// Move an errand, ask for a supplement, close it, give it to a colleague.
    Handle,
    /// Decide on a wish.
    Decide,
    /// Review a claim, line by line.
    Review,
    /// Read and write internal notes.
    Note,
    /// Fetch a file's very bytes, place data and all.
    SeeOriginal,
    /// Read the log's events and export them.
    ReadLog,
    /// Fetch the log's newest checkpoint and its key.
    ReadCheckpoint,
    /// See which letters were not taken, without their addresses.
    SeeLetters,
    /// Have a letter that was not taken tried again, or cleared away.
    HandleLetters,
    /// See how the service is: what answers, what waits, when it was last copied.
    SeeHealth,
    /// Read the board's settings and units.
    SeeSettings,
    /// Change the board's settings, add units.
    ChangeSettings,
    /// Read who has which role.
    SeePeople,
    /// Give and end roles, invite staff.
    GrantRoles,
    /// Be the second person for a role that takes two.
    ConfirmRoles,
    /// Say of each right in one's unit whether it is still needed; for the steward of a unit's only manager.
    Recertify,
    /// See a home, its members and its kind of protection.
    SeeHome,
    /// Add and change homes, members and assignments.
    ManageHome,
    /// Invite someone into a home.
    InviteMember,
    /// Propose and end who is named for homes of one's unit where someone is protected.
    NameForProtected,
    /// See who is named for such homes, and be the second person.
    ConfirmForProtected,
    /// Take a file or message out of view.
    Isolate,
    /// See the register of incidents, and no content of what they are about.
    SeeIncidents,
    /// Write an incident's record, close it, let what was taken out of view be seen again.
    HandleIncidents,
}

impl Right {
    pub const ALL: [Right; 30] = [
        Right::SeeErrand,
        Right::SeeFormer,
        Right::StartErrand,
        Right::WriteToHome,
        Right::Reply,
        Right::Withdraw,
        Right::Handle,
        Right::Decide,
        Right::Review,
        Right::Note,
        Right::SeeOriginal,
        Right::ReadLog,
        Right::ReadCheckpoint,
        Right::SeeLetters,
        Right::HandleLetters,
        Right::SeeHealth,
        Right::SeeSettings,
        Right::ChangeSettings,
        Right::SeePeople,
        Right::GrantRoles,
        Right::ConfirmRoles,
        Right::Recertify,
        Right::SeeHome,
        Right::ManageHome,
        Right::InviteMember,
        Right::NameForProtected,
        Right::ConfirmForProtected,
        Right::Isolate,
        Right::SeeIncidents,
        Right::HandleIncidents,
    ];
}

/// Whether someone with `role` and `relation` to the thing has `right` to it.
pub const fn allows(role: Role, relation: Relation, right: Right) -> bool {
    let home = matches!((role, relation), (Role::Contractor, Relation::OwnHome));
    let handler = matches!(
        (role, relation),
        (Role::Caseworker | Role::TeamLead, Relation::Assigned | Relation::Deputy)
            | (Role::TeamLead, Relation::TeamLead)
    );
    let opened = matches!(
        (role, relation),
        (Role::Caseworker | Role::TeamLead, Relation::BreakGlass)
    );
    // Both see what they do not handle: with a reason, or as the board lets its team.
    let looks_on = opened || matches!((role, relation), (Role::Caseworker | Role::TeamLead, Relation::Team));
    let manager = matches!((role, relation), (Role::UnitManager, Relation::UnitManager));
    // Whoever answers for the child itself follows how it is, and leaves the home to whoever answers for that.
    let of_child = matches!(
        (role, relation),
        (Role::Caseworker | Role::TeamLead, Relation::ChildCaseworker)
    );
    let steward = matches!((role, relation), (Role::Steward, Relation::Steward));
    let officer = matches!(
        (role, relation),
        (Role::DataProtectionOfficer, Relation::DataProtectionOfficer)
    );
    let control = manager || officer;
    let other_staff = matches!(
        (role, relation),
        (Role::Caseworker, Relation::Team)
            | (Role::TeamLead, Relation::TeamLead)
            | (Role::Finance, Relation::Finance)
            | (Role::Auditor, Relation::Auditor)
            | (Role::Archivist, Relation::Archivist)
    );
    let heads = matches!(
        (role, relation),
        (Role::TeamLead, Relation::TeamLead) | (Role::UnitManager, Relation::UnitManager)
    );
    match right {
        Right::SeeErrand => home || handler || looks_on || manager || of_child,
        Right::SeeFormer => matches!((role, relation), (Role::Contractor, Relation::Myself)),
        Right::Reply => home || handler || looks_on,
        Right::StartErrand | Right::Withdraw => home,
        Right::Note => handler || looks_on || manager || of_child,
        Right::WriteToHome | Right::Handle | Right::Decide | Right::Review | Right::SeeOriginal | Right::Isolate => {
            handler
        }
        Right::ReadLog => matches!((role, relation), (Role::Auditor, Relation::Auditor)),
        Right::ReadCheckpoint => officer || matches!((role, relation), (Role::Auditor, Relation::Auditor)),
        Right::SeeSettings => steward || control || other_staff,
        Right::SeeLetters | Right::HandleLetters | Right::SeeHealth | Right::ChangeSettings | Right::GrantRoles => {
            steward
        }
        Right::SeePeople | Right::ConfirmRoles => steward || control,
        // The steward only what no manager can; the list says which.
        Right::Recertify => manager || steward,
        Right::SeeIncidents => control || matches!((role, relation), (Role::TeamLead, Relation::TeamLead)),
        Right::HandleIncidents => officer,
        Right::SeeHome => handler || manager,
        Right::InviteMember => handler,
        Right::ManageHome => matches!((role, relation), (Role::TeamLead, Relation::TeamLead)),
        Right::NameForProtected => heads,
        Right::ConfirmForProtected => {
            heads
                || matches!(
                    (role, relation),
                    (Role::DataProtectionOfficer, Relation::DataProtectionOfficer)
                )
        }
    }
}
