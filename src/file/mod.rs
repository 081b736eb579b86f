//! Files: received as a stream, sealed on the way to the store, judged by their content, claimed by an errand, served
//! again. Owns what is taken in and what is shown of it. It never holds a file whole in memory, never writes one in
//! clear, and never believes a name or a declared type.

pub mod api;
mod check;
mod name;
pub mod pages;
mod receive;
mod reencode;
mod rows;
mod serve;
mod sweep;
mod verbs;

pub use pages::{Handed, HandedFile, take_in};
pub use receive::{Declared, FILE_MAX, FILE_MOST_MB, Received, receive};
pub use serve::serve;
pub use sweep::{blobs_of_rows, sweep};
pub use verbs::{FILES_MOST, Form, OpenFile};
pub(crate) use verbs::{FreeFiles, Taker};
