//! Takes the files in, in the order in which they need each other. Each line is tried though one before it was wrong,
//! so that all faults are told at once; not that something is lacking which only a wrong line would have brought.

use super::files::{Assignment, FILES, Files, HOMES, Home, Member, Person, STAFF, Staff, UNITS, USERS, User};
use super::left_out::LeftOut;
use super::table::Line;
use super::{ImportFault, Outcome};
use crate::access::{Access, Role};
use crate::account::NewPerson;
use crate::error::{Error, Result};
use crate::home::{NewAssignment, NewHome, NewServiceUser};
use crate::id::{HomeId, PersonId, ServiceUserId, UnitId};
use crate::secret::SecretText;
use crate::web::Language;
use std::collections::HashMap;

/// Adds what is missing; gives what was added, or every fault there is.
///
/// # Errors
/// What keeps the work from being done at all: a database that does not answer, a fault of the program.
pub(super) fn apply(access: Access<'_>, files: &Files, invite: bool) -> Result<Outcome> {
    let mut work = Work {
        access,
        faults: files.faults.clone(),
        left_out: &files.left_out,
        homes: access.homes_by_name()?,
        users: HashMap::new(),
        people: Vec::new(),
        named: Vec::new(),
        counts: [(0, 0); 6],
    };
    for line in &files.units {
        work.each(0, line, |work| work.unit(line))?;
    }
    for staff in &files.staff {
        work.each(1, &staff.line, |work| work.staff(staff))?;
    }
    for home in &files.homes {
        work.each(2, &home.line, |work| work.home(home))?;
    }
    for member in &files.members {
        work.each(3, &member.line, |work| work.member(member))?;
    }
    for (key, user) in &files.users {
        let first = files.assignments.iter().find(|one| one.user == *key);
        work.each(4, &user.line, |work| work.user(key, user, first))?;
    }
    for one in &files.assignments {
        work.each(5, &one.line, |work| work.assignment(one))?;
    }
    let invited = if invite && work.faults.is_empty() {
        work.invite()?
    } else {
        0
    };
    Ok(Outcome {
        invited,
        ..work.outcome()
    })
}

struct Work<'tx, 'files> {
    access: Access<'tx>,
    left_out: &'files LeftOut,
    faults: Vec<ImportFault>,
    homes: Vec<(HomeId, String)>,
    /// By their key in the files; `None` where the line was wrong.
    users: HashMap<String, Option<ServiceUserId>>,
    people: Vec<PersonId>,
    /// Everyone in the files, with what they are there.
    named: Vec<(PersonId, Ground)>,
    /// Added and there already, by file.
    counts: [(usize, usize); 6],
}

/// What someone in the files is, and where.
type Ground = (Role, Option<UnitId>, Option<HomeId>);
/// What became of a line: `Ok(true)` it was added, `Ok(false)` it was there; or what is wrong with it.
type Did = Result<bool, Wrong>;

enum Wrong {
    /// Column and words.
    At(&'static str, String),
    /// Told already, of another line.
    Told,
    /// As a verb has it, its fields being columns.
    Verb(Error),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Wrong {
        Wrong::Verb(error)
    }
}

impl Work<'_, '_> {
    fn each(&mut self, file: usize, line: &Line, act: impl FnOnce(&mut Self) -> Did) -> Result<()> {
        match act(self) {
            Ok(true) => self.counts[file].0 += 1,
            Ok(false) => self.counts[file].1 += 1,
            Err(Wrong::Told) => {}
            Err(Wrong::At(column, what)) => self.faults.push(line.fault(column, what)),
            Err(Wrong::Verb(Error::Invalid(faults))) => {
                for fault in faults {
                    let column = fault.field.rsplit('.').next().unwrap_or_default().to_owned();
                    let key = format!("fault-{}", fault.code);
                    let what = Language::English.find(&key).unwrap_or(fault.code);
                    self.faults.push(line.fault(column, what));
                }
            }
            Err(Wrong::Verb(Error::Conflict(_))) => {
                let what = "somebody or something else has this already";
                self.faults.push(line.fault("", what));
            }
            Err(Wrong::Verb(cause)) => return Err(cause),
        }
        Ok(())
    }

