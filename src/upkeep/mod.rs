//! What an operator does with the installation as a whole: backup, restore and its rehearsal, rotation of keys. Owns
//! the form of backups. It shows no content, and changes nothing of what people wrote.

mod backup;
mod folder;
mod manifest;
mod part;
mod restore;
mod rotate;
mod told;

pub use backup::{Taken, back_up};
pub use manifest::Manifest;
pub use restore::{Restored, Target, check, rehearse, restore, settings_of};
pub use rotate::{Rotated, Rotation};
pub use told::tell_every_board;
