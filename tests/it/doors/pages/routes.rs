//! Which pages there are, read from the source.

use std::collections::BTreeSet;
use std::path::Path;

/// Every page route of the source.
pub fn routes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs")
                && !name.ends_with("/api.rs")
                && !name.contains("/api/")
                && !name.contains("/server/")
            {
                let text = std::fs::read_to_string(&path).expect("a file");
                for method in ["get", "post", "put", "patch", "delete"] {
                    let starts = format!("#[{method}(\"");
                    let after = text.split(&starts).skip(1).filter_map(|rest| rest.split_once("\")]"));
                    found.extend(after.map(|(path, _)| format!("{} {path}", method.to_uppercase())));
                }
            }
        }
    }
    found
}
