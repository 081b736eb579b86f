//! The tables of one log, to be tampered with.

use uuid::Uuid;
use zeroize::Zeroizing;

use super::entry;
use crate::audit::chain::{Row, StoredTree, Verdict, Verifier};
use crate::audit::entry::Entry;
use crate::audit::erase::EraseOrder;
use crate::audit::event::Outcome;
use crate::audit::finding::FindingKind;
use crate::audit::leaf::{Leaf, commit};
use crate::audit::merkle::Frontier;
use crate::audit::note::{Checkpoint, Origin, SigningKey};
use crate::audit::stored::{Columns, Filters, Stored};

/// A row of the tables with all its columns, to be tampered with.
#[derive(Clone)]
pub struct Line {
    pub index: u64,
    pub event_id: Uuid,
    pub leaf_hash: Vec<u8>,
    pub lost: bool,
    pub at_ms: u64,
    pub leaf: Vec<u8>,
    pub commitments: Vec<u8>,
    pub texts: [Option<String>; 3],
    pub salts: [Option<[u8; 32]>; 3],
    pub action: Option<String>,
    pub person: Option<Uuid>,
    pub filters: Filters,
}

impl Line {
    pub fn of(index: u64, entry: &Entry) -> Self {
        let (salts, _) = entry.salts.as_chunks::<32>();
        let filters = entry.filters().unwrap();
        Line {
            index,
            event_id: entry.id,
            leaf_hash: entry.leaf.hash().to_vec(),
            lost: false,
            at_ms: entry.at_ms,
            leaf: entry.leaf.as_bytes().to_vec(),
            commitments: entry.commitments.to_vec(),
            texts: [&entry.core, &entry.actor, &entry.subject].map(|text| Some(text.clone())),
            salts: [0, 1, 2].map(|part| Some(salts[part])),
            action: filters.action.map(|action| action.as_str().into()),
            person: filters.person,
            filters,
        }
    }

    pub fn erase_actor(&mut self) {
        (self.texts[1], self.salts[1], self.person, self.filters.role) = (None, None, None, None);
    }

    pub fn row(&self) -> Row<'_> {
        let columns = Columns {
            action: self.action.as_deref(),
            outcome: self.filters.outcome.map(Outcome::as_str),
            person: self.person,
            role: self.filters.role.as_deref(),
            errand: self.filters.errand,
            home: self.filters.home,
        };
        let event = Stored {
            at_ms: self.at_ms,
            leaf: Some(&self.leaf),
            commitments: &self.commitments,
            texts: self.texts.each_ref().map(Option::as_deref),
            salts: Some(self.salts.each_ref().map(Option::as_ref)),
            columns: Some(columns),
        };
        Row {
            index: self.index,
            event_id: self.event_id,
            leaf_hash: Some(&self.leaf_hash),
            event: (!self.lost).then_some(event),
        }
    }
}

/// The tables of one board's log.
pub struct Log {
    pub key: SigningKey,
    pub lines: Vec<Line>,
    pub notes: Vec<(u64, String)>,
    pub orders: Vec<EraseOrder>,
    pub tree: Frontier,
}

impl Log {
    pub fn new(epoch: u64) -> Self {
        let origin = Origin::new("famn.example/audit", "borlange", epoch).unwrap();
        let seed = Zeroizing::new([7; 32]);
        let key = SigningKey::from_seed(origin, seed).unwrap();
        Log {
            key,
            lines: Vec::new(),
            notes: Vec::new(),
            orders: Vec::new(),
            tree: Frontier::new(),
        }
    }

    /// A log of eight reads with a checkpoint after each pair.
    pub fn of_eight() -> Self {
        let mut log = Log::new(1);
        for number in 1..=8 {
            log.add(&entry(number, 1_767_225_600_000 + 250 * number as u64));
            if number % 2 == 0 {
                log.sign();
            }
        }
        log
    }

    pub fn add(&mut self, entry: &Entry) {
        self.tree.push(entry.leaf.hash());
        self.lines.push(Line::of(self.lines.len() as u64, entry));
    }

    pub fn sign(&mut self) {
        let origin = self.key.verifier_key().origin().clone();
        let checkpoint = Checkpoint {
            origin,
            size: self.tree.size(),
            root: self.tree.root(),
        };
        self.notes.push((checkpoint.size, checkpoint.sign(&self.key).unwrap()));
    }

    /// Sequences the lines anew, as one who may write every table but lacks the signing key.
    pub fn rebuild(&mut self) {
        self.tree = Frontier::new();
        for (index, line) in self.lines.iter_mut().enumerate() {
            let commitments = line.commitments.as_chunks::<32>().0;
            let commit = commit([&commitments[0], &commitments[1], &commitments[2]]);
            let leaf = Leaf::new(line.event_id, line.at_ms, commit);
            line.index = index as u64;
            (line.leaf, line.leaf_hash) = (leaf.as_bytes().to_vec(), leaf.hash().to_vec());
            self.tree.push(leaf.hash());
        }
    }

    pub fn verify(&self) -> Verdict {
        let key = self.key.verifier_key();
        let mut verifier = Verifier::new(key.origin(), key.clone());
        self.orders.iter().for_each(|order| verifier.order(order.clone()));
        self.notes
            .iter()
            .for_each(|(size, note)| verifier.checkpoint(Some(*size), note));
        self.lines.iter().for_each(|line| verifier.row(&line.row()));
        let (root, frontier) = (self.tree.root(), self.tree.to_bytes());
        verifier.finish(Some(&StoredTree {
            size: self.tree.size(),
            root: &root,
            frontier: &frontier,
        }))
    }

    /// What is found, without the places.
    pub fn findings(&self) -> Vec<FindingKind> {
        self.verify().findings.into_iter().map(|finding| finding.what).collect()
    }
}
