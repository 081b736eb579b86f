//! What events, relations and roles are called.

use crate::audit::{Action, Relation};
use crate::review::EventActor;
use crate::web::{Language, say};

/// Who did it, as lists name them.
pub fn who(actor: &EventActor) -> String {
    match (&actor.name, actor.person_id) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => say("log-unknown").into(),
        (None, None) => say("log-system").into(),
    }
}

/// What was done, also where that was erased.
pub fn did(what: Option<Action>) -> &'static str {
    what.map_or_else(|| say("log-erased"), action)
}

/// What a kind of event has to do with, for the list to choose from.
pub fn group(action: Action) -> &'static str {
    match action.as_str().split('.').next().unwrap_or_default() {
        "session" | "invitation" | "recovery" | "me" => say("log-group-sign-in"),
        "home" | "member" | "assignment" | "service_user" | "deputy" => say("log-group-homes"),
        "person" | "role" => say("log-group-people"),
        "audit" => say("log-group-log"),
        "board" | "unit" | "letter" | "backup" | "keys" | "health" => say("log-group-service"),
        _ => say("log-group-errands"),
    }
}

/// What a key of an event's parts is called, where the page does not tell it in words beside.
pub fn key(key: &str) -> Option<&'static str> {
    Some(match key {
        "request_id" => say("event-request"),
        "acr" => say("event-acr"),
        "ip" => say("event-ip"),
        "session" => say("event-session"),
        "object_type" => say("event-object-type"),
        "object" => say("event-object"),
        "errand" => say("event-errand-id"),
        "home" => say("event-home-id"),
        "service_user" => say("event-service-user-id"),
        "person" => say("event-person-id"),
        "shown" => say("event-shown"),
        "count" => say("event-count"),
        "hash" => say("event-hash"),
        "protected" => say("event-protected"),
        "approvers" => say("event-approvers"),
        "erased" => say("event-erases"),
        "checkpoint" => say("event-quotes"),
        "log_key" => say("event-log-key"),
        _ => return None,
    })
}

