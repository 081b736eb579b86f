//! The table `errand` as lists look through it, with the marks of the one who asks.

use super::sort::{Place, Reached, page};
use super::{Assignee, Filter};
use crate::access::Side;
use crate::access::circle::Within;
use crate::clock::Instant;
use crate::db::schema::{errand, read_mark};
use crate::db::{Db, Keep, MultiBackend, filled_up, is_open};
use crate::errand::rows::ErrandRow;
use crate::error::Result;
use crate::id::{ErrandId, HomeId, Id, PersonId};
use diesel::prelude::*;
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

pub(in crate::errand) type ErrandQuery = errand::BoxedQuery<'static, MultiBackend>;

/// The time of the last change that `$side` sees, for what is done with that column.
macro_rules! by_side {
    ($side:expr, $column:ident => $then:expr) => {
        match $side {
            Side::Home => {
                let $column = errand::updated_at;
                $then
            }
            Side::Team => {
                let $column = errand::team_updated_at;
                $then
            }
        }
    };
}

/// A query narrowed to what `filter` asks for; `me` is whose marks and assignments count.
pub(in crate::errand) fn narrowed(within: Within, filter: &Filter, me: PersonId) -> Within {
    let Within { side, mut query } = within;
    if let Some(kind) = filter.kind {
        query = query.filter(errand::kind.eq(kind.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(errand::state.eq(state.as_str()));
    }
    query = match filter.assignee {
        None => query,
        Some(Assignee::Me) => query.filter(errand::assignee_id.eq(me)),
        Some(Assignee::None) => query.filter(errand::assignee_id.is_null()),
        Some(Assignee::Person(who)) => query.filter(errand::assignee_id.eq(who)),
    };
    if filter.unread {
        let mine = || read_mark::table.filter(read_mark::person_id.eq(me).and(read_mark::errand_id.eq(errand::id)));
        query = by_side!(side, changed => {
            let seen = mine().filter(read_mark::read_at.ge(changed));
            query.filter(diesel::dsl::not(diesel::dsl::exists(seen)))
        });
    }
    if let Some(urgent) = filter.urgent {
        query = query.filter(errand::urgent.eq(urgent));
    }
    if filter.open {
        query = query.filter(is_open());
    }
    if let Some(home) = filter.home {
        query = query.filter(errand::home_id.eq(home));
    }
    if let Some(number) = filter.number {
        query = query.filter(
            errand::number_year
                .eq(number.year())
                .and(errand::number_serial.eq(number.serial())),
        );
    }
    Within { side, query }
}

/// Whether any of these queries finds an errand of a home.
pub(super) fn any_of(db: &mut Db, circle: Vec<Within>, of: HomeId) -> Result<bool> {
    for Within { query, .. } in circle {
        let one = query.filter(errand::home_id.eq(of)).select(errand::id).limit(1);
        if !one.load::<ErrandId>(db)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How far back a list is looked for at first, and then: most pages are full within the last weeks, and a query that
/// reaches no further has little to sort.
const SPANS: [Option<Duration>; 3] = [
    Some(Duration::from_secs(30 * 86_400)),
    Some(Duration::from_secs(365 * 86_400)),
    None,
];

/// The newest `limit` errands that any of the queries finds, below `after`. First only their ids, which an index holds
/// beside what the circle asks for; then the rows of those alone that are shown.
pub(super) fn newest(
    db: &mut Db,
    circle: impl Fn() -> Vec<Within>,
    (after, now): (Option<ErrandId>, Instant),
    limit: usize,
) -> Result<Vec<ErrandRow>> {
    let mut found: Vec<ErrandId> = Vec::new();
    for span in SPANS {
        let least: ErrandId = span.map_or(Id::of(Uuid::nil()), |span| now.minus(span).least_id());
        if after.is_some_and(|after| after < least) {
            continue;
        }
        found.clear();
        for Within { query, .. } in circle() {
            let below = query.filter(
                errand::id
                    .ge(least)
                    .and(errand::id.lt(after.unwrap_or(Id::of(Uuid::max())))),
            );
            let page = below.order(errand::id.desc()).limit(limit as i64);
            found.extend(page.select(errand::id).load::<ErrandId>(db)?);
        }
        found.sort_by_key(|id| std::cmp::Reverse(*id));
        found.dedup();
        if found.len() >= limit {
            break;
        }
    }
    found.truncate(limit);
    in_order(db, &found)
}

/// The rows of these errands, in their order.
fn in_order(db: &mut Db, ids: &[ErrandId]) -> Result<Vec<ErrandRow>> {
    let rows: Vec<ErrandRow> = errand::table
        .filter(errand::id.eq_any(filled_up(ids)))
        .select(<ErrandRow as Selectable<MultiBackend>>::construct_selection())
        .kept()
        .load(db)?;
    let mut rows: HashMap<ErrandId, ErrandRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}

/// The errands of a query, in no order.
pub(super) fn ids(db: &mut Db, query: ErrandQuery) -> Result<Vec<ErrandId>> {
    Ok(query.select(errand::id).load(db)?)
}

/// The `limit` errands that any of the queries finds and that were changed last, or those after what was `reached`;
/// `stood`: those that stand in the list by another time than they have. Again only ids and times first.
pub(super) fn changed_last(
    db: &mut Db,
    circle: impl Fn() -> Vec<Within>,
    stood: &[Place],
    (reached, now): (Option<Reached>, Instant),
    limit: usize,
) -> Result<(Vec<ErrandRow>, Option<Reached>)> {
    // One more tells whether there are more.
    let most = limit + 1;
    let above = match reached {
        None => Vec::new(),
        Some(reached) => above(db, circle(), stood, (reached.newest, most))?,
    };
    let below = match reached {
        Some(Reached { last: None, .. }) => Vec::new(),
        reached => below(
            db,
            &circle,
            stood,
            (reached.and_then(|reached| reached.last), now, most),
        )?,
    };
    let (given, next) = page(reached, (above, below), limit);
    let ids: Vec<ErrandId> = given.iter().map(|one| one.id).collect();
    Ok((in_order(db, &ids)?, next))
}

/// The places above one, the lowest first.
fn above(db: &mut Db, circle: Vec<Within>, stood: &[Place], (than, most): (Place, usize)) -> Result<Vec<Place>> {
    let mut found: Vec<Place> = stood.iter().copied().filter(|one| *one > than).collect();
    for Within { side, query } in circle {
        let some: Vec<(ErrandId, Instant)> = by_side!(side, changed => query
            .filter(changed.ge(than.at))
            .filter(changed.gt(than.at).or(errand::id.gt(than.id)))
            .order((changed.asc(), errand::id.asc()))
            .limit(most as i64)
            .select((errand::id, changed))
            .load(db)?);
        found.extend(some.into_iter().map(|(id, at)| Place { at, id }));
    }
    found.sort();
    found.dedup();
    found.truncate(most);
    Ok(found)
}

/// The places below one, or all, the highest first.
fn below(
    db: &mut Db,
    circle: impl Fn() -> Vec<Within>,
    stood: &[Place],
    (than, now, most): (Option<Place>, Instant, usize),
) -> Result<Vec<Place>> {
    let (mut found, from) = (Vec::new(), than.map_or(now, |than| than.at));
    for span in SPANS {
        let least = span.map_or(Instant::from_micros(0), |span| from.minus(span));
        let is_within = |one: &Place| one.at >= least && than.is_none_or(|than| *one < than);
        found = stood.iter().copied().filter(is_within).collect();
        for Within { side, query } in circle() {
            let some: Vec<(ErrandId, Instant)> = by_side!(side, changed => {
                let mut query = query.filter(changed.ge(least));
                if let Some(than) = than {
                    // The first alone would do for neither database to see how far down the index it has to begin.
                    query = query
                        .filter(changed.le(than.at))
                        .filter(changed.lt(than.at).or(errand::id.lt(than.id)));
                }
                let query = query.order((changed.desc(), errand::id.desc())).limit(most as i64);
                query.select((errand::id, changed)).load(db)?
            });
            found.extend(some.into_iter().map(|(id, at)| Place { at, id }));
        }
        found.sort_by(|a, b| b.cmp(a));
        found.dedup();
        if found.len() >= most {
            break;
        }
    }
    found.truncate(most);
    Ok(found)
}

/// Open errands that are counted at most.
const OPEN_MOST: i64 = 5_000;

/// An open errand: where it stands, who answers for it, and whether it is urgent.
pub(in crate::errand) type Open = (ErrandId, String, Option<PersonId>, bool);

/// The open errands of a query, in no order.
pub(in crate::errand) fn open(db: &mut Db, query: ErrandQuery) -> Result<Vec<Open>> {
    let open = query.filter(is_open());
    Ok(open
        .select((errand::id, errand::state, errand::assignee_id, errand::urgent))
        .limit(OPEN_MOST)
        .load(db)?)
}

/// The ids of some open errands of a query.
pub(in crate::errand) fn open_ids(db: &mut Db, query: ErrandQuery, most: usize) -> Result<Vec<ErrandId>> {
    let open = query.filter(is_open());
    Ok(open.select(errand::id).limit(most as i64).load(db)?)
}