    fn outcome(self) -> Outcome {
        let mut faults = self.faults;
        faults.sort();
        let named = |of: fn(&(usize, usize)) -> usize| {
            let files = FILES.iter().map(|columns| columns.file);
            files.zip(self.counts.iter().map(of)).collect()
        };
        Outcome {
            faults,
            added: named(|(added, _)| *added),
            there: named(|(_, there)| *there),
            people: self.people,
            invited: 0,
        }
    }

    fn unit(&mut self, line: &Line) -> Did {
        let name = line.get("unit");
        match self.access.unit_named(name) {
            Ok(_) => Ok(false),
            Err(Error::NotFound) => Ok(self.access.add_unit(name).map(|_| true)?),
            Err(cause) => Err(cause.into()),
        }
    }

    fn staff(&mut self, staff: &Staff) -> Did {
        let unit = staff
            .unit
            .as_deref()
            .map(|name| self.unit_at("unit", name))
            .transpose()?;
        self.person(&staff.person, (staff.role, unit, None))
    }

    /// Invites everyone in the files who has no password, each once; tells how many.
    fn invite(&self) -> Result<usize> {
        let mut invited = 0;
        for (person, ground) in &self.named {
            invited += usize::from(self.access.invite_as_operator(*person, *ground)?);
        }
        Ok(invited)
    }

    fn home(&mut self, home: &Home) -> Did {
        let unit = self.unit_at("unit", &home.unit)?;
        match self.homes_called(&home.name)[..] {
            [] => {}
            [_] => return Ok(false),
            _ => return Err(several("home")),
        }
        let id = self.access.add_home(&NewHome {
            name: home.name.clone(),
            kind: home.kind,
            unit,
            protected: home.protected,
        })?;
        self.homes.push((id, home.name.expose().clone()));
        Ok(true)
    }

    fn member(&mut self, member: &Member) -> Did {
        let home = self.home_at(&member.home)?;
        let is_new = self.person(&member.person, (Role::Contractor, None, Some(home)))?;
        let person = self.access.person_by_email(member.person.email.expose())?;
        if self.access.is_member(home, person)? {
            return Ok(is_new);
        }
        self.access.add_member(home, person)?;
        Ok(true)
    }

    /// Sees to it that a person is there and holds a role; tells whether anything was added.
    fn person(&mut self, person: &Person, (role, unit, home): (Role, Option<UnitId>, Option<HomeId>)) -> Did {
        let (id, is_new) = match self.access.person_by_email(person.email.expose()) {
            Ok(id) => (id, self.access.grant_as_operator(id, role, unit)?),
            Err(Error::NotFound) => {
                let id = self.access.add_person(&NewPerson {
                    name: person.name.clone(),
                    email: person.email.clone(),
                    phone: person.phone.clone(),
                    personal_number: person.personal_number.clone(),
                    language: person.language,
                    password: None,
                    roles: vec![(role, unit)],
                })?;
                self.people.push(id);
                (id, true)
            }
            Err(cause) => return Err(cause.into()),
        };
        self.named.push((id, (role, unit, home)));
        Ok(is_new)
    }

