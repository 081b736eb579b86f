//! Writing a message: a home to the team, the team to a home.

use super::act::confirmed;
use super::check::{Looked, Row};
use super::form::{self, Shown, StartForm};
use super::paper::OfHome;
use super::without::running;
use super::words;
use crate::account::Visitor;
use crate::app::App;
use crate::clock::{Day, Instant};
use crate::draft::Drafted;
use crate::errand::{ErrandKind, MessageCategory, NewErrand, NewMessageErrand};
use crate::error::{Fault, Result};
use crate::file::Handed;
use crate::home::{AssignmentView, HomeView};
use crate::id::{AssignmentId, HomeId};
use crate::secret::Secret;
use crate::web::page::{Fields, FormFaults, Frame, Masthead, Upload, filters, scripted};
use crate::web::{Query, say, say_with};
use actix_web::{HttpResponse, get, post, web};
use askama::Template;

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
    /// Of what came on paper: who can have signed it.
    members: Vec<(String, String)>,
}

impl Write {
    fn categories(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        MessageCategory::ALL
            .iter()
            .map(|one| (one.as_str(), words::message_category(*one)))
    }
    fn heading(&self) -> &'static str {
        heading(self.to_home)
    }
    fn is_chosen(&self, place: &Place) -> bool {
        let chosen = self.fields.text("where");
        chosen == place.value || (chosen.is_empty() && self.places.len() == 1)
    }
}

#[get("/skriv")]
pub async fn get_write(app: web::Data<App>, visitor: Visitor, of: Query<OfHome>) -> Result<HttpResponse> {
    form::get::<NewMessageErrand>(&app, &visitor, of.0).await
}

#[post("/skriv")]
pub async fn post_write(app: web::Data<App>, upload: Upload) -> Result<HttpResponse> {
    form::post::<NewMessageErrand>(&app, upload).await
}

impl StartForm for NewMessageErrand {
    const KIND: ErrandKind = ErrandKind::Message;
    const PATH: &'static str = "/skriv";

    fn read(handed: &Handed, _: Day) -> Result<NewMessageErrand, Vec<Fault>> {
        read(handed)
    }

    fn errand(self) -> NewErrand {
        NewErrand::Message(self)
    }

    fn lines(&self, looked: &Looked, handed: &Handed, now: Instant) -> Vec<Row> {
        let (fields, to_home) = (&handed.fields, handles(&looked.masthead));
        let places = places(looked, to_home, now.day());
        let place = places.iter().find(|place| place.value == fields.text("where"));
        let about = place.map_or("", |place| &place.label);
        let mut rows = vec![Row::of(say("check-about"), about, "where")];
        let category = self.category.map(words::message_category);
        rows.extend(category.map(|word| Row::of(say("write-category-row"), word, "category")));
        let subject = self.subject.as_ref();
        rows.extend(subject.map(|text| Row::of(say("write-subject"), text.expose().clone(), "subject")));
        rows.push(Row::of(say("write-body-row"), self.body.expose().clone(), "body"));
        let urgent = self.urgent.then(|| say("write-urgent-answer"));
        rows.extend(urgent.map(|word| Row::of(say("write-urgent-row"), word, "urgent")));
        rows
    }

    fn own_field(field: &str) -> &str {
        own_field(field)
    }

    fn check_words() -> (&'static str, &'static str) {
        (say("write-check"), say("write-send"))
    }

    fn show(form: Shown<'_>) -> Result<HttpResponse> {
        let to_home = handles(&form.looked.masthead);
        let (frame, status) = form.frame(Self::KIND, heading(to_home), Self::PATH);
        let content = Write {
            frame,
            to_home,
            places: places(&form.looked, to_home, form.today),
            faults: form.faults,
            once: form.fields.once_again(),
            fields: form.fields,
            kept: form.kept,
            draft: form.draft,
            members: form.looked.members,
        };
        scripted(status, &content)
    }
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
        confirmed: confirmed(fields),
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

fn heading(to_home: bool) -> &'static str {
    match to_home {
        true => say("write-to-home"),
        false => say("write-to-team"),
    }
}

fn handles(masthead: &Masthead) -> bool {
    masthead.roles.iter().any(|role| role.handles_errands())
}

/// The assignments that run, and each home as a whole.
fn places(looked: &Looked, name_home: bool, today: Day) -> Vec<Place> {
    let of_assignment = |one: AssignmentView| Place {
        value: format!("uppdrag:{}", one.id),
        label: format!("{} · {}", one.service_user.first_name, one.label),
        hint: match name_home {
            true => say_with("write-home", "name", &one.home.name),
            false => String::new(),
        },
    };
    let of_home = |one: &HomeView| Place {
        value: format!("hem:{}", one.id),
        label: match name_home || looked.homes.len() > 1 {
            true => say_with("write-whole-home", "name", &one.name),
            false => say("write-whole-own-home").to_owned(),
        },
        hint: String::new(),
    };
    let assignments = running(looked.assignments.clone(), today);
    let mut places: Vec<Place> = assignments.into_iter().map(of_assignment).collect();
    places.extend(looked.homes.iter().map(of_home));
    places
}
