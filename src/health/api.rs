//! REST: how the service is, for stewards.

use super::verbs::health;
use super::view::HealthView;
use crate::app::App;
use crate::web::{Caller, Reply, Shown};
use actix_web::{get, web};

/// How the service is: what answers, how the board's log stands, which letters wait, the last backup, the version. For
/// the steward. Load balancers ask `/health/ready` instead.
#[utoipa::path(
    tag = "boards",
    operation_id = "get_health",
    security(("token" = [])),
    responses((status = 200, body = HealthView)),
)]
#[get("/health")]
pub async fn get_health(app: web::Data<App>, caller: Caller) -> Reply<Shown<HealthView>> {
    let (_, view) = health(&app, caller.0).await?;
    Ok(Shown(view))
}
