//! What kinds, states and categories are called in Swedish, to each side.

use crate::access::Side;
use crate::errand::wish::WishView;
use crate::errand::{ErrandKind, ErrandState, LineState, MessageCategory, Outcome, ReceiptCategory, ReviewOutcome};

/// A word on a coloured ground, with a picture where one helps. The word alone says it all.
#[derive(Debug, Clone, Copy)]
pub struct Tag {
    pub word: &'static str,
    pub class: &'static str,
    pub icon: &'static str,
}

const fn tag(word: &'static str, class: &'static str, icon: &'static str) -> Tag {
    Tag { word, class, icon }
}

/// Where an errand stands, as `side` is told it.
pub const fn state(state: ErrandState, side: Side) -> Tag {
    use ErrandState::{
        AwaitingHome, Closed, ClosedWithoutDecision, Completed, Decided, InProgress, Received, Reviewed,
        SupplementRequested, UnderReview, Withdrawn,
    };
    match (state, side) {
        (Received, _) => tag("Nytt", "tag tag--info", ""),
        (InProgress | UnderReview, Side::Home) => tag("Teamet läser", "tag tag--info", ""),
        (InProgress, Side::Team) => tag("Handläggs", "tag", ""),
        (UnderReview, Side::Team) => tag("Granskas", "tag", ""),
        (AwaitingHome | SupplementRequested, Side::Home) => tag("Väntar på dig", "tag tag--wait", "clock"),
        (AwaitingHome | SupplementRequested, Side::Team) => tag("Väntar på familjen", "tag tag--wait", "clock"),
        (Closed, _) => tag("Avslutat", "tag tag--ok", "check"),
        (Withdrawn, _) => tag("Återtaget", "tag", ""),
        (Decided, _) => tag("Beslutat", "tag tag--ok", "check"),
        (Completed, _) => tag("Klart", "tag tag--ok", "check"),
        (ClosedWithoutDecision, _) => tag("Avslutat utan beslut", "tag", ""),
        (Reviewed, _) => tag("Granskat", "tag tag--ok", "check"),
    }
}

/// Whether an errand waits for the home.
pub const fn waits_for_home(state: ErrandState) -> bool {
    matches!(state, ErrandState::AwaitingHome | ErrandState::SupplementRequested)
}

pub const fn kind(kind: ErrandKind) -> &'static str {
    match kind {
        ErrandKind::Message => "Meddelande",
        ErrandKind::PurchaseRequest => "Önskemål om inköp",
        ErrandKind::TravelRequest => "Önskemål om resa",
        ErrandKind::ReceiptClaim => "Kvitton",
    }
}

pub const fn message_category(category: MessageCategory) -> &'static str {
    match category {
        MessageCategory::Compensation => "Ersättning",
        MessageCategory::Contact => "Umgänge",
        MessageCategory::School => "Skola",
        MessageCategory::Health => "Hälsa och vård",
        MessageCategory::Meeting => "Möte eller hembesök",
        MessageCategory::Relief => "Semester och avlastning",
        MessageCategory::Practical => "Praktiskt",
        MessageCategory::Other => "Övrigt",
    }
}

pub const fn receipt_category(category: ReceiptCategory) -> &'static str {
    match category {
        ReceiptCategory::Bicycle => "Cykel",
        ReceiptCategory::Moped => "Moped",
        ReceiptCategory::MobilePhone => "Mobiltelefon",
        ReceiptCategory::Computer => "Surfplatta eller dator",
        ReceiptCategory::Glasses => "Glasögon eller linser",
        ReceiptCategory::LeisureEquipment => "Fritidsutrustning",
        ReceiptCategory::LeisureFee => "Fritidsavgift eller aktivitet",
        ReceiptCategory::Furniture => "Möbler",
        ReceiptCategory::ChildEquipment => "Bilstol, vagn eller annan barnutrustning",
        ReceiptCategory::PlacementStart => "Kläder och annat till starten",
        ReceiptCategory::SpecialDiet => "Specialkost eller medicinskt",
        ReceiptCategory::DentalCare => "Tandvård",
        ReceiptCategory::Other => "Annat",
        ReceiptCategory::Parking => "Parkering",
        ReceiptCategory::Ticket => "Biljett",
        ReceiptCategory::Medicine => "Läkemedel",
        ReceiptCategory::CareFee => "Vårdavgift",
        ReceiptCategory::Meals => "Mat på resa",
    }
}

