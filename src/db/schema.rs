// The tables as both databases have them after the migrations; a test compares this page with each.

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
    board_key (board_id, purpose, version) {
        board_id -> DbUuid,
        purpose -> Text,
        version -> BigInt,
        wrapped -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    instance_key (id) {
        id -> DbUuid,
        purpose -> Text,
        sealed -> Binary,
        created_at -> DbInstant,
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
    deputy (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        assignment_id -> DbUuid,
        person_id -> DbUuid,
        from_on -> Text,
        to_on -> Text,
    }
}

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
    idempotency (person_id, idempotency_key) {
        person_id -> DbUuid,
        idempotency_key -> Text,
        body_hash -> Binary,
        object_id -> DbUuid,
        made_at -> DbInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    root_mark (id) {
        id -> BigInt,
        root_check -> Nullable<Text>,
        lock_no -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    outbox (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        person_id -> DbUuid,
        kind -> Text,
        state -> Text,
        tries -> BigInt,
        next_try_at -> DbInstant,
        made_at -> DbInstant,
        sent_at -> Nullable<DbInstant>,
        failure -> Nullable<Text>,
        died_at -> Nullable<DbInstant>,
        token -> Nullable<Binary>,
        address -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    audit_event (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        at_ms -> BigInt,
        leaf -> Binary,
        commitments -> Binary,
        core -> Nullable<Text>,
        actor -> Nullable<Text>,
        subject -> Nullable<Text>,
        salts -> Nullable<Binary>,
        action -> Nullable<Text>,
        outcome -> Nullable<Text>,
        person_id -> Nullable<DbUuid>,
        role -> Nullable<Text>,
        errand_id -> Nullable<DbUuid>,
        home_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    audit_pending (event_id) {
        event_id -> DbUuid,
        board_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    audit_epoch (board_id, epoch) {
        board_id -> DbUuid,
        epoch -> BigInt,
        origin -> Text,
        vkey -> Text,
        sealed_seed -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    audit_seq (board_id, epoch, leaf_index) {
        board_id -> DbUuid,
        epoch -> BigInt,
        leaf_index -> BigInt,
        event_id -> DbUuid,
        leaf_hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    audit_tree (board_id, epoch) {
        board_id -> DbUuid,
        epoch -> BigInt,
        size -> BigInt,
        root -> Binary,
        frontier -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::sql::*;
    audit_checkpoint (board_id, epoch, size) {
        board_id -> DbUuid,
        epoch -> BigInt,
        size -> BigInt,
        note -> Text,
        frontier -> Binary,
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
        changed_by -> DbUuid,
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
        invited_by -> DbUuid,
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

diesel::allow_tables_to_appear_in_same_query!(
    board,
    board_entry,
    board_key,
    instance_key,
    unit,
    person,
    credential,
    role_grant,
    session,
    refresh_token,
    sign_in_bucket,
    home,
    home_member,
    service_user,
    assignment,
    deputy,
    number_series,
    errand,
    message,
    note,
    file,
    receipt,
    read_mark,
    idempotency,
    root_mark,
    outbox,
    audit_event,
    audit_pending,
    audit_epoch,
    audit_seq,
    audit_tree,
    audit_checkpoint,
    purchase_request,
    purchase_cover,
    travel_request,
    decision,
    award,
    move_reason,
    claim_request,
    trip,
    review,
    review_line,
    warning,
    receipt_content,
    board_setting,
    role_proposal,
    home_past,
    assignment_past,
    invitation,
    recovery,
    draft,
);
