//! The list of who has which right in a unit (roles, deputies, those named for homes where someone is protected), which
//! its manager goes through each period, one by one: kept, or to be ended (lag 2001:454, 10 §: rights no wider than the
//! task needs). Owns what was said. It ends nothing: those whose that is are told; and nobody says it of their own.

pub(super) mod api;
mod begin;
mod held;
pub(super) mod pages;
mod rows;
mod view;

pub use begin::begin_recertifications;
pub use view::{ProtectedHome, RecertificationView, RightKind, RightToConfirm, Said};

use super::rows::key;
use super::view::Named;
use crate::access::{Access, Happening, Once, Right, Role};
use crate::audit::Action;
use crate::board::UnitView;
use crate::clock::Day;
use crate::errand::optional;
use crate::error::{Error, Faults, Result};
use crate::home::alias;
use crate::id::{HeldRightId, HomeId, PersonId, UnitId};
use crate::secret::SecretText;
use crate::web::Listing;
use held::{Held, Recertifiers, What};
use rows::SaidRow;
use serde::Deserialize;
use std::collections::HashMap;

/// Days within which the list is to be gone through.
const WITHIN_DAYS: i32 = 30;
/// Units whose lists are shown at once.
const UNITS: u32 = 100;
/// Characters of a reason.
const REASON_MAX: usize = 500;

/// What is said of a right.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSaid {
    /// The role, the deputy or the naming, as the list tells it.
    pub grant_id: HeldRightId,
    /// `false`: it is to be ended. Those who can are told: the steward of a role, who heads the unit of the others.
    pub keep: bool,
    /// 1–500 characters; needed where it is to be ended.
    #[schema(max_length = 500)]
    pub reason: Option<SecretText>,
}

/// The first day of the period that `today` is in, where there are some of `months` each.
fn period(today: Day, months: i64) -> Option<Day> {
    let date = today.date();
    let into = i64::from(date.month() - 1).checked_rem(months)?;
    let first = Day::of(date.first_of_month());
    Some(first.plus_months(-i32::try_from(into).ok()?))
}

/// The homes that someone is named for: a list of these is about them.
fn homes_of(held: &[Held]) -> impl Iterator<Item = HomeId> {
    held.iter().filter_map(Held::home)
}

