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

    /// The field of a body that names it.
    const fn field(self) -> &'static str {
        match self {
            Item::File(_) => "file_id",
            Item::Message(_) => "message_id",
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
    /// What of the errand is out of view.
    pub(super) fn hidden(&self) -> Result<Hidden> {
        let id = self.row.id;
        let mut hidden = Hidden::default();
        for row in self.access.db(|db| rows::standing(db, id))? {
            hidden.subject |= row.with_subject;
            hidden.items.insert(row.item_id.uuid(), row.reported_at);
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
    /// Those of these errands whose subjects are out of view.
    pub(super) fn without_subject(self, of: &[ErrandId]) -> Result<HashSet<ErrandId>> {
        Ok(self.db(|db| rows::without_subject(db, of))?.into_iter().collect())
    }
}
