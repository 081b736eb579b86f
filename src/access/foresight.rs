//! What an act is to look up before it begins. Where one thread writes for everyone (SQLite), whatever takes long holds
//! everyone up: an act breaks off there, what it wants is looked up on a connection that only reads, and it is begun anew
//! with what was found. Whether that still holds it asks itself.

use super::desk::Access;
use crate::error::{Error, Result};
use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What was looked up, whatever it is.
pub(super) type Found = Arc<dyn Any + Send + Sync>;
/// How it is looked up.
pub(super) type Look = Box<dyn for<'tx> FnOnce(Access<'tx>) -> Result<Found> + Send>;

/// What an act has found before, and what it wants to be looked up.
#[derive(Clone, Default)]
pub(super) struct Foresight {
    /// Whether it may break off to have something looked up.
    pub may_ask: bool,
    pub found: Option<Found>,
    wanted: Arc<Mutex<Option<Look>>>,
}

impl Foresight {
    fn wanted(&self) -> MutexGuard<'_, Option<Look>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an act that broke off wants.
    pub(super) fn take(&self) -> Option<Look> {
        self.wanted().take()
    }
}

impl Access<'_> {
    /// What this act has had looked up, if it is of that kind.
    pub(crate) fn foreseen<T: Any + Send + Sync>(self) -> Option<Arc<T>> {
        self.desk.means.foresight.found.clone()?.downcast().ok()
    }

    /// Has something looked up where that holds nobody up: gives the error to break off with, after which the act is
    /// begun anew and [`foresees`](Access::foreseen) what was found. `None`: it is to be looked up here and now.
    pub(crate) fn look_first<T: Any + Send + Sync>(
        self,
        look: impl for<'tx> FnOnce(Access<'tx>) -> Result<T> + Send + 'static,
    ) -> Option<Error> {
        let foresight = &self.desk.means.foresight;
        if !foresight.may_ask {
            return None;
        }
        *foresight.wanted() = Some(Box::new(move |access: Access<'_>| -> Result<Found> {
            Ok(Arc::new(look(access)?))
        }));
        Some(Error::fault(
            "an act broke off to look something up, and was not begun anew",
        ))
    }
}