/// What was done, as the log's table says it after a name.
pub fn action(action: Action) -> &'static str {
    match action {
        Action::SessionStart => say("log-did-session-start"),
        Action::SessionRefresh => say("log-did-session-refresh"),
        Action::SessionEnd => say("log-did-session-end"),
        Action::SessionRevoke => say("log-did-session-revoke"),
        Action::ErrandList => say("log-did-errand-list"),
        Action::ErrandRead => say("log-did-errand-read"),
        Action::ErrandCreate => say("log-did-errand-create"),
        Action::ErrandState => say("log-did-errand-state"),
        Action::ErrandAssign => say("log-did-errand-assign"),
        Action::ErrandMark => say("log-did-errand-mark"),
        Action::DecisionMake => say("log-did-decision-make"),
        Action::ClaimReview => say("log-did-claim-review"),
        Action::MessageList => say("log-did-message-list"),
        Action::MessageSend => say("log-did-message-send"),
        Action::NoteRead => say("log-did-note-read"),
        Action::NoteWrite => say("log-did-note-write"),
        Action::FileUpload => say("log-did-file-upload"),
        Action::FileRead => say("log-did-file-read"),
        Action::FileOriginal => say("log-did-file-original"),
        Action::AssignmentList => say("log-did-assignment-list"),
        Action::AssignmentAdd => say("log-did-assignment-add"),
        Action::AuditRead => say("log-did-audit-read"),
        Action::AuditCheckpoint => say("log-did-audit-checkpoint"),
        Action::AuditExport => say("log-did-audit-export"),
        Action::AuditHeartbeat => say("log-did-audit-heartbeat"),
        Action::AuditEpoch => say("log-did-audit-epoch"),
        Action::AuditErase => say("log-did-audit-erase"),
        Action::BoardAdd => say("log-did-board-add"),
        Action::UnitAdd => say("log-did-unit-add"),
        Action::PersonAdd => say("log-did-person-add"),
        Action::PersonDisable => say("log-did-person-disable"),
        Action::RoleGrant => say("log-did-role-grant"),
        Action::RoleEnd => say("log-did-role-end"),
        Action::HomeAdd => say("log-did-home-add"),
        Action::MemberAdd => say("log-did-member-add"),
        Action::MemberEnd => say("log-did-member-end"),
        Action::ServiceUserProtect => say("log-did-service-user-protect"),
        Action::ServiceUserAdd => say("log-did-service-user-add"),
        Action::DeputyAdd => say("log-did-deputy-add"),
        Action::DeputyEnd => say("log-did-deputy-end"),
        Action::MeRead => say("log-did-me-read"),
        Action::LetterSend => say("log-did-letter-send"),
        Action::LetterList => say("log-did-letter-list"),
        Action::BackupTake => say("log-did-backup-take"),
        Action::KeysRotate => say("log-did-keys-rotate"),
        Action::KeysEscrow => say("log-did-keys-escrow"),
        Action::KeysRotated => say("log-did-keys-rotated"),
        Action::BoardRead => say("log-did-board-read"),
        Action::BoardChange => say("log-did-board-change"),
        Action::UnitList => say("log-did-unit-list"),
        Action::HomeList => say("log-did-home-list"),
        Action::HomeRead => say("log-did-home-read"),
        Action::HomeChange => say("log-did-home-change"),
        Action::MemberList => say("log-did-member-list"),
        Action::MemberChange => say("log-did-member-change"),
        Action::AssignmentChange => say("log-did-assignment-change"),
        Action::PersonList => say("log-did-person-list"),
        Action::RoleList => say("log-did-role-list"),
        Action::RolePropose => say("log-did-role-propose"),
        Action::InvitationSend => say("log-did-invitation-send"),
        Action::InvitationAccept => say("log-did-invitation-accept"),
        Action::InvitationRecall => say("log-did-invitation-recall"),
        Action::RecoveryStart => say("log-did-recovery-start"),
        Action::RecoveryAccept => say("log-did-recovery-accept"),
        Action::MeChange => say("log-did-me-change"),
        Action::MeConfirm => say("log-did-me-confirm"),
        Action::DraftList => say("log-did-draft-list"),
        Action::DraftRead => say("log-did-draft-read"),
        Action::DraftSave => say("log-did-draft-save"),
        Action::AuditVerify => say("log-did-audit-verify"),
        Action::LetterRetry => say("log-did-letter-retry"),
        Action::LetterRemove => say("log-did-letter-remove"),
        Action::HealthRead => say("log-did-health-read"),
        Action::DraftRemove => say("log-did-draft-remove"),
        Action::ErrandOpen => say("log-did-errand-open"),
        Action::ConflictDeclare => say("log-did-conflict-declare"),
        Action::ConflictEnd => say("log-did-conflict-end"),
        Action::AssignmentRestrict => say("log-did-assignment-restrict"),
        Action::AssignmentUnrestrict => say("log-did-assignment-unrestrict"),
        Action::ConflictList => say("log-did-conflict-list"),
        Action::ItemReport => say("log-did-item-report"),
        Action::ItemIsolate => say("log-did-item-isolate"),
        Action::ItemLift => say("log-did-item-lift"),
        Action::IncidentList => say("log-did-incident-list"),
        Action::IncidentRead => say("log-did-incident-read"),
        Action::IncidentWrite => say("log-did-incident-write"),
        Action::RecertificationRead => say("log-did-recertification-read"),
        Action::RecertificationDecide => say("log-did-recertification-decide"),
        Action::MessageConfirm => say("log-did-message-confirm"),
        Action::Search => say("log-did-search"),
        Action::OpeningList => say("log-did-opening-list"),
        Action::ProtectedList => say("log-did-protected-list"),
        Action::ProtectedPropose => say("log-did-protected-propose"),
        Action::ProtectedGrant => say("log-did-protected-grant"),
        Action::ProtectedEnd => say("log-did-protected-end"),
        Action::ProtectedRead => say("log-did-protected-read"),
        Action::PersonProtect => say("log-did-person-protect"),
    }
}

/// Why the person could do it.
pub fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Myself => say("log-by-myself"),
        Relation::OwnHome => say("log-by-own-home"),
        Relation::Assigned => say("log-by-assigned"),
        Relation::Deputy => say("log-by-deputy"),
        Relation::Team => say("log-by-team"),
        Relation::TeamLead => say("log-by-team-lead"),
        Relation::UnitManager => say("log-by-unit-manager"),
        Relation::ChildCaseworker => say("log-by-child-caseworker"),
        Relation::Finance => say("log-by-finance"),
        Relation::Auditor => say("log-by-auditor"),
        Relation::DataProtectionOfficer => say("log-by-data-protection-officer"),
        Relation::Archivist => say("log-by-archivist"),
        Relation::Steward => say("log-by-steward"),
        Relation::BreakGlass => say("log-by-break-glass"),
        Relation::System => say("log-by-system"),
        Relation::None => say("log-by-none"),
    }
}

/// What someone is, by the role's text in the event.
pub fn role(role: &str) -> &'static str {
    match role {
        "contractor" => say("role-contractor"),
        "caseworker" => say("role-caseworker"),
        "team_lead" => say("role-team-lead"),
        "unit_manager" => say("role-unit-manager"),
        "finance" => say("role-finance"),
        "auditor" => say("role-auditor"),
        "data_protection_officer" => say("role-data-protection-officer"),
        "archivist" => say("role-archivist"),
        "steward" => say("role-steward"),
        _ => "",
    }
}

/// Why it was done: in words where it is a reason to open an errand, else its code.
pub fn reason(code: &str) -> String {
    let words = Language::spoken().find(&format!("opening-{}", code.replace('_', "-")));
    words.unwrap_or(code).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::access::Role;

    #[test]
    fn every_role_has_a_word() {
        for role in Role::ALL {
            assert!(!super::role(role.as_str()).is_empty(), "{role:?}");
        }
    }
}
