//! Seeing the board's letters.

use super::view::LetterView;
use crate::access::{Access, Happening, Right};
use crate::audit::Action;
use crate::error::Result;
use crate::id::{Id, of};
use crate::outbox::{self, LetterState};
use crate::web::{Listed, Listing};

impl Access<'_> {
    /// A page of the board's letters of one state, newest first; the ids shown are in the log.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::error::Error::Forbidden) for all but stewards, and the attempt is in the log.
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
            items: found.into_iter().map(LetterView::try_from).collect::<Result<_>>()?,
        })
    }
}
