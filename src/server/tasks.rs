//! What runs beside the requests, and ends in order: sequencing and signing the log, sending letters, sweeping what is
//! past its time, checking the log once a day.

use crate::app::App;
use crate::error::Result;
use crate::outbox::Postman;
use crate::{account, board, draft, file, review};
use actix_web::dev::ServerHandle;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Between two sweeps.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);

/// What is older than this is no upload in progress, not even of another instance.
const UPLOAD_AT_MOST: Duration = Duration::from_secs(15 * 60);

/// The tasks of a running server.
pub struct Tasks {
    app: App,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
    metrics: Option<ServerHandle>,
}

impl Tasks {
    /// Starts them all, after what must be done before the first request.
    pub async fn start(app: &App) -> Result<Tasks> {
        board::number_series(app).await?;
        let remains = app.blobs.sweep_partial(app.clock.now().minus(UPLOAD_AT_MOST)).await?;
        if remains > 0 {
            tracing::info!(remains, "removed what uploads had begun when the process ended");
        }
        let (stop, stopping) = watch::channel(false);
        let postman = Postman::of(
            (app.store.clone(), app.keyring.clone(), app.clock.clone()),
            &app.config,
            account::senders,
        )?;
        let running = vec![
            tokio::spawn(app.keeper().run(stopping.clone())),
            tokio::spawn(postman.clone().run(stopping.clone())),
            tokio::spawn(sweep(app.clone(), postman, stopping.clone())),
            tokio::spawn(check(app.clone(), stopping)),
        ];
        Ok(Tasks {
            app: app.clone(),
            stop,
            running,
            metrics: super::metrics::serve(app)?,
        })
    }

    /// Ends them: who was turned away last is told of, and what is pending in the log is sequenced and signed first.
    pub async fn stop(self) {
        if let Err(cause) = self.app.door.tell_last_floods().await {
            tracing::error!(%cause, "who was turned away last could not be told of");
        }
        let _ = self.stop.send(true);
        if let Some(metrics) = self.metrics {
            metrics.stop(false).await;
        }
        for task in self.running {
            if let Err(cause) = task.await {
                tracing::error!(%cause, "a task did not end well");
            }
        }
    }
}

async fn sweep(app: App, postman: Postman, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow_and_update() {
        for (what, done) in [
            ("files", file::sweep(&app).await),
            ("sessions", account::sweep(&app).await),
            ("idempotency keys", app.door.forget_keys().await),
            ("letters", postman.sweep().await),
            ("drafts", draft::sweep(&app).await),
            ("lists of roles", account::begin_recertifications(&app).await),
            ("number series", board::number_series(&app).await.map(|()| 0)),
        ] {
            match done {
                Ok(0) => {}
                Ok(gone) => tracing::info!(what, gone, "swept"),
                Err(cause) => tracing::error!(what, %cause, "could not be swept"),
            }
        }
        let _ = tokio::time::timeout(SWEEP_EVERY, stop.changed()).await;
    }
}

/// Checks each board's log once a day; the first time an hour after the start. Nothing waits for a check at the end.
async fn check(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            _ = stop.changed() => return,
        }
        tokio::select! {
            done = review::check_daily(&app) => match done {
                Ok(0) => {}
                Ok(logs) => tracing::info!(logs, "checked the log"),
                Err(cause) => tracing::error!(%cause, "the log could not be checked"),
            },
            _ = stop.changed() => return,
        }
    }
}