/// What a wish is for, in a word or two.
pub fn wish(of: &WishView) -> &'static str {
    match (&of.purchase, &of.travel) {
        (Some(purchase), _) => {
            ReceiptCategory::parse(purchase.item_category.as_str()).map_or("Inköp", receipt_category)
        }
        (None, Some(travel)) => super::facts::purpose(travel.purpose),
        (None, None) => "Önskemål",
    }
}

/// What was decided, as `side` is told it.
pub const fn outcome(outcome: Outcome, side: Side) -> &'static str {
    match (outcome, side) {
        (Outcome::Granted, Side::Team) => "Bifall",
        (Outcome::PartlyGranted, Side::Team) => "Delvis bifall",
        (Outcome::Refused, Side::Team) => "Avslag",
        (Outcome::Dismissed, Side::Team) => "Avvisning",
        (Outcome::Granted, Side::Home) => "Godkänt",
        (Outcome::PartlyGranted, Side::Home) => "Delvis godkänt",
        (Outcome::Refused, Side::Home) => "Nej",
        (Outcome::Dismissed, Side::Home) => "Prövas inte",
    }
}

/// The tag of an errand that is decided on: what was decided.
pub const fn decided(of: Outcome, side: Side) -> Tag {
    let word = outcome(of, side);
    match of {
        Outcome::Granted | Outcome::PartlyGranted => tag(word, "tag tag--ok", "check"),
        Outcome::Refused | Outcome::Dismissed => tag(word, "tag", ""),
    }
}

/// How far a receipt or trip has come; nothing until it is reviewed.
pub const fn line(state: LineState) -> Option<&'static str> {
    match state {
        LineState::Submitted => None,
        LineState::Granted => Some("Godkänt"),
        LineState::PartlyGranted => Some("Delvis godkänt"),
        LineState::Refused => Some("Inte godkänt"),
    }
}

/// What a review says of a line, to choose from.
pub const fn said_of_line(of: ReviewOutcome) -> &'static str {
    match of {
        ReviewOutcome::Granted => "Godkänn",
        ReviewOutcome::PartlyGranted => "Godkänn en del",
        ReviewOutcome::Refused => "Godkänn inte",
    }
}

/// What a home takes back.
pub const fn taken_back(kind: ErrandKind) -> &'static str {
    match kind {
        ErrandKind::ReceiptClaim => "Ta tillbaka kvittona",
        ErrandKind::PurchaseRequest | ErrandKind::TravelRequest => "Ta tillbaka önskemålet",
        ErrandKind::Message => "Ta tillbaka",
    }
}

/// What an errand is called where there is a subject, and where there is none.
pub fn title(of: ErrandKind, subject: Option<&str>) -> String {
    subject.unwrap_or(kind(of)).to_owned()
}

/// Its kind, and what it is about by the closed list: all that a list of other people's errands says.
pub fn kind_and_category(of: ErrandKind, category: Option<MessageCategory>) -> String {
    match category.filter(|category| *category != MessageCategory::Other) {
        Some(category) => format!("{}, {}", kind(of), message_category(category).to_lowercase()),
        None => kind(of).to_owned(),
    }
}

/// What a move to `to` is called on its button.
pub const fn act(from: ErrandState, to: ErrandState) -> &'static str {
    match (from, to) {
        (ErrandState::Closed, ErrandState::InProgress) => "Öppna ärendet igen",
        (_, ErrandState::InProgress) => "Börja handlägga",
        (_, ErrandState::UnderReview) => "Börja granska",
        (_, ErrandState::AwaitingHome) => "Be familjen svara",
        (_, ErrandState::SupplementRequested) => "Begär komplettering",
        (_, ErrandState::Closed) => "Avsluta ärendet",
        (_, ErrandState::Withdrawn) => "Ta tillbaka",
        (_, ErrandState::Decided) => "Besluta",
        (_, ErrandState::Completed) => "Markera som klart",
        (_, ErrandState::ClosedWithoutDecision) => "Avsluta utan beslut",
        (_, ErrandState::Reviewed) => "Granska",
        (_, ErrandState::Received) => "Lägg tillbaka",
    }
}
