//! The project's own source as text: every file, its code without comments, literals and tests, and the paths it names.

use std::path::{Path, PathBuf};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the project, its path as seen from the project's root, in order.
pub fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).into_iter().flatten().flatten() {
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else {
                found.push(path.to_str().expect("a readable path").to_owned());
            }
        }
    }
    found.sort();
    found
}

pub fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// One file of `src`, without what is only for tests.
pub struct Source {
    pub path: String,
    /// As long as the file, but with blanks for comments, the insides of literals, and tests.
    pub code: String,
}

/// All code of `src` that is no test.
pub fn sources() -> Vec<Source> {
    let is_test = |path: &String| path.ends_with("/tests.rs") || path.contains("/tests/");
    let rust = files("src")
        .into_iter()
        .filter(|path| path.ends_with(".rs") && !is_test(path));
    rust.map(|path| {
        let code = without_tests(&bare(&text(&path)));
        Source { path, code }
    })
    .collect()
}

impl Source {
    /// The part of the program it belongs to: the first folder, or the file at the top.
    pub fn area(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path);
        below.split('/').next().unwrap_or(below).trim_end_matches(".rs")
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// How deep the module lies: 1 for `src/app.rs` and `src/errand/mod.rs`, 2 for `src/errand/api.rs`.
    pub fn depth(&self) -> usize {
        let parts = self.path.split('/').count() - 1;
        if self.name() == "mod.rs" { parts - 1 } else { parts }
    }

    /// Where `needle` stands in the code, as `src/a.rs:7`.
    pub fn lines_with(&self, needle: &str) -> Vec<String> {
        let hits = self.code.match_indices(needle);
        hits.map(|(at, _)| self.place(at)).collect()
    }

    /// As [`Source::lines_with`], where the needle is a word of its own and not the end of a longer one.
    pub fn lines_with_word(&self, needle: &str) -> Vec<String> {
        let alone = |at: usize| !self.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let hits = self.code.match_indices(needle).filter(|(at, _)| alone(*at));
        hits.map(|(at, _)| self.place(at)).collect()
    }

    pub fn place(&self, at: usize) -> String {
        format!("{}:{}", self.path, self.code[..at].matches('\n').count() + 1)
    }

    /// Every path from the crate's root, with its place: `crate::{a::b, c}` gives `a::b` and `c`.
    pub fn crate_paths(&self) -> Vec<(String, Vec<String>)> {
        let mut found = Vec::new();
        for (at, start) in self.code.match_indices("crate::") {
            // `pub(crate)` has no `::` after it; `$crate::` and `crate::` are the same.
            let mut paths = Vec::new();
            tree(&self.code[at + start.len()..], &mut Vec::new(), &mut paths);
            found.extend(paths.into_iter().map(|path| (self.place(at), path)));
        }
        found
    }
}

/// Reads one use tree (or path) at the beginning of `code` into `found`; gives what is left.
fn tree<'a>(code: &'a str, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> &'a str {
    let mut rest = code.trim_start();
    let depth = before.len();
    if let Some(mut group) = rest.strip_prefix('{') {
        loop {
            group = group.trim_start();
            if let Some(after) = group.strip_prefix('}') {
                rest = after;
                break;
            }
            let left = tree(group, before, found).trim_start();
            assert!(left.len() < group.len(), "a use group that cannot be read: {left:.60}");
            group = left.strip_prefix(',').unwrap_or(left);
        }
    } else {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*');
        let (word, after) = rest.split_at(word.unwrap_or(rest.len()));
        before.push(word.to_owned());
        rest = match after.strip_prefix("::") {
            Some(next) if !next.starts_with('<') => tree(next, before, found),
            _ => {
                found.push(before.clone());
                after.strip_prefix(" as ").map_or(after, |renamed| {
                    renamed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
                })
            }
        };
    }
    before.truncate(depth);
    rest
}

/// The code with blanks for comments and the insides of literals; every line stays where it is.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = opaque(rest, out.chars().next_back());
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[length..];
        }
    }
    out
}

