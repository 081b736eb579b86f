//! The recovery key: its public half lies with the settings and seals backups, its other half is kept elsewhere and
//! alone opens them. HPKE (RFC 9180) by the crate `hpke`: X25519, HKDF-SHA256, ChaCha20-Poly1305.

use super::Key;
use super::keyfile::Form;
use crate::error::{Error, Result};
use crate::secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use std::path::Path;
use zeroize::Zeroizing;

type Private = <X25519HkdfSha256 as Kem>::PrivateKey;
type Public = <X25519HkdfSha256 as Kem>::PublicKey;
type Encapped = <X25519HkdfSha256 as Kem>::EncappedKey;

const FORM: Form = Form {
    version: "famn recovery key 1",
    what: "recovery key",
    make: "famn keys recovery FILE",
};
/// What a public half begins with.
const MARK: &str = "famn-recovery-1:";
/// Binds what is sealed to its purpose.
const INFO: &[u8] = b"famn backup 1";
const ENCAPPED: usize = 32;

/// The half that opens backups. Kept away from the machine.
pub struct RecoveryKey(Private);

/// The half that seals them.
pub struct RecoveryPublic(Public);

impl RecoveryKey {
    /// Draws a new key and writes its file, readable by its owner alone. Fails if anything is there already.
    pub fn make(path: &Path) -> Result<RecoveryKey> {
        let (private, _) = X25519HkdfSha256::gen_keypair();
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&Zeroizing::new(private.to_bytes().to_vec()));
        FORM.write(path, &Key::from_bytes(bytes), None)?;
        Ok(RecoveryKey(private))
    }

    /// Reads the key from its file. Fails as [`RootKey::load`](super::RootKey::load) does.
    pub fn load(path: &Path) -> Result<RecoveryKey> {
        let key = FORM.read(path)?;
        Private::from_bytes(key.bytes()).map(RecoveryKey).map_err(Error::fault)
    }

    /// Reads the key from a text, such as what comes on standard input. Fails if it is no such key.
    pub fn read(text: &str) -> Result<RecoveryKey> {
        let key = FORM.parse(text).map_err(Error::Unavailable)?;
        Private::from_bytes(key.bytes()).map(RecoveryKey).map_err(Error::fault)
    }

    /// The half that may be told.
    pub fn public(&self) -> RecoveryPublic {
        RecoveryPublic(X25519HkdfSha256::sk_to_pk(&self.0))
    }

    /// Opens a key that was sealed for this one, beside `aad`; `None` when it was not, or was changed.
    pub fn open(&self, sealed: &[u8], aad: &[u8]) -> Option<Key> {
        let (encapped, body) = sealed.split_at_checked(ENCAPPED)?;
        let encapped = Encapped::from_bytes(encapped).ok()?;
        let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.0,
            &encapped,
            INFO,
            body,
            aad,
        );
        let bytes: [u8; 32] = Zeroizing::new(opened.ok()?).as_slice().try_into().ok()?;
        Some(Key::from_bytes(bytes))
    }
}

impl RecoveryPublic {
    /// Reads what [`Display`](std::fmt::Display) writes.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it is none, or was mistyped.
    pub fn parse(text: &str) -> Result<RecoveryPublic> {
        let none = || Error::Unavailable(format!("{text:?} is no recovery key's public half ({MARK}…)"));
        let bytes = text.trim().strip_prefix(MARK).and_then(|rest| BASE64.decode(rest).ok());
        let bytes = bytes.filter(|bytes| bytes.len() == 36).ok_or_else(none)?;
        let (key, check) = bytes.split_at(32);
        if secret::sha256(key)[..4] != *check {
            return Err(none());
        }
        Public::from_bytes(key).map(RecoveryPublic).map_err(|_| none())
    }

    /// Seals a key so that the other half alone opens it, beside the same `aad`.
    pub fn seal(&self, key: &Key, aad: &[u8]) -> Result<Vec<u8>> {
        let (encapped, body) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &self.0,
            INFO,
            key.bytes(),
            aad,
        )
        .map_err(Error::fault)?;
        Ok([&encapped.to_bytes()[..], &body].concat())
    }
}

/// One word, with four bytes of a hash that tell when it was mistyped.
impl std::fmt::Display for RecoveryPublic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = self.0.to_bytes();
        let check = secret::sha256(&key);
        write!(f, "{MARK}{}", BASE64.encode([&key[..], &check[..4]].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_half_alone_opens_and_nothing_that_was_changed() {
        let path = std::env::temp_dir().join(format!("famn-recovery-{}", hex::encode(secret::random::<8>())));
        let made = RecoveryKey::make(&path).expect("made");
        let told = made.public().to_string();
        let key = Key::fresh();
        let sealed = RecoveryPublic::parse(&told)
            .expect("read")
            .seal(&key, b"one")
            .expect("sealed");
        let read = RecoveryKey::load(&path).expect("read");
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(read.open(&sealed, b"one").expect("opens").bytes(), key.bytes());
        assert!(read.open(&sealed, b"other").is_none());
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 1;
            assert!(read.open(&bad, b"one").is_none(), "byte {at}");
        }
        let (other, _) = X25519HkdfSha256::gen_keypair();
        assert!(RecoveryKey(other).open(&sealed, b"one").is_none());
        for bad in [
            "",
            "famn-recovery-1:",
            &told[1..],
            &told[..told.len() - 1],
            &told.replace(':', ":A"),
        ] {
            assert!(RecoveryPublic::parse(bad).is_err(), "{bad}");
        }
    }
}
