//! The one door to everything a person can read or change. A handler gives [`Door`] an [`Actor`] and a closure; the
//! door opens one transaction, lets the closure look things up *through the person asking*, and answers only when
//! what happened stands in the audit log. It owns transactions, who may do what ([`policy`]) and whose errands one
//! reaches ([`circle`]). It never knows what a feature's rows contain.

mod actor;
pub mod circle;
mod colleague;
mod desk;
mod door;
mod flood;
mod foresight;
mod fresh;
mod happening;
mod idle;
mod left;
mod once;
mod pace;
pub mod policy;
mod protected;
mod relations;
mod shut;
mod sight;
mod standing;
mod tell;
mod turns;

pub use actor::{Actor, Origin, TokenId};
pub(crate) use colleague::roles_held;
pub use desk::Access;
pub use door::Door;
pub use happening::Happening;
pub use idle::{IDLE_HOME_MINUTES, IDLE_LEAST_MINUTES, IDLE_STAFF_MINUTES};
pub(crate) use left::{LeftHome, StillSeen};
pub use once::{IdempotencyKey, Once};
pub use pace::{Bearer, Pace};
pub use policy::{Right, Role};
pub(crate) use relations::common_relation;
pub use relations::{ErrandFacts, Side};
pub(crate) use shut::Shut;
pub use shut::{READ_DAYS, RECEIPT_DAYS};
pub use sight::TeamSight;
pub(crate) use standing::longest;
pub use standing::{Held, PASSWORD_ALONE, Standing};
pub use turns::{Place, Seats, Turns};
