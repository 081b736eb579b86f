//! Openings as the team sees them.

use super::{OpeningReason, rows};
use crate::clock::Instant;
use crate::errand::capability::Errand;
use crate::errand::view::StaffView;
use crate::error::{Error, Result};
use crate::id::{OpeningId, PersonId};
use serde::Serialize;

/// An errand that has been opened.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Opened {
    pub id: OpeningId,
    pub open_until: Instant,
}

/// Who opened an errand without a relation to it, and why.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OpeningView {
    pub by: StaffView,
    pub reason_code: OpeningReason,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub opened_at: Instant,
    pub open_until: Instant,
}

impl<Grant> Errand<'_, Grant> {
    /// All openings of the errand, the newest first.
    pub(in crate::errand) fn openings(&self) -> Result<Vec<OpeningView>> {
        let id = self.row.id;
        let found = self.access.db(|db| rows::of_errand(db, id))?;
        let people: Vec<PersonId> = found.iter().map(|row| row.person_id).collect();
        let names = self.names(&people)?;
        let show = |row: rows::OpeningRow| {
            let reason = row.reason.as_deref();
            let reason = reason.map(|sealed| self.key.open("opening", "reason", row.id, 1, sealed));
            let name = names.get(&row.person_id).ok_or(Error::NotFound)?;
            Ok(OpeningView {
                by: StaffView {
                    id: row.person_id,
                    name: name.expose().clone(),
                },
                reason_code: OpeningReason::stored(&row.reason_code)?,
                reason: reason.transpose()?.map(|text| text.expose().clone()),
                opened_at: row.opened_at,
                open_until: row.open_until,
            })
        };
        found.into_iter().map(show).collect()
    }
}
