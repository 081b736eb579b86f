//! What is added to an errand and done with it: replies, notes, moves, the assignee, one's own read mark.

use super::ErrandState;
use super::capability::{Assigning, Errand, Moving, Notes, Reply, Seen};
use super::guard::Recipient;
use super::rows::{self, MessageRow, MoveReasonRow, NoteRow};
use super::start::Started;
use super::state::{self, Act};
use super::typed::{BODY_MAX, required};
use super::view::StaffView;
use crate::access::{Access, Once, Right, Side};
use crate::audit::Action;
use crate::error::{Error, Faults, Result};
use crate::file::{FreeFiles, Taker};
use crate::id::{ErrandId, FileId, MessageId, NoteId, PersonId};
use crate::secret::SecretText;
use crate::web::IfMatch;
use serde::Deserialize;

/// Characters of a move's reason.
const REASON_MAX: usize = 2_000;

/// A message in an errand.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// 1–5 000 characters of plain text.
    #[schema(min_length = 1, max_length = 5000)]
    pub body: SecretText,
    /// At most ten files, 50 MB together.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub file_ids: Vec<FileId>,
    /// Of staff: what was `found` of people of another home, and is meant.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub confirmed: Vec<SecretText>,
}

/// An internal note.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// 1–5 000 characters of plain text.
    #[schema(min_length = 1, max_length = 5000)]
    pub body: SecretText,
}

/// A move to another state.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    pub state: ErrandState,
    /// To the other side; needed when something is asked of the home.
    #[schema(max_length = 5000)]
    pub message: Option<SecretText>,
    /// Why; needed to close a wish without a decision. Both sides are shown it.
    #[schema(max_length = 2000)]
    pub reason: Option<SecretText>,
    /// Of staff: what was `found` of people of another home, and is meant.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub confirmed: Vec<SecretText>,
}

impl Errand<'_, Seen> {
    /// Those to whom the errand can be given, by their names.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever gives it to nobody.
    pub fn colleagues(&self) -> Result<Vec<StaffView>> {
        self.require(Right::Handle, Action::ErrandAssign)?;
        let unit = self.access.unit_of(self.row.facts())?;
        let kept = self.access.kept_to(self.row.home_id)?;
        let mut ids = self.access.handlers_in(unit)?;
        ids.retain(|one| kept.may_meet(*one));
        let shown = ids.iter().map(|one| one.uuid()).collect();
        self.access
            .log(self.happened(Action::PersonList, false).shown("person", shown));
        let names = self.names(&ids)?;
        let named = |(id, name): (PersonId, SecretText)| StaffView {
            id,
            name: name.expose().clone(),
        };
        let mut found: Vec<StaffView> = names.into_iter().map(named).collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// What the starter was told once.
    pub(super) fn acknowledged(self) -> Result<Started> {
        self.access.log(self.happened(Action::ErrandRead, false));
        Ok(Started {
            id: self.row.id,
            number: self.number()?,
            state: self.state()?,
            received_at: self.row.received_at,
        })
    }

    /// Sets or takes away one's own read mark.
    pub fn mark(self, read: bool) -> Result<()> {
        let (id, me, upto) = (self.row.id, self.access.person()?, self.changed_at());
        self.access.db(|db| {
            if read {
                rows::set_mark(db, id, me, upto)
            } else {
                rows::unmark(db, id, me)
            }
        })?;
        self.access.log(self.happened(Action::ErrandMark, true));
        Ok(())
    }
}

