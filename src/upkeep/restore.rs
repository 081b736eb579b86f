//! Restoring a backup onto an empty place, and proving one good without touching anything.

use super::backup::{BLOBS, DATABASE, SETTINGS, text};
use super::folder::{self, Workplace};
use super::manifest::{ByRoot, Manifest, NAME, SEAL};
use super::part;
use crate::app::UNFINISHED;
use crate::audit::epoch::{self, EpochReason};
use crate::audit::keeper::Keeper;
use crate::audit::verify::{Asked, Report, verify};
use crate::blob::{BlobName, Blobs};
use crate::clock::{Clock, Instant};
use crate::config::Config;
use crate::crypt::{Key, Keyring, RecoveryKey, RootKey};
use crate::db::copy::{self, Counts, Scratch};
use crate::db::{Store, migrate};
use crate::error::{Error, Result};
use crate::file::blobs_of_rows;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Where to restore to.
pub struct Target<'a> {
    pub config: &'a Config,
    pub clock: &'a Clock,
}

/// What was restored, or rehearsed.
pub struct Restored {
    pub manifest: Manifest,
    /// What the verification of the log said.
    pub report: Report,
    /// The boards' new epochs; none in a rehearsal.
    pub epochs: Vec<(String, u64)>,
}

/// A backup whose every part is what its manifest says.
pub struct Checked {
    manifest: Manifest,
    key: Key,
    by_root: ByRoot,
}

/// Opens a backup's manifest and holds every part to it, and the folder to the manifest.
///
/// # Errors
/// [`Error::Unavailable`] with a line for each part that was changed, is missing or does not belong there.
pub fn check(from: &Path, recovery: &RecoveryKey) -> Result<Checked> {
    let (manifest, key, by_root) = Manifest::open(from, recovery)?;
    let mut faults: Vec<String> = manifest
        .parts
        .iter()
        .filter_map(|part| part::fault(from, part))
        .collect();
    let known: BTreeSet<&str> = manifest.parts.iter().map(|part| part.name.as_str()).collect();
    for name in files(from, from)? {
        if name != NAME && name != SEAL && !known.contains(name.as_str()) {
            faults.push(format!("{name}: does not belong to this backup"));
        }
    }
    if faults.is_empty() {
        Ok(Checked { manifest, key, by_root })
    } else {
        Err(Error::Unavailable(format!(
            "the backup is not whole:\n{}",
            faults.join("\n")
        )))
    }
}

/// The names of all files below a folder.
fn files(root: &Path, folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|cause| folder::cannot(folder, cause))? {
        let path = entry.map_err(|cause| folder::cannot(folder, cause))?.path();
        if path.is_dir() {
            found.extend(files(root, &path)?);
        } else {
            let name = path.strip_prefix(root).unwrap_or(&path);
            found.push(name.to_string_lossy().into_owned());
        }
    }
    Ok(found)
}

/// The settings that the backed-up installation was given.
pub fn settings_of(from: &Path, checked: &Checked) -> Result<String> {
    let mut bytes = Vec::new();
    let part = checked.manifest.part(SETTINGS)?;
    part::open(from, (checked.manifest.id, &checked.key), part, &mut bytes)?;
    text(bytes, SETTINGS)
}

/// Proves a backup good: everything opens and restores into a place of its own, of which nothing stays. The log is
/// verified as of when the backup was made, and held to the checkpoints of that time. `scratch` is an empty database to
/// use instead of one made beside the configured one.
///
/// # Errors
/// [`Error::Unavailable`] with what is wrong.
pub async fn rehearse(from: &Path, checked: Checked, target: Target<'_>, scratch: Option<String>) -> Result<Restored> {
    let Checked { manifest, key, by_root } = checked;
    // Without the root key the tree is still verified; the report says what was not.
    let root = RootKey::load(&target.config.keys.root_file).ok();
    let root = root.filter(|root| root.check() == manifest.root_key);
    root.iter().try_for_each(|root| by_root.verify(manifest.id, root))?;
    fits(&manifest, scratch.as_deref().unwrap_or(&target.config.database.url))?;
    let workplace = Workplace::make(&std::env::temp_dir())?;
    let name = format!("famn_rehearsal_{}", manifest.id.simple());
    let scratch = match scratch {
        Some(url) => Given::Theirs(url),
        None => Given::Ours(Scratch::beside(&target.config.database.url, &workplace.0, &name)?),
    };
    let store = fill(from, (&manifest, &key), scratch.url(), &workplace).await?;
    blobs_are_there(&store, &manifest).await?;
    let keyring = root.map(|root| Arc::new(Keyring::new(root.into_key())));
    let now = Instant::parse(&manifest.made_at).ok_or_else(|| Error::Unavailable(format!("{NAME}: changed")))?;
    let report = verify(&store, keyring, asked(&manifest, &target, now)).await?;
    drop(store);
    Ok(Restored {
        manifest,
        report,
        epochs: Vec::new(),
    })
}

/// A database to rehearse in.
enum Given {
    Theirs(String),
    Ours(Scratch),
}

impl Given {
    fn url(&self) -> &str {
        match self {
            Given::Theirs(url) => url,
            Given::Ours(scratch) => &scratch.url,
        }
    }
}

