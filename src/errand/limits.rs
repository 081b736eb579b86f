//! The thresholds of wishes and claims: some the board sets, each from a day on ([`Rules`](crate::board::Rules)); the
//! others are the same for all.

use super::ReceiptCategory;
use crate::access::Access;
use crate::board::RulesByDay;
use crate::clock::Day;
use crate::error::{Error, Result};
use crate::money::Ore;

/// The shortest and longest trip that can be driven one way, in metres.
pub(super) const DISTANCE_M: std::ops::RangeInclusive<i64> = 100..=3_000_000;

/// What wishes and claims are held to, and warned of.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From this estimate on, a purchase needs a shop, a link or a quote.
    pub purchase_unsourced_below: Ore,
    /// How many days back a trip may be asked for.
    pub trip_asked_late_days: i32,
    /// How many days ahead a trip abroad is asked for.
    pub abroad_ahead_days: i32,
    /// The longest a standing approval may reach, in months.
    pub standing_months: i32,
    /// How long an award stands where the decision says nothing, in days.
    pub award_days: i32,
    /// From this sum on, a line without a wish that granted it is warned of.
    pub line_without_request: Ore,
    /// A purchase or trip older than this many months is warned of.
    pub old_after_months: i32,
    /// How many days after an assignment's end receipts for it can be handed in.
    pub after_end_days: i32,
    /// What goes by the day that something was driven or bought on.
    by_day: RulesByDay,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            purchase_unsourced_below: Ore(200_000),
            trip_asked_late_days: 30,
            abroad_ahead_days: 30,
            standing_months: 12,
            award_days: 90,
            line_without_request: Ore(50_000),
            old_after_months: 6,
            after_end_days: 60,
            by_day: RulesByDay::usual(),
        }
    }
}

impl Limits {
    /// What a distance driven that day comes to, rounded to whole öre.
    pub fn mileage(&self, distance_m: i64, on: Day) -> Ore {
        let exact = distance_m.saturating_mul(self.by_day.on(on).mileage_ore_per_mil);
        Ore(exact.saturating_add(5_000) / 10_000)
    }

    /// Öre for each mil, from each day on: what the page's script goes by, as `2026-01-01:2500 …` from the first on.
    pub fn mileage_over_time(&self) -> String {
        let rates = self.by_day.over_time(|rules| rules.mileage_ore_per_mil).into_iter();
        let rates = rates.map(|(day, rate)| match day {
            Some(day) => format!("{day}:{rate}"),
            None => format!("0:{rate}"),
        });
        rates.collect::<Vec<_>>().join(" ")
    }

    /// Whether the base part of the expense allowance (grundkostnad) pays for what was bought that day.
    pub fn is_base_cost(&self, category: ReceiptCategory, on: Day) -> bool {
        self.by_day.on(on).base_costs.contains(&category)
    }
}

impl Access<'_> {
    /// The thresholds of the board of the one who asks.
    ///
    /// # Errors
    /// When the board's settings cannot be read.
    pub(super) fn limits(self) -> Result<Limits> {
        let by_day = self.rules_by_day()?;
        let rules = by_day.on(self.now().day()).clone();
        let small = |number: i64| i32::try_from(number).map_err(Error::fault);
        Ok(Limits {
            award_days: small(rules.award_days)?,
            line_without_request: Ore(rules.wish_from_ore),
            purchase_unsourced_below: Ore(rules.source_from_ore),
            trip_asked_late_days: small(rules.trip_late_days)?,
            abroad_ahead_days: small(rules.abroad_ahead_days)?,
            old_after_months: small(rules.old_receipt_months)?,
            after_end_days: small(rules.receipts_after_end_days)?,
            by_day,
            ..Limits::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day() -> Day {
        Day::parse("2026-11-22").unwrap()
    }

    #[test]
    fn a_mil_is_twenty_five_kronor() {
        let driven = |metres| Limits::default().mileage(metres, day());
        assert_eq!(driven(10_000), Ore(2_500));
        assert_eq!(driven(100), Ore(25));
        assert_eq!(driven(2), Ore(1), "half an öre and more is one");
        assert_eq!(driven(1), Ore(0));
        assert_eq!(Limits::default().mileage_over_time(), "0:2500");
    }

    proptest! {
        #[test]
        fn mileage_rises_with_the_distance_and_never_breaks(distance in 0i64..=3_000_000, more in 0i64..=3_000_000) {
            let driven = |metres| Limits::default().mileage(metres, day());
            prop_assert!(driven(distance) <= driven(distance + more));
            prop_assert!((driven(distance).0 * 10_000 - distance * 2_500).abs() <= 5_000);
        }
        #[test]
        fn no_distance_makes_it_panic(distance: i64) {
            let _ = Limits::default().mileage(distance, day());
        }
    }
}
