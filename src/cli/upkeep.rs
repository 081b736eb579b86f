//! `famn backup`, `famn restore` and `famn keys`. Keys are read from files or standard input and never stand among the
//! arguments.

use super::Done;
use super::add::settled;
use super::audit::{Where, config, open};
use super::{owner, settings};
use crate::app::{App, is_sealed};
use crate::audit::Action;
use crate::clock::Clock;
use crate::config::Config;
use crate::crypt::{RecoveryKey, RecoveryPublic, RootKey, escrow};
use crate::demo;
use crate::error::Error;
use crate::upkeep::{self, Restored, Rotation, Target};
use clap::{Args, Subcommand};
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use zeroize::Zeroizing;

#[derive(Args)]
pub(super) struct BackupArgs {
    /// The folder to write into, new or empty.
    folder: PathBuf,
    /// The recovery key's public half, instead of the settings'.
    #[arg(long = "for", value_name = "KEY")]
    recipient: Option<String>,
    #[command(flatten)]
    of: Where,
}

#[derive(Args)]
pub(super) struct RestoreArgs {
    /// The backup's folder.
    folder: PathBuf,
    /// The file of the recovery key; `-`: read from standard input.
    #[arg(long, value_name = "FILE")]
    recovery_key: PathBuf,
    /// Prove the backup good in a place of its own, and leave nothing.
    #[arg(long)]
    rehearse: bool,
    /// For a rehearsal on PostgreSQL: an empty database to use, instead of one made for it.
    #[arg(long, value_name = "URL", requires = "rehearse")]
    scratch: Option<String>,
    /// Write the settings of the backed-up installation into this new file, and do nothing else.
    #[arg(long, value_name = "FILE", conflicts_with = "rehearse")]
    settings: Option<PathBuf>,
    #[command(flatten)]
    of: Where,
}

#[derive(Subcommand)]
pub(super) enum KeysCommand {
    /// Make a root key, in the file the settings name.
    Init,
    /// Make a recovery key for backups, in a file to be kept elsewhere, and print its public half.
    Recovery {
        /// The new file.
        file: PathBuf,
    },
    /// Print the root key's recovery, to be kept on paper: one sheet, or several of which some give it back.
    Escrow {
        /// How many sheets.
        #[arg(long, default_value_t = 1)]
        sheets: u8,
        /// How many of them give the key back; by default all.
        #[arg(long)]
        needed: Option<u8>,
        #[command(flatten)]
        of: Where,
    },
    /// Put the root key back from its sheets, read from standard input, into the file the settings name.
    Recover {
        #[command(flatten)]
        of: Where,
    },
    /// Put a new root key and new board keys in the place of the old, also while the installation serves. Broken off,
    /// it goes on when it is called again.
    Rotate {
        /// Seconds to wait until every instance that serves has met the new keys.
        #[arg(long, default_value_t = 15)]
        grace: u64,
        #[command(flatten)]
        of: Where,
    },
}

pub(super) async fn backup(args: BackupArgs, file: Option<&Path>) -> Done {
    let config = config(&args.of, file)?;
    let recipient = args.recipient.or_else(|| config.backup.recovery_key.clone());
    let recipient = recipient.ok_or(
        "no recovery key to seal the backup for: make one with `famn keys recovery FILE`, keep the file elsewhere, and \
         set backup.recovery_key to what it prints",
    )?;
    let recipient = RecoveryPublic::parse(&recipient)?;
    let app = App::open(config, Clock::system(), people(&args.of)).await?;
    let taken = upkeep::back_up(&app, &args.folder, &recipient).await?;
    settled(&app).await;
    println!(
        "{} parts, {} bytes in {}; to restore it the recovery key is needed, and the root key with check {}",
        taken.parts,
        taken.bytes,
        args.folder.display(),
        taken.root_key
    );
    Ok(ExitCode::SUCCESS)
}

/// A demo's folder is opened as the demo's.
fn people(of: &Where) -> &'static [crate::app::DemoPerson] {
    if of.data.is_some() { demo::PEOPLE } else { &[] }
}

