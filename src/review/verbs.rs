//! Reading the log, its checkpoint and key, and exporting it: each asks for the right first, and is an event itself.

use super::rows::{self, EventRow};
use super::view::{EventActor, EventView, EventWhole, LogState, SignedState};
use crate::access::{Access, Happening, Right};
use crate::app::App;
use crate::audit::extract::{self, LogHead};
use crate::audit::one;
use crate::audit::stored::Told;
use crate::audit::{Action, LogId, Outcome};
use crate::clock::Instant;
use crate::errand::ErrandNumber;
use crate::error::{Error, Result};
use crate::id::{ErrandId, EventId, HomeId, Id, PersonId, UnitId, of};
use crate::secret::Secret;
use crate::web::{Listed, Listing};
use actix_web::HttpResponse;
use actix_web::http::header;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// What a list of events is narrowed to; all that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// This instant and later.
    pub from: Option<Instant>,
    /// This instant and earlier.
    pub to: Option<Instant>,
    pub person: Option<PersonId>,
    pub errand: Option<ErrandNamed>,
    pub home: Option<HomeId>,
    pub action: Option<Action>,
    pub outcome: Option<Outcome>,
    /// Only what has its place in this epoch's log.
    pub epoch: Option<u64>,
}

/// An errand by its id, which need not exist (denials name what was asked for), or by its number.
#[derive(Debug, Clone, Copy)]
pub enum ErrandNamed {
    Id(ErrandId),
    Number(ErrandNumber),
}

/// The places to export, the last one included; without them all there are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Places {
    pub epoch: Option<u64>,
    pub from: Option<u64>,
    pub to: Option<u64>,
}

/// An export that is in the log already and may be sent.
#[derive(Debug, Clone)]
pub struct Export {
    log: LogId,
    places: Range<u64>,
}

impl Access<'_> {
    /// A page of the board's events, newest first; the ids shown are in the log.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but auditors, and the attempt is in the log.
    pub fn audit_events(self, filter: &EventFilter, listing: Listing<of::Event>) -> Result<Listed<EventView>> {
        let relation = self.require(Right::ReadLog, Action::AuditRead)?;
        let (board, errand) = (self.standing().board, self.errand_meant(filter)?);
        let window = (listing.after, listing.limit + 1);
        let mut found = self.db(|db| rows::page(db, board, (filter, errand), window))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        self.log(Happening::read(Action::AuditRead, relation).shown("event", shown));
        let last = found.last().filter(|_| more);
        Ok(Listed {
            next_cursor: last.map(|row| row.id.to_string()),
            items: self.show_events(found)?,
        })
    }

    /// The errand that a filter names, by id or number.
    pub(super) fn errand_meant(self, filter: &EventFilter) -> Result<Option<ErrandId>> {
        Ok(match filter.errand {
            Some(ErrandNamed::Number(number)) => {
                // A number of no errand finds nothing, as does an id that nothing was done to.
                Some(self.errand_numbered(number)?.unwrap_or_else(|| self.fresh_id()))
            }
            Some(ErrandNamed::Id(id)) => Some(id),
            None => None,
        })
    }

    pub(super) fn show_events(self, found: Vec<EventRow>) -> Result<Vec<EventView>> {
        let told: Vec<Told> = found
            .iter()
            .map(|row| Told::of_stored(row.core.as_deref(), row.subject.as_deref()))
            .collect();
        let units = self.units_by_id(&once(told.iter().filter_map(|told| told.unit.map(Id::of))))?;
        let beside = Beside {
            names: self.names_of(&once(found.iter().filter_map(|row| row.person)))?,
            units: units.into_iter().map(|unit| (unit.id, unit.name)).collect(),
            numbers: self.errand_numbers(&once(found.iter().filter_map(|row| row.errand)))?,
        };
        let rows = found.into_iter().zip(told);
        Ok(rows.map(|(row, told)| beside.show(row, told)).collect())
    }

    /// One event of the board whole, with what proves it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but auditors; [`Error::NotFound`].
    pub fn audit_event(self, id: EventId) -> Result<EventWhole> {
        let relation = self.require(Right::ReadLog, Action::AuditRead)?;
        let (board, keys) = (self.standing().board, self.keys()?);
        let Some(whole) = self.db(|db| one::find(db, &keys, id))? else {
            self.log(Happening::denied(Action::AuditRead).object("event", id));
            return Err(Error::NotFound);
        };
        self.log(Happening::read(Action::AuditRead, relation).object("event", id));
        let row = self.db(|db| rows::one(db, board, id))?;
        let shown = self.show_events(vec![row])?.pop().ok_or(Error::NotFound)?;
        Ok(EventWhole::of(shown, whole))
    }

    /// How many attempts were refused since then, for the page of the log.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but auditors.
    pub fn refused_since(self, since: Instant) -> Result<u64> {
        self.require(Right::ReadLog, Action::AuditRead)?;
        let board = self.standing().board;
        self.db(|db| rows::refused_since(db, board, since))
    }

    /// The newest checkpoint of a log, the whole signed note.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but auditors and the data protection officer; [`Error::NotFound`] when there is no
    /// such log or nothing of it is signed yet.
    pub fn log_checkpoint(self, epoch: Option<u64>) -> Result<String> {
        let (_, note) = self.log_head(epoch)?.checkpoint.ok_or(Error::NotFound)?;
        Ok(note)
    }

    /// The key that checks a log's signatures, as one line.
    ///
    /// # Errors
    /// As [`Access::log_checkpoint`].
    pub fn log_key(self, epoch: Option<u64>) -> Result<String> {
        Ok(format!("{}\n", self.log_head(epoch)?.vkey))
    }

    /// How the board's newest log stands.
    ///
    /// # Errors
    /// As [`Access::log_checkpoint`].
    pub fn log_state(self) -> Result<LogState> {
        let head = self.log_head(None)?;
        let root = |note: &str| note.lines().nth(2).unwrap_or_default().to_owned();
        Ok(LogState {
            epoch: head.log.epoch as u64,
            placed: head.size,
            waiting: self.db(|db| extract::waiting(db, head.log.board))?,
            signed: head.checkpoint.map(|(size, note)| SignedState {
                size,
                root: root(&note),
                note,
            }),
            key: head.vkey,
            checked: self.newest_check()?,
        })
    }

    fn log_head(self, epoch: Option<u64>) -> Result<LogHead> {
        let relation = self.require(Right::ReadCheckpoint, Action::AuditCheckpoint)?;
        let board = self.standing().board;
        let head = self.db(|db| extract::head(db, board, epoch))?;
        self.log(Happening::read(Action::AuditCheckpoint, relation));
        head.ok_or(Error::NotFound)
    }

    /// Notes an export in the log, with the number of its events; `lines` sends it, once this is durable.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but auditors; [`Error::NotFound`] when there is no such log; [`Error::Invalid`] for
    /// a last place before the first.
    pub fn export_log(self, asked: Places) -> Result<Export> {
        let relation = self.require(Right::ReadLog, Action::AuditExport)?;
        if asked.from.zip(asked.to).is_some_and(|(from, to)| from > to) {
            return Err(Error::invalid("to_index", "index-order"));
        }
        let board = self.standing().board;
        let head = self
            .db(|db| extract::head(db, board, asked.epoch))?
            .ok_or(Error::NotFound)?;
        let end = asked.to.map_or(head.size, |last| last.saturating_add(1)).min(head.size);
        let places = asked.from.unwrap_or(0).min(end)..end;
        let count = places.end - places.start;
        self.log(Happening::read(Action::AuditExport, relation).count(count));
        Ok(Export { log: head.log, places })
    }
}

