//! Reading settings one by one, with all that is wrong with them told at once.

use super::SETTINGS;
use figment::value::{Dict, Value};
use std::net::SocketAddr;

/// Reads settings one by one and collects what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) values: &'a Dict,
    pub(super) faults: Vec<String>,
}

impl Reader<'_> {
    pub(super) fn raw(&self, name: &str) -> Option<String> {
        let (section, key) = name.split_once('.')?;
        let value = match self.values.get(section)? {
            Value::Dict(_, inner) => inner.get(key)?,
            _ => return None,
        };
        match value {
            Value::String(_, text) => Some(text.clone()),
            Value::Num(_, number) => number.to_i128().map(|n| n.to_string()),
            Value::Bool(_, truth) => Some(truth.to_string()),
            _ => Some(String::from("\u{0}")),
        }
    }

    pub(super) fn text(&mut self, name: &str) -> String {
        let default = || {
            SETTINGS
                .iter()
                .find(|s| s.name == name)
                .map_or("", |s| s.default)
                .to_owned()
        };
        let text = self.raw(name).unwrap_or_else(default);
        if text == "\u{0}" {
            self.faults.push(format!("{name}: must be a text or a number"));
            return default();
        }
        text
    }

    pub(super) fn needed(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.trim().is_empty() {
            self.faults.push(format!("{name}: must be set ({})", meaning(name)));
        }
        text
    }

    pub(super) fn parsed<T: std::str::FromStr>(&mut self, name: &str, what: &str) -> Option<T> {
        let text = self.text(name);
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.faults.push(format!("{name}: {text:?} is not {what}"));
        }
        parsed
    }

    pub(super) fn number(&mut self, name: &str, least: u64, most: u64) -> u64 {
        let number: Option<u64> = self.parsed(name, "a whole number");
        match number {
            Some(n) if (least..=most).contains(&n) => n,
            Some(n) => {
                self.faults
                    .push(format!("{name}: {n} is not between {least} and {most}"));
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
            self.faults.push(format!("{name}: {text:?} is none of {choices}"));
        }
        found.unwrap_or(choices[0])
    }

    pub(super) fn database_url(&mut self) -> String {
        let url = self.text("database.url");
        if !["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            // Not the value itself: it may hold a password.
            self.faults
                .push("database.url: must begin with sqlite: or postgres://".into());
        }
        url
    }

    /// Browsers keep the session's cookie over plain HTTP on a loopback address only.
    pub(super) fn public_url(&mut self, listen: SocketAddr) -> String {
        let url = self.text("server.public_url").trim_end_matches('/').to_owned();
        if url.is_empty() && listen.ip().is_loopback() {
            return format!("http://{listen}");
        }
        if url.starts_with("https://") || is_loopback_url(&url) {
            return url;
        }
        self.faults
            .push("server.public_url: must begin with https:// unless the address is a loopback one".into());
        url
    }

    pub(super) fn fault(&mut self, words: &str) {
        self.faults.push(words.into());
    }

    pub(super) fn unknown(&mut self) {
        for (section, value) in self.values {
            let Value::Dict(_, inner) = value else {
                self.faults.push(format!("{section}: there is no such setting"));
                continue;
            };
            for key in inner.keys() {
                let name = format!("{section}.{key}");
                if !SETTINGS.iter().any(|setting| setting.name == name) {
                    self.faults.push(format!("{name}: there is no such setting"));
                }
            }
        }
    }
}

fn meaning(name: &str) -> &'static str {
    SETTINGS
        .iter()
        .find(|setting| setting.name == name)
        .map_or("", |setting| setting.meaning)
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
