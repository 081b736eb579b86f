//! The reason at the door: a colleague of the errand's unit without a relation to it opens that one errand for half an
//! hour, says why, and whoever answers for it is told at once (lag 2001:454, 10 §: no wider than the task needs; who
//! needs it now is heard, and stands in the log). Owns the table of openings. It never opens what is about protected
//! people, and never says who is a colleague: that is the policy's.

mod rows;
mod view;

pub use view::{Opened, OpeningView};

use super::capability::ErrandAtDoor;
use super::protected;
use super::rows as errands;
use super::typed::optional;
use crate::access::policy::Relation;
use crate::access::{Access, Happening, Once};
use crate::audit::Action;
use crate::error::{Error, Faults, Result};
use crate::id::{ErrandId, HomeId, PersonId};
use crate::outbox::LetterKind;
use crate::secret::SecretText;
use crate::web::Listed;
use rows::OpeningRow;
use serde::Deserialize;
use std::time::Duration;

/// How long an errand, or what it hides, stays open to whoever said why.
pub(super) const OPEN: Duration = Duration::from_secs(30 * 60);
/// Characters of a reason in words.
const REASON: std::ops::RangeInclusive<usize> = 20..=1_000;

crate::closed_list! {
    /// Why someone without a relation to an errand has to see it.
    OpeningReason {
        /// In place of whoever answers for it.
        Deputising = "deputising",
        /// On call outside office hours.
        OnCall = "on_call",
        /// Asked for advice by whoever answers for it.
        Consultation = "consultation",
        /// About to take it over.
        Handover = "handover",
        /// Said in words.
        Other = "other",
    }
}

/// The reason for opening an errand.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOpening {
    pub reason_code: OpeningReason,
    /// 20–1 000 characters; needed for `other`. The team sees it.
    #[schema(min_length = 20, max_length = 1000)]
    pub reason: Option<SecretText>,
}

impl NewOpening {
    fn check(&self) -> Result<()> {
        let mut faults = Faults::default();
        optional(&mut faults, "reason", self.reason.as_ref(), *REASON.end());
        let words = self
            .reason
            .as_ref()
            .map_or(0, |text| text.expose().trim().chars().count());
        faults.unless(words == 0 || words >= *REASON.start(), "reason", "too-short");
        faults.unless(
            words > 0 || self.reason_code != OpeningReason::Other,
            "reason",
            "required",
        );
        faults.check()
    }
}

impl Access<'_> {
    /// Opens an errand of one's unit for half an hour.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever is no colleague, and for what is about protected people; [`Error::Conflict`] for
    /// whoever sees the errand anyway or has opened it already; [`Error::Invalid`].
    pub fn open_errand(self, id: ErrandId, new: &NewOpening, once: Option<&Once>) -> Result<Opened> {
        let ErrandAtDoor { row, key } = self.errand_at_door(id)?;
        if let Some(made) = self.made_before(once)? {
            let read = Happening::read(Action::OpeningList, Relation::BreakGlass).errand(id);
            self.log(read.home(Some(row.home_id)));
            let open_until = self.db(|db| rows::open_until(db, made))?;
            return Ok(Opened { id: made, open_until });
        }
        new.check()?;
        // Of many at once the second finds it open.
        self.own_key_held()?;
        if self.has_opened(id, row.facts())? {
            return Err(Error::Conflict("open"));
        }
        let (me, now, opening) = (self.person()?, self.now(), self.fresh_id());
        let until = now.plus(OPEN);
        let seal = |text: &SecretText| key.seal("opening", "reason", opening, 1, text.expose().trim());
        let opened = OpeningRow {
            id: opening,
            board_id: row.board_id,
            errand_id: id,
            person_id: me,
            reason_code: new.reason_code.as_str().into(),
            reason: new.reason.as_ref().map(seal),
            opened_at: now,
            open_until: until,
        };
        self.db(|db| rows::insert(db, &opened))?;
        self.db(|db| errands::changed_to_team(db, id, now))?;
        // A letter at once, whatever was sent within the hour: there may be someone to stop.
        for told in self.who_is_told(row.facts())? {
            self.tell_of(told, LetterKind::ErrandOpened)?;
        }
        let event = Happening::write(Action::ErrandOpen, Relation::BreakGlass).reason(new.reason_code.as_str());
        self.log(event.errand(id).home(Some(row.home_id)));
        self.remember(once, opening)?;
        Ok(Opened {
            id: opening,
            open_until: until,
        })
    }

    /// Ends what is open in a home's errands because someone said why: the person's, or everyone's. Called by whatever
    /// shuts the home to them; so nothing of it comes back when that is over.
    pub(crate) fn end_openings(self, home: HomeId, whose: Option<PersonId>) -> Result<()> {
        let now = self.now();
        self.db(|db| {
            rows::end(db, home, whose, now)?;
            protected::end_looks(db, home, whose, now)
        })
    }

    /// Who has opened an errand with a reason, and why.
    ///
    /// # Errors
    /// As for the errand's notes: [`Error::Forbidden`] for a home, always.
    pub fn openings_of(self, id: ErrandId) -> Result<Listed<OpeningView>> {
        let errand = self
            .errand_for(id, Action::OpeningList)?
            .to_notes(Action::OpeningList)?;
        self.log(errand.happened(Action::OpeningList, false));
        let items = errand.openings()?;
        Ok(Listed {
            items,
            next_cursor: None,
        })
    }
}
