//! What the databases derive from the tables.

diesel::table! {
    use crate::db::types::sql::*;
    // Homes where someone is protected, each as often as there is a cause: itself, a service user who has or had an
    // assignment there, a member now or before. The one place that says which these are.
    protected_home (home_id) {
        home_id -> DbUuid,
        board_id -> DbUuid,
    }
}
