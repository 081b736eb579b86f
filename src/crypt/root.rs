//! The root key and its file.

use super::Key;
use super::keyfile::{Form, beside};
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

const FORM: Form = Form {
    version: "famn root key 1",
    what: "root key",
    make: "famn keys init",
};

/// The key that wraps every board's key. Whoever has it and the database can read everything; without it nothing can
/// be read, by anyone.
pub struct RootKey(Key);

impl RootKey {
    /// Draws a new key and writes its file, readable by its owner alone and on the disk when this returns.
    ///
    /// Fails if anything is there already, as the old key would be lost with all it seals, or if it cannot be written.
    pub fn make(path: &Path) -> Result<RootKey> {
        RootKey(Key::fresh()).keep(path, None)
    }

    /// The same for a service: where root makes it, it belongs to whom `like` belongs to.
    pub fn make_like(path: &Path, like: &Path) -> Result<RootKey> {
        RootKey(Key::fresh()).keep(path, Some(like))
    }

    /// Writes a key that was recovered, as [`make_like`](RootKey::make_like) writes a new one. Fails as it does.
    pub fn keep(self, path: &Path, like: Option<&Path>) -> Result<RootKey> {
        FORM.write(path, &self.0, like)?;
        Ok(self)
    }

    /// Reads the key from its file.
    ///
    /// Fails if there is none, if others than its owner may read it, or if it is not what [`make`](RootKey::make)
    /// wrote; the error's text is for whoever starts the program.
    pub fn load(path: &Path) -> Result<RootKey> {
        FORM.read(path).map(RootKey)
    }

    /// Takes the bytes of a key that was kept elsewhere.
    pub(super) fn of(key: Key) -> RootKey {
        RootKey(key)
    }

    pub fn into_key(self) -> Key {
        self.0
    }

    pub const fn key(&self) -> &Key {
        &self.0
    }

    /// Eight hexadecimal digits that tell the key from others, and nothing that would help to guess it.
    pub fn check(&self) -> String {
        check(&self.0)
    }

    /// The key that is to take this file's place, if a rotation was begun.
    pub(super) fn load_next(path: &Path) -> Result<Option<RootKey>> {
        let next = next_to(path);
        if next.exists() {
            RootKey::load(&next).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The key that is to take this file's place: the one of a rotation that was begun, or a new one. Whole or not at
    /// all, wherever it is broken off, and of the owner of the one before it.
    pub fn next(path: &Path) -> Result<RootKey> {
        if let Some(begun) = RootKey::load_next(path)? {
            return Ok(begun);
        }
        let next = next_to(path);
        let part = beside(path, ".part");
        let _ = fs::remove_file(&part);
        let made = RootKey::make_like(&part, path)?;
        FORM.same_mode(&part, path)?;
        FORM.rename(&part, &next)?;
        Ok(made)
    }

    /// Puts the next key in the place of the one before it, which is gone then.
    pub fn replace(path: &Path) -> Result<()> {
        FORM.rename(&next_to(path), path)
    }

    /// Whether a rotation was begun whose key is not in its place yet.
    pub fn has_next(path: &Path) -> bool {
        next_to(path).exists()
    }
}

/// Eight hexadecimal digits that go with a key.
pub(super) fn check(key: &Key) -> String {
    FORM.check(key)
}

/// The error of a database that is under another key.
pub(super) fn other_key(path: &Path, wanted: &str) -> Error {
    Error::Unavailable(format!(
        "the database is under the root key with check {wanted}, and {} is another: see `famn keys recover`",
        path.display()
    ))
}

fn next_to(path: &Path) -> PathBuf {
    beside(path, ".new")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;

    const VERSION: &str = FORM.version;

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
