//! One home: who belongs to it, for whom it has assignments, who has been invited, and what was before.

use super::typed::Reader;
use super::words;
use crate::access::Access;
use crate::account::{Visitor, WaitingInvitation};
use crate::app::App;
use crate::clock::{Day, Instant};
use crate::error::{Error, Fault, Result};
use crate::home::{
    AssignmentDetail, ConflictView, DeputyView, HomeDetail, HomePast, MemberChange, MemberState, MemberView, Protection,
};
use crate::id::{HomeId, MemberId, of};
use crate::web::page::{Fields, Form, FormFaults, Frame, Masthead, filters, input_id, page, see_other, swedish};
use crate::web::{ObjectPath, PartPath, Query, say, say_with};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

/// What has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DoneQuery {
    klart: String,
}

#[derive(Template)]
#[template(path = "home/pages/home.html")]
struct Home {
    frame: Frame,
    of: Shown,
    done: Option<&'static str>,
    /// The membership whose last day was wrong, and why.
    wrong: Option<MemberId>,
    faults: FormFaults,
    fields: Fields,
    now: Instant,
}

/// All of a home that is shown.
struct Shown {
    home: HomeDetail,
    members: Vec<MemberView>,
    assignments: Vec<AssignmentDetail>,
    invited: Vec<WaitingInvitation>,
    past: Vec<HomePast>,
    conflicts: Vec<ConflictView>,
    /// Of whom a conflict of interest can be said.
    people: Vec<(String, String)>,
}

pub(super) struct Looked {
    masthead: Masthead,
    of: Shown,
}

impl Home {
    fn kind(&self) -> &'static str {
        words::kind(self.of.home.kind)
    }
    fn protection(&self) -> Option<&'static str> {
        (self.of.home.protected != Protection::None).then(|| self.of.home.protected.said())
    }
    fn member_name<'a>(&self, member: &&'a MemberView) -> &'a str {
        member.person.as_ref().map_or("", |person| &person.name)
    }
    fn state(&self, member: &&MemberView) -> (&'static str, &'static str) {
        let class = match member.state {
            MemberState::Current => "tag tag--ok",
            MemberState::Coming | MemberState::Invited => "tag tag--info",
            MemberState::Ended => "tag",
        };
        (words::member(member.state), class)
    }
    fn is_open(&self, member: &&MemberView) -> bool {
        !matches!(member.state, MemberState::Ended)
    }
    fn is_wrong(&self, member: &&MemberView) -> bool {
        self.wrong == Some(member.id)
    }
    /// The days of something that lasts.
    fn days(&self, from: &Day, to: &Option<Day>) -> String {
        let from = say_with("home-from", "day", &swedish::day(*from, self.now));
        match to {
            Some(to) => format!("{from} {}", say_with("home-to", "day", &swedish::day(*to, self.now))),
            None => from,
        }
    }
    /// The days on which someone stands in.
    fn stood_in(&self, deputy: &&DeputyView) -> String {
        self.days(&deputy.from, &Some(deputy.to))
    }
    fn today(&self) -> String {
        self.now.day().to_string()
    }
    fn when(&self, at: &Instant) -> String {
        swedish::time(*at, self.now)
    }
    /// Assignments of today and to come, and those that have ended.
    fn assignments(&self, ended: bool) -> Vec<&AssignmentDetail> {
        let today = self.now.day();
        let has_ended = |one: &&AssignmentDetail| one.assignment.to.is_some_and(|to| to < today);
        self.of
            .assignments
            .iter()
            .filter(|one| has_ended(one) == ended)
            .collect()
    }
    fn assignment_kind(&self, one: &&AssignmentDetail) -> &'static str {
        words::kind(one.assignment.kind)
    }
    fn basis(&self, one: &&AssignmentDetail) -> &'static str {
        words::legal_basis(one.assignment.legal_basis)
    }
    /// The conflicts of interest that stand, or those that are over.
    fn conflicts(&self, ended: bool) -> Vec<&ConflictView> {
        let over = |one: &&ConflictView| one.ended_at.is_some() == ended;
        self.of.conflicts.iter().filter(over).collect()
    }
    /// Whether it is this conflict of interest whose end is shown again.
    fn is_ending(&self, one: &&ConflictView) -> bool {
        self.fields.is("conflict", one.id.to_string())
    }
    /// The id of the field that asks why it is over: the faults' own where it is shown again.
    fn end_field(&self, one: &&ConflictView) -> String {
        match self.is_ending(one) {
            true => input_id("end_reason"),
            false => format!("slut-{}", one.id),
        }
    }
    fn was(&self, past: &&HomePast) -> String {
        let unit = past.unit.as_ref().map_or("", |unit| &unit.name);
        let protected = past.protected.said();
        format!(
            "{}, {}, {unit}, {}",
            past.name,
            words::kind(past.kind),
            protected.to_lowercase()
        )
    }
}

