//! Saving, showing and removing one's own drafts.

use super::DraftKind;
use super::rows::{self, DraftRow};
use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::audit::Action;
use crate::clock::Instant;
use crate::crypt::RowKey;
use crate::error::{Error, Result};
use crate::id::{DraftId, FileId, PersonId};
use crate::web::{IfMatch, Listed};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest content, in bytes of JSON: a claim with fifty receipts and trips is half of it.
const CONTENT_MAX: usize = 128 * 1024;

/// A form as it is typed so far.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    pub kind: DraftKind,
    /// An object with the form's fields, or its text; at most 128 KiB. Files are named by their ids.
    pub content: Value,
}

/// A draft as its author sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DraftView {
    pub id: DraftId,
    pub kind: DraftKind,
    pub content: Value,
    pub saved_at: Instant,
    /// When it is removed if nothing is saved before.
    pub removed_at: Instant,
    #[serde(skip)]
    pub version: i64,
}

/// Files that one draft keeps: fifty receipts, with room.
const FILES_MOST: usize = 100;

impl Access<'_> {
    /// One's own drafts, the one saved last first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever sends no errands; [`Error::NoHome`] for whoever has left their home.
    pub fn drafts(self) -> Result<Listed<DraftView>> {
        let me = self.author(Action::DraftList)?;
        let found = self.db(|db| rows::of_author(db, me))?;
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        self.log(Happening::read(Action::DraftList, Relation::Myself).shown("draft", shown));
        let key = self.own_key()?;
        Ok(Listed {
            items: found
                .into_iter()
                .map(|row| self.show_draft(&key, row))
                .collect::<Result<_>>()?,
            next_cursor: None,
        })
    }

    /// One of one's own drafts.
    ///
    /// # Errors
    /// As [`Access::drafts`]; [`Error::NotFound`].
    pub fn draft(self, id: DraftId) -> Result<DraftView> {
        let row = self.own_draft(Action::DraftRead, id)?;
        self.log(Happening::read(Action::DraftRead, Relation::Myself).object("draft", id));
        let key = self.own_key()?;
        self.show_draft(&key, row)
    }

    /// One's own draft of a form, if there is one.
    ///
    /// # Errors
    /// As [`Access::drafts`].
    pub fn draft_of(self, kind: DraftKind) -> Result<Option<DraftView>> {
        let me = self.author(Action::DraftRead)?;
        let all = self.db(|db| rows::of_author(db, me))?;
        let Some(row) = all.into_iter().find(|row| row.kind == kind.as_str()) else {
            return Ok(None);
        };
        self.log(Happening::read(Action::DraftRead, Relation::Myself).object("draft", row.id));
        let key = self.own_key()?;
        self.show_draft(&key, row).map(Some)
    }

    /// Removes one's own draft of a form, if there is one: it has been sent, or is not wanted any more. Tells
    /// whether there was.
    ///
    /// # Errors
    /// As [`Access::drafts`].
    pub fn drop_draft(self, kind: DraftKind) -> Result<bool> {
        let me = self.author(Action::DraftRemove)?;
        let all = self.db(|db| rows::of_author(db, me))?;
        let Some(row) = all.into_iter().find(|row| row.kind == kind.as_str()) else {
            return Ok(false);
        };
        let gone = self.db(|db| rows::remove(db, (me, row.id)))?;
        if gone {
            self.log(Happening::write(Action::DraftRemove, Relation::Myself).object("draft", row.id));
        }
        Ok(gone)
    }

    /// Saves a form's draft: over the one there is of its kind, or over the one named, or as a new one.
    ///
    /// # Errors
    /// As [`Access::drafts`]; [`Error::Malformed`] for a content that is neither object nor text;
    /// [`Error::Conflict`] when the one named is of another form than one that there is too; [`Error::Stale`].
    pub fn save_draft(self, id: Option<DraftId>, new: &DraftBody, if_match: IfMatch) -> Result<DraftView> {
        let me = self.author(Action::DraftSave)?;
        let (board, now) = (self.standing().board, self.now());
        if !(new.content.is_object() || new.content.is_string()) {
            return Err(Error::Malformed("a draft's content is an object or a text".into()));
        }
        let content = new.content.to_string();
        if content.len() > CONTENT_MAX {
            return Err(Error::invalid("content", "too-long"));
        }
        // Held first: of two first saves at once the second goes on with the first.
        let key = self.own_key_held()?;
        let all = self.db(|db| rows::of_author(db, me))?;
        let of_kind = all.iter().find(|row| row.kind == new.kind.as_str());
        let there = match id {
            Some(id) => all.iter().find(|row| row.id == id),
            None => of_kind,
        };
        if of_kind.is_some_and(|other| there.is_some_and(|one| one.id != other.id)) {
            return Err(Error::Conflict("exists"));
        }
        // A new one under another id takes the place of the form's old one.
        let replaced = of_kind
            .filter(|other| there.is_none_or(|one| one.id != other.id))
            .map(|row| row.id);
        let version = there.map_or(1, |row| row.version + 1);
        if let Some(row) = there {
            if_match.check(row.version)?;
        }
        let draft = there.map(|row| row.id).or(id).unwrap_or_else(|| self.fresh_id());
        let row = DraftRow {
            author_id: me,
            id: draft,
            board_id: board,
            kind: new.kind.as_str().into(),
            content: key.seal("draft", "content", draft, version, &content),
            version,
            saved_at: now,
            told_at: None,
        };
        if there.is_some() {
            self.db(|db| rows::update(db, &row))?;
            self.goes_on();
        } else {
            if let Some(old) = replaced {
                self.db(|db| rows::remove(db, (me, old)))?;
                self.log(Happening::write(Action::DraftRemove, Relation::Myself).object("draft", old));
            }
            self.db(|db| rows::insert(db, &row))?;
            self.log(Happening::write(Action::DraftSave, Relation::Myself).object("draft", draft));
        }
        let shown = self.show_draft(&key, row)?;
        self.keep_waiting(&files_in(&shown.content), shown.removed_at)?;
        Ok(shown)
    }

    /// Removes one of one's own drafts.
    ///
    /// # Errors
    /// As [`Access::draft`].
    pub fn remove_draft(self, id: DraftId) -> Result<()> {
        let row = self.own_draft(Action::DraftRemove, id)?;
        if !self.db(|db| rows::remove(db, (row.author_id, id)))? {
            return Err(Error::NotFound);
        }
        self.log(Happening::write(Action::DraftRemove, Relation::Myself).object("draft", id));
        Ok(())
    }

    fn author(self, action: Action) -> Result<PersonId> {
        let standing = self.standing();
        if standing.sends() {
            standing.person()
        } else {
            Err(self.sends_nothing(Happening::denied(action)))
        }
    }

    fn own_draft(self, action: Action, id: DraftId) -> Result<DraftRow> {
        let me = self.author(action)?;
        let all = self.db(|db| rows::of_author(db, me))?;
        match all.into_iter().find(|row| row.id == id) {
            Some(row) => Ok(row),
            None => {
                self.log(Happening::denied(action).object("draft", id));
                Err(Error::NotFound)
            }
        }
    }

    fn show_draft(self, key: &RowKey, row: DraftRow) -> Result<DraftView> {
        let content = key.open("draft", "content", row.id, row.version, &row.content)?;
        Ok(DraftView {
            kind: DraftKind::stored(&row.kind)?,
            content: serde_json::from_str(content.expose()).map_err(Error::fault)?,
            removed_at: row.saved_at.plus(super::sweep::days(self.rules()?.draft_days)),
            saved_at: row.saved_at,
            id: row.id,
            version: row.version,
        })
    }
}

/// The files that a draft names: every text in it that can be one's id.
pub(super) fn files_in(content: &Value) -> Vec<FileId> {
    let mut found = Vec::new();
    let mut left = vec![content];
    while let Some(one) = left.pop() {
        match one {
            Value::String(text) => found.extend(text.parse::<FileId>()),
            Value::Array(all) => left.extend(all),
            Value::Object(all) => left.extend(all.values()),
            _ => {}
        }
    }
    found.truncate(FILES_MOST);
    found
}
