//! `famn serve` and `famn migrate`.

use super::Done;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Log};
use crate::db::migrate;
use crate::error::{Error, Result};
use crate::server;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

pub(super) async fn serve(config: Config, migrate: bool) -> Done {
    start_log(&config.log)?;
    if migrate {
        self::migrate(&config).await?;
    }
    let listener = TcpListener::bind(config.server.listen)
        .map_err(|cause| Error::Unavailable(format!("{}: {cause}", config.server.listen)))?;
    let app = App::open(config, Clock::system(), &[]).await?;
    server::serve(app, listener, announce).await?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn migrate(config: &Config) -> Result<()> {
    let applied = migrate::bring_up_to_date(&config.database.url).await?;
    match &applied[..] {
        [] => println!("the database is up to date"),
        names => println!("applied {}", names.join(", ")),
    }
    Ok(())
}

/// Says where the server listens; whoever started it may wait for this line.
pub(super) fn announce(address: SocketAddr) -> std::io::Result<()> {
    use std::io::Write as _;
    println!("listening on http://{address}");
    std::io::stdout().flush()
}

/// Starts the program's own log, on standard error.
pub(super) fn start_log(settings: &Log) -> Result<()> {
    let filter = EnvFilter::try_new(&settings.level)
        .map_err(|_| Error::Unavailable(format!("log.level: {:?} is no level or filter", settings.level)))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = if settings.json {
        log.json().try_init()
    } else {
        log.try_init()
    };
    started.map_err(Error::fault)
}
