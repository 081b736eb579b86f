//! What comes later in people's lives: `famn home leave`, `famn person close|end-role`, `famn assignment deputy`. Whom
//! it concerns is named by e-mail on standard input. It holds from that person's next call on, on every instance.

use super::Done;
use super::add::{day, line, operator, role};
use crate::access::{Access, Role};
use crate::app::App;
use crate::clock::Day;
use crate::error::{Error, Result};
use crate::id::{AssignmentId, HomeId, PersonId};
use clap::Args;
use std::process::ExitCode;

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
    change(app, &args.board, |access, person| access.disable_person(person)).await
}

pub(super) async fn end_role(app: App, args: EndRoleArgs) -> Done {
    let end = move |access: Access<'_>, person| access.end_role(person, args.role);
    change(app, &args.board, end).await
}

pub(super) async fn deputy(app: App, args: DeputyArgs) -> Done {
    let add = move |access: Access<'_>, person| access.add_deputy(args.assignment, person, args.from, args.to);
    change(app, &args.board, add).await
}

/// Does something about the person named on standard input, and gives its events their places in the log: there may be
/// nobody who serves.
async fn change<F>(app: App, board: &str, act: F) -> Done
where
    F: for<'tx> FnOnce(Access<'tx>, PersonId) -> Result<()> + Send + 'static,
{
    let actor = operator(&app, board).await?;
    let email = line("e-mail")?;
    let found = move |access: Access<'_>| act(access, access.person_by_email(email.expose())?);
    app.door.write(actor, found).await?;
    app.keeper().bring_up_to_date().await?;
    println!("done");
    Ok(ExitCode::SUCCESS)
}
