//! Opening an incident, seeing the register, writing its record, letting what was taken out of view be seen again.

use super::IncidentState;
use super::rows::{self, IncidentRow, Whose};
use super::view::{self, IncidentRecord, IncidentView};
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Right, Role, Side};
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::errand::{ItemKind, optional, optional_line, required};
use crate::error::{Error, Faults, Result};
use crate::id::{ErrandId, HomeId, IncidentId, PersonId, UnitId, of};
use crate::outbox::LetterKind;
use crate::secret::SecretText;
use crate::web::{IfMatch, Listed, Listing};
use serde::Deserialize;
use std::time::Duration;

/// Within which the authority is to be told, from when the board came to know of it (GDPR art. 33.1).
const CLOCK: Duration = Duration::from_secs(72 * 60 * 60);
/// Characters of each text of a record.
const TEXT_MAX: usize = 4_000;
/// Characters of who informed.
const NAME_MAX: usize = 200;
/// Characters of why something is shown again.
const REASON_MAX: usize = 1_000;

/// What was found to be wrong.
pub(crate) struct Discovered {
    pub errand: ErrandId,
    pub home: HomeId,
    pub unit: UnitId,
    pub item: ItemKind,
    pub at: Instant,
    pub by: PersonId,
    pub side: Side,
}

/// What is written of an incident; the whole of it each time.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    /// At most 4 000 characters, as the next three.
    #[schema(max_length = 4000)]
    pub what_happened: Option<SecretText>,
    /// Whose data, of what kind, how many people.
    #[schema(max_length = 4000)]
    pub whose_data: Option<SecretText>,
    #[schema(max_length = 4000)]
    pub consequences: Option<SecretText>,
    #[schema(max_length = 4000)]
    pub measures: Option<SecretText>,
    /// Whether the supervisory authority (IMY) was told.
    pub reported: Option<bool>,
    /// On which day.
    pub reported_on: Option<Day>,
    /// Why it was not told, or told late.
    #[schema(max_length = 4000)]
    pub reasons: Option<SecretText>,
    /// Whether those concerned were informed (GDPR art. 34).
    pub informed: Option<bool>,
    /// By whom, at most 200 characters.
    #[schema(max_length = 200)]
    pub informed_by: Option<SecretText>,
}

/// What is to be changed of an incident.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentChange {
    pub record: Option<NewRecord>,
    /// `assessed` or `closed`.
    pub state: Option<IncidentState>,
}

/// That what was taken out of view is to be seen again.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLift {
    /// 1–1 000 characters. The team reads it.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: SecretText,
}

impl NewRecord {
    fn read(&self, faults: &mut Faults, today: Day) -> IncidentRecord {
        let mut text = |field: &str, text: &Option<SecretText>| {
            let text = optional(faults, &format!("record.{field}"), text.as_ref(), TEXT_MAX);
            text.map(|text| text.expose().clone())
        };
        let record = IncidentRecord {
            what_happened: text("what_happened", &self.what_happened),
            whose_data: text("whose_data", &self.whose_data),
            consequences: text("consequences", &self.consequences),
            measures: text("measures", &self.measures),
            reasons: text("reasons", &self.reasons),
            reported: self.reported,
            reported_on: self.reported_on.filter(|_| self.reported == Some(true)),
            informed: self.informed,
            informed_by: None,
        };
        let by = optional_line(faults, "record.informed_by", self.informed_by.as_ref(), NAME_MAX);
        faults.unless(
            self.reported_on.is_none_or(|day| day <= today),
            "record.reported_on",
            "date-future",
        );
        IncidentRecord {
            informed_by: by.map(|text| text.expose().clone()),
            ..record
        }
    }
}

