//! Pages: homes with their members, assignments, invitations and what was before. Whoever handles errands of a home
//! sees it; the unit's team lead keeps it. Each handler calls the same verbs as the API.

mod assignment;
mod change;
mod conflict;
mod edit;
mod home;
mod list;
mod marking;
mod member;
mod protected;
mod recall;
mod restrict;
mod typed;
mod words;

pub use assignment::{get_new_assignment, post_new_assignment};
pub use change::{get_assignment, post_assignment};
pub use conflict::{post_conflict, post_conflict_end};
pub use edit::{get_edit, get_new_home, post_edit, post_new_home};
pub use home::{get_home, post_member_end};
pub use list::get_homes;
pub use member::{get_new_member, post_new_member};
pub use protected::{get_protected_home, get_protected_homes, post_naming, post_naming_change};
pub use recall::post_recall;
pub use restrict::post_restriction;
