//! Leaves and roots.

use uuid::Uuid;

use super::{bytes, hash, vectors};
use crate::audit::leaf::{Leaf, Part, commit, commitment};
use crate::audit::merkle::{Frontier, Hash, leaf_hash, node_hash, sha256};

#[test]
fn leaves_are_those_of_the_vectors() {
    for event in vectors().events {
        let parts = [&event.core, &event.actor, &event.subject];
        let commitments = Part::ALL.map(|part| {
            let vector = parts[part as usize];
            let salt = hash(&vector.salt);
            let made = commitment(part, &salt, event.event_id, vector.stored.as_bytes());
            assert_eq!(made, hash(&vector.commitment), "{}", part.as_str());
            made
        });
        let commit = commit(commitments.each_ref());
        assert_eq!(commit, hash(&event.commit));
        let leaf = Leaf::new(event.event_id, event.at_ms, commit);
        assert_eq!(leaf.as_bytes()[..], bytes(&event.leaf));
        assert_eq!(leaf.hash(), hash(&event.leaf_hash));
        assert_eq!(
            (leaf.event_id(), leaf.at_ms(), leaf.commit()),
            (event.event_id, event.at_ms, commit)
        );
    }
}

#[test]
fn a_leaf_has_sixty_bytes_and_its_magic() {
    let leaf = Leaf::new(Uuid::nil(), 5, [7; 32]);
    let bytes = leaf.as_bytes();
    assert_eq!(Leaf::try_from(&bytes[..]), Ok(leaf));
    assert!(Leaf::try_from(&bytes[..59]).is_err());
    assert!(Leaf::try_from(&[&bytes[..], &[0]].concat()[..]).is_err());
    assert!(Leaf::try_from(&[b"FAL2", &bytes[4..]].concat()[..]).is_err());
}

/// The tree as RFC 6962 defines it, from all leaves at once.
fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

#[test]
fn roots_are_those_of_the_vectors_and_of_rfc_6962() {
    let vectors = vectors();
    let ours: Vec<_> = vectors.events.iter().map(|event| bytes(&event.leaf)).collect();
    let theirs: Vec<_> = vectors.rfc6962.inputs.iter().map(|input| bytes(input)).collect();
    for (leaves, roots) in [
        (ours, vectors.roots.into_values().collect()),
        (theirs, vectors.rfc6962.roots),
    ] {
        let mut tree = Frontier::new();
        assert_eq!(tree.root(), hash(&roots[0]));
        for (leaf, root) in leaves.iter().zip(&roots[1..]) {
            tree.push(leaf_hash(leaf));
            assert_eq!(tree.root(), hash(root), "size {}", tree.size());
        }
        assert_eq!(tree.size() as usize + 1, roots.len());
    }
}

#[test]
fn the_frontier_can_be_put_down_and_taken_up_at_any_size() {
    let leaves: Vec<Hash> = (0..300u16).map(|n| leaf_hash(&n.to_be_bytes())).collect();
    let mut tree = Frontier::new();
    for (size, leaf) in leaves.iter().enumerate() {
        assert_eq!(tree.root(), root_of(&leaves[..size]));
        let stored = tree.to_bytes();
        assert_eq!(stored.len(), 32 * size.count_ones() as usize);
        tree = Frontier::from_bytes(size as u64, &stored).unwrap();
        assert!(Frontier::from_bytes(size as u64, &[&stored[..], &[0; 32]].concat()).is_err());
        assert!(Frontier::from_bytes(size as u64, &[&stored[..], &[0]].concat()).is_err());
        assert!(size == 0 || Frontier::from_bytes(size as u64, &stored[1..]).is_err());
        tree.push(*leaf);
    }
}
