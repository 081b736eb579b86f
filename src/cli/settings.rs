//! The settings of a command, with all that is wrong with them told at once; and whether they fit the machine, before
//! anything is served.

use crate::app;
use crate::config::{Config, ConfigFaults, Gathered};
use crate::crypt::RecoveryPublic;
use crate::db::{Store, migrate};
use crate::outbox;
use std::fmt::Display;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

/// Reads the settings of `file`, or of `config/`, and of the variables.
pub(super) fn load(file: Option<&Path>) -> Result<Config, ConfigFaults> {
    let mut gathered = Config::gather(file)?;
    gathered.add(held(&gathered.config));
    gathered.done()
}

/// The same to serve by, held to the machine too. Gives the listener to serve on. `migrates`: the database is to be
/// brought up to date first.
pub(super) async fn to_serve(file: Option<&Path>, migrates: bool) -> Result<(Config, TcpListener), ConfigFaults> {
    let mut gathered = Config::gather(file)?;
    gathered.add(held(&gathered.config));
    gathered.add(of_this_machine(&gathered, migrates).await);
    let listener = match gathered.are_right(&["server.listen"]) {
        true => bound(gathered.config.server.listen),
        false => Err(String::new()),
    };
    if let Err(cause) = &listener {
        gathered.add(vec![format!("server.listen: {cause}")]);
    }
    let config = gathered.done()?;
    let listener = listener.map_err(|cause| ConfigFaults(vec![cause]))?;
    Ok((config, listener))
}

/// What the settings' own reader cannot know.
fn held(config: &Config) -> Vec<String> {
    let key = config.backup.recovery_key.as_deref().map(RecoveryPublic::parse);
    let key = key.and_then(Result::err);
    key.map(|cause| format!("backup.recovery_key: {cause}"))
        .into_iter()
        .collect()
}

/// Holds settings that have no fault to the machine: the key, folders, files, addresses, the database.
async fn of_this_machine(gathered: &Gathered, migrates: bool) -> Vec<String> {
    let config = &gathered.config;
    let mut faults = Vec::new();
    let mut tell = |setting: &str, cause: &dyn Display| faults.push(format!("{setting}: {cause}"));
    let has_database = gathered.are_right(&["database.url"]);
    if has_database
        && gathered.are_right(&["keys.root_file"])
        && let Err(cause) = app::keyring(config).await
    {
        tell("keys.root_file", &cause);
    }
    if gathered.are_right(&["data.folder"])
        && let Err(cause) = can_be_written(&config.data.folder)
    {
        tell("data.folder", &cause);
    }
    if has_database
        && !migrates
        && let Err(cause) = database(config).await
    {
        tell("database.url", &cause);
    }
    let given = |name: &str| config.given.iter().find(|(given, _)| given == name);
    let file_of = |name: &str| {
        given(name)
            .map(|(_, path)| path.as_str())
            .filter(|path| !path.is_empty())
    };
    if let Some(Err(cause)) = file_of("mail.password_file").map(|path| outbox::password(Path::new(path))) {
        tell("mail.password_file", &cause);
    }
    if let Some(Err(cause)) = file_of("mail.ca_file").map(|path| outbox::certificate(Path::new(path))) {
        tell("mail.ca_file", &cause);
    }
    if let Some(Err(cause)) = config.metrics.listen.map(bound) {
        tell("metrics.listen", &cause);
    }
    faults
}

fn bound(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|cause| format!("{address}: {cause}"))
}

/// Opens what is there, and makes nothing.
async fn database(config: &Config) -> crate::error::Result<()> {
    migrate::require_current(&Store::open(&config.database.url, 1)?).await
}

/// Makes the folder, as serving would, and a file in it that goes again.
fn can_be_written(folder: &Path) -> Result<(), String> {
    let probe = folder.join(format!(".famn-{}", std::process::id()));
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&probe, b""))
        .and_then(|()| fs::remove_file(&probe));
    written.map_err(|cause| format!("{} cannot be written to: {cause}", folder.display()))
}
