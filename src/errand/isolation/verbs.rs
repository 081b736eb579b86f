//! Reporting what lies in the wrong place, taking it out of view, and letting it be seen again.

use super::rows::{self, IsolationRow, ReportRow};
use super::view::{IsolationView, Reported};
use super::{Item, ItemKind};
use crate::access::{Access, Happening, Once, Side};
use crate::audit::Action;
use crate::clock::Instant;
use crate::errand::capability::{Errand, Isolating, Reporting};
use crate::errand::rows as errands;
use crate::errand::typed::{optional, required};
use crate::error::{Error, Faults, Result};
use crate::id::{ErrandId, FileId, Id, IncidentId, IsolationId, MessageId, PersonId};
use crate::incident::Discovered;
use crate::secret::SecretText;
use crate::web::IfMatch;
use serde::Deserialize;

/// Characters of what a report says, and of a reason.
const WORDS_MAX: usize = 1_000;

/// That a file or message lies in the wrong place.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// This or `message_id`.
    pub file_id: Option<FileId>,
    pub message_id: Option<MessageId>,
    /// What is wrong, at most 1 000 characters.
    #[schema(max_length = 1000)]
    pub words: Option<SecretText>,
}

/// What is to be taken out of view.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIsolation {
    /// This or `message_id`.
    pub file_id: Option<FileId>,
    /// A message goes with all its files, the first of an errand with its subject too.
    pub message_id: Option<MessageId>,
    /// 1–1 000 characters. The team reads it.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: SecretText,
}

impl Access<'_> {
    /// Says that a file or message of an errand lies in the wrong place, and tells whoever takes the errand.
    ///
    /// # Errors
    /// As [`Access::errand_for`]; [`Error::NotFound`] for an item that one does not see in the errand;
    /// [`Error::Invalid`]; [`Error::Conflict`] for one that is out of view already, or that one has reported before.
    pub fn report_wrong(self, on: ErrandId, new: &NewReport, once: Option<&Once>) -> Result<Reported> {
        let item = Item::of(new.file_id, new.message_id)?;
        let seen = self.errand_for(on, Action::ItemReport)?;
        if let Some(made) = self.made_before(once)? {
            self.log(seen.looked(Action::ErrandRead));
            return seen.reported(made);
        }
        let reported = seen.to_report()?.report(item, new.words.as_ref())?;
        self.remember(once, reported.id)?;
        Ok(reported)
    }

    /// Takes a file or message of an errand out of view, and opens an incident for it.
    ///
    /// # Errors
    /// As [`Access::errand_for`]; [`Error::Forbidden`] for whoever does not handle the errand; [`Error::NotFound`] for
    /// an item that is not in it; [`Error::Invalid`]; [`Error::Conflict`] for what is out of view already.
    pub fn isolate(self, on: ErrandId, new: &NewIsolation, once: Option<&Once>) -> Result<IsolationView> {
        let item = Item::of(new.file_id, new.message_id)?;
        let seen = self.errand_for(on, Action::ItemIsolate)?;
        let grant = seen.to_isolate()?;
        if let Some(made) = self.made_before(once)? {
            self.log(grant.happened(Action::ErrandRead, false));
            return grant.isolation(made);
        }
        let made = grant.isolate(item, &new.reason)?;
        self.remember(once, made)?;
        self.errand_for(on, Action::ItemIsolate)?.isolation(made)
    }

    /// Lets what an incident took out of view be seen again; whether it was out of view. The incident's own module has
    /// asked for the right and logs the act.
    pub(crate) fn show_again(self, incident: IncidentId, errand: ErrandId, reason: &SecretText) -> Result<bool> {
        let (board, me, now) = (self.standing().board, self.person()?, self.now());
        let row = self.db(|db| errands::lock(db, board, errand))?;
        let Some(id) = self.db(|db| rows::of_incident(db, incident))? else {
            return Ok(false);
        };
        let key = self.keys()?.row_key("errand", errand.uuid(), &row.wrapped_key)?;
        let why = key.seal("isolation", "lift_reason", id, 1, reason.expose());
        self.db(|db| rows::lift(db, id, (me, why), now))?;
        self.db(|db| errands::moved(db, errand, &row.state, row.version + 1, now))?;
        self.tell(&self.who_takes(row.facts())?)?;
        Ok(true)
    }
}

