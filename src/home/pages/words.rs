//! What the kinds of homes, degrees of protection and acts are called.

use crate::home::{HomeKind, LegalBasis, MemberState, Protection};
use crate::web::say;

pub fn kind(of: HomeKind) -> &'static str {
    say(match of {
        HomeKind::Foster => "home-kind-foster",
        HomeKind::Emergency => "home-kind-emergency",
        HomeKind::ContactFamily => "home-kind-contact-family",
        HomeKind::ContactPerson => "home-kind-contact-person",
    })
}

pub fn legal_basis(of: LegalBasis) -> &'static str {
    say(match of {
        LegalBasis::SoL => "home-basis-sol",
        LegalBasis::Lvu => "home-basis-lvu",
        LegalBasis::Lss => "home-basis-lss",
        LegalBasis::Fb => "home-basis-fb",
    })
}

/// Where a membership stands.
pub fn member(state: MemberState) -> &'static str {
    say(match state {
        MemberState::Invited => "home-member-invited",
        MemberState::Coming => "home-member-coming",
        MemberState::Current => "home-member-current",
        MemberState::Ended => "home-member-ended",
    })
}

/// Values of a closed list with their words, to choose from.
pub type Choices = Vec<(&'static str, &'static str)>;

pub fn kinds() -> Choices {
    HomeKind::ALL.iter().map(|one| (one.as_str(), kind(*one))).collect()
}

/// The marks there are to choose from where one stands: it is raised and not lowered.
pub fn protections(stands: Protection) -> Choices {
    let to_choose = Protection::ALL.iter().filter(|one| !stands.is_above(**one));
    to_choose.map(|one| (one.as_str(), one.said())).collect()
}

pub fn bases() -> Choices {
    LegalBasis::ALL
        .iter()
        .map(|one| (one.as_str(), legal_basis(*one)))
        .collect()
}
