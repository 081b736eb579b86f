//! The root key's file: three lines of text, so that it can be printed and typed in again.
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
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use zeroize::{Zeroize as _, Zeroizing};

const VERSION: &str = "famn root key 1";
/// Longer than any file this version makes, with room for what an editor may add; more is not read.
const MOST: u64 = 1024;

/// The key that wraps every board's key. Whoever has it and the database can read everything; without it nothing can
/// be read, by anyone.
pub struct RootKey(Key);

impl RootKey {
    /// Draws a new key and writes its file, readable by its owner alone and on the disk when this returns.
    ///
    /// Fails if anything is there already, as the old key would be lost with all it seals, or if it cannot be written.
    pub fn make(path: &Path) -> Result<RootKey> {
        let root = RootKey(Key::fresh());
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists => Error::Fault(format!(
                "{} is there already; a root key is never written over",
                path.display()
            )),
            _ => cannot("make", path, cause),
        })?;
        root.write(file, path).map_err(|cause| {
            // Half a key would be in the way of the next attempt.
            let _ = fs::remove_file(path);
            cannot("write", path, cause)
        })?;
        Ok(root)
    }

    /// Reads the key from its file.
    ///
    /// Fails if there is none, if others than its owner may read it, or if it is not what [`make`](RootKey::make)
    /// wrote; the error's text is for whoever starts the program.
    pub fn load(path: &Path) -> Result<RootKey> {
        let file = File::open(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => Error::Fault(format!(
                "no root key at {}: bring it back from its safe copy; only a new installation makes one, with `famn keys init`",
                path.display()
            )),
            _ => cannot("open", path, cause),
        })?;
        refuse_shared(&file, path)?;
        let mut text = Zeroizing::new(String::with_capacity(MOST as usize));
        file.take(MOST)
            .read_to_string(&mut text)
            .map_err(|cause| cannot("read", path, cause))?;
        parse(&text)
            .map(RootKey)
            .map_err(|why| Error::Fault(format!("{}: {why}", path.display())))
    }

    pub fn into_key(self) -> Key {
        self.0
    }

    pub const fn key(&self) -> &Key {
        &self.0
    }

    fn write(&self, mut file: File, path: &Path) -> io::Result<()> {
        let key = Zeroizing::new(BASE64.encode(self.0.bytes()));
        let text = Zeroizing::new(format!("{VERSION}\n{}\ncheck {}\n", *key, check(&self.0)));
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        sync_folder(path)
    }
}

fn parse(text: &str) -> Result<Key, &'static str> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines.next() != Some(VERSION) {
        return Err("not a root key of this version");
    }
    let (Some(key), Some(told), None) = (lines.next(), lines.next(), lines.next()) else {
        return Err("a root key's file has three lines");
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
    if told.strip_prefix("check ") != Some(&check(&key)) {
        return Err("the check does not fit the key: mistyped?");
    }
    Ok(key)
}

/// Eight hexadecimal digits that go with a key.
fn check(key: &Key) -> String {
    let hash = secret::sha256(&Zeroizing::new([VERSION.as_bytes(), key.bytes()].concat()));
    hex::encode(&hash[..4])
}

#[cfg(unix)]
fn refuse_shared(file: &File, path: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let mode = file.metadata().map_err(|cause| cannot("look at", path, cause))?.mode();
    if mode & 0o077 != 0 {
        let (path, mode) = (path.display(), mode & 0o777);
        return Err(Error::Fault(format!(
            "{path} is open to others ({mode:o}): `chmod 600` it, and consider it known"
        )));
    }
    Ok(())
}
#[cfg(not(unix))]
fn refuse_shared(_file: &File, _path: &Path) -> Result<()> {
    Ok(())
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

fn cannot(what: &str, path: &Path, cause: io::Error) -> Error {
    Error::Fault(format!("cannot {what} the root key {}: {cause}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A folder that goes with the test.
    struct Folder(PathBuf);
    impl Folder {
        fn fresh() -> Folder {
            let folder = std::env::temp_dir().join(format!("famn-root-{}", hex::encode(secret::random::<8>())));
            fs::create_dir(&folder).expect("a new folder");
            Folder(folder)
        }
        fn file(&self, text: &str) -> PathBuf {
            let path = self.0.join("typed.key");
            let _ = fs::remove_file(&path);
            RootKey::make(&path).expect("made");
            fs::write(&path, text).expect("written");
            path
        }
    }
    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn refusal(path: &Path) -> String {
        RootKey::load(path).map(|_| ()).expect_err("refused").to_string()
    }

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let folder = Folder::fresh();
        let path = folder.0.join("root.key");
        let made = RootKey::make(&path).expect("made");
        assert_eq!(RootKey::load(&path).expect("read").key().bytes(), made.key().bytes());

        let again = RootKey::make(&path).map(|_| ()).expect_err("refused").to_string();
        assert!(again.contains("never written over"), "{again}");
        assert_eq!(RootKey::load(&path).expect("read").key().bytes(), made.key().bytes());
    }

    #[test]
    #[cfg(unix)]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::fresh();
        let path = folder.0.join("root.key");
        RootKey::make(&path).expect("made");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        for mode in [0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
            assert!(refusal(&path).contains(&format!("open to others ({mode:o})")));
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).expect("set");
        assert!(RootKey::load(&path).is_ok());
    }

    #[test]
    fn without_a_key_it_says_how_to_make_one() {
        let folder = Folder::fresh();
        assert!(refusal(&folder.0.join("root.key")).contains("`famn keys init`"));
        assert!(RootKey::make(&folder.0.join("nowhere/root.key")).is_err());
    }

    #[test]
    fn a_typed_key_is_taken_and_a_mistyped_one_told() {
        let folder = Folder::fresh();
        let key = BASE64.encode([7; 32]);
        let check = check(&Key::from_bytes([7; 32]));
        let typed = folder.file(&format!("{VERSION}\r\n\r\n  {key} \r\ncheck {check}"));
        assert_eq!(RootKey::load(&typed).expect("read").key().bytes(), &[7; 32]);

        let slip = key.replacen('B', "C", 1);
        for (text, why) in [
            (format!("{VERSION}\n{slip}\ncheck {check}\n"), "mistyped"),
            (format!("{VERSION}\n{key}\n"), "three lines"),
            (format!("{VERSION}\nAAAA\ncheck {check}\n"), "32 bytes"),
            (format!("{VERSION}\n!\ncheck {check}\n"), "base64"),
            (format!("famn root key 2\n{key}\ncheck {check}\n"), "version"),
            (String::new(), "version"),
        ] {
            let said = refusal(&folder.file(&text));
            assert!(said.contains(why) && !said.contains(&key[..8]), "{said}");
        }
    }
}
