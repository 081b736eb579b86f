//! Writing a message: a home to the team, the team to a home.

use super::check::{self, Check, Looked, Part, Row};
use super::drafts::{self, DROP, SAVE};
use super::purchase::once_of;
use super::words;
use crate::access::Role;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Day;
use crate::draft::Drafted;
use crate::errand::{ErrandKind, MessageCategory, NewErrand, NewMessageErrand};
use crate::error::{Fault, Result};
use crate::file::{Handed, take_in};
use crate::home::AssignmentView;
use crate::id::{AssignmentId, HomeId};
use crate::secret::Secret;
use crate::web::page::{Fields, FormFaults, Frame, Masthead, Script, Upload, filters, scripted};
use crate::web::{say, say_with};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

const PATH: &str = "/skriv";
const MESSAGE: ErrandKind = ErrandKind::Message;

/// Whom or what a message is about, to choose from.
pub struct Place {
    pub value: String,
    pub label: String,
    pub hint: String,
}

/// A file that arrived with a form that has to be sent again.
pub struct Kept {
    pub id: String,
    pub name: String,
}

#[derive(Template)]
#[template(path = "errand/pages/write.html")]
struct Write {
    frame: Frame,
    faults: FormFaults,
    to_home: bool,
    places: Vec<Place>,
    fields: Fields,
    kept: Vec<Kept>,
    once: String,
    draft: Drafted,
}

impl Write {
    fn categories(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        MessageCategory::ALL
            .iter()
            .map(|one| (one.as_str(), words::message_category(*one)))
    }
    fn is_chosen(&self, place: &Place) -> bool {
        let chosen = self.fields.text("where");
        chosen == place.value || (chosen.is_empty() && self.places.len() == 1)
    }
}

#[get("/skriv")]
pub async fn get_write(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let opened = drafts::open(&app, &visitor, MESSAGE).await?;
    show(&app, &visitor, opened.looked, (opened.handed, opened.draft), &[])
}

#[post("/skriv")]
pub async fn post_write(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    let (visitor, parts) = Visitor::sending(&app, upload).await?;
    let handed = take_in(&app, visitor.actor, parts).await?;
    let once = handed.fields.once(PATH, &handed.hashes())?;
    let button = handed.fields.text("do");
    match button {
        "edit" => return again(&app, &visitor, handed, &[]).await,
        DROP => return drafts::discard(&app, &visitor, MESSAGE, PATH).await,
        SAVE => return saved(&app, &visitor, handed).await,
        _ => {}
    }
    let new = match read(&handed) {
        Ok(new) => NewErrand::Message(new),
        Err(faults) => return again(&app, &visitor, handed, &faults).await,
    };
    if button == "send" {
        return match check::send(&app, &visitor, new, (MESSAGE, once)).await? {
            Ok(sent) => Ok(sent),
            Err(faults) => again(&app, &visitor, handed, &faults).await,
        };
    }
    let looked = check::look(&app, &visitor, MESSAGE, Some(new)).await?;
    if looked.faults.is_empty() {
        to_check(&visitor, looked, &handed, app.clock.now().day())
    } else {
        again(&app, &visitor, handed, &looked.faults).await
    }
}

fn to_check(visitor: &Visitor, looked: Looked, handed: &Handed, today: Day) -> Result<HttpResponse> {
    let (fields, to_home) = (&handed.fields, handles(&looked.masthead));
    let places = places(&looked.assignments, to_home, today);
    let place = places.iter().find(|place| place.value == fields.text("where"));
    let mut rows = vec![Row::of(
        say("check-about"),
        place.map_or("", |place| &place.label),
        "where",
    )];
    let category = MessageCategory::parse(fields.text("category")).map(words::message_category);
    rows.extend(category.map(|word| Row::of(say("write-category-row"), word, "category")));
    let subject = fields.secret("subject");
    rows.extend(subject.map(|text| Row::of(say("write-subject"), text.expose().clone(), "subject")));
    rows.push(Row::of(say("write-body-row"), fields.text("body"), "body"));
    let urgent = fields.secret("urgent");
    rows.extend(urgent.map(|_| Row::of(say("write-urgent-row"), say("write-urgent-answer"), "urgent")));
    rows.extend(check::file_row(handed));
    let part = Part {
        rows,
        ..Part::default()
    };
    Check {
        frame: Frame::of(say("write-check"), looked.masthead, &visitor.guard).form(),
        heading: say("check-heading"),
        action: PATH.into(),
        parts: vec![part],
        notes: Vec::new(),
        hidden: check::hidden(handed),
        send: say("write-send").into(),
        change: say("check-change"),
        multipart: true,
    }
    .answer()
}

/// What was typed, as the verb takes it; or all that is missing.
fn read(handed: &Handed) -> Result<NewMessageErrand, Vec<Fault>> {
    let fields = &handed.fields;
    let mut faults = Vec::new();
    let place = place(fields.text("where"));
    if place.is_none() {
        faults.push(Fault {
            field: "where".into(),
            code: "required",
        });
    }
    if fields.secret("body").is_none() {
        faults.push(Fault {
            field: "body".into(),
            code: "required",
        });
    }
    faults.extend(handed.faults());
    let Some((assignment_id, home_id)) = place.filter(|_| faults.is_empty()) else {
        return Err(faults);
    };
    Ok(NewMessageErrand {
        assignment_id,
        home_id,
        category: MessageCategory::parse(fields.text("category")),
        subject: fields.secret("subject"),
        body: Secret::new(fields.text("body").to_owned()),
        file_ids: file_ids(handed),
        urgent: !fields.text("urgent").is_empty(),
    })
}

