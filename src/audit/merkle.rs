//! The Merkle tree of RFC 6962, kept as its right edge only: enough to append and to know the root.

use aws_lc_rs::digest;

use super::Malformed;

/// A SHA-256 value: of a leaf, of a node or of a whole tree.
pub type Hash = [u8; 32];

/// SHA-256 over the pieces one after another.
pub(super) fn sha256(pieces: &[&[u8]]) -> Hash {
    let mut context = digest::Context::new(&digest::SHA256);
    for piece in pieces {
        context.update(piece);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The hash of one leaf. The prefix keeps leaves and nodes apart, so that no node passes for a leaf.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    sha256(&[&[0], leaf])
}

/// The hash of a node over its two children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// The right edge of a tree: the roots of its complete subtrees, the largest (leftmost) first.
///
/// A tree of `n` leaves has one for every bit set in `n`, so a million events need at most twenty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf by its [`leaf_hash`].
    pub fn push(&mut self, leaf_hash: Hash) {
        let mut right = leaf_hash;
        // Every trailing one of the old size is a complete subtree that the new leaf completes a pair with.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                right = node_hash(&left, &right);
            }
        }
        self.edge.push(right);
        self.size += 1;
    }

    /// The root; for the empty tree SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let smallest_first = self.edge.iter().rev().copied();
        smallest_first
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| sha256(&[]))
    }

    /// The edge as stored beside the size: 32 bytes for every bit set in it, largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.edge.concat()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote for a tree of `size` leaves.
    ///
    /// # Errors
    /// When the length is not exactly the one that `size` demands.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, Malformed> {
        let (edge, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || edge.len() != size.count_ones() as usize {
            return Err(Malformed("the frontier's length does not fit the tree's size"));
        }
        Ok(Self {
            size,
            edge: edge.to_vec(),
        })
    }
}
