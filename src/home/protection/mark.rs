//! Setting a mark of protection from the program's command line, also to a lower one: in the service a mark is only
//! raised, since whoever could lower one alone would undo what two have said.

use super::rows;
use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::audit::Action;
use crate::error::{Error, Result};
use crate::home::manage::rows as homes;
use crate::home::{HomeChange, Protection};
use crate::id::{AssignmentId, HomeId, PersonId};

impl Access<'_> {
    /// Sets a home's own mark.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but the command line; [`Error::NotFound`].
    pub fn mark_home(self, home: HomeId, to: Protection) -> Result<()> {
        self.only_operator()?;
        let board = self.standing().board;
        if self.db(|db| rows::homes(db, board, &[home]))?.is_empty() {
            return Err(Error::NotFound);
        }
        let was = self.db(|db| homes::lock_home(db, home))?;
        if was.protected != to.as_str() {
            let wanted = HomeChange {
                protected: Some(to),
                ..HomeChange::default()
            };
            self.keep_home_as(&was, &wanted)?;
        }
        let marked = Happening::write(Action::HomeChange, Relation::System).home(Some(home));
        self.log(marked.reason(to.as_str()));
        self.shelter_or_not(home)
    }

    /// Sets the mark of whom an assignment is for.
    ///
    /// # Errors
    /// As [`Access::mark_home`].
    pub fn mark_child(self, assignment: AssignmentId, to: Protection) -> Result<()> {
        self.only_operator()?;
        let board = self.standing().board;
        let child = self
            .db(|db| rows::child_of(db, board, assignment))?
            .ok_or(Error::NotFound)?;
        self.db(|db| rows::mark_child(db, child, to))?;
        let homes = self.db(|db| crate::home::rows::homes_of_user(db, child))?;
        let marked = Happening::write(Action::ServiceUserProtect, Relation::System).object("service_user", child);
        self.log(marked.among(homes.iter().copied()).reason(to.as_str()));
        for home in homes {
            self.shelter_or_not(home)?;
        }
        Ok(())
    }

    /// The same of all homes someone belongs to or did, after their own mark was set.
    pub(crate) fn shelter_or_not_homes_of(self, who: PersonId) -> Result<()> {
        for home in self.db(|db| rows::homes_of(db, who))? {
            self.shelter_or_not(home)?;
        }
        Ok(())
    }

    /// A home where someone comes to be protected is sheltered; where nobody is any more, nobody stays named.
    fn shelter_or_not(self, home: HomeId) -> Result<()> {
        if self.db(|db| rows::is_protected(db, home))? {
            return self.shelter(home, Relation::System);
        }
        let now = self.now();
        self.end_openings(home, None)?;
        for person in self.db(|db| rows::end_all(db, home, now))? {
            let ended = Happening::write(Action::ProtectedEnd, Relation::System).home(Some(home));
            self.log(ended.object("person", person));
        }
        Ok(())
    }
}
