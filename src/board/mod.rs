//! Boards (socialnämnder) and their units: the tenant, which is the controller in the law's sense (förordning 2001:637,
//! 11 §) and which nothing crosses. Owns what a board says of itself in public and the settings it goes by, each from
//! its day on. It never holds a person's data.

pub mod api;
mod control;
mod entrance;
pub mod pages;
mod rows;
mod settings;
mod units;
mod verbs;
mod view;

pub use control::pages as control_pages;
pub use entrance::OPEN_ALREADY;
pub use settings::{BoardChange, Page, Rules, RulesByDay, SettingsChange};
pub use units::NewUnit;
pub use verbs::{
    NewBoard, PublicEntry, all_boards, board_words, find_board, number_series, public_board, public_boards,
};
pub use view::{BoardSettings, BoardView, UnitRow, UnitView};
