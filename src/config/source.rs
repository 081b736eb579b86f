//! Where settings come from: files and variables, and how it is told that they are wrong.

use super::Config;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What variables of the program begin with.
const PREFIX: &str = "famn_";

/// Variables by the name of the setting they set: how each is spelled, and its value. As text, whatever it looks like: a
/// folder may be called `2026`.
pub type Variables = BTreeMap<String, (String, String)>;

/// All that is wrong with the settings, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFaults(pub Vec<String>);

impl std::fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<String> = self.0.iter().map(|fault| format!("  - {fault}")).collect();
        write!(f, "the settings are not right:\n{}", lines.join("\n"))
    }
}
impl std::error::Error for ConfigFaults {}

/// Settings as they were read, with all that is wrong with them so far: higher parts and the machine have their say too.
#[derive(Debug)]
pub struct Gathered {
    /// With usual values where something is wrong.
    pub config: Config,
    faults: Vec<String>,
    variables: Variables,
}

impl Gathered {
    pub(super) fn of(config: Config, faults: Vec<String>, variables: Variables) -> Gathered {
        Gathered {
            config,
            faults,
            variables,
        }
    }

    /// Whether nothing is wrong so far with the settings of these names.
    pub fn are_right(&self, names: &[&str]) -> bool {
        !self.faults.iter().any(|fault| names.contains(&name_in(fault)))
    }

    /// Adds what else is wrong with settings that had no fault so far: each line begins with the setting's name.
    pub fn add(&mut self, found: Vec<String>) {
        let new = found.into_iter().filter(|fault| self.are_right(&[name_in(fault)]));
        let new: Vec<String> = new.collect();
        self.faults.extend(new);
    }

    /// The settings.
    ///
    /// # Errors
    /// All that is wrong; of what a variable sets it is told which.
    pub fn done(self) -> Result<Config, ConfigFaults> {
        let told = |mut fault: String| {
            if let Some((spelled, _)) = self.variables.get(name_in(&fault)) {
                fault.push_str(&format!(" (set by {spelled})"));
            }
            fault
        };
        match self.faults.is_empty() {
            true => Ok(self.config),
            false => Err(ConfigFaults(self.faults.into_iter().map(told).collect())),
        }
    }
}

/// The name of the setting that a fault is of.
fn name_in(fault: &str) -> &str {
    fault.split(':').next().unwrap_or_default()
}

/// The program's variables: `FAMN_DATABASE__URL` sets `database.url`.
pub fn variables() -> Variables {
    let mut found = Variables::new();
    for (spelled, value) in std::env::vars_os() {
        let (spelled, value) = (spelled.to_string_lossy(), value.to_string_lossy());
        let name = spelled.to_ascii_lowercase();
        if let Some(name) = name.strip_prefix(PREFIX).filter(|name| !is_tests(name)) {
            let value = value.trim().to_owned();
            found.insert(name.replacen("__", ".", 1), (spelled.into_owned(), value));
        }
    }
    found
}

/// Variables that are the test suite's own.
fn is_tests(name: &str) -> bool {
    name.starts_with("test_") || name == "require"
}

/// The one file that is named, or all of `config/`, in the order of their names.
pub(super) fn files(file: Option<&Path>) -> Result<Vec<PathBuf>, ConfigFaults> {
    let Some(file) = file else {
        return Ok(toml_files(Path::new("config")));
    };
    let cannot = |cause: String| ConfigFaults(vec![format!("{} cannot be read: {cause}", file.display())]);
    match std::fs::read_to_string(file) {
        Ok(_) => Ok(vec![file.to_owned()]),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            Err(ConfigFaults(vec![format!("there is no file {}", file.display())]))
        }
        Err(cause) => Err(cannot(cause.to_string())),
    }
}

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
        .collect();
    files.sort();
    files
}