/// The files kept from before and those that came now.
pub fn file_ids(handed: &Handed) -> Vec<crate::id::FileId> {
    let before = handed.fields.all("file_ids").filter_map(|id| id.parse().ok());
    before.chain(handed.kept().map(|(_, file)| file.id)).collect()
}

type Chosen = (Option<AssignmentId>, Option<HomeId>);

fn place(chosen: &str) -> Option<Chosen> {
    match chosen.split_once(':')? {
        ("uppdrag", id) => id.parse().ok().map(|id| (Some(id), None)),
        ("hem", id) => id.parse().ok().map(|id| (None, Some(id))),
        _ => None,
    }
}

/// The form again, with what was typed, the files that arrived, and what is to be mended.
async fn again(app: &App, visitor: &Visitor, handed: Handed, faults: &[Fault]) -> Result<HttpResponse> {
    let looked = check::look(app, visitor, MESSAGE, None).await?;
    let draft = drafts::of_form(MESSAGE, &handed.fields);
    show(app, visitor, looked, (handed, draft), faults)
}

/// The form again, saved as it is.
async fn saved(app: &App, visitor: &Visitor, handed: Handed) -> Result<HttpResponse> {
    let draft = drafts::save(app, visitor, MESSAGE, &check::whole(&handed)).await?;
    let looked = check::look(app, visitor, MESSAGE, None).await?;
    let refused = handed.faults();
    show(app, visitor, looked, (handed, draft), &refused)
}

/// The page's field of one of the verb's.
pub fn own_field(field: &str) -> &str {
    match field.split('.').next() {
        Some("assignment_id" | "home_id") => "where",
        Some("file_ids" | "files") => "files",
        _ => field,
    }
}

/// Files that need not be sent again.
pub fn kept(handed: &Handed) -> Vec<Kept> {
    let name = |id: &str| handed.fields.text(&format!("name.{id}")).to_owned();
    let before = handed.fields.all("file_ids").map(|id| Kept {
        id: id.to_owned(),
        name: name(id),
    });
    let now = handed.kept().map(|(_, file)| Kept {
        id: file.id.to_string(),
        name: file.name.clone(),
    });
    before.chain(now).collect()
}

fn show(
    app: &App,
    visitor: &Visitor,
    looked: Looked,
    (handed, draft): (Handed, Drafted),
    faults: &[Fault],
) -> Result<HttpResponse> {
    let at = |fault: &Fault| Fault {
        field: own_field(&fault.field).to_owned(),
        code: fault.code,
    };
    let faults = FormFaults::told(&faults.iter().map(at).collect::<Vec<_>>());
    let to_home = handles(&looked.masthead);
    let title = if to_home {
        say("write-to-home")
    } else {
        say("write-to-team")
    };
    let frame = Frame::of(title, looked.masthead, &visitor.guard)
        .form()
        .at(PATH)
        .with(&[Script::Upload, Script::Draft, Script::Guard]);
    let (frame, status) = match faults.is_empty() {
        true => (frame, StatusCode::OK),
        false => (frame.at_fault(), StatusCode::UNPROCESSABLE_ENTITY),
    };
    let kept = kept(&handed);
    let content = Write {
        frame,
        faults,
        to_home,
        places: places(&looked.assignments, to_home, app.clock.now().day()),
        once: once_of(&handed.fields),
        fields: handed.fields,
        kept,
        draft,
    };
    scripted(status, &content)
}

fn handles(masthead: &Masthead) -> bool {
    masthead
        .roles
        .iter()
        .any(|role| matches!(role, Role::Caseworker | Role::TeamLead))
}

/// The assignments that have not ended, and each home as a whole.
fn places(assignments: &[AssignmentView], name_home: bool, today: Day) -> Vec<Place> {
    let mut places = Vec::new();
    let mut homes: Vec<HomeId> = Vec::new();
    for one in assignments.iter().filter(|one| one.to.is_none_or(|to| to >= today)) {
        let hint = if name_home {
            say_with("write-home", "name", &one.home.name)
        } else {
            String::new()
        };
        let label = format!("{} · {}", one.service_user.first_name, one.label);
        places.push(Place {
            value: format!("uppdrag:{}", one.id),
            label,
            hint,
        });
        if !homes.contains(&one.home.id) {
            homes.push(one.home.id);
        }
    }
    for id in homes {
        let name = assignments
            .iter()
            .find(|one| one.home.id == id)
            .map_or("", |one| &one.home.name);
        let label = if name_home {
            say_with("write-whole-home", "name", name)
        } else {
            say("write-whole-own-home").to_owned()
        };
        places.push(Place {
            value: format!("hem:{id}"),
            label,
            hint: String::new(),
        });
    }
    places
}