/// Restores a backup onto an empty place, opens the next epoch of each log, and verifies it.
///
/// # Errors
/// [`Error::Unavailable`] with what is wrong: the place is not empty, the root key is another, or the restored log is
/// not whole. What was begun is then not served.
pub async fn restore(from: &Path, checked: Checked, target: Target<'_>) -> Result<Restored> {
    let Checked { manifest, key, by_root } = checked;
    let config = target.config;
    fits(&manifest, &config.database.url)?;
    let root = RootKey::load(&config.keys.root_file)?;
    if root.check() != manifest.root_key {
        return Err(Error::Unavailable(format!(
            "the backup is under the root key with check {}, and {} is that with check {}: see `famn keys recover`",
            manifest.root_key,
            config.keys.root_file.display(),
            root.check()
        )));
    }
    by_root.verify(manifest.id, &root)?;
    let store_folder = config.data.folder.join(BLOBS);
    let folder_is_empty = !store_folder.exists() || files(&store_folder, &store_folder)?.is_empty();
    if !copy::is_empty(&config.database.url).await? || !folder_is_empty {
        return Err(Error::Unavailable(
            "there is something already: a backup is restored onto an empty database and an empty data folder".into(),
        ));
    }
    fs::create_dir_all(&config.data.folder).map_err(|cause| folder::cannot(&config.data.folder, cause))?;
    let mark = config.data.folder.join(UNFINISHED);
    if !mark.exists() {
        folder::write(&mark, manifest.id.to_string().as_bytes())?;
    }
    let blobs = Blobs::local(&store_folder)?;
    for part in manifest.parts.iter().filter(|part| part.sealed.is_none()) {
        put_blob(from, &blobs, &part.name).await?;
    }
    let workplace = Workplace::make(&config.data.folder)?;
    let store = fill(from, (&manifest, &key), &config.database.url, &workplace).await?;
    blobs_are_there(&store, &manifest).await?;
    let keyring = Arc::new(Keyring::of_file(&config.keys.root_file)?);
    let epochs = epoch::open_next(&store, &keyring, target.clock, (None, EpochReason::Restore)).await?;
    let keeper = Keeper {
        store: store.clone(),
        keyring: keyring.clone(),
        clock: target.clock.clone(),
        watch: Arc::default(),
    };
    keeper.bring_up_to_date().await?;
    let report = verify(&store, Some(keyring), asked(&manifest, &target, target.clock.now())).await?;
    if report.exit_code() == 0 {
        fs::remove_file(&mark).map_err(|cause| folder::cannot(&mark, cause))?;
        folder::sync(&config.data.folder)?;
    }
    Ok(Restored {
        manifest,
        report,
        epochs,
    })
}

/// A copy fills its own kind; one of SQLite fills PostgreSQL too, for whoever has outgrown one machine.
fn fits(manifest: &Manifest, url: &str) -> Result<()> {
    match (manifest.database.as_str(), copy::kind(url)) {
        (of, into) if of == into => Ok(()),
        ("sqlite", "postgres") => Ok(()),
        (of, into) => Err(Error::Unavailable(format!(
            "the backup is of a {of} database, and the settings name a {into} one: there is no way from one to the other"
        ))),
    }
}

/// Fills the empty database at `url`, brings it up to date and opens it; the rows are those that were counted.
async fn fill(from: &Path, (manifest, key): (&Manifest, &Key), url: &str, workplace: &Workplace) -> Result<Store> {
    let clear = workplace.0.join(DATABASE);
    let mut file = folder::create(&clear)?;
    part::open(from, (manifest.id, key), manifest.part(DATABASE)?, &mut file)?;
    if copy::kind(url) == manifest.database {
        copy::fill(url, &clear).await?;
        all_there(&manifest.counts, url).await?;
        migrate::bring_up_to_date(url).await?;
    } else {
        let file = format!("sqlite:{}", clear.display());
        all_there(&manifest.counts, &file).await?;
        migrate::bring_up_to_date(&file).await?;
        migrate::bring_up_to_date(url).await?;
        copy::pour(url, &clear).await?;
        all_there(&Store::open(&file, 1)?.counts().await?, url).await?;
    }
    let store = Store::open(url, 2)?;
    migrate::require_current(&store).await?;
    Ok(store)
}

/// The rows at `url` are those that were counted.
async fn all_there(told: &Counts, url: &str) -> Result<()> {
    match difference(told, &Store::open(url, 1)?.counts().await?) {
        Some(differs) => Err(Error::Unavailable(format!("restored, but not all: {differs}"))),
        None => Ok(()),
    }
}

fn difference(told: &Counts, found: &Counts) -> Option<String> {
    let tables: BTreeSet<&String> = told.keys().chain(found.keys()).collect();
    tables.into_iter().find_map(|table| {
        let (told, found) = (told.get(table), found.get(table));
        (told != found).then(|| format!("{table} has {found:?} rows, and was backed up with {told:?}"))
    })
}

/// Every blob that a row names is among the parts.
async fn blobs_are_there(store: &Store, manifest: &Manifest) -> Result<()> {
    let known: BTreeSet<&str> = manifest.parts.iter().map(|part| part.name.as_str()).collect();
    for name in blobs_of_rows(store).await? {
        let path = super::backup::blob_path(name);
        if !known.contains(path.as_str()) {
            return Err(Error::Unavailable(format!(
                "{path}: a row names it, and it is not in the backup"
            )));
        }
    }
    Ok(())
}

async fn put_blob(from: &Path, blobs: &Blobs, name: &str) -> Result<()> {
    let strange = || Error::Unavailable(format!("{name}: is no blob's name"));
    let within = name.strip_prefix(BLOBS).and_then(|rest| rest.strip_prefix('/'));
    let blob = within.and_then(BlobName::of_path).ok_or_else(strange)?;
    let path = from.join(name);
    let bytes = fs::read(&path).map_err(|cause| folder::cannot(&path, cause))?;
    blobs.put_sealed(blob, bytes).await
}

fn asked(manifest: &Manifest, target: &Target<'_>, now: Instant) -> Asked {
    Asked {
        origin: Some(target.config.audit.origin.clone()),
        kept: manifest.checkpoints.concat(),
        ..Asked::all(now)
    }
}
