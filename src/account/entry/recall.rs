//! Calling an invitation back, before it is accepted.

use super::rows;
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Right};
use crate::audit::Action;
use crate::error::{Error, Result};
use crate::id::{HomeId, InvitationId};

impl Access<'_> {
    /// Calls every open invitation into a home back, as part of an act that has its own event.
    pub(crate) fn void_invitations_into(self, home: HomeId) -> Result<()> {
        let now = self.now();
        self.db(|db| rows::void_into(db, home, now))
    }

    /// Makes an invitation void: by whoever sent it, or the team lead of the home's or the role's unit.
    ///
    /// # Errors
    /// [`Error::NotFound`] outside the circle, [`Error::Forbidden`] inside it; [`Error::Conflict`] when it was
    /// accepted, has expired or was made void before.
    pub fn recall_invitation(self, id: InvitationId) -> Result<()> {
        let (standing, now) = (self.standing(), self.now());
        let found = self.db(|db| rows::sent(db, standing.board, id))?;
        let me = self.person()?;
        let is_apart = |sent: &rows::Sent| sent.home.is_some_and(|home| standing.apart.contains(&home));
        let is_mine = found
            .as_ref()
            .is_some_and(|sent| sent.invited_by == Some(me) && !is_apart(sent));
        let led = |unit| standing.leads().any(|led| led == unit);
        let relation = match found {
            Some(_) if is_mine => Relation::Myself,
            Some(rows::Sent { home: Some(home), .. }) => {
                self.home_for(home, Right::ManageHome, Action::InvitationRecall)?
            }
            Some(rows::Sent { unit: Some(unit), .. }) if led(unit) => Relation::TeamLead,
            _ => {
                self.log(Happening::denied(Action::InvitationRecall).object("invitation", id));
                return Err(Error::NotFound);
            }
        };
        if !self.db(|db| rows::recall(db, id, now))? {
            return Err(Error::Conflict("ended"));
        }
        let home = found.and_then(|sent| sent.home);
        self.log(
            Happening::write(Action::InvitationRecall, relation)
                .home(home)
                .object("invitation", id),
        );
        Ok(())
    }
}
