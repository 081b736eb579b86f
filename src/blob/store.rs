//! The store itself: names and folders, health, listing and sweeping.

use crate::clock::Instant;
use crate::crypt::Place;
use crate::error::{Error, Result};
use futures_util::{Stream, StreamExt as _, future};
use object_store::local::LocalFileSystem;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Which blob: its board and an id of its own. The id is used once; a new version of a file is a new blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlobName {
    pub board: Uuid,
    pub blob: Uuid,
}

impl BlobName {
    /// What every chunk is bound to.
    pub(super) fn place(self) -> Place<'static> {
        Place {
            board: self.board,
            table: "blob",
            column: "content",
            row: self.blob,
            version: 0,
        }
    }

    /// `c/BOARD.BLOB`, in the folder of the id's last digit.
    pub(super) fn path(self) -> object_store::path::Path {
        let BlobName { board, blob } = self;
        format!("{}/{board}.{blob}", FOLDERS[usize::from(blob.as_bytes()[15] & 15)]).into()
    }

    /// Reads a name back from its path; `None` for what is no blob of ours.
    pub(super) fn parse(path: &object_store::path::Path) -> Option<BlobName> {
        let (board, blob) = path.filename()?.split_once('.')?;
        let name = BlobName {
            board: Uuid::parse_str(board).ok()?,
            blob: Uuid::parse_str(blob).ok()?,
        };
        (name.path() == *path).then_some(name)
    }
}

/// The folders of a local store, one for each last digit of a blob's id. They are all made at start: a folder made for
/// its first blob would have to be on the disk before a second blob, in the same moment, may count on it.
const FOLDERS: [&str; 16] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f",
];

/// Where the sealed files are. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) root: Arc<Path>,
    /// The folder, locked by every process that writes there, for as long as it lives.
    in_use: Arc<Mutex<Option<File>>>,
}

/// An upload lasts ten minutes at most: what was last written to before this is nobody's, whoever uses the folder.
const UPLOAD_AT_MOST: Duration = Duration::from_secs(15 * 60);

impl Blobs {
    /// A store in a folder of this machine, made if it is not there. Fails if that cannot be done.
    pub fn local(folder: &Path) -> Result<Blobs> {
        let cannot = |cause: io::Error| Error::Unavailable(format!("blob store {}: {cause}", folder.display()));
        for name in FOLDERS {
            make_folder(&folder.join(name)).map_err(cannot)?;
        }
        sync_folder(folder).map_err(cannot)?;
        // Without fsync the store loses files at a power cut that it has said are written.
        let store = LocalFileSystem::new_with_prefix(folder)
            .map_err(Error::unavailable)?
            .with_fsync(true);
        Ok(Blobs {
            store: Arc::new(store),
            root: folder.canonicalize().map_err(cannot)?.into(),
            in_use: Arc::default(),
        })
    }

    /// Whether a file can be written and read just now: a few bytes, not synced, so that asking often costs the disk
    /// nothing. For a thread that may block. Fails with [`Error::Unavailable`].
    pub fn check(&self) -> Result<()> {
        let (probe, wrote) = (self.root.join("writable"), crate::secret::random::<8>());
        fs::write(&probe, wrote).map_err(Error::unavailable)?;
        match fs::read(&probe).map_err(Error::unavailable)? {
            // Another process may have asked in between.
            read if read.len() == wrote.len() => Ok(()),
            _ => Err(Error::unavailable("what was written is not what is read")),
        }
    }

    /// Removes a blob; one that is not there is no fault. A power cut may bring it back, then without a row.
    pub async fn delete(&self, name: BlobName) -> Result<()> {
        match self.store.delete(&name.path()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(cause) => Err(Error::unavailable(cause)),
        }
    }

    /// All blobs last written before a moment, and when, in no order. To find those without a row, ask for some time
    /// ago: a blob is finished before the row that names it.
    pub fn list(&self, before: Instant) -> impl Stream<Item = Result<(BlobName, Instant)>> + Send + use<> {
        let known = |meta: ObjectMeta| {
            let at = Instant::from_micros(meta.last_modified.timestamp_micros());
            BlobName::parse(&meta.location).map(|name| (name, at))
        };
        self.store.list(None).filter_map(move |entry| {
            future::ready(match entry {
                Ok(meta) => known(meta).filter(|(_, at)| *at < before).map(Ok),
                Err(cause) => Some(Err(Error::unavailable(cause))),
            })
        })
    }

    /// Before the first blob is written: removes what writers of a process that was killed had begun, and says how many.
    /// Where no other process uses the folder that is all there is; else what is older than any upload may be.
    pub async fn sweep_at_start(&self, now: Instant) -> Result<usize> {
        let (root, in_use) = (self.root.clone(), self.in_use.clone());
        let sweep = move || {
            let file = File::open(&root)?;
            let alone = flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
            let before = if alone { now } else { now.minus(UPLOAD_AT_MOST) };
            let removed = sweep(&root, before);
            // Where files cannot be locked nobody is taken for alone.
            let _ = flock(&file, FlockOperation::NonBlockingLockShared);
            *in_use.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
            removed
        };
        blocking(move || sweep().map_err(Error::unavailable)).await
    }

    /// The same, of what is older than any upload may be.
    pub async fn sweep_old(&self, now: Instant) -> Result<usize> {
        let root = self.root.clone();
        blocking(move || sweep(&root, now.minus(UPLOAD_AT_MOST)).map_err(Error::unavailable)).await
    }

    /// Where a blob lies when it is finished.
    pub(super) fn file(&self, name: BlobName) -> PathBuf {
        self.root.join(name.path().as_ref())
    }
}

/// What the local store writes to until a file is finished: its name, `#` and a number. It hides these from listings,
/// so they are looked for in the folders.
pub(super) fn staged(file: &Path, number: usize) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!("#{number}"));
    name.into()
}

fn is_staged(name: &str) -> bool {
    name.rsplit_once('#')
        .is_some_and(|(_, tail)| !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit()))
}

fn sweep(root: &Path, before: Instant) -> io::Result<usize> {
    let mut removed = 0;
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder))? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(is_staged) {
                continue;
            }
            let gone = match entry.metadata().and_then(|meta| meta.modified()) {
                Ok(at) if micros(at) >= before.micros() => continue,
                Ok(_) => fs::remove_file(entry.path()),
                Err(cause) => Err(cause),
            };
            match gone {
                Ok(()) => removed += 1,
                // Finished or given up since the folder was read.
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
                Err(cause) => return Err(cause),
            }
        }
    }
    Ok(removed)
}

/// A file's time as [`Instant`] counts it; what is older than 1970 counts as from then.
fn micros(at: std::time::SystemTime) -> i64 {
    let since = at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Makes a folder, and those above it, for this program's user alone: the names and times of blobs tell something too.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut maker = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.recursive(true).create(folder)
}

/// Folders made in `folder`, and `folder` itself, are on the disk after this.
fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = folder.canonicalize()?;
    let above = folder.parent().unwrap_or(&folder);
    if cfg!(unix) {
        File::open(&folder)?
            .sync_all()
            .and_then(|()| File::open(above)?.sync_all())
    } else {
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::unavailable)?
}
