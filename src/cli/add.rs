//! `famn board|home|assignment add` and `famn person add`: for setting up, until people manage it in the service. What
//! is personal comes by standard input, so that it stands in no process list.

use super::Done;
use crate::access::{Access, Actor, Role};
use crate::account::{NewPerson, hash_new_password};
use crate::app::App;
use crate::board::{NewBoard, board_words, find_board};
use crate::clock::Day;
use crate::error::{Error, Result};
use crate::home::{HomeKind, LegalBasis, NewAssignment, NewHome, NewServiceUser, Protection};
use crate::id::{BoardId, HomeId};
use crate::secret::{Secret, SecretText};
use crate::web::Language;
use clap::Args;
use std::io::BufRead as _;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct BoardArgs {
    /// Lower-case letters, digits and hyphens; part of addresses, never changed.
    slug: String,
    /// Such as "Socialnämnden i Borlänge".
    #[arg(long)]
    name: String,
    #[arg(long, default_value = "Socialförvaltningen")]
    administration: String,
    /// For whom the service is.
    #[arg(long, default_value = "Familjehem, jourhem, kontaktfamiljer och kontaktpersoner")]
    audience: String,
    #[arg(long)]
    phone: String,
    #[arg(long)]
    email: String,
    /// A unit to begin with; may be given again.
    #[arg(long, required = true)]
    unit: Vec<String>,
    /// The board has decided that a password alone lets people in.
    #[arg(long)]
    passwords_alone: bool,
}

#[derive(Args)]
pub(super) struct PersonArgs {
    #[arg(long)]
    board: String,
    /// `contractor`, `caseworker`, `team_lead`, `unit_manager`, `finance`, `auditor`, `data_protection_officer`,
    /// `archivist` or `steward`; may be given again.
    #[arg(long, required = true, value_parser = role)]
    role: Vec<Role>,
    /// The unit of the roles.
    #[arg(long)]
    unit: Option<String>,
    /// The home the person belongs to.
    #[arg(long)]
    home: Option<HomeId>,
}

#[derive(Args)]
pub(super) struct HomeArgs {
    #[arg(long)]
    board: String,
    #[arg(long)]
    unit: String,
    /// `foster`, `emergency`, `contact_family` or `contact_person`.
    #[arg(long, value_parser = kind, default_value = "foster")]
    kind: HomeKind,
}

#[derive(Args)]
pub(super) struct AssignmentArgs {
    #[arg(long)]
    board: String,
    #[arg(long)]
    home: HomeId,
    #[arg(long)]
    unit: String,
    /// Such as U-2041.
    #[arg(long)]
    label: String,
    #[arg(long, value_parser = kind, default_value = "foster")]
    kind: HomeKind,
    /// `SoL`, `LVU`, `LSS` or `FB`.
    #[arg(long, value_parser = legal_basis, default_value = "SoL")]
    legal_basis: LegalBasis,
    /// First day, such as 2026-11-22.
    #[arg(long, value_parser = day)]
    from: Day,
    #[arg(long, value_parser = day)]
    to: Option<Day>,
    #[arg(long)]
    cost_code: Option<String>,
}

pub(super) fn role(text: &str) -> Result<Role, String> {
    Role::ALL
        .into_iter()
        .find(|role| role.as_str() == text)
        .ok_or_else(|| "no such role".into())
}
fn kind(text: &str) -> Result<HomeKind, String> {
    HomeKind::parse(text).ok_or_else(|| "no such kind".into())
}
fn legal_basis(text: &str) -> Result<LegalBasis, String> {
    LegalBasis::parse(text).ok_or_else(|| "no such act".into())
}
pub(super) fn day(text: &str) -> Result<Day, String> {
    crate::typed::whole_day(text).ok_or_else(|| "not a date, such as 2026-11-22".into())
}

pub(super) async fn board(app: App, args: BoardArgs) -> Done {
    let new = NewBoard {
        slug: args.slug,
        name: args.name,
        administration: args.administration,
        audience: args.audience,
        phone: args.phone,
        email: args.email,
        address: None,
        hours: None,
        updated_on: app.clock.now().day(),
        passwords_alone: args.passwords_alone,
        entries: Vec::new(),
    };
    let (actor, base) = (Actor::operator(app.clock.fresh_id()), app.config.audit.origin.clone());
    let found = move |access: Access<'_>| {
        access.found_board(&new, &base)?;
        args.unit.iter().try_for_each(|unit| access.add_unit(unit).map(drop))
    };
    made(&app, actor, move |access| found(access).map(|()| "founded")).await
}

pub(super) async fn person(app: App, args: PersonArgs) -> Done {
    let actor = operator(&app, &args.board).await?;
    let (board, _) = find_board(&app, &args.board).await?.ok_or(Error::NotFound)?;
    let words = board_words(&app, board).await?;
    let (name, email) = (line("name")?, line("e-mail")?);
    let password = hash_new_password(&app, line("password")?, (email.expose(), name.expose()), &words).await?;
    let add = move |access: Access<'_>| {
        let unit = args.unit.as_deref().map(|unit| access.unit_named(unit)).transpose()?;
        let id = access.add_person(&NewPerson {
            name,
            email,
            phone: None,
            personal_number: None,
            language: Language::Swedish,
            password: Some(password),
            roles: args.role.into_iter().map(|role| (role, unit)).collect(),
        })?;
        if let Some(home) = args.home {
            access.homes_by_id(&[home])?.remove(&home).ok_or(Error::NotFound)?;
            access.add_member(home, id)?;
        }
        Ok(id)
    };
    made(&app, actor, add).await
}

