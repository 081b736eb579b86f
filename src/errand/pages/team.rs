//! The team's page of an errand: what is said and noted, what can be done with it, and the list beside it.

use super::door::Opening;
use super::pane::Pane;
use super::said::Said;
use super::thread::{Core, moves};
use super::words;
use super::wrong::Wrong;
use crate::access::{Access, Right, Side};
use crate::audit::Action;
use crate::clock::Instant;
use crate::errand::state::{Act, Step, find, has_ended};
use crate::errand::{ErrandState, ErrandView, NoteView, OpeningView, Outcome, StaffView};
use crate::error::Result;
use crate::id::{ErrandId, HomeId, PersonId};
use crate::web::page::{Frame, filters, fresh_once};
use crate::web::say;
use askama::Template;

/// The team's own part of an errand.
pub struct TeamPart {
    notes: Vec<NoteView>,
    openings: Vec<OpeningView>,
    /// To whom the errand can be given.
    colleagues: Vec<StaffView>,
    /// Whether the one who looks handles the errand; else they look on: as its manager, for the child, with a reason.
    handles: bool,
    /// Whether they may answer in it.
    replies: bool,
    /// Whether they see the home itself.
    sees_home: bool,
}

impl TeamPart {
    pub fn look(access: Access<'_>, id: ErrandId, home: HomeId) -> Result<TeamPart> {
        let seen = access.errand_for(id, Action::NoteRead)?;
        let (handles, replies) = (seen.may(Right::Handle), seen.may(Right::Reply));
        Ok(TeamPart {
            replies,
            sees_home: access.sees_home(home)?,
            colleagues: if handles { seen.colleagues()? } else { Vec::new() },
            notes: seen.to_notes(Action::NoteRead)?.show_notes()?,
            openings: access.openings_of(id)?.items,
            handles,
        })
    }
}

/// A move the team can make.
struct Button {
    state: ErrandState,
    label: &'static str,
    /// The field that goes with it, and what it asks.
    asks: Option<(&'static str, &'static str)>,
}

impl Button {
    /// Whether it closes the errand.
    fn ends(&self) -> bool {
        matches!(self.state, ErrandState::Closed | ErrandState::ClosedWithoutDecision)
    }
}

#[derive(Template)]
#[template(path = "errand/pages/thread_team.html")]
pub struct TeamThread {
    frame: Frame,
    core: Core,
    /// Messages and notes, in the order of their times.
    said: Vec<Said>,
    home: String,
    home_id: HomeId,
    assignee: Option<String>,
    /// To whom it can be given.
    people: Vec<(String, String)>,
    can_assign: bool,
    is_mine: bool,
    buttons: Vec<Button>,
    note_once: String,
    /// A decision can be made: the outcomes to choose from.
    outcomes: Vec<(&'static str, &'static str)>,
    decide_once: String,
    can_review: bool,
    /// The home sees it as it stood when its assignment was shut.
    restricted: bool,
    /// Else someone who looks on.
    handles: bool,
    /// Whether the very bytes of files are given out to the one who looks.
    originals: bool,
    /// What was reported as wrong, and taken out of view.
    wrong: Vec<Wrong>,
    sees_home: bool,
    /// Who has opened it without handling it, and why.
    openings: Vec<Opening>,
    request: Option<ErrandId>,
    pane: Pane,
}

impl TeamThread {
    pub fn of(
        (frame, mut core, pane): (Frame, Core, Pane),
        errand: &ErrandView,
        part: TeamPart,
        (me, now): (PersonId, Instant),
    ) -> TeamThread {
        core.isolates = part.handles;
        core.can_reply &= part.replies;
        let messages = errand
            .messages
            .iter()
            .map(|message| Said::message(message, Side::Team, now));
        let mut said: Vec<Said> = messages
            .chain(part.notes.iter().map(|note| Said::note(note, now)))
            .collect();
        said.sort_by_key(|one| one.at);
        let originals = part.handles && !core.is_protected;
        let assignee = errand.team.as_ref().and_then(|team| team.assignee.as_ref());
        let button = |step: &Step| Button {
            state: step.to,
            label: words::act(errand.state, step.to),
            asks: match (step.with_message, step.with_reason) {
                (true, _) => Some(("message", say("thread-ask-message"))),
                (_, true) => Some(("reason", say("thread-ask-reason"))),
                _ => None,
            },
        };
        TeamThread {
            frame,
            core,
            said,
            home: errand.home.name.clone(),
            home_id: errand.home.id,
            people: part
                .colleagues
                .into_iter()
                .filter(|one| assignee.is_none_or(|assignee| assignee.id != one.id))
                .map(|one| (one.id.to_string(), one.name))
                .collect(),
            originals,
            can_assign: !has_ended(errand.kind, errand.state),
            is_mine: assignee.is_some_and(|assignee| assignee.id == me),
            assignee: assignee.map(|assignee| assignee.name.clone()),
            buttons: moves(errand, Side::Team).filter(|_| part.handles).map(button).collect(),
            note_once: fresh_once(),
            decide_once: fresh_once(),
            outcomes: if part.handles && can(errand, Act::Decide) {
                outcomes()
            } else {
                Vec::new()
            },
            can_review: part.handles && can(errand, Act::Review) && !is_registered_by(errand, me),
            restricted: errand.team.as_ref().is_some_and(|team| team.restricted),
            handles: part.handles,
            wrong: errand
                .team
                .as_ref()
                .map_or_else(Vec::new, |team| Wrong::all(team, part.handles, now)),
            sees_home: part.sees_home,
            openings: part.openings.iter().map(|one| Opening::of(one, now)).collect(),
            request: errand.request_id,
            pane,
        }
    }
}

/// Whether someone registered an errand from paper: then another reviews it.
fn is_registered_by(errand: &ErrandView, who: PersonId) -> bool {
    let by = errand.paper.as_ref().and_then(|paper| paper.registered_by.as_ref());
    by.is_some_and(|by| by.id == who)
}

fn outcomes() -> Vec<(&'static str, &'static str)> {
    let word = |one: &Outcome| (one.as_str(), words::outcome(*one, Side::Team));
    Outcome::ALL.iter().map(word).collect()
}

/// Whether the team can do it from where the errand stands.
fn can(errand: &ErrandView, act: Act) -> bool {
    find(errand.kind, Some(errand.state), act, Side::Team).is_some()
}