impl Errand<'_, Reply> {
    /// Sends a message, with the move it makes, and tells the other side that there is something new.
    pub fn send(mut self, new: &NewMessage, if_match: IfMatch) -> Result<MessageId> {
        if_match.check(self.version())?;
        let mut faults = Faults::default();
        let body = required(&mut faults, "body", &new.body, 1, BODY_MAX);
        let files = self.access.free_files(&new.file_ids, Taker::Message, &mut faults)?;
        faults.check()?;
        self.guard(&[&body], &files, (&new.confirmed, Action::MessageSend))?;
        let (from, caught_up) = (self.state()?, self.caught_up(if_match)?);
        // Closed messages are reopened, or it is too late; elsewhere a reply without a move leaves the state. A
        // colleague who does not handle the errand, and has opened it, answers in it and takes nothing up.
        let moves = self.side() == Side::Home || self.is_handled();
        let to = match self.step(Act::Reply) {
            Ok(step) if moves => step.to,
            Ok(_) | Err(Error::Conflict(_)) if from == ErrandState::Closed => return Err(Error::Conflict("state")),
            Ok(_) | Err(Error::Conflict(_)) => from,
            Err(cause) => return Err(cause),
        };
        self.enter(to)?;
        let id = self.write_message(&body, caught_up)?;
        let errand = self.row.id;
        self.access.claim_files(&files, (errand, Some(id)), &self.key)?;
        if to != from {
            self.access.log(self.happened(Action::ErrandState, true));
        }
        Ok(id)
    }
}

impl<Grant> Errand<'_, Grant> {
    /// Whether the one who acts has seen the errand as it stands: names its version, or has looked since it changed.
    /// What came meanwhile must not be marked as read by an act of theirs. Asked before the act changes it.
    pub(super) fn caught_up(&self, if_match: IfMatch) -> Result<bool> {
        if if_match.0.is_some() {
            return Ok(true);
        }
        let (id, me) = (self.row.id, self.access.person()?);
        let mark = self.access.db(|db| rows::mark(db, id, me))?;
        Ok(mark.is_some_and(|seen| seen >= self.changed_at()))
    }

    /// One's own act is no news to oneself, if one knew all that was before it.
    pub(super) fn keep_up(&self, caught_up: bool) -> Result<()> {
        if !caught_up {
            return Ok(());
        }
        let (id, me, upto) = (self.row.id, self.access.person()?, self.changed_at());
        self.access.db(|db| rows::set_mark(db, id, me, upto))
    }

    /// Keeps up with what was done by oneself, and tells the other side that there is something new.
    pub(super) fn told_onward(&self, caught_up: bool) -> Result<()> {
        self.keep_up(caught_up)?;
        self.access.tell_other_side(self.row.facts(), self.side())
    }

    /// Looks through what staff is about to send.
    pub(super) fn guard(
        &self,
        texts: &[&SecretText],
        files: &FreeFiles,
        (confirmed, action): (&[SecretText], Action),
    ) -> Result<()> {
        if self.side() == Side::Home {
            return Ok(());
        }
        let to = Recipient {
            home: self.row.home_id,
            errand: Some(self.row.id),
            relation: self.relation,
            action,
        };
        self.access.guard(&to, (texts, files), confirmed)
    }

    fn write_message(&self, body: &SecretText, caught_up: bool) -> Result<MessageId> {
        let (access, id) = (self.access, self.access.fresh_id());
        let row = MessageRow {
            id,
            board_id: self.row.board_id,
            errand_id: self.row.id,
            author_id: access.person()?,
            side: self.side().as_str().into(),
            body: self.key.seal("message", "body", id, 1, body.expose()),
            sent_at: access.now(),
            read_at: None,
        };
        access.db(|db| rows::insert_message(db, &row))?;
        self.keep_up(caught_up)?;
        access.log(self.happened(Action::MessageSend, true).object("message", id));
        access.tell_other_side(self.row.facts(), self.side())?;
        Ok(id)
    }
}

