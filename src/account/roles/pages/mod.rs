//! Pages: the board's people, inviting onto the staff, and one person's roles with what can be done about them: give,
//! propose, say yes as the second person, end, take a proposal back.

mod invite;
mod people;
mod protect;
mod roles;
pub(in crate::account::roles) mod words;

pub use super::recertify::pages::{get_list, post_said};
pub use invite::{get_invite, post_invite};
pub use people::get_people;
pub use protect::post_protection;
pub use roles::{get_roles, post_change, post_role};
