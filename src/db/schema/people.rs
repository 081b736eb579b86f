//! Boards with their units and settings, people with their roles and ways in, homes with their members and assignments.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    board (id) {
        id -> DbUuid,
        slug -> Text,
        name -> Text,
        administration -> Text,
        audience -> Text,
        phone -> Text,
        email -> Text,
        address -> Nullable<Text>,
        hours -> Nullable<Text>,
        updated_on -> Text,
        passwords_alone -> Bool,
        created_at -> DbInstant,
        version -> BigInt,
        last_label -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    board_entry (board_id, section, position) {
        board_id -> DbUuid,
        section -> Text,
        position -> BigInt,
        code -> Text,
        title -> Text,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    board_setting (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        name -> Text,
        value -> Text,
        from_on -> Text,
        set_at -> DbInstant,
        set_by -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    unit (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        name -> Text,
        manager_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    person (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        email_token -> Binary,
        personal_number_token -> Nullable<Binary>,
        name -> Binary,
        email -> Binary,
        phone -> Nullable<Binary>,
        personal_number -> Nullable<Binary>,
        version -> BigInt,
        wrapped_key -> Binary,
        language -> Text,
        created_at -> DbInstant,
        disabled_at -> Nullable<DbInstant>,
        lock_no -> BigInt,
        notices -> Bool,
        shortcuts -> Bool,
        protected -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    credential (person_id) {
        person_id -> DbUuid,
        phc -> Text,
        changed_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    role_grant (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        person_id -> DbUuid,
        role -> Text,
        unit_id -> Nullable<DbUuid>,
        from_at -> DbInstant,
        to_at -> Nullable<DbInstant>,
        reason -> Nullable<Binary>,
        granted_by -> Nullable<DbUuid>,
        ended_by -> Nullable<DbUuid>,
        end_reason -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    role_proposal (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        person_id -> DbUuid,
        role -> Text,
        unit_id -> Nullable<DbUuid>,
        from_at -> DbInstant,
        to_at -> Nullable<DbInstant>,
        reason -> Binary,
        proposed_by -> DbUuid,
        proposed_at -> DbInstant,
        confirmed_by -> Nullable<DbUuid>,
        confirmed_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    session (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        person_id -> DbUuid,
        cookie_hash -> Nullable<Binary>,
        acr -> Text,
        amr -> Text,
        started_at -> DbInstant,
        seen_at -> DbInstant,
        expires_at -> DbInstant,
        network_token -> Binary,
        ended_at -> Nullable<DbInstant>,
        lock_no -> BigInt,
        begun_with -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    refresh_token (id) {
        id -> DbUuid,
        session_id -> DbUuid,
        hash -> Binary,
        made_at -> DbInstant,
        used_at -> Nullable<DbInstant>,
        access_used_at -> Nullable<DbInstant>,
        successor_id -> Nullable<DbUuid>,
        dead_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    sign_in_bucket (token) {
        token -> Binary,
        failures -> BigInt,
        began_at -> DbInstant,
        last_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    invitation (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        person_id -> DbUuid,
        role -> Text,
        unit_id -> Nullable<DbUuid>,
        home_id -> Nullable<DbUuid>,
        from_at -> DbInstant,
        to_at -> Nullable<DbInstant>,
        hash -> Binary,
        invited_by -> Nullable<DbUuid>,
        made_at -> DbInstant,
        expires_at -> DbInstant,
        used_at -> Nullable<DbInstant>,
        void_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    address_change (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        person_id -> DbUuid,
        email -> Binary,
        hash -> Binary,
        made_at -> DbInstant,
        expires_at -> DbInstant,
        used_at -> Nullable<DbInstant>,
        void_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    recovery (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        person_id -> DbUuid,
        hash -> Binary,
        made_at -> DbInstant,
        expires_at -> DbInstant,
        used_at -> Nullable<DbInstant>,
        void_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    home (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        unit_id -> DbUuid,
        kind -> Text,
        protected -> Text,
        name -> Binary,
        version -> BigInt,
        wrapped_key -> Binary,
        created_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    home_past (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        home_id -> DbUuid,
        unit_id -> DbUuid,
        kind -> Text,
        protected -> Text,
        name -> Binary,
        version -> BigInt,
        until_at -> DbInstant,
        changed_by -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    home_member (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        home_id -> DbUuid,
        person_id -> DbUuid,
        from_at -> DbInstant,
        to_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    service_user (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        protected -> Text,
        first_name -> Binary,
        last_name -> Binary,
        personal_number -> Nullable<Binary>,
        personal_number_token -> Nullable<Binary>,
        version -> BigInt,
        wrapped_key -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    assignment (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        home_id -> DbUuid,
        service_user_id -> DbUuid,
        unit_id -> DbUuid,
        label -> Text,
        kind -> Text,
        legal_basis -> Text,
        from_on -> Text,
        to_on -> Nullable<Text>,
        caseworker_id -> DbUuid,
        child_caseworker_id -> Nullable<DbUuid>,
        cost_code -> Nullable<Text>,
        created_at -> DbInstant,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    assignment_past (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        assignment_id -> DbUuid,
        unit_id -> DbUuid,
        legal_basis -> Text,
        to_on -> Nullable<Text>,
        caseworker_id -> DbUuid,
        child_caseworker_id -> Nullable<DbUuid>,
        cost_code -> Nullable<Text>,
        version -> BigInt,
        until_at -> DbInstant,
        changed_by -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    deputy (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        assignment_id -> DbUuid,
        person_id -> DbUuid,
        from_on -> Text,
        to_on -> Text,
        ended_at -> Nullable<DbInstant>,
        ended_by -> Nullable<DbUuid>,
    }
}
