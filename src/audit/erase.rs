//! Orders to erase: the `audit.erase` events without which a missing part is a fault.

use serde::Deserialize;
use uuid::Uuid;

use super::Malformed;
use super::event::{Action, Outcome};
use super::leaf::Part;
use super::stored::read;

/// One `audit.erase` event: who may have lost which parts by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EraseOrder {
    /// The event that gives the order.
    pub event_id: Uuid,
    /// Where that event stands.
    pub epoch: u64,
    pub index: u64,
    erased: ErasedSays,
}

#[derive(Deserialize)]
struct CoreSays<'a> {
    action: &'a str,
    outcome: &'a str,
    reason_code: Option<&'a str>,
}

#[derive(Deserialize)]
struct SubjectSays {
    approvers: [Uuid; 2],
    erased: ErasedSays,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct ErasedSays {
    epoch: u64,
    first: u64,
    last: u64,
    parts: Vec<Part>,
}

impl EraseOrder {
    /// Reads the order out of the stored texts of the event at that place; `None` when the event is
    /// something else, or was denied or failed.
    ///
    /// # Errors
    /// When an order lacks its range, its legal ground or two different approvers, or reaches for
    /// events that did not stand in the log before it.
    pub fn of_stored(
        event_id: Uuid,
        (epoch, index): (u64, u64),
        core: Option<&str>,
        subject: Option<&str>,
    ) -> Result<Option<Self>, Malformed> {
        let Some(core) = core else {
            return Ok(None);
        };
        let core: CoreSays = read(core, Part::Core)?;
        if core.action != Action::AuditErase.as_str() || core.outcome != Outcome::Ok.as_str() {
            return Ok(None);
        }
        let subject = subject.ok_or(Malformed("the order to erase is itself erased"))?;
        let SubjectSays {
            approvers: [one, other],
            erased,
        } = read(subject, Part::Subject)?;
        if core.reason_code.is_none() || one == other {
            return Err(Malformed("an order to erase has a legal ground and two approvers"));
        }
        if (erased.epoch, erased.last) >= (epoch, index) || erased.first > erased.last {
            return Err(Malformed("an order to erase names events that stand before it"));
        }
        Ok(Some(Self {
            event_id,
            epoch,
            index,
            erased,
        }))
    }

    /// Whether the order allows that part of the event at that place to be missing.
    pub fn covers(&self, epoch: u64, index: u64, part: Part) -> bool {
        self.erased.epoch == epoch
            && (self.erased.first..=self.erased.last).contains(&index)
            && self.erased.parts.contains(&part)
    }
}
