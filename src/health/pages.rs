//! Pages: how the service is.

use super::verbs::health;
use super::view::{HealthView, Part};
use crate::account::Visitor;
use crate::app::App;
use crate::clock::Instant;
use crate::error::Result;
use crate::review::CheckVerdict;
use crate::web::page::{Frame, filters, page, swedish};
use crate::web::say;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use std::time::Duration;

/// A copy older than this is told as old: the instructions for operation take one a night.
const OLD_COPY: Duration = Duration::from_secs(26 * 60 * 60);

#[derive(Template)]
#[template(path = "health/health.html")]
struct Health {
    frame: Frame,
    health: HealthView,
    now: Instant,
}

impl Health {
    /// The parts by name, and whether each answers.
    fn parts(&self) -> Vec<(&'static str, bool)> {
        let name = |part| match part {
            Part::Database => say("health-database"),
            Part::Files => say("health-files"),
            Part::Audit => say("health-audit"),
        };
        self.health.parts.iter().map(|one| (name(one.part), one.ok)).collect()
    }
    fn all_well(&self) -> bool {
        self.health.parts.iter().all(|one| one.ok)
    }
    fn count(&self, n: &u64) -> String {
        swedish::thousands(*n)
    }
    fn time(&self, at: &Instant) -> String {
        swedish::time(*at, self.now)
    }
    fn time_first(&self, at: &Instant) -> String {
        swedish::time_first(*at, self.now)
    }
    fn is_old(&self, at: &Instant) -> bool {
        self.now.since(*at) > OLD_COPY
    }
    /// When the log was last checked, and whether it was whole.
    fn checked(&self) -> Option<(String, bool)> {
        let check = self.health.log.checked.as_ref()?;
        let at = swedish::time(check.done_at.unwrap_or(check.asked_at), self.now);
        Some((at, check.verdict == Some(CheckVerdict::Whole)))
    }
}

#[get("/halsa")]
pub async fn get_health(app: web::Data<App>, visitor: Visitor) -> Result<HttpResponse> {
    let (masthead, health) = health(&app, visitor.actor).await?;
    page(
        StatusCode::OK,
        &Health {
            frame: Frame::of(say("health-title"), masthead, &visitor.guard).at("/halsa"),
            health,
            now: app.clock.now(),
        },
    )
}
