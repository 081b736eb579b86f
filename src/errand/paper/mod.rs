//! Errands on paper: a home without a way to sign in sends a form, and whoever handles the home registers it, with a
//! scan (the same errand then lies there as the home's own, and can be answered by it). Owns the table of what came on
//! paper. Who registered a claim never reviews it: the one who hands in and the one who reviews are two.

mod rows;

use super::capability::Errand;
use super::claim::Files;
use super::rows as errands;
use super::start::{NewErrand, Started};
use super::view::{FileView, StaffView};
use crate::access::{Access, Once, Right};
use crate::audit::Action;
use crate::clock::{Day, Instant};
use crate::error::{Error, Faults, Result};
use crate::file::Taker;
use crate::id::{FileId, HomeId, PersonId};
use rows::PaperRow;
use serde::{Deserialize, Serialize};

/// A form that came on paper.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPaper {
    /// The member of the home who signed it.
    pub on_behalf_of: PersonId,
    /// The day the paper came (förvaltningslagen 22 §): not after today.
    pub received_on: Day,
    /// The paper itself, sent as a file by whoever registers it.
    pub scan_id: FileId,
    /// What it says, as the home would have sent it. A claim's declaration stands on the paper.
    pub errand: NewErrand,
}

/// In whose name something is registered, and of which day it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnPaper {
    pub home: HomeId,
    pub member: PersonId,
    pub received_on: Day,
}

/// That an errand came on paper.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PaperView {
    pub received_on: Day,
    pub registered_at: Instant,
    /// Absent for a home: to it, the team did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_by: Option<StaffView>,
    pub scan: FileView,
}

impl NewPaper {
    pub(super) const fn facts(&self, home: HomeId) -> OnPaper {
        OnPaper {
            home,
            member: self.on_behalf_of,
            received_on: self.received_on,
        }
    }
}

impl Access<'_> {
    /// Registers a form that came on paper, in the name of a member of a home.
    ///
    /// # Errors
    /// As `home_for` and [`Access::start`], whose faults are told as they are, without the errand's name before them.
    pub fn register_paper(self, home: HomeId, new: &NewPaper, once: Option<&Once>) -> Result<Started> {
        self.may_register(home)?;
        if let Some(made) = self.made_before(once)? {
            return self.errand(made)?.acknowledged();
        }
        self.check_paper(&new.facts(home))?;
        let started = self.start_new(&new.errand, Some(&new.facts(home)))?;
        // After the errand's own: it takes none of its files.
        let mut faults = Faults::default();
        let scan = self.free_files(&[new.scan_id], Taker::Scan, &mut faults)?;
        faults.check()?;
        let (board, id) = (self.standing().board, started.id);
        let row = self.db(|db| errands::find(db, board, id))?.ok_or(Error::NotFound)?;
        let key = self.keys()?.row_key("errand", id.uuid(), &row.wrapped_key)?;
        self.claim_files(&scan, (id, None), &key)?;
        let row = PaperRow {
            errand_id: id,
            board_id: board,
            registered_by: self.person()?,
            registered_at: self.now(),
            received_on: new.received_on,
            scan_id: new.scan_id,
        };
        self.db(|db| rows::insert(db, &row))?;
        self.remember(once, id)?;
        Ok(started)
    }

    /// Asks whether one may register what comes on paper from a home.
    ///
    /// # Errors
    /// As `home_for`: for those who handle it.
    pub(super) fn may_register(self, home: HomeId) -> Result<()> {
        self.home_for(home, Right::SeeHome, Action::ErrandCreate).map(drop)
    }

    /// Holds who signed it and when it came to their limits.
    pub(super) fn check_paper(self, paper: &OnPaper) -> Result<()> {
        let mut faults = Faults::default();
        let members = self.members_of(paper.home)?;
        faults.unless(members.contains(&paper.member), "on_behalf_of", "member");
        faults.unless(paper.received_on <= self.now().day(), "received_on", "date-future");
        faults.check()
    }
}

impl<Grant> Errand<'_, Grant> {
    /// That it came on paper, if it did, with its scan among the errand's files.
    pub(super) fn paper(&self, files: &Files, to_team: bool) -> Result<Option<PaperView>> {
        let id = self.row.id;
        let Some(row) = self.access.db(|db| rows::find(db, id))? else {
            return Ok(None);
        };
        let by = row.registered_by;
        let names = self.names(&[by])?;
        let name = names.get(&by).ok_or(Error::NotFound)?.expose().clone();
        let (_, scan) = files.get(&row.scan_id).ok_or(Error::NotFound)?;
        Ok(Some(PaperView {
            received_on: row.received_on,
            registered_at: row.registered_at,
            registered_by: to_team.then_some(StaffView { id: by, name }),
            scan: scan.clone(),
        }))
    }

    /// Whether the one who asks registered it from paper.
    pub(super) fn is_registered_by_me(&self) -> Result<bool> {
        let (id, me) = (self.row.id, self.access.person()?);
        let row = self.access.db(|db| rows::find(db, id))?;
        Ok(row.is_some_and(|row| row.registered_by == me))
    }
}
