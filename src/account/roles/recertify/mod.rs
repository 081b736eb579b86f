//! The list of who has which role in a unit, which its manager goes through each period, role by role: kept, or to be ended
//! (lag 2001:454, 10 §: rights no wider than the task needs). Owns what was said. It ends no role: that is the steward's,
//! who is told; and nobody says it of their own.

pub(super) mod api;
pub(super) mod pages;
mod rows;
mod view;

pub use view::{RecertificationView, RoleToConfirm, Said};

use super::rows::key;
use super::view::Named;
use crate::access::{Access, Actor, Happening, Right, Role};
use crate::app::App;
use crate::audit::Action;
use crate::board::UnitView;
use crate::clock::Day;
use crate::errand::optional;
use crate::error::{Error, Faults, Result};
use crate::id::{GrantId, PersonId, UnitId};
use crate::secret::SecretText;
use rows::SaidRow;
use serde::Deserialize;

/// Days within which the list is to be gone through.
const WITHIN_DAYS: i32 = 30;
/// Characters of a reason.
const REASON_MAX: usize = 500;

/// What is said of a role.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSaid {
    pub grant_id: GrantId,
    /// `false`: it is to be ended. The steward is told, and ends it.
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

impl Access<'_> {
    /// Who has which role in a unit now, and what its manager has said of each in this period.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever sees no roles; [`Error::NotFound`] for a manager of other units.
    pub fn recertification(self, unit: UnitId) -> Result<RecertificationView> {
        let action = Action::RecertificationRead;
        let relation = self.require(Right::SeePeople, action)?;
        let standing = self.standing();
        let sees_all = standing.holds(Role::Steward) || standing.holds(Role::DataProtectionOfficer);
        let unit = self.unit_to_confirm(unit, sees_all, action)?;
        self.log(Happening::read(action, relation).object("unit", unit.id));
        self.show_recertification(unit)
    }

    fn unit_to_confirm(self, unit: UnitId, sees_all: bool, action: Action) -> Result<UnitView> {
        let reached = sees_all || self.standing().manages().any(|managed| managed == unit);
        let found = self.units_by_id(&[unit])?.into_iter().next().filter(|_| reached);
        found.ok_or_else(|| {
            self.log(Happening::denied(action).object("unit", unit));
            Error::NotFound
        })
    }

    fn show_recertification(self, unit: UnitView) -> Result<RecertificationView> {
        let (board, now, me) = (self.standing().board, self.now(), self.person()?);
        let begins = period(now.day(), self.rules()?.recertify_every);
        let held = self.db(|db| rows::held_in(db, (board, unit.id), now))?;
        let said = match begins {
            Some(begins) => self.db(|db| rows::said(db, unit.id, begins))?,
            None => Vec::new(),
        };
        let managers: Vec<PersonId> = held
            .iter()
            .filter(|row| row.role == Role::UnitManager.as_str())
            .map(|row| row.person_id)
            .collect();
        let people = held.iter().map(|row| row.person_id);
        let people: Vec<PersonId> = people.chain(said.iter().map(|row| row.decided_by)).collect();
        let names = self.names_of(&people)?;
        let named = |id: PersonId| {
            let name = names.get(&id).ok_or(Error::NotFound)?.expose().clone();
            Ok::<_, Error>(Named { id, name })
        };
        let due_on = begins.map(|begins| begins.plus_days(WITHIN_DAYS));
        let (mut roles, mut waits) = (Vec::new(), false);
        for row in held {
            let said = said.iter().find(|said| said.grant_id == row.id);
            // A unit's only manager is nobody's to confirm but the steward's, who gave the role.
            let someone_can = managers.iter().any(|manager| *manager != row.person_id);
            waits |= said.is_none() && someone_can;
            let shown = |said: &SaidRow| {
                Ok::<_, Error>(Said {
                    keep: said.keep,
                    reason: self.open_said(row.person_id, said)?,
                    by: named(said.decided_by)?,
                    at: said.decided_at,
                })
            };
            roles.push(RoleToConfirm {
                grant_id: row.id,
                person: named(row.person_id)?,
                role: Role::read(&row.role)?,
                from: row.from_at.day(),
                to: row.to_at.map(crate::clock::Instant::last_day),
                said: said.map(shown).transpose()?,
                can_say: begins.is_some() && said.is_none() && row.person_id != me && managers.contains(&me),
            });
        }
        Ok(RecertificationView {
            unit,
            from: begins,
            due_on,
            is_overdue: waits && due_on.is_some_and(|due| now.day() > due),
            roles,
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

    /// Says of a role in one's unit whether it is still needed. Where it is not, the stewards are told: they give and end
    /// roles, and a manager alone takes nobody's away.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but a unit's manager, and of a role of one's own; [`Error::NotFound`] for another
    /// unit; [`Error::Invalid`]; [`Error::Conflict`] once it is said in this period.
    pub fn say_of_role(self, unit: UnitId, new: &NewSaid) -> Result<RecertificationView> {
        let action = Action::RecertificationDecide;
        let relation = self.require(Right::Recertify, action)?;
        let unit = self.unit_to_confirm(unit, false, action)?;
        let (board, me, now) = (self.standing().board, self.person()?, self.now());
        let held = self.db(|db| rows::held_in(db, (board, unit.id), now))?;
        let row = held.into_iter().find(|row| row.id == new.grant_id);
        if row.as_ref().is_some_and(|row| row.person_id == me) {
            return Err(self.deny(Happening::denied(action).object("role_grant", new.grant_id)));
        }
        let begins = period(now.day(), self.rules()?.recertify_every);
        let mut faults = Faults::default();
        let reason = optional(&mut faults, "reason", new.reason.as_ref(), REASON_MAX);
        faults.unless(new.keep || reason.is_some(), "reason", "required");
        faults.unless(row.is_some() && begins.is_some(), "grant_id", "value");
        faults.check()?;
        let (Some(row), Some(begins)) = (row, begins) else {
            return Err(Error::NotFound);
        };
        let wrapped = self.db(|db| key(db, board, row.person_id))?.ok_or(Error::NotFound)?;
        let key = self.keys()?.row_key("person", row.person_id.uuid(), &wrapped)?;
        let id = self.fresh_id();
        let said = SaidRow {
            id,
            board_id: board,
            unit_id: unit.id,
            grant_id: row.id,
            period: begins,
            keep: new.keep,
            reason: reason.map(|text| key.seal("recertification", "reason", id, 1, text.expose())),
            decided_by: me,
            decided_at: now,
        };
        self.db(|db| rows::insert(db, &said))?;
        let word = if new.keep { "keep" } else { "end" };
        self.log(
            Happening::write(action, relation)
                .object("role_grant", row.id)
                .reason(word),
        );
        if !new.keep {
            self.tell(&self.who_holds([Role::Steward])?)?;
        }
        self.show_recertification(unit)
    }

    /// Tells the managers of units where a period has begun, once each.
    fn begin_recertification(self) -> Result<usize> {
        self.only_operator()?;
        let (board, now) = (self.standing().board, self.now());
        let mut told = 0;
        if let Some(begins) = period(now.day(), self.rules()?.recertify_every) {
            let managers = self.db(|db| rows::managers(db, board, now))?;
            let mut units: Vec<UnitId> = managers.iter().map(|(unit, _)| *unit).collect();
            units.sort();
            units.dedup();
            for unit in units {
                if self.db(|db| rows::mark_told(db, (board, unit), begins, now))? {
                    let of_unit = managers.iter().filter(|(of, _)| *of == unit);
                    self.tell(&of_unit.map(|(_, who)| *who).collect::<Vec<_>>())?;
                    told += 1;
                }
            }
        }
        // A letter that something waits changes nothing of anyone's.
        self.goes_on();
        Ok(told)
    }
}

/// Tells managers that a list waits for them, in every board where a period has begun. Gives how many units.
///
/// # Errors
/// [`Error::Unavailable`] when the database does not take it.
pub async fn begin_recertifications(app: &App) -> Result<usize> {
    let boards = app.store.survey(&rows::MANAGED, rows::boards).await?;
    let mut told = 0;
    for board in boards {
        let begin = |access: Access<'_>| access.begin_recertification();
        told += app.door.write(Actor::operator(board), begin).await?;
    }
    Ok(told)
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
