//! `/metrics`, on a listener of its own: what strangers reach bears none of it.

use crate::alive::{Pause, Pulse};
use crate::app::App;
use crate::audit::keeper;
use crate::error::{Error, Result};
use crate::journal;
use crate::metrics::Measure;
use crate::outbox;
use actix_web::dev::Server;
use actix_web::{HttpResponse, HttpServer, get, web};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long what is read from the database may take; it is then told as unknown.
const DEADLINE: Duration = Duration::from_secs(3);
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The listener that the settings name, if they do.
///
/// # Errors
/// [`Error::Unavailable`] when the address cannot be had.
pub(super) fn bind(app: &App) -> Result<Option<Server>> {
    let Some(listen) = app.config.metrics.listen else {
        return Ok(None);
    };
    let data = web::Data::new(app.clone());
    let make = move || actix_web::App::new().app_data(data.clone()).service(get_metrics);
    let server: Server = HttpServer::new(make)
        .workers(1)
        .max_connections(16)
        .disable_signals()
        .bind(listen)
        .map_err(|cause| Error::Unavailable(format!("metrics.listen {listen}: {cause}")))?
        .run();
    Ok(Some(server))
}

/// Serves them until `stop` turns true; a listener that ends before that is made anew.
pub(super) async fn listen(app: App, first: Server, mut stop: watch::Receiver<bool>, pulse: Pulse) {
    let (mut next, mut pause) = (Ok(Some(first)), Pause::first());
    loop {
        let begun = Instant::now();
        if let Ok(Some(server)) = next {
            pulse.rest();
            let handle = server.handle();
            let mut running = actix_web::rt::spawn(server);
            tokio::select! {
                _ = &mut running => {}
                _ = stop.changed() => {
                    handle.stop(false).await;
                    return;
                }
            }
        }
        pulse.end();
        let wait = pause.after(begun.elapsed());
        tracing::error!(
            again_in_ms = wait.as_millis() as u64,
            "the metrics' listener is begun again"
        );
        if tokio::time::timeout(wait, stop.changed()).await.is_ok() {
            return;
        }
        next = bind(&app);
        if next.is_ok() {
            pulse.begin_again();
        }
    }
}

#[get("/metrics")]
async fn get_metrics(app: web::Data<App>) -> HttpResponse {
    measure(&app).await;
    match app.metrics.text() {
        Ok(text) => HttpResponse::Ok().content_type(CONTENT_TYPE).body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

async fn measure(app: &App) {
    let (load, to) = (app.store.load(), &app.metrics.measures);
    to.connections_open.set(f64::from(load.open));
    to.connections_idle.set(f64::from(load.idle));
    to.connections_free.set(load.free as f64);
    to.writes_waiting.set(load.writes_waiting as f64);
    to.journal_lost.set(journal::lost() as f64);
    app.metrics.tasks(&app.tasks.standings());
    let read = async {
        tokio::try_join!(
            keeper::state(&app.store, &app.clock),
            outbox::backlog(&app.store, &app.clock)
        )
    };
    let read = tokio::time::timeout(DEADLINE, read)
        .await
        .unwrap_or_else(|_| Err(Error::unavailable("too slow")));
    to.database_answers.set(if read.is_ok() { 1.0 } else { 0.0 });
    let (log, letters) = read.map_or((None, None), |(log, letters)| (Some(log), Some(letters)));
    let seconds = |time: Duration| time.as_secs_f64();
    set(&to.audit_pending, log.as_ref().map(|log| log.pending as f64));
    set(&to.audit_lag, log.as_ref().map(|log| seconds(log.lag)));
    set(&to.checkpoint_age, log.map(|log| seconds(log.checkpoint_age)));
    set(
        &to.letters_waiting,
        letters.as_ref().map(|letters| letters.waiting as f64),
    );
    set(
        &to.letters_oldest,
        letters.as_ref().map(|letters| seconds(letters.oldest)),
    );
    set(&to.letters_dead, letters.map(|letters| letters.dead as f64));
}

fn set(measure: &Measure, value: Option<f64>) {
    measure.set(value.unwrap_or(f64::NAN));
}
