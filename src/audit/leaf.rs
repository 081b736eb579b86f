//! The leaf of an event: sixty bytes that commit to its three salted parts.
//!
//! A salted commitment to each part lets an extract prove *when and which unit* without naming the
//! member of staff, and lets each part be erased on its own without breaking the tree.

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Malformed;
use super::merkle::{self, Hash};

/// The three parts of an event, in the order of their commitments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What was done, with what outcome, and what allowed it.
    Core,
    /// Who did it, and from where.
    Actor,
    /// What it was done to.
    Subject,
}

impl Part {
    /// All parts, in the order in which commitments, salts and texts are always listed.
    pub const ALL: [Part; 3] = [Part::Core, Part::Actor, Part::Subject];

    /// The name that goes into the commitment.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Core => "core",
            Part::Actor => "actor",
            Part::Subject => "subject",
        }
    }
}

/// The commitment to one part: HMAC-SHA-256 of its stored bytes under its own random salt, bound to
/// the part's name and the event, so that parts and salts cannot change places.
pub fn commitment(part: Part, salt: &[u8; 32], event_id: Uuid, stored: &[u8]) -> Hash {
    let key = hmac::Key::new(hmac::HMAC_SHA256, salt);
    let mut mac = hmac::Context::with_key(&key);
    mac.update(b"fal1/");
    mac.update(part.as_str().as_bytes());
    mac.update(&[0]);
    mac.update(event_id.as_bytes());
    mac.update(stored);
    let mut commitment = [0; 32];
    commitment.copy_from_slice(mac.sign().as_ref());
    commitment
}

/// The commitment to all three parts together, from theirs in the order of [`Part::ALL`].
pub fn commit(commitments: [&[u8; 32]; 3]) -> Hash {
    let [core, actor, subject] = commitments;
    merkle::sha256(&[b"fal1/commit\n", core, actor, subject])
}

const MAGIC: &[u8; 4] = b"FAL1";

/// A leaf: `"FAL1" ‖ event id (16) ‖ milliseconds since 1970 UTC (u64, big-endian) ‖ commit (32)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf([u8; 60]);

impl Leaf {
    /// The leaf of an event; `at_ms` in milliseconds since 1970 UTC.
    pub fn new(event_id: Uuid, at_ms: u64, commit: Hash) -> Self {
        let mut bytes = [0; 60];
        bytes[..4].copy_from_slice(MAGIC);
        bytes[4..20].copy_from_slice(event_id.as_bytes());
        bytes[20..28].copy_from_slice(&at_ms.to_be_bytes());
        bytes[28..].copy_from_slice(&commit);
        Self(bytes)
    }

    /// The bytes as stored.
    pub fn as_bytes(&self) -> &[u8; 60] {
        &self.0
    }

    /// The hash under which the tree knows this leaf.
    pub fn hash(&self) -> Hash {
        merkle::leaf_hash(&self.0)
    }

    /// The event this leaf is for.
    pub fn event_id(&self) -> Uuid {
        Uuid::from_bytes(self.piece(4))
    }

    /// When the event happened, in milliseconds since 1970 UTC.
    pub fn at_ms(&self) -> u64 {
        u64::from_be_bytes(self.piece(20))
    }

    /// The commitment to the three parts.
    pub fn commit(&self) -> Hash {
        self.piece(28)
    }

    fn piece<const N: usize>(&self, from: usize) -> [u8; N] {
        let mut piece = [0; N];
        piece.copy_from_slice(&self.0[from..from + N]);
        piece
    }
}

impl TryFrom<&[u8]> for Leaf {
    type Error = Malformed;

    fn try_from(bytes: &[u8]) -> Result<Self, Malformed> {
        let bytes: [u8; 60] = bytes.try_into().map_err(|_| Malformed("a leaf has sixty bytes"))?;
        if !bytes.starts_with(MAGIC) {
            return Err(Malformed("a leaf begins with FAL1"));
        }
        Ok(Self(bytes))
    }
}
