//! The demo: two made-up municipalities with homes, people and errands, in one folder. Also what the tests live in. It
//! owns the made-up; everything it adds goes through the same verbs and doors as everyone's.

mod page;
mod protected;
mod seed;
mod town;
mod wishes;

pub use town::{PASSWORD, PEOPLE};

use crate::app::App;
use crate::clock::Clock;
use crate::config::{
    Audit, Backup, Config, Data, Database, ForwardedHeader, Keys, Limits, Log, Mail, Metrics, Passwords, Server,
};
use crate::crypt::RootKey;
use crate::db::migrate;
use crate::error::{Error, Result};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// The demo's own settings; nothing of the environment.
pub fn config(folder: &Path, listen: SocketAddr) -> Config {
    Config {
        server: Server {
            listen,
            public_url: format!("http://{listen}"),
            workers: 2,
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::default(),
            deadline: Duration::from_secs(30),
        },
        limits: Limits::default(),
        metrics: Metrics::default(),
        data: Data {
            folder: folder.to_owned(),
        },
        database: Database {
            url: format!("sqlite:{}", folder.join("famn.db").display()),
            connections: 8,
        },
        keys: Keys {
            root_file: folder.join("root.key"),
        },
        audit: Audit {
            origin: "famn.demo/audit".into(),
        },
        mail: Mail {
            from: "Famn <famn@famn.demo>".into(),
            relay: None,
        },
        backup: Backup { recovery_key: None },
        passwords: Passwords { at_once: 2 },
        log: Log {
            json: false,
            level: "warn".into(),
        },
        given: Vec::new(),
    }
}

/// Opens the demo's folder, filling it if nothing is in it.
///
/// # Errors
/// [`Error::Unavailable`] when the folder holds something else.
pub async fn open(config: Config, clock: Clock) -> Result<App> {
    let folder = &config.data.folder;
    std::fs::create_dir_all(folder).map_err(Error::unavailable)?;
    let empty = std::fs::read_dir(folder).map_err(Error::unavailable)?.next().is_none();
    if empty {
        RootKey::make(&config.keys.root_file)?;
    } else if !config.keys.root_file.is_file() {
        return Err(Error::Unavailable(format!("{} is no demo's folder", folder.display())));
    }
    migrate::bring_up_to_date(&config.database.url).await?;
    let app = App::open(config, clock, PEOPLE).await?;
    seed::fill(&app).await?;
    Ok(app)
}
