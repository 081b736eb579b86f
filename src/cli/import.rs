//! `famn import`: a municipality's people and homes from CSV files.

use super::Done;
use crate::app::App;
use crate::board::find_board;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::import::{self, How};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// However large the municipality; nobody waits for an answer.
const DEADLINE: Duration = Duration::from_secs(60 * 60);

#[derive(Args)]
pub(super) struct ImportArgs {
    /// The folder with units.csv, staff.csv, homes.csv, members.csv, service_users.csv and assignments.csv, or some.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The board's slug.
    #[arg(long)]
    board: String,
    /// Try everything and keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// Invite everyone in the files who has no password, by letter, unless an invitation to them works already.
    #[arg(long)]
    invite: bool,
}

pub(super) async fn import(args: ImportArgs, mut config: Config) -> Done {
    config.server.deadline = DEADLINE;
    let app = App::open(config, Clock::system(), &[]).await?;
    let (board, _) = find_board(&app, &args.board).await?.ok_or(Error::NotFound)?;
    let how = How {
        dry_run: args.dry_run,
        invite: args.invite,
    };
    let outcome = import::import(&app, board, &args.folder, how).await?;
    for fault in &outcome.faults {
        eprintln!("{fault}");
    }
    if !outcome.faults.is_empty() {
        return Err(format!("{} faults; nothing was taken in", outcome.faults.len()).into());
    }
    let would = if args.dry_run { "would be " } else { "" };
    for ((file, added), (_, there)) in outcome.added.iter().zip(&outcome.there) {
        println!("{file}: {added} {would}added, {there} there already");
    }
    match (args.invite, outcome.people.len()) {
        (true, _) => println!("{} {would}invited", outcome.invited),
        (false, 0) => {}
        (false, new) => println!("{new} people have no password yet: invite them (--invite)"),
    }
    if !args.dry_run {
        // There may be nobody who serves and gives the events their places.
        app.keeper().bring_up_to_date().await?;
    }
    Ok(ExitCode::SUCCESS)
}
