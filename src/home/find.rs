//! Finding what is there already by what it is called, for the operator who takes a municipality in.

use super::{AssignmentFacts, rows};
use crate::access::Access;
use crate::error::{Error, Result};
use crate::id::{HomeId, PersonId, ServiceUserId};
use crate::typed::personal_number;

impl Access<'_> {
    /// The homes of the board with what each is called. Their names lie sealed, so all of them are opened.
    pub(crate) fn homes_by_name(self) -> Result<Vec<(HomeId, String)>> {
        self.only_operator()?;
        let board = self.standing().board;
        let ids = self.db(|db| rows::home_ids(db, board))?;
        let homes = self.homes_by_id(&ids)?;
        Ok(homes.into_iter().map(|(id, home)| (id, home.name)).collect())
    }

    /// Whether a person belongs to a home now.
    pub(crate) fn is_member(self, home: HomeId, person: PersonId) -> Result<bool> {
        self.only_operator()?;
        Ok(self.members_of(home)?.contains(&person))
    }

    /// The service user of that personnummer.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] when the personnummer is none.
    pub(crate) fn service_user_numbered(self, number: &str) -> Result<ServiceUserId> {
        self.only_operator()?;
        let keys = self.keys()?;
        let normal = personal_number(number, self.now().day())
            .ok_or_else(|| Error::invalid("personal_number", "personal-number"))?;
        let token = keys.index().token("service_user.personal_number", &normal);
        self.db(|db| rows::user_by_number(db, keys.board(), &token))?
            .ok_or(Error::NotFound)
    }

    /// The assignment of that label, and whom it is for.
    pub(crate) fn assignment_labelled(self, label: &str) -> Result<Option<(AssignmentFacts, ServiceUserId)>> {
        self.only_operator()?;
        let board = self.standing().board;
        self.db(|db| rows::labelled(db, board, label))
    }
}
