//! Showing an errand: everything each side may see of it, opened and put together.

use super::capability::{Errand, Notes, Seen};
use super::claim::{Files, WarningCode, WarningView};
use super::isolation::Hidden;
use super::paper::PaperView;
use super::rows::{self, MessageRow, NoteRow};
use super::view::{AuthorView, ErrandView, FileView, HomeName, MessageView, NoteView, StaffView, TeamPart};
use super::{Channel, MessageCategory};
use crate::access::Side;
use crate::audit::Action;
use crate::error::{Error, Result};
use crate::id::{Id, MessageId, PersonId};
use crate::secret::Secret;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

type Names = HashMap<PersonId, Secret<String>>;

impl Errand<'_, Seen> {
    /// The whole errand. Leaves a read mark, and for the other side when its messages were first seen.
    pub fn show(self) -> Result<ErrandView> {
        self.access.log(self.happened(Action::ErrandRead, false));
        let (access, id, side) = (self.access, self.row.id, self.side());
        let mut messages = access.db(|db| rows::messages(db, id))?;
        messages.retain(|row| self.shows_message(row));
        let hidden = self.hidden()?;
        let mut files = self.files(&hidden)?;
        let said: HashSet<MessageId> = messages.iter().map(|row| row.id).collect();
        files.retain(|_, (of, _)| of.is_none_or(|of| said.contains(&of)));
        let places_hidden = self.hides_something(&files)?;
        if places_hidden {
            self.veil(&mut files)?;
        }
        self.leave_marks(&messages, side);
        let mut people: Vec<PersonId> = messages.iter().map(|message| message.author_id).collect();
        people.extend(self.row.assignee_id.filter(|_| side == Side::Team));
        let names = self.names(&people)?;
        let assignment = self
            .row
            .assignment_id
            .map(|of| access.assignment_shown(of))
            .transpose()?;
        let home = match &assignment {
            Some(of) => HomeName::of(&of.home),
            None => {
                let home = access.homes_by_id(&[self.row.home_id])?.remove(&self.row.home_id);
                HomeName::of(&home.ok_or(Error::NotFound)?)
            }
        };
        let read_only = self.is_read_only()?;
        let (wish, claim, decisions) = (self.wish()?, self.claim(&files)?, self.decisions()?);
        let paper = self.paper(&files, side == Side::Team)?;
        let mut warnings = self.warnings()?;
        if self.is_over_request(&wish, &decisions)? {
            warnings.push(WarningView::of_whole(WarningCode::OverRequest));
        }
        let messages = messages
            .into_iter()
            .map(|row| self.show_message(row, &names, (&files, &hidden)))
            .collect::<Result<_>>()?;
        let subject = self
            .row
            .subject
            .as_deref()
            .filter(|_| !hidden.subject())
            .map(|sealed| self.open("errand", "subject", id, sealed))
            .transpose()?;
        Ok(ErrandView {
            id,
            number: self.number()?,
            kind: self.kind()?,
            channel: match paper {
                Some(_) => Channel::Paper,
                None => Channel::Service,
            },
            category: self.row.category.as_deref().map(MessageCategory::stored).transpose()?,
            state: self.state()?,
            urgent: self.row.urgent,
            received_at: self.row.received_at,
            updated_at: self.changed_at(),
            assignment,
            home,
            team: (side == Side::Team).then(|| self.team_part(&names)).transpose()?,
            read_only: (side == Side::Home).then_some(read_only),
            subject: subject.map(|text| text.expose().clone()),
            messages,
            state_reason: self.state_reason()?,
            request_id: claim.request,
            warnings,
            files: wish.is_one().then(|| sent_along(&files, paper.as_ref())),
            paper,
            purchase: wish.purchase,
            travel: wish.travel,
            receipts: claim.receipts,
            trips: claim.trips,
            decisions,
            places_hidden,
            version: self.row.version,
        })
    }

    /// What the team alone is shown.
    fn team_part(&self, names: &Names) -> Result<TeamPart> {
        let (reports, isolations) = self.wrong()?;
        Ok(TeamPart {
            assignee: self.row.assignee_id.map(|who| staff(who, names)),
            restricted: self.access.is_restricted(self.row.assignment_id)?,
            reports,
            isolations,
        })
    }

    /// Notes what was seen, and nothing that may have come while it was being read.
    fn leave_marks(&self, messages: &[MessageRow], side: Side) {
        let (id, upto, now) = (self.row.id, self.changed_at(), self.access.now());
        if let Ok(me) = self.access.person() {
            self.access.afterwards(move |db| rows::set_mark(db, id, me, upto));
        }
        // To the home, the team has read what someone has read who handles it.
        if side == Side::Team && !self.is_handled() {
            return;
        }
        let unseen = |message: &&MessageRow| message.side != side.as_str() && message.read_at.is_none();
        if let Some(newest) = messages.iter().rfind(unseen) {
            let (other, upto) = (side.other().as_str(), newest.id);
            self.access.afterwards(move |db| rows::seen(db, id, other, upto, now));
        }
    }

    /// Why the errand was moved to where it stands, where that was said.
    fn state_reason(&self) -> Result<Option<String>> {
        let id = self.row.id;
        let before = self.shown_before().map_or(Uuid::max(), Id::uuid);
        let newest = self.access.db(|db| rows::newest_move_reason(db, id, before))?;
        let Some(row) = newest.filter(|row| row.state == self.row.state) else {
            return Ok(None);
        };
        let reason = self.key.open("move_reason", "reason", row.id, 1, &row.reason)?;
        Ok(Some(reason.expose().clone()))
    }
}

