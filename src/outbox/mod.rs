//! Letters: rows left in the transaction of the act they tell of, sent afterwards by a worker. A letter cannot hold
//! content: its kind and its receiver are all there is (an e-mail is a doorbell, never a letter; JO 1376-2013). It
//! never carries a name, a child, a number or a link with a token.

mod letter;
mod rows;
mod worker;

pub use rows::enqueue;
pub use worker::{Postman, SEND, backlog};

crate::closed_list! {
    /// The letters there are.
    LetterKind {
        /// Something new waits in the service.
        SomethingNew = "something_new",
    }
}