    /// A service user is known again by the number, and without one by the first assignment that names them.
    fn user(&mut self, key: &str, user: &User, first: Option<&Assignment>) -> Did {
        let found = match (&user.personal_number, first) {
            (Some(number), _) => match self.access.service_user_numbered(number.expose()) {
                Ok(id) => Some(id),
                Err(Error::NotFound) => None,
                Err(cause) => return Err(cause.into()),
            },
            (None, Some(assignment)) => {
                let there = self.access.assignment_labelled(&assignment.label)?;
                there.map(|(_, user)| user)
            }
            (None, None) => {
                self.users.insert(key.to_owned(), None);
                let what = "is needed, or an assignment of this user: else the same person would be added again";
                return Err(Wrong::At("personal_number", what.into()));
            }
        };
        if let Some(id) = found {
            self.users.insert(key.to_owned(), Some(id));
            return Ok(false);
        }
        self.users.insert(key.to_owned(), None);
        let id = self.access.add_service_user(&NewServiceUser {
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            personal_number: user.personal_number.clone(),
            protected: user.protected,
        })?;
        self.users.insert(key.to_owned(), Some(id));
        Ok(true)
    }

    fn assignment(&mut self, one: &Assignment) -> Did {
        let service_user = match self.users.get(&one.user) {
            Some(Some(id)) => *id,
            Some(None) => return Err(Wrong::Told),
            None if self.left_out.names(USERS, &one.user) => return Err(Wrong::Told),
            None => return Err(Wrong::At("user", "is not in service_users.csv".into())),
        };
        let (home, unit) = (self.home_at(&one.home)?, self.unit_at("unit", &one.unit)?);
        if let Some((there, user)) = self.access.assignment_labelled(&one.label)? {
            let is_same = there.home == home && there.from == one.from && user == service_user;
            let what = "there is one of that label already, for another home, user or first day";
            return if is_same {
                Ok(false)
            } else {
                Err(Wrong::At("label", what.into()))
            };
        }
        let caseworker = self.person_at("caseworker", &one.caseworker)?;
        let child_caseworker = one.child_caseworker.as_ref();
        let child_caseworker = child_caseworker
            .map(|email| self.person_at("child_caseworker", email))
            .transpose()?;
        self.access.add_assignment(&NewAssignment {
            home,
            service_user,
            unit,
            label: one.label.clone(),
            kind: one.kind,
            legal_basis: one.legal_basis,
            from: one.from,
            to: one.to,
            caseworker,
            child_caseworker,
            cost_code: one.cost_code.clone(),
        })?;
        Ok(true)
    }

    fn unit_at(&self, column: &'static str, name: &str) -> Result<UnitId, Wrong> {
        match self.access.unit_named(name) {
            Err(Error::NotFound) => Err(self.none_such(column, (UNITS, name))),
            found => Ok(found?),
        }
    }

    /// Staff of the board, by e-mail.
    fn person_at(&self, column: &'static str, email: &SecretText) -> Result<PersonId, Wrong> {
        let person = match self.access.person_by_email(email.expose()) {
            Err(Error::NotFound) => return Err(self.none_such(column, (STAFF, email.expose()))),
            found => found?,
        };
        let held = self.access.roles_of(person)?;
        let is_staff = held
            .iter()
            .any(|held| matches!(held.role, Role::Caseworker | Role::TeamLead));
        let what = "is no caseworker";
        if is_staff {
            Ok(person)
        } else {
            Err(Wrong::At(column, what.into()))
        }
    }

    /// What a line says that names something that is not there: nothing, where a wrong line is about it.
    fn none_such(&self, column: &'static str, (file, key): (&'static str, &str)) -> Wrong {
        if self.left_out.names(file, key) {
            return Wrong::Told;
        }
        let what = "there is none such, neither in the files nor at the board";
        Wrong::At(column, what.into())
    }

    fn homes_called(&self, name: &SecretText) -> Vec<HomeId> {
        let same = |found: &&(HomeId, String)| found.1.trim() == name.expose().trim();
        self.homes.iter().filter(same).map(|(id, _)| *id).collect()
    }

    fn home_at(&self, name: &SecretText) -> Result<HomeId, Wrong> {
        match self.homes_called(name)[..] {
            [] => Err(self.none_such("home", (HOMES, name.expose()))),
            [one] => Ok(one),
            _ => Err(several("home")),
        }
    }
}

fn several(column: &'static str) -> Wrong {
    Wrong::At(column, "the board has several of that name".into())
}
