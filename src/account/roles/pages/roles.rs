//! One person's roles: those held, coming, proposed and ended; giving one, and what can be done about each.

use super::words;
use crate::access::{Access, Right, Role};
use crate::account::Visitor;
use crate::account::roles::verbs::{NewRole, RoleChange};
use crate::account::roles::view::{RoleState, RoleView};
use crate::app::App;
use crate::board::UnitRow;
use crate::clock::{Day, Instant};
use crate::error::{Error, Fault, Result};
use crate::home::Protection;
use crate::id::{GrantId, PersonId, of};
use crate::secret::Secret;
use crate::web::page::{Fields, Form, FormFaults, Frame, Masthead, filters, fresh_once, page, see_other, swedish};
use crate::web::{Listing, ObjectPath, PartPath, Query, say};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

/// What has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RolesQuery {
    klart: String,
}

/// A role as it is shown.
struct Line {
    id: GrantId,
    role: &'static str,
    unit: String,
    state: (&'static str, &'static str, &'static str),
    from: String,
    to: Option<String>,
    /// What was said of it and by whom, a line each.
    told: Vec<String>,
    can_confirm: bool,
    can_end: bool,
    is_proposed: bool,
}

/// What the page is shown again with.
#[derive(Default)]
struct Again {
    fields: Fields,
    faults: FormFaults,
    /// The role whose form it was; none for the form of a new one.
    of: Option<GrantId>,
    /// Someone else has been here first.
    conflict: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "account/roles/pages/roles.html")]
struct Roles {
    frame: Frame,
    id: PersonId,
    name: String,
    lines: Vec<Line>,
    roles: Vec<words::Choice>,
    units: Vec<(String, String)>,
    gives: bool,
    mark: Protection,
    is_self: bool,
    once: String,
    today: String,
    done: Option<&'static str>,
    again: Again,
}

impl Roles {
    /// What the person is marked as; nothing where it is no mark.
    fn mark(&self) -> Option<&'static str> {
        (self.mark != Protection::None).then(|| self.mark.said())
    }
    /// The marks that are higher.
    fn marks(&self) -> Vec<(&'static str, &'static str)> {
        let higher = Protection::ALL.iter().skip_while(|one| **one != self.mark).skip(1);
        higher.map(|one| (one.as_str(), one.said())).collect()
    }
    fn is_again(&self, line: &Line) -> bool {
        self.again.of == Some(line.id)
    }
    /// The id of a field in a role's own form: bare in the one that is shown again, where the summary leads to it.
    fn at(&self, line: &Line, field: &str) -> String {
        if self.is_again(line) {
            field.into()
        } else {
            format!("{field}-{}", line.id)
        }
    }
}

#[get("/personer/{id}")]
pub async fn get_roles(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Person>,
    query: Query<RolesQuery>,
) -> Result<HttpResponse> {
    show(&app, &visitor, (id.0, told(&query.0.klart)), Again::default()).await
}

fn told(done: &str) -> Option<&'static str> {
    match done {
        "given" => Some(say("roles-given")),
        "proposed" => Some(say("roles-proposed")),
        "confirmed" => Some(say("roles-confirmed")),
        "ended" => Some(say("roles-ended")),
        "protected" => Some(say("roles-protected")),
        _ => None,
    }
}

/// What the page shows: the person's name and mark, the roles, the units there are, and who looks.
type Looked = ((String, Protection), Vec<RoleView>, Vec<UnitRow>, Masthead, PersonId);

async fn show(
    app: &App,
    visitor: &Visitor,
    (id, done): (PersonId, Option<&'static str>),
    mut again: Again,
) -> Result<HttpResponse> {
    let listing = Listing::<of::Unit>::parse(Some(words::UNITS), None)?;
    let look = move |access: Access<'_>| -> Result<Looked> {
        let roles = access.roles(id)?.items;
        let name = (access.name_of(id)?.expose().clone(), access.mark_of(id)?);
        let units = access.list_units(listing)?.items;
        Ok((name, roles, units, access.masthead()?, access.person()?))
    };
    let ((name, mark), roles, units, masthead, me) = app.door.read(visitor.actor, look).await?;
    let now = app.clock.now();
    let is_self = me == id;
    let gives = masthead.may(Right::GrantRoles) && !is_self;
    let confirms = masthead.may(Right::ConfirmRoles) && !is_self;
    let lines = roles
        .iter()
        .map(|role| line(role, (gives, confirms), me, now))
        .collect();
    let frame = Frame::of(name.clone(), masthead, &visitor.guard).at("/personer");
    if again.fields.text("from").is_empty() {
        again.fields.set("from", now.day().to_string());
    }
    let at_fault = !again.faults.is_empty() || again.conflict.is_some();
    let (frame, status) = frame.judged(!at_fault);
    page(
        status,
        &Roles {
            frame,
            id,
            name,
            lines,
            roles: words::staff(),
            units: units.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect(),
            gives,
            mark,
            is_self,
            once: fresh_once(),
            today: now.day().to_string(),
            done,
            again,
        },
    )
}

