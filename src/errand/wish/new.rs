//! What a wish says when it is sent, and the limits it is held to.

use super::{ApprovalMode, GuardianConsent, ItemCategory, OtherCover, Payer, TravelMode, TravelPurpose};
use crate::clock::Day;
use crate::errand::limits::{DISTANCE_M, Limits};
use crate::errand::typed::{optional, optional_line, required, required_line};
use crate::error::Faults;
use crate::id::{AssignmentId, FileId};
use crate::money::Ore;
use crate::secret::SecretText;
use serde::Deserialize;
use std::collections::HashSet;

/// Characters of reasons and descriptions.
const LONG: (usize, usize) = (10, 2_000);
/// Characters of a place.
pub const PLACE: (usize, usize) = (2, 120);
/// Travellers of one kind.
const TRAVELLERS: std::ops::RangeInclusive<i64> = 0..=50;

/// Önskemål om större inköp.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPurchaseRequest {
    pub assignment_id: AssignmentId,
    pub purchase: NewPurchase,
    /// Quotes and the like; at most ten files, 50 MB together.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub file_ids: Vec<FileId>,
}

/// What is to be bought, and why.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPurchase {
    pub item_category: ItemCategory,
    /// 10–2 000 characters.
    #[schema(min_length = 10, max_length = 2000)]
    pub description: SecretText,
    /// Öre, VAT included; 1–10 000 000.
    #[schema(value_type = i64, minimum = 1, maximum = 10000000)]
    pub estimated_ore: Ore,
    /// 10–2 000 characters.
    #[schema(min_length = 10, max_length = 2000)]
    pub reasons: SecretText,
    pub who_pays: Payer,
    /// At least one; `none` stands alone.
    #[schema(min_items = 1, max_items = 4)]
    pub covered_otherwise: Vec<OtherCover>,
    /// 2–80 characters. From 2 000 kr on a supplier, a link or a file is needed.
    #[schema(min_length = 2, max_length = 80)]
    pub supplier: Option<SecretText>,
    /// An `https` address of at most 500 characters.
    #[schema(max_length = 500)]
    pub link: Option<SecretText>,
    /// Today or later.
    pub needed_by: Option<Day>,
    /// At most 1 000 characters.
    #[schema(max_length = 1000)]
    pub childs_view: Option<SecretText>,
    /// Öre, less than the estimate.
    #[schema(value_type = Option<i64>, minimum = 0)]
    pub own_contribution_ore: Option<Ore>,
}

/// Önskemål om resa.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTravelRequest {
    pub assignment_id: AssignmentId,
    pub travel: NewTravel,
    /// At most ten files, 50 MB together.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub file_ids: Vec<FileId>,
}

/// Where, when and how one is to travel, and why.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTravel {
    pub purpose: TravelPurpose,
    pub approval_mode: ApprovalMode,
    /// 2–120 characters: a municipality and a place, never a parent's street.
    #[schema(min_length = 2, max_length = 120)]
    pub from: SecretText,
    /// 2–120 characters.
    #[schema(min_length = 2, max_length = 120)]
    pub to: SecretText,
    /// At most 30 days back; a trip abroad at least 30 days ahead.
    pub starts_on: Day,
    /// Not before the first; of a standing approval at most twelve months after it.
    pub ends_on: Day,
    /// 0–50, and someone travels.
    #[schema(minimum = 0, maximum = 50)]
    pub adults: i64,
    #[schema(minimum = 0, maximum = 50)]
    pub children: i64,
    pub mode: TravelMode,
    /// Metres one way, 100–3 000 000; needed for one's own car.
    #[schema(minimum = 100, maximum = 3000000)]
    pub distance_m: Option<i64>,
    #[serde(default)]
    pub return_trip: bool,
    /// Öre; tickets, parking, food, lodging.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 10000000)]
    pub other_costs_ore: Option<Ore>,
    /// 10–2 000 characters.
    #[schema(min_length = 10, max_length = 2000)]
    pub reasons: SecretText,
    /// Needed when the purpose is `abroad`.
    pub abroad: Option<NewAbroad>,
}

/// What a trip abroad needs.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAbroad {
    /// 2–60 characters.
    #[schema(min_length = 2, max_length = 60)]
    pub country: SecretText,
    /// Whether the child has a passport.
    pub passport: bool,
    pub guardian_consent: GuardianConsent,
    /// Whether there is a travel insurance.
    pub insurance: bool,
}

/// A purchase's texts, made fit to be kept.
pub(in crate::errand) struct PurchaseTexts {
    pub description: SecretText,
    pub reasons: SecretText,
    pub supplier: Option<SecretText>,
    pub link: Option<SecretText>,
    pub childs_view: Option<SecretText>,
}

/// A trip's texts, made fit to be kept.
pub(in crate::errand) struct TravelTexts {
    pub from: SecretText,
    pub to: SecretText,
    pub reasons: SecretText,
    pub country: Option<SecretText>,
}

