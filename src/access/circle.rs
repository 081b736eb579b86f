//! The circle: which errands and assignments a person reaches. Every list, count and choice starts from these queries,
//! so that all obey the same relations (lag 2001:454, 10 §: no wider than the task needs). What one errand's relation
//! is, by the same rules, says `relations`; a test holds the two against each other.

use super::policy::Role;
use super::standing::Standing;
use crate::clock::Instant;
use crate::db::MultiBackend;
use crate::db::schema::{assignment, deputy, errand, home, role_grant};
use crate::error::Result;
use crate::id::PersonId;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

type Reach<T> = Box<dyn BoxableExpression<T, MultiBackend, SqlType = Nullable<Bool>>>;

// Macros, since the types of these expressions are pages long and a boxed one cannot stand in a subquery.

/// Units led by the person now.
macro_rules! led {
    ($person:expr, $now:expr) => {
        role_grant::table
            .filter(role_grant::person_id.eq($person).and(role_grant::role.eq("team_lead")))
            .filter(
                role_grant::from_at
                    .le($now)
                    .and(role_grant::to_at.is_null().or(role_grant::to_at.gt($now))),
            )
            .select(role_grant::unit_id)
    };
}

/// Assignments one answers for, stands in for today, or leads the unit of.
macro_rules! mine {
    ($person:expr, $now:expr) => {
        assignment::unit_id
            .nullable()
            .eq_any(led!($person, $now))
            .or(assignment::caseworker_id.eq($person))
            .or(assignment::id.eq_any(
                deputy::table
                    .filter(deputy::person_id.eq($person).and(deputy::ended_at.is_null()))
                    .filter(deputy::from_on.le($now.day()).and(deputy::to_on.ge($now.day())))
                    .select(deputy::assignment_id),
            ))
    };
}

/// Assignments that run on a day.
macro_rules! active {
    ($day:expr) => {
        assignment::to_on
            .ge($day)
            .or(assignment::to_on.is_null())
            .and(assignment::from_on.le($day))
    };
}

type Errands = errand::BoxedQuery<'static, MultiBackend>;

/// The errands within the person's circle, of the person's board: what any of these queries finds, and nothing else.
/// They are apart because each then has an index of its own to go by; one with an OR between them would read them all.
pub(crate) fn errands(standing: &Standing, now: Instant) -> Result<Vec<Errands>> {
    let person = standing.person()?;
    let all = || errand::table.filter(errand::board_id.eq(standing.board)).into_boxed();
    let mut circle: Vec<Errands> = Vec::new();
    if standing.holds(Role::Contractor) {
        circle.extend(
            standing
                .homes
                .iter()
                .map(|home| all().filter(errand::home_id.eq(*home))),
        );
    }
    if handles_errands(standing) {
        circle.extend(handled(person, now).into_iter().map(|reach| all().filter(reach)));
        circle.push(all().filter(errand::assignee_id.eq(person)));
    }
    Ok(circle)
}

/// The assignments within the person's circle: the own home's, those one answers for, stands in for or leads.
pub(crate) fn assignments(standing: &Standing, now: Instant) -> Result<assignment::BoxedQuery<'static, MultiBackend>> {
    let person = standing.person()?;
    let all = assignment::table
        .filter(assignment::board_id.eq(standing.board))
        .into_boxed();
    let own = assignment::home_id.eq_any(standing.homes.clone());
    Ok(match (standing.holds(Role::Contractor), handles_errands(standing)) {
        (true, false) => all.filter(own),
        (true, true) => all.filter(mine!(person, now).or(own)),
        (false, true) => all.filter(mine!(person, now)),
        (false, false) => all.filter(assignment::id.ne(assignment::id)),
    })
}

/// The homes one handles: where one has an active assignment, or of a unit one leads.
pub(crate) fn homes(standing: &Standing, now: Instant) -> Result<home::BoxedQuery<'static, MultiBackend>> {
    let person = standing.person()?;
    let all = home::table.filter(home::board_id.eq(standing.board)).into_boxed();
    let of_mine = assignment::table
        .filter(mine!(person, now))
        .filter(active!(now.day()))
        .select(assignment::home_id);
    let led = home::unit_id.nullable().eq_any(led!(person, now));
    Ok(if handles_errands(standing) {
        // A member of a home is that and nothing else to it.
        all.filter(led.or(home::id.eq_any(of_mine).nullable()))
            .filter(home::id.ne_all(standing.homes.clone()))
    } else {
        all.filter(home::id.ne(home::id))
    })
}

/// Whether the person holds a role that handles errands at all.
pub(crate) fn handles_errands(standing: &Standing) -> bool {
    standing.holds(Role::Caseworker) || standing.holds(Role::TeamLead)
}

/// Errands one handles: of one's assignments, or of a whole home where one has an active assignment or that is in a
/// unit one leads.
fn handled(person: PersonId, now: Instant) -> [Reach<errand::table>; 3] {
    let of_mine = assignment::table
        .filter(mine!(person, now))
        .select(assignment::id.nullable());
    let homes_of_mine = assignment::table
        .filter(mine!(person, now))
        .filter(active!(now.day()))
        .select(assignment::home_id);
    let homes_led = home::table
        .filter(home::unit_id.nullable().eq_any(led!(person, now)))
        .select(home::id);
    let whole = || errand::assignment_id.is_null().nullable();
    [
        Box::new(errand::assignment_id.eq_any(of_mine)),
        Box::new(whole().and(errand::home_id.eq_any(homes_of_mine).nullable())),
        Box::new(whole().and(errand::home_id.eq_any(homes_led).nullable())),
    ]
}
