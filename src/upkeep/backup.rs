//! Taking a backup, also while the installation serves: what was acknowledged before it began is in it.

use super::folder::{self, Workplace};
use super::manifest::{Manifest, Part};
use super::part;
use super::tell_every_board;
use crate::app::App;
use crate::audit::{Action, extract};
use crate::blob::BlobName;
use crate::board::all_boards;
use crate::crypt::{Key, RecoveryPublic, RootKey};
use crate::db::copy;
use crate::error::{Error, Result};
use crate::secret;
use futures_util::TryStreamExt as _;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

/// What was taken.
pub struct Taken {
    pub parts: usize,
    /// Bytes of all parts.
    pub bytes: u64,
    pub root_key: String,
}

pub(super) const DATABASE: &str = "database";
pub(super) const SETTINGS: &str = "settings";
pub(super) const BLOBS: &str = "blobs";

/// Writes a backup into `to`, a folder that is new or empty, sealed for the recovery key. Each board's log tells of it.
///
/// # Errors
/// [`Error::Unavailable`] with the cause; what lies in the folder then has no manifest and is no backup.
pub async fn back_up(app: &App, to: &Path, recovery: &RecoveryPublic) -> Result<Taken> {
    let root = settled_root(app)?;
    folder::make_empty(to)?;
    let mut manifest = Manifest::new(app.clock.fresh_id::<()>().uuid(), app.clock.now().to_string());
    let key = Key::fresh();
    tell_every_board(app, Action::BackupTake).await?;
    for (_, slug) in all_boards(app).await? {
        manifest
            .checkpoints
            .extend(extract::newest_checkpoint(&app.store, &slug).await?);
    }
    // Blobs before and after the database: one that is swept in between was still named, one that came was not yet.
    let mut blobs = BTreeMap::new();
    copy_blobs(app, to, &mut blobs).await?;
    let workplace = Workplace::make(&app.config.data.folder)?;
    let clear = workplace.0.join(DATABASE);
    manifest.counts = app.store.copy_to(&app.config.database.url, &clear).await?;
    copy_blobs(app, to, &mut blobs).await?;
    manifest.database = copy::kind(&app.config.database.url).into();
    manifest.root_key = root.check();
    if settled_root(app)?.check() != manifest.root_key {
        return Err(Error::Unavailable(
            "the keys were rotated meanwhile: take the backup again".into(),
        ));
    }
    manifest.sealed_for = recovery.to_string();
    let own = (manifest.id, &key);
    let database = File::open(&clear).map_err(|cause| folder::cannot(&clear, cause))?;
    manifest.parts.push(part::seal(to, own, DATABASE, database)?);
    let settings = secret::Secret::new(settings(app));
    manifest
        .parts
        .push(part::seal(to, own, SETTINGS, settings.expose().as_bytes())?);
    manifest.parts.extend(blobs.into_values());
    manifest.write(to, &key, (recovery, &root))?;
    Ok(Taken {
        parts: manifest.parts.len(),
        bytes: manifest.parts.iter().map(|part| part.size).sum(),
        root_key: manifest.root_key,
    })
}

/// The root key that the database is under; while it is being replaced there is no saying.
fn settled_root(app: &App) -> Result<RootKey> {
    let file = &app.config.keys.root_file;
    if RootKey::has_next(file) {
        return Err(Error::Unavailable(
            "a rotation of keys was begun: end it first with `famn keys rotate`".into(),
        ));
    }
    RootKey::load(file)
}

/// Copies the blobs that are not copied yet, as they lie: sealed under the keys of their rows.
async fn copy_blobs(app: &App, to: &Path, copied: &mut BTreeMap<String, Part>) -> Result<()> {
    let later = app.clock.now().plus(Duration::from_secs(24 * 60 * 60));
    let mut all = std::pin::pin!(app.blobs.list(later));
    while let Some((name, _)) = all.try_next().await? {
        let path = blob_path(name);
        if copied.contains_key(&path) {
            continue;
        }
        let Some(bytes) = app.blobs.sealed(name).await? else {
            continue; // removed since it was listed
        };
        let file = to.join(&path);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|cause| folder::cannot(folder, cause))?;
        }
        folder::write(&file, &bytes)?;
        let part = Part {
            name: path.clone(),
            size: bytes.len() as u64,
            sha256: hex::encode(secret::sha256(&bytes)),
            sealed: None,
        };
        copied.insert(path, part);
    }
    Ok(())
}

/// Where a blob lies within a backup.
pub(super) fn blob_path(name: BlobName) -> String {
    format!("{BLOBS}/{}", name.within_store())
}

/// The settings that were given, as a file that can be read again.
fn settings(app: &App) -> String {
    let mut sections: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in &app.config.given {
        if let Some((section, key)) = name.split_once('.') {
            let text = sections.entry(section).or_default();
            // A JSON string is a TOML string.
            text.push_str(&format!("{key} = {}\n", serde_json::Value::from(value.as_str())));
        }
    }
    let whole = sections
        .into_iter()
        .map(|(section, keys)| format!("[{section}]\n{keys}\n"));
    whole.collect()
}

/// Text that cannot be read is a fault of the part that holds it.
pub(super) fn text(bytes: Vec<u8>, name: &str) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| Error::Unavailable(format!("{name}: changed")))
}
