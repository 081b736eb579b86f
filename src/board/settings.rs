//! What a board decides for itself: the words of its public page, and the rules its errands go by. Each setting takes
//! effect from a day; what was set before stays readable, and what comes is known beforehand.

use super::rows::{self, SettingRow};
use super::verbs::is_text;
use super::view::{BoardSettings, EmergencyView, KindView, LinkView, SettingView, Settings};
use crate::access::{Access, Happening, Right, TeamSight};
use crate::audit::Action;
use crate::clock::Day;
use crate::error::{Error, Faults, Result};
use crate::web::IfMatch;
use crate::web::page::Colour;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The words of a board's public page.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page {
    pub name: String,
    pub administration: String,
    /// For whom the service is.
    pub audience: String,
    pub phone: String,
    pub email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// As `#0e4f57`, on which white can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    pub kinds: Vec<KindView>,
    pub links: Vec<LinkView>,
    pub emergency: Vec<EmergencyView>,
}

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
}

impl Rules {
    /// The rules of a board that has set none (the proposals of practice: SKR, and municipalities' own).
    pub const fn usual(passwords_alone: bool) -> Rules {
        Rules {
            passwords_alone,
            team_sight: TeamSight::Off,
            reopened_within_days: 30,
            receipts_after_end_days: 60,
            ended_assignment_days: 90,
            old_receipt_months: 6,
            wish_from_ore: 50_000,
            source_from_ore: 200_000,
            trip_late_days: 30,
            abroad_ahead_days: 30,
            award_days: 90,
            draft_days: 90,
            draft_notice_days: 76,
            recertify_every: 3,
        }
    }
}

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
}

/// A change of settings.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardChange {
    pub settings: SettingsChange,
    /// The first day it holds; today if not said.
    pub from: Option<Day>,
}

