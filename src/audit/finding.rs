//! What a verification finds, in plain sentences.

use std::fmt;

use uuid::Uuid;

use super::leaf::Part;
use super::note::NoteError;

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The event concerned, where one can be named.
    pub event_id: Option<Uuid>,
    /// Its place in the log, counted from 0, where it has one.
    pub index: Option<u64>,
    pub what: FindingKind,
}

/// The ways in which a log can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindingKind {
    /// A part's text or salt is not the one committed to.
    PartChanged(Part),
    /// A text without its salt, or a salt without its text.
    HalfErased(Part),
    /// A part is missing and no order to erase it stands in the log.
    ErasedUnordered(Part),
    /// A part was taken for lawfully erased by an order that is not in the log after all.
    OrderNotInLog,
    /// An `audit.erase` event that does not say what it must.
    OrderInvalid(&'static str),
    /// The three commitments are not there, or not all of them.
    CommitmentsLost,
    /// The three commitments are not those of the leaf.
    CommitmentsChanged,
    /// The leaf does not have the form of one.
    LeafMalformed,
    /// The leaf is that of another event.
    LeafOfOther(Uuid),
    /// The instant is not the leaf's.
    TimeChanged,
    /// The event is over an hour older than those before it in the log.
    BackDated,
    /// The hash under which the event was sequenced is not its leaf's.
    LeafHashChanged,
    /// A text cannot be read.
    Unreadable(&'static str),
    /// A column to filter by does not say what the text says.
    Column(&'static str),
    /// The event was sequenced, but its row is gone.
    EventLost,
    /// Nothing stands at these indexes, the last included.
    Gap { last: u64 },
    /// The index comes again or too late.
    OutOfPlace,
    /// A later epoch's first event does not quote the checkpoint before it.
    NoOpening,
    /// An epoch's first event names another key than the one given.
    OpeningOfOtherKey,
    /// The verifier key is another log's.
    KeyOfOtherLog,
    /// A checkpoint is not acceptable.
    Checkpoint(Option<u64>, NoteError),
    /// A checkpoint is filed under a size that is not its own.
    CheckpointMisfiled { filed: u64, size: u64 },
    /// The events up to `size` do not give the checkpoint's root; those up to `agreed` gave theirs.
    /// `suspects` are the first events between the two.
    RootDiffers {
        agreed: u64,
        size: u64,
        suspects: Vec<Uuid>,
    },
    /// `count` checkpoints, the largest of `size`, were signed over more events than there are.
    TailCut { count: usize, size: u64 },
    /// The stored tree is not the one the events give.
    TreeDiffers(&'static str),
    /// No stored tree.
    TreeLost,
    /// The right edge stored beside the checkpoint of that size is not the events'.
    CheckpointFrontier(u64),
    /// So many seconds ago the first of the events was written that no checkpoint counts yet, up to `size`.
    Unsigned { size: u64, seconds: u64 },
    /// More rows than places: some index is there twice, or is none.
    RowsToSpare(u64),
    /// What the log itself is made of does not hold together.
    LogRow(&'static str),
    /// The board has no log.
    NoLog,
    /// A log between or before those that are there.
    EpochLost(u64),
    /// A checkpoint was kept of a log of this board that is not there.
    LogLost(String),
    /// The event's row says that it is another board's.
    OfOtherBoard,
    /// The salts do not open, or are not as many as the parts.
    SaltsSealed,
    /// The event stands neither in the log nor among those that wait for their places.
    Unplaced,
    /// It stands in the log more than once.
    PlacedTwice,
    /// It waits for its place, but there is no such event.
    PendingLost,
    /// It waits for its place and has one.
    PendingPlaced,
    /// It has waited so many seconds for its place.
    PendingLong(u64),
    /// The table has a row of a board or of a log that is not there.
    Stray(&'static str),
    /// The board's keys do not open under the root key, which is the right one.
    BoardKeys,
    /// The database is not what the migrations make.
    Structure(String),
    /// The database's own words about its file.
    Damaged(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.event_id, self.index) {
            (Some(id), Some(index)) => write!(f, "event {id} (index {index}): {}", self.what),
            (Some(id), None) => write!(f, "event {id}: {}", self.what),
            (None, Some(index)) => write!(f, "index {index}: {}", self.what),
            (None, None) => write!(f, "{}", self.what),
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use FindingKind as K;
        match self {
            K::PartChanged(part) => write!(f, "the {} was changed, or its salt", part.as_str()),
            K::HalfErased(part) => write!(f, "text or salt of the {} is missing", part.as_str()),
            K::ErasedUnordered(part) => {
                write!(
                    f,
                    "the {} is erased and no order for it stands in the log",
                    part.as_str()
                )
            }
            K::OrderNotInLog => f.write_str("parts are erased by this order, which is not in the log"),
            K::OrderInvalid(what) | K::Unreadable(what) => f.write_str(what),
            K::CommitmentsLost => f.write_str("the commitments to its parts are missing"),
            K::CommitmentsChanged => f.write_str("the commitments to its parts are not the leaf's"),
            K::LeafMalformed => f.write_str("the leaf is malformed"),
            K::LeafOfOther(id) => write!(f, "the leaf is that of event {id}"),
            K::TimeChanged => f.write_str("its time was changed"),
            K::BackDated => f.write_str("it is dated over an hour before the events it follows"),
            K::LeafHashChanged => f.write_str("the leaf is not the one that was sequenced"),
            K::Column(name) => write!(f, "the column {name} does not say what the event says"),
            K::EventLost => f.write_str("the event was deleted"),
            K::Gap { last } => write!(f, "no event stands here or on to index {last}"),
            K::OutOfPlace => f.write_str("the event is out of its place"),
            K::NoOpening => f.write_str("the epoch does not begin by quoting the one before it"),
            K::OpeningOfOtherKey => f.write_str("the epoch begins by naming another key"),
            K::KeyOfOtherLog => f.write_str("the verifier key is that of another log"),
            K::Checkpoint(Some(size), error) => write!(f, "checkpoint of size {size}: {error}"),
            K::Checkpoint(None, error) => write!(f, "a checkpoint: {error}"),
            K::CheckpointMisfiled { filed, size } => {
                write!(f, "the checkpoint filed under size {filed} is of size {size}")
            }
            K::RootDiffers { agreed, size, suspects } => {
                write!(f, "the first {size} events are not those that were signed: ")?;
                write!(f, "changed, added or removed from index {agreed} on")?;
                write_suspects(f, size - agreed, suspects)
            }
            K::TailCut { count, size } => {
                write!(
                    f,
                    "the end is cut off: {count} checkpoints count more events, up to {size}"
                )
            }
            K::TreeDiffers(what) => write!(f, "the stored tree's {what} is not that of the events"),
            K::Unsigned { size, seconds } => {
                write!(
                    f,
                    "no checkpoint counts the events from here to {size}, the first {seconds} s old"
                )
            }
            K::RowsToSpare(count) => write!(f, "the log has {count} rows more than places"),
            K::LogRow(what) => write!(f, "the log does not hold together: {what}"),
            K::EpochLost(epoch) => write!(f, "the log of epoch {epoch} is missing"),
            K::LogLost(origin) => write!(f, "a checkpoint was kept of the log {origin}, which is missing"),
            K::CheckpointFrontier(size) => {
                write!(
                    f,
                    "the edge of the tree beside the checkpoint of size {size} was changed"
                )
            }
            K::PendingLong(seconds) => write!(f, "it has waited {seconds} s for its place in the log"),
            K::Stray(table) => write!(f, "a row of {table} belongs to no log that is there"),
            K::Damaged(words) => write!(f, "the database says of its file: {words}"),
            K::BoardKeys => {
                f.write_str("the board's keys do not open under the root key: they were changed or swapped")
            }
            K::Structure(words) => write!(f, "the database is not what the migrations make: it {words}"),
            K::TreeLost => f.write_str("the stored tree is missing"),
            K::NoLog => f.write_str("the board has no log"),
            K::OfOtherBoard => f.write_str("its row names another board than that of the log"),
            K::SaltsSealed => f.write_str("its salts do not open, or are not those of its parts"),
            K::Unplaced => f.write_str("it stands neither in the log nor among those that wait for their places"),
            K::PlacedTwice => f.write_str("it stands in the log more than once"),
            K::PendingLost => f.write_str("it waits for its place in the log, but the event is gone"),
            K::PendingPlaced => f.write_str("it waits for its place in the log though it has one"),
        }
    }
}

fn write_suspects(f: &mut fmt::Formatter<'_>, all: u64, suspects: &[Uuid]) -> fmt::Result {
    for (number, id) in suspects.iter().enumerate() {
        write!(f, "{} {id}", if number == 0 { "; among" } else { "," })?;
    }
    match all.saturating_sub(suspects.len() as u64) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}
