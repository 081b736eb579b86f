//! What lies in the wrong place: saying so, from either side, and taking it out of view.

use super::act::renamed;
use crate::access::{Access, Right};
use crate::account::Visitor;
use crate::app::App;
use crate::audit::Action;
use crate::clock::Instant;
use crate::errand::view::TeamPart;
use crate::errand::{ErrandView, FileView, Item, NewIsolation, NewReport, StaffView};
use crate::error::{Error, Fault, Result};
use crate::id::{ErrandId, FileId, MessageId, of};
use crate::secret::Secret;
use crate::web::page::{Fields, Form, FormFaults, Frame, filters, page, see_other, swedish};
use crate::web::{ObjectPath, Query, say, say_with};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

/// What has been said to be wrong in an errand, or was taken out of view, as the team sees it.
pub struct Wrong {
    pub what: &'static str,
    pub who: String,
    pub when: String,
    pub words: Option<String>,
    /// What can be taken out of view for it, as the form names it.
    pub item: Option<String>,
}

impl Wrong {
    pub fn all(team: &TeamPart, handles: bool, now: Instant) -> Vec<Wrong> {
        let stands = |file: Option<FileId>, message: Option<MessageId>| {
            let mut hidden = team.isolations.iter().filter(|one| one.lifted_at.is_none());
            hidden.any(|one| (one.file_id, one.message_id) == (file, message))
        };
        let reports = team.reports.iter().map(|one| Wrong {
            what: say("wrong-reported"),
            who: one.by.name.clone(),
            when: swedish::time_first(one.reported_at, now),
            words: one.words.clone(),
            item: Some(one)
                .filter(|one| handles && !stands(one.file_id, one.message_id))
                .and_then(|one| named(one.file_id, one.message_id)),
        });
        // Each act by its own person, at its own time, for its own reason.
        let taken = team.isolations.iter().flat_map(|one| {
            let act = |what, who: &StaffView, at, words: Option<&String>| Wrong {
                what: say(what),
                who: who.name.clone(),
                when: swedish::time_first(at, now),
                words: words.cloned(),
                item: None,
            };
            let hidden = act("wrong-taken", &one.by, one.isolated_at, Some(&one.reason));
            let shown = one.lifted_by.as_ref().zip(one.lifted_at);
            let shown = shown.map(|(by, at)| act("wrong-lifted", by, at, one.lift_reason.as_ref()));
            [Some(hidden), shown].into_iter().flatten()
        });
        reports.chain(taken).collect()
    }
}

/// An item as the form names it.
fn named(file: Option<FileId>, message: Option<MessageId>) -> Option<String> {
    let file = file.map(|id| format!("file:{id}"));
    file.or_else(|| message.map(|id| format!("message:{id}")))
}

/// The item that a form names.
fn chosen(fields: &Fields) -> Result<Item> {
    let nothing = || Error::invalid("item", "required");
    let (kind, id) = fields.text("item").split_once(':').ok_or_else(nothing)?;
    Ok(match kind {
        "file" => Item::File(id.parse().map_err(|_| nothing())?),
        "message" => Item::Message(id.parse().map_err(|_| nothing())?),
        _ => return Err(nothing()),
    })
}

const fn ids(item: Item) -> (Option<FileId>, Option<MessageId>) {
    match item {
        Item::File(id) => (Some(id), None),
        Item::Message(id) => (None, Some(id)),
    }
}

/// Which item is meant from the start.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WrongQuery {
    item: String,
}

#[derive(Template)]
#[template(path = "errand/pages/wrong.html")]
struct Ask {
    frame: Frame,
    faults: FormFaults,
    fields: Fields,
    id: ErrandId,
    number: String,
    /// What there is to choose among.
    items: Vec<(String, String)>,
    isolating: bool,
    once: String,
}

/// What in an errand can be meant.
fn items(errand: &ErrandView, now: Instant) -> Vec<(String, String)> {
    let of_file = |file: &FileView| {
        let words = say_with("wrong-a-file", "name", &file.name);
        file.isolated.is_none().then(|| (format!("file:{}", file.id), words))
    };
    let mut found = Vec::new();
    for message in errand.messages.iter().filter(|one| one.isolated.is_none()) {
        let when = format!("{}, {}", message.from.name, swedish::time(message.sent_at, now));
        found.push((
            format!("message:{}", message.id),
            say_with("wrong-a-message", "who", &when),
        ));
        found.extend(message.files.iter().filter_map(of_file));
    }
    found.extend(errand.files.iter().flatten().filter_map(of_file));
    let receipts = errand.receipts.iter().flatten();
    found.extend(receipts.filter_map(|one| of_file(one.file.as_ref()?)));
    found
}