impl SettingsChange {
    fn check(&self, faults: &mut Faults) {
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
        let email = self.email.as_ref().is_none_or(|email| crate::account::is_email(email));
        faults.unless(email, "settings.email", "email");
        let fits = |text: &String| text.is_empty() || Colour::parse(text).is_some();
        faults.unless(self.colour.as_ref().is_none_or(fits), "settings.colour", "colour");
        let numbers = [
            ("reopened_within_days", self.reopened_within_days, 0, 365),
            ("receipts_after_end_days", self.receipts_after_end_days, 0, 365),
            ("ended_assignment_days", self.ended_assignment_days, 0, 730),
            ("old_receipt_months", self.old_receipt_months, 1, 120),
            ("wish_from_ore", self.wish_from_ore, 0, 10_000_000),
            ("source_from_ore", self.source_from_ore, 0, 10_000_000),
            ("trip_late_days", self.trip_late_days, 0, 365),
            ("abroad_ahead_days", self.abroad_ahead_days, 0, 365),
            ("award_days", self.award_days, 1, 730),
            ("draft_days", self.draft_days, 7, 365),
            ("draft_notice_days", self.draft_notice_days, 1, 364),
            ("recertify_every", self.recertify_every, 0, 12),
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

    /// Each setting named with its value, as it is kept.
    fn entries(&self) -> Result<Vec<(String, String)>> {
        match serde_json::to_value(self).map_err(Error::fault)? {
            Value::Object(all) => Ok(all.into_iter().map(|(name, value)| (name, value.to_string())).collect()),
            _ => Ok(Vec::new()),
        }
    }
}

/// `base` with what was set over it, the newest last.
pub(super) fn overlaid<T: Serialize + DeserializeOwned>(base: &T, set: &[SettingRow], known: &[&str]) -> Result<T> {
    let mut whole = serde_json::to_value(base).map_err(Error::fault)?;
    for row in set.iter().filter(|row| known.contains(&row.name.as_str())) {
        let value: Value = serde_json::from_str(&row.value).map_err(Error::fault)?;
        whole[&row.name] = match value {
            Value::String(text) if text.is_empty() => Value::Null,
            value => value,
        };
    }
    serde_json::from_value(whole).map_err(Error::fault)
}

/// The settings of the public page.
pub(super) const OF_PAGE: &[&str] = &[
    "name",
    "administration",
    "audience",
    "phone",
    "email",
    "address",
    "hours",
    "colour",
    "kinds",
    "links",
    "emergency",
];
const OF_RULES: &[&str] = &[
    "passwords_alone",
    "team_sight",
    "reopened_within_days",
    "receipts_after_end_days",
    "ended_assignment_days",
    "old_receipt_months",
    "wish_from_ore",
    "source_from_ore",
    "trip_late_days",
    "abroad_ahead_days",
    "award_days",
    "draft_days",
    "draft_notice_days",
    "recertify_every",
];

/// Rules with what was set over them.
pub(super) fn rules(usual: &Rules, set: &[SettingRow]) -> Result<Rules> {
    overlaid(usual, set, OF_RULES)
}

impl Access<'_> {
    /// The rules of the board one is at, as they are today.
    pub(crate) fn rules(self) -> Result<Rules> {
        let (board, today) = (self.standing().board, self.now().day());
        let (alone, set) =
            self.db(|db| Ok::<_, Error>((rows::founded_alone(db, board)?, rows::set_by(db, board, today)?)))?;
        rules(&Rules::usual(alone), &set)
    }

    /// The board's settings as they are today, what they were and what they will be.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a home.
    pub fn board_settings(self) -> Result<BoardSettings> {
        let relation = self.require(Right::SeeSettings, Action::BoardRead)?;
        let board = self.standing().board;
        self.log(Happening::read(Action::BoardRead, relation).object("board", board));
        self.show_settings()
    }

    /// Asks whether one may change settings, before a form for it is shown.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but the steward.
    pub(super) fn may_change_settings(self) -> Result<()> {
        self.require(Right::ChangeSettings, Action::BoardChange).map(drop)
    }

    /// Changes settings from a day on.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but the steward; [`Error::Invalid`] with all faults at once, also for a day that has
    /// passed; [`Error::Stale`].
    pub fn change_settings(self, change: &BoardChange, if_match: IfMatch) -> Result<BoardSettings> {
        let relation = self.require(Right::ChangeSettings, Action::BoardChange)?;
        let (standing, now) = (self.standing(), self.now());
        let (board, me) = (standing.board, standing.person()?);
        if_match.check(self.db(|db| rows::lock_board(db, board))?)?;
        let mut faults = Faults::default();
        change.settings.check(&mut faults);
        let from = change.from.unwrap_or(now.day());
        faults.unless(from >= now.day(), "from", "date-past");
        let entries = change.settings.entries()?;
        if entries.is_empty() {
            return Err(Error::Malformed("no setting is named".into()));
        }
        let rules = self.rules()?;
        let days = change.settings.draft_days.unwrap_or(rules.draft_days);
        let notice = change.settings.draft_notice_days.unwrap_or(rules.draft_notice_days);
        faults.unless(notice < days, "settings.draft_notice_days", "number-range");
        faults.check()?;
        for (name, value) in entries {
            let row = SettingRow {
                name,
                value,
                from_on: from,
                set_at: now,
                set_by: Some(me),
            };
            self.db(|db| rows::insert_setting(db, self.fresh_id(), board, &row))?;
        }
        self.db(|db| rows::next_version(db, board))?;
        self.log(Happening::write(Action::BoardChange, relation).object("board", board));
        self.show_settings()
    }

    fn show_settings(self) -> Result<BoardSettings> {
        let (board, today) = (self.standing().board, self.now().day());
        let (row, entries, all) =
            self.db(|db| Ok::<_, Error>((rows::one(db, board)?, rows::entries(db)?, rows::all_set(db, board)?)))?;
        let people: Vec<_> = all.iter().filter_map(|row| row.set_by).collect();
        let names = self.names_of(&people)?;
        let mut history: Vec<SettingView> = Vec::new();
        for row in all.iter().rev() {
            let newer = |one: &SettingView| one.name == row.name && one.from <= today;
            let is_current = row.from_on <= today && !history.iter().any(newer);
            history.push(SettingView {
                name: row.name.clone(),
                value: serde_json::from_str(&row.value).map_err(Error::fault)?,
                from: row.from_on,
                set_at: row.set_at,
                set_by: row
                    .set_by
                    .and_then(|id| names.get(&id))
                    .map(|name| name.expose().clone()),
                is_current,
            });
        }
        let begun: Vec<SettingRow> = all.into_iter().filter(|row| row.from_on <= today).collect();
        Ok(BoardSettings {
            slug: row.slug.clone(),
            version: row.version,
            settings: Settings {
                rules: rules(&Rules::usual(row.passwords_alone), &begun)?,
                page: overlaid(&row.page(&entries), &begun, OF_PAGE)?,
            },
            history,
        })
    }
}

#[cfg(test)]
mod tests;
