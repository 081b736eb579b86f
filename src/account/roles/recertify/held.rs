//! What in a unit is gone through: roles, deputies, and who is named for homes where someone is protected.

use super::{RightKind, rows};
use crate::access::policy::Relation;
use crate::access::{Access, Role};
use crate::clock::{Day, Instant};
use crate::error::Result;
use crate::id::{HeldRightId, HomeId, Id, PersonId, UnitId};

/// A right that someone has in a unit now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub id: HeldRightId,
    pub person: PersonId,
    pub what: What,
    pub from: Day,
    /// The last day.
    pub to: Option<Day>,
}

/// What it is a right to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum What {
    Role(Role),
    /// To what this person handles.
    Deputy(PersonId),
    /// To a home where someone is protected.
    Protected(HomeId),
}

impl Held {
    /// Whether it was to be gone through by `due`, which has passed: what began later is the next period's.
    fn was_due(&self, due: Day, today: Day) -> bool {
        self.from <= due && today > due
    }

    /// The home it is a right to, if it is one to a home where someone is protected.
    pub fn home(&self) -> Option<HomeId> {
        match self.what {
            What::Protected(home) => Some(home),
            What::Role(_) | What::Deputy(_) => None,
        }
    }

    pub fn kind(&self) -> RightKind {
        match self.what {
            What::Role(_) => RightKind::Role,
            What::Deputy(_) => RightKind::Deputy,
            What::Protected(_) => RightKind::Protected,
        }
    }
}

/// Who can say something of the rights in a unit.
pub(super) struct Recertifiers {
    managers: Vec<PersonId>,
}

impl Recertifiers {
    /// Of all that is held in the unit.
    pub fn among(held: &[Held]) -> Recertifiers {
        let manages = |one: &&Held| one.what == What::Role(Role::UnitManager);
        let managers = held.iter().filter(manages).map(|one| one.person).collect();
        Recertifiers { managers }
    }

    pub fn managers(&self) -> &[PersonId] {
        &self.managers
    }

    /// Whether a right is the steward's to look at: a role of a unit's only manager, whom no other manager looks after.
    pub fn is_for_steward(&self, held: &Held) -> bool {
        let is_own = |manager: &PersonId| *manager == held.person;
        held.kind() == RightKind::Role && !self.managers.is_empty() && self.managers.iter().all(is_own)
    }

    /// Whether `who` can say it: never of their own.
    pub fn can_say(&self, (who, is_steward): (PersonId, bool), held: &Held) -> bool {
        let is_theirs = self.managers.contains(&who) || is_steward && self.is_for_steward(held);
        is_theirs && held.person != who
    }

    /// Whether nobody has said it in time, though someone could.
    pub fn is_overdue(&self, held: &Held, is_said: bool, (due, today): (Day, Day)) -> bool {
        !is_said && held.was_due(due, today) && self.someone_can(held)
    }

    /// Whether anyone can.
    fn someone_can(&self, held: &Held) -> bool {
        self.is_for_steward(held) || self.managers.iter().any(|manager| *manager != held.person)
    }
}

impl Access<'_> {
    /// All that is held in a unit now, whoever asks; oldest first within its kind.
    pub(super) fn rights_in(self, unit: UnitId) -> Result<Vec<Held>> {
        let (board, now) = (self.standing().board, self.now());
        let roles = self.db(|db| rows::held_in(db, (board, unit), now))?;
        let roles = roles.into_iter().map(|row| {
            Ok(Held {
                id: Id::of(row.id.uuid()),
                person: row.person_id,
                what: What::Role(Role::read(&row.role)?),
                from: row.from_at.day(),
                to: row.to_at.map(Instant::last_day),
            })
        });
        let mut held = roles.collect::<Result<Vec<_>>>()?;
        held.extend(self.deputies_in(unit)?.into_iter().map(|one| Held {
            id: Id::of(one.id.uuid()),
            person: one.person,
            what: What::Deputy(one.stands_in_for),
            from: one.from,
            to: Some(one.to),
        }));
        held.extend(self.named_in(unit)?.into_iter().map(|one| Held {
            id: Id::of(one.id.uuid()),
            person: one.person,
            what: What::Protected(one.home),
            from: one.since.day(),
            to: one.to,
        }));
        Ok(held)
    }

    /// The same without what the one who asks is not to know of: who is named for a home is shown to who heads its unit
    /// and to the data protection officer, and not where that person has a conflict of interest.
    pub(super) fn rights_shown(self, unit: UnitId) -> Result<Vec<Held>> {
        let (me, heads) = (self.person()?, self.head_of(unit) != Relation::None);
        let mut shown = Vec::new();
        for held in self.rights_in(unit)? {
            if let What::Protected(home) = held.what
                && (!heads || self.apart_from(home)?.contains(&me))
            {
                continue;
            }
            shown.push(held);
        }
        Ok(shown)
    }
}
