//! Marking a person as protected: one of the staff, whom homes then know by an alias, or who lives in a home, which
//! then is one where someone is protected.

use super::rows;
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Right};
use crate::audit::Action;
use crate::error::{Error, Result};
use crate::home::Protection;
use crate::id::PersonId;
use serde::{Deserialize, Serialize};

/// A person's mark of protection.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonChange {
    /// Higher than what stands: a mark is raised here, never lowered.
    pub protected: Protection,
}

/// A person's mark as it stands.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PersonMark {
    pub id: PersonId,
    pub protected: Protection,
}

impl Access<'_> {
    /// Marks a person as protected, or raises the mark. It holds at once, in everything that is there already.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but the steward; [`Error::NotFound`]; [`Error::StepUp`] without a fresh sign-in;
    /// [`Error::Conflict`] for what is no higher mark.
    pub fn protect_person(self, person: PersonId, to: Protection) -> Result<PersonMark> {
        let relation = self.require(Right::GrantRoles, Action::PersonProtect)?;
        let board = self.standing().board;
        if self.db(|db| rows::lock_person(db, board, person))?.is_none() {
            self.log(Happening::denied(Action::PersonProtect).object("person", person));
            return Err(Error::NotFound);
        }
        self.require_fresh(Happening::denied(Action::PersonProtect).object("person", person))?;
        let lower = Protection::ALL.iter().filter(|one| to.is_above(**one));
        if !self.db(|db| rows::protect(db, person, lower.map(|one| one.as_str()).collect(), to.as_str()))? {
            return Err(Error::Conflict("state"));
        }
        self.log(
            Happening::write(Action::PersonProtect, relation)
                .object("person", person)
                .reason(to.as_str()),
        );
        self.shelter_homes_of_member(person, relation)?;
        Ok(PersonMark {
            id: person,
            protected: to,
        })
    }

    /// Sets a person's mark, also to a lower one, as the program's command line.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anyone else.
    pub fn mark_person(self, person: PersonId, to: Protection) -> Result<()> {
        self.only_operator()?;
        let all = Protection::ALL.iter().map(|one| one.as_str()).collect();
        self.db(|db| rows::protect(db, person, all, to.as_str()))?;
        self.log(
            Happening::write(Action::PersonProtect, Relation::System)
                .object("person", person)
                .reason(to.as_str()),
        );
        self.shelter_or_not_homes_of(person)
    }

    /// A person's mark, to whoever sees the roles.
    pub(super) fn mark_of(self, person: PersonId) -> Result<Protection> {
        let board = self.standing().board;
        let mark = self.db(|db| rows::mark(db, board, person))?;
        mark.map_or(Err(Error::NotFound), |mark| Protection::stored(&mark))
    }
}
