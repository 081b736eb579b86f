//! People and how they sign in: whom a board knows and what they are called, passwords and guessing at them, sessions
//! with their cookies, access and refresh tokens, `GET /me`. A session is a row; tokens and cookies only name it, so
//! that its end holds at once everywhere. Kept of every secret is a hash, of every name, address and number a seal.
//!
//! Never here: what a role or a session allows (that is [`crate::access`]'s), and anything about an account's existence
//! in an answer, a status or a delay.

mod again;
pub mod api;
mod common;
mod contact;
mod entry;
mod grant;
mod guess;
mod own;
pub mod pages;
mod password;
mod refresh;
mod roles;
mod rows;
mod session;
mod sign_in;
mod sweep;
mod verbs;
mod view;
mod visitor;

pub use again::sign_in_again;
pub use contact::ContactChange;
pub use entry::{NewInvitation, WaitingInvitation, accept_invitation, accept_recovery, senders};
pub use pages::welcome;
pub use password::hash_new_password;
pub use refresh::refresh;
pub use roles::{NewRole, PersonChange, RoleChange, begin_recertifications};
pub use session::{PageSession, Tokens, cookie_stands, session_of_cookie};
pub use sign_in::{Attempt, open_api_session, open_page_session};
pub use sweep::sweep;
pub use verbs::NewPerson;
pub use view::{MeView, PersonView, SessionView};
pub use visitor::Visitor;

#[cfg(test)]
mod tests;
