//! Letters: rows left in the transaction of the act they tell of, sent afterwards by a worker. A letter cannot hold
//! content: its kind and its receiver are all there is (an e-mail is a doorbell, never a letter; JO 1376-2013). It
//! never carries a name, a child, a number or a link with a token; an invitation and a recovery carry the token itself, as
//! a code to type, which lies here sealed until the letter is sent.

mod letter;
mod rows;
mod worker;

pub use rows::{Enclosed, enclose, enqueue};
pub use worker::{Postman, SEND};

crate::closed_list! {
    /// The letters there are.
    LetterKind {
        /// Something new waits in the service.
        SomethingNew = "something_new",
        /// Someone is invited; it bears the token.
        Invitation = "invitation",
        /// A new password can be chosen; it bears the token.
        Recovery = "recovery",
        /// Where letters go has been changed; it goes to the old address.
        ContactChanged = "contact_changed",
        /// Something has happened to the account that its owner must know of.
        Alarm = "alarm",
    }
}
