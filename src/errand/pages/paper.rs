//! What came on paper: the fields that the ordinary forms have besides, and what an errand's page tells of it.

use super::check::Looked;
use super::said::Attached;
use crate::access::Access;
use crate::clock::{Day, Instant};
use crate::errand::paper::OnPaper;
use crate::errand::{ErrandKind, ErrandView, NewErrand, NewPaper};
use crate::error::{Error, Fault, Result};
use crate::file::Handed;
use crate::id::{FileId, HomeId, PersonId};
use crate::web::page::{Fields, swedish};
use crate::web::{say, say_with};
use serde::Deserialize;

/// All the fields of a form that came on paper.
pub const FIELDS: [&str; 5] = [
    "paper.home_id",
    "paper.on_behalf_of",
    "paper.received_on",
    "paper.scan_id",
    "paper.scan_name",
];
/// The form's field of the paper itself.
const SCAN: &str = "paper.scan";

/// Of which home a form is registered, where a link says so.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct OfHome {
    hem: String,
}

impl OfHome {
    /// The fields a form begins with.
    pub fn fields(self) -> Fields {
        of_home(self.hem)
    }
}

/// The fields that a form of a home begins with; none where it is the sender's own.
pub fn of_home(home: String) -> Fields {
    let mut fields = Fields::default();
    if !home.is_empty() {
        fields.set("paper.home_id", home);
    }
    fields
}

/// What a form says of the paper it came on.
#[derive(Debug, Clone)]
pub struct Head {
    pub facts: OnPaper,
    scan_id: FileId,
}

impl Head {
    pub fn with(&self, errand: NewErrand) -> NewPaper {
        NewPaper {
            on_behalf_of: self.facts.member,
            received_on: self.facts.received_on,
            scan_id: self.scan_id,
            errand,
        }
    }
}

/// The home whose paper a form registers; nothing where it is the sender's own.
///
/// # Errors
/// [`Error::NotFound`] for what is no home's id.
pub fn home(fields: &Fields) -> Result<Option<HomeId>> {
    match fields.text("paper.home_id") {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Error::NotFound),
    }
}

/// Whether a form registers what came on paper.
pub fn is_one(fields: &Fields) -> bool {
    !fields.text("paper.home_id").is_empty()
}

/// What a field says to whoever fills in the form for themselves: nothing to who copies a paper.
pub fn hint(fields: &Fields, own: &'static str) -> &'static str {
    match is_one(fields) {
        true => "",
        false => own,
    }
}

/// The page's heading of a form that came on paper.
pub fn heading(kind: &ErrandKind) -> String {
    let what = match kind {
        ErrandKind::Message => say("paper-message"),
        ErrandKind::PurchaseRequest => say("paper-purchase"),
        ErrandKind::TravelRequest => say("paper-travel"),
        ErrandKind::ReceiptClaim => say("paper-claim"),
    };
    format!("{}: {}", say("paper-heading"), what.to_lowercase())
}

/// The title of a form's page, and which of the menu's links it stands below: the home's own, where it came on paper.
pub fn framed(fields: &Fields, kind: ErrandKind, own: (&'static str, &'static str)) -> (String, &'static str) {
    match is_one(fields) {
        true => (heading(&kind), "/hem"),
        false => (own.0.to_owned(), own.1),
    }
}

/// Puts a scan that has come into the form, by its id.
pub fn settle(handed: &mut Handed) {
    let files = std::mem::take(&mut handed.files);
    for file in files {
        match &file.outcome {
            Ok(scan) if file.field == SCAN => {
                handed.fields.set("paper.scan_id", scan.id.to_string());
                handed.fields.set("paper.scan_name", scan.name.clone());
            }
            _ => handed.files.push(file),
        }
    }
}

/// What the form says of its paper, if it came on one; or all that is missing.
pub fn read(fields: &Fields, today: Day) -> Result<Option<Head>, Vec<Fault>> {
    let Ok(Some(home)) = home(fields) else {
        return Ok(None);
    };
    let member: Option<PersonId> = fields.text("paper.on_behalf_of").parse().ok();
    let scan: Option<FileId> = fields.text("paper.scan_id").parse().ok();
    let typed = fields.text("paper.received_on").trim();
    let day = crate::typed::day_past(typed, today);
    let missing = [
        (member.is_none(), "paper.on_behalf_of", "required"),
        (typed.is_empty(), "paper.received_on", "required"),
        (!typed.is_empty() && day.is_none(), "paper.received_on", "typed"),
        (scan.is_none(), SCAN, "required"),
    ];
    match (member, day, scan) {
        (Some(member), Some(received_on), Some(scan_id)) => Ok(Some(Head {
            facts: OnPaper {
                home,
                member,
                received_on,
            },
            scan_id,
        })),
        _ => Err(missing
            .into_iter()
            .filter(|(is, ..)| *is)
            .map(|(_, field, code)| Fault {
                field: field.into(),
                code,
            })
            .collect()),
    }
}

/// The form's field of one of the verb's.
pub fn own_field(field: &str) -> Option<&'static str> {
    match field {
        "on_behalf_of" => Some("paper.on_behalf_of"),
        "received_on" => Some("paper.received_on"),
        "scan_id" => Some(SCAN),
        _ => None,
    }
}

/// Who can have signed a paper of a home, and its assignments: what its form is filled in from.
pub fn look(access: Access<'_>, home: HomeId, looked: &mut Looked) -> Result<()> {
    let members = access.list_members(home)?.items.into_iter();
    looked.members = members
        .filter_map(|one| one.person)
        .map(|person| (person.id.to_string(), person.name))
        .collect();
    let assignments = access.home_assignments(home)?.into_iter();
    looked.assignments = assignments.map(|one| one.assignment).collect();
    looked.homes = access.homes_listed(&[home])?.into_values().collect();
    Ok(())
}

/// What an errand's page tells of the paper it came on.
pub struct Paper {
    pub words: String,
    pub came: String,
    pub scan: Attached,
}

impl Paper {
    pub fn of(errand: &ErrandView, now: Instant) -> Option<Paper> {
        let paper = errand.paper.as_ref()?;
        let by = match &paper.registered_by {
            Some(by) => say_with("paper-by", "name", &by.name),
            None => say("paper-by-team").to_owned(),
        };
        Some(Paper {
            words: format!("{by} {}.", swedish::day(paper.registered_at.day(), now)),
            came: say_with("paper-came", "day", &swedish::day(paper.received_on, now)),
            scan: Attached::of(&paper.scan, now),
        })
    }
}
