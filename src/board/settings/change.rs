//! What a steward asks to be set, with the limits of each.

use super::rules::Rules;
use crate::access::{IDLE_HOME_MINUTES, IDLE_LEAST_MINUTES, IDLE_STAFF_MINUTES, TeamSight};
use crate::board::verbs::is_text;
use crate::board::view::{EmergencyView, KindView, LinkView};
use crate::clock::Day;
use crate::errand::ReceiptCategory;
use crate::error::{Error, Faults, Result};
use crate::file::{FILE_MOST_MB, FILES_MOST};
use crate::typed::address;
use crate::web::page::Colour;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;

/// Settings to be changed; what is left out stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(default)]
pub struct SettingsChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// An empty text takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// An empty text takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// As `#0e4f57`; white on it has a contrast of 4.5 or more. An empty text takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<KindView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<LinkView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Vec<EmergencyView>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passwords_alone: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_sight: Option<TeamSight>,
    /// 0–365.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reopened_within_days: Option<i64>,
    /// 0–365.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipts_after_end_days: Option<i64>,
    /// 0–730.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_assignment_days: Option<i64>,
    /// 0–365; 0: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_member_days: Option<i64>,
    /// 1–120.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_receipt_months: Option<i64>,
    /// 0–10 000 000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wish_from_ore: Option<i64>,
    /// 0–10 000 000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_from_ore: Option<i64>,
    /// 0–365.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trip_late_days: Option<i64>,
    /// 0–365.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abroad_ahead_days: Option<i64>,
    /// 1–730.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub award_days: Option<i64>,
    /// 7–365.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_days: Option<i64>,
    /// 1–364, and fewer than `draft_days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_notice_days: Option<i64>,
    /// 0–12; 0: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recertify_every: Option<i64>,
    /// Öre for each mil (10 km), 0–10 000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mileage_ore_per_mil: Option<i64>,
    /// Each once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_costs: Option<Vec<ReceiptCategory>>,
    /// 5–15.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_staff_minutes: Option<i64>,
    /// 5–30.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_home_minutes: Option<i64>,
    /// 1–15: files can be made smaller than the program takes, never larger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_most_mb: Option<i64>,
    /// 1–10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_most: Option<i64>,
}

impl SettingsChange {
    pub(super) fn check(&self, faults: &mut Faults) {
        let texts = [
            ("name", &self.name, 1, 120),
            ("administration", &self.administration, 1, 120),
            ("audience", &self.audience, 1, 300),
            ("phone", &self.phone, 1, 40),
            ("address", &self.address, 0, 200),
            ("hours", &self.hours, 0, 100),
        ];
        for (field, text, least, most) in texts {
            let fits = text.as_ref().is_none_or(|text| is_text(text, least, most));
            faults.unless(fits, format!("settings.{field}"), "text");
        }
        let email = self.email.as_ref().is_none_or(|email| address(email).is_some());
        faults.unless(email, "settings.email", "email");
        let fits = |text: &String| text.is_empty() || Colour::parse(text).is_some();
        faults.unless(self.colour.as_ref().is_none_or(fits), "settings.colour", "colour");
        let numbers = [
            ("reopened_within_days", self.reopened_within_days, 0, 365),
            ("receipts_after_end_days", self.receipts_after_end_days, 0, 365),
            ("ended_assignment_days", self.ended_assignment_days, 0, 730),
            ("former_member_days", self.former_member_days, 0, 365),
            ("old_receipt_months", self.old_receipt_months, 1, 120),
            ("wish_from_ore", self.wish_from_ore, 0, 10_000_000),
            ("source_from_ore", self.source_from_ore, 0, 10_000_000),
            ("trip_late_days", self.trip_late_days, 0, 365),
            ("abroad_ahead_days", self.abroad_ahead_days, 0, 365),
            ("award_days", self.award_days, 1, 730),
            ("draft_days", self.draft_days, 7, 365),
            ("draft_notice_days", self.draft_notice_days, 1, 364),
            ("recertify_every", self.recertify_every, 0, 12),
            ("mileage_ore_per_mil", self.mileage_ore_per_mil, 0, 10_000),
            (
                "idle_staff_minutes",
                self.idle_staff_minutes,
                IDLE_LEAST_MINUTES,
                IDLE_STAFF_MINUTES,
            ),
            (
                "idle_home_minutes",
                self.idle_home_minutes,
                IDLE_LEAST_MINUTES,
                IDLE_HOME_MINUTES,
            ),
            ("file_most_mb", self.file_most_mb, 1, FILE_MOST_MB),
            ("files_most", self.files_most, 1, FILES_MOST),
        ];
        for (field, number, least, most) in numbers {
            let fits = number.is_none_or(|number| (least..=most).contains(&number));
            faults.unless(fits, format!("settings.{field}"), "number-range");
        }
        self.check_lists(faults);
    }

