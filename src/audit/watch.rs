//! What a running process knows of the log by itself, from its own memory, where nobody who writes to the database can
//! change it: which events it has released answers on, until a checkpoint counts them; what the log did not take as it
//! was written; which rows wait for a place that they will not get; how the database differs from what the migrations
//! make. All of it ends with the process.

use super::entry::Entry;
use super::merkle::Hash;
use crate::db::schema::{audit_checkpoint, audit_event, audit_pending, audit_seq};
use crate::db::structure::{self, Compared};
use crate::db::types::RawId;
use crate::db::{Db, Keep, Store, filled_up};
use crate::error::{Error, Result};
use crate::id::{BoardId, EventId, Id};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Events of released answers that are remembered at most. They are looked for every second, so that this is reached
/// only while the log gets no places or no checkpoints, which is told by itself.
const MOST_REMEMBERED: usize = 50_000;
/// Those looked for with one statement.
pub(super) const AT_ONCE: usize = 256;

/// An event that an answer was released on.
#[derive(Debug, Clone, Copy)]
pub struct Trace {
    board: BoardId,
    event: EventId,
    leaf_hash: Hash,
}

impl Trace {
    pub fn of(board: BoardId, entry: &Entry) -> Trace {
        Trace {
            board,
            event: Id::of(entry.id),
            leaf_hash: entry.leaf.hash(),
        }
    }
}

/// What this process keeps an eye on.
#[derive(Default)]
pub struct Watch(Mutex<State>);

#[derive(Default)]
struct State {
    released: BTreeMap<BoardId, VecDeque<Trace>>,
    /// Whether some had to be forgotten since the last time all were found.
    overflowed: bool,
    stopped: BTreeMap<BoardId, String>,
    refused: Option<String>,
    aside: Arc<HashSet<RawId>>,
    structure: Option<String>,
}

impl Watch {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers events whose answers are being released.
    pub fn released(&self, traces: &[Trace]) {
        let mut state = self.state();
        for trace in traces {
            state.released.entry(trace.board).or_default().push_back(*trace);
        }
        let mut many = state.released.values().map(VecDeque::len).sum::<usize>();
        while many > MOST_REMEMBERED {
            // Of the board that has most, so that one cannot crowd out another's.
            let of_boards = state.released.values_mut();
            if let Some(most) = of_boards.max_by_key(|of_board| of_board.len()) {
                most.pop_front();
            }
            many -= 1;
            if !std::mem::replace(&mut state.overflowed, true) {
                tracing::error!("more events wait for a checkpoint than are remembered; the oldest are not looked for");
            }
        }
    }

    /// # Errors
    /// [`Error::LogNotKept`] when the board's log has lost what an answer was released on.
    pub fn require_whole(&self, board: BoardId) -> Result<()> {
        match self.state().stopped.get(&board) {
            Some(words) => Err(Error::LogNotKept(words.clone())),
            None => Ok(()),
        }
    }

    /// # Errors
    /// [`Error::LogNotKept`] when the log of any board has.
    pub(super) fn require_all_whole(&self) -> Result<()> {
        let words = self.state().stopped.values().next().cloned();
        words.map_or(Ok(()), |words| Err(Error::LogNotKept(words)))
    }

    /// Notes an error, if it is one of a log that did not take what was written.
    pub fn tell(&self, cause: &Error) {
        if let Error::LogNotKept(words) = cause {
            let mut state = self.state();
            if state.stopped.values().any(|stopped| stopped == words) {
                return; // told already, and each act of the board ends so
            }
            // The keeper meets the same again several times a second.
            if state.refused.as_ref() != Some(words) {
                tracing::error!(
                    words,
                    "the log did not take what was written; it is not done and nothing is shown"
                );
                state.refused = Some(words.clone());
            }
        }
    }

    /// Rows of `audit_pending` that are known to get no place.
    pub(super) fn aside(&self) -> Arc<HashSet<RawId>> {
        self.state().aside.clone()
    }

    /// Notes rows that get no place, each told once.
    pub(super) fn set_aside(&self, rows: Vec<(RawId, String)>) {
        let mut state = self.state();
        for (id, words) in rows {
            if Arc::make_mut(&mut state.aside).insert(id.clone()) {
                tracing::error!(event = %id, words, "an event gets no place in the log, for it is not as this program writes them");
            }
        }
    }

    /// Forgets rows that were set aside and wait no more.
    pub(super) fn still_aside(&self, waiting: HashSet<RawId>) {
        let mut state = self.state();
        if *state.aside != waiting {
            state.aside = Arc::new(waiting);
        }
    }

    /// Notes what differs in the database from what the migrations make.
    fn compared(&self, compared: &Compared) {
        let words = match compared {
            Compared::With(differs) => (!differs.is_empty()).then(|| structure::told(differs)),
            Compared::OtherVersion(words) => Some(words.clone()),
            Compared::NotKept(_) => None,
        };
        let mut state = self.state();
        if let Some(words) = words.as_ref().filter(|words| state.structure.as_ref() != Some(*words)) {
            tracing::error!(words, "the database is not what this program's migrations make");
        }
        state.structure = words;
    }

    /// How the database differs from what the migrations make.
    pub fn structure(&self) -> Option<String> {
        self.state().structure.clone()
    }

