//! People and their roles, as the steward manages them: dated, with a reason and by whom, nothing deleted. Nobody gives
//! themselves a role or ends one of their own; a role that sees the log, the settings or all of a unit, or speaks for
//! everyone's data, takes a second person, and is no grant until then.

pub mod api;
pub mod pages;
mod recertify;
mod rows;
mod show;
mod verbs;
mod view;
mod waiting;

pub use recertify::begin_recertifications;
pub(in crate::account) use verbs::Give;
pub use verbs::{NewRole, RoleChange};
