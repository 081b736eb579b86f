//! The board's units: listing and adding them.

use super::rows;
use super::verbs::is_text;
use super::view::UnitRow;
use crate::access::{Access, Happening, Once, Right};
use crate::audit::Action;
use crate::error::{Error, Faults, Result};
use crate::id::{PersonId, of};
use crate::web::{Listed, Listing};
use serde::Deserialize;

/// A unit to be added.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUnit {
    /// 1–120 characters, one of its kind in the board.
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// Someone on the board's staff.
    pub manager_id: Option<PersonId>,
}

impl Access<'_> {
    /// A page of the board's units, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a home.
    pub fn list_units(self, listing: Listing<of::Unit>) -> Result<Listed<UnitRow>> {
        let relation = self.require(Right::SeeSettings, Action::UnitList)?;
        let board = self.standing().board;
        let mut found = self.db(|db| rows::page_of_units(db, board, listing.after, listing.limit + 1))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        let shown = found.iter().map(|unit| unit.id.uuid()).collect();
        self.log(Happening::read(Action::UnitList, relation).shown("unit", shown));
        let last = found.last().map(|unit| unit.id.to_string());
        Ok(Listed {
            items: found,
            next_cursor: last.filter(|_| more),
        })
    }

    /// Adds a unit.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but the steward; [`Error::Invalid`]; [`Error::Conflict`] when the board has one of
    /// that name.
    pub fn found_unit(self, new: &NewUnit, once: Option<&Once>) -> Result<UnitRow> {
        let relation = self.require(Right::ChangeSettings, Action::UnitAdd)?;
        let board = self.standing().board;
        if let Some(made) = self.made_before(once)? {
            self.log(Happening::read(Action::UnitList, relation).object("unit", made));
            return self.db(|db| rows::one_unit(db, board, made));
        }
        let mut faults = Faults::default();
        faults.unless(is_text(&new.name, 1, 120), "name", "text");
        let manager = new.manager_id.map(|person| self.is_staff_here(person)).transpose()?;
        faults.unless(manager.unwrap_or(true), "manager_id", "person");
        faults.check()?;
        let (id, name) = (self.fresh_id(), new.name.trim());
        // The board's row first: of two like names at once the second is told.
        self.db(|db| rows::lock_board(db, board))?;
        if self.db(|db| rows::unit_exists(db, board, name))? {
            return Err(Error::Conflict("exists"));
        }
        self.db(|db| rows::insert_unit(db, id, (board, name), new.manager_id))?;
        self.log(Happening::write(Action::UnitAdd, relation).object("unit", id));
        self.remember(once, id)?;
        self.db(|db| rows::one_unit(db, board, id))
    }
}
