//! REST: invitations and lost passwords.

use super::invite::NewInvitation;
use super::{InvitationView, Welcome, accept_invitation, accept_recovery, recover};
use crate::app::App;
use crate::id::of;
use crate::secret::Secret;
use crate::web::{Accepted, Caller, Created, Json, NoContent, ObjectPath, Reply, once, origin_of};
use actix_web::{HttpRequest, delete, post, web};
use serde::Deserialize;

/// A token from a letter, and the password chosen with it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenBody {
    #[schema(value_type = String, format = Password)]
    token: Secret<String>,
    #[schema(value_type = String, format = Password)]
    password: Secret<String>,
}

/// Whose password is lost.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LostBody {
    /// The board's slug.
    board: String,
    #[schema(value_type = String)]
    email: Secret<String>,
}

/// Invite someone by letter: into a home of mine (`home_id`), or, as the steward, onto the staff (`role`). The answer
/// is the same for an address that is known.
#[utoipa::path(
    tag = "people",
    operation_id = "invite",
    request_body = NewInvitation,
    params(("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters")),
    security(("token" = [])),
    responses((status = 201, body = InvitationView), (status = 404)),
)]
#[post("/invitations")]
pub async fn post_invitation(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
    new: Json<NewInvitation>,
) -> Reply<Created<InvitationView>> {
    let once = once(&request, &new.hash)?;
    let invite = move |access: crate::access::Access<'_>| access.invite(&new.value, once.as_ref());
    Ok(Created {
        body: app.door.write(caller.0, invite).await?,
        location: None,
    })
}

/// Call an invitation back that nobody has accepted: by whoever sent it, or the unit's team lead.
#[utoipa::path(
    tag = "people",
    operation_id = "recall_invitation",
    params(("id" = String, Path, description = "the invitation")),
    security(("token" = [])),
    responses((status = 204), (status = 409)),
)]
#[delete("/invitations/{id}")]
pub async fn delete_invitation(
    app: web::Data<App>,
    caller: Caller,
    id: ObjectPath<of::Invitation>,
) -> Reply<NoContent> {
    let recall = move |access: crate::access::Access<'_>| access.recall_invitation(id.0);
    app.door.write(caller.0, recall).await?;
    Ok(NoContent)
}

/// Accept an invitation: the token of the letter and a password of at least 15 characters. 401 for any token that does
/// not work.
#[utoipa::path(
    tag = "people",
    operation_id = "accept_invitation",
    request_body = TokenBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters")),
    responses((status = 201, body = Welcome), (status = 401)),
)]
#[post("/invitations/accept")]
pub async fn post_invitation_accept(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<TokenBody>,
) -> Reply<Created<Welcome>> {
    let once = once(&request, &body.hash)?;
    let TokenBody { token, password } = body.value;
    Ok(Created {
        body: accept_invitation(&app, (&token, password), once, origin_of(&request)).await?,
        location: None,
    })
}

/// A password is lost: 202 whatever the address, and a letter if it is known.
#[utoipa::path(
    tag = "sessions",
    operation_id = "start_recovery",
    request_body = LostBody,
    responses((status = 202)),
)]
#[post("/recoveries")]
pub async fn post_recovery(app: web::Data<App>, request: HttpRequest, body: Json<LostBody>) -> Reply<Accepted> {
    let LostBody { board, email } = body.value;
    recover(&app, board, email, origin_of(&request));
    Ok(Accepted)
}

/// Choose a new password with the token of the letter. All sessions end. 401 for any token that does not work.
#[utoipa::path(
    tag = "sessions",
    operation_id = "accept_recovery",
    request_body = TokenBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1–64 printable ASCII characters")),
    responses((status = 201, body = Welcome), (status = 401)),
)]
#[post("/recoveries/accept")]
pub async fn post_recovery_accept(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<TokenBody>,
) -> Reply<Created<Welcome>> {
    let once = once(&request, &body.hash)?;
    let TokenBody { token, password } = body.value;
    Ok(Created {
        body: accept_recovery(&app, (&token, password), once, origin_of(&request)).await?,
        location: None,
    })
}
