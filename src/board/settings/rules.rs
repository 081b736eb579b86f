//! The rules that a board's errands go by, with their usual values; the one struct that features take their days and
//! sums from.

use super::overlaid;
use crate::access::{Access, IDLE_HOME_MINUTES, IDLE_STAFF_MINUTES, TeamSight};
use crate::board::rows::{self, SettingRow};
use crate::clock::Day;
use crate::errand::ReceiptCategory;
use crate::error::{Error, Result};
use crate::file::{FILE_MOST_MB, FILES_MOST};
use serde::{Deserialize, Serialize};

/// The rules a board's errands go by.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rules {
    /// Whether a password alone lets people in.
    pub passwords_alone: bool,
    pub team_sight: TeamSight,
    /// Days in which a home may take up a closed message again.
    pub reopened_within_days: i64,
    /// Days after an assignment's end in which receipts for it can be handed in.
    pub receipts_after_end_days: i64,
    /// Days after these for which a home reads what has ended.
    pub ended_assignment_days: i64,
    /// Days after leaving a home in which one reads what one wrote there oneself; 0: never.
    pub former_member_days: i64,
    /// Months after which a receipt or trip is warned about as old.
    pub old_receipt_months: i64,
    /// Öre; from this sum a receipt without a wish is warned about.
    pub wish_from_ore: i64,
    /// Öre; from this estimate a wish for a purchase needs a shop, a link or a quote.
    pub source_from_ore: i64,
    /// Days back for which a trip may still be asked for.
    pub trip_late_days: i64,
    /// Days ahead by which a trip abroad is asked for.
    pub abroad_ahead_days: i64,
    /// Days a grant holds where the decision names no day.
    pub award_days: i64,
    /// Days after which a draft is removed.
    pub draft_days: i64,
    /// Days after which its author is told that it will be.
    pub draft_notice_days: i64,
    /// Months after which unit managers go through the roles of their units; 0: never.
    pub recertify_every: i64,
    /// Öre for each mil (10 km) by one's own car, by the day it is driven.
    pub mileage_ore_per_mil: i64,
    /// What the base part of the expense allowance (grundkostnad) pays for, by the day it is bought.
    pub base_costs: Vec<ReceiptCategory>,
    /// Minutes without a call that end a session of staff.
    pub idle_staff_minutes: i64,
    /// Minutes without a call that end a home's session.
    pub idle_home_minutes: i64,
    /// MB (1,048,576 bytes) of the largest file.
    pub file_most_mb: i64,
    /// Files of one message.
    pub files_most: i64,
}

impl Rules {
    /// The rules of a board that has set none (the proposals of practice: SKR, and municipalities' own).
    pub fn usual(passwords_alone: bool) -> Rules {
        Rules {
            passwords_alone,
            team_sight: TeamSight::Off,
            reopened_within_days: 30,
            receipts_after_end_days: 60,
            ended_assignment_days: 90,
            former_member_days: 0,
            old_receipt_months: 6,
            wish_from_ore: 50_000,
            source_from_ore: 200_000,
            trip_late_days: 30,
            abroad_ahead_days: 30,
            award_days: 90,
            draft_days: 90,
            draft_notice_days: 76,
            recertify_every: 3,
            // The highest tax-free rate, 25 kr a mil since 2023-01-01.
            mileage_ore_per_mil: 2_500,
            base_costs: vec![ReceiptCategory::Furniture],
            idle_staff_minutes: IDLE_STAFF_MINUTES,
            idle_home_minutes: IDLE_HOME_MINUTES,
            file_most_mb: FILE_MOST_MB,
            files_most: FILES_MOST,
        }
    }
}

/// A board's rules as they were, are and will be.
#[derive(Debug, Clone)]
pub struct RulesByDay {
    /// Before anything was set.
    usual: Rules,
    /// From each first day on, in order.
    from: Vec<(Day, Rules)>,
}

impl RulesByDay {
    fn of(usual: Rules, set: &[SettingRow]) -> Result<RulesByDay> {
        let mut days: Vec<Day> = set.iter().map(|row| row.from_on).collect();
        days.sort_unstable();
        days.dedup();
        let holds = |day: Day| {
            let begun: Vec<SettingRow> = set.iter().filter(|row| row.from_on <= day).cloned().collect();
            Ok((day, rules(&usual, &begun)?))
        };
        let from = days.into_iter().map(holds).collect::<Result<_>>()?;
        Ok(RulesByDay { usual, from })
    }

    /// Of a board that has set nothing.
    pub fn usual() -> RulesByDay {
        RulesByDay {
            usual: Rules::usual(true),
            from: Vec::new(),
        }
    }

    /// Those of a day.
    pub fn on(&self, day: Day) -> &Rules {
        let begun = self.from.iter().rfind(|(from, _)| *from <= day);
        begun.map_or(&self.usual, |(_, rules)| rules)
    }

    /// What one of them is from each day on, the first of them from ever.
    pub fn over_time<T: PartialEq>(&self, one: impl Fn(&Rules) -> T) -> Vec<(Option<Day>, T)> {
        let mut found = vec![(None, one(&self.usual))];
        for (day, rules) in &self.from {
            let value = one(rules);
            if found.last().is_none_or(|(_, last)| *last != value) {
                found.push((Some(*day), value));
            }
        }
        found
    }
}

pub(super) const OF_RULES: &[&str] = &[
    "passwords_alone",
    "team_sight",
    "reopened_within_days",
    "receipts_after_end_days",
    "ended_assignment_days",
    "former_member_days",
    "old_receipt_months",
    "wish_from_ore",
    "source_from_ore",
    "trip_late_days",
    "abroad_ahead_days",
    "award_days",
    "draft_days",
    "draft_notice_days",
    "recertify_every",
    "mileage_ore_per_mil",
    "base_costs",
    "idle_staff_minutes",
    "idle_home_minutes",
    "file_most_mb",
    "files_most",
];

/// Rules with what was set over them.
pub(in crate::board) fn rules(usual: &Rules, set: &[SettingRow]) -> Result<Rules> {
    overlaid(usual, set, OF_RULES)
}

impl Access<'_> {
    /// The rules of the board one is at, on every day.
    pub(crate) fn rules_by_day(self) -> Result<RulesByDay> {
        let board = self.standing().board;
        let (alone, set) =
            self.db(|db| Ok::<_, Error>((rows::founded_alone(db, board)?, rows::all_set(db, board)?)))?;
        RulesByDay::of(Rules::usual(alone), &set)
    }

    /// The rules of the board one is at, as they are today.
    pub(crate) fn rules(self) -> Result<Rules> {
        let (board, today) = (self.standing().board, self.now().day());
        let (alone, set) =
            self.db(|db| Ok::<_, Error>((rows::founded_alone(db, board)?, rows::set_by(db, board, today)?)))?;
        rules(&Rules::usual(alone), &set)
    }
}
