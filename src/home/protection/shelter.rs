//! What follows when someone in a home comes to be protected: letters to its members cease until they ask for them, and
//! those who answer for it are proposed to be named, since from that moment nobody else meets it.

use super::{NamingState, rows};
use crate::access::Access;
use crate::access::policy::Relation;
use crate::error::Result;
use crate::id::{HomeId, PersonId, ServiceUserId};
use crate::secret::Secret;
use crate::web::say;

impl Access<'_> {
    /// Called after anything by which a home may have come to have someone protected in it.
    pub(in crate::home) fn shelter(self, home: HomeId, relation: Relation) -> Result<()> {
        let was = self.is_protected(home);
        if was || !self.db(|db| rows::is_protected(db, home))? {
            return Ok(());
        }
        let (board, now, me) = (self.standing().board, self.now(), self.standing().person);
        let Some(row) = self.db(|db| rows::homes(db, board, &[home]))?.pop() else {
            return Ok(());
        };
        let named: Vec<PersonId> = self
            .db(|db| rows::named(db, home))?
            .iter()
            .filter(|one| one.state(now) != NamingState::Ended)
            .map(|one| one.person_id)
            .collect();
        self.end_openings(home, None)?;
        self.silence(&self.members_of(home)?)?;
        // Whoever was invited before may be the one that someone is to be protected from.
        self.void_invitations_into(home)?;
        let mut answering = self.db(|db| rows::answering(db, home, now.day()))?;
        answering.retain(|one| Some(*one) != me && !named.contains(one));
        let reason = Secret::new(say("protection-reason-answers").to_owned());
        for person in answering {
            self.write_naming(&row, (person, &reason), None, relation)?;
            if self.only_operator().is_err() {
                self.tell(&self.second_persons(&row, person)?)?;
            }
        }
        Ok(())
    }

    /// Where a home's page is for the one who has just changed it: where it came to be protected by that, among those.
    pub(in crate::home) fn home_address(self, home: HomeId, done: &str) -> Result<String> {
        let is_out_of_reach = match self.is_protected(home) {
            true => self.standing().apart.contains(&home),
            false => self.db(|db| rows::is_protected(db, home))?,
        };
        Ok(match is_out_of_reach {
            true => format!("/skyddade/{home}?klart=markt"),
            false => format!("/hem/{home}?klart={done}"),
        })
    }

    /// The same of all homes where a service user has or had an assignment.
    pub(in crate::home) fn shelter_homes_of(self, user: ServiceUserId, relation: Relation) -> Result<()> {
        for home in self.db(|db| crate::home::rows::homes_of_user(db, user))? {
            self.shelter(home, relation)?;
        }
        Ok(())
    }

    /// The same of all homes someone belongs to or did.
    pub(crate) fn shelter_homes_of_member(self, who: PersonId, relation: Relation) -> Result<()> {
        for home in self.db(|db| rows::homes_of(db, who))? {
            self.shelter(home, relation)?;
        }
        Ok(())
    }

    /// Someone belongs to a home from now on: where someone there is protected, letters to them cease until they ask.
    pub(in crate::home) fn shelter_member(self, home: HomeId, who: PersonId, relation: Relation) -> Result<()> {
        if self.db(|db| rows::is_protected(db, home))? {
            self.silence(&[who])?;
        }
        self.shelter(home, relation)
    }
}