pub(super) async fn restore(args: RestoreArgs, file: Option<&Path>) -> Done {
    let recovery = match args.recovery_key.as_os_str() == "-" {
        true => RecoveryKey::read(&std::io::read_to_string(std::io::stdin()).map(Zeroizing::new)?)?,
        false => RecoveryKey::load(&args.recovery_key)?,
    };
    let checked = upkeep::check(&args.folder, &recovery)?;
    if let Some(path) = &args.settings {
        write_new(path, &upkeep::settings_of(&args.folder, &checked)?)?;
        println!("settings in {}", path.display());
        return Ok(ExitCode::SUCCESS);
    }
    let (config, clock) = (config(&args.of, file)?, Clock::system());
    let target = Target {
        config: &config,
        clock: &clock,
    };
    let done = if args.rehearse {
        upkeep::rehearse(&args.folder, checked, target, args.scratch).await?
    } else {
        let done = upkeep::restore(&args.folder, checked, target).await;
        owner::hand_over(&config)?;
        done?
    };
    println!("{}", done.report);
    told(&done, args.rehearse);
    Ok(ExitCode::from(done.report.exit_code()))
}

fn told(done: &Restored, rehearsed: bool) {
    let Restored { manifest, epochs, .. } = done;
    let verb = match (done.report.exit_code(), rehearsed) {
        (1, _) => "its log is NOT whole",
        (_, true) => "it is good",
        (_, false) => "restored",
    };
    println!("backup {} of {}: {verb}", manifest.id, manifest.made_at);
    for (board, epoch) in epochs {
        println!("{board}: the log's epoch is now {epoch}; tell the auditors");
    }
}

fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let cannot = |cause| Error::Unavailable(format!("{}: {cause}", path.display()));
    let mut file = options.open(path).map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)
}

pub(super) async fn keys(command: KeysCommand, file: Option<&Path>) -> Done {
    match command {
        KeysCommand::Init => make_key(&settings::load(file)?).await?,
        KeysCommand::Recovery { file } => {
            let public = RecoveryKey::make(&file)?.public();
            eprintln!("made {}: move it away from this machine", file.display());
            eprintln!("its public half, for the setting backup.recovery_key:");
            println!("{public}");
        }
        KeysCommand::Escrow { sheets, needed, of } => {
            let config = config(&of, file)?;
            let root = RootKey::load(&config.keys.root_file)?;
            tell_of_escrow(config, &of).await?;
            for sheet in escrow::sheets(&root, sheets, needed.unwrap_or(sheets))? {
                println!("{}", *sheet);
            }
        }
        KeysCommand::Recover { of } => {
            let config = config(&of, file)?;
            let path = &config.keys.root_file;
            if std::io::stdin().is_terminal() {
                eprintln!("the sheets, one after another, and then Ctrl-D:");
            }
            let mut text = Zeroizing::new(String::new());
            std::io::stdin().lock().read_to_string(&mut text)?;
            let (root, like) = (escrow::recover(&text)?, owner::example(&config));
            owner::folder_of(path, &like)?;
            let root = root.keep(path, Some(&like))?;
            println!("the root key with check {} is in {}", root.check(), path.display());
        }
        KeysCommand::Rotate { grace, of } => {
            let config = config(&of, file)?;
            rotate(&config, grace).await?;
            settled(&App::open(config, Clock::system(), people(&of)).await?).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Each board's log is told before anything is printed; a key that nothing lies under yet has no log to tell.
async fn tell_of_escrow(config: Config, of: &Where) -> Result<(), Error> {
    if !is_sealed(&config).await? {
        return Ok(());
    }
    let app = App::open(config, Clock::system(), people(of)).await?;
    upkeep::tell_every_board(&app, Action::KeysEscrow).await?;
    settled(&app).await;
    Ok(())
}

async fn rotate(config: &Config, grace: u64) -> Result<(), Error> {
    let rotation = Rotation {
        store: &open(config)?,
        root_file: &config.keys.root_file,
        clock: &Clock::system(),
        grace: Duration::from_secs(grace),
    };
    let done = rotation.run().await?;
    if done.resumed {
        println!("went on with the rotation that was broken off");
    }
    println!(
        "{} rows are under new keys; the root key has check {}: print it anew (`famn keys escrow`), and keep the old \
         print as long as backups from before",
        done.rows, done.check
    );
    Ok(())
}

/// Makes the root key of a new installation.
async fn make_key(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let path = &config.keys.root_file;
    let sealed = is_sealed(config)
        .await
        .map_err(|cause| format!("whether the database lies under a root key already cannot be seen: {cause}"))?;
    if sealed {
        let words = "the database lies under a root key already: bring that one back from its safe copy, for a new key \
                     opens nothing of it";
        return Err(words.into());
    }
    let like = owner::example(config);
    owner::folder_of(path, &like)?;
    RootKey::make_like(path, &like)?;
    println!(
        "made {}: print it (`famn keys escrow`) and keep the print where the database and its backups are not",
        path.display()
    );
    Ok(())
}
