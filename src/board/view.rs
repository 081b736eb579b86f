//! What anyone may know of a board.

use super::rows::{BoardRow, EntryRow};
use crate::clock::Day;
use crate::id::UnitId;
use serde::Serialize;

/// A board as its public page shows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BoardView {
    pub slug: String,
    pub name: String,
    pub administration: String,
    pub audience: String,
    pub kinds: Vec<KindView>,
    pub phone: String,
    pub email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    pub links: Vec<LinkView>,
    pub emergency: Vec<EmergencyView>,
    pub updated_on: Day,
}

/// A kind of support a home can give.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct KindView {
    /// `foster`, `emergency`, `contact_family` or `contact_person`.
    pub kind: String,
    pub title: String,
    pub text: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LinkView {
    pub title: String,
    pub url: String,
}

/// Where to turn when it cannot wait.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EmergencyView {
    pub title: String,
    pub phone: String,
}

/// A unit where it is only named.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnitView {
    pub id: UnitId,
    pub name: String,
}

impl BoardView {
    pub(super) fn of(board: BoardRow, entries: &[EntryRow]) -> BoardView {
        let of = |section: &'static str| {
            entries
                .iter()
                .filter(move |entry| entry.board_id == board.id && entry.section == section)
        };
        let kind = |e: &EntryRow| KindView {
            kind: e.code.clone(),
            title: e.title.clone(),
            text: e.body.clone(),
        };
        BoardView {
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
            slug: board.slug,
            name: board.name,
            administration: board.administration,
            audience: board.audience,
            phone: board.phone,
            email: board.email,
            address: board.address,
            hours: board.hours,
            updated_on: board.updated_on,
        }
    }
}
