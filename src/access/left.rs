//! The homes someone has left, and until when they see there what they wrote themselves. All else of a home ends with
//! the membership: this is the one thing a board can let last, and whatever shuts a home's side shuts it too.

use super::desk::Access;
use super::shut::shut_of;
use crate::clock::{Day, Instant};
use crate::db::schema::home_member;
use crate::error::Result;
use crate::id::{AssignmentId, HomeId};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// A home one has left, of which one still sees what one wrote.
#[derive(Debug, Clone)]
pub(crate) struct LeftHome {
    pub home: HomeId,
    /// The last day on which it is seen.
    pub until: Day,
}

/// The homes one has left of which one still sees what one wrote, and what of them nobody there sees.
#[derive(Debug, Default)]
pub(crate) struct StillSeen {
    pub homes: Vec<LeftHome>,
    /// The assignments, of any of these homes, that ended so long ago that the home itself sees no more of them.
    pub hidden: Vec<AssignmentId>,
}

impl Access<'_> {
    /// The homes one has left, each with the last day on which one belonged to it; none that one belongs to now.
    pub(crate) fn left_homes(self) -> Result<Vec<(HomeId, Day)>> {
        let (me, now) = (self.person()?, self.now());
        let begun = home_member::table
            .filter(home_member::person_id.eq(me).and(home_member::from_at.le(now)))
            .select((home_member::home_id, home_member::to_at));
        let found: Vec<(HomeId, Option<Instant>)> = self.db(|db| begun.load(db))?;
        let mut left: BTreeMap<HomeId, Option<Instant>> = BTreeMap::new();
        for (home, to) in found {
            let ended = to.filter(|to| *to <= now);
            let last = left.entry(home).or_insert(ended);
            *last = match (*last, ended) {
                (Some(last), Some(ended)) => Some(last.max(ended)),
                // One that has not ended: they belong to it.
                _ => None,
            };
        }
        let day = |(home, last): (HomeId, Option<Instant>)| last.map(|last| (home, last.last_day()));
        Ok(left.into_iter().filter_map(day).collect())
    }

    /// Of these, the ones where what one wrote is still seen, `days` after one's last day there. None where someone is
    /// or was protected: whoever has left such a home may be the one it is protected from. None to which one is not to
    /// come near as staff, and none of which the team has shut anything.
    pub(crate) fn still_seen(self, left: Vec<(HomeId, Day)>, days: i64) -> Result<StillSeen> {
        let (standing, today) = (self.standing(), self.now().day());
        let days = i32::try_from(days).unwrap_or(i32::MAX);
        let kept = |home: &HomeId| standing.protected.contains(home) || standing.apart.contains(home);
        let seen: Vec<(HomeId, Day)> = left
            .into_iter()
            .map(|(home, last)| (home, last.plus_days(days)))
            .filter(|(home, until)| days > 0 && today <= *until && !kept(home))
            .collect();
        if seen.is_empty() {
            return Ok(StillSeen::default());
        }
        let homes: Vec<HomeId> = seen.iter().map(|(home, _)| *home).collect();
        let shut = self.db(|db| shut_of(db, (standing.board, &homes), today))?;
        let open = seen.into_iter().filter(|(home, _)| !shut.is_restricted_in(*home));
        Ok(StillSeen {
            homes: open.map(|(home, until)| LeftHome { home, until }).collect(),
            hidden: shut.hidden().collect(),
        })
    }
}
