//! What anyone may know of a board, and what its staff may.

use super::rows::{BoardRow, EntryRow, SettingRow};
use super::settings::{OF_PAGE, Page, Rules, SettingValue, overlaid};
use crate::clock::{Day, Instant};
use crate::error::Result;
use crate::id::{PersonId, UnitId};
use serde::{Deserialize, Serialize};

/// A board as its public page shows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BoardView {
    pub slug: String,
    #[serde(flatten)]
    pub page: Page,
    pub updated_on: Day,
}

/// A kind of support a home can give.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KindView {
    /// `foster`, `emergency`, `contact_family` or `contact_person`.
    pub kind: String,
    pub title: String,
    pub text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkView {
    pub title: String,
    pub url: String,
}

/// Where to turn when it cannot wait.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyView {
    pub title: String,
    pub phone: String,
}

/// A unit where it is only named.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct UnitView {
    pub id: UnitId,
    pub name: String,
}

/// A board's settings as staff reads them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BoardSettings {
    pub slug: String,
    #[serde(skip)]
    pub version: i64,
    /// As they are today.
    pub settings: Settings,
    /// All that was ever set, what takes effect last first.
    pub history: Vec<SettingView>,
}

/// The public page's words and the rules.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Settings {
    #[serde(flatten)]
    pub page: Page,
    #[serde(flatten)]
    pub rules: Rules,
}

/// A setting as someone set it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SettingView {
    pub name: String,
    #[schema(value_type = SettingValue)]
    pub value: serde_json::Value,
    /// The first day it holds.
    pub from: Day,
    pub set_at: Instant,
    /// The steward's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_by: Option<String>,
    /// Whether it is what holds today.
    pub is_current: bool,
}

/// A unit in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnitRow {
    pub id: UnitId,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager_id: Option<PersonId>,
}

impl BoardView {
    pub(super) fn of(board: &BoardRow, entries: &[EntryRow], set: &[SettingRow]) -> Result<BoardView> {
        let page = overlaid(&board.page(entries), set, OF_PAGE)?;
        let of_page = set.iter().filter(|row| OF_PAGE.contains(&row.name.as_str()));
        let updated_on = of_page.map(|row| row.from_on).max().max(Some(board.updated_on));
        Ok(BoardView {
            slug: board.slug.clone(),
            updated_on: updated_on.unwrap_or(board.updated_on),
            page,
        })
    }
}

impl BoardRow {
    /// The public page's words as the board was founded with them.
    pub(super) fn page(&self, entries: &[EntryRow]) -> Page {
        let of = |section: &'static str| {
            entries
                .iter()
                .filter(move |entry| entry.board_id == self.id && entry.section == section)
        };
        let kind = |e: &EntryRow| KindView {
            kind: e.code.clone(),
            title: e.title.clone(),
            text: e.body.clone(),
        };
        Page {
            kinds: of("kind").map(kind).collect(),
            links: of("link")
                .map(|e| LinkView {
                    title: e.title.clone(),
                    url: e.body.clone(),
                })
                .collect(),
            emergency: of("emergency")
                .map(|e| EmergencyView {
                    title: e.title.clone(),
                    phone: e.body.clone(),
                })
                .collect(),
            name: self.name.clone(),
            administration: self.administration.clone(),
            audience: self.audience.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            address: self.address.clone(),
            hours: self.hours.clone(),
            colour: None,
        }
    }
}
