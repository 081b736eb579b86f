//! Restricting an assignment: its team lead shuts it to the home in one act with a reason, and opens it again the same
//! way (a child moved in haste, an inquiry against the home). Owns the record of it; what the home then sees and may do
//! is held by the door (`access::shut`) and by the errands themselves. It never says the home why.

mod rows;

use crate::access::policy::Relation;
use crate::access::{Access, Happening};
use crate::audit::Action;
use crate::clock::Instant;
use crate::errand::required_line;
use crate::error::{Error, Faults, Result};
use crate::home::manage::rows as homes;
use crate::home::{AssignmentView, NamedPerson};
use crate::id::{AssignmentId, HomeId};
use crate::secret::SecretText;
use rows::RestrictionRow;
use serde::Serialize;

/// Characters of the reason.
const REASON_MAX: usize = 500;

/// That an assignment is shut to its home.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RestrictionView {
    pub by: NamedPerson,
    pub at: Instant,
    /// Shown to the unit's team lead alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Access<'_> {
    /// Shuts an assignment to its home, or opens it again; the caller keeps it, and its row is locked.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a reason; [`Error::Conflict`] where it is so already.
    pub(super) fn restrict(
        self,
        (home, of): (HomeId, AssignmentId),
        (restricted, reason): (bool, Option<&SecretText>),
        relation: Relation,
    ) -> Result<()> {
        let mut faults = Faults::default();
        let reason = reason.map(|text| required_line(&mut faults, "reason", text, 1, REASON_MAX));
        faults.unless(reason.is_some(), "reason", "required");
        faults.check()?;
        let Some(reason) = reason else { return Ok(()) };
        let standing = self.db(|db| rows::standing(db, of))?;
        let (keys, me, now) = (self.keys()?, self.person()?, self.now());
        let at = self.db(|db| homes::home(db, home))?;
        let key = keys.row_key("home", home.uuid(), &at.wrapped_key)?;
        let action = match (standing, restricted) {
            (None, true) => {
                let id = self.fresh_id();
                let row = RestrictionRow {
                    id,
                    board_id: keys.board(),
                    assignment_id: of,
                    reason: key.seal("restriction", "reason", id, 1, reason.expose()),
                    restricted_by: me,
                    restricted_at: now,
                    lift_reason: None,
                    lifted_by: None,
                    lifted_at: None,
                };
                self.db(|db| rows::insert(db, &row))?;
                self.freeze_errands(of, id)?;
                Action::AssignmentRestrict
            }
            (Some(row), false) => {
                let sealed = key.seal("restriction", "lift_reason", row.id, 1, reason.expose());
                self.db(|db| rows::lift(db, row.id, sealed, (me, now)))?;
                self.thaw_errands(row.id)?;
                Action::AssignmentUnrestrict
            }
            _ => return Err(Error::Conflict("state")),
        };
        let done = Happening::write(action, relation);
        self.log(done.home(Some(home)).object("assignment", of));
        Ok(())
    }

    /// Which of these assignments, to choose from as staff, are shut to their homes: what is written for them is seen
    /// by no home until they are opened again.
    pub(crate) fn restricted_among(self, of: &[AssignmentView]) -> Result<Vec<AssignmentId>> {
        let own = &self.standing().homes;
        let ids = of.iter().filter(|one| !own.contains(&one.home.id)).map(|one| one.id);
        let ids: Vec<AssignmentId> = ids.collect();
        self.db(|db| rows::standing_among(db, &ids))
    }

    /// The restriction that stands over an assignment; its reason to whoever keeps it.
    pub(super) fn restriction_of(
        self,
        (home, of): (HomeId, AssignmentId),
        keeps: bool,
    ) -> Result<Option<RestrictionView>> {
        let Some(row) = self.db(|db| rows::standing(db, of))? else {
            return Ok(None);
        };
        let name = self.names_of(&[row.restricted_by])?.remove(&row.restricted_by);
        let reason = match keeps {
            true => {
                let at = self.db(|db| homes::home(db, home))?;
                let key = self.keys()?.row_key("home", home.uuid(), &at.wrapped_key)?;
                Some(key.open("restriction", "reason", row.id, 1, &row.reason)?)
            }
            false => None,
        };
        Ok(Some(RestrictionView {
            by: NamedPerson {
                id: row.restricted_by,
                name: name.ok_or(Error::NotFound)?.expose().clone(),
            },
            at: row.restricted_at,
            reason: reason.map(|text| text.expose().clone()),
        }))
    }
}
