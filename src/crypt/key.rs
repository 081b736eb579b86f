//! One key, whatever it is the key of.

use crate::secret;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A 256-bit key: wiped when dropped, and boxed so that moving it about leaves no copies on the stack. Each has one
/// use: to wrap other keys, to seal the fields of one errand (home, person), to seal one file, or to hash for search.
pub struct Key(Box<Zeroizing<[u8; 32]>>);

impl Key {
    /// A new key from the operating system's generator.
    pub fn fresh() -> Key {
        Key::from_bytes(secret::random())
    }

    /// Takes the bytes of a key that was kept elsewhere.
    pub fn from_bytes(mut bytes: [u8; 32]) -> Key {
        let key = Key(Box::new(Zeroizing::new(bytes)));
        bytes.zeroize();
        key
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A second holder of the same key, for work that outlives the borrow (a download in progress). Not `Clone`, so
    /// that no derive does it unseen.
    pub(crate) fn copy(&self) -> Key {
        Key(self.0.clone())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_do_not_show() {
        let (one, other) = (Key::fresh(), Key::fresh());
        assert_ne!(one.bytes(), other.bytes());
        assert_eq!(one.bytes(), one.copy().bytes());
        assert_eq!(format!("{one:?}"), "[key]");
    }
}
