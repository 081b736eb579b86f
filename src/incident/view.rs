//! The register as it is shown: numbers, kinds, times and the record; no content of an errand, and nobody of a home.

use super::IncidentState;
use super::rows;
use crate::access::{Access, Side};
use crate::clock::{Day, Instant};
use crate::crypt::RowKey;
use crate::errand::{ErrandNumber, ItemKind};
use crate::error::{Error, Result};
use crate::home::NamedPerson;
use crate::id::{IncidentId, PersonId};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// An incident in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IncidentRow {
    pub id: IncidentId,
    pub errand_number: ErrandNumber,
    pub item_kind: ItemKind,
    pub state: IncidentState,
    pub discovered_at: Instant,
    /// When the supervisory authority is to have been told.
    pub due_at: Instant,
    /// The day on which it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_on: Option<Day>,
    /// The item is seen again since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<Instant>,
}

/// What was written of an incident.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct IncidentRecord {
    #[schema(required = true)]
    pub what_happened: Option<String>,
    #[schema(required = true)]
    pub whose_data: Option<String>,
    #[schema(required = true)]
    pub consequences: Option<String>,
    #[schema(required = true)]
    pub measures: Option<String>,
    #[schema(required = true)]
    pub reported: Option<bool>,
    #[schema(required = true)]
    pub reported_on: Option<Day>,
    #[schema(required = true)]
    pub reasons: Option<String>,
    #[schema(required = true)]
    pub informed: Option<bool>,
    #[schema(required = true)]
    pub informed_by: Option<String>,
}

/// An incident with its record.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IncidentView {
    #[serde(flatten)]
    pub row: IncidentRow,
    /// Which side found it.
    pub discovered_side: Side,
    /// Who took the item out of view.
    pub opened_by: NamedPerson,
    pub record: IncidentRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<NamedPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    pub version: i64,
}

/// The record of a row, as it was sealed with the row's version.
pub(super) fn open_record(key: &RowKey, row: &rows::IncidentRow) -> Result<IncidentRecord> {
    let Some(sealed) = row.record.as_deref() else {
        return Ok(IncidentRecord::default());
    };
    let text = key.open("incident", "record", row.id, row.version, sealed)?;
    serde_json::from_str(text.expose()).map_err(Error::fault)
}

pub(super) fn seal_record(key: &RowKey, row: &rows::IncidentRow, record: &IncidentRecord) -> Result<Vec<u8>> {
    let text = Secret::new(serde_json::to_string(record).map_err(Error::fault)?);
    Ok(key.seal("incident", "record", row.id, row.version, text.expose()))
}

impl Access<'_> {
    pub(super) fn show_incidents(self, found: &[rows::IncidentRow]) -> Result<Vec<IncidentRow>> {
        let errands: Vec<_> = found.iter().map(|row| row.errand_id).collect();
        let numbers = self.errand_numbers(&errands)?;
        let show = |row: &rows::IncidentRow| {
            Ok(IncidentRow {
                id: row.id,
                errand_number: numbers.get(&row.errand_id).copied().ok_or(Error::NotFound)?,
                item_kind: ItemKind::stored(&row.item_kind)?,
                state: IncidentState::stored(&row.state)?,
                discovered_at: row.discovered_at,
                due_at: row.due_at,
                reported_on: row.reported_on,
                lifted_at: row.lifted_at,
            })
        };
        found.iter().map(show).collect()
    }

    pub(super) fn show_incident(self, row: rows::IncidentRow) -> Result<IncidentView> {
        let key = self.keys()?.row_key("incident", row.id.uuid(), &row.wrapped_key)?;
        let people: Vec<PersonId> = [Some(row.opened_by), row.recorded_by].into_iter().flatten().collect();
        let names = self.names_of(&people)?;
        let named = |id: PersonId| {
            let name = names.get(&id).ok_or(Error::NotFound)?.expose().clone();
            Ok::<_, Error>(NamedPerson { id, name })
        };
        let (opened_by, recorded_by) = (named(row.opened_by)?, row.recorded_by.map(named).transpose()?);
        let record = open_record(&key, &row)?;
        let shown = self.show_incidents(std::slice::from_ref(&row))?;
        Ok(IncidentView {
            row: shown.into_iter().next().ok_or(Error::NotFound)?,
            discovered_side: Side::read(&row.discovered_side),
            opened_by,
            record,
            recorded_by,
            recorded_at: row.recorded_at,
            closed_at: row.closed_at,
            version: row.version,
        })
    }
}
