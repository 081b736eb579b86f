//! Before a home comes to be one where someone is protected: the page that tells what follows, and names who is to meet it
//! in the same act.

use crate::access::Access;
use crate::account::Visitor;
use crate::app::App;
use crate::error::{Fault, Result};
use crate::home::{AheadOfMark, NamedPerson, Protection};
use crate::id::{HomeId, UnitId};
use crate::web::page::{Fields, Follows, FormFaults, Frame, Masthead};
use crate::web::{say, say_with};
use actix_web::HttpResponse;

/// What is about to be marked, and where its form is sent.
pub(super) struct Marking {
    /// A home that is there, or one to be added to the unit.
    pub home: Option<HomeId>,
    pub unit: Option<UnitId>,
    pub to: Protection,
    /// Whether someone can be named in the same act.
    pub names: bool,
    pub action: String,
}

/// The page that tells what follows; nothing where the act marks nothing that is not marked, or it has been read.
pub(super) async fn ahead(
    app: &App,
    visitor: &Visitor,
    marking: Marking,
    (fields, faults): (&Fields, &[Fault]),
) -> Result<Option<HttpResponse>> {
    if marking.to == Protection::None || (Follows::were_told(fields) && faults.is_empty()) {
        return Ok(None);
    }
    let (home, unit) = (marking.home, marking.unit);
    let look = move |access: Access<'_>| {
        let (unit, is_marked) = match home {
            Some(id) => {
                let detail = access.home_detail(id)?;
                (Some(detail.unit.id), detail.is_protected)
            }
            None => (unit, false),
        };
        let ahead = match unit.filter(|_| !is_marked) {
            Some(unit) => Some(access.ahead_of_mark(home, unit)?),
            None => None,
        };
        Ok((access.masthead()?, ahead))
    };
    let (masthead, ahead) = app.door.read(visitor.actor, look).await?;
    match ahead {
        Some(ahead) => tell(visitor, masthead, marking, ahead, (fields, faults)).map(Some),
        None => Ok(None),
    }
}

fn tell(
    visitor: &Visitor,
    masthead: Masthead,
    marking: Marking,
    ahead: AheadOfMark,
    (fields, faults): (&Fields, &[Fault]),
) -> Result<HttpResponse> {
    let names = |people: &[NamedPerson]| people.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join(", ");
    let people = |key, none, found: &[NamedPerson]| match found {
        [] => say(none).to_owned(),
        found => say_with(key, "names", &names(found)),
    };
    let points = vec![
        say("mark-follows-sight").to_owned(),
        say("mark-follows-you").to_owned(),
        people("mark-follows-answering", "mark-follows-nobody", &ahead.answering),
        people("mark-follows-second", "mark-follows-no-second", &ahead.seconds),
        say("mark-follows-family").to_owned(),
        say("mark-follows-lower").to_owned(),
    ];
    let others = ahead.others.into_iter().filter(|_| marking.names);
    Follows {
        frame: Frame::of(say("mark-heading"), masthead, &visitor.guard).at("/hem"),
        heading: say("mark-heading"),
        points,
        faults: FormFaults::told(faults),
        fields: fields.clone(),
        people: others.map(|one| (one.id.to_string(), one.name)).collect(),
        action: marking.action,
        send: say("mark-send"),
    }
    .answer()
}

/// Whom the form names besides.
pub(super) fn named(fields: &Fields) -> Vec<crate::id::PersonId> {
    fields.all("named_ids").filter_map(|id| id.parse().ok()).collect()
}

/// Whether a fault is of the page that tells what follows, and not of the form before it.
pub(super) fn is_of_naming(faults: &[Fault]) -> bool {
    faults.iter().any(|fault| fault.field == "named_ids")
}