/// Each id once.
fn once<T: Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    ids.collect::<BTreeSet<T>>().into_iter().collect()
}

/// What events are shown with.
struct Beside {
    names: HashMap<PersonId, Secret<String>>,
    units: HashMap<UnitId, String>,
    numbers: HashMap<ErrandId, ErrandNumber>,
}

impl Beside {
    fn show(&self, row: EventRow, told: Told) -> EventView {
        let name = row.person.and_then(|id| self.names.get(&id));
        EventView {
            event_id: row.id,
            index: row.index.map(|index| index as u64),
            at: Instant::from_micros(row.at_ms.saturating_mul(1000)),
            action: row.action.as_deref().and_then(Action::parse),
            outcome: row.outcome.as_deref().and_then(Outcome::parse),
            actor: EventActor {
                person_id: row.person,
                name: name.map(|name| name.expose().clone()),
                role: row.role,
                unit: told.unit.and_then(|id| self.units.get(&Id::of(id))).cloned(),
            },
            errand_number: row.errand.and_then(|id| self.numbers.get(&id)).copied(),
            home_id: row.home,
            object_type: told.object_type,
            object_id: told.object,
            relation: told.relation,
            reason_code: told.reason_code,
        }
    }
}

/// The lines of an export, page after page, so that memory stays flat however long the log is. Only what was counted
/// when the export was noted is sent. When a page fails the answer breaks off, and is told from a whole one by that.
fn lines(app: App, export: Export) -> impl Stream<Item = Result<Bytes>> {
    let Export { log, places } = export;
    try_unfold(places, move |places| {
        let app = app.clone();
        async move {
            if places.is_empty() {
                return Ok(None);
            }
            let read = extract::next_lines(&app.store, &app.keyring, log, places).await;
            let (lines, rest) = read.inspect_err(|cause| tracing::error!(%cause, "an export of the log broke off"))?;
            Ok(Some((Bytes::from(lines), rest)))
        }
    })
}

/// An export as the file that both faces give out.
pub fn download_of(app: &App, export: Export) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"events.jsonl\""))
        .streaming(Box::pin(lines(App::clone(app), export)))
}