pub(super) async fn invite(app: App, args: PersonArgs) -> Done {
    let actor = operator(&app, &args.board).await?;
    let (name, email) = (line("name")?, line("e-mail")?);
    let invite = move |access: Access<'_>| {
        let unit = args.unit.as_deref().map(|unit| access.unit_named(unit)).transpose()?;
        let (person, mut changed) = match access.person_by_email(email.expose()) {
            Err(Error::NotFound) => (access.add_person(&unknown(name, email))?, true),
            found => (found?, false),
        };
        for role in &args.role {
            changed |= access.grant_as_operator(person, *role, unit)?;
        }
        if let Some(home) = args.home {
            access.homes_by_id(&[home])?.remove(&home).ok_or(Error::NotFound)?;
            if !access.is_member(home, person)? {
                access.add_member(home, person)?;
                changed = true;
            }
        }
        let role = args.role.first().copied().unwrap_or(Role::Contractor);
        match access.invite_as_operator(person, (role, unit, args.home))? {
            false if !changed => Err(NOTHING_NEW),
            invited => Ok(invited),
        }
    };
    let told = match app.door.write(actor, invite).await {
        Ok(true) => "invited",
        Ok(false) | Err(NOTHING_NEW) => "has a password, or an invitation that works: no letter",
        Err(cause) => return Err(cause.into()),
    };
    settled(&app).await;
    println!("{told}");
    Ok(ExitCode::SUCCESS)
}

/// What a transaction is given up with in which nothing was to be done.
const NOTHING_NEW: Error = Error::Conflict("nothing-new");

fn unknown(name: SecretText, email: SecretText) -> NewPerson {
    NewPerson {
        name,
        email,
        phone: None,
        personal_number: None,
        language: Language::Swedish,
        password: None,
        roles: Vec::new(),
    }
}

pub(super) async fn home(app: App, args: HomeArgs) -> Done {
    let actor = operator(&app, &args.board).await?;
    let name = line("the home's name")?;
    let add = move |access: Access<'_>| {
        let unit = access.unit_named(&args.unit)?;
        access.add_home(&NewHome {
            name,
            kind: args.kind,
            unit,
            protected: Protection::None,
        })
    };
    made(&app, actor, add).await
}

pub(super) async fn assignment(app: App, args: AssignmentArgs) -> Done {
    let actor = operator(&app, &args.board).await?;
    let (first_name, last_name) = (line("first name")?, line("last name")?);
    let personal_number = Some(line("personnummer")?).filter(|number| !number.expose().is_empty());
    let caseworker = line("the caseworker's e-mail")?;
    let add = move |access: Access<'_>| {
        let unit = access.unit_named(&args.unit)?;
        access
            .homes_by_id(&[args.home])?
            .remove(&args.home)
            .ok_or(Error::NotFound)?;
        let caseworker = access.person_by_email(caseworker.expose())?;
        let user = NewServiceUser {
            first_name,
            last_name,
            personal_number,
            protected: Protection::None,
        };
        access.add_assignment(&NewAssignment {
            home: args.home,
            service_user: access.add_service_user(&user)?,
            unit,
            label: args.label,
            kind: args.kind,
            legal_basis: args.legal_basis,
            from: args.from,
            to: args.to,
            caseworker,
            child_caseworker: None,
            cost_code: args.cost_code,
        })
    };
    made(&app, actor, add).await
}

/// Adds it, says what was made, and gives its events their places in the log.
async fn made<T, F>(app: &App, actor: Actor, add: F) -> Done
where
    T: std::fmt::Display + Send + 'static,
    F: for<'tx> FnOnce(Access<'tx>) -> Result<T> + Send + 'static,
{
    println!("{}", app.door.write(actor, add).await?);
    settled(app).await;
    Ok(ExitCode::SUCCESS)
}

/// Gives what was done its place in the log: there may be nobody who serves.
pub(super) async fn settled(app: &App) {
    if let Err(cause) = app.keeper().bring_up_to_date().await {
        eprintln!("famn: it is done, but the log waits for `famn serve` to be brought up to date: {cause}");
    }
}

/// The operator, at the board of that slug.
pub(super) async fn operator(app: &App, slug: &str) -> Result<Actor> {
    let found: Option<(BoardId, bool)> = find_board(app, slug).await?;
    found.map(|(board, _)| Actor::operator(board)).ok_or(Error::NotFound)
}

/// One line of standard input.
pub(super) fn line(what: &str) -> Result<SecretText> {
    use std::io::IsTerminal as _;
    if std::io::stdin().is_terminal() {
        eprintln!("{what}:");
    }
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut text)
        .map_err(Error::unavailable)?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}
