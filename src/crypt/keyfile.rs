//! A key's file: three lines of text, so that it can be printed and typed in again.
//!
//! ```text
//! famn root key 1
//! 3q2+7w…=            the key in base64
//! check 1f2e3d4c      tells a slip of the pen from another key; says nothing of the key that would help to guess it
//! ```

use super::Key;
use crate::error::{Error, Result};
use crate::secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::{Zeroize as _, Zeroizing};

/// Longer than any file this version makes, with room for what an editor may add; more is not read.
const MOST: u64 = 1024;

/// What kind of key a file holds.
pub(super) struct Form {
    /// The first line.
    pub version: &'static str,
    /// What it is called.
    pub what: &'static str,
    /// The command that makes one.
    pub make: &'static str,
}

impl Form {
    /// Writes a key's file, readable by its owner alone and on the disk when this returns: whole or not at all, wherever
    /// it is broken off. `like` names a file or folder whose owner it is to have where root writes it. Fails if anything
    /// is there.
    pub(super) fn write(&self, path: &Path, key: &Key, like: Option<&Path>) -> Result<()> {
        let there = || {
            let path = path.display();
            Error::Fault(format!(
                "{path} is there already; a {} is never written over",
                self.what
            ))
        };
        if path.symlink_metadata().is_ok() {
            return Err(there());
        }
        let half = beside(path, ".half");
        // What a process left that was killed.
        let _ = fs::remove_file(&half);
        let written = self
            .fill(&half, key, like)
            .map_err(|cause| self.cannot("make", path, cause));
        // A link never takes another's place; not every file system has them.
        let placed = written.and_then(|()| match fs::hard_link(&half, path) {
            Ok(()) => Ok(()),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Err(there()),
            Err(_) => fs::rename(&half, path).map_err(|cause| self.cannot("make", path, cause)),
        });
        let _ = fs::remove_file(&half);
        placed?;
        sync_folder(path).map_err(|cause| self.cannot("make", path, cause))
    }

    fn fill(&self, path: &Path, key: &Key, like: Option<&Path>) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        if let Some(like) = like {
            given_to_the_owner_of(path, like)?;
        }
        let text = Zeroizing::new(BASE64.encode(key.bytes()));
        let text = Zeroizing::new(format!("{}\n{}\ncheck {}\n", self.version, *text, self.check(key)));
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// Reads a key from its file. Fails if there is none, if others than its owner may read it, or if it is no such
    /// key.
    pub(super) fn read(&self, path: &Path) -> Result<Key> {
        let file = File::open(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => Error::Fault(format!(
                "no {} at {}: bring it back from its safe copy; only a new installation makes one, with `{}`",
                self.what,
                path.display(),
                self.make
            )),
            _ => self.cannot("open", path, cause),
        })?;
        self.refuse_shared(&file, path)?;
        let mut text = Zeroizing::new(String::with_capacity(MOST as usize));
        file.take(MOST)
            .read_to_string(&mut text)
            .map_err(|cause| self.cannot("read", path, cause))?;
        self.parse(&text)
            .map_err(|why| Error::Fault(format!("{}: {why}", path.display())))
    }

    /// Gives a file the mode of another.
    pub(super) fn same_mode(&self, path: &Path, like: &Path) -> Result<()> {
        let set = fs::metadata(like).and_then(|of| fs::set_permissions(path, of.permissions()));
        set.map_err(|cause| self.cannot("make", path, cause))
    }

    /// Gives a file another name, in the place of what bears it; on the disk when this returns.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        fs::rename(from, to)
            .and_then(|()| sync_folder(to))
            .map_err(|cause| self.cannot("rename", from, cause))
    }

    /// Reads a key from the text of its file.
    pub(super) fn parse(&self, text: &str) -> Result<Key, String> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        if lines.next() != Some(self.version) {
            return Err(format!("not a {} of this version", self.what));
        }
        let (Some(key), Some(told), None) = (lines.next(), lines.next(), lines.next()) else {
            return Err(format!("a {}'s file has three lines", self.what));
        };
        let decoded = BASE64
            .decode(key)
            .map(Zeroizing::new)
            .map_err(|_| "the key is not base64")?;
        let mut bytes: [u8; 32] = decoded
            .as_slice()
            .try_into()
            .map_err(|_| "the key is not of 32 bytes")?;
        let key = Key::from_bytes(bytes);
        bytes.zeroize();
        if told.strip_prefix("check ") != Some(&self.check(&key)) {
            return Err("the check does not fit the key: mistyped?".into());
        }
        Ok(key)
    }

    /// Eight hexadecimal digits that go with a key.
    pub(super) fn check(&self, key: &Key) -> String {
        let hash = secret::sha256(&Zeroizing::new([self.version.as_bytes(), key.bytes()].concat()));
        hex::encode(&hash[..4])
    }

    #[cfg(unix)]
    fn refuse_shared(&self, file: &File, path: &Path) -> Result<()> {
        use std::os::unix::fs::MetadataExt as _;
        let mode = file
            .metadata()
            .map_err(|cause| self.cannot("look at", path, cause))?
            .mode();
        if mode & 0o077 != 0 {
            let (path, mode) = (path.display(), mode & 0o777);
            return Err(Error::Fault(format!(
                "{path} is open to others ({mode:o}): `chmod 600` it, and consider it known"
            )));
        }
        Ok(())
    }
    #[cfg(not(unix))]
    fn refuse_shared(&self, _file: &File, _path: &Path) -> Result<()> {
        Ok(())
    }

    fn cannot(&self, what: &str, path: &Path, cause: io::Error) -> Error {
        let hint = match (what, cause.kind()) {
            ("make" | "rename", io::ErrorKind::PermissionDenied) => {
                " (its folder must be one that this user may write in)"
            }
            _ => "",
        };
        Error::Fault(format!(
            "cannot {what} the {} {}: {cause}{hint}",
            self.what,
            path.display()
        ))
    }
}

/// What root makes beside a service is the service's user's, or the service could not read it; anyone else's stays theirs.
///
/// # Errors
/// When there is nothing to be like, or the owner cannot be changed.
pub fn given_to_the_owner_of(path: &Path, like: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if rustix::process::geteuid().is_root() {
        use std::os::unix::fs::MetadataExt as _;
        let of = fs::metadata(like)?;
        std::os::unix::fs::lchown(path, Some(of.uid()), Some(of.gid()))?;
    }
    Ok(())
}

/// A path with an end to its name.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

/// A new file is there after a power cut only once its folder is on the disk too.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