impl<Grant> Errand<'_, Grant> {
    /// That the item lies in the errand, and is shown to the one who asks.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is not shown, exactly as for an id that is none; the attempt stands in the log as
    /// `action`.
    fn check_item(&self, item: Item, action: Action) -> Result<()> {
        let (access, errand) = (self.access, self.row.id);
        let is_shown = match item {
            Item::File(id) => {
                let files = access.files_of(errand, &self.key)?;
                files.get(&id).is_some_and(|(message, _)| self.shows_file_of(*message))
            }
            Item::Message(id) => access
                .db(|db| errands::message(db, id))?
                .is_some_and(|row| row.errand_id == errand && self.shows_message(&row)),
        };
        if is_shown {
            return Ok(());
        }
        let tried = Happening::denied(action).errand(errand).home(Some(self.row.home_id));
        access.log(tried.object(item.kind().as_str(), Id::<()>::of(item.uuid())));
        Err(Error::NotFound)
    }

    /// Since when an item, or the message it came with, is out of view.
    fn hides(&self, item: Item) -> Result<bool> {
        let hidden = self.hidden()?;
        Ok(match item {
            Item::Message(id) => hidden.since(id).is_some(),
            Item::File(id) => {
                let files = self.access.files_of(self.row.id, &self.key)?;
                let message = files.get(&id).and_then(|(message, _)| *message);
                hidden.file_since(id, message).is_some()
            }
        })
    }

    /// The reports of an item since it was last seen again.
    fn reports_of(&self, item: Item) -> Result<Vec<ReportRow>> {
        let errand = self.row.id;
        let before = self.access.db(|db| rows::all(db, errand))?;
        let before = before.iter().filter(|row| row.item_id.uuid() == item.uuid());
        let lifted: Option<Instant> = before.filter_map(|row| self.shown_time(row.lifted_at)).max();
        let mut found = self.access.db(|db| rows::reports(db, errand))?;
        found.retain(|row| row.item_id.uuid() == item.uuid() && lifted.is_none_or(|lifted| row.reported_at > lifted));
        Ok(found)
    }
}

impl Errand<'_, Reporting> {
    fn report(mut self, item: Item, words: Option<&SecretText>) -> Result<Reported> {
        let mut faults = Faults::default();
        self.check_item(item, Action::ItemReport)?;
        let words = optional(&mut faults, "words", words, WORDS_MAX);
        faults.check()?;
        let (access, me) = (self.access, self.access.person()?);
        if self.hides(item)? || self.reports_of(item)?.iter().any(|row| row.reported_by == me) {
            return Err(Error::Conflict("exists"));
        }
        let id = access.fresh_id();
        let row = ReportRow {
            id,
            board_id: self.row.board_id,
            errand_id: self.row.id,
            item_kind: item.kind().as_str().into(),
            item_id: Id::of(item.uuid()),
            side: self.side().as_str().into(),
            words: words.map(|words| self.key.seal("wrong_report", "words", id, 1, words.expose())),
            reported_by: me,
            reported_at: access.now(),
        };
        access.db(|db| rows::insert_report(db, &row))?;
        access.log(
            self.happened(Action::ItemReport, true)
                .object(item.kind().as_str(), row.item_id),
        );
        let mut told = access.who_takes(self.row.facts())?;
        told.retain(|one| *one != me);
        self.is_news_to_team()?;
        access.tell(&told)?;
        Ok(Reported {
            id,
            reported_at: row.reported_at,
        })
    }
}

impl Errand<'_, Isolating> {
    fn isolate(mut self, item: Item, reason: &SecretText) -> Result<IsolationId> {
        let mut faults = Faults::default();
        self.check_item(item, Action::ItemIsolate)?;
        let reason = required(&mut faults, "reason", reason, 1, WORDS_MAX);
        faults.check()?;
        if self.hides(item)? {
            return Err(Error::Conflict("exists"));
        }
        let (access, me, errand) = (self.access, self.access.person()?, self.row.id);
        let first = access.db(|db| errands::messages(db, errand))?;
        let is_first = first.first().map(|message| message.id.uuid()) == Some(item.uuid());
        let (at, by, side) = self.discovered(item, me)?;
        let incident = access.open_incident(Discovered {
            errand,
            home: self.row.home_id,
            unit: access.unit_of(self.row.facts())?,
            item: item.kind(),
            at,
            by,
            side,
        })?;
        let id = access.fresh_id();
        let row = IsolationRow {
            id,
            board_id: self.row.board_id,
            errand_id: errand,
            incident_id: incident,
            item_kind: item.kind().as_str().into(),
            item_id: Id::of(item.uuid()),
            with_subject: item.kind() == ItemKind::Message && is_first,
            reason: self.key.seal("isolation", "reason", id, 1, reason.expose()),
            reported_at: at,
            isolated_by: me,
            isolated_at: access.now(),
            lifted_by: None,
            lift_reason: None,
            lifted_at: None,
        };
        access.db(|db| rows::insert(db, &row))?;
        access.log(self.happened(Action::ItemIsolate, true).object("incident", incident));
        // The errand is another than it was, to its home too: pages made before are stale.
        let caught_up = self.caught_up(IfMatch(None))?;
        self.enter(self.state()?)?;
        self.keep_up(caught_up)?;
        Ok(id)
    }

    /// When the board came to know of it, by whom: the clock of GDPR art. 33 runs from the first report, whenever the
    /// item is taken out of view.
    fn discovered(&self, item: Item, me: PersonId) -> Result<(Instant, PersonId, Side)> {
        let first = self.reports_of(item)?.into_iter().next();
        Ok(first.map_or((self.access.now(), me, Side::Team), |row| {
            (row.reported_at, row.reported_by, Side::read(&row.side))
        }))
    }
}
