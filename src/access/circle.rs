//! The circle: which errands and assignments a person reaches. Every list, count and choice starts from these queries,
//! so that all obey the same relations (lag 2001:454, 10 §: no wider than the task needs). What one errand's relation
//! is, by the same rules, says `relations`; a test holds the two against each other.

use super::desk::Access;
use super::policy::Role;
use super::relations::Side;
use super::sight::TeamSight;
use super::standing::Standing;
use crate::clock::Instant;
use crate::db::schema::{assignment, deputy, errand, home, restricted_errand, role_grant};
use crate::db::{MultiBackend, is_protected};
use crate::error::Result;
use crate::id::{AssignmentId, Id, PersonId, RestrictionId, UnitId};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use std::rc::Rc;

type Reach<T> = Box<dyn BoxableExpression<T, MultiBackend, SqlType = Nullable<Bool>>>;

// Macros, since the types of these expressions are pages long and a boxed one cannot stand in a subquery.

/// Units the person leads or is manager of now.
macro_rules! led {
    ($who:expr, $now:expr) => {
        role_grant::table
            .filter(
                role_grant::person_id
                    .eq($who.person)
                    .and(role_grant::role.eq_any(["team_lead", "unit_manager"])),
            )
            .filter(
                role_grant::from_at
                    .le($now)
                    .and(role_grant::to_at.is_null().or(role_grant::to_at.gt($now))),
            )
            .select(role_grant::unit_id)
    };
}

/// Assignments one answers for, stands in for today, or leads or manages the unit of.
macro_rules! mine {
    ($who:expr, $now:expr) => {
        assignment::unit_id
            .nullable()
            .eq_any(led!($who, $now))
            .or(assignment::caseworker_id.eq($who.handler))
            .or(assignment::id.eq_any(
                deputy::table
                    .filter(deputy::person_id.eq($who.handler).and(deputy::ended_at.is_null()))
                    .filter(deputy::from_on.le($now.day()).and(deputy::to_on.ge($now.day())))
                    .select(deputy::assignment_id),
            ))
    };
}

