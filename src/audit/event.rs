//! What an event says: three small structures, written as compact JSON with sorted keys.
//!
//! Ids, codes and numbers only. Free text, names, personnummer, addresses and tokens do not fit
//! into these types: codes are `&'static str` from the program itself, ids are UUIDs, and of a
//! session only the hash is taken. Fields stand in the order of their names: that is the key order.

use std::net::IpAddr;

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::leaf::Part;
use super::merkle;

/// The version of the three parts' JSON, their key `v`.
pub(super) const VERSION: u8 = 1;

/// Lists longer than this are logged by their length and hash instead of their ids.
pub const MOST_SHOWN: usize = 200;

crate::closed_list! {
    /// What was done. The list grows with the features; a text once used never changes its meaning.
    Action {
        /// Signed in, or tried to.
        SessionStart = "session.start",
        /// Exchanged a refresh token.
        SessionRefresh = "session.refresh",
        /// Signed out.
        SessionEnd = "session.end",
        /// A session ended by force, as when a refresh token is used again.
        SessionRevoke = "session.revoke",
        ErrandList = "errand.list",
        ErrandRead = "errand.read",
        ErrandCreate = "errand.create",
        /// Moved an errand to another state.
        ErrandState = "errand.state",
        ErrandAssign = "errand.assign",
        /// Set or took away one's own read mark.
        ErrandMark = "errand.mark",
        /// Decided on a wish.
        DecisionMake = "decision.make",
        /// Reviewed a receipt claim, line by line.
        ClaimReview = "claim.review",
        MessageSend = "message.send",
        /// Looked at what one wrote in homes one has left.
        MessageList = "message.list",
        NoteRead = "note.read",
        NoteWrite = "note.write",
        FileUpload = "file.upload",
        /// Viewed a file in its harmless form.
        FileRead = "file.read",
        /// Downloaded a file as it came.
        FileOriginal = "file.original",
        AssignmentList = "assignment.list",
        AssignmentAdd = "assignment.add",
        AuditRead = "audit.read",
        AuditCheckpoint = "audit.checkpoint",
        AuditExport = "audit.export",
        /// Had the whole log checked, or checked it.
        AuditVerify = "audit.verify",
        /// Nothing happened for an hour, and the log still runs.
        AuditHeartbeat = "audit.heartbeat",
        /// A new log begins; its first event.
        AuditEpoch = "audit.epoch",
        /// Parts of old events are erased.
        AuditErase = "audit.erase",
        BoardAdd = "board.add",
        UnitAdd = "unit.add",
        PersonAdd = "person.add",
        /// Closed a person's account.
        PersonDisable = "person.disable",
        RoleGrant = "role.grant",
        RoleEnd = "role.end",
        HomeAdd = "home.add",
        MemberAdd = "member.add",
        MemberEnd = "member.end",
        ServiceUserAdd = "service_user.add",
        /// Marked someone known as protected.
        ServiceUserProtect = "service_user.protect",
        DeputyAdd = "deputy.add",
        /// Let someone stand in no longer, before the days that were meant were over.
        DeputyEnd = "deputy.end",
        /// Looked at what the service knows of oneself.
        MeRead = "me.read",
        LetterSend = "letter.send",
        /// Saw which letters were not taken.
        LetterList = "letter.list",
        /// Had a letter that was not taken tried again.
        LetterRetry = "letter.retry",
        /// Cleared a letter away that was not taken.
        LetterRemove = "letter.remove",
        /// Looked at how the service is.
        HealthRead = "health.read",
        /// Copied everything, sealed, to be kept elsewhere.
        BackupTake = "backup.take",
        /// Put the board's keys under new ones.
        KeysRotate = "keys.rotate",
        /// The last row of the board lies under the new keys; the old ones open nothing any more.
        KeysRotated = "keys.rotated",
        /// Printed the root key's recovery.
        KeysEscrow = "keys.escrow",
        /// Looked at the board's settings.
        BoardRead = "board.read",
        /// Set settings from a day on.
        BoardChange = "board.change",
        UnitList = "unit.list",
        HomeList = "home.list",
        HomeRead = "home.read",
        HomeChange = "home.change",
        MemberList = "member.list",
        MemberChange = "member.change",
        AssignmentChange = "assignment.change",
        PersonList = "person.list",
        /// Looked at someone's roles.
        RoleList = "role.list",
        /// Proposed a role that takes a second person.
        RolePropose = "role.propose",
        InvitationSend = "invitation.send",
        /// Called an invitation back before it was accepted.
        InvitationRecall = "invitation.recall",
        InvitationAccept = "invitation.accept",
        RecoveryStart = "recovery.start",
        RecoveryAccept = "recovery.accept",
        /// Changed one's own phone or language, or asked for another address.
        MeChange = "me.change",
        /// Confirmed one's new address with the code that went there.
        MeConfirm = "me.confirm",
        DraftList = "draft.list",
        DraftRead = "draft.read",
        /// Saved a draft for the first time; what is typed on in it leaves no further event.
        DraftSave = "draft.save",
        /// Removed a draft: its author, or its age.
        DraftRemove = "draft.remove",
        /// Opened an errand without a relation to it, with a reason.
        ErrandOpen = "errand.open",
        /// Saw who has opened an errand.
        OpeningList = "opening.list",
        /// Said that someone is to have nothing to do with a home.
        ConflictDeclare = "conflict.declare",
        /// Said that such a conflict of interest is over.
        ConflictEnd = "conflict.end",
        /// Saw who is to have nothing to do with a home.
        ConflictList = "conflict.list",
        /// Shut an assignment to its home.
        AssignmentRestrict = "assignment.restrict",
        /// Opened it again.
        AssignmentUnrestrict = "assignment.unrestrict",
        /// Searched; the reason says by what kind of term, never by which.
        Search = "search",
        /// Sent what names people of another home, knowing it.
        MessageConfirm = "message.confirm",
        /// Saw who is named for homes where someone is protected.
        ProtectedList = "protected.list",
        /// Proposed someone for such a home.
        ProtectedPropose = "protected.propose",
        /// Named someone for such a home: the second person's yes, or the operator's word.
        ProtectedGrant = "protected.grant",
        /// Took someone away from those named for such a home.
        ProtectedEnd = "protected.end",
        /// Saw where protected people are, with a reason.
        ProtectedRead = "protected.read",
        /// Marked a person as protected, or raised the mark.
        PersonProtect = "person.protect",
        /// Said that a file or message is in the wrong place.
        ItemReport = "item.report",
        /// Took a file or message out of view, and so opened an incident.
        ItemIsolate = "item.isolate",
        /// Let a file or message be seen again.
        ItemLift = "item.lift",
        IncidentList = "incident.list",
        IncidentRead = "incident.read",
        /// Wrote an incident's record, assessed or closed it.
        IncidentWrite = "incident.write",
        /// Saw who has which role in a unit, to say whether each is needed.
        RecertificationRead = "recertification.read",
        /// Said of a role whether it is still needed.
        RecertificationDecide = "recertification.decide",
    }
}

