//! What of their own homes is shut to those who live there: assignments that have ended, and those that the team keeps
//! shut for now. Read together with the standing, so that it holds at the next call, and found for the staff when a
//! home would be told of something. It takes nothing from the staff, and says nobody why.

use super::desk::Access;
use super::standing::Standing;
use crate::clock::{Day, Instant};
use crate::db::Db;
use crate::db::schema::{assignment, assignment_past, board_setting, restriction};
use crate::error::{Error, Result};
use crate::id::{AssignmentId, BoardId, HomeId, Id, RestrictionId};
use diesel::prelude::*;

/// Days after an assignment's end in which its home can hand in receipts for it, where the board says nothing.
pub const RECEIPT_DAYS: i64 = 60;
/// Days after these in which it can still read what was, where the board says nothing.
pub const READ_DAYS: i64 = 90;

/// How an assignment of one's own home is shut to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// It has ended, and receipts for it are still taken: nothing else can be sent.
    Settling,
    /// It has ended: it can be read.
    Over,
    /// It ended so long ago that the home sees no more of it.
    Hidden,
    /// The team has shut it for now: it is seen as it stood at that moment, and nothing can be sent.
    Restricted(RestrictionId, Instant),
}

/// What a restricted assignment was when it was shut: that is what its home sees of it.
#[derive(Debug, Clone)]
pub(crate) struct WhenShut {
    of: AssignmentId,
    /// The last day.
    pub to: Option<Day>,
    pub legal_basis: String,
}

/// What of one's own homes is shut.
#[derive(Debug, Clone, Default)]
pub(super) struct ShutOff {
    assignments: Vec<(AssignmentId, Shut)>,
    /// Of those that are restricted.
    when_shut: Vec<WhenShut>,
    /// The homes these lie in.
    restricted_in: Vec<HomeId>,
}

impl ShutOff {
    /// The assignments of which the home sees no more.
    pub(super) fn hidden(&self) -> impl Iterator<Item = AssignmentId> + '_ {
        let hidden = self.assignments.iter().filter(|(_, shut)| *shut == Shut::Hidden);
        hidden.map(|(id, _)| *id)
    }

    /// Whether the team has shut some assignment of a home for now, also one that is hidden by now.
    pub(super) fn is_restricted_in(&self, home: HomeId) -> bool {
        self.restricted_in.contains(&home)
    }
}

impl Shut {
    /// Since when the team keeps it shut, if it does.
    pub(crate) const fn restricted_at(self) -> Option<Instant> {
        match self {
            Shut::Restricted(_, since) => Some(since),
            _ => None,
        }
    }

    fn ended(last: Day, today: Day, (receipts, reading): (i64, i64)) -> Shut {
        let ends = |days: i64| last.plus_days(i32::try_from(days).unwrap_or(i32::MAX));
        if today <= ends(receipts) {
            Shut::Settling
        } else if today <= ends(receipts.saturating_add(reading)) {
            Shut::Over
        } else {
            Shut::Hidden
        }
    }
}

impl Standing {
    /// How an assignment is shut to the home of the one who asks, if it is.
    pub(crate) fn shut(&self, of: Option<AssignmentId>) -> Option<Shut> {
        let found = self.shut.assignments.iter().find(|(id, _)| Some(*id) == of);
        found.map(|(_, shut)| *shut)
    }

    /// What an assignment of one's own homes was when it was restricted, if it is.
    pub(crate) fn when_shut(&self, of: AssignmentId) -> Option<&WhenShut> {
        self.shut.when_shut.iter().find(|one| one.of == of)
    }

    /// The assignments of one's own homes of which one sees no more.
    pub(super) fn hidden(&self) -> impl Iterator<Item = AssignmentId> + '_ {
        self.shut.hidden()
    }

    /// The restrictions that stand over assignments of one's own homes, with these.
    pub(crate) fn restrictions(&self) -> impl Iterator<Item = (AssignmentId, RestrictionId)> + '_ {
        self.shut.assignments.iter().filter_map(|(of, shut)| match shut {
            Shut::Restricted(id, _) => Some((*of, *id)),
            _ => None,
        })
    }
}