/// The same, and those of children one answers for.
macro_rules! mine_or_of_child {
    ($who:expr, $now:expr) => {
        mine!($who, $now).or(assignment::child_caseworker_id.eq($who.handler))
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

/// Errands of the circle, and on which side of them one stands.
pub(crate) struct Within {
    pub side: Side,
    pub query: Errands,
}

/// Whose circle it is.
#[derive(Debug, Clone, Copy)]
struct Whose {
    person: PersonId,
    /// The same, if they handle errands now; else nobody. Whoever has lost the role may still be named by an
    /// assignment.
    handler: PersonId,
}

/// The queries that give a person's circle, for as long as one transaction is open.
pub(crate) struct Circle {
    standing: Rc<Standing>,
    who: Whose,
    sight: TeamSight,
    now: Instant,
    /// Without the own home: what one has to do with as staff alone.
    staff_alone: bool,
}

impl Access<'_> {
    /// The circle of the one who asks.
    ///
    /// # Errors
    /// [`Error::SignIn`](crate::error::Error::SignIn) for nobody.
    pub(crate) fn circle(self) -> Result<Circle> {
        let standing = self.standing();
        let person = standing.person()?;
        let handler = match standing.handles_errands() {
            true => person,
            false => Id::of_none(),
        };
        Ok(Circle {
            who: Whose { person, handler },
            sight: match standing.handles_errands() {
                true => self.team_sight()?,
                false => TeamSight::Off,
            },
            standing,
            now: self.now(),
            staff_alone: false,
        })
    }
}

impl Circle {
    /// The same without the errands of one's own homes, which one sees as their home alone.
    pub(crate) fn of_staff_alone(self) -> Circle {
        Circle {
            staff_alone: true,
            ..self
        }
    }

    /// The errands within it, of the person's board: what any of these queries finds, and `frozen`, and nothing else.
    /// They are apart because each then has an index of its own to go by; one with an OR between them would read them
    /// all.
    pub(crate) fn errands(&self) -> Vec<Within> {
        let mut circle = self.own_errands();
        if self.sight != TeamSight::Off {
            let units: Vec<UnitId> = self.standing.handles_in().collect();
            circle.extend(of_colleagues(&units).into_iter().map(|reach| self.of_team(reach)));
        }
        circle
    }

    /// Of these, those one has to do with: of the own home, handled, managed, of a child one answers for; not those
    /// seen as a colleague alone.
    pub(crate) fn own_errands(&self) -> Vec<Within> {
        let standing = &self.standing;
        let all = || errand::table.filter(errand::board_id.eq(standing.board)).into_boxed();
        let mut circle: Vec<Within> = Vec::new();
        if standing.holds(Role::Contractor) && !self.staff_alone {
            // What is shut to a home is not there, or as it stood: see `frozen`.
            let mut away: Vec<AssignmentId> = standing.hidden().collect();
            away.extend(standing.restrictions().map(|(of, _)| of));
            let here = |query: Errands| match &away[..] {
                [] => query,
                away => query.filter(
                    errand::assignment_id
                        .is_null()
                        .nullable()
                        .or(errand::assignment_id.ne_all(away.to_vec())),
                ),
            };
            circle.extend(standing.homes.iter().map(|home| Within {
                side: Side::Home,
                query: here(all().filter(errand::home_id.eq(*home))),
            }));
        }
        if standing.sees_errands() {
            let handled = handled(self.who, self.now).into_iter();
            circle.extend(handled.map(|reach| self.of_team(reach)));
        }
        if standing.handles_errands() {
            circle.push(self.of_team(Box::new(errand::assignee_id.eq(self.who.handler))));
        }
        circle
    }

    /// Errands that one meets as staff.
    fn of_team(&self, reach: Reach<errand::table>) -> Within {
        Within {
            side: Side::Team,
            query: self.met().filter(reach),
        }
    }

    /// The errands of one's own homes that are seen as they stood when their assignment was shut. Apart from the
    /// others, since what an errand is now must not tell by which list it stands in.
    pub(crate) fn frozen(&self) -> Errands {
        let standing = &self.standing;
        let by: Vec<RestrictionId> = standing.restrictions().map(|(_, id)| id).collect();
        let kept = restricted_errand::table
            .filter(restricted_errand::restriction_id.eq_any(by))
            .select(restricted_errand::errand_id);
        errand::table
            .filter(errand::board_id.eq(standing.board))
            .filter(errand::id.eq_any(kept))
            .into_boxed()
    }

    /// The board's errands of homes that one may have to do with as staff.
    fn met(&self) -> Errands {
        let all = errand::table
            .filter(errand::board_id.eq(self.standing.board))
            .into_boxed();
        match &self.standing.apart[..] {
            [] => all,
            apart => all.filter(errand::home_id.ne_all(apart.to_vec())),
        }
    }

    /// The assignments within it: the own home's, those one answers for, stands in for, leads or manages, and those of
    /// children one answers for.
    pub(crate) fn assignments(&self) -> assignment::BoxedQuery<'static, MultiBackend> {
        let (standing, who, now) = (&self.standing, self.who, self.now);
        let all = assignment::table
            .filter(assignment::board_id.eq(standing.board))
            .into_boxed();
        let hidden: Vec<AssignmentId> = standing.hidden().collect();
        let own = assignment::home_id
            .eq_any(standing.homes.clone())
            .and(assignment::id.ne_all(hidden));
        let met = assignment::home_id.ne_all(standing.apart.clone());
        match (standing.holds(Role::Contractor), standing.sees_errands()) {
            (true, false) => all.filter(own),
            (true, true) => all.filter(mine_or_of_child!(who, now).and(met).or(own)),
            (false, true) => all.filter(mine_or_of_child!(who, now)).filter(met),
            (false, false) => all.filter(assignment::id.ne(assignment::id)),
        }
    }

    /// The homes one handles or manages: where one has an active assignment, or of a unit one leads or manages.
    pub(crate) fn homes(&self) -> home::BoxedQuery<'static, MultiBackend> {
        let (standing, who, now) = (&self.standing, self.who, self.now);
        let all = home::table.filter(home::board_id.eq(standing.board)).into_boxed();
        let of_mine = assignment::table
            .filter(mine!(who, now))
            .filter(active!(now.day()))
            .select(assignment::home_id);
        let led = home::unit_id.nullable().eq_any(led!(who, now));
        if standing.sees_errands() {
            // A member of a home is that and nothing else to it.
            all.filter(led.or(home::id.eq_any(of_mine).nullable()))
                .filter(home::id.ne_all(standing.homes.clone()))
                .filter(home::id.ne_all(standing.apart.clone()))
        } else {
            all.filter(home::id.ne(home::id))
        }
    }
}

/// Errands one handles or manages: of one's assignments, or of a whole home where one has an active assignment or that
/// is in a unit one leads; and those of assignments for a child one answers for.
fn handled(who: Whose, now: Instant) -> [Reach<errand::table>; 3] {
    let of_mine = assignment::table
        .filter(mine_or_of_child!(who, now))
        .select(assignment::id.nullable());
    let homes_of_mine = assignment::table
        .filter(mine!(who, now))
        .filter(active!(now.day()))
        .select(assignment::home_id);
    let homes_led = home::table
        .filter(home::unit_id.nullable().eq_any(led!(who, now)))
        .select(home::id);
    let whole = || errand::assignment_id.is_null().nullable();
    [
        Box::new(errand::assignment_id.eq_any(of_mine)),
        Box::new(whole().and(errand::home_id.eq_any(homes_of_mine).nullable())),
        Box::new(whole().and(errand::home_id.eq_any(homes_led).nullable())),
    ]
}

/// Errands of units, of homes where nobody is or was protected: what colleagues can see, or open with a reason.
fn of_colleagues(units: &[UnitId]) -> [Reach<errand::table>; 2] {
    let unprotected = || diesel::dsl::not(is_protected("errand.home_id"));
    let assignments = assignment::table
        .filter(assignment::unit_id.eq_any(units.to_vec()))
        .select(assignment::id.nullable());
    let of_unit = home::table
        .filter(home::unit_id.eq_any(units.to_vec()))
        .select(home::id);
    let whole = errand::assignment_id.is_null().and(errand::home_id.eq_any(of_unit));
    [
        Box::new(errand::assignment_id.eq_any(assignments).and(unprotected().nullable())),
        Box::new(whole.and(unprotected()).nullable()),
    ]
}
