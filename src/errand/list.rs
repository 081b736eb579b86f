//! Lists of errands: the team's inbox and a home's own. Filters are administrative only; searching takes a name, a
//! personnummer or an errand number and nothing else (förordning 2001:637, 15 §), and comes with its own rules.

use super::rows;
use super::shut::{self, Frozen};
use super::view::{ErrandRow, HomeName};
use super::{ErrandKind, ErrandNumber, ErrandState, MessageCategory};
use crate::access::common_relation;
use crate::access::policy::Relation;
use crate::access::{Access, ErrandFacts, Happening, Right, Role};
use crate::audit::Action;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{ErrandId, HomeId, Id, PersonId};
use crate::web::{Listed, Listing};
use std::collections::{HashMap, HashSet};

/// Whose errands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    Me,
    None,
    Person(PersonId),
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub kind: Option<ErrandKind>,
    pub state: Option<ErrandState>,
    pub assignee: Option<Assignee>,
    /// Only what has come since I looked.
    pub unread: bool,
    pub number: Option<ErrandNumber>,
    /// Of one home; of those within the circle only.
    pub home: Option<HomeId>,
}

impl Access<'_> {
    /// A page of the errands in the circle of the one who asks, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for one whose role handles no errands at all.
    pub fn errands(self, filter: &Filter, listing: Listing<crate::id::of::Errand>) -> Result<Listed<ErrandRow>> {
        let standing = self.standing();
        if !standing.holds(Role::Contractor) && !standing.sees_errands() {
            return Err(self.deny(Happening::denied(Action::ErrandList)));
        }
        // To a home it is nobody's business who handles its errand.
        if filter.assignee.is_some() && !standing.is_staff() {
            return Err(Error::invalid("assignee", "value"));
        }
        let (me, now, mut circle) = (standing.person()?, self.now(), self.circle()?);
        let mut frozen = self.frozen_errands()?;
        // Nor to whoever of the staff lives in one.
        if filter.assignee.is_some() {
            circle = circle.of_staff_alone();
            frozen.clear();
        }
        let marks = match filter.unread {
            true => self.marks_of(&frozen)?,
            false => HashMap::new(),
        };
        let stood = self.frozen_within(&frozen, filter, &marks);
        let circle = || {
            // What one sees as a colleague alone is never marked as read, and so never unread.
            let within = match filter.unread {
                true => circle.own_errands(),
                false => circle.errands(),
            };
            let mut within: Vec<_> = within
                .into_iter()
                .map(|query| rows::narrowed(query, filter, me))
                .collect();
            if !stood.is_empty() {
                let query = shut::only(&circle, &stood);
                within.push(rows::narrowed(query, &shut::but_state(filter), me));
            }
            within
        };
        let mut found = self.db(|db| rows::newest(db, circle, (listing.after, now), listing.limit + 1))?;
        let more = found.len() > listing.limit;
        found.truncate(listing.limit);
        for row in &mut found {
            if let Some(frozen) = frozen.get(&row.id) {
                frozen.stand_in(row);
            }
        }
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        let facts: Vec<ErrandFacts> = found.iter().map(rows::ErrandRow::facts).collect();
        let relations = self.relations_to(&facts)?;
        let colleagues = found.iter().zip(&relations).filter(|(_, one)| **one == Relation::None);
        let colleagues: HashSet<ErrandId> = colleagues.map(|(row, _)| row.id).collect();
        let listed = Happening::read(Action::ErrandList, common_relation(relations)).shown("errand", shown);
        self.log(listed.among(facts.iter().map(|one| one.home)));
        let next_cursor = if more {
            found.last().map(|row| row.id.to_string())
        } else {
            None
        };
        Ok(Listed {
            items: self.show_rows(found, &colleagues)?,
            next_cursor,
        })
    }

    /// One's own marks on these.
    fn marks_of(self, frozen: &HashMap<ErrandId, Frozen>) -> Result<HashMap<ErrandId, Instant>> {
        let (Some(oldest), Some(newest)) = (frozen.keys().min(), frozen.keys().max()) else {
            return Ok(HashMap::new());
        };
        let (me, span) = (self.person()?, (*oldest, *newest));
        Ok(self.db(|db| rows::marks_between(db, me, span))?.into_iter().collect())
    }

    /// The rows as they are shown; those of `colleagues` are nobody's to read here, and never unread.
    fn show_rows(self, found: Vec<rows::ErrandRow>, colleagues: &HashSet<ErrandId>) -> Result<Vec<ErrandRow>> {
        let (Some(newest), Some(oldest)) = (found.first(), found.last()) else {
            return Ok(Vec::new());
        };
        let (me, span) = (self.person()?, (oldest.id, newest.id));
        let marks: HashMap<ErrandId, Instant> = self.db(|db| rows::marks_between(db, me, span))?.into_iter().collect();
        let mut homes: Vec<HomeId> = found.iter().map(|row| row.home_id).collect();
        homes.sort();
        homes.dedup();
        let homes = self.homes_listed(&homes)?;
        let (keys, standing) = (self.keys()?, self.standing());
        let own: Vec<&rows::ErrandRow> = found
            .iter()
            .filter(|row| standing.homes.contains(&row.home_id))
            .collect();
        let hidden = if own.is_empty() {
            HashSet::new()
        } else {
            self.without_subject(&own)?
        };
        let subject = |row: &rows::ErrandRow| -> Result<Option<String>> {
            let own = standing.homes.contains(&row.home_id) && !hidden.contains(&row.id);
            let Some(sealed) = row.subject.as_deref().filter(|_| own) else {
                return Ok(None);
            };
            let key = keys.row_key("errand", row.id.uuid(), &row.wrapped_key)?;
            Ok(Some(key.open("errand", "subject", row.id, 1, sealed)?.expose().clone()))
        };
        let show = |row: rows::ErrandRow| {
            let home = homes.get(&row.home_id).ok_or(Error::NotFound)?;
            Ok(ErrandRow {
                number: ErrandNumber::new(row.number_year, row.number_serial)?,
                kind: ErrandKind::stored(&row.kind)?,
                category: row.category.as_deref().map(MessageCategory::stored).transpose()?,
                state: ErrandState::stored(&row.state)?,
                unread: !colleagues.contains(&row.id) && marks.get(&row.id).is_none_or(|seen| *seen < row.updated_at),
                home: HomeName::of(home),
                subject: subject(&row)?,
                id: row.id,
                received_at: row.received_at,
                updated_at: row.updated_at,
            })
        };
        found.into_iter().map(show).collect()
    }

    /// The numbers of errands of the board, for one who may name errands without seeing them (the log's reviewer).
    pub(crate) fn errand_numbers(self, ids: &[ErrandId]) -> Result<HashMap<ErrandId, ErrandNumber>> {
        let board = self.standing().board;
        let found = self.db(|db| rows::numbers(db, board, ids))?;
        let read = |(id, year, serial)| Ok((id, ErrandNumber::new(year, serial)?));
        found.into_iter().map(read).collect()
    }

    /// Whether one handles an errand of a home, whatever one is to the home itself.
    pub(crate) fn handles_an_errand_of(self, home: HomeId) -> Result<bool> {
        let circle = self.circle()?.of_staff_alone().own_errands();
        self.db(|db| rows::any_of(db, circle, home))
    }

    /// The errand of that number, if it is within the circle of the one who asks or a reason would open it, and
    /// its home.
    pub(crate) fn errand_to_find(self, number: ErrandNumber) -> Result<Option<(ErrandId, HomeId)>> {
        let board = self.standing().board;
        let id = self.db(|db| rows::numbered(db, board, number))?;
        let id = id.unwrap_or(Id::of_none());
        let Some(row) = self.db(|db| rows::find(db, board, id))? else {
            return Ok(None);
        };
        let facts = row.facts();
        let reached = match self.relation_to(facts)? {
            // What has come since its assignment was shut to the home is not there for whoever lives in it.
            Relation::OwnHome => self.is_there_for_home(&row)?,
            relation => self.may(relation, Right::SeeErrand) || self.is_colleague(facts)?,
        };
        Ok(reached.then_some((id, facts.home)))
    }

    /// The board's errand of that number, for the same.
    pub(crate) fn errand_numbered(self, number: ErrandNumber) -> Result<Option<ErrandId>> {
        let board = self.standing().board;
        self.db(|db| rows::numbered(db, board, number))
    }
}
