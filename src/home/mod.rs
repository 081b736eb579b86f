//! Homes, the people in them, the children and others the service is for, and the assignments between them. Owns what
//! a home is called and who belongs to it when. It never decides what a relation allows: that is [`crate::access`]'s.

pub mod api;
mod conflict;
mod find;
mod fold;
mod known;
mod manage;
pub mod pages;
mod protection;
mod restrict;
mod rows;
mod spot;
mod verbs;
mod view;

pub use conflict::{ConflictBody, ConflictChange, ConflictView};
pub use fold::{Folded, short_words_are_within};
pub use known::{Known, KnownKind, NamesMark};
pub use manage::{
    AssignmentBody, AssignmentChange, AssignmentDetail, AssignmentPast, DeputyBody, DeputyView, HomeBody, HomeChange,
    HomeDetail, HomePast, Invited, MemberBody, MemberChange, MemberState, MemberView, NamedPerson, ServiceUserBody,
};
pub use protection::{AheadOfMark, NamingBody, NamingChange, NamingState, NamingView, ProtectedHomeView};
pub(crate) use protection::{alias, alias_of_person};
pub use restrict::RestrictionView;
pub use rows::AssignmentFacts;
pub use spot::{Looked, Sought, readings};
pub use verbs::{NewAssignment, NewHome, NewServiceUser};
pub use view::{AssignmentView, HomeView};

use crate::web::say;

crate::closed_list! {
    /// The four kinds of support a home gives.
    HomeKind {
        /// Familjehem.
        Foster = "foster",
        /// Jourhem.
        Emergency = "emergency",
        /// Kontaktfamilj.
        ContactFamily = "contact_family",
        /// Kontaktperson.
        ContactPerson = "contact_person",
    }
}

crate::closed_list! {
    /// Skyddade personuppgifter, by their degree.
    Protection {
        None = "none",
        /// Sekretessmarkering.
        SecrecyMarking = "secrecy_marking",
        /// Skyddad folkbokföring.
        ProtectedRegistration = "protected_registration",
        /// Fingerade personuppgifter.
        Fictitious = "fictitious",
    }
}

impl Protection {
    /// Whether it is a higher mark than another.
    pub(crate) fn is_above(self, other: Protection) -> bool {
        Protection::ALL
            .iter()
            .take_while(|one| **one != self)
            .any(|one| *one == other)
    }
}

#[expect(clippy::derivable_impls, reason = "the list's macro derives for every list alike")]
impl Default for Protection {
    fn default() -> Protection {
        Protection::None
    }
}

impl Protection {
    /// What it is called on pages.
    pub fn said(self) -> &'static str {
        say(match self {
            Protection::None => "home-protection-none",
            Protection::SecrecyMarking => "home-protection-secrecy-marking",
            Protection::ProtectedRegistration => "home-protection-registration",
            Protection::Fictitious => "home-protection-fictitious",
        })
    }
}

crate::closed_list! {
    /// The act an assignment rests on.
    LegalBasis {
        /// Socialtjänstlagen.
        SoL = "SoL",
        /// Lagen med särskilda bestämmelser om vård av unga.
        Lvu = "LVU",
        /// Lagen om stöd och service till vissa funktionshindrade.
        Lss = "LSS",
        /// Föräldrabalken.
        Fb = "FB",
    }
}
