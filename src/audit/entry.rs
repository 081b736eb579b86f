//! An event made ready to be written: its texts, fresh salts, commitments and leaf.

use std::fmt;

use aws_lc_rs::rand;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Malformed;
use super::event::{ActorPart, Core, Subject};
use super::leaf::{self, Leaf, Part};
use super::stored::Filters;

/// Everything a row of the log is made of; how it lies there is told in [`stored`](super::stored).
pub struct Entry {
    pub id: Uuid,
    /// Milliseconds since 1970 UTC.
    pub at_ms: u64,
    pub leaf: Leaf,
    /// To core, actor and subject, one after another.
    pub commitments: [u8; 96],
    pub core: String,
    pub actor: String,
    pub subject: String,
    /// Of core, actor and subject, one after another; to be stored sealed only.
    pub salts: Zeroizing<[u8; 96]>,
}

/// Why no entry could be made; the action it was for must then not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComposeError {
    /// The system gave no random bytes for the salts.
    NoRandomBytes,
    /// A part could not be written as JSON.
    NotJson,
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ComposeError::NoRandomBytes => "the system gave no random bytes",
            ComposeError::NotJson => "an event could not be written as JSON",
        })
    }
}

impl std::error::Error for ComposeError {}

impl Entry {
    /// Writes the three parts, salts and commits to them. `at_ms` in milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// See [`ComposeError`].
    pub fn compose(
        id: Uuid,
        at_ms: u64,
        core: &Core,
        actor: &ActorPart,
        subject: &Subject<'_>,
    ) -> Result<Self, ComposeError> {
        let mut salts = Zeroizing::new([0; 96]);
        rand::fill(salts.as_mut()).map_err(|_| ComposeError::NoRandomBytes)?;
        let texts = [core.stored(), actor.stored(), subject.stored()];
        match texts {
            [Ok(core), Ok(actor), Ok(subject)] => Ok(Self::with_salts(id, at_ms, [core, actor, subject], salts)),
            _ => Err(ComposeError::NotJson),
        }
    }

    /// Commits to texts already written, under salts already drawn.
    pub(super) fn with_salts(id: Uuid, at_ms: u64, texts: [String; 3], salts: Zeroizing<[u8; 96]>) -> Self {
        let mut commitments = [0; 96];
        let [core, actor, subject] = {
            let (salts, _) = salts.as_chunks::<32>();
            let (commitments, _) = commitments.as_chunks_mut::<32>();
            for (part, text) in Part::ALL.into_iter().zip(&texts) {
                let at = part as usize;
                commitments[at] = leaf::commitment(part, &salts[at], id, text.as_bytes());
            }
            [commitments[0], commitments[1], commitments[2]]
        };
        let leaf = Leaf::new(id, at_ms, leaf::commit([&core, &actor, &subject]));
        let [core, actor, subject] = texts;
        Self {
            id,
            at_ms,
            leaf,
            commitments,
            core,
            actor,
            subject,
            salts,
        }
    }

    /// The columns to filter by, read back from the texts.
    ///
    /// # Errors
    /// See [`Filters::of_stored`].
    pub fn filters(&self) -> Result<Filters, Malformed> {
        Filters::of_stored(Some(&self.core), Some(&self.actor), Some(&self.subject))
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({})", self.id)
    }
}
