//! Boards (socialnämnder) and their units: the tenant, which is the controller in the law's sense (förordning 2001:637,
//! 11 §) and which nothing crosses. Owns what a board says of itself in public. It never holds a person's data.

pub mod api;
mod rows;
mod verbs;
mod view;

pub use verbs::{NewBoard, PublicEntry, all_boards, find_board, number_series, public_boards};
pub use view::{BoardView, UnitView};
