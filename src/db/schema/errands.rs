//! Errands with all that lies in them, drafts and files.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    number_series (board_id, year) {
        board_id -> DbUuid,
        year -> BigInt,
        last_serial -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    errand (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        home_id -> DbUuid,
        assignment_id -> Nullable<DbUuid>,
        kind -> Text,
        category -> Nullable<Text>,
        state -> Text,
        number_year -> BigInt,
        number_serial -> BigInt,
        subject -> Nullable<Binary>,
        urgent -> Bool,
        created_by -> DbUuid,
        assignee_id -> Nullable<DbUuid>,
        received_at -> DbInstant,
        updated_at -> DbInstant,
        version -> BigInt,
        lock_no -> BigInt,
        wrapped_key -> Binary,
        team_updated_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    message (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        author_id -> DbUuid,
        side -> Text,
        body -> Binary,
        sent_at -> DbInstant,
        read_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    note (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        author_id -> DbUuid,
        body -> Binary,
        written_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    file (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        uploader_id -> DbUuid,
        errand_id -> Nullable<DbUuid>,
        message_id -> Nullable<DbUuid>,
        name -> Binary,
        sha256 -> Binary,
        media_type -> Text,
        size -> BigInt,
        content_type -> Text,
        content_size -> BigInt,
        original_blob -> DbUuid,
        content_blob -> DbUuid,
        original_key -> Binary,
        content_key -> Binary,
        wrapped_key -> Binary,
        uploaded_at -> DbInstant,
        lock_no -> BigInt,
        kept_until -> Nullable<DbInstant>,
        chosen_sha256 -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    receipt (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        position -> BigInt,
        file_id -> DbUuid,
        purchased_on -> Text,
        supplier -> Binary,
        category -> Text,
        amount_ore -> BigInt,
        vat_ore -> Nullable<BigInt>,
        note -> Nullable<Binary>,
        state -> Text,
        granted_ore -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    read_mark (person_id, errand_id) {
        person_id -> DbUuid,
        errand_id -> DbUuid,
        read_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    move_reason (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        state -> Text,
        reason -> Binary,
        given_by -> DbUuid,
        given_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    purchase_request (errand_id) {
        errand_id -> DbUuid,
        board_id -> DbUuid,
        item_category -> Text,
        description -> Binary,
        estimated_ore -> BigInt,
        reasons -> Binary,
        who_pays -> Text,
        supplier -> Nullable<Binary>,
        link -> Nullable<Binary>,
        needed_by -> Nullable<Text>,
        childs_view -> Nullable<Binary>,
        own_contribution_ore -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    purchase_cover (errand_id, cover) {
        errand_id -> DbUuid,
        cover -> Text,
        board_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    travel_request (errand_id) {
        errand_id -> DbUuid,
        board_id -> DbUuid,
        purpose -> Text,
        approval_mode -> Text,
        from_place -> Binary,
        to_place -> Binary,
        starts_on -> Text,
        ends_on -> Text,
        adults -> BigInt,
        children -> BigInt,
        mode -> Text,
        distance_m -> Nullable<BigInt>,
        return_trip -> Bool,
        other_costs_ore -> Nullable<BigInt>,
        reasons -> Binary,
        country -> Nullable<Binary>,
        passport -> Nullable<Bool>,
        guardian_consent -> Nullable<Text>,
        insurance -> Nullable<Bool>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    decision (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        outcome -> Text,
        amount_ore -> Nullable<BigInt>,
        conditions -> Nullable<Binary>,
        valid_until -> Nullable<Text>,
        reasons -> Nullable<Binary>,
        decided_by -> DbUuid,
        decided_at -> DbInstant,
        supersedes -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    award (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        decision_id -> DbUuid,
        assignment_id -> DbUuid,
        amount_ore -> BigInt,
        valid_until -> Text,
        made_at -> DbInstant,
        ended_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    claim_request (errand_id) {
        errand_id -> DbUuid,
        request_id -> DbUuid,
        board_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    trip (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        position -> BigInt,
        driven_on -> Text,
        purpose -> Binary,
        from_place -> Binary,
        to_place -> Binary,
        distance_m -> BigInt,
        odometer_start -> Nullable<BigInt>,
        odometer_end -> Nullable<BigInt>,
        amount_ore -> BigInt,
        state -> Text,
        granted_ore -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    review (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        reviewed_by -> DbUuid,
        reviewed_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    review_line (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        review_id -> DbUuid,
        receipt_id -> Nullable<DbUuid>,
        trip_id -> Nullable<DbUuid>,
        outcome -> Text,
        granted_ore -> BigInt,
        reason -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    warning (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        code -> Text,
        receipt_id -> Nullable<DbUuid>,
        trip_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    receipt_content (home_id, token) {
        home_id -> DbUuid,
        token -> Binary,
        errand_id -> DbUuid,
        board_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    draft (author_id, id) {
        author_id -> DbUuid,
        id -> DbUuid,
        board_id -> DbUuid,
        kind -> Text,
        content -> Binary,
        version -> BigInt,
        saved_at -> DbInstant,
        told_at -> Nullable<DbInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    opening (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        errand_id -> DbUuid,
        person_id -> DbUuid,
        reason_code -> Text,
        reason -> Nullable<Binary>,
        opened_at -> DbInstant,
        open_until -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    restricted_errand (errand_id) {
        errand_id -> DbUuid,
        restriction_id -> DbUuid,
        board_id -> DbUuid,
        state -> Text,
        version -> BigInt,
        updated_at -> DbInstant,
    }
}