impl Errand<'_, Moving> {
    /// Moves the errand, with a message where one is sent along.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is in another state than the move begins in; [`Error::Invalid`] when something is
    /// asked of the home without saying what.
    pub fn go(mut self, to: &Move, if_match: IfMatch) -> Result<()> {
        if_match.check(self.version())?;
        let step = self.step(Act::To(to.state))?;
        let mut faults = Faults::default();
        let message = to
            .message
            .as_ref()
            .map(|text| required(&mut faults, "message", text, 1, BODY_MAX));
        faults.unless(message.is_some() || !step.with_message, "message", "message-needed");
        let reason = to
            .reason
            .as_ref()
            .map(|text| required(&mut faults, "reason", text, 1, REASON_MAX));
        faults.unless(reason.is_some() || !step.with_reason, "reason", "required");
        faults.check()?;
        let told: Vec<&SecretText> = message.iter().chain(&reason).collect();
        self.guard(&told, &FreeFiles::default(), (&to.confirmed, Action::ErrandState))?;
        let caught_up = self.caught_up(if_match)?;
        self.enter(step.to)?;
        self.access.log(self.happened(Action::ErrandState, true));
        self.let_go()?;
        if let Some(reason) = &reason {
            self.write_reason(reason)?;
        }
        match &message {
            Some(body) => drop(self.write_message(body, caught_up)?),
            None => self.told_onward(caught_up)?,
        }
        Ok(())
    }

    /// What an errand lets go of where it ends: a claim its files, a wish its award.
    fn let_go(&self) -> Result<()> {
        match self.state()? {
            ErrandState::Withdrawn => self.access.release_contents(self.row.id),
            ErrandState::Completed => self.access.end_award(self.row.id),
            _ => Ok(()),
        }
    }

    fn write_reason(&self, reason: &SecretText) -> Result<()> {
        let (access, id) = (self.access, self.access.fresh_id());
        let row = MoveReasonRow {
            id,
            board_id: self.row.board_id,
            errand_id: self.row.id,
            state: self.row.state.clone(),
            reason: self.key.seal("move_reason", "reason", id, 1, reason.expose()),
            given_by: access.person()?,
            given_at: access.now(),
        };
        access.db(|db| rows::insert_move_reason(db, &row))
    }
}

impl Errand<'_, Assigning> {
    /// Gives the errand to a colleague, who must be one who handles errands of this board.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anyone else; [`Error::Conflict`] once it has ended.
    pub fn assign(mut self, to: PersonId) -> Result<()> {
        if state::has_ended(self.kind()?, self.state()?) {
            return Err(Error::Conflict("state"));
        }
        let unit = self.access.unit_of(self.row.facts())?;
        let kept = self.access.kept_to(self.row.home_id)?;
        if !kept.may_meet(to) || !self.access.handles_errands_of(to, unit)? {
            return Err(Error::invalid("person_id", "person"));
        }
        let id = self.row.id;
        self.access.db(|db| rows::assign(db, id, to))?;
        self.access
            .log(self.happened(Action::ErrandAssign, true).object("person", to));
        self.is_news_to_team()
    }
}

impl Errand<'_, Notes> {
    /// Writes an internal note: the errand's version stays, and the home sees nothing of it, its time neither.
    pub fn write(mut self, new: &NewNote) -> Result<NoteId> {
        let mut faults = Faults::default();
        let body = required(&mut faults, "body", &new.body, 1, BODY_MAX);
        faults.check()?;
        let (access, id) = (self.access, self.access.fresh_id());
        let row = NoteRow {
            id,
            board_id: self.row.board_id,
            errand_id: self.row.id,
            author_id: access.person()?,
            body: self.key.seal("note", "body", id, 1, body.expose()),
            written_at: access.now(),
        };
        access.db(|db| rows::insert_note(db, &row))?;
        access.log(self.happened(Action::NoteWrite, true).object("note", id));
        self.is_news_to_team()?;
        Ok(id)
    }
}

impl Access<'_> {
    /// Sends a message in an errand.
    pub fn reply(self, to: ErrandId, new: &NewMessage, if_match: IfMatch, once: Option<&Once>) -> Result<MessageId> {
        if let Some(made) = self.made_before(once)? {
            self.errand(to)?.acknowledged()?;
            return Ok(made);
        }
        let id = self
            .errand_for(to, Action::MessageSend)?
            .to_reply()?
            .send(new, if_match)?;
        self.remember(once, id)?;
        Ok(id)
    }

    /// Writes an internal note in an errand.
    pub fn write_note(self, on: ErrandId, new: &NewNote, once: Option<&Once>) -> Result<NoteId> {
        if let Some(made) = self.made_before(once)? {
            self.errand(on)?.acknowledged()?;
            return Ok(made);
        }
        let id = self
            .errand_for(on, Action::NoteWrite)?
            .to_notes(Action::NoteWrite)?
            .write(new)?;
        self.remember(once, id)?;
        Ok(id)
    }
}