impl Access<'_> {
    /// The same as [`Access::recertification`] of every unit whose list one sees.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever sees no roles.
    pub fn recertifications(self) -> Result<Vec<RecertificationView>> {
        self.require(Right::SeePeople, Action::RecertificationRead)?;
        let units: Vec<UnitId> = if self.sees_every_list() {
            let all = self.list_units(Listing::parse(Some(UNITS), None)?)?;
            all.items.into_iter().map(|unit| unit.id).collect()
        } else {
            self.standing().manages().collect()
        };
        units.into_iter().map(|unit| self.recertification(unit)).collect()
    }

    fn sees_every_list(self) -> bool {
        let standing = self.standing();
        standing.holds(Role::Steward) || standing.holds(Role::DataProtectionOfficer)
    }

    /// Who has which role in a unit now, and what its manager has said of each in this period.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever sees no roles; [`Error::NotFound`] for a manager of other units.
    pub fn recertification(self, unit: UnitId) -> Result<RecertificationView> {
        let action = Action::RecertificationRead;
        let relation = self.require(Right::SeePeople, action)?;
        let unit = self.unit_to_confirm(unit, self.sees_every_list(), action)?;
        let held = self.rights_shown(unit.id)?;
        let read = Happening::read(action, relation).object("unit", unit.id);
        self.log(read.among(homes_of(&held)));
        self.show_recertification(unit, held)
    }

    fn unit_to_confirm(self, unit: UnitId, sees_all: bool, action: Action) -> Result<UnitView> {
        let reached = sees_all || self.standing().manages().any(|managed| managed == unit);
        let found = self.units_by_id(&[unit])?.into_iter().next().filter(|_| reached);
        found.ok_or_else(|| {
            self.log(Happening::denied(action).object("unit", unit));
            Error::NotFound
        })
    }

    fn show_recertification(self, unit: UnitView, held: Vec<Held>) -> Result<RecertificationView> {
        let (now, me) = (self.now(), (self.person()?, self.standing().holds(Role::Steward)));
        let begins = period(now.day(), self.rules()?.recertify_every);
        let said = match begins {
            Some(begins) => self.db(|db| rows::said(db, unit.id, begins))?,
            None => Vec::new(),
        };
        let recertifiers = Recertifiers::among(&held);
        let names = self.names_in(&held, &said)?;
        let due_on = begins.map(|begins| begins.plus_days(WITHIN_DAYS));
        let (mut rights, mut is_overdue) = (Vec::new(), false);
        for one in held {
            let row = said.iter().find(|said| said.grant_id == one.id);
            let can_say = begins.is_some() && row.is_none() && recertifiers.can_say(me, &one);
            is_overdue |= due_on.is_some_and(|due| recertifiers.is_overdue(&one, row.is_some(), (due, now.day())));
            rights.push(self.show_right(&one, row, (&names, can_say))?);
        }
        Ok(RecertificationView {
            unit,
            from: begins,
            due_on,
            is_overdue,
            rights,
        })
    }

    fn names_in(self, held: &[Held], said: &[SaidRow]) -> Result<HashMap<PersonId, SecretText>> {
        let mut people: Vec<PersonId> = held.iter().map(|one| one.person).collect();
        people.extend(held.iter().filter_map(|one| match one.what {
            What::Deputy(of) => Some(of),
            _ => None,
        }));
        people.extend(said.iter().map(|row| row.decided_by));
        self.names_of(&people)
    }

    fn show_right(
        self,
        one: &Held,
        said: Option<&SaidRow>,
        (names, can_say): (&HashMap<PersonId, SecretText>, bool),
    ) -> Result<RightToConfirm> {
        let named = |id: PersonId| {
            let name = names.get(&id).ok_or(Error::NotFound)?.expose().clone();
            Ok::<_, Error>(Named { id, name })
        };
        let said = said.map(|said| {
            Ok::<_, Error>(Said {
                keep: said.keep,
                reason: self.open_said(one.person, said)?,
                by: named(said.decided_by)?,
                at: said.decided_at,
            })
        });
        let (mut role, mut stands_in_for, mut home) = (None, None, None);
        match one.what {
            What::Role(held) => role = Some(held),
            What::Deputy(of) => stands_in_for = Some(named(of)?),
            What::Protected(id) => home = Some(ProtectedHome { id, alias: alias(id) }),
        }
        Ok(RightToConfirm {
            grant_id: one.id,
            kind: one.kind(),
            person: named(one.person)?,
            role,
            stands_in_for,
            home,
            from: one.from,
            to: one.to,
            said: said.transpose()?,
            can_say,
        })
    }

    fn open_said(self, holder: PersonId, said: &SaidRow) -> Result<Option<String>> {
        let Some(sealed) = said.reason.as_deref() else {
            return Ok(None);
        };
        let board = self.standing().board;
        let wrapped = self.db(|db| key(db, board, holder))?.ok_or(Error::NotFound)?;
        let key = self.keys()?.row_key("person", holder.uuid(), &wrapped)?;
        let text = key.open("recertification", "reason", said.id, 1, sealed)?;
        Ok(Some(text.expose().clone()))
    }

    /// Says of a right in one's unit whether it is still needed. Where it is not, those who can end it are told: a
    /// manager alone takes nobody's away. The steward says it of a unit's only manager, whom no other manager looks
    /// after.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all others, and of a right of one's own; [`Error::NotFound`] for another unit;
    /// [`Error::Invalid`]; [`Error::Conflict`] once it is said in this period.
    pub fn say_of_right(self, unit: UnitId, new: &NewSaid, once: Option<&Once>) -> Result<RecertificationView> {
        let action = Action::RecertificationDecide;
        let relation = self.require(Right::Recertify, action)?;
        let is_steward = self.standing().holds(Role::Steward);
        let unit = self.unit_to_confirm(unit, is_steward, action)?;
        if self.made_before::<()>(once)?.is_some() {
            return self.recertification(unit.id);
        }
        let (board, me, now) = (self.standing().board, self.person()?, self.now());
        let held = self.rights_shown(unit.id)?;
        let one = held.iter().find(|one| one.id == new.grant_id);
        if let Some(one) = one
            && !Recertifiers::among(&held).can_say((me, is_steward), one)
        {
            let tried = Happening::denied(action).home(one.home());
            return Err(self.deny(tried.object("held_right", one.id)));
        }
        let begins = period(now.day(), self.rules()?.recertify_every);
        let mut faults = Faults::default();
        let reason = optional(&mut faults, "reason", new.reason.as_ref(), REASON_MAX);
        faults.unless(new.keep || reason.is_some(), "reason", "required");
        faults.unless(one.is_some() && begins.is_some(), "grant_id", "value");
        faults.check()?;
        let (Some(one), Some(begins)) = (one, begins) else {
            return Err(Error::NotFound);
        };
        let wrapped = self.db(|db| key(db, board, one.person))?.ok_or(Error::NotFound)?;
        let key = self.keys()?.row_key("person", one.person.uuid(), &wrapped)?;
        let id = self.fresh_id();
        let said = SaidRow {
            id,
            board_id: board,
            unit_id: unit.id,
            grant_id: one.id,
            period: begins,
            keep: new.keep,
            reason: reason.map(|text| key.seal("recertification", "reason", id, 1, text.expose())),
            decided_by: me,
            decided_at: now,
            kind: one.kind().as_str().to_owned(),
        };
        self.db(|db| rows::insert(db, &said))?;
        self.remember(once, id)?;
        let word = if new.keep { "keep" } else { "end" };
        // What is answered is the whole list.
        self.log(
            Happening::write(action, relation)
                .home(one.home())
                .among(homes_of(&held))
                .object("held_right", one.id)
                .reason(word),
        );
        if !new.keep {
            self.tell(&self.who_ends(one, unit.id)?)?;
        }
        self.show_recertification(unit, held)
    }

    /// Who can end a right in a unit: the stewards a role, who heads the unit the others.
    fn who_ends(self, one: &Held, unit: UnitId) -> Result<Vec<PersonId>> {
        let heads: &[Role] = match one.what {
            What::Role(_) => return self.who_holds([Role::Steward]),
            What::Deputy(_) => &[Role::TeamLead],
            What::Protected(_) => &[Role::TeamLead, Role::UnitManager],
        };
        let mut held = self.rights_in(unit)?;
        held.retain(|one| matches!(one.what, What::Role(role) if heads.contains(&role)));
        match held[..] {
            // A unit without a head: the stewards, who can give it one.
            [] => self.who_holds([Role::Steward]),
            _ => Ok(held.iter().map(|one| one.person).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::period;
    use crate::clock::Day;

    #[test]
    fn a_period_begins_with_its_first_month() {
        let day = |text: &str| Day::parse(text).unwrap();
        for (today, months, first) in [
            ("2026-11-22", 3, "2026-10-01"),
            ("2026-12-31", 3, "2026-10-01"),
            ("2027-01-01", 3, "2027-01-01"),
            ("2026-06-30", 6, "2026-01-01"),
            ("2026-11-22", 12, "2026-01-01"),
            ("2026-11-22", 1, "2026-11-01"),
        ] {
            assert_eq!(period(day(today), months), Some(day(first)), "{today} of {months}");
        }
        assert_eq!(period(day("2026-11-22"), 0), None, "none at all");
    }
}
