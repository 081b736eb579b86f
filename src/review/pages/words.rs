//! What events, relations and roles are called in Swedish.

use crate::audit::{Action, Relation};

/// What was done, as the log's table says it after a name.
pub const fn action(action: Action) -> &'static str {
    match action {
        Action::SessionStart => "Loggade in",
        Action::SessionRefresh => "Förnyade sin inloggning",
        Action::SessionEnd => "Loggade ut",
        Action::SessionRevoke => "Inloggning avslutad med tvång",
        Action::ErrandList => "Såg en lista med ärenden",
        Action::ErrandRead => "Läste ärende",
        Action::ErrandCreate => "Startade ärende",
        Action::ErrandState => "Ändrade ärendets läge",
        Action::ErrandAssign => "Ändrade vem som ansvarar",
        Action::ErrandMark => "Markerade som läst eller oläst",
        Action::DecisionMake => "Beslutade om ett önskemål",
        Action::ClaimReview => "Granskade kvitton",
        Action::MessageSend => "Skickade meddelande",
        Action::NoteRead => "Läste interna anteckningar",
        Action::NoteWrite => "Skrev intern anteckning",
        Action::FileUpload => "Laddade upp fil",
        Action::FileRead => "Öppnade fil",
        Action::FileOriginal => "Hämtade fil i original",
        Action::AssignmentList => "Såg en lista med uppdrag",
        Action::AssignmentAdd => "Lade till uppdrag",
        Action::AuditRead => "Läste loggen",
        Action::AuditCheckpoint => "Läste loggens kontrollpunkt",
        Action::AuditExport => "Exporterade loggen",
        Action::AuditHeartbeat => "Loggen är i gång",
        Action::AuditEpoch => "Ny logg började",
        Action::AuditErase => "Gallrade delar av händelser",
        Action::BoardAdd => "Lade till nämnd",
        Action::UnitAdd => "Lade till enhet",
        Action::PersonAdd => "Lade till person",
        Action::PersonDisable => "Stängde konto",
        Action::RoleGrant => "Gav roll",
        Action::RoleEnd => "Avslutade en roll",
        Action::HomeAdd => "Lade till hem",
        Action::MemberAdd => "Lade till medlem i hem",
        Action::MemberEnd => "Avslutade medlemskap i hem",
        Action::ServiceUserAdd => "Lade till person som får insats",
        Action::DeputyAdd => "Lade till vikarie",
        Action::DeputyEnd => "Avslutade vikarie",
        Action::MeRead => "Läste sina egna uppgifter",
        Action::LetterSend => "Brev skickat",
        Action::LetterList => "Såg en lista med brev",
        Action::BackupTake => "Säkerhetskopia togs",
        Action::KeysRotate => "Nycklar byttes",
        Action::KeysRotated => "Nyckelbytet blev klart",
        Action::KeysEscrow => "Nyckelns återställning skrevs ut",
        Action::BoardRead => "Läste nämndens inställningar",
        Action::BoardChange => "Ändrade nämndens inställningar",
        Action::UnitList => "Såg en lista med enheter",
        Action::HomeList => "Såg en lista med hem",
        Action::HomeRead => "Läste uppgifter om ett hem",
        Action::HomeChange => "Ändrade uppgifter om ett hem",
        Action::MemberList => "Såg vilka som hör till ett hem",
        Action::MemberChange => "Ändrade medlemskap i hem",
        Action::AssignmentChange => "Ändrade uppdrag",
        Action::PersonList => "Såg en lista med personer",
        Action::RoleList => "Såg någons roller",
        Action::RolePropose => "Föreslog roll som kräver två",
        Action::InvitationSend => "Bjöd in någon",
        Action::InvitationRecall => "Tog tillbaka inbjudan",
        Action::InvitationAccept => "Tog emot inbjudan",
        Action::RecoveryStart => "Bad om nytt lösenord",
        Action::RecoveryAccept => "Valde nytt lösenord",
        Action::MeChange => "Ändrade sina kontaktuppgifter",
        Action::MeConfirm => "Bekräftade sin nya adress",
        Action::DraftList => "Såg sina utkast",
        Action::DraftRead => "Läste sitt utkast",
        Action::DraftSave => "Sparade utkast",
        Action::DraftRemove => "Tog bort utkast",
    }
}

/// Why the person could do it.
pub const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Myself => "Sig själv",
        Relation::OwnHome => "Eget hem",
        Relation::Assigned => "Ansvarig handläggare",
        Relation::Deputy => "Vikarie",
        Relation::Team => "Samma team",
        Relation::TeamLead => "Teamledare",
        Relation::UnitManager => "Enhetschef",
        Relation::ChildCaseworker => "Barnets socialsekreterare",
        Relation::Finance => "Ekonomi",
        Relation::Auditor => "Loggranskning",
        Relation::DataProtectionOfficer => "Dataskyddsombud",
        Relation::Archivist => "Arkiv",
        Relation::Steward => "Systemförvaltning",
        Relation::BreakGlass => "Nödöppning",
        Relation::System => "Systemet",
        Relation::None => "Ingen",
    }
}

/// What someone is, by the role's text in the event.
pub fn role(role: &str) -> &'static str {
    match role {
        "contractor" => "Hem",
        "caseworker" => "Handläggare",
        "team_lead" => "Teamledare",
        "unit_manager" => "Enhetschef",
        "finance" => "Ekonomi",
        "auditor" => "Loggranskare",
        "data_protection_officer" => "Dataskyddsombud",
        "archivist" => "Arkivarie",
        "steward" => "Systemförvaltare",
        _ => "",
    }
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
