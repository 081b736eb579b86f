//! Reading settings one by one, with all that is wrong with them told at once.

use super::{SETTINGS, Setting, Variables};
use figment::value::{Dict, Num, Value};
use std::net::SocketAddr;
use tracing_subscriber::EnvFilter;
use url::Url;

/// Reads settings one by one and collects what is wrong with them.
pub(super) struct Reader<'a> {
    file: &'a Dict,
    variables: &'a Variables,
    faults: Vec<String>,
}

/// The name in `config/famn.toml.example`, which nobody else can have.
const EXAMPLE: &str = "famn.example.se";

impl<'a> Reader<'a> {
    pub(super) fn of(file: &'a Dict, variables: &'a Variables) -> Reader<'a> {
        Reader {
            file,
            variables,
            faults: Vec::new(),
        }
    }
}

impl Reader<'_> {
    /// What was set, a variable before a file: `Err` when it is no text and no number.
    fn raw(&self, name: &str) -> Option<Result<String, ()>> {
        if let Some((_, value)) = self.variables.get(name) {
            return Some(Ok(value.clone()));
        }
        let (section, key) = name.split_once('.')?;
        let Value::Dict(_, inner) = self.file.get(section)? else {
            return None;
        };
        Some(match inner.get(key)? {
            Value::String(_, text) => Ok(text.clone()),
            Value::Char(_, one) => Ok(one.to_string()),
            Value::Num(_, number) => Ok(number_text(*number)),
            Value::Bool(_, truth) => Ok(truth.to_string()),
            _ => Err(()),
        })
    }

    pub(super) fn text(&mut self, name: &str) -> String {
        let default = known(name).map_or("", |setting| setting.default).to_owned();
        match self.raw(name) {
            None => default,
            Some(Ok(text))
                if text
                    .chars()
                    .all(|c| !c.is_control() && c != char::REPLACEMENT_CHARACTER) =>
            {
                text
            }
            Some(Ok(_)) => {
                self.fault(&format!("{name}: must be one line of readable text"));
                default
            }
            Some(Err(())) => {
                self.fault(&format!("{name}: must be a text or a number"));
                default
            }
        }
    }

    pub(super) fn needed(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.trim().is_empty() {
            let meaning = known(name).map_or("", |setting| setting.meaning);
            self.fault(&format!("{name}: must be set ({meaning})"));
        }
        text
    }

    pub(super) fn parsed<T: std::str::FromStr>(&mut self, name: &str, what: &str) -> Option<T> {
        let text = self.text(name);
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.fault(&format!("{name}: {text:?} is not {what}"));
        }
        parsed
    }

    pub(super) fn number(&mut self, name: &str, least: u64, most: u64) -> u64 {
        let number: Option<u64> = self.parsed(name, &format!("a whole number between {least} and {most}"));
        match number {
            Some(n) if (least..=most).contains(&n) => n,
            Some(n) => {
                self.fault(&format!("{name}: {n} is not between {least} and {most}"));
                least
            }
            None => least,
        }
    }

    pub(super) fn one_of(&mut self, name: &str, choices: &[&'static str]) -> &'static str {
        let text = self.text(name);
        let found = choices.iter().copied().find(|choice| *choice == text);
        if found.is_none() {
            let choices = choices.join(", ");
            self.fault(&format!("{name}: {text:?} is none of {choices}"));
        }
        found.unwrap_or(choices[0])
    }

    pub(super) fn database_url(&mut self) -> String {
        let url = self.text("database.url");
        let is_file = url.strip_prefix("sqlite:").is_some_and(|path| !path.trim().is_empty());
        let is_server = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.trim().is_empty()));
        if !is_file && !is_server {
            // Not the value itself: it may hold a password.
            self.fault("database.url: must be sqlite:PATH or postgres://user@host/name");
        }
        url
    }

    /// Browsers keep the session's cookie over plain HTTP on a loopback address only.
    pub(super) fn public_url(&mut self, listen: SocketAddr) -> String {
        let url = self.text("server.public_url").trim_end_matches('/').to_owned();
        if url.is_empty() && listen.ip().is_loopback() {
            return format!("http://{listen}");
        }
        if !url.starts_with("https://") && !is_loopback_url(&url) {
            self.fault("server.public_url: must begin with https:// unless the address is a loopback one");
        } else if !is_bare(&url) {
            self.fault("server.public_url: must be a host alone, such as https://famn.example.se");
        }
        url
    }

    /// The part of the logs' names that is never changed; it is held to the form that those have (`audit::note`).
    pub(super) fn origin(&mut self) -> String {
        let origin = self.needed("audit.origin");
        let strange = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if origin.contains(strange) || origin.ends_with('/') {
            self.fault("audit.origin: must have no spaces, no plus signs and no slash at its end");
        }
        if origin.split('/').next() == Some(EXAMPLE) {
            self.fault("audit.origin: is the example's; it must be your own, and is never changed once a board exists");
        }
        origin
    }

    pub(super) fn log_level(&mut self) -> String {
        let level = self.needed("log.level");
        let is_level = |word: &str| {
            let levels = ["off", "error", "warn", "info", "debug", "trace"];
            levels.iter().any(|level| word.trim().eq_ignore_ascii_case(level))
        };
        let fits = |part: &str| is_level(part) || part.rsplit_once('=').is_some_and(|(_, level)| is_level(level));
        let reads = level.split(',').all(fits) && EnvFilter::try_new(&level).is_ok();
        if !level.is_empty() && !reads {
            self.fault(&format!(
                "log.level: {level:?} is none of error, warn, info, debug, and no filter such as famn=debug,info"
            ));
        }
        level
    }

    pub(super) fn fault(&mut self, words: &str) {
        self.faults.push(words.into());
    }

    /// Whether something is wrong with the setting of that name.
    pub(super) fn has_fault(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.starts_with(&format!("{name}: ")))
    }

    /// All that was set, by name.
    pub(super) fn given(&self) -> Vec<(String, String)> {
        let known = SETTINGS.iter().map(|setting| setting.name);
        known
            .filter_map(|name| Some((name.to_owned(), self.raw(name)?.ok()?)))
            .collect()
    }

    fn unknown(&mut self) {
        let mut told = Vec::new();
        for (section, value) in self.file {
            let Value::Dict(_, inner) = value else {
                told.push(section.clone());
                continue;
            };
            let names = inner.keys().map(|key| format!("{section}.{key}"));
            told.extend(names.filter(|name| known(name).is_none()));
        }
        let variables = self.variables.iter().filter(|(name, _)| known(name).is_none());
        told.extend(variables.map(|(_, (spelled, _))| spelled.clone()));
        self.faults
            .extend(told.iter().map(|name| format!("{name}: there is no such setting")));
    }

    /// All that was found.
    pub(super) fn all_faults(mut self) -> Vec<String> {
        self.unknown();
        self.faults
    }
}

fn known(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// A number as it was written; one that is not whole is refused where a whole one is needed.
fn number_text(number: Num) -> String {
    let whole = number.to_i128().map(|n| n.to_string());
    let unsigned = || number.to_u128().map(|n| n.to_string());
    let other = || number.to_f64().map(|n| n.to_string());
    whole.or_else(unsigned).or_else(other).unwrap_or_default()
}

/// A scheme, a host, and a port or none.
fn is_bare(url: &str) -> bool {
    let Ok(read) = Url::parse(url) else {
        return false;
    };
    let alone = read.path() == "/" && read.query().is_none() && read.fragment().is_none();
    alone && read.username().is_empty() && read.password().is_none() && read.host_str().is_some()
}

fn is_loopback_url(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else {
        return false;
    };
    let host = rest
        .rsplit_once(':')
        .map_or(rest, |(host, port)| if port.contains(']') { rest } else { host });
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}
