//! What the steward sees of the board: its settings with what was and what comes, changed a group at a time, and its
//! units. Which settings there are, and their limits, is `settings`'s; here is only how they are shown and typed.

pub mod pages;
