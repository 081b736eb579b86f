//! Verification of a whole log of one epoch: every event, the tree over them, every checkpoint.
//!
//! The caller reads the tables (or an export) in one consistent view and feeds them here; nothing is
//! kept but the tree's right edge, so a log of any length can be checked. Checkpoints that agree with
//! prefixes of one and the same tree are consistent with each other: no proofs between them are
//! needed. What the tables hold beside the log (events neither sequenced nor pending, events pending
//! too long, the seals of salts) is the caller's to find.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::erase::EraseOrder;
use super::event::Action;
use super::finding::{Finding, FindingKind};
use super::leaf::Part;
use super::merkle::{Frontier, Hash};
use super::note::{Checkpoint, Origin, VerifierKey};
use super::stored::{Opening, Stored};

/// An event may be sequenced late and clocks may differ, but not by this much, in milliseconds. The
/// heartbeat is hourly, so every honest event has a neighbour closer than that.
const BACK_DATED_MS: u64 = 3_600_000;

/// How many events are named when a checkpoint's root does not come out.
const MOST_SUSPECTS: usize = 32;

/// One place in the log: a row of `audit_seq` with the event that belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Counted from 0 in each epoch.
    pub index: u64,
    pub event_id: Uuid,
    /// The hash under which it was sequenced; `None` in an export, which has none.
    pub leaf_hash: Option<&'a [u8]>,
    /// `None` when no event of that id is there.
    pub event: Option<Stored<'a>>,
}

/// The row of `audit_tree`.
#[derive(Debug, Clone, Copy)]
pub struct StoredTree<'a> {
    pub size: u64,
    pub root: &'a [u8],
    pub frontier: &'a [u8],
}

/// What came out.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Empty when nothing is wrong.
    pub findings: Vec<Finding>,
    /// How many rows were read.
    pub rows: u64,
    /// How many of them could not be checked against their texts because their salts could not be opened.
    pub unopened: u64,
    /// The root over all rows; `None` when a gap made it impossible to tell.
    pub root: Option<Hash>,
    /// The size of the largest checkpoint that agreed; events beyond it are not signed yet.
    pub checkpoint: Option<u64>,
    /// The orders to erase that stand in this log, to be given to the verifiers of earlier epochs.
    pub orders: Vec<EraseOrder>,
    /// What the first event of a later epoch quotes, to be held against the epoch before.
    pub opening: Option<Opening>,
}

/// Checks one log, fed in this order: [`order`](Self::order) and [`checkpoint`](Self::checkpoint) as
/// often as there are any, [`row`](Self::row) for each in index order, [`finish`](Self::finish). A
/// checkpoint may come as late as just before the row that completes its size.
pub struct Verifier {
    key: VerifierKey,
    verdict: Verdict,
    /// `None` once a gap was met.
    tree: Option<Frontier>,
    /// The index that must come next.
    next: u64,
    /// The roots still to be met, by size.
    due: BTreeMap<u64, BTreeSet<Hash>>,
    /// The first events since the last checkpoint that agreed.
    suspects: Vec<Uuid>,
    diverged: bool,
    latest_ms: u64,
    orders: Vec<EraseOrder>,
    /// Those of this epoch that a missing part relied on, by their place in `orders`.
    relied_on: BTreeSet<usize>,
}

impl Verifier {
    /// Begins with the empty log. The origin comes from the configuration, the key from wherever the
    /// reader trusts it to be.
    pub fn new(origin: &Origin, key: VerifierKey) -> Self {
        let mut verifier = Self {
            key,
            verdict: Verdict::default(),
            tree: Some(Frontier::new()),
            next: 0,
            due: BTreeMap::new(),
            suspects: Vec::new(),
            diverged: false,
            latest_ms: 0,
            orders: Vec::new(),
            relied_on: BTreeSet::new(),
        };
        if verifier.key.origin() != origin {
            verifier.find(None, None, FindingKind::KeyOfOtherLog);
        }
        verifier
    }

