//! The command line. Each command has its help, a plain exit code (0 done, 1 could not, 2 used wrongly; `audit verify`
//! has its own meaning of 2), and says in words what is wrong. Secrets come by standard input, never as arguments.

mod add;
mod audit;
mod change;
mod demo;
mod import;
mod owner;
mod serve;
mod settings;
mod upkeep;

use crate::app::App;
use crate::clock::Clock;
use crate::error::Error;
use crate::journal;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Famn: the e-service between foster homes and the municipality's familjehemsteam.
#[derive(Parser)]
#[command(name = "famn", version, about)]
struct Cli {
    /// Settings from this file instead of config/*.toml.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve, as the settings say.
    Serve {
        /// Bring the database up to date first.
        #[arg(long)]
        migrate: bool,
    },
    /// Serve two made-up boards with homes, people and errands. Needs no settings.
    Demo(DemoArgs),
    /// Bring the database up to date.
    Migrate,
    /// The keys that seal everything.
    #[command(subcommand)]
    Keys(upkeep::KeysCommand),
    /// Copy everything, sealed for the recovery key, also while it is served.
    Backup(upkeep::BackupArgs),
    /// Restore a backup onto an empty database and data folder, or prove it good.
    Restore(upkeep::RestoreArgs),
    /// Boards.
    #[command(subcommand)]
    Board(BoardCommand),
    /// People.
    #[command(subcommand)]
    Person(PersonCommand),
    /// Homes.
    #[command(subcommand)]
    Home(HomeCommand),
    /// Assignments.
    #[command(subcommand)]
    Assignment(AssignmentCommand),
    /// Take in units, staff, homes, members, service users and assignments from CSV files: all of it or nothing.
    Import(import::ImportArgs),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
}

#[derive(Args)]
struct DemoArgs {
    /// Address to serve on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Folder to keep the demo in; missing or empty it is filled, else opened again. Without it: a temporary one.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Subcommand)]
enum BoardCommand {
    /// Found a board.
    Add(add::BoardArgs),
    /// Mend a board that nobody can sign in to.
    Change(change::BoardArgs),
}
#[derive(Subcommand)]
enum PersonCommand {
    /// Add a person; name, e-mail and password are read from standard input, a line each.
    Add(add::PersonArgs),
    /// Invite a person by letter, added first if there is none of that address; name and e-mail are read from standard
    /// input, a line each.
    Invite(add::PersonArgs),
    /// Close a person's account; the e-mail is read from standard input.
    Close(change::CloseArgs),
    /// End a role of a person; the e-mail is read from standard input.
    EndRole(change::EndRoleArgs),
    /// Set a person's mark of protection, also to a lower one; the e-mail is read from standard input.
    Mark(change::MarkPersonArgs),
}
#[derive(Subcommand)]
enum HomeCommand {
    /// Add a home; its name is read from standard input.
    Add(add::HomeArgs),
    /// End a person's membership of a home; the e-mail is read from standard input.
    Leave(change::LeaveArgs),
    /// Set a home's own mark of protection, also to a lower one.
    Mark(change::MarkHomeArgs),
}
#[derive(Subcommand)]
enum AssignmentCommand {
    /// Add an assignment; the service user's first name, last name and personnummer (or an empty line) and the
    /// caseworker's e-mail are read from standard input, a line each.
    Add(add::AssignmentArgs),
    /// Let a person stand in for an assignment's caseworker; the e-mail is read from standard input.
    Deputy(change::DeputyArgs),
    /// Set the mark of protection of whom an assignment is for, also to a lower one.
    Mark(change::MarkChildArgs),
}

/// What a command ends with.
type Done = Result<ExitCode, Box<dyn std::error::Error>>;

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    keep_to_oneself();
    let done = actix_web::rt::System::new().block_on(command(cli));
    let code = done.unwrap_or_else(|cause| {
        journal::say(&format!("famn: {}", in_words(&*cause)));
        ExitCode::FAILURE
    });
    journal::finish();
    code
}

/// Whatever this program makes (folders, database, files, letters) is its own user's alone: 0700 and 0600.
fn keep_to_oneself() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

async fn command(cli: Cli) -> Done {
    let file = cli.config.as_deref();
    match cli.command {
        Command::Demo(args) => demo::demo(args.listen, args.data).await,
        Command::Audit(command) => audit::audit(command, file).await,
        Command::Import(args) => import::import(args, settings::load(file)?).await,
        Command::Serve { migrate } => serve::serve(file, migrate).await,
        Command::Migrate => {
            let config = settings::load(file)?;
            serve::migrate(&config).await?;
            owner::hand_over(&config)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Keys(command) => upkeep::keys(command, file).await,
        Command::Backup(args) => upkeep::backup(args, file).await,
        Command::Restore(args) => upkeep::restore(args, file).await,
        Command::Board(BoardCommand::Add(args)) => add::board(open(file).await?, args).await,
        Command::Board(BoardCommand::Change(args)) => change::board(open(file).await?, args).await,
        Command::Person(PersonCommand::Add(args)) => add::person(open(file).await?, args).await,
        Command::Person(PersonCommand::Invite(args)) => add::invite(open(file).await?, args).await,
        Command::Person(PersonCommand::Close(args)) => change::close(open(file).await?, args).await,
        Command::Person(PersonCommand::EndRole(args)) => change::end_role(open(file).await?, args).await,
        Command::Home(HomeCommand::Leave(args)) => change::leave(open(file).await?, args).await,
        Command::Assignment(AssignmentCommand::Deputy(args)) => change::deputy(open(file).await?, args).await,
        Command::Person(PersonCommand::Mark(args)) => change::mark_person(open(file).await?, args).await,
        Command::Home(HomeCommand::Mark(args)) => change::mark_home(open(file).await?, args).await,
        Command::Assignment(AssignmentCommand::Mark(args)) => change::mark_child(open(file).await?, args).await,
        Command::Home(HomeCommand::Add(args)) => add::home(open(file).await?, args).await,
        Command::Assignment(AssignmentCommand::Add(args)) => add::assignment(open(file).await?, args).await,
    }
}

/// Everything a command needs, as the settings say.
async fn open(file: Option<&std::path::Path>) -> Result<App, Box<dyn std::error::Error>> {
    Ok(App::open(settings::load(file)?, Clock::system(), &[]).await?)
}

/// An error as a person reads it.
fn in_words(cause: &(dyn std::error::Error + 'static)) -> String {
    match cause.downcast_ref::<Error>() {
        Some(Error::Conflict(_)) => "there is one of that name already".into(),
        Some(Error::NotFound) => "there is none of that name".into(),
        Some(Error::Invalid(faults)) => {
            let language = crate::web::Language::English;
            let line = |fault: &crate::error::Fault| {
                format!(
                    "{}: {}",
                    fault.field,
                    language.find(&format!("fault-{}", fault.code)).unwrap_or(fault.code)
                )
            };
            faults.iter().map(line).collect::<Vec<_>>().join("; ")
        }
        _ => cause.to_string(),
    }
}
