//! In which order a list is given, and from where it goes on. By last change a place in the list is not for ever: what
//! is changed moves to the top, above where one has come. So a cursor bears both ends of what has been given, and the
//! next page begins with what has moved above it since. An errand can be met twice that way, and none is passed by.

use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::id::{ErrandId, Id, of};
use crate::web::Listing;
use std::fmt;
use uuid::Uuid;

crate::closed_list! {
    /// In which order a list is given.
    Sort {
        /// The newest first.
        Received = "received",
        /// What was changed last first, as the one who asks sees it.
        Updated = "updated",
    }
}

/// How much of a list, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// 1–100.
    pub limit: usize,
    pub after: After,
}

/// What a list goes on after; nothing at its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    Received(Option<ErrandId>),
    Updated(Option<Reached>),
}

/// Where an errand stands in a list by last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub at: Instant,
    pub id: ErrandId,
}

/// What has been given of a list by last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The newest: what stands above has come or been changed since.
    pub newest: Place,
    /// The last; nothing, where the end has been reached.
    pub last: Option<Place>,
}

impl Part {
    /// # Errors
    /// [`Error::Invalid`] for a limit outside 1–100, [`Error::Malformed`] for a cursor that is none of this order.
    pub fn parse(limit: Option<u32>, sort: Sort, cursor: Option<&str>) -> Result<Part> {
        let after = match sort {
            Sort::Received => After::Received(Listing::<of::Errand>::parse(limit, cursor)?.after),
            Sort::Updated => After::Updated(cursor.map(Reached::parse).transpose()?),
        };
        let limit = Listing::<of::Errand>::parse(limit, None)?.limit;
        Ok(Part { limit, after })
    }
}

impl Place {
    /// The last moment that a place can have: far beyond any, and a time to both databases.
    const LATEST: i64 = 7_258_118_400_000_000;

    fn parse(at: &str, id: &str) -> Option<Place> {
        let micros = at.parse().ok().filter(|micros| (0..=Place::LATEST).contains(micros))?;
        let id = Uuid::try_parse(id).ok()?;
        Some(Place {
            at: Instant::from_micros(micros),
            id: Id::of(id),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.micros(), self.id.uuid().simple())
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.newest)?;
        self.last.map_or(Ok(()), |last| write!(f, "-{last}"))
    }
}

impl Reached {
    fn parse(text: &str) -> Result<Reached> {
        let parts: Vec<&str> = text.split('-').collect();
        let read = match parts[..] {
            [at, id] => Place::parse(at, id).map(|newest| (newest, None)),
            [at, id, last_at, last_id] => Place::parse(at, id)
                .zip(Place::parse(last_at, last_id))
                .map(|(newest, last)| (newest, Some(last))),
            _ => None,
        };
        let (newest, last) = read.ok_or_else(|| Error::Malformed("cursor".into()))?;
        Ok(Reached { newest, last })
    }
}

/// A page of what has moved above what was given (the oldest first) and of what stands below it, and how far that
/// reaches; nothing, where there is no more. At least half of a page goes on below: a list that is changed at every
/// look has an end all the same.
pub fn page(
    before: Option<Reached>,
    (above, below): (Vec<Place>, Vec<Place>),
    limit: usize,
) -> (Vec<Place>, Option<Reached>) {
    let from_above = above.len().min((limit / 2).max(limit.saturating_sub(below.len())));
    let from_below = below.len().min(limit - from_above);
    let mut given: Vec<Place> = above[..from_above].iter().rev().copied().collect();
    given.extend(&below[..from_below]);
    let ends = above.len() == from_above && below.len() == from_below;
    let newest = match (from_above, before) {
        (0, Some(before)) => Some(before.newest),
        _ => given.first().copied(),
    };
    let last = below[..from_below].last().copied();
    let last = last
        .or_else(|| before.and_then(|before| before.last))
        .filter(|_| below.len() > from_below);
    (given, newest.filter(|_| !ends).map(|newest| Reached { newest, last }))
}

#[cfg(test)]
mod tests {
    use super::{After, Part, Place, Reached, Sort, page};
    use crate::clock::Instant;
    use crate::id::Id;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn place(at: i64, id: u128) -> Place {
        Place {
            at: Instant::from_micros(at),
            id: Id::of(Uuid::from_u128(id)),
        }
    }

    /// A page of a list that is an array: when each errand was changed.
    fn look(list: &[i64], before: Option<Reached>, limit: usize) -> (Vec<Place>, Option<Reached>) {
        let all = || (0_u128..).zip(list).map(|(id, at)| place(*at, id));
        let mut above: Vec<Place> = all()
            .filter(|one| before.is_some_and(|before| *one > before.newest))
            .collect();
        above.sort();
        let is_below = |one: &Place| match before {
            None => true,
            Some(before) => before.last.is_some_and(|last| *one < last),
        };
        let mut below: Vec<Place> = all().filter(is_below).collect();
        below.sort_by(|a, b| b.cmp(a));
        above.truncate(limit + 1);
        below.truncate(limit + 1);
        page(before, (above, below), limit)
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let (newest, last) = (place(1_790_000_000_123_456, 7), place(5, u128::MAX));
        for reached in [
            Reached {
                newest,
                last: Some(last),
            },
            Reached { newest, last: None },
        ] {
            let text = reached.to_string();
            let part = Part::parse(None, Sort::Updated, Some(&text)).unwrap();
            assert_eq!(part.after, After::Updated(Some(reached)), "{text}");
            assert!(Part::parse(None, Sort::Received, Some(&text)).is_err());
        }
        let id = Uuid::from_u128(7);
        for odd in [
            String::new(),
            "-".into(),
            id.to_string(),
            format!("-1-{}", id.simple()),
            format!("9223372036854775807-{}", id.simple()),
            format!("1-{}-2", id.simple()),
        ] {
            assert!(Part::parse(None, Sort::Updated, Some(&odd)).is_err(), "{odd}");
        }
    }

    proptest! {
        /// Whatever is changed between the pages: what is not stands there once, in its order, and all is met.
        #[test]
        fn nothing_is_passed_by(
            list in prop::collection::vec(0_i64..20, 0..30),
            limit in 1_usize..6,
            changes in prop::collection::vec(prop::option::of(0_usize..30), 0..80),
        ) {
            let (mut list, mut now, mut changes) = (list, 100, changes.into_iter());
            let (mut given, mut changed, mut before) = (Vec::new(), BTreeSet::new(), None);
            let first = list.clone();
            loop {
                let (places, next) = look(&list, before, limit);
                prop_assert!(places.len() <= limit && places.is_sorted_by(|a, b| a > b));
                given.extend(places.iter().map(|one| one.id.uuid().as_u128()));
                let Some(next) = next else { break };
                before = Some(next);
                if let Some(which) = changes.next().flatten().filter(|which| *which < list.len()) {
                    now += 1;
                    list[which] = now;
                    changed.insert(which as u128);
                }
            }
            let met: BTreeSet<u128> = given.iter().copied().collect();
            prop_assert_eq!(met.len(), list.len());
            let mut still: Vec<Place> = (0_u128..).zip(&first).map(|(id, at)| place(*at, id)).collect();
            still.sort_by(|a, b| b.cmp(a));
            let still: Vec<u128> = still.iter().map(|one| one.id.uuid().as_u128()).filter(|id| !changed.contains(id)).collect();
            given.retain(|id| !changed.contains(id));
            prop_assert_eq!(given, still);
        }
    }
}