/// What has just been done, told once on top.
fn told(done: &str) -> Option<&'static str> {
    match done {
        "hem" => Some(say("home-done-added")),
        "andrat" => Some(say("home-done-changed")),
        "inbjuden" => Some(say("home-done-invited")),
        "medlem" => Some(say("home-done-member")),
        "aterkallad" => Some(say("home-done-recalled")),
        "jav" => Some(say("home-done-conflict")),
        "jav-slut" => Some(say("home-done-conflict-end")),
        "uppdrag" => Some(say("home-done-assignment")),
        _ => None,
    }
}

#[get("/hem/{id}")]
pub async fn get_home(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Home>,
    query: Query<DoneQuery>,
) -> Result<HttpResponse> {
    let looked = look(&app, &visitor, id.0).await?;
    show(&visitor, looked, told(&query.0.klart), None, app.clock.now())
}

/// Sets a membership's last day.
#[post("/hem/{id}/medlemmar/{part_id}/slut")]
pub async fn post_member_end(
    app: web::Data<App>,
    id: PartPath<of::Home, of::Member>,
    form: Form,
) -> Result<HttpResponse> {
    let visitor = Visitor::of(&app, &form.checked).await?;
    let mut read = Reader::of(&form.fields, app.clock.now().day());
    let to = read.day("to");
    let faults = match to {
        Some(to) => {
            let end = move |access: Access<'_>| access.change_member(id.of, id.part, &MemberChange { to });
            match app.door.write(visitor.actor, end).await {
                Ok(_) => return Ok(see_other(&format!("/hem/{}?klart=medlem", id.of))),
                Err(Error::Invalid(faults)) => faults,
                Err(error) => return Err(error),
            }
        }
        None => read.faults,
    };
    let looked = look(&app, &visitor, id.of).await?;
    let wrong = Some((Some(id.part), form.fields, &faults[..]));
    show(&visitor, looked, None, wrong, app.clock.now())
}

pub(super) async fn look(app: &App, visitor: &Visitor, id: HomeId) -> Result<Looked> {
    let look = move |access: Access<'_>| {
        let home = access.home_detail(id)?;
        let of = Shown {
            members: access.list_members(id)?.items,
            assignments: access.home_assignments(id)?,
            invited: match access.may_invite(id)? {
                true => access.waiting_invitations(id)?,
                false => Vec::new(),
            },
            past: access.home_past(id)?,
            conflicts: access.conflicts(id)?.items,
            people: access.may_be_apart(id)?,
            home,
        };
        let masthead = access.masthead()?;
        Ok(Looked { masthead, of })
    };
    app.door.read(visitor.actor, look).await
}

pub(super) fn show(
    visitor: &Visitor,
    looked: Looked,
    done: Option<&'static str>,
    wrong: Option<(Option<MemberId>, Fields, &[Fault])>,
    now: Instant,
) -> Result<HttpResponse> {
    // Not its name: a browser remembers titles, and a device may have several users.
    let frame = Frame::of(say("home-title"), looked.masthead, &visitor.guard).at("/hem");
    let (frame, status) = frame.judged(wrong.as_ref().is_none_or(|(_, _, faults)| faults.is_empty()));
    let (wrong, fields, faults) = match wrong {
        Some((id, fields, faults)) => (id, fields, FormFaults::told(faults)),
        None => (None, Fields::default(), FormFaults::default()),
    };
    let content = Home {
        frame,
        of: looked.of,
        done,
        wrong,
        faults,
        fields,
        now,
    };
    page(status, &content)
}