    /// Takes an order to erase: of a later epoch as its verification gave it, or of this epoch as
    /// the tables have it, which is believed only if it is met again among the rows.
    pub fn order(&mut self, order: EraseOrder) {
        self.orders.push(order);
    }

    /// Takes a checkpoint, stored or a witness's; `filed_under` is the size it is stored by.
    pub fn checkpoint(&mut self, filed_under: Option<u64>, note: &str) {
        match Checkpoint::parse_and_verify(note, &self.key) {
            Ok(Checkpoint { size, root, .. }) => {
                if let Some(filed) = filed_under.filter(|filed| *filed != size) {
                    self.find(None, None, FindingKind::CheckpointMisfiled { filed, size });
                }
                self.due.entry(size).or_default().insert(root);
                self.meet_checkpoint();
            }
            Err(error) => self.find(None, None, FindingKind::Checkpoint(filed_under, error)),
        }
    }

    /// Takes the next row.
    pub fn row(&mut self, row: &Row<'_>) {
        self.verdict.rows += 1;
        self.place(row);
        let mut found = Vec::new();
        let computed = match &row.event {
            Some(event) => {
                self.verdict.unopened += u64::from(event.salts.is_none());
                self.erased(row, event, &mut found);
                self.special(row, event, &mut found);
                let computed = event.check(row.event_id, &mut found);
                // The instant of a row that was changed says nothing about when it was written.
                if found.is_empty() {
                    found.extend(self.dated(event.at_ms));
                }
                computed
            }
            None => {
                found.push(FindingKind::EventLost);
                None
            }
        };
        let sequenced = row.leaf_hash.and_then(|hash| Hash::try_from(hash).ok());
        if row.leaf_hash.is_some() && computed.is_some() && sequenced != computed {
            found.push(FindingKind::LeafHashChanged);
        }
        for what in found {
            self.find(Some(row.event_id), Some(row.index), what);
        }
        // The hash as sequenced goes first: then a changed event is one finding and not a whole broken tree.
        self.grow(row.event_id, sequenced.or(computed));
    }

    /// The tree over the rows so far; `None` once a gap made it impossible to tell.
    pub fn tree(&self) -> Option<&Frontier> {
        self.tree.as_ref()
    }

    /// The size of the largest checkpoint so far that agreed.
    pub fn agreed(&self) -> Option<u64> {
        self.verdict.checkpoint
    }

