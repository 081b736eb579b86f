//! Pages: the log for auditors. Who did what, when, to which errand and by what right; never what an errand says.
//! Looking at it is itself an event.

mod log;
mod words;

pub use log::get_log;
