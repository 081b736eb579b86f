//! Lists of errands: the team's inbox and a home's own. Filters are administrative only; searching takes a name, a
//! personnummer or an errand number and nothing else (förordning 2001:637, 15 §), and comes with its own rules.

mod rows;
mod sort;

pub(super) use rows::{ErrandQuery, narrowed, open, open_ids};
pub use sort::{Part, Sort};

use super::rows as errands;
use super::shut;
use super::view::{ErrandRow, HomeName};
use super::{ErrandKind, ErrandNumber, ErrandState, MessageCategory};
use crate::access::circle::Within;
use crate::access::common_relation;
use crate::access::policy::Relation;
use crate::access::{Access, ErrandFacts, Happening, Right, Role, Side};
use crate::audit::Action;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{ErrandId, HomeId, Id, PersonId};
use crate::web::Listed;
use sort::{After, Place};
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
    /// Only what an answer is needed to within two working days; or only what it is not.
    pub urgent: Option<bool>,
    /// Only what has not ended.
    pub open: bool,
    pub number: Option<ErrandNumber>,
    /// Of one home; of those within the circle only.
    pub home: Option<HomeId>,
}

impl Access<'_> {
    /// A page of the errands in the circle of the one who asks.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for one whose role handles no errands at all.
    pub fn errands(self, filter: &Filter, part: Part) -> Result<Listed<ErrandRow>> {
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
            true => self.marks_on(&frozen.keys().copied().collect::<Vec<_>>())?,
            false => HashMap::new(),
        };
        let stood = self.frozen_within(&frozen, filter, &marks);
        let as_they_stood = || {
            let query = shut::only(&circle, &stood);
            let within = Within {
                side: Side::Home,
                query,
            };
            narrowed(within, &shut::but_state(filter), me)
        };
        let as_they_are = || -> Vec<Within> {
            // What one sees as a colleague alone is never marked as read, and so never unread.
            let within = match filter.unread {
                true => circle.own_errands(),
                false => circle.errands(),
            };
            within.into_iter().map(|one| narrowed(one, filter, me)).collect()
        };
        let (mut found, next_cursor) = match part.after {
            After::Received(after) => {
                let all = || {
                    let mut all = as_they_are();
                    all.extend((!stood.is_empty()).then(as_they_stood));
                    all
                };
                let mut found = self.db(|db| rows::newest(db, all, (after, now), part.limit + 1))?;
                let more = found.len() > part.limit;
                found.truncate(part.limit);
                let next = found.last().map(|row| row.id.to_string());
                (found, next.filter(|_| more))
            }
            After::Updated(reached) => {
                let kept = match stood.is_empty() {
                    true => Vec::new(),
                    false => self.db(|db| rows::ids(db, as_they_stood().query))?,
                };
                let place = |id: ErrandId| frozen.get(&id).map(|one| Place { at: one.updated_at, id });
                let kept: Vec<Place> = kept.into_iter().filter_map(place).collect();
                let (found, next) =
                    self.db(|db| rows::changed_last(db, as_they_are, &kept, (reached, now), part.limit))?;
                (found, next.map(|reached| reached.to_string()))
            }
        };
        for row in &mut found {
            if let Some(frozen) = frozen.get(&row.id) {
                frozen.stand_in(row);
            }
        }
        let shown = found.iter().map(|row| row.id.uuid()).collect();
        let facts: Vec<ErrandFacts> = found.iter().map(errands::ErrandRow::facts).collect();
        let relations = self.relations_to(&facts)?;
        let items = self.show_rows(found.into_iter().zip(relations.iter().copied()).collect())?;
        let listed = Happening::read(Action::ErrandList, common_relation(relations)).shown("errand", shown);
        self.log(listed.among(facts.iter().map(|one| one.home)));
        Ok(Listed { items, next_cursor })
    }

    /// One's own marks on these.
    fn marks_on(self, ids: &[ErrandId]) -> Result<HashMap<ErrandId, Instant>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let me = self.person()?;
        Ok(self.db(|db| errands::marks_on(db, me, ids))?.into_iter().collect())
    }

    /// The rows as they are shown. Those one sees as a colleague alone are not one's own to read, and never unread.
    fn show_rows(self, found: Vec<(errands::ErrandRow, Relation)>) -> Result<Vec<ErrandRow>> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let marks = self.marks_on(&found.iter().map(|(row, _)| row.id).collect::<Vec<_>>())?;
        let mut homes: Vec<HomeId> = found.iter().map(|(row, _)| row.home_id).collect();
        homes.sort();
        homes.dedup();
        let homes = self.homes_listed(&homes)?;
        let (keys, standing) = (self.keys()?, self.standing());
        let own: Vec<&errands::ErrandRow> = found
            .iter()
            .map(|(row, _)| row)
            .filter(|row| standing.homes.contains(&row.home_id))
            .collect();
        let hidden = if own.is_empty() {
            HashSet::new()
        } else {
            self.without_subject(&own)?
        };
        let subject = |row: &errands::ErrandRow| -> Result<Option<String>> {
            let own = standing.homes.contains(&row.home_id) && !hidden.contains(&row.id);
            let Some(sealed) = row.subject.as_deref().filter(|_| own) else {
                return Ok(None);
            };
            let key = keys.row_key("errand", row.id.uuid(), &row.wrapped_key)?;
            Ok(Some(key.open("errand", "subject", row.id, 1, sealed)?.expose().clone()))
        };
        let show = |(row, relation): (errands::ErrandRow, Relation)| {
            let updated_at = row.changed_to(Side::of(relation));
            let home = homes.get(&row.home_id).ok_or(Error::NotFound)?;
            Ok(ErrandRow {
                number: ErrandNumber::new(row.number_year, row.number_serial)?,
                kind: ErrandKind::stored(&row.kind)?,
                category: row.category.as_deref().map(MessageCategory::stored).transpose()?,
                state: ErrandState::stored(&row.state)?,
                unread: relation != Relation::None && marks.get(&row.id).is_none_or(|seen| *seen < updated_at),
                urgent: row.urgent,
                home: HomeName::of(home),
                subject: subject(&row)?,
                id: row.id,
                received_at: row.received_at,
                updated_at,
            })
        };
        found.into_iter().map(show).collect()
    }

    /// The numbers of errands of the board, for one who may name errands without seeing them (the log's reviewer).
    pub(crate) fn errand_numbers(self, ids: &[ErrandId]) -> Result<HashMap<ErrandId, ErrandNumber>> {
        let board = self.standing().board;
        let found = self.db(|db| errands::numbers(db, board, ids))?;
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
        let id = self.db(|db| errands::numbered(db, board, number))?;
        let id = id.unwrap_or(Id::of_none());
        let Some(row) = self.db(|db| errands::find(db, board, id))? else {
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
        self.db(|db| errands::numbered(db, board, number))
    }
}
