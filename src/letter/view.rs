//! A letter as the steward sees it.

use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{LetterId, PersonId};
use crate::outbox::{LetterFailure, LetterKind, LetterRow, LetterState};
use serde::Serialize;

/// A letter: what kind, to whom, how far it came. Never the address.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LetterView {
    pub id: LetterId,
    pub kind: LetterKind,
    pub state: LetterState,
    /// Whom it is to.
    pub person_id: PersonId,
    pub name: String,
    /// Whether it can be sent again: what an invitation or a lost password bore is gone with the letter.
    pub can_be_retried: bool,
    pub made_at: Instant,
    /// How often it was tried.
    pub tries: u64,
    /// Why it was not taken the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<LetterFailure>,
    /// Since when nothing more is tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub died_at: Option<Instant>,
}

impl LetterView {
    pub(super) fn of(row: LetterRow, name: String) -> Result<LetterView> {
        let (kind, state) = (LetterKind::stored(&row.kind)?, LetterState::stored(&row.state)?);
        Ok(LetterView {
            id: row.id,
            kind,
            state,
            person_id: row.person,
            name,
            can_be_retried: state == LetterState::Dead && kind.bears_nothing(),
            made_at: row.made_at,
            tries: u64::try_from(row.tries).map_err(Error::fault)?,
            failure: row.failure.as_deref().map(LetterFailure::stored).transpose()?,
            died_at: row.died_at,
        })
    }
}
