//! What wrong lines are about: other lines may name it, and it is not they who are wrong.

use super::ImportFault;
use super::table::Line;
use std::collections::{HashMap, HashSet};

/// The keys of lines that are not taken in, by file.
#[derive(Default)]
pub(super) struct LeftOut {
    keys: HashMap<&'static str, HashSet<String>>,
    /// Files of which some lines could not be read at all.
    unread: HashSet<&'static str>,
}

/// The keys of a file's lines, each with its line.
pub(super) type Keyed = (&'static str, Vec<(u64, String)>);

/// What each line of a file is about.
pub(super) fn keys_of(file: &'static str, lines: &[Line], key: &'static str) -> Keyed {
    let keyed = lines.iter().map(|line| (line.number, line.get(key).to_owned()));
    (file, keyed.collect())
}

impl LeftOut {
    /// What `faults` are about; `unread` are those of files and lines whose fields could not be told apart.
    pub(super) fn of(faults: &[ImportFault], unread: HashSet<&'static str>, keyed: Vec<Keyed>) -> LeftOut {
        let is_wrong = |file, line| faults.iter().any(|fault| (fault.file, fault.line) == (file, line));
        let wrong = keyed.into_iter().map(|(file, keys)| {
            let keys = keys.into_iter().filter(|(line, _)| is_wrong(file, *line));
            (file, keys.map(|(_, key)| key).collect())
        });
        LeftOut {
            keys: wrong.collect(),
            unread,
        }
    }

    /// Whether a wrong line of the file is, or may be, about it.
    pub(super) fn names(&self, file: &'static str, key: &str) -> bool {
        let same = |one: &String| one.eq_ignore_ascii_case(key.trim());
        self.unread.contains(file) || self.keys.get(file).is_some_and(|keys| keys.iter().any(same))
    }
}
