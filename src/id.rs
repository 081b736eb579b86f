//! Identifiers. Every row's id is a UUIDv7 that says what it is the id of, so that an errand's id cannot be
//! handed in where a home's is asked for. New ones are made by [`crate::clock::Clock::fresh_id`] alone.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use uuid::Uuid;

/// The id of a `T`; sixteen bytes, ordered by the time it was made.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

/// What an id can be the id of. The types are never built.
pub mod of {
    macro_rules! kinds { ($($name:ident),* $(,)?) => { $(
        #[doc = concat!("Marks the id of a row in `", stringify!($name), "`.")]
        pub enum $name {}
    )* } }
    kinds!(
        Assignment,
        Award,
        Blob,
        Board,
        Conflict,
        Decision,
        Deputy,
        Draft,
        Errand,
        Event,
        File,
        HeldRight,
        Home,
        Incident,
        Invitation,
        Isolation,
        Letter,
        LogCheck,
        Look,
        Member,
        Message,
        MoveReason,
        Naming,
        Note,
        Opening,
        Person,
        Receipt,
        Recertification,
        RefreshToken,
        Restriction,
        Review,
        ReviewLine,
        RoleGrant,
        ServiceUser,
        Session,
        Trip,
        Unit,
        Warning,
        WrongReport
    );
}

pub type AssignmentId = Id<of::Assignment>;
pub type AwardId = Id<of::Award>;
pub type ConflictId = Id<of::Conflict>;
pub type DraftId = Id<of::Draft>;
pub type GrantId = Id<of::RoleGrant>;
pub type InvitationId = Id<of::Invitation>;
pub type MemberId = Id<of::Member>;
pub type BoardId = Id<of::Board>;
pub type DecisionId = Id<of::Decision>;
pub type ErrandId = Id<of::Errand>;
pub type EventId = Id<of::Event>;
pub type FileId = Id<of::File>;
pub type HomeId = Id<of::Home>;
pub type IncidentId = Id<of::Incident>;
pub type IsolationId = Id<of::Isolation>;
pub type RestrictionId = Id<of::Restriction>;
pub type LetterId = Id<of::Letter>;
pub type LogCheckId = Id<of::LogCheck>;
pub type MessageId = Id<of::Message>;
pub type MoveReasonId = Id<of::MoveReason>;
pub type LookId = Id<of::Look>;
pub type NamingId = Id<of::Naming>;
pub type HeldRightId = Id<of::HeldRight>;
pub type NoteId = Id<of::Note>;
pub type OpeningId = Id<of::Opening>;
pub type PersonId = Id<of::Person>;
pub type ReceiptId = Id<of::Receipt>;
pub type RecertificationId = Id<of::Recertification>;
pub type ReviewId = Id<of::Review>;
pub type ReviewLineId = Id<of::ReviewLine>;
pub type ServiceUserId = Id<of::ServiceUser>;
pub type SessionId = Id<of::Session>;
pub type TripId = Id<of::Trip>;
pub type UnitId = Id<of::Unit>;
pub type WarningId = Id<of::Warning>;
pub type WrongReportId = Id<of::WrongReport>;

impl<T> Id<T> {
    /// Takes a UUID that is known to name a `T` (from the database, or as asked for by a caller).
    pub const fn of(uuid: Uuid) -> Self {
        Id(uuid, PhantomData)
    }

    /// The id that no row has. Where something is not there, the steps that follow for what is there for others are
    /// taken with it all the same, so that the time of an answer does not tell the two apart; and a query written for
    /// one id takes it in place of none.
    pub const fn of_none() -> Self {
        Id(Uuid::nil(), PhantomData)
    }

    /// The bare UUID, for places where kinds are mixed (the log's subject, a sealed field's place).
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Id::of)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Uuid::deserialize(from).map(Id::of)
    }
}
impl<T> utoipa::PartialSchema for Id<T> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Uuid,
            )))
            .into()
    }
}
impl<T> utoipa::ToSchema for Id<T> {}
