//! Errands of a home's own assignments while the team keeps these shut to it: the home sees each as it stood at that
//! moment, by its state, version and time, kept then. Owns that table. What the team sees is never changed by it.

mod rows;

use super::capability::Errand;
use super::list::Filter;
use super::rows::{ErrandRow, MessageRow};
use super::{ErrandKind, ErrandState};
use crate::access::circle::Circle;
use crate::access::{Access, Happening, Right, Shut, Side};
use crate::audit::Action;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{AssignmentId, ErrandId, Id, MessageId, RestrictionId};
pub(super) use rows::Frozen;
use std::collections::HashMap;

impl Access<'_> {
    /// Keeps how the errands of an assignment stand, for its home to see from now on.
    pub(crate) fn freeze_errands(self, of: AssignmentId, by: RestrictionId) -> Result<()> {
        let board = self.standing().board;
        self.db(|db| rows::freeze(db, (board, of), by))
    }

    /// Lets the home see them as they stand now.
    pub(crate) fn thaw_errands(self, by: RestrictionId) -> Result<()> {
        self.db(|db| rows::thaw(db, by))
    }

    /// Those of one's own homes that one sees as they stood.
    pub(super) fn frozen_errands(self) -> Result<HashMap<ErrandId, Frozen>> {
        let by: Vec<RestrictionId> = self.standing().restrictions().map(|(_, id)| id).collect();
        if by.is_empty() {
            return Ok(HashMap::new());
        }
        let found = self.db(|db| rows::frozen(db, by))?;
        Ok(found.into_iter().map(|one| (one.errand, one)).collect())
    }

    /// How one errand stood, if it is one that a home of the one who asks sees so.
    pub(super) fn frozen_errand(self, id: ErrandId) -> Result<Option<Frozen>> {
        let by: Vec<RestrictionId> = self.standing().restrictions().map(|(_, id)| id).collect();
        match by.is_empty() {
            true => Ok(None),
            false => self.db(|db| rows::frozen_one(db, by, id)),
        }
    }

    /// As what an errand of one's own home is seen: as it stood, where its assignment is kept shut.
    ///
    /// # Errors
    /// [`Error::NotFound`] for one that has come since.
    pub(super) fn as_it_stood(self, row: &mut ErrandRow, stood: Option<Frozen>, action: Action) -> Result<()> {
        let Some(Shut::Restricted(..)) = self.standing().shut(row.assignment_id) else {
            return Ok(());
        };
        match stood {
            Some(frozen) => frozen.stand_in(row),
            None => return Err(self.absent(action, (row.id, Some(row.home_id)))),
        }
        Ok(())
    }

    /// Whether an errand of one's own home is one it sees: not one that has come since its assignment was shut.
    pub(super) fn is_there_for_home(self, row: &ErrandRow) -> Result<bool> {
        match self.standing().shut(row.assignment_id) {
            Some(Shut::Hidden) => Ok(false),
            Some(Shut::Restricted(..)) => Ok(self.frozen_errand(row.id)?.is_some()),
            _ => Ok(true),
        }
    }

    /// Of those one sees as they stood, what a filter asks for: by what they were, not by what they are.
    pub(super) fn frozen_within(
        self,
        frozen: &HashMap<ErrandId, Frozen>,
        filter: &Filter,
        marks: &HashMap<ErrandId, Instant>,
    ) -> Vec<ErrandId> {
        let is_open = |one: &Frozen| ErrandState::parse(&one.state).is_some_and(ErrandState::is_open);
        let in_state = |one: &&Frozen| {
            (!filter.open || is_open(one)) && filter.state.is_none_or(|state| one.state == state.as_str())
        };
        let unread = |one: &&Frozen| marks.get(&one.errand).is_none_or(|seen| *seen < one.updated_at);
        let wanted = frozen.values().filter(in_state);
        wanted
            .filter(|one| !filter.unread || unread(one))
            .map(|one| one.errand)
            .collect()
    }
}

impl Frozen {
    /// Puts what an errand was in the place of what it is.
    pub(super) fn stand_in(&self, row: &mut ErrandRow) {
        (row.state, row.version, row.updated_at) = (self.state.clone(), self.version, self.updated_at);
    }
}

/// A filter without what is asked of the frozen ones themselves.
pub(super) fn but_state(filter: &Filter) -> Filter {
    Filter {
        state: None,
        open: false,
        unread: false,
        ..filter.clone()
    }
}

/// The query of frozen errands, narrowed to these.
pub(super) fn only(circle: &Circle, ids: &[ErrandId]) -> super::list::ErrandQuery {
    rows::only(circle.frozen(), ids)
}

impl<Grant> Errand<'_, Grant> {
    /// How the errand is shut to the home that asks.
    pub(super) fn shut(&self) -> Option<Shut> {
        match self.side() {
            Side::Home => self.access.standing().shut(self.row.assignment_id),
            Side::Team => None,
        }
    }

    /// Whether something with this id is shown: not what has come since the errand was shut.
    pub(super) fn is_shown<T>(&self, id: Id<T>) -> bool {
        match self.shut() {
            Some(Shut::Restricted(by, _)) => id.uuid() < by.uuid(),
            _ => true,
        }
    }

    /// The restriction after which nothing is shown.
    pub(super) fn shown_before(&self) -> Option<RestrictionId> {
        match self.shut() {
            Some(Shut::Restricted(by, _)) => Some(by),
            _ => None,
        }
    }

    /// Since when nothing new is shown.
    pub(super) fn shut_at(&self) -> Option<Instant> {
        self.shut()?.restricted_at()
    }

    /// Whether a message of the errand is shown: what the home has written itself always is.
    pub(super) fn shows_message(&self, row: &MessageRow) -> bool {
        self.is_shown(row.id) || row.side == Side::Home.as_str()
    }

    /// What of a time is shown: nothing since then.
    pub(super) fn shown_time(&self, at: Option<Instant>) -> Option<Instant> {
        at.filter(|at| self.shut_at().is_none_or(|since| *at < since))
    }

    /// Whether a file of the errand is shown, by the message it came with.
    pub(crate) fn shows_file_of(&self, message: Option<MessageId>) -> bool {
        message.is_none_or(|id| self.is_shown(id))
    }

    /// Whether nothing can be sent in it by the home that asks.
    pub(super) fn is_read_only(&self) -> Result<bool> {
        Ok(match self.shut() {
            None => false,
            // What is handed in may be asked about and mended as long as more can be handed in.
            Some(Shut::Settling) => self.kind()? != ErrandKind::ReceiptClaim,
            Some(_) => true,
        })
    }

    /// Refuses the home what is shut to it.
    ///
    /// # Errors
    /// [`Error::CallTeam`].
    pub(super) fn unless_shut(&self, right: Right, action: Action) -> Result<()> {
        if matches!(right, Right::Reply | Right::Withdraw) && self.is_read_only()? {
            let tried = Happening::denied(action).errand(self.row.id);
            self.access.log(tried.home(Some(self.row.home_id)));
            return Err(Error::CallTeam);
        }
        Ok(())
    }
}