impl NewPurchase {
    pub(super) fn check(&self, faults: &mut Faults, (today, limits): (Day, &Limits), has_files: bool) -> PurchaseTexts {
        let at = |field: &str| format!("purchase.{field}");
        let text = |faults: &mut Faults, field, text| required(faults, &at(field), text, LONG.0, LONG.1);
        let texts = PurchaseTexts {
            description: text(faults, "description", &self.description),
            reasons: text(faults, "reasons", &self.reasons),
            supplier: optional_line(faults, &at("supplier"), self.supplier.as_ref(), 80),
            link: optional_line(faults, &at("link"), self.link.as_ref(), 500),
            childs_view: optional(faults, &at("childs_view"), self.childs_view.as_ref(), 1_000),
        };
        let estimated = (1..=Ore::LINE_MAX.0).contains(&self.estimated_ore.0);
        faults.unless(estimated, at("estimated_ore"), "amount");
        let long_enough = |text: &SecretText| text.expose().chars().count() >= 2;
        faults.unless(
            texts.supplier.as_ref().is_none_or(long_enough),
            at("supplier"),
            "too-short",
        );
        faults.unless(texts.link.as_ref().is_none_or(is_https), at("link"), "link");
        let sourced = has_files || texts.supplier.is_some() || texts.link.is_some();
        let may_be_unsourced = self.estimated_ore < limits.purchase_unsourced_below;
        faults.unless(sourced || may_be_unsourced, at("supplier"), "source");
        faults.unless(
            self.needed_by.is_none_or(|day| day >= today),
            at("needed_by"),
            "date-past",
        );
        let contributes = self.own_contribution_ore;
        let less = contributes.is_none_or(|own| own.0 >= 0 && own < self.estimated_ore);
        faults.unless(less, at("own_contribution_ore"), "own-contribution");
        faults.unless(covers_fit(&self.covered_otherwise), at("covered_otherwise"), "covered");
        texts
    }
}

/// At least one, none twice, and `none` alone.
fn covers_fit(covers: &[OtherCover]) -> bool {
    let different: HashSet<_> = covers.iter().collect();
    let alone = covers.len() == 1 || !covers.contains(&OtherCover::None);
    !covers.is_empty() && different.len() == covers.len() && alone
}

fn is_https(text: &SecretText) -> bool {
    let parsed = url::Url::parse(text.expose());
    parsed.is_ok_and(|link| {
        let open = link.username().is_empty() && link.password().is_none();
        link.scheme() == "https" && link.host_str().is_some_and(|host| host.contains('.')) && open
    })
}

impl NewTravel {
    pub(super) fn check(&self, faults: &mut Faults, (today, limits): (Day, &Limits)) -> TravelTexts {
        let at = |field: &str| format!("travel.{field}");
        let abroad = self.abroad.as_ref();
        let texts = TravelTexts {
            from: required_line(faults, &at("from"), &self.from, PLACE.0, PLACE.1),
            to: required_line(faults, &at("to"), &self.to, PLACE.0, PLACE.1),
            reasons: required(faults, &at("reasons"), &self.reasons, LONG.0, LONG.1),
            country: abroad.map(|of| required_line(faults, &at("abroad.country"), &of.country, 2, 60)),
        };
        self.check_days(faults, today, limits);
        for (field, number) in [("adults", self.adults), ("children", self.children)] {
            faults.unless(TRAVELLERS.contains(&number), at(field), "travellers");
        }
        let someone = self.adults != 0 || self.children != 0;
        faults.unless(someone, at("adults"), "travellers");
        let by_car = self.mode == TravelMode::OwnCar;
        faults.unless(!by_car || self.distance_m.is_some(), at("distance_m"), "required");
        let distance_fits = self.distance_m.is_none_or(|metres| DISTANCE_M.contains(&metres));
        faults.unless(distance_fits, at("distance_m"), "distance");
        let costs_fit = self
            .other_costs_ore
            .is_none_or(|ore| (0..=Ore::LINE_MAX.0).contains(&ore.0));
        faults.unless(costs_fit, at("other_costs_ore"), "costs");
        let told = self.purpose != TravelPurpose::Abroad || abroad.is_some();
        faults.unless(told, at("abroad"), "required");
        texts
    }

    fn check_days(&self, faults: &mut Faults, today: Day, limits: &Limits) {
        let at = |field: &str| format!("travel.{field}");
        faults.unless(self.starts_on <= self.ends_on, at("ends_on"), "date-order");
        let earliest = today.plus_days(-limits.trip_asked_late_days);
        faults.unless(self.starts_on >= earliest, at("starts_on"), "trip-too-late");
        let ahead = today.plus_days(limits.abroad_ahead_days);
        let in_time = self.abroad.is_none() || self.starts_on < earliest || self.starts_on >= ahead;
        faults.unless(in_time, at("starts_on"), "abroad-ahead");
        let latest = self.starts_on.plus_months(limits.standing_months);
        let short_enough = self.approval_mode == ApprovalMode::Advance || self.ends_on <= latest;
        faults.unless(short_enough, at("ends_on"), "standing-too-long");
    }

    /// What the trip comes to by the distance and the other costs; nothing where that cannot be said.
    pub(crate) fn comes_to(
        distance_m: Option<i64>,
        return_trip: bool,
        other: Option<Ore>,
        (limits, on): (&Limits, Day),
    ) -> Ore {
        let ways = if return_trip { 2 } else { 1 };
        let mileage = distance_m.map_or(Ore(0), |metres| limits.mileage(metres * ways, on));
        Ore(mileage.0 + other.map_or(0, |ore| ore.0))
    }
}
