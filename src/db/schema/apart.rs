//! Who of the staff is to have nothing to do with which home, who alone is, what keeps where protected people are, and
//! what is shut to a home.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    conflict (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        home_id -> DbUuid,
        person_id -> DbUuid,
        reason -> Binary,
        declared_by -> DbUuid,
        declared_at -> DbInstant,
        ended_by -> Nullable<DbUuid>,
        ended_at -> Nullable<DbInstant>,
        end_reason -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    protected_grant (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        home_id -> DbUuid,
        person_id -> DbUuid,
        reason -> Nullable<Binary>,
        proposed_by -> Nullable<DbUuid>,
        proposed_at -> DbInstant,
        confirmed_by -> Nullable<DbUuid>,
        confirmed_at -> Nullable<DbInstant>,
        to_at -> Nullable<DbInstant>,
        ended_by -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    protected_key (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        wrapped_key -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    protected_look (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        person_id -> DbUuid,
        reason -> Binary,
        looked_at -> DbInstant,
        shown_until -> Nullable<DbInstant>,
        session_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    restriction (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        assignment_id -> DbUuid,
        reason -> Binary,
        restricted_by -> DbUuid,
        restricted_at -> DbInstant,
        lift_reason -> Nullable<Binary>,
        lifted_by -> Nullable<DbUuid>,
        lifted_at -> Nullable<DbInstant>,
    }
}