    /// Hands over what was found so far, so that a log of any length can be wrong all over.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.verdict.findings)
    }

    /// Compares the end with the checkpoints left and with the stored tree, where there is one.
    pub fn finish(mut self, stored: Option<&StoredTree<'_>>) -> Verdict {
        for at in std::mem::take(&mut self.relied_on) {
            let order = &self.orders[at];
            if !self.verdict.orders.contains(order) {
                let (id, index) = (order.event_id, order.index);
                self.find(Some(id), Some(index), FindingKind::OrderNotInLog);
            }
        }
        if let Some(tree) = self.tree.take() {
            if let Some((&size, _)) = self.due.last_key_value() {
                let count = self.due.len();
                self.find(None, None, FindingKind::TailCut { count, size });
            }
            if let Some(stored) = stored {
                self.compare(&tree, stored);
            }
            self.verdict.root = Some(tree.root());
        }
        self.verdict
    }

    fn find(&mut self, event_id: Option<Uuid>, index: Option<u64>, what: FindingKind) {
        self.verdict.findings.push(Finding { event_id, index, what });
    }

    /// Whether the row stands where the one before it left off.
    fn place(&mut self, row: &Row<'_>) {
        if row.index > self.next {
            let last = row.index - 1;
            self.find(None, Some(self.next), FindingKind::Gap { last });
            self.tree = None;
        } else if row.index < self.next {
            self.find(Some(row.event_id), Some(row.index), FindingKind::OutOfPlace);
            self.tree = None;
        }
        self.next = self.next.max(row.index.saturating_add(1));
    }

    /// Whether every missing part was ordered to be erased.
    fn erased(&mut self, row: &Row<'_>, event: &Stored<'_>, found: &mut Vec<FindingKind>) {
        let epoch = self.key.origin().epoch();
        let missing = Part::ALL
            .into_iter()
            .zip(event.texts)
            .filter(|(_, text)| text.is_none());
        for (part, _) in missing {
            match self
                .orders
                .iter()
                .position(|order| order.covers(epoch, row.index, part))
            {
                Some(at) if self.orders[at].epoch == epoch => {
                    self.relied_on.insert(at);
                }
                Some(_) => {}
                None => found.push(FindingKind::ErasedUnordered(part)),
            }
        }
    }

    /// Reads the events that speak about the log itself: orders to erase, and the opening of an epoch.
    fn special(&mut self, row: &Row<'_>, event: &Stored<'_>, found: &mut Vec<FindingKind>) {
        let epoch = self.key.origin().epoch();
        let [core, _, subject] = event.texts;
        // Cheaper than parsing every core; this program writes its actions without escapes.
        if core.is_some_and(|core| core.contains(Action::AuditErase.as_str())) {
            match EraseOrder::of_stored(row.event_id, (epoch, row.index), core, subject) {
                Ok(order) => self.verdict.orders.extend(order),
                Err(what) => found.push(FindingKind::OrderInvalid(what.0)),
            }
        }
        if row.index == 0 && epoch > 1 {
            match Opening::of_stored(core, subject) {
                Some(opening) => {
                    let names = opening.log_key.as_ref();
                    if names.is_some_and(|key| *key != self.key.to_string()) {
                        found.push(FindingKind::OpeningOfOtherKey);
                    }
                    self.verdict.opening = Some(opening);
                }
                None => found.push(FindingKind::NoOpening),
            }
        }
    }

    fn dated(&mut self, at_ms: u64) -> Option<FindingKind> {
        let late = at_ms.saturating_add(BACK_DATED_MS) < self.latest_ms;
        // A clock set back is found once, not with every event until it has caught up.
        self.latest_ms = if late { at_ms } else { self.latest_ms.max(at_ms) };
        late.then_some(FindingKind::BackDated)
    }

    fn grow(&mut self, event_id: Uuid, hash: Option<Hash>) {
        match (&mut self.tree, hash) {
            (Some(tree), Some(hash)) => tree.push(hash),
            _ => self.tree = None,
        }
        if self.suspects.len() < MOST_SUSPECTS {
            self.suspects.push(event_id);
        }
        self.meet_checkpoint();
    }

    /// Compares the root with that of the checkpoints of just this size.
    fn meet_checkpoint(&mut self) {
        let Some(tree) = &self.tree else {
            return;
        };
        let size = tree.size();
        let Some(roots) = self.due.remove(&size) else {
            return;
        };
        let root = tree.root();
        if roots.iter().all(|expected| *expected == root) {
            self.verdict.checkpoint = Some(size);
            self.suspects.clear();
        } else if !self.diverged {
            // From here on no root can agree any more; saying so once is enough.
            self.diverged = true;
            let suspects = std::mem::take(&mut self.suspects);
            let agreed = self.verdict.checkpoint.unwrap_or(0);
            self.find(None, None, FindingKind::RootDiffers { agreed, size, suspects });
        }
    }

    fn compare(&mut self, tree: &Frontier, stored: &StoredTree<'_>) {
        let differences = [
            ("size", stored.size != tree.size()),
            ("root", stored.root != tree.root()),
            ("frontier", stored.frontier != tree.to_bytes()),
        ];
        for (what, differs) in differences {
            if differs {
                self.find(None, None, FindingKind::TreeDiffers(what));
            }
        }
    }
}
