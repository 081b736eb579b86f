//! Keys, the log, letters, and what an act leaves so that it is done once.

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
    root_mark (id) {
        id -> BigInt,
        root_check -> Nullable<Text>,
        lock_no -> BigInt,
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
    log_check (id) {
        id -> DbUuid,
        board_id -> DbUuid,
        asked_by -> Nullable<DbUuid>,
        asked_at -> DbInstant,
        done_at -> Nullable<DbInstant>,
        verdict -> Nullable<Text>,
        events -> BigInt,
        signed -> BigInt,
        findings -> BigInt,
        words -> Text,
    }
}