/// The assignments of homes that are shut to them.
pub(super) fn shut_of(db: &mut Db, (board, homes): (BoardId, &[HomeId]), today: Day) -> Result<ShutOff> {
    if homes.is_empty() {
        return Ok(ShutOff::default());
    }
    let stands = restriction::assignment_id
        .eq(assignment::id)
        .and(restriction::lifted_at.is_null());
    type Found = (
        (AssignmentId, HomeId),
        Option<Day>,
        String,
        Option<RestrictionId>,
        Option<Instant>,
    );
    let found: Vec<Found> = assignment::table
        .left_join(restriction::table.on(stands))
        .filter(assignment::home_id.eq_any(homes.to_vec()))
        .filter(assignment::to_on.lt(today).or(restriction::id.is_not_null().nullable()))
        .select((
            (assignment::id, assignment::home_id),
            assignment::to_on,
            assignment::legal_basis,
            restriction::id.nullable(),
            restriction::restricted_at.nullable(),
        ))
        .load(db)?;
    let mut days = None;
    let restricted = found.iter().filter_map(|((id, _), _, _, by, _)| Some((*id, (*by)?)));
    let pasts = pasts_of(db, &restricted.collect::<Vec<_>>())?;
    let mut shut = ShutOff::default();
    for ((id, home), last, basis, stands, since) in found {
        // To its home it ended, or did not, as was said when it was shut.
        let past = pasts.iter().find(|past| past.of == id).cloned();
        let last = past.as_ref().map_or(last, |past| past.to);
        if stands.is_some() {
            shut.when_shut.push(past.unwrap_or(WhenShut {
                of: id,
                to: last,
                legal_basis: basis,
            }));
            shut.restricted_in.push(home);
        }
        let ended = match last.filter(|last| *last < today) {
            None => None,
            Some(last) => {
                let set = match days {
                    Some(known) => known,
                    None => days_set(db, board, today)?,
                };
                days = Some(set);
                Some(Shut::ended(last, today, set))
            }
        };
        let how = match (ended, stands.zip(since)) {
            (Some(Shut::Hidden), _) => Some(Shut::Hidden),
            (_, Some((restriction, since))) => Some(Shut::Restricted(restriction, since)),
            (ended, None) => ended,
        };
        shut.assignments.extend(how.map(|how| (id, how)));
    }
    Ok(shut)
}

/// Of those restricted assignments that have been changed since they were shut, what they were until then.
fn pasts_of(db: &mut Db, restricted: &[(AssignmentId, RestrictionId)]) -> Result<Vec<WhenShut>> {
    if restricted.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<AssignmentId> = restricted.iter().map(|(of, _)| *of).collect();
    let columns = (
        assignment_past::id,
        assignment_past::assignment_id,
        assignment_past::to_on,
        assignment_past::legal_basis,
    );
    let all: Vec<(Id<()>, AssignmentId, Option<Day>, String)> = assignment_past::table
        .filter(assignment_past::assignment_id.eq_any(ids))
        .select(columns)
        .order(assignment_past::id)
        .load(db)?;
    let first_since = |(of, by): &(AssignmentId, RestrictionId)| {
        let mut since = all
            .iter()
            .filter(|(id, past_of, ..)| past_of == of && id.uuid() > by.uuid());
        since.next().map(|(_, _, to, basis)| WhenShut {
            of: *of,
            to: *to,
            legal_basis: basis.clone(),
        })
    };
    Ok(restricted.iter().filter_map(first_since).collect())
}

/// The days of receipts and of reading that a board has set.
fn days_set(db: &mut Db, board: BoardId, today: Day) -> Result<(i64, i64)> {
    let mut set = |name: &str, usual: i64| -> Result<i64> {
        let newest = board_setting::table
            .filter(board_setting::board_id.eq(board).and(board_setting::name.eq(name)))
            .filter(board_setting::from_on.le(today))
            .order((board_setting::from_on.desc(), board_setting::id.desc()))
            .select(board_setting::value);
        let value: Option<String> = newest.first(db).optional()?;
        value.map_or(Ok(usual), |value| serde_json::from_str(&value).map_err(Error::fault))
    };
    Ok((
        set("receipts_after_end_days", RECEIPT_DAYS)?,
        set("ended_assignment_days", READ_DAYS)?,
    ))
}

impl Access<'_> {
    /// Whether the team has shut some assignment of one's own homes for now.
    pub fn is_partly_shut(self) -> bool {
        self.standing().restrictions().next().is_some()
    }

    /// Whether its home is told nothing of what is written about an assignment now: it is restricted, or hidden.
    pub(crate) fn is_kept_from_home(self, of: Option<AssignmentId>) -> Result<bool> {
        let Some(of) = of else { return Ok(false) };
        if self.is_restricted(Some(of))? {
            return Ok(true);
        }
        let (board, today) = (self.standing().board, self.now().day());
        let last: Option<Day> = self.db(|db| assignment::table.find(of).select(assignment::to_on).first(db))?;
        let Some(last) = last.filter(|last| *last < today) else {
            return Ok(false);
        };
        let set = self.db(|db| days_set(db, board, today))?;
        Ok(Shut::ended(last, today, set) == Shut::Hidden)
    }

    /// Whether an assignment is restricted now.
    pub(crate) fn is_restricted(self, of: Option<AssignmentId>) -> Result<bool> {
        let Some(of) = of else { return Ok(false) };
        let standing =
            restriction::table.filter(restriction::assignment_id.eq(of).and(restriction::lifted_at.is_null()));
        let found: Option<RestrictionId> = self.db(|db| standing.select(restriction::id).first(db).optional())?;
        Ok(found.is_some())
    }
}
