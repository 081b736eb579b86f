//! Leaving letters: to whom, whether they want any, and never with content (the outbox holds them). What a letter is
//! for is its feature's.

use super::desk::Access;
use crate::db::schema::{home_member, person};
use crate::error::{Error, Result};
use crate::id::PersonId;
use crate::outbox;
use diesel::prelude::*;

impl Access<'_> {
    /// Leaves a person a letter of its own kind that bears nothing.
    pub(crate) fn tell_of(self, receiver: PersonId, kind: outbox::LetterKind) -> Result<()> {
        let (board, now, id) = (self.standing().board, self.now(), self.fresh_id());
        let nothing = outbox::Enclosed::default();
        self.db(|db| outbox::enclose(db, id, (board, receiver), (kind, nothing), now))
    }

    /// Lets letters that there is something new cease, until their receivers ask for them again.
    pub(crate) fn silence(self, people: &[PersonId]) -> Result<()> {
        let them = person::table.filter(person::id.eq_any(people.to_vec()));
        self.db(|db| diesel::update(them).set(person::notices.eq(false)).execute(db))?;
        Ok(())
    }

    /// Leaves each of `receivers` who wants any a letter that there is something new.
    pub(crate) fn tell(self, receivers: &[PersonId]) -> Result<()> {
        let wanting = person::table.filter(person::id.eq_any(receivers.to_vec()).and(person::notices.eq(true)));
        let wanting: Vec<PersonId> = self.db(|db| Ok::<_, Error>(wanting.select(person::id).load(db)?))?;
        self.tell_all(&wanting)
    }

    /// The same, also to those who want none: of a decision everyone it concerns is told (förvaltningslagen 33 §); only
    /// where someone in the home is protected, nobody who has not asked for letters.
    pub(crate) fn tell_all(self, receivers: &[PersonId]) -> Result<()> {
        let (board, now) = (self.standing().board, self.now());
        let in_protected = home_member::table
            .filter(home_member::home_id.eq_any(self.standing().protected.clone()))
            .select(home_member::person_id);
        let silent = person::table
            .filter(person::id.eq_any(receivers.to_vec()).and(person::notices.eq(false)))
            .filter(person::id.eq_any(in_protected));
        let silent: Vec<PersonId> = self.db(|db| silent.select(person::id).load(db))?;
        for receiver in receivers.iter().filter(|one| !silent.contains(one)) {
            let id = self.fresh_id();
            self.db(|db| outbox::enqueue(db, id, (board, *receiver), outbox::LetterKind::SomethingNew, now))?;
        }
        Ok(())
    }
}
