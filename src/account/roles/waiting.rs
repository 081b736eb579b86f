//! Roles that wait for a second person: whoever can be that person is told of them, and has a list.

use super::rows;
use super::view::{Named, WaitingRole};
use crate::access::policy::{Right, allows};
use crate::access::{Access, Happening, Role};
use crate::audit::Action;
use crate::error::{Error, Result};
use crate::id::{GrantId, PersonId, of};
use crate::web::{Listed, Listing};

impl Access<'_> {
    /// A page of the roles that wait for a second person, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever can be none.
    pub fn waiting_roles(self, listing: Listing<of::RoleGrant>) -> Result<Listed<WaitingRole>> {
        let relation = self.require(Right::ConfirmRoles, Action::RoleList)?;
        let (board, me, now) = (self.standing().board, self.person()?, self.now());
        let mut found = self.db(|db| rows::waiting(db, (board, now), listing.after, listing.limit + 1))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        let shown = found.iter().map(|(id, _)| id.uuid()).collect();
        self.log(Happening::read(Action::RoleList, relation).shown("role_grant", shown));
        let people: Vec<PersonId> = found.iter().map(|(_, person)| *person).collect();
        let names = self.names_of(&people)?;
        let next_cursor = found.last().map(|(id, _)| id.to_string()).filter(|_| more);
        let show = |(id, person): (GrantId, PersonId)| {
            let role = self.show_role(person, id)?;
            let is_mine = person == me || role.granted_by.as_ref().is_some_and(|by| by.id == me);
            Ok(WaitingRole {
                person: Named {
                    id: person,
                    name: names.get(&person).ok_or(Error::NotFound)?.expose().clone(),
                },
                role,
                can_confirm: !is_mine,
            })
        };
        Ok(Listed {
            items: found.into_iter().map(show).collect::<Result<_>>()?,
            next_cursor,
        })
    }

    /// Tells those who can be the second person that there is something new.
    pub(super) fn tell_second_persons(self, person: PersonId, proposer: PersonId) -> Result<()> {
        let can = Role::ALL
            .into_iter()
            .filter(|role| allows(*role, role.to_board(), Right::ConfirmRoles));
        let mut told = self.who_holds(can)?;
        told.retain(|one| *one != person && *one != proposer);
        self.tell(&told)
    }
}
