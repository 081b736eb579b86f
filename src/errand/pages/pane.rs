//! The team's list: by itself, and beside the errand that is open.

use super::query::ListQuery;
use super::words::{self, Tag};
use crate::access::{Access, Side};
use crate::clock::Instant;
use crate::errand::{ErrandKind, ErrandListRow, ErrandState, Filter, Part, Queues, Sort};
use crate::error::{Error, Result};
use crate::id::ErrandId;
use crate::web::page::{FormFaults, swedish};
use crate::web::{Listed, say, say_with};

/// An errand in the team's list: no subject, no other free text.
pub struct Row {
    pub id: ErrandId,
    pub home: String,
    pub what: String,
    pub number: String,
    pub tag: Tag,
    pub urgent: Option<Tag>,
    pub when: String,
    pub unread: bool,
}

impl Row {
    fn of(row: &ErrandListRow, now: Instant) -> Row {
        Row {
            id: row.id,
            home: row.home.name.clone(),
            what: words::kind_and_category(row.kind, row.category),
            number: row.number.to_string(),
            tag: words::state(row.state, Side::Team),
            urgent: words::urgent(row.urgent, row.state),
            when: swedish::short(row.updated_at, now),
            unread: row.unread,
        }
    }
}

/// A link that narrows a list.
pub struct Chip {
    pub href: String,
    pub word: &'static str,
    pub chosen: bool,
}

/// The list with what narrows it.
pub struct Pane {
    pub heading: &'static str,
    pub faults: FormFaults,
    pub number: String,
    pub chips: Vec<Chip>,
    pub rows: Vec<Row>,
    pub next: Option<String>,
    /// Where the list begins, once one has gone further.
    pub first: Option<String>,
    /// The one home it is narrowed to, and the way back to all.
    pub home: Option<(String, String)>,
    pub query: ListQuery,
    /// Follows the address of each errand.
    pub tail: String,
    /// The errand that is open.
    pub open: Option<ErrandId>,
}

impl Pane {
    /// Whether a row is the errand that is open.
    pub fn is_open(&self, row: &Row) -> bool {
        self.open == Some(row.id)
    }

    pub fn of(query: &ListQuery, shown: ListAndQueues, now: Instant) -> Pane {
        let list = shown.list;
        Pane {
            heading: query.heading(),
            faults: shown.faults,
            number: query.number().to_owned(),
            chips: chips(query),
            home: query.home().map(|_| (one_home(&list), query.of_all_homes())),
            first: query.cursor().map(|_| query.beginning()),
            query: query.clone(),
            rows: list.items.iter().map(|row| Row::of(row, now)).collect(),
            next: list.next_cursor.map(|cursor| query.after(cursor).address()),
            tail: query.tail(),
            open: None,
        }
    }

    /// Whether it is narrowed by what the menu has no link for.
    pub fn is_narrowed(&self) -> bool {
        self.query.here().is_empty() && (self.query.has_filters())
    }

    /// The states there are, by their words.
    pub fn states(&self) -> Vec<(&'static str, &'static str)> {
        let word = |one: &ErrandState| match one {
            ErrandState::SupplementRequested => say("menu-supplement"),
            one => words::state(*one, Side::Team).word,
        };
        ErrandState::ALL.iter().map(|one| (one.as_str(), word(one))).collect()
    }

    /// Whose errands can be asked for.
    pub fn assignees(&self) -> [(&'static str, &'static str); 2] {
        [("me", say("inbox-me")), ("none", say("inbox-no-one"))]
    }

    pub fn is_state(&self, value: &str) -> bool {
        self.query.state().is_some_and(|state| state.as_str() == value)
    }

    pub fn is_assignee(&self, value: &str) -> bool {
        self.query.assignee() == value
    }

    /// With an errand of it open.
    pub fn with_open(mut self, errand: ErrandId) -> Pane {
        self.open = Some(errand);
        self
    }
}

fn chips(query: &ListQuery) -> Vec<Chip> {
    let chip = |kind: Option<ErrandKind>, word| Chip {
        href: query.with_kind(kind),
        word,
        chosen: query.kind() == kind,
    };
    vec![
        chip(None, say("inbox-all")),
        chip(Some(ErrandKind::ReceiptClaim), say("inbox-receipts")),
        chip(Some(ErrandKind::PurchaseRequest), say("inbox-purchases")),
        chip(Some(ErrandKind::TravelRequest), say("inbox-trips")),
        chip(Some(ErrandKind::Message), say("inbox-messages")),
    ]
}

/// A list as it was found, and how much waits beside it.
pub struct ListAndQueues {
    pub list: Listed<ErrandListRow>,
    pub queues: Queues,
    pub faults: FormFaults,
}

/// How much waits, by the menu's links.
pub fn counted(queues: &Queues) -> Vec<(&'static str, String)> {
    let of = |href, n| (href, Queues::said(n));
    vec![
        of("/arenden?state=received", queues.new),
        of("/arenden?urgent=true", queues.urgent),
        of("/arenden?unread=true", queues.unread),
        of("/arenden?assignee=me", queues.mine),
        of("/arenden?state=awaiting_home", queues.awaiting_home),
        of("/arenden?state=supplement_requested", queues.supplement_requested),
    ]
}

/// What a list of one home's errands is called.
fn one_home(list: &Listed<ErrandListRow>) -> String {
    list.items.first().map_or_else(
        || say("inbox-one-home").to_owned(),
        |row| say_with("inbox-only-home", "home", &row.home.name),
    )
}

/// What is asked of the database for a list.
pub struct Wanted {
    filter: Filter,
    part: Part,
    faults: FormFaults,
}

impl Wanted {
    /// A number that is none is told at its field; the list stays as it was.
    ///
    /// # Errors
    /// [`Error::Malformed`] for any other value that is none.
    pub fn by(query: &ListQuery) -> Result<Wanted> {
        let part = Part::parse(None, Sort::Updated, query.cursor())?;
        let (filter, faults) = match query.filter() {
            Err(Error::Invalid(faults)) => (query.bare().filter()?, FormFaults::told(&faults)),
            filter => (filter?, FormFaults::default()),
        };
        Ok(Wanted { filter, part, faults })
    }

    pub fn look(self, access: Access<'_>) -> Result<ListAndQueues> {
        Ok(ListAndQueues {
            list: access.errands(&self.filter, self.part)?,
            queues: access.queues()?,
            faults: self.faults,
        })
    }
}
