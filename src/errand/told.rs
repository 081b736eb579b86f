//! Who is told that there is something new in an errand. A letter goes to nobody who would not see what it is about.

use crate::access::{Access, ErrandFacts, Role, Side};
use crate::error::Result;
use crate::id::PersonId;

impl Access<'_> {
    /// Leaves a letter to those on the other side of an errand.
    pub(super) fn tell_other_side(self, errand: ErrandFacts, from: Side) -> Result<()> {
        let receivers = match from {
            Side::Team => self.who_in_the_home(errand)?,
            Side::Home => self.who_takes(errand)?,
        };
        self.tell(&receivers)
    }

    /// Whom in the home something new in an errand is for: its members who see errands; nobody, while it is kept from them.
    pub(super) fn who_in_the_home(self, errand: ErrandFacts) -> Result<Vec<PersonId>> {
        if self.is_kept_from_home(errand.assignment)? {
            return Ok(Vec::new());
        }
        self.holding_among(&self.members_of(errand.home)?, [Role::Contractor])
    }
}