    fn check_lists(&self, faults: &mut Faults) {
        for (i, kind) in self.kinds.iter().flatten().enumerate() {
            let known = ["foster", "emergency", "contact_family", "contact_person"].contains(&kind.kind.as_str());
            faults.unless(known, format!("settings.kinds.{i}.kind"), "value");
            let fits = is_text(&kind.title, 1, 80) && is_text(&kind.text, 1, 500);
            faults.unless(fits, format!("settings.kinds.{i}"), "text");
        }
        for (i, link) in self.links.iter().flatten().enumerate() {
            let fits = is_text(&link.title, 1, 80) && is_text(&link.url, 10, 300) && link.url.starts_with("https://");
            faults.unless(fits, format!("settings.links.{i}"), "title-and-link");
        }
        for (i, one) in self.emergency.iter().flatten().enumerate() {
            let fits = is_text(&one.title, 1, 80) && is_text(&one.phone, 1, 40);
            faults.unless(fits, format!("settings.emergency.{i}"), "text");
        }
        let costs = self.base_costs.iter().flatten().collect::<HashSet<_>>().len();
        let once = self.base_costs.as_ref().is_none_or(|all| all.len() == costs);
        faults.unless(once, "settings.base_costs", "value");
        // A public page without the kinds of support, or without a number for emergencies, helps nobody.
        let lists = [
            ("kinds", self.kinds.as_ref().map(Vec::len), 1, 4),
            ("links", self.links.as_ref().map(Vec::len), 0, 20),
            ("emergency", self.emergency.as_ref().map(Vec::len), 1, 10),
        ];
        for (field, length, least, most) in lists {
            let field = format!("settings.{field}");
            faults.unless(length.is_none_or(|n| n >= least), field.as_str(), "required");
            faults.unless(length.is_none_or(|n| n <= most), field, "too-many");
        }
    }

    /// The same with its address as it is kept.
    pub(super) fn in_one_form(&self) -> SettingsChange {
        let email = self.email.as_deref().map(|typed| address(typed).unwrap_or_default());
        SettingsChange { email, ..self.clone() }
    }

    /// Whether anyone may come to see more than by today's `rules`: from a later day on, whatever is not the least
    /// counts.
    pub(super) fn may_widen(&self, from: Day, (rules, today): (&Rules, Day)) -> bool {
        let later = from != today;
        let wider = |to: TeamSight| {
            let more = matches!(
                (rules.team_sight, to),
                (TeamSight::Off, TeamSight::Metadata | TeamSight::Full) | (TeamSight::Metadata, TeamSight::Full)
            );
            more || (later && to != TeamSight::Off)
        };
        let days = [
            (self.former_member_days, rules.former_member_days),
            (self.receipts_after_end_days, rules.receipts_after_end_days),
            (self.ended_assignment_days, rules.ended_assignment_days),
        ];
        let longer = |(to, is): (Option<i64>, i64)| to.is_some_and(|to| to > is || (later && to > 0));
        self.team_sight.is_some_and(wider) || days.into_iter().any(longer)
    }

    /// Each setting named with its value, as it is kept.
    pub(super) fn entries(&self) -> Result<Vec<(String, String)>> {
        match serde_json::to_value(self).map_err(Error::fault)? {
            Value::Object(all) => Ok(all.into_iter().map(|(name, value)| (name, value.to_string())).collect()),
            _ => Ok(Vec::new()),
        }
    }
}
