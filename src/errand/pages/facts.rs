//! What a wish says, what was decided and what is warned of, as both sides' pages show it.

use super::said::Attached;
use super::words;
use crate::access::Side;
use crate::clock::Instant;
use crate::errand::{
    ApprovalMode, DecisionView, ErrandView, GuardianConsent, OtherCover, Payer, PurchaseView, ReceiptCategory,
    TravelMode, TravelPurpose, TravelView, TripView, WarningView,
};
use crate::money::Ore;
use crate::web::page::swedish;
use crate::web::{Language, say, say_count, say_with};

/// A word and what stands beside it.
pub type Fact = (&'static str, String);

/// A decision.
pub struct Decided {
    pub heading: String,
    pub when: String,
    pub superseded: bool,
    pub facts: Vec<Fact>,
    pub reasons: Option<String>,
}

/// A trip as it was handed in.
pub struct Driven {
    pub way: String,
    pub when: String,
    pub amount: Ore,
    pub said: Option<String>,
}

/// Everything of a wish or claim but its messages and receipts.
pub struct Facts {
    pub wish: Vec<Fact>,
    pub files: Vec<Attached>,
    pub warnings: Vec<String>,
    pub decisions: Vec<Decided>,
    pub trips: Vec<Driven>,
    pub reason: Option<String>,
}

impl Facts {
    pub fn of(errand: &ErrandView, reader: Side, now: Instant) -> Facts {
        let wish = match (&errand.purchase, &errand.travel) {
            (Some(purchase), _) => bought(purchase, now),
            (None, Some(travel)) => travelled(travel, now),
            (None, None) => Vec::new(),
        };
        Facts {
            wish,
            files: errand
                .files
                .iter()
                .flatten()
                .map(|file| Attached::of(file, now))
                .collect(),
            warnings: errand.warnings.iter().map(|one| warned(errand, one)).collect(),
            decisions: errand
                .decisions
                .iter()
                .rev()
                .map(|one| Decided::of(one, reader, now))
                .collect(),
            trips: errand.trips.iter().flatten().map(|one| Driven::of(one, now)).collect(),
            reason: errand.state_reason.clone(),
        }
    }
}

/// A warning, with the line it is of.
fn warned(errand: &ErrandView, warning: &WarningView) -> String {
    let receipts = errand.receipts.iter().flatten().map(|one| one.id);
    let trips = errand.trips.iter().flatten().map(|one| one.id);
    let receipt = warning
        .receipt_id
        .and_then(|id| receipts.clone().position(|one| one == id));
    let trip = warning.trip_id.and_then(|id| trips.clone().position(|one| one == id));
    let said = warning.said(Language::spoken());
    match (receipt, trip) {
        (Some(at), _) => format!("{}: {said}", say_with("fact-receipt", "n", &(at + 1).to_string())),
        (None, Some(at)) => format!("{}: {said}", say_with("fact-trip", "n", &(at + 1).to_string())),
        (None, None) => said,
    }
}

impl Decided {
    fn of(decision: &DecisionView, reader: Side, now: Instant) -> Decided {
        let mut facts = vec![(say("fact-decided-by"), decision.decided_by.name.clone())];
        facts.extend(decision.amount_ore.map(|amount| {
            (
                say("fact-amount"),
                say_with("fact-at-most", "amount", &amount.to_string()),
            )
        }));
        facts.extend(
            decision
                .valid_until
                .map(|day| (say("fact-valid-until"), swedish::day(day, now))),
        );
        facts.extend(decision.conditions.clone().map(|text| (say("fact-conditions"), text)));
        Decided {
            heading: words::outcome(decision.outcome, reader).to_owned(),
            when: swedish::time(decision.decided_at, now),
            superseded: decision.superseded,
            facts,
            reasons: decision.reasons.clone(),
        }
    }
}

impl Driven {
    fn of(trip: &TripView, now: Instant) -> Driven {
        let day = swedish::day(trip.driven_on, now);
        Driven {
            way: words::way(trip.from.as_deref(), trip.to.as_deref()),
            when: format!("{}, {day}, {}", trip.purpose, km(trip.distance_m)),
            amount: trip.amount_ore,
            said: reviewed(words::line(trip.state), trip.granted_ore, trip.reason.as_deref()),
        }
    }
}

/// What a review says of a line, in one sentence.
pub fn reviewed(word: Option<&str>, granted: Option<Ore>, reason: Option<&str>) -> Option<String> {
    let mut said = word?.to_owned();
    if let Some(granted) = granted.filter(|granted| granted.0 > 0) {
        said.push_str(&format!(", {granted}"));
    }
    if let Some(reason) = reason {
        said.push_str(&format!(". {reason}"));
    }
    Some(said)
}

/// `12,5 km`.
pub fn km(metres: i64) -> String {
    match (metres / 1_000, metres % 1_000 / 100) {
        (whole, 0) => format!("{whole}\u{a0}km"),
        (whole, part) => format!("{whole},{part}\u{a0}km"),
    }
}

/// What a purchase says.
pub fn bought(wish: &PurchaseView, now: Instant) -> Vec<Fact> {
    let covers: Vec<&str> = wish.covered_otherwise.iter().map(|one| cover(*one)).collect();
    let item = ReceiptCategory::parse(wish.item_category.as_str()).map_or("", words::receipt_category);
    let mut facts = vec![
        (say("fact-what"), item.to_owned()),
        (say("fact-description"), wish.description.clone()),
        (say("fact-estimated"), wish.estimated_ore.to_string()),
        (say("fact-why"), wish.reasons.clone()),
        (say("fact-payer"), payer(wish.who_pays).to_owned()),
        (say("fact-covered"), covers.join(", ")),
    ];
    facts.extend(wish.own_contribution_ore.map(|own| (say("fact-own"), own.to_string())));
    facts.extend(wish.supplier.clone().map(|text| (say("fact-shop"), text)));
    facts.extend(wish.link.clone().map(|text| (say("fact-link"), text)));
    facts.extend(
        wish.needed_by
            .map(|day| (say("fact-needed-by"), swedish::day(day, now))),
    );
    facts.extend(wish.childs_view.clone().map(|text| (say("fact-childs-view"), text)));
    facts
}

/// What a trip says.
pub fn travelled(wish: &TravelView, now: Instant) -> Vec<Fact> {
    let days = format!(
        "{} {} {}",
        swedish::day(wish.starts_on, now),
        say("fact-way"),
        swedish::day(wish.ends_on, now)
    );
    let travellers = format!(
        "{}, {}",
        say_count("count-adults", wish.adults.unsigned_abs() as usize),
        say_count("count-children", wish.children.unsigned_abs() as usize)
    );
    let mut facts = vec![
        (say("fact-what"), purpose(wish.purpose).to_owned()),
        (say("fact-approval"), approval(wish.approval_mode).to_owned()),
        (say("fact-from"), words::place(wish.from.as_deref())),
        (say("fact-to"), words::place(wish.to.as_deref())),
        (say("fact-when"), days),
        (say("fact-travellers"), travellers),
        (say("fact-mode"), mode(wish.mode).to_owned()),
    ];
    let way = if wish.return_trip {
        say("fact-each-way")
    } else {
        say("fact-one-way")
    };
    facts.extend(
        wish.distance_m
            .map(|metres| (say("fact-distance"), format!("{} {way}", km(metres)))),
    );
    facts.extend(
        wish.other_costs_ore
            .map(|ore| (say("fact-other-costs"), ore.to_string())),
    );
    facts.push((say("fact-why"), wish.reasons.clone()));
    if let Some(abroad) = &wish.abroad {
        let yes = |yes: bool| (if yes { say("yes") } else { say("no") }).to_owned();
        facts.push((say("fact-country"), abroad.country.clone()));
        facts.push((say("fact-passport"), yes(abroad.passport)));
        facts.push((say("fact-consent"), consent(abroad.guardian_consent).to_owned()));
        facts.push((say("fact-travel-insurance"), yes(abroad.insurance)));
    }
    facts
}

/// Values to choose from, with their words.
pub type Choices = Vec<(&'static str, &'static str)>;

pub fn payers() -> Choices {
    Payer::ALL.iter().map(|one| (one.as_str(), payer(*one))).collect()
}
pub fn covers() -> Choices {
    OtherCover::ALL.iter().map(|one| (one.as_str(), cover(*one))).collect()
}
pub fn purposes() -> Choices {
    TravelPurpose::ALL
        .iter()
        .map(|one| (one.as_str(), purpose(*one)))
        .collect()
}
pub fn approvals() -> Choices {
    ApprovalMode::ALL
        .iter()
        .map(|one| (one.as_str(), approval(*one)))
        .collect()
}
pub fn modes() -> Choices {
    TravelMode::ALL.iter().map(|one| (one.as_str(), mode(*one))).collect()
}
pub fn consents() -> Choices {
    GuardianConsent::ALL
        .iter()
        .map(|one| (one.as_str(), consent(*one)))
        .collect()
}

fn payer(payer: Payer) -> &'static str {
    say(match payer {
        Payer::Home => "payer-home",
        Payer::Invoice => "payer-invoice",
    })
}

