//! A place, a recovery key kept elsewhere, and a shelf for backups.

use crate::kit::{Place, famn};
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
