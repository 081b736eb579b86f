//! What colleagues of one unit see of each other's errands, as their board has decided (lag 2001:454, 10 §): nothing,
//! the rows of lists, or the errands themselves. Protected people and homes one is to have nothing to do with are no
//! part of it.

use super::desk::Access;
use crate::db::schema::board_setting;
use crate::error::{Error, Result};
use diesel::prelude::*;

/// The setting's name.
const SETTING: &str = "team_sight";

crate::closed_list! {
    /// What caseworkers of the same team see of each other's errands.
    TeamSight {
        Off = "off",
        /// Rows of lists, no content: that takes a reason.
        Metadata = "metadata",
        /// Everything, to read, answer and note; whoever handles the errand decides.
        Full = "full",
    }
}

impl Access<'_> {
    /// What the board one is at lets colleagues see today.
    pub(crate) fn team_sight(self) -> Result<TeamSight> {
        let (board, today) = (self.standing().board, self.now().day());
        let set = board_setting::table
            .filter(board_setting::board_id.eq(board).and(board_setting::name.eq(SETTING)))
            .filter(board_setting::from_on.le(today))
            .order((board_setting::from_on.desc(), board_setting::id.desc()))
            .select(board_setting::value);
        let set: Option<String> = self.db(|db| set.first(db).optional())?;
        match set {
            Some(value) => serde_json::from_str(&value).map_err(Error::fault),
            None => Ok(TeamSight::Off),
        }
    }
}
