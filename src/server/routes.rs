//! Every route there is.

use super::document::openapi;
use super::{health, unmatched};
use crate::{account, board, draft, errand, file, health as condition, home, letter, review};
use actix_web::web;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// All routes of both faces.
pub fn routes(config: &mut web::ServiceConfig) {
    // Before the scope, which takes all else below its path.
    config.service(get_openapi);
    api(&mut ServiceConfig::new(config));
    pages(config);
    config
        .service(health::live)
        .service(health::ready)
        .default_service(web::route().to(unmatched::unmatched));
}

fn pages(config: &mut web::ServiceConfig) {
    config
        .service(crate::web::page::get_asset)
        .service(crate::web::page::get_language)
        .service(account::pages::get_sign_in)
        .service(account::pages::post_sign_in)
        .service(account::pages::post_sign_out)
        .service(account::pages::get_invitation)
        .service(account::pages::post_invited)
        .service(account::pages::get_new_password)
        .service(account::pages::post_new_password)
        .service(account::pages::get_new_address)
        .service(account::pages::post_new_address)
        .service(account::pages::get_lost)
        .service(account::pages::post_lost)
        .service(errand::pages::get_start)
        .service(errand::pages::get_write)
        .service(errand::pages::post_write)
        .service(errand::pages::get_claim)
        .service(errand::pages::post_claim)
        .service(errand::pages::get_purchase)
        .service(errand::pages::post_purchase)
        .service(errand::pages::get_travel)
        .service(errand::pages::post_travel)
        .service(errand::pages::get_awards)
        .service(errand::pages::post_opening)
        .service(errand::pages::post_decision)
        .service(errand::pages::get_review)
        .service(errand::pages::post_review)
        .service(home::pages::get_homes)
        .service(home::pages::get_new_home)
        .service(home::pages::post_new_home)
        .service(home::pages::get_home)
        .service(home::pages::get_edit)
        .service(home::pages::post_edit)
        .service(home::pages::get_new_member)
        .service(home::pages::post_new_member)
        .service(home::pages::post_member_end)
        .service(home::pages::get_new_assignment)
        .service(home::pages::post_new_assignment)
        .service(home::pages::get_assignment)
        .service(home::pages::post_assignment)
        .service(errand::pages::get_list)
        .service(errand::pages::get_thread)
        .service(errand::pages::get_done)
        .service(errand::pages::post_reply)
        .service(errand::pages::post_note)
        .service(errand::pages::post_state)
        .service(errand::pages::post_assignee)
        .service(file::pages::post_file)
        .service(file::pages::get_file)
        .service(file::pages::get_original)
        .service(review::pages::get_log)
        .service(review::pages::get_state)
        .service(review::pages::post_check)
        .service(review::pages::get_export)
        .service(review::pages::get_checkpoint)
        .service(review::pages::get_key)
        .service(review::pages::get_event)
        .service(board::control_pages::get_settings)
        .service(board::control_pages::get_group)
        .service(board::control_pages::post_group)
        .service(board::control_pages::get_units)
        .service(board::control_pages::post_unit)
        .service(account::pages::get_people)
        .service(account::pages::get_roles)
        .service(account::pages::post_role)
        .service(account::pages::post_change)
        .service(letter::pages::get_letters)
        .service(letter::pages::post_letter)
        .service(condition::pages::get_health);
}

pub(super) fn api(config: &mut ServiceConfig<'_>) {
    config.service(
        scope("/api/v1")
            .service(board::api::get_boards)
            .service(board::api::get_board)
            .service(board::api::patch_board)
            .service(board::api::get_units)
            .service(board::api::post_unit)
            .service(account::api::post_session)
            .service(account::api::post_refresh)
            .service(account::api::delete_session)
            .service(account::api::get_me)
            .service(account::api::patch_me)
            .service(account::api::post_my_email)
            .service(account::api::get_persons)
            .service(account::api::get_roles)
            .service(account::api::post_role)
            .service(account::api::patch_role)
            .service(account::api::post_invitation)
            .service(account::api::post_invitation_accept)
            .service(account::api::delete_invitation)
            .service(account::api::post_recovery)
            .service(account::api::post_recovery_accept)
            .service(home::api::get_assignments)
            .service(home::api::post_assignment)
            .service(home::api::patch_assignment)
            .service(home::api::get_homes)
            .service(home::api::post_home)
            .service(home::api::get_home)
            .service(home::api::patch_home)
            .service(home::api::get_members)
            .service(home::api::post_member)
            .service(home::api::patch_member)
            .service(draft::api::get_drafts)
            .service(draft::api::put_draft)
            .service(draft::api::get_draft)
            .service(draft::api::put_draft_at)
            .service(draft::api::delete_draft)
            .service(file::api::post_file)
            .service(file::api::get_content)
            .service(file::api::get_original)
            .service(errand::api::post_errand)
            .service(errand::api::get_errands)
            .service(errand::api::get_errand)
            .service(errand::api::post_message)
            .service(errand::api::get_notes)
            .service(errand::api::post_note)
            .service(errand::api::put_assignee)
            .service(errand::api::put_read)
            .service(errand::api::put_state)
            .service(errand::api::openings::post_opening)
            .service(errand::api::openings::get_openings)
            .service(errand::api::post_decision)
            .service(errand::api::post_review)
            .service(review::api::get_events)
            .service(review::api::get_event)
            .service(review::api::get_checks)
            .service(review::api::post_check)
            .service(review::api::get_checkpoint)
            .service(review::api::get_vkey)
            .service(review::api::get_export)
            .service(letter::api::get_letters)
            .service(letter::api::put_state)
            .service(letter::api::delete_letter)
            .service(condition::api::get_health),
    );
}

/// This very document.
#[actix_web::get("/api/v1/openapi.json")]
async fn get_openapi() -> actix_web::HttpResponse {
    actix_web::HttpResponse::Ok().json(openapi())
}
