//! Programs that are not ours, which `tests/run` installs: the Python ones, and what is made with node.

use super::database::setting;
use std::path::PathBuf;

/// A program of the folder that `FAMN_TEST_TOOLS` names; without it what needs one skips itself.
pub fn python_tool(name: &str) -> Option<PathBuf> {
    folder("FAMN_TEST_TOOLS").map(|folder| folder.join(name))
}

/// The folder with node's packages, which `FAMN_TEST_NODE` names; without it what needs them skips itself.
pub fn node_modules() -> Option<PathBuf> {
    folder("FAMN_TEST_NODE")
}

fn folder(variable: &str) -> Option<PathBuf> {
    let found = setting(variable);
    if found.is_none() {
        assert!(setting("FAMN_REQUIRE").is_none(), "tests/run gives {variable}");
        eprintln!("skipped: {variable} names no folder");
    }
    found.map(PathBuf::from)
}
