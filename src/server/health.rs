//! Whether the process is up, and whether it can serve. No personal data, and no detail for strangers but which part
//! does not answer.

use crate::app::App;
use crate::audit::keeper;
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use std::time::Duration;

/// Events that wait longer than this for their place in the log make the service unready.
const LAG_MOST: Duration = Duration::from_secs(60);

#[derive(Serialize)]
struct Health {
    status: &'static str,
    /// The part that does not answer or is not as it must be: `database`, `files`, `root-key`, `structure`, `audit`, or the
    /// task that is dead or stuck.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing: Option<&'static str>,
}

/// The process is up.
#[get("/health/live")]
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health {
        status: "ok",
        failing: None,
    })
}

/// Everything a request needs answers.
#[get("/health/ready")]
pub async fn ready(app: web::Data<App>) -> HttpResponse {
    let failing = match app.check().await {
        Err((part, cause)) => Some((part, cause.to_string())),
        Ok(()) => match keeper::lag(&app.store, &app.clock).await {
            Ok(lag) if lag <= LAG_MOST => {
                let structure = app.watch.structure().map(|words| ("structure", words));
                structure.or_else(|| app.watch.trouble().map(|words| ("audit", words)))
            }
            Ok(lag) => Some((
                "audit",
                format!("events have waited {} s for their place", lag.as_secs()),
            )),
            Err(cause) => Some(("database", cause.to_string())),
        },
    };
    match failing {
        None => HttpResponse::Ok().json(Health {
            status: "ok",
            failing: None,
        }),
        Some((part, cause)) => {
            tracing::warn!(part, cause, "not ready");
            let body = Health {
                status: "unavailable",
                failing: Some(part),
            };
            HttpResponse::ServiceUnavailable()
                .insert_header(("Retry-After", "5"))
                .json(body)
        }
    }
}