impl<Grant> Errand<'_, Grant> {
    /// What people are called to the side on which the one who asks stands in this errand: someone of the staff who
    /// lives in the home is its home here, and nothing else.
    pub(super) fn names(&self, ids: &[PersonId]) -> Result<Names> {
        self.access.names_to(self.side(), ids)
    }

    pub(super) fn show_message(
        &self,
        row: MessageRow,
        names: &Names,
        (files, hidden): (&Files, &Hidden),
    ) -> Result<MessageView> {
        let isolated = hidden.since(row.id);
        let mut own: Vec<FileView> = files
            .values()
            .filter(|(of, _)| *of == Some(row.id) && isolated.is_none())
            .map(|(_, file)| file.clone())
            .collect();
        own.sort_by_key(|file| file.id);
        Ok(MessageView {
            id: row.id,
            from: AuthorView {
                name: name(row.author_id, names),
                side: Side::read(&row.side),
            },
            body: match isolated {
                None => self.key.open("message", "body", row.id, 1, &row.body)?.expose().clone(),
                Some(_) => String::new(),
            },
            sent_at: row.sent_at,
            read_at: self.shown_time(row.read_at),
            files: own,
            isolated,
        })
    }
}

impl Errand<'_, Seen> {
    /// One message as it is shown after sending.
    pub fn show_one_message(self, id: MessageId) -> Result<MessageView> {
        self.access
            .log(self.happened(Action::ErrandRead, false).object("message", id));
        let row = self
            .access
            .db(|db| rows::message(db, id))?
            .filter(|row| row.errand_id == self.row.id)
            .filter(|row| self.shows_message(row));
        let row = row.ok_or(Error::NotFound)?;
        let (names, hidden) = (self.names(&[row.author_id])?, self.hidden()?);
        let mut files = self.files(&hidden)?;
        if self.hides_places() {
            self.veil(&mut files)?;
        }
        self.show_message(row, &names, (&files, &hidden))
    }
}

impl Errand<'_, Notes> {
    /// The errand's notes, oldest first.
    pub fn show_notes(self) -> Result<Vec<NoteView>> {
        let id = self.row.id;
        let found = self.access.db(|db| rows::notes(db, id))?;
        let shown = found.iter().map(|note| note.id.uuid()).collect();
        self.access
            .log(self.happened(Action::NoteRead, false).shown("note", shown));
        let people: Vec<PersonId> = found.iter().map(|note| note.author_id).collect();
        let names = self.names(&people)?;
        found.into_iter().map(|row| self.show_note(row, &names)).collect()
    }

    /// One note as it is shown after writing.
    pub fn show_one_note(self, id: crate::id::NoteId) -> Result<NoteView> {
        self.access
            .log(self.happened(Action::NoteRead, false).object("note", id));
        let row = self
            .access
            .db(|db| rows::note(db, id))?
            .filter(|row| row.errand_id == self.row.id);
        let row = row.ok_or(Error::NotFound)?;
        let names = self.names(&[row.author_id])?;
        self.show_note(row, &names)
    }

    fn show_note(&self, row: NoteRow, names: &Names) -> Result<NoteView> {
        Ok(NoteView {
            id: row.id,
            from: staff(row.author_id, names),
            body: self.key.open("note", "body", row.id, 1, &row.body)?.expose().clone(),
            written_at: row.written_at,
        })
    }
}

/// Files that came with the errand itself and not with a message, in the order they were sent.
fn sent_along(files: &Files, paper: Option<&PaperView>) -> Vec<FileView> {
    let scan = paper.map(|paper| paper.scan.id);
    let mut along: Vec<FileView> = files
        .values()
        .filter(|(message, file)| message.is_none() && Some(file.id) != scan)
        .map(|(_, file)| file.clone())
        .collect();
    along.sort_by_key(|file| file.id);
    along
}

fn name(of: PersonId, names: &Names) -> String {
    names.get(&of).map(|name| name.expose().clone()).unwrap_or_default()
}

fn staff(who: PersonId, names: &Names) -> StaffView {
    StaffView {
        id: who,
        name: name(who, names),
    }
}