async fn ask(
    app: &App,
    visitor: &Visitor,
    (id, isolating): (ErrandId, bool),
    fields: Fields,
    faults: FormFaults,
) -> Result<HttpResponse> {
    let look = move |access: Access<'_>| {
        let action = if isolating {
            Action::ItemIsolate
        } else {
            Action::ItemReport
        };
        let seen = access.errand_for(id, action)?;
        if isolating {
            seen.require(Right::Isolate, action)?;
        }
        Ok((access.masthead()?, seen.show()?))
    };
    let (masthead, errand) = app.door.read(visitor.actor, look).await?;
    let heading = if isolating {
        say("wrong-isolate")
    } else {
        say("wrong-report")
    };
    let frame = Frame::of(heading, masthead, &visitor.guard).form();
    let (frame, status) = frame.judged(faults.is_empty());
    let content = Ask {
        frame,
        faults,
        id,
        number: errand.number.to_string(),
        items: items(&errand, app.clock.now()),
        isolating,
        once: fields.once_again(),
        fields,
    };
    page(status, &content)
}

fn preset(query: WrongQuery) -> Fields {
    let mut fields = Fields::default();
    fields.set("item", query.item);
    fields
}

#[get("/arenden/{id}/anmal")]
pub async fn get_report(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Errand>,
    query: Query<WrongQuery>,
) -> Result<HttpResponse> {
    let faults = FormFaults::default();
    ask(&app, &visitor, (id.0, false), preset(query.0), faults).await
}

#[post("/arenden/{id}/anmal")]
pub async fn post_report(app: web::Data<App>, id: ObjectPath<of::Errand>, form: Form) -> Result<HttpResponse> {
    sent(&app, (id.0, false), form).await
}

#[get("/arenden/{id}/isolera")]
pub async fn get_isolation(
    app: web::Data<App>,
    visitor: Visitor,
    id: ObjectPath<of::Errand>,
    query: Query<WrongQuery>,
) -> Result<HttpResponse> {
    let faults = FormFaults::default();
    ask(&app, &visitor, (id.0, true), preset(query.0), faults).await
}

#[post("/arenden/{id}/isolera")]
pub async fn post_isolation(app: web::Data<App>, id: ObjectPath<of::Errand>, form: Form) -> Result<HttpResponse> {
    sent(&app, (id.0, true), form).await
}

/// What the form names is reported, or taken out of view.
async fn sent(app: &App, (id, isolating): (ErrandId, bool), form: Form) -> Result<HttpResponse> {
    let (place, done) = match isolating {
        true => ("isolera", "isolerat"),
        false => ("anmal", "anmalt"),
    };
    let visitor = Visitor::of(app, &form.checked).await?;
    let once = form.fields.once(&format!("/arenden/{id}/{place}"), &[])?;
    if form.fields.is_to_be_shown() {
        return ask(app, &visitor, (id, isolating), form.fields, FormFaults::default()).await;
    }
    let made = match chosen(&form.fields) {
        Ok(item) => {
            let (file_id, message_id) = ids(item);
            let (words, reason) = (form.fields.secret("words"), form.fields.text("reason").to_owned());
            let make = move |access: Access<'_>| match isolating {
                true => {
                    let reason = Secret::new(reason);
                    let new = NewIsolation {
                        file_id,
                        message_id,
                        reason,
                    };
                    access.isolate(id, &new, Some(&once)).map(drop)
                }
                false => {
                    let new = NewReport {
                        file_id,
                        message_id,
                        words,
                    };
                    access.report_wrong(id, &new, Some(&once)).map(drop)
                }
            };
            app.door.write(visitor.actor, make).await
        }
        Err(missing) => Err(missing),
    };
    match made {
        // Done before: whoever does it again is told the same.
        Ok(()) | Err(Error::Conflict("exists")) => Ok(see_other(&format!("/arenden/{id}?klart={done}"))),
        Err(Error::Invalid(faults)) => ask(app, &visitor, (id, isolating), form.fields, told(&faults)).await,
        Err(error) => Err(error),
    }
}

/// The faults at the form's own fields.
fn told(faults: &[Fault]) -> FormFaults {
    renamed(faults, |field| match field {
        "file_id" | "message_id" => "item",
        other => other,
    })
}
