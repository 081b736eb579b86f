//! What comes later in people's lives: `famn home leave|mark`, `famn person close|end-role|mark`, `famn assignment
//! deputy|mark`. Who it concerns is named by e-mail on standard input. It holds from that person's next call on, on
//! every instance.

use super::Done;
use super::add::{day, line, operator, role};
use crate::access::{Access, Role};
use crate::app::App;
use crate::board::OPEN_ALREADY;
use crate::clock::Day;
use crate::error::{Error, Result};
use crate::home::Protection;
use crate::id::{AssignmentId, HomeId, PersonId};
use clap::Args;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct BoardArgs {
    /// The board's slug.
    slug: String,
    /// From today on a password alone lets people in.
    #[arg(long, required = true)]
    passwords_alone: bool,
}

#[derive(Args)]
pub(super) struct LeaveArgs {
    #[arg(long)]
    board: String,
    #[arg(long)]
    home: HomeId,
}

#[derive(Args)]
pub(super) struct CloseArgs {
    #[arg(long)]
    board: String,
}

#[derive(Args)]
pub(super) struct EndRoleArgs {
    #[arg(long)]
    board: String,
    /// As in `famn person add`.
    #[arg(long, value_parser = role)]
    role: Role,
}

#[derive(Args)]
pub(super) struct DeputyArgs {
    #[arg(long)]
    board: String,
    #[arg(long)]
    assignment: AssignmentId,
    /// First day, such as 2026-11-22.
    #[arg(long, value_parser = day)]
    from: Day,
    /// Last day.
    #[arg(long, value_parser = day)]
    to: Day,
}

#[derive(Args)]
pub(super) struct MarkHomeArgs {
    #[arg(long)]
    board: String,
    #[arg(long)]
    home: HomeId,
    /// `none`, `secrecy_marking`, `protected_registration` or `fictitious`.
    #[arg(long, value_parser = mark)]
    to: Protection,
}

#[derive(Args)]
pub(super) struct MarkChildArgs {
    #[arg(long)]
    board: String,
    #[arg(long)]
    assignment: AssignmentId,
    /// `none`, `secrecy_marking`, `protected_registration` or `fictitious`.
    #[arg(long, value_parser = mark)]
    to: Protection,
}

#[derive(Args)]
pub(super) struct MarkPersonArgs {
    #[arg(long)]
    board: String,
    /// `none`, `secrecy_marking`, `protected_registration` or `fictitious`.
    #[arg(long, value_parser = mark)]
    to: Protection,
}

fn mark(text: &str) -> std::result::Result<Protection, String> {
    Protection::parse(text).ok_or_else(|| "no such mark".into())
}

pub(super) async fn board(app: App, args: BoardArgs) -> Done {
    debug_assert!(args.passwords_alone, "it is required");
    let actor = operator(&app, &args.slug).await?;
    match app
        .door
        .write(actor, |access: Access<'_>| access.let_passwords_in())
        .await
    {
        Ok(()) => app.keeper().bring_up_to_date().await?,
        Err(OPEN_ALREADY) => {
            println!("a password alone lets people in already");
            return Ok(ExitCode::SUCCESS);
        }
        Err(cause) => return Err(cause.into()),
    }
    println!("done");
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn mark_home(app: App, args: MarkHomeArgs) -> Done {
    let set = move |access: Access<'_>| access.mark_home(args.home, args.to);
    act(app, &args.board, set).await
}

pub(super) async fn mark_child(app: App, args: MarkChildArgs) -> Done {
    let set = move |access: Access<'_>| access.mark_child(args.assignment, args.to);
    act(app, &args.board, set).await
}

pub(super) async fn mark_person(app: App, args: MarkPersonArgs) -> Done {
    let set = move |access: Access<'_>, person| access.mark_person(person, args.to);
    change(app, &args.board, set).await
}

pub(super) async fn leave(app: App, args: LeaveArgs) -> Done {
    let end = move |access: Access<'_>, person| {
        access
            .homes_by_id(&[args.home])?
            .remove(&args.home)
            .ok_or(Error::NotFound)?;
        access.end_membership(args.home, person)
    };
    change(app, &args.board, end).await
}

pub(super) async fn close(app: App, args: CloseArgs) -> Done {
    let close = |access: Access<'_>, person| {
        let is_last = access.is_last_steward(person)?;
        access.disable_person(person).map(|()| is_last)
    };
    warned(app, &args.board, close).await
}

pub(super) async fn end_role(app: App, args: EndRoleArgs) -> Done {
    let end = move |access: Access<'_>, person| {
        let is_last = args.role == Role::Steward && access.is_last_steward(person)?;
        access.end_role(person, args.role).map(|()| is_last)
    };
    warned(app, &args.board, end).await
}

pub(super) async fn deputy(app: App, args: DeputyArgs) -> Done {
    let add = move |access: Access<'_>, person| access.add_deputy(args.assignment, person, args.from, args.to);
    change(app, &args.board, add).await
}

/// Does something about the person named on standard input that may leave the board without a steward, and says so: an
/// account that must be closed is, whoever's it is.
async fn warned<F>(app: App, board: &str, deed: F) -> Done
where
    F: for<'tx> FnOnce(Access<'tx>, PersonId) -> Result<bool> + Send + 'static,
{
    let (email, actor) = (line("e-mail")?, operator(&app, board).await?);
    let found = move |access: Access<'_>| deed(access, access.person_by_email(email.expose())?);
    let leaves_none = app.door.write(actor, found).await?;
    app.keeper().bring_up_to_date().await?;
    println!("done");
    if leaves_none {
        eprintln!(
            "famn: {board} has no steward now: give someone the role with `famn person invite --board {board} --role steward`"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Does something about the person named on standard input.
async fn change<F>(app: App, board: &str, deed: F) -> Done
where
    F: for<'tx> FnOnce(Access<'tx>, PersonId) -> Result<()> + Send + 'static,
{
    let email = line("e-mail")?;
    let found = move |access: Access<'_>| deed(access, access.person_by_email(email.expose())?);
    act(app, board, found).await
}

/// Does something as the operator, and gives its events their places in the log: there may be nobody who serves.
async fn act<F>(app: App, board: &str, deed: F) -> Done
where
    F: for<'tx> FnOnce(Access<'tx>) -> Result<()> + Send + 'static,
{
    let actor = operator(&app, board).await?;
    app.door.write(actor, deed).await?;
    app.keeper().bring_up_to_date().await?;
    println!("done");
    Ok(ExitCode::SUCCESS)
}