crate::closed_list! {
    /// How it went.
    #[schema(as = EventOutcome)]
    Outcome {
        Ok = "ok",
        /// Refused by the rules, or not there for the person asking.
        Denied = "denied",
        /// Allowed, but it failed.
        Error = "error",
    }
}

crate::closed_list! {
    /// What the person has to do with the thing, by which access was allowed.
    Relation {
        Myself = "self",
        OwnHome = "own_home",
        Assigned = "assigned",
        Deputy = "deputy",
        Team = "team",
        TeamLead = "team_lead",
        UnitManager = "unit_manager",
        ChildCaseworker = "child_caseworker",
        Finance = "finance",
        Auditor = "auditor",
        DataProtectionOfficer = "data_protection_officer",
        Archivist = "archivist",
        Steward = "steward",
        BreakGlass = "break_glass",
        /// The program itself.
        System = "system",
        /// Nothing: the usual case of a denial.
        None = "none",
    }
}

/// What was done, with what outcome, and what allowed it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Core {
    pub action: Action,
    pub outcome: Outcome,
    /// The code of the reason, where one was asked for; for an erasure its legal ground, for a refused file what is
    /// wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<&'static str>,
    pub relation: Relation,
    /// The request's id as the answer bears it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Uuid>,
    /// The unit on whose behalf it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Uuid>,
}

