//! Showing a person's roles: names for ids, reasons opened, where each stands today.

use super::rows::{self, GrantRow, ProposalRow};
use super::view::{Named, RoleState, RoleView};
use crate::access::{Access, Happening, Right, Role};
use crate::audit::Action;
use crate::board::UnitView;
use crate::clock::Instant;
use crate::crypt::RowKey;
use crate::error::{Error, Result};
use crate::id::{GrantId, PersonId, UnitId};
use crate::secret::SecretText;
use std::collections::HashMap;

impl Access<'_> {
    /// The names of the board's staff, now or before, and of `also`, by name, for choosing among: to whoever has
    /// `right`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without it.
    pub(crate) fn staff_ever(self, also: Option<PersonId>, right: Right) -> Result<Vec<(PersonId, String)>> {
        let board = self.standing().board;
        let mut people = self.db(|db| rows::staff_ever(db, board))?;
        people.extend(also.filter(|one| !people.contains(one)));
        self.staff_named(&people, right)
    }

    /// The names of these, by name: to whoever has `right`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without it.
    pub(crate) fn staff_named(self, people: &[PersonId], right: Right) -> Result<Vec<(PersonId, String)>> {
        let relation = self.require(right, Action::PersonList)?;
        let shown = people.iter().map(|one| one.uuid()).collect();
        self.log(Happening::read(Action::PersonList, relation).shown("person", shown));
        let names = self.names_of(people)?;
        let mut named: Vec<_> = names
            .into_iter()
            .map(|(id, name)| (id, name.expose().clone()))
            .collect();
        named.sort_by(|one, other| one.1.cmp(&other.1));
        Ok(named)
    }

    pub(super) fn show_role(self, person: PersonId, id: GrantId) -> Result<RoleView> {
        let mut all = self.show_roles(person)?.into_iter();
        all.find(|one| one.id == id).ok_or(Error::NotFound)
    }

    pub(super) fn show_roles(self, person: PersonId) -> Result<Vec<RoleView>> {
        let (board, now, keys) = (self.standing().board, self.now(), self.keys()?);
        let (wrapped, grants, proposals) = self.db(|db| {
            let key = rows::key(db, board, person)?.ok_or(Error::NotFound)?;
            Ok::<_, Error>((
                key,
                rows::grants(db, board, person)?,
                rows::proposals(db, board, person)?,
            ))
        })?;
        let key = keys.row_key("person", person.uuid(), &wrapped)?;
        let mut people: Vec<PersonId> = grants
            .iter()
            .flat_map(|row| [row.granted_by, row.ended_by])
            .flatten()
            .collect();
        people.extend(
            proposals
                .iter()
                .flat_map(|row| [Some(row.proposed_by), row.confirmed_by])
                .flatten(),
        );
        let shown = NamesToShow {
            names: self.names_of(&people)?,
            key,
            now,
        };
        let mut units: Vec<UnitId> = grants.iter().filter_map(|row| row.unit_id).collect();
        units.extend(proposals.iter().filter_map(|row| row.unit_id));
        let units = self.units_by_id(&units)?;
        let mut views = Vec::new();
        for row in grants {
            let second = proposals
                .iter()
                .find(|one| one.id == row.id)
                .and_then(|one| one.confirmed_by);
            let unit = row
                .unit_id
                .and_then(|id| units.iter().find(|unit| unit.id == id).cloned());
            views.push(shown.grant(row, second, unit)?);
        }
        for row in proposals.into_iter().filter(|row| row.confirmed_at.is_none()) {
            let unit = row
                .unit_id
                .and_then(|id| units.iter().find(|unit| unit.id == id).cloned());
            views.push(shown.proposal(row, unit)?);
        }
        views.sort_by_key(|view| std::cmp::Reverse(view.id));
        Ok(views)
    }
}

/// What showing a person's roles needs.
struct NamesToShow {
    names: HashMap<PersonId, SecretText>,
    key: RowKey,
    now: Instant,
}

impl NamesToShow {
    fn named(&self, id: Option<PersonId>) -> Option<Named> {
        let (id, name) = self.names.get_key_value(&id?)?;
        Some(Named {
            id: *id,
            name: name.expose().clone(),
        })
    }

    fn text(&self, column: (&'static str, &'static str), id: GrantId, sealed: &[u8]) -> Result<String> {
        Ok(self.key.open(column.0, column.1, id, 1, sealed)?.expose().clone())
    }

    fn grant(&self, row: GrantRow, second: Option<PersonId>, unit: Option<UnitView>) -> Result<RoleView> {
        let state = match row.to_at {
            Some(to) if to <= self.now => RoleState::Ended,
            _ if row.from_at > self.now => RoleState::Coming,
            _ => RoleState::Held,
        };
        let text =
            |column, sealed: Option<&[u8]>| sealed.map(|sealed| self.text(("role_grant", column), row.id, sealed));
        Ok(RoleView {
            role: Role::read(&row.role)?,
            unit,
            state,
            from: row.from_at.day(),
            to: row.to_at.map(Instant::last_day),
            reason: text("reason", row.reason.as_deref()).transpose()?,
            end_reason: text("end_reason", row.end_reason.as_deref()).transpose()?,
            granted_by: self.named(row.granted_by),
            confirmed_by: self.named(second),
            ended_by: self.named(row.ended_by),
            id: row.id,
        })
    }

    fn proposal(&self, row: ProposalRow, unit: Option<UnitView>) -> Result<RoleView> {
        let is_over = row.to_at.is_some_and(|to| to <= self.now);
        Ok(RoleView {
            role: Role::read(&row.role)?,
            unit,
            state: if is_over { RoleState::Ended } else { RoleState::Proposed },
            from: row.from_at.day(),
            to: row.to_at.map(Instant::last_day),
            reason: Some(self.text(("role_proposal", "reason"), row.id, &row.reason)?),
            end_reason: None,
            granted_by: self.named(Some(row.proposed_by)),
            confirmed_by: None,
            ended_by: None,
            id: row.id,
        })
    }
}
