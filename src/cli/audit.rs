//! `famn audit verify` and `famn audit export`: on the configured database, or in a demo's folder, also while it is
//! served.

use super::{Done, settings};
use crate::app::keyring;
use crate::audit::epoch::{EpochReason, open_next};
use crate::audit::extract::export_to;
use crate::audit::verify::{Asked, Report, verify};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Store;
use crate::demo;
use crate::error::{Error, Result};
use clap::{Args, Subcommand};
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Check that nothing in the log was changed, taken away or added. Exit code 0: whole. 1: something was, each
    /// thing named. 2: nothing wrong was found, but something could not be checked.
    Verify(VerifyArgs),
    /// Write a board's log into a folder, to be verified by a program of the auditor's own.
    Export(ExportArgs),
    /// Open the next epoch of the log, after an old copy of the database was put back.
    NewEpoch(EpochArgs),
}

#[derive(Args)]
pub(super) struct Where {
    /// A demo's folder, instead of the configured database.
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct VerifyArgs {
    /// One board only, by its slug.
    #[arg(long)]
    board: Option<String>,
    #[command(flatten)]
    of: Where,
    /// Checkpoints that were kept elsewhere, to hold the log against; may be given again.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
}

#[derive(Args)]
pub(super) struct ExportArgs {
    /// The board's slug.
    #[arg(long)]
    board: String,
    /// The folder to write into, new or empty.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Another epoch than the newest.
    #[arg(long)]
    epoch: Option<u64>,
    #[command(flatten)]
    of: Where,
}

#[derive(Args)]
pub(super) struct EpochArgs {
    /// Why: restore, old_copy, key_change or other.
    #[arg(long, value_parser = |text: &str| EpochReason::parse(text).ok_or("no such reason"))]
    reason: EpochReason,
    /// One board only, by its slug.
    #[arg(long)]
    board: Option<String>,
    #[command(flatten)]
    of: Where,
}

pub(super) async fn audit(command: AuditCommand, file: Option<&Path>) -> Done {
    match command {
        // That it could not even begin is not to be taken for a log that was changed.
        AuditCommand::Verify(args) => Ok(verified(args, file).await.unwrap_or_else(|cause| {
            eprintln!("famn: {cause}");
            ExitCode::from(2)
        })),
        AuditCommand::NewEpoch(args) => {
            let config = config(&args.of, file)?;
            let keyring = Arc::new(keyring(&config).await?);
            let (store, clock) = (open(&config)?, Clock::system());
            let opened = open_next(&store, &keyring, &clock, (args.board, args.reason)).await?;
            for (board, epoch) in opened {
                println!("{board}: epoch {epoch}");
            }
            Ok(ExitCode::SUCCESS)
        }
        AuditCommand::Export(args) => {
            let config = config(&args.of, file)?;
            let (store, keyring) = (open(&config)?, Arc::new(keyring(&config).await?));
            let events = export_to(&store, &keyring, (&args.board, args.epoch), &args.out).await?;
            println!("{events} events in {}", args.out.display());
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn verified(args: VerifyArgs, file: Option<&Path>) -> Done {
    let config = config(&args.of, file)?;
    let kept: Vec<String> = args
        .checkpoint
        .iter()
        .map(std::fs::read_to_string)
        .collect::<Result<_, _>>()?;
    let asked = Asked {
        board: args.board,
        origin: Some(config.audit.origin.clone()),
        kept: kept.join("\n"),
        progress: if std::io::stderr().is_terminal() {
            progress
        } else {
            |_| {}
        },
        ..Asked::all(Clock::system().now())
    };
    // Without the root key the tree is still checked; what its salts hide is told as not checked.
    let keyring = keyring(&config)
        .await
        .inspect_err(|cause| eprintln!("famn: {cause}"))
        .ok()
        .map(Arc::new);
    let report = match open(&config) {
        Ok(store) => verify(&store, keyring, asked).await,
        Err(cause) => Report::of_damage(&cause).ok_or(cause),
    }?;
    println!("{report}");
    Ok(ExitCode::from(report.exit_code()))
}

fn progress(events: u64) {
    eprint!("\r{events} events");
}

pub(super) fn config(of: &Where, file: Option<&Path>) -> Result<Config, Box<dyn std::error::Error>> {
    match &of.data {
        Some(folder) => Ok(demo::config(folder, SocketAddr::from(([127, 0, 0, 1], 0)))),
        None => Ok(settings::load(file)?),
    }
}

/// Opens a database that is there; verifying must not make one.
pub(super) fn open(config: &Config) -> Result<Store> {
    let url = &config.database.url;
    Store::open_existing(url, 2)?
        .ok_or_else(|| Error::Unavailable(format!("there is no database {}", url.trim_start_matches("sqlite:"))))
}
