//! The limits of wishes, for any sums and days.

use super::{
    ApprovalMode, GuardianConsent, ItemCategory, NewAbroad, NewPurchase, NewTravel, OtherCover, Payer, TravelMode,
    TravelPurpose,
};
use crate::clock::Day;
use crate::errand::limits::Limits;
use crate::error::{Error, Faults};
use crate::money::Ore;
use crate::secret::Secret;
use proptest::prelude::*;

fn today() -> Day {
    Day::parse("2026-11-22").unwrap()
}

fn text(plain: &str) -> Secret<String> {
    Secret::new(plain.into())
}

fn purchase(estimated: i64, own: Option<i64>) -> NewPurchase {
    NewPurchase {
        item_category: ItemCategory::Bicycle,
        description: text("En cykel med växlar"),
        estimated_ore: Ore(estimated),
        reasons: text("Den gamla är för liten"),
        who_pays: Payer::Home,
        covered_otherwise: vec![OtherCover::None],
        supplier: Some(text("Cykelhörnan")),
        link: None,
        needed_by: None,
        childs_view: None,
        own_contribution_ore: own.map(Ore),
    }
}

fn travel(starts_on: Day, ends_on: Day) -> NewTravel {
    NewTravel {
        purpose: TravelPurpose::ContactVisit,
        approval_mode: ApprovalMode::Advance,
        from: text("Borlänge"),
        to: text("Falun"),
        starts_on,
        ends_on,
        adults: 1,
        children: 0,
        mode: TravelMode::Train,
        distance_m: None,
        return_trip: true,
        other_costs_ore: None,
        reasons: text("Umgänge på lördagen"),
        abroad: None,
    }
}

/// The codes of what is wrong.
fn codes(check: impl FnOnce(&mut Faults)) -> Vec<&'static str> {
    let mut faults = Faults::default();
    check(&mut faults);
    match faults.check() {
        Err(Error::Invalid(faults)) => faults.into_iter().map(|fault| fault.code).collect(),
        _ => Vec::new(),
    }
}

fn of_trip(trip: &NewTravel) -> Vec<&'static str> {
    codes(|faults| drop(trip.check(faults, (today(), &Limits::default()))))
}

proptest! {
    #[test]
    fn any_sum_is_taken_or_told(estimated: i64, own: Option<i64>) {
        let told = codes(|faults| drop(purchase(estimated, own).check(faults, (today(), &Limits::default()), false)));
        prop_assert_eq!(told.contains(&"amount"), !(1..=10_000_000).contains(&estimated));
        let own_fits = own.is_none_or(|own| own >= 0 && own < estimated);
        prop_assert_eq!(told.contains(&"own-contribution"), !own_fits);
    }

    #[test]
    fn near_a_limit_sums_are_as_exact(estimated in -3i64..=3, off in -3i64..=3) {
        for sum in [estimated, 10_000_000 + estimated] {
            let told = codes(|faults| {
                drop(purchase(sum, Some(sum + off)).check(faults, (today(), &Limits::default()), false));
            });
            prop_assert_eq!(told.contains(&"amount"), !(1..=10_000_000).contains(&sum));
            prop_assert_eq!(told.contains(&"own-contribution"), !(sum + off >= 0 && off < 0));
        }
    }

    #[test]
    fn any_days_are_taken_or_told(start in -400i32..=400, length in -400i32..=800, standing: bool, is_abroad: bool) {
        let starts_on = today().plus_days(start);
        let ends_on = starts_on.plus_days(length);
        let mut trip = travel(starts_on, ends_on);
        if standing {
            trip.approval_mode = ApprovalMode::Standing;
        }
        if is_abroad {
            trip.abroad = Some(NewAbroad {
                country: text("Norge"),
                passport: true,
                guardian_consent: GuardianConsent::Given,
                insurance: true,
            });
        }
        let told = of_trip(&trip);
        prop_assert_eq!(told.contains(&"date-order"), length < 0);
        prop_assert_eq!(told.contains(&"trip-too-late"), start < -30);
        prop_assert_eq!(told.contains(&"abroad-ahead"), is_abroad && (-30..30).contains(&start));
        prop_assert_eq!(told.contains(&"standing-too-long"), standing && ends_on > starts_on.plus_months(12));
    }

    #[test]
    fn no_number_of_a_trip_makes_it_panic(adults: i64, children: i64, distance: Option<i64>, costs: Option<i64>) {
        let mut trip = travel(today(), today());
        (trip.adults, trip.children, trip.distance_m) = (adults, children, distance);
        trip.other_costs_ore = costs.map(Ore);
        trip.mode = TravelMode::OwnCar;
        let fits = of_trip(&trip).is_empty();
        let in_limits = (0..=50).contains(&adults)
            && (0..=50).contains(&children)
            && adults + children > 0
            && distance.is_some_and(|metres| (100..=3_000_000).contains(&metres))
            && costs.is_none_or(|ore| (0..=10_000_000).contains(&ore));
        prop_assert_eq!(fits, in_limits);
    }

    #[test]
    fn no_link_makes_it_panic(link in "[ -~åäö]{0,80}") {
        let mut wish = purchase(100, None);
        wish.link = Some(text(&link));
        let told = codes(|faults| drop(wish.check(faults, (today(), &Limits::default()), false)));
        let is_https = link.trim().to_lowercase().starts_with("https:");
        prop_assert!(is_https || link.trim().is_empty() || told.contains(&"link"), "{link:?} {told:?}");
    }
}

#[test]
fn the_last_days_of_time_break_nothing() {
    let (first, last) = (Day::parse("1900-01-01").unwrap(), Day::parse("2199-12-31").unwrap());
    assert!(Day::parse("9999-12-31").is_none(), "it has no instant");
    let mut trip = travel(last, last);
    trip.approval_mode = ApprovalMode::Standing;
    assert!(of_trip(&trip).is_empty());
    assert_eq!(of_trip(&travel(last, first)), ["date-order"]);
    assert_eq!(of_trip(&travel(first, last)), ["trip-too-late"]);
}
