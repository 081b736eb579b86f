//! Ways in by letter: invitations (inbjudningar) and lost passwords. A token of 256 bits goes to an address and nowhere
//! else; kept of it is a hash, and until its letter is sent a seal in the outbox. It works once and for a time. Who is
//! known to a board shows neither in an answer nor in its time.

mod accept;
pub mod api;
mod invite;
pub mod pages;
mod recall;
mod recover;
mod rows;
mod waiting;

pub use accept::{accept_invitation, accept_recovery};
pub use invite::NewInvitation;
pub use recover::recover;
pub use rows::senders;
pub(in crate::account) use rows::{PAST, sweep};
pub use waiting::WaitingInvitation;

use crate::clock::Instant;
use crate::id::InvitationId;
use serde::Serialize;
use std::time::Duration;

/// How long an invitation works (SES-15).
const INVITED: Duration = Duration::from_secs(72 * 60 * 60);
/// How long the token for a lost password works.
const RECOVERY: Duration = Duration::from_secs(60 * 60);

/// What whoever invites is told: the same whether or not the address is known.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InvitationView {
    pub id: InvitationId,
    pub expires_at: Instant,
}

/// A way in taken: one can sign in now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Welcome {
    /// The slug of the board to sign in at.
    pub board: String,
}
