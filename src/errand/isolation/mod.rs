//! What lies in the wrong place: a file or message that someone says is another child's, and that whoever handles the
//! errand takes out of view. Owns the tables of reports and isolations. From then on nobody is shown it in any way, and
//! nothing of it is deleted: row, key and blob lie where they lay. It never lifts an isolation by itself: that is the
//! data protection officer's act (`incident`).

mod rows;
mod verbs;
mod view;

pub use verbs::{NewIsolation, NewReport};
pub use view::{IsolationView, Reported, WrongReportView};

use super::capability::Errand;
use super::claim::Files;
use super::rows::ErrandRow;
use super::view::FileView;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{ErrandId, FileId, Id, MessageId};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

crate::closed_list! {
    /// What can be taken out of view.
    ItemKind {
        File = "file",
        /// With all files that came with it.
        Message = "message",
    }
}

/// A file or message of an errand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    File(FileId),
    Message(MessageId),
}

impl Item {
    /// The one that a body names.
    ///
    /// # Errors
    /// [`Error::Malformed`] unless it names exactly one.
    pub fn of(file: Option<FileId>, message: Option<MessageId>) -> Result<Item> {
        match (file, message) {
            (Some(file), None) => Ok(Item::File(file)),
            (None, Some(message)) => Ok(Item::Message(message)),
            _ => Err(Error::Malformed("either a file or a message".into())),
        }
    }

    pub const fn kind(self) -> ItemKind {
        match self {
            Item::File(_) => ItemKind::File,
            Item::Message(_) => ItemKind::Message,
        }
    }

    pub const fn uuid(self) -> Uuid {
        match self {
            Item::File(id) => id.uuid(),
            Item::Message(id) => id.uuid(),
        }
    }
}

/// What of an errand nobody is shown, and since when it was known to be wrong.
#[derive(Default)]
pub(super) struct Hidden {
    items: HashMap<Uuid, Instant>,
    /// The errand's subject goes with its first message.
    subject: bool,
}

impl Hidden {
    pub(super) fn since<T>(&self, id: Id<T>) -> Option<Instant> {
        self.items.get(&id.uuid()).copied()
    }

    pub(super) const fn subject(&self) -> bool {
        self.subject
    }

    /// Since when a file is hidden: by itself, or with its message.
    fn file_since(&self, file: FileId, message: Option<MessageId>) -> Option<Instant> {
        self.since(file)
            .or_else(|| message.and_then(|message| self.since(message)))
    }
}

impl<Grant> Errand<'_, Grant> {
    /// What of the errand is out of view. That is stronger than that a home sees a restricted assignment as it stood:
    /// what is another child's is read no longer by anyone. The home is told no time since the restriction, and sees
    /// nothing again that was let be seen since.
    pub(super) fn hidden(&self) -> Result<Hidden> {
        let id = self.row.id;
        let mut hidden = Hidden::default();
        let shut_at = self.shut_at();
        let taken = self.access.db(|db| rows::all(db, id))?;
        let out = taken
            .iter()
            .filter(|row| is_out((row.isolated_at, row.lifted_at), shut_at));
        for row in out {
            hidden.subject |= row.with_subject;
            let since = shut_at.map_or(row.reported_at, |at| row.reported_at.min(at));
            hidden.items.insert(row.item_id.uuid(), since);
        }
        Ok(hidden)
    }

    /// The errand's files, without anything of those that are out of view.
    pub(super) fn files(&self, hidden: &Hidden) -> Result<Files> {
        let mut files = self.access.files_of(self.row.id, &self.key)?;
        for (id, (message, file)) in &mut files {
            if let Some(since) = hidden.file_since(*id, *message) {
                *file = FileView::isolated(*id, since);
            }
        }
        Ok(files)
    }

    /// Whether a file of the errand is out of view.
    pub(crate) fn hides_file(&self, file: FileId, message: Option<MessageId>) -> Result<bool> {
        Ok(self.hidden()?.file_since(file, message).is_some())
    }
}

impl crate::access::Access<'_> {
    /// Those of these errands of one's own home whose subjects are out of view, as [`Errand::hidden`] has it.
    pub(super) fn without_subject(self, of: &[&ErrandRow]) -> Result<HashSet<ErrandId>> {
        let (standing, ids) = (self.standing(), of.iter().map(|row| row.id).collect::<Vec<_>>());
        let shut_at = |id: ErrandId| {
            let row = of.iter().find(|row| row.id == id)?;
            standing.shut(row.assignment_id)?.restricted_at()
        };
        let mut taken = self.db(|db| rows::with_subject(db, &ids))?;
        taken.retain(|(id, at, lifted)| is_out((*at, *lifted), shut_at(*id)));
        Ok(taken.into_iter().map(|(id, ..)| id).collect())
    }
}

/// Whether what was taken out of view, and perhaps let be seen again, is out of it: it still is, or it was at the
/// moment the errand was shut to the home that asks, for which what was lifted since then has not happened.
fn is_out((taken, lifted): (Instant, Option<Instant>), shut_at: Option<Instant>) -> bool {
    lifted.is_none_or(|lifted| shut_at.is_some_and(|at| taken < at && lifted >= at))
}