fn line(role: &RoleView, (gives, confirms): (bool, bool), me: PersonId, now: Instant) -> Line {
    let named = |key: &'static str, who: Option<&String>| who.map(|name| format!("{} {name}", say(key)));
    let quoted = |key: &'static str, text: Option<&String>| text.map(|text| format!("{} {text}", say(key)));
    let by = role.granted_by.as_ref();
    let given = if role.state == RoleState::Proposed {
        "roles-proposed-by"
    } else {
        "roles-given-by"
    };
    let told = [
        quoted("roles-reason", role.reason.as_ref()),
        named(given, by.map(|who| &who.name)),
        named("roles-confirmed-by", role.confirmed_by.as_ref().map(|who| &who.name)),
        quoted("roles-end-reason", role.end_reason.as_ref()),
        named("roles-ended-by", role.ended_by.as_ref().map(|who| &who.name)),
    ];
    let is_proposed = role.state == RoleState::Proposed;
    Line {
        id: role.id,
        role: words::role(role.role),
        unit: role.unit.as_ref().map(|unit| unit.name.clone()).unwrap_or_default(),
        state: words::state(role.state),
        from: swedish::day(role.from, now),
        to: role.to.map(|day| swedish::day(day, now)),
        told: told.into_iter().flatten().collect(),
        can_confirm: is_proposed && confirms && by.is_none_or(|who| who.id != me),
        can_end: gives && role.state != RoleState::Ended,
        is_proposed,
    }
}

#[post("/personer/{id}/roller")]
pub async fn post_role(app: web::Data<App>, id: ObjectPath<of::Person>, form: Form) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    if form.fields.is_to_be_shown() {
        let again = Again {
            fields: form.fields,
            ..Again::default()
        };
        return show(&app, &visitor, (id.0, None), again).await;
    }
    let once = form.fields.once(&format!("/personer/{}/roller", id.0), &[])?;
    let done = match read_new(&form.fields, app.clock.now().day())? {
        Ok(new) => {
            let give = move |access: Access<'_>| access.give_role(id.0, &new, Some(&once));
            app.door.write(visitor.actor, give).await
        }
        Err(faults) => {
            // Whoever may not give roles is told that, and nothing of the form.
            app.door
                .read(visitor.actor, move |access| access.may_give_roles(id.0))
                .await?;
            Err(Error::Invalid(faults))
        }
    };
    answered(&app, &visitor, (id.0, None), form.fields, done).await
}

fn read_new(fields: &Fields, today: Day) -> Result<Result<NewRole, Vec<Fault>>> {
    let mut faults = Vec::new();
    let role = Role::ALL.into_iter().find(|role| role.as_str() == fields.text("role"));
    let mut day = |field: &str| match fields.text(field).trim() {
        "" => None,
        typed => {
            let day = crate::typed::day_ahead(typed, today);
            if day.is_none() {
                faults.push(fault(field, "typed"));
            }
            day
        }
    };
    let (from, to) = (day("from"), day("to"));
    if role.is_none() {
        faults.insert(0, fault("role", "required"));
    }
    let unit_id = match fields.text("unit_id") {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::Malformed("unit_id".into()))?),
    };
    Ok(match role.filter(|_| faults.is_empty()) {
        Some(role) => Ok(NewRole {
            role,
            unit_id,
            from,
            to,
            reason: Secret::new(fields.text("reason").to_owned()),
        }),
        None => Err(faults),
    })
}

fn fault(field: &str, code: &'static str) -> Fault {
    Fault {
        field: field.into(),
        code,
    }
}

#[post("/personer/{id}/roller/{part_id}")]
pub async fn post_change(
    app: web::Data<App>,
    id: PartPath<of::Person, of::RoleGrant>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let (person, grant) = (id.of, id.part);
    if form.fields.is_to_be_shown() {
        let again = Again {
            fields: form.fields,
            of: Some(grant),
            ..Again::default()
        };
        return show(&app, &visitor, (person, None), again).await;
    }
    let done = match read_change(&form.fields, app.clock.now().day()) {
        Ok(change) => {
            let make = move |access: Access<'_>| access.change_role(person, grant, &change);
            app.door.write(visitor.actor, make).await
        }
        Err(unread) => {
            app.door
                .read(visitor.actor, move |access| access.may_give_roles(person))
                .await?;
            Err(Error::Invalid(vec![unread]))
        }
    };
    answered(&app, &visitor, (person, Some(grant)), form.fields, done).await
}

/// A yes, or the last day: today where no day is typed, as when a proposal is taken back.
fn read_change(fields: &Fields, today: Day) -> Result<RoleChange, Fault> {
    if fields.text("do") == "confirm" {
        return Ok(RoleChange {
            to: None,
            reason: None,
            confirmed: Some(true),
        });
    }
    let to = match fields.text("end_to").trim() {
        "" => Some(today),
        typed => crate::typed::day_ahead(typed, today),
    };
    Ok(RoleChange {
        to: Some(to.ok_or_else(|| fault("to", "typed"))?),
        reason: Some(Secret::new(fields.text("end_reason").to_owned())),
        confirmed: None,
    })
}

async fn answered(
    app: &App,
    visitor: &Visitor,
    (person, of): (PersonId, Option<GrantId>),
    fields: Fields,
    done: Result<RoleView>,
) -> Result<HttpResponse> {
    let mut again = Again { of, ..Again::default() };
    match done {
        Ok(role) => {
            let what = match (of, role.state) {
                (None, RoleState::Proposed) => "proposed",
                (None, _) => "given",
                (Some(_), RoleState::Held | RoleState::Coming) if fields.text("do") == "confirm" => "confirmed",
                _ => "ended",
            };
            return Ok(see_other(&format!("/personer/{person}?klart={what}")));
        }
        Err(Error::Invalid(faults)) => {
            // A role's own form has its fields' names to itself.
            let own = |one: &Fault| fault(&format!("end_{}", one.field), one.code);
            let faults: Vec<Fault> = match of {
                Some(_) => faults.iter().map(own).collect(),
                None => faults,
            };
            again.faults = FormFaults::told(&faults);
        }
        Err(Error::Conflict("exists")) => again.conflict = Some(say("roles-exists")),
        Err(Error::Conflict("ended")) => again.conflict = Some(say("roles-over")),
        Err(error) => return Err(error),
    }
    again.fields = fields;
    show(app, visitor, (person, None), again).await
}
