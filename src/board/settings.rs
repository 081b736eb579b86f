//! What a board decides for itself: the words of its public page, and the rules its errands go by. Each setting takes
//! effect from a day; what was set before stays readable, and what comes is known beforehand.

mod change;
mod rules;
mod value;

pub use change::SettingsChange;
pub(super) use rules::rules;
pub use rules::{Rules, RulesByDay};
pub use value::SettingValue;

use super::entrance;
use super::rows::{self, SettingRow};
use super::view::{BoardSettings, EmergencyView, KindView, LinkView, SettingView, Settings};
use crate::access::{Access, Happening, Right};
use crate::audit::Action;
use crate::clock::Day;
use crate::error::{Error, Faults, Result};
use crate::web::IfMatch;
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

/// A change of settings.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardChange {
    pub settings: SettingsChange,
    /// The first day it holds; today if not said.
    pub from: Option<Day>,
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

impl Access<'_> {
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
    /// [`Error::Forbidden`] for all but the steward; [`Error::Invalid`] with all faults at once, also for a day that
    /// has passed; [`Error::Stale`].
    pub fn change_settings(self, change: &BoardChange, if_match: IfMatch) -> Result<BoardSettings> {
        let relation = self.require(Right::ChangeSettings, Action::BoardChange)?;
        let (standing, now) = (self.standing(), self.now());
        let (board, me) = (standing.board, standing.person()?);
        if_match.check(self.db(|db| rows::lock_board(db, board))?)?;
        let mut faults = Faults::default();
        change.settings.check(&mut faults);
        let settings = change.settings.in_one_form();
        let alone = change.settings.passwords_alone.unwrap_or(true);
        entrance::stays_open(&mut faults, alone, "settings.passwords_alone");
        let from = change.from.unwrap_or(now.day());
        faults.unless(from >= now.day(), "from", "date-past");
        let entries = settings.entries()?;
        if entries.is_empty() {
            return Err(Error::Malformed("no setting is named".into()));
        }
        let rules = self.rules()?;
        let days = change.settings.draft_days.unwrap_or(rules.draft_days);
        let notice = change.settings.draft_notice_days.unwrap_or(rules.draft_notice_days);
        faults.unless(notice < days, "settings.draft_notice_days", "number-range");
        faults.check()?;
        if change.settings.may_widen(from, (&rules, now.day())) {
            // What anyone is to see more of is not for a session left open.
            self.require_fresh(Happening::denied(Action::BoardChange).object("board", board))?;
        }
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
