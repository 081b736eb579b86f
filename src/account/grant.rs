//! A role for someone who is there already, given by the operator who takes a municipality in.

use super::rows;
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Role};
use crate::audit::Action;
use crate::error::{Error, Result};
use crate::id::{PersonId, UnitId};

impl Access<'_> {
    /// Gives a person of the board a role from now on; tells whether it was not held before.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the role needs a unit, or the unit is none of the board's.
    pub(crate) fn grant_as_operator(self, person: PersonId, role: Role, unit: Option<UnitId>) -> Result<bool> {
        self.only_operator()?;
        let fits = match unit {
            Some(unit) => !self.units_by_id(&[unit])?.is_empty(),
            None => !matches!(role, Role::Caseworker | Role::TeamLead | Role::UnitManager),
        };
        if !fits {
            return Err(Error::invalid("unit", "unit"));
        }
        let held = self.roles_of(person)?;
        if held.iter().any(|held| held.role == role && held.unit == unit) {
            return Ok(false);
        }
        let (board, now, grant) = (self.standing().board, self.now(), self.fresh_id());
        self.db(|db| rows::insert_grant(db, grant, (board, person), (role, unit), now))?;
        self.log(Happening::write(Action::RoleGrant, Relation::System).object("role_grant", grant));
        Ok(true)
    }
}