fn cover(cover: OtherCover) -> &'static str {
    say(match cover {
        OtherCover::None => "cover-none",
        OtherCover::Insurance => "cover-insurance",
        OtherCover::HighCostProtection => "cover-high-cost-protection",
        OtherCover::OwnAssets => "cover-own-assets",
        OtherCover::SchoolOrRegion => "cover-school-or-region",
    })
}

pub fn purpose(purpose: TravelPurpose) -> &'static str {
    say(match purpose {
        TravelPurpose::ContactVisit => "purpose-contact-visit",
        TravelPurpose::Care => "purpose-care",
        TravelPurpose::School => "purpose-school",
        TravelPurpose::Meeting => "purpose-meeting",
        TravelPurpose::Leisure => "purpose-leisure",
        TravelPurpose::Holiday => "purpose-holiday",
        TravelPurpose::Abroad => "purpose-abroad",
        TravelPurpose::Other => "purpose-other",
    })
}

fn approval(mode: ApprovalMode) -> &'static str {
    say(match mode {
        ApprovalMode::Advance => "approval-advance",
        ApprovalMode::Standing => "approval-standing",
    })
}

fn mode(mode: TravelMode) -> &'static str {
    say(match mode {
        TravelMode::OwnCar => "mode-own-car",
        TravelMode::PublicTransport => "mode-public-transport",
        TravelMode::Train => "mode-train",
        TravelMode::Taxi => "mode-taxi",
        TravelMode::Flight => "mode-flight",
        TravelMode::Other => "mode-other",
    })
}

fn consent(consent: GuardianConsent) -> &'static str {
    say(match consent {
        GuardianConsent::Awaiting => "consent-awaiting",
        GuardianConsent::Given => "consent-given",
        GuardianConsent::NotNeeded => "consent-not-needed",
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_distance_is_told_in_kilometres() {
        assert_eq!(super::km(12_500), "12,5\u{a0}km");
        assert_eq!(super::km(40_000), "40\u{a0}km");
    }

    #[test]
    fn a_reviewed_line_is_told_in_one_sentence() {
        use crate::money::Ore;
        let said = super::reviewed(Some("Delvis godkänt"), Some(Ore(10_000)), Some("Högst 100 kr"));
        assert_eq!(said.as_deref(), Some("Delvis godkänt, 100\u{a0}kr. Högst 100 kr"));
        assert_eq!(super::reviewed(None, None, None), None);
    }
}
