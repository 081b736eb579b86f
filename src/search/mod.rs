//! Search: by a name, a personnummer or samordningsnummer, or an errand's number, and by nothing else (förordning
//! 2001:637, 15 §). It finds within the circle of the one who asks, like every list, and never protected people; an
//! errand's number also finds what a colleague may open with a reason. Names lie sealed: those within the circle are
//! opened in memory for each search and kept nowhere. Owns no table.

pub mod api;
pub mod pages;

use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::audit::Action;
use crate::errand::ErrandNumber;
use crate::error::{Error, Result};
use crate::home::{Folded, Known, KnownKind, short_words_are_within};
use crate::id::HomeId;
use crate::secret::SecretText;
use crate::typed::{is_numeric, personal_number};
use crate::web::Listed;
use serde::Serialize;
use uuid::Uuid;

/// Characters of what is searched for.
const TERM: std::ops::RangeInclusive<usize> = 2..=80;
/// Hits of one search.
const MOST: usize = 50;

crate::closed_list! {
    /// What was found.
    FoundKind {
        Home = "home",
        Member = "member",
        ServiceUser = "service_user",
        Errand = "errand",
    }
}

/// Something that was found.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Found {
    #[serde(rename = "type")]
    pub kind: FoundKind,
    pub id: Uuid,
    /// What it is called: a home's or member's name, a service user's first name with the assignment, an errand's
    /// number.
    pub label: String,
    /// The home it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_id: Option<HomeId>,
}

/// What is searched for; the law knows no fourth.
enum Term {
    Number(ErrandNumber),
    Person(String),
    Name(Folded),
}

impl Term {
    fn of(typed: &str, today: crate::clock::Day) -> Result<Term> {
        let typed = typed.trim();
        if let Ok(number) = typed.parse() {
            return Ok(Term::Number(number));
        }
        if let Some(number) = personal_number(typed, today) {
            return Ok(Term::Person(number));
        }
        let name = Folded::of(typed);
        // As they are typed: Oo and Aa are one letter where names are compared.
        let letters = typed.chars().filter(|c| c.is_alphanumeric()).count();
        // A number that is none, mistyped, is no name either.
        let fits = TERM.contains(&typed.chars().count()) && letters >= *TERM.start() && !is_numeric(typed);
        fits.then_some(Term::Name(name))
            .ok_or_else(|| Error::invalid("q", "search"))
    }

    /// What the log says of it; never the words.
    const fn kind(&self) -> &'static str {
        match self {
            Term::Number(_) => "errand_number",
            Term::Person(_) => "personal_number",
            Term::Name(_) => "name",
        }
    }
}

impl Access<'_> {
    /// Asks whether one may search at all, before a form for it is shown.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever handles no errands.
    pub fn may_search(self) -> Result<()> {
        if self.standing().sees_errands() {
            Ok(())
        } else {
            Err(self.deny(Happening::denied(Action::Search)))
        }
    }

    /// Finds homes, their members and those they have assignments for by a name or a personnummer, or an errand by its
    /// number, within the circle of the one who asks.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever handles no errands; [`Error::Invalid`] for what is none of these.
    pub fn search(self, typed: &SecretText) -> Result<Listed<Found>> {
        self.may_search()?;
        let term = Term::of(typed.expose(), self.now().day())?;
        let (mut items, homes) = match &term {
            Term::Number(number) => self.found_errand(*number)?,
            Term::Person(number) => shown(self.known_by_number(number)?),
            Term::Name(name) => {
                let mut known = self.known_by_name()?;
                let is_short_met = |name: &str| short_words_are_within(typed.expose(), name);
                known.retain(|one| name.is_within(one.name.expose()) && is_short_met(one.name.expose()));
                shown(known)
            }
        };
        items.truncate(MOST);
        let hits = items.iter().map(|found| found.id).collect();
        let event = Happening::read(Action::Search, Relation::Myself).reason(term.kind());
        self.log(event.shown("search_hit", hits).among(homes));
        Ok(Listed {
            items,
            next_cursor: None,
        })
    }

    fn found_errand(self, number: ErrandNumber) -> Result<(Vec<Found>, Vec<HomeId>)> {
        let found = self.errand_to_find(number)?.map(|(id, home)| {
            let found = Found {
                kind: FoundKind::Errand,
                id: id.uuid(),
                label: number.to_string(),
                home_id: None,
            };
            (found, home)
        });
        Ok(found.into_iter().unzip())
    }
}

/// By what they are called, homes first; and whose homes they are.
fn shown(known: Vec<Known>) -> (Vec<Found>, Vec<HomeId>) {
    let homes = known.iter().map(|one| one.home).collect();
    let show = |one: Known| Found {
        kind: match one.kind {
            KnownKind::Home => FoundKind::Home,
            KnownKind::Member => FoundKind::Member,
            KnownKind::ServiceUser => FoundKind::ServiceUser,
        },
        id: one.id,
        label: one.label,
        home_id: Some(one.home),
    };
    let mut found: Vec<Found> = known.into_iter().map(show).collect();
    found.sort_by(|a, b| (a.kind as u8, &a.label).cmp(&(b.kind as u8, &b.label)));
    (found, homes)
}