    /// What is wrong with the log, as far as this process has seen.
    pub fn trouble(&self) -> Option<String> {
        let state = self.state();
        let aside = (!state.aside.is_empty()).then(|| format!("{} events get no place in the log", state.aside.len()));
        let stopped = state.stopped.values().next().cloned();
        stopped.or_else(|| state.refused.clone()).or(aside)
    }

    pub(super) fn remembered(&self) -> Vec<(BoardId, Vec<Trace>)> {
        let state = self.state();
        let all = state.released.iter().filter(|(_, traces)| !traces.is_empty());
        all.map(|(board, traces)| (*board, traces.iter().copied().collect()))
            .collect()
    }

    pub(super) fn looked(&self, board: BoardId, found: &HashMap<EventId, Found>) {
        let mut state = self.state();
        for (event, found) in found {
            if let Found::Lost(how) = found {
                let words = format!("board {board}: event {event}, on which an answer was released, {how}");
                tracing::error!(%board, %event, how, "the log has lost what an answer was released on; the board is stopped");
                state.stopped.entry(board).or_insert(words);
            }
        }
        if let Some(traces) = state.released.get_mut(&board) {
            traces.retain(|trace| !matches!(found.get(&trace.event), Some(Found::Signed | Found::Lost(_))));
        }
        let remembers = state.released.values().any(|traces| !traces.is_empty());
        state.overflowed &= remembers;
    }
}

/// Where an event was found.
pub(super) enum Found {
    /// A checkpoint counts it.
    Signed,
    /// It has its place, or waits for it.
    There,
    Lost(&'static str),
}

/// Compares the database with what the migrations make.
///
/// # Errors
/// When the database does not answer.
pub async fn look_at_structure(store: &Store, watch: &Watch) -> Result<()> {
    watch.compared(&structure::look(store).await?);
    Ok(())
}

/// Looks for events, whoever has sequenced them.
pub(super) fn look(db: &mut Db, board: BoardId, traces: &[Trace]) -> Result<HashMap<EventId, Found>> {
    let ids: Vec<EventId> = traces.iter().map(|trace| trace.event).collect();
    let placed: Vec<(RawId, i64, i64, Vec<u8>)> = audit_seq::table
        .filter(audit_seq::event_id.eq_any(filled_up(&ids)))
        .filter(audit_seq::board_id.eq(board))
        .select((
            audit_seq::event_id,
            audit_seq::epoch,
            audit_seq::leaf_index,
            audit_seq::leaf_hash,
        ))
        .kept()
        .load(db)?;
    let mut signed = HashMap::new();
    for epoch in placed.iter().map(|(_, epoch, ..)| *epoch).collect::<HashSet<i64>>() {
        signed.insert(epoch, signed_up_to(db, board, epoch)?);
    }
    let placed: HashMap<_, _> = placed
        .into_iter()
        .map(|(id, epoch, at, hash)| (id, (epoch, at, hash)))
        .collect();
    let mut found = HashMap::new();
    let mut rest = Vec::new();
    for trace in traces {
        let Some((epoch, index, hash)) = placed.get(&RawId::from(trace.event)) else {
            rest.push(trace.event);
            continue;
        };
        let how = if hash[..] != trace.leaf_hash[..] {
            Found::Lost("has its place with other content")
        } else if signed.get(epoch).is_some_and(|size| index < size) {
            Found::Signed
        } else {
            Found::There
        };
        found.insert(trace.event, how);
    }
    if rest.is_empty() {
        return Ok(found);
    }
    let waiting: Vec<(RawId, Option<RawId>)> = audit_pending::table
        .left_join(audit_event::table.on(audit_event::id.eq(audit_pending::event_id)))
        .filter(audit_pending::event_id.eq_any(filled_up(&rest)))
        .filter(audit_pending::board_id.eq(board))
        .select((audit_pending::event_id, audit_event::id.nullable()))
        .kept()
        .load(db)?;
    let waiting: HashMap<RawId, Option<RawId>> = waiting.into_iter().collect();
    for event in rest {
        let how = match waiting.get(&RawId::from(event)) {
            Some(Some(_)) => Found::There,
            Some(None) => Found::Lost("waits for its place and is gone"),
            None => Found::Lost("is neither in the log nor among those that wait"),
        };
        found.insert(event, how);
    }
    Ok(found)
}

/// How many events of a log its newest checkpoint counts.
fn signed_up_to(db: &mut Db, board: BoardId, epoch: i64) -> Result<i64> {
    let of_log = audit_checkpoint::board_id
        .eq(board)
        .and(audit_checkpoint::epoch.eq(epoch));
    let newest: Option<i64> = audit_checkpoint::table
        .filter(of_log)
        .select(audit_checkpoint::size)
        .order(audit_checkpoint::size.desc())
        .first(db)
        .optional()?;
    Ok(newest.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_one_board_does_not_crowd_out_another() {
        let trace = |board: u128| Trace {
            board: Id::of(uuid::Uuid::from_u128(board)),
            event: Id::of(uuid::Uuid::from_u128(7)),
            leaf_hash: [0; 32],
        };
        let watch = Watch::default();
        watch.released(&[trace(1)]);
        watch.released(&vec![trace(2); MOST_REMEMBERED + 5]);
        let remembered = watch.remembered();
        let counts: Vec<usize> = remembered.iter().map(|(_, traces)| traces.len()).collect();
        assert_eq!(counts, [1, MOST_REMEMBERED - 1]);
    }
}
