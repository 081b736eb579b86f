//! The settings, read once at start from `config/*.toml` (or one file) and `FAMN_*` variables, the latter winning.
//! Every fault is told at once, each with the setting's name; an unknown name is a fault too. What each setting means
//! stands in [`SETTINGS`], and `docs/OPERATIONS.md` is held to that list by a test.

use figment::providers::{Env, Format, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Provider};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// A setting: its dotted name, what it is without being set, and what it means.
pub struct Setting {
    pub name: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
}

/// All there are. `database.url` is `FAMN_DATABASE__URL` in the environment.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "server.listen",
        default: "127.0.0.1:8080",
        meaning: "address and port to serve on",
    },
    Setting {
        name: "server.public_url",
        default: "",
        meaning: "the address people use, https unless it is a loopback address; empty: http at `server.listen`",
    },
    Setting {
        name: "server.workers",
        default: "2",
        meaning: "threads that serve requests (1–64)",
    },
    Setting {
        name: "data.folder",
        default: "data",
        meaning: "where files and letters are kept",
    },
    Setting {
        name: "database.url",
        default: "sqlite:data/famn.db",
        meaning: "`sqlite:PATH` or `postgres://user@host/name`",
    },
    Setting {
        name: "database.connections",
        default: "8",
        meaning: "connections to read on (1–100)",
    },
    Setting {
        name: "keys.root_file",
        default: "data/root.key",
        meaning: "the root key, made by `famn keys init`",
    },
    Setting {
        name: "audit.origin",
        default: "",
        meaning: "the first part of the logs' names, such as `famn.example.se/audit`; never changed once a board exists",
    },
    Setting {
        name: "mail.from",
        default: "",
        meaning: "the sender of letters, such as `Famn <famn@example.se>`",
    },
    Setting {
        name: "passwords.at_once",
        default: "2",
        meaning: "password hashes computed at the same time (1–64)",
    },
    Setting {
        name: "log.format",
        default: "json",
        meaning: "`json` or `text`",
    },
    Setting {
        name: "log.level",
        default: "info",
        meaning: "`error`, `warn`, `info`, `debug` or a tracing filter",
    },
];

#[derive(Debug, Clone)]
pub struct Server {
    pub listen: SocketAddr,
    /// Without a slash at the end.
    pub public_url: String,
    pub workers: usize,
}
#[derive(Debug, Clone)]
pub struct Data {
    pub folder: PathBuf,
}
#[derive(Debug, Clone)]
pub struct Database {
    pub url: String,
    pub connections: u32,
}
#[derive(Debug, Clone)]
pub struct Keys {
    pub root_file: PathBuf,
}
#[derive(Debug, Clone)]
pub struct Audit {
    pub origin: String,
}
#[derive(Debug, Clone)]
pub struct Mail {
    pub from: String,
}
#[derive(Debug, Clone)]
pub struct Passwords {
    pub at_once: usize,
}
#[derive(Debug, Clone)]
pub struct Log {
    pub json: bool,
    pub level: String,
}

#[derive(Debug, Clone)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub database: Database,
    pub keys: Keys,
    pub audit: Audit,
    pub mail: Mail,
    pub passwords: Passwords,
    pub log: Log,
}

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

impl Config {
    /// Reads `file`, or every `config/*.toml` in the order of their names, and then the environment.
    pub fn load(file: Option<&Path>) -> Result<Config, ConfigFaults> {
        let files = match file {
            Some(file) if file.is_file() => vec![file.to_owned()],
            Some(file) => return Err(ConfigFaults(vec![format!("there is no file {}", file.display())])),
            None => toml_files(Path::new("config")),
        };
        let mut figment = Figment::new();
        for file in files {
            figment = figment.merge(Toml::file_exact(file));
        }
        Config::from_provider(figment.merge(Env::prefixed("FAMN_").filter(|key| !is_tests(key.as_str())).split("__")))
    }

    /// From any source of settings; tests hand in a few values.
    pub fn from_provider(provider: impl Provider) -> Result<Config, ConfigFaults> {
        let values = match Figment::from(provider).extract::<Dict>() {
            Ok(values) => values,
            Err(cause) => return Err(ConfigFaults(cause.into_iter().map(|one| one.to_string()).collect())),
        };
        let mut reader = Reader {
            values: &values,
            faults: Vec::new(),
        };
        let config = reader.config();
        reader.unknown();
        if reader.faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigFaults(reader.faults))
        }
    }
}

/// Variables that are the test suite's own.
fn is_tests(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("test_") || key == "require"
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

/// Reads settings one by one and collects what is wrong with them.
struct Reader<'a> {
    values: &'a Dict,
    faults: Vec<String>,
}

impl Reader<'_> {
    fn config(&mut self) -> Config {
        let listen = self.parsed("server.listen", "an address and port, such as 127.0.0.1:8080");
        let listen = listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        Config {
            server: Server {
                listen,
                public_url: self.public_url(listen),
                workers: self.number("server.workers", 1, 64) as usize,
            },
            data: Data {
                folder: self.text("data.folder").into(),
            },
            database: Database {
                url: self.database_url(),
                connections: self.number("database.connections", 1, 100) as u32,
            },
            keys: Keys {
                root_file: self.text("keys.root_file").into(),
            },
            audit: Audit {
                origin: self.needed("audit.origin"),
            },
            mail: Mail {
                from: self.needed("mail.from"),
            },
            passwords: Passwords {
                at_once: self.number("passwords.at_once", 1, 64) as usize,
            },
            log: Log {
                json: self.one_of("log.format", ["json", "text"]) == "json",
                level: self.text("log.level"),
            },
        }
    }

    fn raw(&self, name: &str) -> Option<String> {
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

    fn text(&mut self, name: &str) -> String {
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

    fn needed(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.trim().is_empty() {
            self.faults.push(format!("{name}: must be set ({})", meaning(name)));
        }
        text
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &str, what: &str) -> Option<T> {
        let text = self.text(name);
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.faults.push(format!("{name}: {text:?} is not {what}"));
        }
        parsed
    }

    fn number(&mut self, name: &str, least: u64, most: u64) -> u64 {
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

    fn one_of(&mut self, name: &str, choices: [&'static str; 2]) -> &'static str {
        let text = self.text(name);
        let found = choices.into_iter().find(|choice| *choice == text);
        if found.is_none() {
            self.faults
                .push(format!("{name}: {text:?} is neither {} nor {}", choices[0], choices[1]));
        }
        found.unwrap_or(choices[0])
    }

    fn database_url(&mut self) -> String {
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
    fn public_url(&mut self, listen: SocketAddr) -> String {
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

    fn unknown(&mut self) {
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

#[cfg(test)]
mod tests;
