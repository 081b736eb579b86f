//! Where protected people are, in an errand: places of trips, shops, files and what they are called (class A1). The
//! team is not shown them where someone in the home is protected, until one who handles the errand has said why; each
//! such look is kept and stands in the log. Words are shown in that one answer, files for half an hour to that session:
//! a picture is fetched after the page it stands on. Owns the table of looks. The home itself sees what it has written.

mod rows;

use super::ErrandKind;
use super::capability::{Errand, Seen};
use super::claim::Files;
use super::opening::OPEN;
use super::typed::required;
use super::view::FileView;
use crate::access::{Right, Side};
use crate::audit::Action;
use crate::clock::Instant;
use crate::crypt::RowKey;
use crate::db::Db;
use crate::error::{Error, Faults, Result};
use crate::id::{HomeId, PersonId};
use crate::secret::SecretText;
use crate::web::say;
use rows::LookRow;
use serde::Deserialize;

/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 10..=500;

/// Why one has to see where protected people are.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProtectedLook {
    /// 10–500 characters.
    #[schema(min_length = 10, max_length = 500)]
    pub reason: SecretText,
}

impl<'tx> Errand<'tx, Seen> {
    /// The errand with everything it hides, for this once.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever does not handle it; [`Error::Conflict`] where nothing is hidden;
    /// [`Error::Invalid`]; [`Error::StepUp`] without a fresh sign-in.
    pub fn unveiled(mut self, look: &ProtectedLook) -> Result<Errand<'tx, Seen>> {
        self.require(Right::SeeOriginal, Action::ProtectedRead)?;
        if !self.hides_something(&self.files(&self.hidden()?)?)? {
            return Err(Error::Conflict("open"));
        }
        let mut faults = Faults::default();
        let reason = required(&mut faults, "reason", &look.reason, *REASON.start(), *REASON.end());
        faults.check()?;
        self.access.require_fresh(self.refused(Action::ProtectedRead))?;
        let (access, id) = (self.access, self.access.fresh_id());
        let row = LookRow {
            id,
            board_id: self.row.board_id,
            errand_id: self.row.id,
            person_id: access.person()?,
            reason: self.key.seal("protected_look", "reason", id, 1, reason.expose()),
            looked_at: access.now(),
            shown_until: Some(access.now().plus(OPEN)),
            session_id: access.standing().session,
        };
        access.db(|db| rows::insert(db, &row))?;
        access.log(self.happened(Action::ProtectedRead, true));
        self.unveiled = true;
        Ok(self)
    }
}

/// Ends what is open of a home's errands: to someone, or to everyone.
pub(super) fn end_looks(db: &mut Db, home: HomeId, whose: Option<PersonId>, at: Instant) -> Result<()> {
    rows::end(db, home, whose, at)
}

impl<Grant> Errand<'_, Grant> {
    /// Whether the one who asks is not shown where people are.
    pub(crate) fn hides_places(&self) -> bool {
        !self.unveiled && self.side() == Side::Team && self.access.is_protected(self.row.home_id)
    }

    /// Whether the one who asks is not shown its files: a receipt bears shop, street and postcode.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(crate) fn hides_files(&self) -> Result<bool> {
        if !self.hides_places() {
            return Ok(false);
        }
        let (access, errand) = (self.access, self.row.id);
        match access.standing().session {
            Some(session) => Ok(!access.db(|db| rows::is_shown(db, errand, session, access.now()))?),
            None => Ok(true),
        }
    }

    /// Takes from files what their senders call them, and says which are not shown: both may say where someone is.
    pub(super) fn veil(&self, files: &mut Files) -> Result<()> {
        let hidden = self.hides_files()?;
        let mut all: Vec<&mut FileView> = files.values_mut().map(|(_, file)| file).collect();
        all.sort_by_key(|file| file.id);
        for (place, file) in all.into_iter().enumerate() {
            file.name = format!("{} {}", say("protection-file"), place + 1);
            file.hidden = hidden && file.isolated.is_none();
        }
        Ok(())
    }

    /// Whether something of the errand, with these files of it, is left out of what the one who asks is shown.
    pub(super) fn hides_something(&self, files: &Files) -> Result<bool> {
        let is_named = |(_, file): &(_, FileView)| file.isolated.is_none();
        Ok(self.hides_places() && (files.values().any(is_named) || self.tells_places()?))
    }

    /// Whether it has a place or a shop in a field of its own.
    fn tells_places(&self) -> Result<bool> {
        match self.kind()? {
            ErrandKind::Message => Ok(false),
            ErrandKind::PurchaseRequest => self.tells_shop(),
            ErrandKind::TravelRequest | ErrandKind::ReceiptClaim => Ok(true),
        }
    }

    /// What opens where people are; `None` where that is hidden.
    pub(super) fn places_key(&self) -> Result<Option<RowKey>> {
        if self.hides_places() {
            return Ok(None);
        }
        let own = self.access.protected_key_of(self.row.id)?;
        Ok(Some(own.unwrap_or_else(|| self.key.second_holder())))
    }
}
