//! When a period begins, and when what waits in it is overdue, those whose it is to say are told, once each.

use super::held::{Held, Recertifiers};
use super::{WITHIN_DAYS, period, rows};
use crate::access::{Access, Actor, Role};
use crate::app::App;
use crate::clock::Day;
use crate::error::Result;
use crate::id::{PersonId, UnitId};

impl Access<'_> {
    /// Tells those who go through the lists of units, where a period has begun and where one is overdue. Gives how many
    /// units were told of.
    fn begin_recertification(self) -> Result<usize> {
        self.only_operator()?;
        let (board, now) = (self.standing().board, self.now());
        let mut told = 0;
        if let Some(begins) = period(now.day(), self.rules()?.recertify_every) {
            for unit in self.db(|db| rows::managed(db, board, now))? {
                if self.db(|db| rows::mark_told(db, (board, unit), begins, now))? {
                    self.tell(&self.recertifiers_in(unit)?)?;
                    told += 1;
                }
                if self.is_overdue(unit, begins)? && self.db(|db| rows::mark_reminded(db, unit, begins, now))? {
                    let mut receivers = self.recertifiers_in(unit)?;
                    receivers.extend(self.who_holds([Role::Steward])?);
                    receivers.sort();
                    receivers.dedup();
                    self.tell(&receivers)?;
                    told += 1;
                }
            }
        }
        // A letter that something waits changes nothing of anyone's.
        self.goes_on();
        Ok(told)
    }

    /// A unit's managers, and the stewards where something there is theirs to look at.
    fn recertifiers_in(self, unit: UnitId) -> Result<Vec<PersonId>> {
        let held = self.rights_in(unit)?;
        let recertifiers = Recertifiers::among(&held);
        let mut found = recertifiers.managers().to_vec();
        if held.iter().any(|one| recertifiers.is_for_steward(one)) {
            found.extend(self.who_holds([Role::Steward])?);
        }
        Ok(found)
    }

    /// Whether something of a unit has not been said in time, that someone could.
    fn is_overdue(self, unit: UnitId, begins: Day) -> Result<bool> {
        let (due, today) = (begins.plus_days(WITHIN_DAYS), self.now().day());
        if today <= due {
            return Ok(false);
        }
        let (held, said) = (self.rights_in(unit)?, self.db(|db| rows::said(db, unit, begins))?);
        let recertifiers = Recertifiers::among(&held);
        let is_said = |id| said.iter().any(|row| row.grant_id == id);
        let late = |one: &Held| recertifiers.is_overdue(one, is_said(one.id), (due, today));
        Ok(held.iter().any(late))
    }
}

/// Tells those whose it is that a list waits for them, or is overdue, in every board. Gives how many units.
///
/// # Errors
/// [`Error::Unavailable`](crate::error::Error::Unavailable) when the database does not take it.
pub async fn begin_recertifications(app: &App) -> Result<usize> {
    let boards = app.store.survey(&rows::MANAGED, rows::boards).await?;
    let mut told = 0;
    for board in boards {
        let begin = |access: Access<'_>| access.begin_recertification();
        told += app.door.write(Actor::operator(board), begin).await?;
    }
    Ok(told)
}