/// Notes what a record lacks in order to stand in `state`.
fn check_whole(record: &IncidentRecord, state: IncidentState, due: Instant, faults: &mut Faults) {
    let mut needed = |there: bool, field: &str| faults.unless(there, format!("record.{field}"), "required");
    if state != IncidentState::Open {
        needed(record.what_happened.is_some(), "what_happened");
        needed(record.consequences.is_some(), "consequences");
    }
    if state == IncidentState::Closed {
        needed(record.whose_data.is_some(), "whose_data");
        needed(record.measures.is_some(), "measures");
        needed(record.reported.is_some(), "reported");
        needed(
            record.reported != Some(true) || record.reported_on.is_some(),
            "reported_on",
        );
        // Not telling is to be justified, and so is telling late (art. 33.1).
        let in_time = record.reported_on.is_some_and(|day| day <= due.day());
        needed(record.reasons.is_some() || in_time, "reasons");
        needed(record.informed.is_some(), "informed");
        needed(
            record.informed != Some(true) || record.informed_by.is_some(),
            "informed_by",
        );
    }
}

impl Access<'_> {
    /// Opens an incident for what was taken out of view, and tells those who are to assess it at once. The act that
    /// does so is what stands in the log.
    pub(crate) fn open_incident(self, of: Discovered) -> Result<IncidentId> {
        let (keys, id) = (self.keys()?, self.fresh_id());
        let (_, wrapped_key) = keys.fresh_row_key("incident", id.uuid());
        let row = IncidentRow {
            id,
            board_id: keys.board(),
            unit_id: of.unit,
            home_id: of.home,
            errand_id: of.errand,
            item_kind: of.item.as_str().into(),
            state: IncidentState::Open.as_str().into(),
            discovered_at: of.at,
            discovered_by: of.by,
            discovered_side: of.side.as_str().into(),
            opened_by: self.person()?,
            due_at: of.at.plus(CLOCK),
            reported_on: None,
            record: None,
            recorded_by: None,
            recorded_at: None,
            closed_at: None,
            lifted_at: None,
            version: 1,
            lock_no: 0,
            wrapped_key,
        };
        self.db(|db| rows::insert(db, &row))?;
        self.tell_of_incident(of.home, of.unit)?;
        Ok(id)
    }

    /// Tells the data protection officers who may have to do with the home; where there is none, those who head its
    /// unit and those who give roles, so that someone is appointed: the 72 hours run whoever holds the register.
    fn tell_of_incident(self, home: HomeId, unit: UnitId) -> Result<()> {
        let apart = self.apart_from(home)?;
        let met = |mut people: Vec<PersonId>| {
            people.retain(|one| !apart.contains(one));
            people
        };
        let officers = met(self.who_holds([Role::DataProtectionOfficer])?);
        for officer in &officers {
            self.tell_of(*officer, LetterKind::IncidentOpened)?;
        }
        if officers.is_empty() {
            let mut others = met(self.heads_of(unit)?);
            others.extend(met(self.who_holds([Role::Steward])?));
            others.sort();
            others.dedup();
            for other in others {
                self.tell_of(other, LetterKind::NoOfficer)?;
            }
        }
        Ok(())
    }

    /// Whose incidents the one who asks sees: the data protection officer all, leads and managers those of their units.
    /// Nobody is named for protected homes to keep the register, which holds nothing of them: the officer sees theirs
    /// too.
    fn whose_incidents(self) -> Result<Whose> {
        let (standing, me) = (self.standing(), self.person()?);
        let units = standing.leads().chain(standing.manages()).collect();
        let all = standing.holds(Role::DataProtectionOfficer);
        let mut apart = Vec::new();
        for home in &standing.apart {
            if !all || !self.is_protected(*home) || self.apart_from(*home)?.contains(&me) {
                apart.push(*home);
            }
        }
        Ok(Whose {
            board: standing.board,
            units: (!all).then_some(units),
            apart,
        })
    }

    /// A page of the register, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever has no part in it.
    pub fn incidents(self, listing: Listing<of::Incident>) -> Result<Listed<view::IncidentRow>> {
        let relation = self.require(Right::SeeIncidents, Action::IncidentList)?;
        let whose = self.whose_incidents()?;
        let mut found = self.db(|db| rows::page(db, &whose, listing.after, listing.limit + 1))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        let listed = Happening::read(Action::IncidentList, relation).shown("incident", shown);
        self.log(listed.among(found.iter().map(|row| row.home_id)));
        let next_cursor = found.last().map(|row| row.id.to_string()).filter(|_| more);
        Ok(Listed {
            items: self.show_incidents(&found)?,
            next_cursor,
        })
    }

    /// One incident with its record.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever has no part in the register; [`Error::NotFound`] for what is of another unit.
    pub fn incident(self, id: IncidentId) -> Result<IncidentView> {
        let (row, relation) = self.incident_for(id, Right::SeeIncidents, Action::IncidentRead)?;
        let read = Happening::read(Action::IncidentRead, relation).home(Some(row.home_id));
        self.log(read.object("incident", id));
        self.show_incident(row)
    }

    fn incident_for(self, id: IncidentId, right: Right, action: Action) -> Result<(IncidentRow, Relation)> {
        let relation = self.require(right, action)?;
        let whose = self.whose_incidents()?;
        if right == Right::HandleIncidents {
            self.db(|db| rows::lock(db, whose.board, id))?;
        }
        match self.db(|db| rows::find(db, &whose, id))? {
            Some(row) => Ok((row, relation)),
            None => {
                let home = self.db(|db| rows::home_of(db, whose.board, id))?;
                self.log(Happening::denied(action).home(home).object("incident", id));
                Err(Error::NotFound)
            }
        }
    }

    /// Writes an incident's record, assesses or closes it.
    ///
    /// # Errors
    /// As [`Access::incident`], for all but the data protection officer; [`Error::Stale`]; [`Error::Invalid`];
    /// [`Error::Conflict`] once it is closed, and for a state that lies behind.
    pub fn change_incident(self, id: IncidentId, change: &IncidentChange, if_match: IfMatch) -> Result<IncidentView> {
        if change.record.is_none() && change.state.is_none() {
            return Err(Error::Malformed("nothing is to be changed".into()));
        }
        let (mut row, relation) = self.incident_for(id, Right::HandleIncidents, Action::IncidentWrite)?;
        if_match.check(row.version)?;
        let (from, now) = (IncidentState::stored(&row.state)?, self.now());
        if from == IncidentState::Closed {
            return Err(Error::Conflict("ended"));
        }
        let to = change.state.unwrap_or(from);
        let mut faults = Faults::default();
        faults.unless(to != IncidentState::Open || from == to, "state", "value");
        let key = self.keys()?.row_key("incident", id.uuid(), &row.wrapped_key)?;
        let record = match &change.record {
            Some(new) => new.read(&mut faults, now.day()),
            None => view::open_record(&key, &row)?,
        };
        check_whole(&record, to, row.due_at, &mut faults);
        faults.check()?;
        row.version += 1;
        row.record = Some(view::seal_record(&key, &row, &record)?);
        (row.recorded_by, row.recorded_at) = (Some(self.person()?), Some(now));
        row.reported_on = record.reported_on;
        row.state = to.as_str().into();
        row.closed_at = (to == IncidentState::Closed).then_some(now);
        self.db(|db| rows::keep(db, &row))?;
        let written = Happening::write(Action::IncidentWrite, relation).home(Some(row.home_id));
        self.log(written.object("incident", id));
        self.show_incident(row)
    }

    /// Lets what was taken out of view be seen again.
    ///
    /// # Errors
    /// As [`Access::change_incident`]; [`Error::Conflict`] for what is seen already.
    pub fn lift_isolation(self, id: IncidentId, new: &NewLift) -> Result<IncidentView> {
        let (mut row, relation) = self.incident_for(id, Right::HandleIncidents, Action::ItemLift)?;
        let mut faults = Faults::default();
        let reason = required(&mut faults, "reason", &new.reason, 1, REASON_MAX);
        faults.check()?;
        if !self.show_again(id, row.errand_id, &reason)? {
            return Err(Error::Conflict("ended"));
        }
        let lifted = Happening::write(Action::ItemLift, relation).errand(row.errand_id);
        self.log(lifted.home(Some(row.home_id)).object("incident", id));
        // The record is bound to the version it was written with.
        let key = self.keys()?.row_key("incident", id.uuid(), &row.wrapped_key)?;
        let record = view::open_record(&key, &row)?;
        row.version += 1;
        if row.record.is_some() {
            row.record = Some(view::seal_record(&key, &row, &record)?);
        }
        row.lifted_at = Some(self.now());
        self.db(|db| rows::keep(db, &row))?;
        self.show_incident(row)
    }
}
