//! The team's list: by itself, and beside the errand that is open.

use super::query::ListQuery;
use super::words::{self, Tag};
use crate::access::{Access, Side};
use crate::clock::Instant;
use crate::errand::{ErrandKind, ErrandListRow, Filter};
use crate::error::{Error, Result};
use crate::id::{ErrandId, of};
use crate::web::page::{FormFaults, swedish};
use crate::web::{Listed, Listing};

/// An errand in the team's list: no subject, no other free text.
pub struct Row {
    pub id: ErrandId,
    pub home: String,
    pub what: String,
    pub number: String,
    pub tag: Tag,
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

    pub fn of(query: &ListQuery, wanted: &Wanted, list: Listed<ErrandListRow>, now: Instant) -> Pane {
        Pane {
            heading: query.heading(),
            faults: wanted.faults.clone(),
            number: query.number().to_owned(),
            chips: chips(query),
            rows: list.items.iter().map(|row| Row::of(row, now)).collect(),
            next: list.next_cursor.map(|cursor| query.after(cursor).address()),
            tail: query.tail(),
            open: None,
        }
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
        chip(None, "Alla"),
        chip(Some(ErrandKind::ReceiptClaim), "Kvitton"),
        chip(Some(ErrandKind::PurchaseRequest), "Inköp"),
        chip(Some(ErrandKind::TravelRequest), "Resor"),
        chip(Some(ErrandKind::Message), "Meddelanden"),
    ]
}

/// What is asked of the database for a list.
pub struct Wanted {
    filter: Filter,
    listing: Listing<of::Errand>,
    pub faults: FormFaults,
}

impl Wanted {
    /// A number that is none is told at its field; the list stays as it was.
    ///
    /// # Errors
    /// [`Error::Malformed`] for any other value that is none.
    pub fn by(query: &ListQuery) -> Result<Wanted> {
        let listing = Listing::parse(None, query.cursor())?;
        let (filter, faults) = match query.filter() {
            Err(Error::Invalid(faults)) => (query.bare().filter()?, FormFaults::told(&faults)),
            filter => (filter?, FormFaults::default()),
        };
        Ok(Wanted {
            filter,
            listing,
            faults,
        })
    }

    pub fn list(&self, access: Access<'_>) -> Result<Listed<ErrandListRow>> {
        let listing = Listing {
            limit: self.listing.limit,
            after: self.listing.after,
        };
        access.errands(&self.filter, listing)
    }
}
