//! How people may sign in to a board. It must have one way at least: without any nobody comes in, and nobody who could
//! mend it.

use super::rows::{self, SettingRow};
use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::audit::Action;
use crate::error::{Error, Faults, Result};

/// The ways in beside a password alone. None is built yet; each that is stands here with what makes it a board's.
const OTHERS: &[&str] = &[];

/// There is nothing to open.
pub const OPEN_ALREADY: Error = Error::Conflict("open-already");

/// The setting's name.
const SETTING: &str = "passwords_alone";

/// Notes a fault where nobody could sign in any more.
pub(super) fn stays_open(faults: &mut Faults, passwords_alone: bool, field: &str) {
    faults.unless(passwords_alone || !OTHERS.is_empty(), field, "no-other-way");
}

impl Access<'_> {
    /// Lets a password alone in, from today on and whatever was set for later: for the operator of a board that nobody
    /// can sign in to.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but the operator; [`OPEN_ALREADY`].
    pub fn let_passwords_in(self) -> Result<()> {
        self.only_operator()?;
        let (board, now) = (self.standing().board, self.now());
        let today = now.day();
        let (founded, all) = self.db(|db| {
            rows::lock_board(db, board)?;
            Ok::<_, Error>((rows::founded_alone(db, board)?, rows::all_set(db, board)?))
        })?;
        let set: Vec<&SettingRow> = all.iter().filter(|row| row.name == SETTING).collect();
        let now_open = set.iter().rfind(|row| row.from_on <= today);
        let is_open = now_open.map_or(founded, |row| row.value == "true");
        let mut days: Vec<_> = set.iter().map(|row| row.from_on).filter(|day| *day > today).collect();
        days.dedup();
        let shuts = |day: &_| {
            set.iter()
                .rfind(|row| row.from_on == *day)
                .is_some_and(|row| row.value != "true")
        };
        days.retain(shuts);
        if !is_open {
            days.insert(0, today);
        }
        for day in &days {
            let row = SettingRow {
                name: SETTING.into(),
                value: "true".into(),
                from_on: *day,
                set_at: now,
                set_by: None,
            };
            self.db(|db| rows::insert_setting(db, self.fresh_id(), board, &row))?;
        }
        if days.is_empty() {
            return Err(OPEN_ALREADY);
        }
        self.db(|db| rows::next_version(db, board))?;
        self.log(Happening::write(Action::BoardChange, Relation::System).object("board", board));
        Ok(())
    }

    /// Holds the board's row, so that what must be left of something is counted by one act after the other.
    pub(crate) fn hold_board(self) -> Result<()> {
        let board = self.standing().board;
        self.db(|db| rows::lock_board(db, board)).map(drop)
    }
}
