//! The tables as both databases have them after the migrations, in five pages; a test compares them with each.
//! Only a feature's `rows.rs` names them.

mod apart;
mod errands;
mod incidents;
mod people;
mod upkeep;

pub use apart::*;
pub use errands::*;
pub use incidents::*;
pub use people::*;
pub use upkeep::*;

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
    log_check,
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
    conflict,
    restriction,
    restricted_errand,
    assignment_past,
    invitation,
    recovery,
    draft,
    opening,
    address_change,
    protected_grant,
    protected_key,
    protected_look,
    wrong_report,
    incident,
    isolation,
    paper_errand,
    recertification,
    recertification_told,
);
