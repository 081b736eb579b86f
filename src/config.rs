//! The settings, read once at start from `config/*.toml` (or one file) and `FAMN_*` variables, the latter winning.
//! Every fault is told at once, each with the setting's name; an unknown name is a fault too. What each setting means
//! stands in [`SETTINGS`], and `docs/OPERATIONS.md` is held to that list by a test. What only the machine can tell (a
//! folder, a key, an address in use) is asked at start by `famn serve`.

mod mail;
mod operation;
mod reader;
mod source;

pub use mail::{Mail, MailTls, Relay};
pub use operation::{ForwardedHeader, Limits, Metrics};
pub use source::{ConfigFaults, Gathered, Variables, variables};

use figment::providers::{Format, Toml};
use figment::value::Dict;
use figment::{Figment, Provider};
use ipnet::IpNet;
use reader::Reader;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
        name: "server.trusted_proxies",
        default: "",
        meaning: "addresses and networks (`10.1.2.0/24`), with commas between, of the proxies whose word on who asks is taken",
    },
    Setting {
        name: "server.forwarded_header",
        default: "x-forwarded-for",
        meaning: "the header those proxies set themselves: `x-forwarded-for` or `forwarded`",
    },
    Setting {
        name: "server.deadline",
        default: "30",
        meaning: "seconds a request may take before it is answered 503 (1–600); sending a file has its own 10 minutes",
    },
    Setting {
        name: "limits.person",
        default: "500",
        meaning: "calls a second of one person who is signed in (500–100000), twice as many at once",
    },
    Setting {
        name: "limits.address",
        default: "100",
        meaning: "calls a second from one address that nobody is signed in with (10–100000), ten times as many at once",
    },
    Setting {
        name: "metrics.listen",
        default: "",
        meaning: "address and port of `/metrics`, such as `127.0.0.1:9464`; empty: there is none",
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
        name: "mail.server",
        default: "",
        meaning: "`HOST` or `HOST:PORT` of the mail server; empty: letters are `.eml` files in `data.folder`",
    },
    Setting {
        name: "mail.tls",
        default: "starttls",
        meaning: "`starttls`, `implicit`, or `none` to a server on a loopback address",
    },
    Setting {
        name: "mail.user",
        default: "",
        meaning: "who to sign in to the mail server as; empty: without signing in",
    },
    Setting {
        name: "mail.password_file",
        default: "",
        meaning: "file whose first line is the mail server's password",
    },
    Setting {
        name: "mail.ca_file",
        default: "",
        meaning: "certificates (PEM) to trust beside the system's, for a mail server of one's own",
    },
    Setting {
        name: "mail.deadline",
        default: "30",
        meaning: "seconds a mail server may take to connect, and for each answer (1–300)",
    },
    Setting {
        name: "backup.recovery_key",
        default: "",
        meaning: "the recovery key's public half, printed by `famn keys recovery`; backups are sealed for it",
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
    /// Proxies whose word on who asks is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// The header they say it in.
    pub forwarded_header: ForwardedHeader,
    /// How long a request may take.
    pub deadline: Duration,
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
pub struct Backup {
    /// The public half of the recovery key, as `famn keys recovery` prints it.
    pub recovery_key: Option<String>,
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
    pub limits: Limits,
    pub metrics: Metrics,
    pub data: Data,
    pub database: Database,
    pub keys: Keys,
    pub audit: Audit,
    pub mail: Mail,
    pub backup: Backup,
    pub passwords: Passwords,
    pub log: Log,
    /// What was set, by name, as it was written: for a backup.
    pub given: Vec<(String, String)>,
}

impl Config {
    /// Reads `file`, or every `config/*.toml` in the order of their names, and then the environment.
    ///
    /// # Errors
    /// When a file cannot be read; what is wrong with single settings is told by [`Gathered`].
    pub fn gather(file: Option<&Path>) -> Result<Gathered, ConfigFaults> {
        let mut figment = Figment::new();
        for file in source::files(file)? {
            figment = figment.merge(Toml::file_exact(file));
        }
        Config::of(figment, variables())
    }

    /// From any source of settings; tests hand in a few values.
    pub fn from_provider(provider: impl Provider) -> Result<Config, ConfigFaults> {
        Config::of(provider, Variables::new())?.done()
    }

    /// What stands in files, and the variables that win over it.
    pub fn of(files: impl Provider, variables: Variables) -> Result<Gathered, ConfigFaults> {
        let values = match Figment::from(files).extract::<Dict>() {
            Ok(values) => values,
            // What a file that cannot be read would have set is no fault of its own.
            Err(cause) => return Err(ConfigFaults(cause.into_iter().map(|one| one.to_string()).collect())),
        };
        let mut reader = Reader::of(&values, &variables);
        let config = reader.config();
        let faults = reader.all_faults();
        Ok(Gathered::of(config, faults, variables))
    }
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
                trusted_proxies: self.networks("server.trusted_proxies"),
                forwarded_header: self.forwarded_header(),
                deadline: Duration::from_secs(self.number("server.deadline", 1, 600)),
            },
            limits: self.limits(),
            metrics: self.metrics(listen),
            data: Data {
                folder: self.needed("data.folder").into(),
            },
            database: Database {
                url: self.database_url(),
                connections: self.number("database.connections", 1, 100) as u32,
            },
            keys: Keys {
                root_file: self.needed("keys.root_file").into(),
            },
            audit: Audit { origin: self.origin() },
            mail: self.mail(),
            backup: Backup {
                recovery_key: Some(self.text("backup.recovery_key")).filter(|key| !key.is_empty()),
            },
            passwords: Passwords {
                at_once: self.number("passwords.at_once", 1, 64) as usize,
            },
            log: Log {
                json: self.one_of("log.format", &["json", "text"]) == "json",
                level: self.log_level(),
            },
            given: self.given(),
        }
    }
}

#[cfg(test)]
mod tests;
