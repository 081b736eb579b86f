//! What every page is made with: the frame around it, the stylesheet, forms that cannot be forged ([`Form`],
//! [`Upload`]), the cookies, how days and sums are written, what is said when something is wrong. A page works without
//! scripts, asks no other host for anything, and shows what people typed as text and nothing else.
//!
//! Never here: what a page is about. Those stand with their feature, as `pages.rs` and its templates.

mod assets;
mod choice;
mod colour;
pub mod cookie;
mod faults;
pub mod filters;
mod follows;
mod forgery;
mod form;
mod frame;
mod masthead;
mod reply;
pub mod swedish;
mod upload;
mod wrong;

pub use assets::{Icon, Script, favicon, get_asset, icon, icon_of, stylesheet};
pub use choice::get_language;
pub use colour::Colour;
pub use faults::{FormFault, FormFaults, input_id};
pub use follows::Follows;
pub use forgery::{Checked, FIELD, Guard, Token};
pub use form::{Brought, Fields, Form, fresh_once, is_shown_again};
pub use frame::{Frame, Link};
pub use masthead::Masthead;
pub use reply::{encoded, own_path, page, scripted, see_other};
pub use upload::{FilePart, Part, Parts, UPLOAD_MAX, Upload};
pub use wrong::wrong;

#[cfg(test)]
pub(crate) mod tests;
