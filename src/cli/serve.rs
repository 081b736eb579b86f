//! `famn serve` and `famn migrate`.

use super::Done;
use super::settings;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Log};
use crate::db::migrate;
use crate::error::{Error, Result};
use crate::journal::Journal;
use crate::server;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

pub(super) async fn serve(file: Option<&Path>, migrate: bool) -> Done {
    let (config, listener) = settings::to_serve(file, migrate).await?;
    start_log(&config.log)?;
    if migrate {
        self::migrate(&config).await?;
    }
    let app = App::open(config, Clock::system(), &[]).await?;
    server::serve(app, listener, announce).await?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn migrate(config: &Config) -> Result<()> {
    let applied = migrate::bring_up_to_date(&config.database.url).await?;
    match &applied[..] {
        [] => to_output("the database is up to date"),
        names => to_output(&format!("applied {}", names.join(", "))),
    }
    Ok(())
}

/// Says where the server listens; whoever started it may wait for this line. Nobody has to read it: a thread of its own
/// writes it, and waits alone where it cannot.
pub(super) fn announce(address: SocketAddr) {
    let say = move || to_output(&format!("listening on http://{address}"));
    let told = std::thread::Builder::new().name("announce".into()).spawn(say);
    drop(told);
}

/// A line on standard output, if it takes one.
pub(super) fn to_output(line: &str) {
    use std::io::Write as _;
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

/// Starts the program's own log, on standard error, by way of the journal: whatever becomes of that, nobody waits for it.
pub(super) fn start_log(settings: &Log) -> Result<()> {
    let filter = EnvFilter::try_new(&settings.level)
        .map_err(|_| Error::Unavailable(format!("log.level: {:?} is no level or filter", settings.level)))?;
    let journal = Journal::start().map_err(Error::unavailable)?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false)
        .with_writer(move || journal);
    let started = if settings.json {
        log.json().try_init()
    } else {
        log.try_init()
    };
    started.map_err(Error::fault)
}
