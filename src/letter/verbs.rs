//! Seeing the board's letters, and what can be done about one that was not taken.

use super::view::LetterView;
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Right};
use crate::audit::Action;
use crate::error::{Error, Result};
use crate::id::{Id, LetterId, of};
use crate::outbox::{self, LetterKind, LetterRow, LetterState};
use crate::web::{Listed, Listing};

impl Access<'_> {
    /// A page of the board's letters of one state, newest first; the ids shown are in the log.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but stewards, and the attempt is in the log.
    pub(super) fn letters(self, state: LetterState, listing: Listing<of::Letter>) -> Result<Listed<LetterView>> {
        let relation = self.require(Right::SeeLetters, Action::LetterList)?;
        let board = self.standing().board;
        let window = (listing.after, listing.limit as i64 + 1);
        let mut found = self.db(|db| outbox::of_board(db, board, state, window))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        self.log(Happening::read(Action::LetterList, relation).shown("letter", shown));
        let last = found.last().map(|row| row.id).filter(|_| more);
        Ok(Listed {
            next_cursor: last.map(|id: Id<of::Letter>| id.to_string()),
            items: self.show_letters(found)?,
        })
    }

    fn show_letters(self, found: Vec<LetterRow>) -> Result<Vec<LetterView>> {
        let people: Vec<_> = found.iter().map(|row| row.person).collect();
        let names = self.names_of(&people)?;
        let show = |row: LetterRow| {
            let name = names.get(&row.person).map(|name| name.expose().clone());
            LetterView::of(row, name.unwrap_or_default())
        };
        found.into_iter().map(show).collect()
    }

    /// Has a letter that was not taken tried again.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but stewards; [`Error::NotFound`] when no such letter is given up;
    /// [`Error::Conflict`] for one whose content is gone with it.
    pub(super) fn retry_letter(self, id: LetterId) -> Result<LetterView> {
        let (row, relation) = self.dead_letter(id, Action::LetterRetry)?;
        if !LetterKind::stored(&row.kind)?.bears_nothing() {
            return Err(Error::Conflict("letter-spent"));
        }
        let now = self.now();
        if !self.db(|db| outbox::revive(db, id, now))? {
            return Err(self.no_dead_letter(id, Action::LetterRetry));
        }
        self.log(Happening::write(Action::LetterRetry, relation).object("letter", id));
        let row = LetterRow {
            state: LetterState::Waiting.as_str().into(),
            made_at: now,
            failure: None,
            died_at: None,
            ..row
        };
        self.show_letters(vec![row])?.pop().ok_or(Error::NotFound)
    }

    /// Clears away a letter that was not taken.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but stewards; [`Error::NotFound`] when no such letter is given up.
    pub(super) fn remove_letter(self, id: LetterId) -> Result<()> {
        let (_, relation) = self.dead_letter(id, Action::LetterRemove)?;
        if !self.db(|db| outbox::forget_dead(db, id))? {
            return Err(self.no_dead_letter(id, Action::LetterRemove));
        }
        self.log(Happening::write(Action::LetterRemove, relation).object("letter", id));
        Ok(())
    }

    fn dead_letter(self, id: LetterId, action: Action) -> Result<(LetterRow, Relation)> {
        let relation = self.require(Right::HandleLetters, action)?;
        let board = self.standing().board;
        match self.db(|db| outbox::dead_letter(db, board, id))? {
            Some(row) => Ok((row, relation)),
            None => Err(self.no_dead_letter(id, action)),
        }
    }

    /// It is not given up, or is no more: another was quicker.
    fn no_dead_letter(self, id: LetterId, action: Action) -> Error {
        self.log(Happening::denied(action).object("letter", id));
        Error::NotFound
    }
}
