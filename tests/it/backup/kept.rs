//! A place, a recovery key kept elsewhere, and a shelf for backups.

use crate::kit::{Place, everything_kept, famn};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A place with a recovery key, whose private half lies elsewhere.
pub struct Kept {
    pub place: Place,
    pub recovery: PathBuf,
    pub public: String,
}

impl Kept {
    pub async fn new() -> Kept {
        let place = tokio::task::spawn_blocking(Place::filled).await.expect("a place");
        let recovery = elsewhere(&place, "recovery.key");
        let made = famn(&place, &["keys", "recovery", text(&recovery)], "");
        assert_eq!(made.code, 0, "{made:?}");
        let public = made.output.trim().to_owned();
        Kept {
            place,
            recovery,
            public,
        }
    }

    pub fn backs_up(&self, to: &Path) {
        let taken = famn(&self.place, &["backup", text(to), "--for", &self.public], "");
        assert_eq!(taken.code, 0, "{taken:?}");
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.recovery);
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// A path beside a place's folder.
pub fn elsewhere(place: &Place, name: &str) -> PathBuf {
    PathBuf::from(format!("{}-{name}", place.folder.display()))
}

/// A folder for a backup that goes with the test.
pub struct Shelf(pub PathBuf);
impl Drop for Shelf {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
pub fn shelf(place: &Place) -> Shelf {
    Shelf(elsewhere(place, "backup"))
}

/// Every file below a folder, with its bytes.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.insert(entry.path(), std::fs::read(entry.path()).expect("a file"));
        }
    }
    found
}

/// Every file of a backup of a place, and everything that is kept where it has been restored: its database as it was
/// before it was packed and sealed, and its files.
pub fn everything_copied(place: &Place) -> Vec<(String, Vec<u8>)> {
    let recovery = elsewhere(place, "recovery.key");
    let public = famn(place, &["keys", "recovery", text(&recovery)], "").done();
    let shelf = shelf(place);
    famn(place, &["backup", text(&shelf.0), "--for", public.trim()], "").done();
    let named = |(path, bytes): (PathBuf, Vec<u8>)| (format!("the backup: {}", path.display()), bytes);
    let mut all: Vec<(String, Vec<u8>)> = files(&shelf.0).into_iter().map(named).collect();
    assert!(all.len() > 4, "manifest, seal, database, settings, files");
    let restored = Place::empty();
    std::fs::copy(place.folder.join("root.key"), restored.folder.join("root.key")).expect("the root key");
    let restore = ["restore", text(&shelf.0), "--recovery-key", text(&recovery)];
    famn(&restored, &restore, "").done();
    let again = everything_kept(&restored);
    assert!(again.len() > 4, "database and files");
    all.extend(
        again
            .into_iter()
            .map(|(what, bytes)| (format!("restored: {what}"), bytes)),
    );
    let _ = std::fs::remove_file(&recovery);
    all
}
