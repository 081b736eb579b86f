//! Folders and files of this program's user alone, on the disk when they are said to be.

use crate::error::{Error, Result};
use crate::secret;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Makes a folder, and those above it. Fails if there is one with anything in it.
pub(super) fn make_empty(path: &Path) -> Result<()> {
    let mut maker = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker
        .recursive(true)
        .create(path)
        .map_err(|cause| cannot(path, cause))?;
    let mut inside = fs::read_dir(path).map_err(|cause| cannot(path, cause))?;
    if inside.next().is_some() {
        return Err(Error::Unavailable(format!("{} is not empty", path.display())));
    }
    Ok(())
}

/// A new file that only this user may read.
pub(super) fn create(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|cause| cannot(path, cause))
}

/// Writes a new file whole.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = create(path)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|cause| cannot(path, cause))
}

/// What was made in a folder is there after a power cut.
pub(super) fn sync(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|cause| cannot(path, cause))
}

pub(super) fn cannot(path: &Path, cause: std::io::Error) -> Error {
    Error::Unavailable(format!("{}: {cause}", path.display()))
}

/// A folder for what is not to stay, gone when this is dropped. What a killed process left is removed by the next.
pub(super) struct Workplace(pub PathBuf);

impl Workplace {
    pub(super) fn make(within: &Path) -> Result<Workplace> {
        const PREFIX: &str = "famn-work-";
        for entry in fs::read_dir(within).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
            if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let chance = hex::encode(secret::random::<4>());
        let path = within.join(format!("{PREFIX}{}-{chance}", std::process::id()));
        make_empty(&path)?;
        Ok(Workplace(path))
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        if let Err(cause) = fs::remove_dir_all(&self.0) {
            tracing::error!(%cause, folder = %self.0.display(), "a folder of clear copies could not be removed");
        }
    }
}
