//! Commands that root gives beside a service which is another user's: what they make belongs to that user, or the service
//! could not read it. For everyone else nothing changes.

use crate::config::Config;
use crate::crypt::given_to_the_owner_of;
use crate::error::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What belongs to the service's user: the data folder, or what is there of the way to the root key.
pub(super) fn example(config: &Config) -> PathBuf {
    if config.data.folder.exists() {
        return config.data.folder.clone();
    }
    let key = std::path::absolute(&config.keys.root_file).unwrap_or_default();
    let mut above = key.ancestors().skip(1).filter(|folder| folder.exists());
    above.next().unwrap_or(Path::new("/")).to_owned()
}

/// Makes the folder that a file is to lie in, and those above it.
pub(super) fn folder_of(file: &Path, like: &Path) -> Result<()> {
    let whole = std::path::absolute(file).map_err(Error::unavailable)?;
    let missing: Vec<&Path> = whole
        .ancestors()
        .skip(1)
        .take_while(|folder| !folder.exists())
        .collect();
    for folder in missing.into_iter().rev() {
        let made = fs::create_dir(folder).and_then(|()| given_to_the_owner_of(folder, like));
        made.map_err(|cause| Error::Unavailable(format!("{}: {cause}", folder.display())))?;
    }
    Ok(())
}

/// Hands the data folder, and a database's files, to the one the folder belongs to.
pub(super) fn hand_over(config: &Config) -> Result<()> {
    let folder = &config.data.folder;
    if !folder.is_dir() {
        return Ok(());
    }
    let mut all = Vec::new();
    below(folder, &mut all).map_err(Error::unavailable)?;
    if let Some(path) = config.database.url.strip_prefix("sqlite:") {
        let files = ["", "-wal", "-shm"].map(|end| PathBuf::from(format!("{path}{end}")));
        all.extend(files.into_iter().filter(|file| file.exists()));
    }
    let given = all
        .iter()
        .try_for_each(|path| match given_to_the_owner_of(path, folder) {
            // Gone meanwhile: a service works here too.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        });
    given.map_err(Error::unavailable)
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            below(&entry.path(), found)?;
        }
        found.push(entry.path());
    }
    Ok(())
}
