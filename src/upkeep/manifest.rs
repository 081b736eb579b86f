//! What a backup is of: a page of JSON that names every part with its hash, and beside it the seal, which holds the
//! backup's key for the recovery key, and the manifest's own hash twice: under the backup's key, and under the root
//! key. Anyone may seal for the recovery key; under the root key nobody else can.

use super::folder;
use crate::crypt::{Key, Place, RecoveryKey, RecoveryPublic, RootKey};
use crate::db::copy::Counts;
use crate::error::{Error, Result};
use crate::secret;
use serde::{Deserialize, Serialize};
use std::path::Path;
use uuid::Uuid;

pub(super) const NAME: &str = "manifest.json";
pub(super) const SEAL: &str = "manifest.seal";
const FORMAT: &str = "famn backup 1";
/// Bytes of the key under the recovery key: 32 of X25519, the key, a tag.
const SEALED_KEY: usize = 80;
/// Bytes of a sealed hash.
const SEALED_HASH: usize = 73;

/// The manifest of a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format: String,
    pub id: Uuid,
    /// RFC 3339, in UTC.
    pub made_at: String,
    /// The version of the program that made it.
    pub program: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// The check of the root key that the database is under; the key itself is not in the backup.
    pub root_key: String,
    /// The recovery key's public half that it is sealed for.
    pub sealed_for: String,
    /// Rows of each table.
    pub counts: Counts,
    /// The newest checkpoint of each board's log when the backup began.
    pub checkpoints: Vec<String>,
    pub parts: Vec<Part>,
}

/// A file of a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its path within the backup.
    pub name: String,
    /// Bytes, as it lies there.
    pub size: u64,
    /// In hex, over the bytes as they lie there.
    pub sha256: String,
    /// What is needed to open it; a blob has nothing of the kind, being sealed already under the keys of its row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<SealedPart>,
}

/// How a part of the backup's own is opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedPart {
    /// Bytes in clear.
    pub clear: u64,
    /// Its key under the backup's, in hex.
    pub key: String,
}

impl Manifest {
    pub(super) fn new(id: Uuid, made_at: String) -> Manifest {
        Manifest {
            format: FORMAT.into(),
            id,
            made_at,
            program: env!("CARGO_PKG_VERSION").into(),
            database: String::new(),
            root_key: String::new(),
            sealed_for: String::new(),
            counts: Counts::new(),
            checkpoints: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Writes the manifest and its seal: the backup is one from here on.
    pub(super) fn write(&self, to: &Path, key: &Key, (recovery, root): (&RecoveryPublic, &RootKey)) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(Error::fault)?;
        let sealed_key = recovery.seal(key, self.id.as_bytes())?;
        let hash = secret::sha256(&text);
        let hashes = [key, root.key()].map(|key| key.seal(place(self.id, "manifest"), &hash));
        folder::write(&to.join(SEAL), &[sealed_key, hashes.concat()].concat())?;
        folder::write(&to.join(NAME), &text)?;
        folder::sync(to)
    }

    /// Reads a backup's manifest without believing it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is none or it is none of this version.
    pub fn read(from: &Path) -> Result<(Manifest, Vec<u8>)> {
        let path = from.join(NAME);
        let text = std::fs::read(&path).map_err(|cause| folder::cannot(&path, cause))?;
        let manifest: Manifest = serde_json::from_slice(&text)
            .map_err(|cause| Error::Unavailable(format!("{NAME}: changed, or no manifest ({cause})")))?;
        if manifest.format != FORMAT {
            return Err(Error::Unavailable(format!(
                "{NAME}: this program does not know {:?}",
                manifest.format
            )));
        }
        Ok((manifest, text))
    }

    /// Opens the seal and holds the manifest to it; gives the backup's key, and what the root key can tell of it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] that names the file which was changed, or the key that was asked for.
    pub(super) fn open(from: &Path, recovery: &RecoveryKey) -> Result<(Manifest, Key, ByRoot)> {
        let (manifest, text) = Manifest::read(from)?;
        let ours = recovery.public().to_string();
        let path = from.join(SEAL);
        let seal = std::fs::read(&path).map_err(|cause| folder::cannot(&path, cause))?;
        let changed = |what: &str| Error::Unavailable(format!("{what}: changed"));
        let (sealed_key, hashes) = seal.split_at_checked(SEALED_KEY).ok_or_else(|| changed(SEAL))?;
        let (hash, by_root) = hashes.split_at_checked(SEALED_HASH).ok_or_else(|| changed(SEAL))?;
        let Some(key) = recovery.open(sealed_key, manifest.id.as_bytes()) else {
            if manifest.sealed_for != ours {
                return Err(Error::Unavailable(format!(
                    "the backup is sealed for {}, and this is the recovery key {ours}",
                    manifest.sealed_for
                )));
            }
            return Err(changed(&format!("{SEAL} or {NAME}")));
        };
        let hash = key
            .open(place(manifest.id, "manifest"), hash)
            .map_err(|_| changed(SEAL))?;
        if **hash != secret::sha256(&text) {
            return Err(changed(NAME));
        }
        Ok((manifest, key, ByRoot(by_root.to_vec(), secret::sha256(&text))))
    }

    /// The part of that name.
    pub(super) fn part(&self, name: &str) -> Result<&Part> {
        let found = self.parts.iter().find(|part| part.name == name);
        found.ok_or_else(|| Error::Unavailable(format!("{NAME}: names no {name}")))
    }
}

/// The manifest's hash under the root key, and as it is.
pub(super) struct ByRoot(Vec<u8>, [u8; 32]);

impl ByRoot {
    /// Whether the installation of this root key made the backup.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it did not, or the seal was changed.
    pub(super) fn verify(&self, backup: Uuid, root: &RootKey) -> Result<()> {
        let opened = root.key().open(place(backup, "manifest"), &self.0);
        if opened.is_ok_and(|hash| **hash == self.1) {
            return Ok(());
        }
        Err(Error::Unavailable(format!(
            "{SEAL}: changed, or not made by whoever has this root key"
        )))
    }
}

/// What is sealed for a backup alone.
pub(super) fn place(backup: Uuid, what: &str) -> Place<'_> {
    Place {
        board: Uuid::nil(),
        table: "backup",
        column: what,
        row: backup,
        version: 1,
    }
}