/// Who did it, and from where. Empty for what the program does itself.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct ActorPart {
    /// How strongly the person had signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "address")]
    pub ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// The role in which the person acted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// SHA-256 of the session's id, written in hex; tells sessions apart and opens none.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "hexadecimal")]
    pub session: Option<[u8; 32]>,
}

/// What it was done to.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Subject<'a> {
    /// The two who approved an erasure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvers: Option<[Uuid; 2]>,
    /// The first event of a later epoch quotes here the last checkpoint of the one before, whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<&'a str>,
    /// How many there were: entries of a list too long for `shown`, or like events told as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// What an erasure erases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased<'a>>,
    /// The errand; in a denial the id asked for, whether or not it exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errand: Option<Uuid>,
    /// SHA-256 over the 16-byte ids of a list too long for `shown`, in their order; in hex.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "hexadecimal")]
    pub hash: Option<[u8; 32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<Uuid>,
    /// The first event of an epoch with a new key bears here the new verifier key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_type: Option<&'static str>,
    /// Whether the person concerned had protected identity at the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protected: Option<bool>,
    /// The child or other person whom the service is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_user: Option<Uuid>,
    /// The ids a list showed. Who saw a name in a list has had access to it. More than
    /// [`MOST_SHOWN`] are written as `count` and `hash`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<&'a [Uuid]>,
}

/// Which parts of which events an erasure erases.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Erased<'a> {
    /// The epoch of the erased events, at most that of the erasing one.
    pub epoch: u64,
    /// The index of the first of them.
    pub first: u64,
    /// The index of the last of them; the range includes it.
    pub last: u64,
    pub parts: &'a [Part],
}

/// A part with its version behind the other keys: `v` sorts after all of them.
#[derive(Serialize)]
struct Versioned<'a, T> {
    #[serde(flatten)]
    part: &'a T,
    v: u8,
}

fn stored<T: Serialize>(part: &T) -> serde_json::Result<String> {
    serde_json::to_string(&Versioned { part, v: VERSION })
}

impl Core {
    /// The JSON that is committed to and stored, byte for byte.
    pub(super) fn stored(&self) -> serde_json::Result<String> {
        stored(self)
    }
}

impl ActorPart {
    /// The JSON that is committed to and stored, byte for byte.
    pub(super) fn stored(&self) -> serde_json::Result<String> {
        stored(self)
    }
}

impl Subject<'_> {
    /// The JSON that is committed to and stored, byte for byte.
    pub(super) fn stored(&self) -> serde_json::Result<String> {
        match self.shown {
            Some(ids) if ids.len() > MOST_SHOWN => {
                let ids: Vec<&[u8]> = ids.iter().map(|id| &id.as_bytes()[..]).collect();
                let (count, hash) = (Some(ids.len() as u64), Some(merkle::sha256(&ids)));
                stored(&Self {
                    count,
                    hash,
                    shown: None,
                    ..*self
                })
            }
            _ => stored(self),
        }
    }
}

/// An IPv4 address reads the same whether or not it came in through an IPv6 socket.
fn address<S: Serializer>(ip: &Option<IpAddr>, serializer: S) -> Result<S::Ok, S::Error> {
    ip.map(|ip| ip.to_canonical()).serialize(serializer)
}

fn hexadecimal<S: Serializer>(hash: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
    hash.map(hex::encode).serialize(serializer)
}
