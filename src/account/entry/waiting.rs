//! Invitations that nobody has used yet.

use super::rows;
use crate::access::{Access, Happening, Right};
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::error::Result;
use crate::id::{HomeId, InvitationId};
use crate::outbox;

/// An invitation into a home that works still. It names the address it went to and nothing of whose it is: who is known
/// to a board shows to nobody.
#[derive(Debug)]
pub struct WaitingInvitation {
    pub id: InvitationId,
    pub email: String,
    /// The first day of the membership.
    pub from: Day,
    pub made_at: Instant,
    pub expires_at: Instant,
    /// Sent by the one who asks, who can call it back.
    pub is_mine: bool,
    /// Its letter was given up: nobody has got it.
    pub is_lost: bool,
}

impl Access<'_> {
    /// Whether the one who asks invites into a home, and sees who has been.
    pub fn may_invite(self, home: HomeId) -> Result<bool> {
        let relation = self.home_for(home, Right::SeeHome, Action::MemberList)?;
        Ok(self.may(relation, Right::InviteMember))
    }

    /// The invitations into a home that work still, newest first.
    ///
    /// # Errors
    /// As `home_for`.
    pub fn waiting_invitations(self, home: HomeId) -> Result<Vec<WaitingInvitation>> {
        let relation = self.home_for(home, Right::InviteMember, Action::MemberList)?;
        let (keys, now, me) = (self.keys()?, self.now(), self.person()?);
        let found = self.db(|db| rows::waiting(db, home, now))?;
        let people: Vec<_> = found.iter().map(|row| row.person).collect();
        let dead = self.db(|db| outbox::dead_invitations(db, &people))?;
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        let listed = Happening::read(Action::MemberList, relation).home(Some(home));
        self.log(listed.shown("invitation", shown));
        let show = |row: rows::Waiting| {
            let key = keys.row_key("person", row.person.uuid(), &row.wrapped_key)?;
            let email = key.open("person", "email", row.person, row.version, &row.email)?;
            Ok(WaitingInvitation {
                id: row.id,
                email: email.expose().clone(),
                from: row.from_at.day(),
                made_at: row.made_at,
                expires_at: row.expires_at,
                is_mine: row.invited_by == Some(me),
                // An invitation and its letter are made at one moment.
                is_lost: dead.contains(&(row.person, row.made_at)),
            })
        };
        found.into_iter().map(show).collect()
    }
}