/// The length of the comment or literal that begins here; 0 if none does.
fn opaque(rest: &str, before: Option<char>) -> usize {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    let word_before = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return until("*/", 2);
    }
    if rest.starts_with('"') {
        return string_end(rest);
    }
    if !word_before && rest.starts_with("r#\"") {
        return until("\"#", 3);
    }
    if !word_before && rest.starts_with("r\"") {
        return until("\"", 2);
    }
    if !word_before && rest.starts_with('\'') {
        // A lifetime has no second quote right after one character.
        let inner: Vec<char> = rest.chars().skip(1).take(2).collect();
        return match inner[..] {
            ['\\', _] => until("'", 3),
            [c, '\''] => c.len_utf8() + 2,
            _ => 0,
        };
    }
    0
}

fn string_end(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Blanks every item that is compiled for tests only.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = code.to_owned();
    while let Some(at) = out.find(MARK) {
        let mut depth = 0_i32;
        let end = out[at..].char_indices().find_map(|(i, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            let ends = depth == 0 && (c == '}' || c == ';');
            ends.then_some(at + i + 1)
        });
        let end = end.unwrap_or(out.len());
        let blank: String = out[at..end]
            .chars()
            .map(|c| if c == '\n' { '\n' } else { ' ' })
            .collect();
        out.replace_range(at..end, &blank);
    }
    out
}

#[test]
fn code_is_read_without_what_is_no_code() {
    let text = "use crate::{a::b, c as d, e::{f, g::*}}; // crate::h\nlet x = \"crate::i\"; let c = '\"';\n#[cfg(test)]\nmod tests { use crate::j; }\nfn k<'a>(l: &'a str) { crate::m::n(r\"crate::o\") }\n";
    let source = Source {
        path: "src/x.rs".into(),
        code: without_tests(&bare(text)),
    };
    let paths: Vec<_> = source
        .crate_paths()
        .into_iter()
        .map(|(place, path)| format!("{place} {}", path.join("::")))
        .collect();
    assert_eq!(
        paths,
        [
            "src/x.rs:1 a::b",
            "src/x.rs:1 c",
            "src/x.rs:1 e::f",
            "src/x.rs:1 e::g::*",
            "src/x.rs:5 m::n"
        ]
    );
}

/// A print macro panics when its line cannot be written, and waits where nobody reads: what serves says what it has to
/// say through the journal. Commands that end by themselves may print.
#[test]
fn nothing_that_serves_prints() {
    let macros = ["print!(", "println!(", "eprint!(", "eprintln!(", "dbg!("];
    let serves =
        |source: &&Source| source.area() != "cli" || ["serve.rs", "demo.rs", "mod.rs"].contains(&source.name());
    let all = sources();
    let found: Vec<String> = all
        .iter()
        .filter(serves)
        .flat_map(|source| macros.iter().flat_map(|word| source.lines_with_word(word)))
        .collect();
    assert!(found.is_empty(), "prints where it serves:\n  {}", found.join("\n  "));
    // Standard error itself is the journal's, which hands it to a thread of its own.
    let own = |source: &&Source| source.path != "src/journal.rs";
    let raw = all.iter().filter(own).flat_map(|source| source.lines_with("stderr()"));
    let raw: Vec<String> = raw.filter(|place| !place.starts_with("src/cli/")).collect();
    assert!(
        raw.is_empty(),
        "writes to standard error past the journal:\n  {}",
        raw.join("\n  ")
    );
}

/// What runs by itself is begun again when it ends, and missed when it does not come round (`alive`). Elsewhere only what
/// ends by itself is begun, and whoever lets it be does no harm.
#[test]
fn what_runs_by_itself_is_kept_alive() {
    let known = [
        // Kept: what keeps, what is kept by it, and what the end of the process waits for.
        "src/alive.rs",
        "src/server/tasks.rs",
        "src/server/metrics.rs",
        "src/server/mod.rs",
        "src/db/writer.rs",
        "src/journal.rs",
        // Ends by itself: a check that was asked for, a lost password, a file that was given up, one line of output.
        "src/review/check.rs",
        "src/account/entry/recover.rs",
        "src/file/receive.rs",
        "src/cli/serve.rs",
    ];
    let all = sources();
    let found = all.iter().flat_map(|source| source.lines_with_word("spawn("));
    let found: Vec<String> = found
        .filter(|place| !known.iter().any(|path| place.starts_with(&format!("{path}:"))))
        .collect();
    assert!(found.is_empty(), "begun, and kept by nobody:\n  {}", found.join("\n  "));
}
