//! Items in the wrong place, taken out of view, the register of incidents, what came on paper,
//! and what managers say of roles.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    wrong_report (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        item_kind -> Text,
        item_id -> DbUuid,
        side -> Text,
        words -> Nullable<Binary>,
        reported_by -> DbUuid,
        reported_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    incident (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        unit_id -> DbUuid,
        home_id -> DbUuid,
        errand_id -> DbUuid,
        item_kind -> Text,
        state -> Text,
        discovered_at -> DbInstant,
        discovered_by -> DbUuid,
        discovered_side -> Text,
        opened_by -> DbUuid,
        due_at -> DbInstant,
        reported_on -> Nullable<Text>,
        record -> Nullable<Binary>,
        recorded_by -> Nullable<DbUuid>,
        recorded_at -> Nullable<DbInstant>,
        closed_at -> Nullable<DbInstant>,
        lifted_at -> Nullable<DbInstant>,
        version -> BigInt,
        lock_no -> BigInt,
        wrapped_key -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    isolation (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        incident_id -> DbUuid,
        item_kind -> Text,
        item_id -> DbUuid,
        with_subject -> Bool,
        reason -> Binary,
        reported_at -> DbInstant,
        isolated_by -> DbUuid,
        isolated_at -> DbInstant,
        lifted_by -> Nullable<DbUuid>,
        lift_reason -> Nullable<Binary>,
        lifted_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    paper_errand (errand_id) {
        errand_id -> DbUuid,
        board_id -> DbUuid,
        registered_by -> DbUuid,
        registered_at -> DbInstant,
        received_on -> Text,
        scan_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    recertification (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        unit_id -> DbUuid,
        grant_id -> DbUuid,
        period -> Text,
        keep -> Bool,
        reason -> Nullable<Binary>,
        decided_by -> DbUuid,
        decided_at -> DbInstant,
        kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    recertification_told (unit_id, period) {
        unit_id -> DbUuid,
        period -> Text,
        board_id -> DbUuid,
        told_at -> DbInstant,
        reminded_at -> Nullable<DbInstant>,
    }
}
