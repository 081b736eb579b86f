//! Letters: rows left in the transaction of the act they tell of, sent afterwards by a worker. A letter cannot hold
//! content: its kind and its receiver are all there is (an e-mail is a doorbell, never a letter; JO 1376-2013). It
//! never carries a name, a child, a number or a link with a token; an invitation, a recovery and the letter to a new
//! address carry the token itself, as a code to type, which lies here sealed until the letter is sent.

mod letter;
mod relay;
mod rows;
mod worker;

pub use relay::{certificate, password};
pub use rows::{
    Enclosed, LetterRow, Waits, dead_invitations, dead_letter, enclose, enqueue, forget_dead, of_board, revive, waits,
};
pub use worker::{Postman, SEND, Senders, backlog};

crate::closed_list! {
    /// The letters there are.
    LetterKind {
        /// Something new waits in the service.
        SomethingNew = "something_new",
        /// Someone is invited; it bears the token.
        Invitation = "invitation",
        /// A new password can be chosen; it bears the token.
        Recovery = "recovery",
        /// Where letters go is changed: to the old address a notice, to the new one the code that confirms it.
        ContactChanged = "contact_changed",
        /// Something has happened to the account that its owner must know of.
        Alarm = "alarm",
        /// A colleague without a relation to it has opened an errand that the receiver answers for.
        ErrandOpened = "errand_opened",
        /// Something in the wrong place has been taken out of view: an incident to be assessed.
        IncidentOpened = "incident_opened",
        /// The same where the board has no data protection officer who may assess it: someone is to be appointed.
        NoOfficer = "no_officer",
        /// An invitation that the receiver has sent did not arrive.
        Undelivered = "undelivered",
    }
}

impl LetterKind {
    /// Whether it says the same to everyone, so that it can be sent again; what others bore is gone with the letter.
    pub const fn bears_nothing(self) -> bool {
        matches!(
            self,
            LetterKind::SomethingNew
                | LetterKind::Alarm
                | LetterKind::ErrandOpened
                | LetterKind::IncidentOpened
                | LetterKind::NoOfficer
                | LetterKind::Undelivered
        )
    }
}

crate::closed_list! {
    /// How far a letter has come.
    LetterState {
        /// To be sent, or to be tried again.
        Waiting = "waiting",
        /// Handed to the mail server, whose answer is not known yet.
        Sending = "sending",
        /// Taken by the mail server.
        Sent = "sent",
        /// Not taken, and not tried again.
        Dead = "dead",
    }
}

crate::closed_list! {
    /// Why a letter was not taken the last time.
    LetterFailure {
        /// The mail server does not answer, breaks off, or does not let the program in.
        Unreachable = "unreachable",
        /// The mail server puts it off (4xx, greylisting).
        PutOff = "put_off",
        /// The mail server refuses it for good (5xx).
        Refused = "refused",
        /// There is no address that can be written to.
        Address = "address",
        /// It was put off for too long.
        Expired = "expired",
        /// The program ended while the mail server had it: perhaps it was taken, so it is not sent a second time.
        Uncertain = "uncertain",
    }
}
