//! REST: signing in and out, exchanging tokens, who one is.

use super::contact::{ContactChange, ContactView};
pub use super::entry::api::{
    delete_invitation, post_invitation, post_invitation_accept, post_recovery, post_recovery_accept,
};
pub use super::roles::api::{
    get_persons, get_recertification, get_role_proposals, get_roles, patch_person, patch_role, post_recertification,
    post_role,
};
use super::session::Tokens;
use super::sign_in::{Attempt, open_api_session};
use super::view::{MeView, SessionView};
use crate::app::App;
use crate::secret::Secret;
use crate::web::{Caller, Created, Json, NoContent, Reply, Shown, origin_of};
use actix_web::{HttpRequest, delete, get, patch, post, web};
use serde::Deserialize;

/// What someone signs in with.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// The board's slug.
    board: String,
    #[schema(value_type = String)]
    email: Secret<String>,
    #[schema(value_type = String, format = Password)]
    password: Secret<String>,
    /// Of a second factor, for whoever has one.
    #[schema(value_type = Option<String>)]
    code: Option<Secret<String>>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    #[schema(value_type = String, format = Password)]
    refresh_token: Secret<String>,
}

/// Signs in. Wrong anything is 401, one and the same answer in the same time; too soon after wrong ones is 429.
#[utoipa::path(
    tag = "sessions",
    operation_id = "sign_in",
    request_body = SignInBody,
    responses((status = 201, body = SessionView), (status = 401), (status = 403)),
)]
#[post("/sessions")]
pub async fn post_session(
    request: HttpRequest,
    app: web::Data<App>,
    body: Json<SignInBody>,
) -> Reply<Created<SessionView>> {
    let typed = body.value;
    let attempt = Attempt {
        board: typed.board,
        email: typed.email,
        password: typed.password,
        code: typed.code,
    };
    open_api_session(&app, attempt, origin_of(&request)).await.map(created)
}

/// Exchanges a refresh token for new tokens. Each works once; used again, save for a lost answer, it ends the session.
#[utoipa::path(
    tag = "sessions",
    operation_id = "refresh_session",
    request_body = RefreshBody,
    responses((status = 201, body = SessionView), (status = 401)),
)]
#[post("/sessions/refresh")]
pub async fn post_refresh(
    request: HttpRequest,
    app: web::Data<App>,
    body: Json<RefreshBody>,
) -> Reply<Created<SessionView>> {
    super::refresh(&app, &body.value.refresh_token, origin_of(&request))
        .await
        .map(created)
}

/// Signs out: the session's tokens are worth nothing from now on.
#[utoipa::path(
    tag = "sessions",
    operation_id = "sign_out",
    security(("token" = [])),
    responses((status = 204)),
)]
#[delete("/sessions/current")]
pub async fn delete_session(app: web::Data<App>, caller: Caller) -> Reply<NoContent> {
    app.door.write(caller.0, |access| access.sign_out()).await?;
    Ok(NoContent)
}

/// Who I am here: name, board, roles, homes and units, and how strongly I signed in.
#[utoipa::path(
    tag = "sessions",
    operation_id = "get_me",
    security(("token" = [])),
    responses((status = 200, body = MeView)),
)]
#[get("/me")]
pub async fn get_me(app: web::Data<App>, caller: Caller) -> Reply<Shown<MeView>> {
    Ok(Shown(app.door.read(caller.0, |access| access.me()).await?))
}

/// Change my address, phone or language. Address and phone take a sign-in of the last five minutes (else 401
/// `/problems/step-up`); the old address is told. A new address (`new_email`) counts when the code of the letter that
/// goes there is sent to `POST /me/email`; the answer is the same for any address.
#[utoipa::path(
    tag = "sessions",
    operation_id = "change_me",
    request_body = ContactChange,
    security(("token" = [])),
    responses((status = 200, body = ContactView), (status = 409)),
)]
#[patch("/me")]
pub async fn patch_me(app: web::Data<App>, caller: Caller, change: Json<ContactChange>) -> Reply<Shown<ContactView>> {
    let change = move |access: crate::access::Access<'_>| access.change_contact(&change.value);
    Ok(Shown(app.door.write(caller.0, change).await?))
}

/// The code of a letter.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeBody {
    #[schema(value_type = String, format = Password)]
    token: Secret<String>,
}

/// Confirm my new address with the code that went there, within 24 hours; the old address is told. 422 for any code
/// that does not work.
#[utoipa::path(
    tag = "sessions",
    operation_id = "confirm_my_email",
    request_body = CodeBody,
    security(("token" = [])),
    responses((status = 200, body = ContactView), (status = 409)),
)]
#[post("/me/email")]
pub async fn post_my_email(app: web::Data<App>, caller: Caller, body: Json<CodeBody>) -> Reply<Shown<ContactView>> {
    let confirm = move |access: crate::access::Access<'_>| access.confirm_address(&body.value.token);
    Ok(Shown(app.door.write(caller.0, confirm).await?))
}

fn created(tokens: Tokens) -> Created<SessionView> {
    Created {
        body: tokens.into(),
        location: None,
    }
}
