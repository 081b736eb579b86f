//! What runs beside the requests, and ends in order: sequencing and signing the log, sending letters, sweeping what is
//! past its time, checking the log once a day, meeting new secrets. Each is begun again when it ends before it is asked
//! to, and missed when it does not come round.

use crate::alive::{self, Pulse};
use crate::app::App;
use crate::error::Result;
use crate::outbox::Postman;
use crate::{account, board, draft, file, review};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Between two sweeps.
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// Between two looks whether the installation's secrets are still the ones held.
const SECRETS_EVERY: Duration = Duration::from_secs(2);

/// How long each may take to come round.
const KEEPER_LIMIT: Duration = Duration::from_secs(60);
const SECRETS_LIMIT: Duration = Duration::from_secs(60);
/// A sweep after the hour's pause.
const SWEEP_LIMIT: Duration = Duration::from_secs(2 * 60 * 60);
/// The checks of all logs after the hour's pause.
const CHECK_LIMIT: Duration = Duration::from_secs(13 * 60 * 60);
/// A letter, of which the server may use up several deadlines.
const LETTER_LIMIT: Duration = Duration::from_secs(120);
const DEADLINES_OF_A_LETTER: u32 = 16;

/// The tasks of a running server.
pub struct Tasks {
    app: App,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

impl Tasks {
    /// Starts them all, after what must be done before the first request.
    pub async fn start(app: &App) -> Result<Tasks> {
        board::number_series(app).await?;
        let remains = app.blobs.sweep_at_start(app.clock.now()).await?;
        if remains > 0 {
            tracing::info!(remains, "removed what uploads had begun when the process ended");
        }
        let (stop, stopping) = watch::channel(false);
        let postman = Postman::of(
            (app.store.clone(), app.keyring.clone(), app.clock.clone()),
            &app.config,
            account::senders,
        )?;
        let metrics = super::metrics::bind(app)?;
        let deadline = app
            .config
            .mail
            .relay
            .as_ref()
            .map_or(Duration::ZERO, |relay| relay.deadline);
        let mut tasks = Tasks {
            app: app.clone(),
            stop,
            running: Vec::new(),
        };
        let stop = stopping.clone();
        let keeper = app.keeper();
        tasks.keep(("log", KEEPER_LIMIT), move |pulse| {
            keeper.clone().run(stop.clone(), pulse)
        });
        let (stop, own) = (stopping.clone(), postman.clone());
        let limit = LETTER_LIMIT + deadline * DEADLINES_OF_A_LETTER;
        tasks.keep(("letters", limit), move |pulse| own.clone().run(stop.clone(), pulse));
        let (stop, own) = (stopping.clone(), app.clone());
        tasks.keep(("sweep", SWEEP_LIMIT), move |pulse| {
            sweep(own.clone(), postman.clone(), stop.clone(), pulse)
        });
        let (stop, own) = (stopping.clone(), app.clone());
        tasks.keep(("log-check", CHECK_LIMIT), move |pulse| {
            check(own.clone(), stop.clone(), pulse)
        });
        let (stop, own) = (stopping.clone(), app.clone());
        tasks.keep(("secrets", SECRETS_LIMIT), move |pulse| {
            secrets(own.clone(), stop.clone(), pulse)
        });
        if let Some(first) = metrics {
            let pulse = app.tasks.add(Pulse::of("metrics", KEEPER_LIMIT));
            let listen = super::metrics::listen(app.clone(), first, stopping, pulse);
            tasks.running.push(actix_web::rt::spawn(listen));
        }
        Ok(tasks)
    }

    fn keep<T>(&mut self, (name, limit): (&'static str, Duration), make: impl Fn(Pulse) -> T + Send + Sync + 'static)
    where
        T: Future<Output = ()> + Send + 'static,
    {
        let pulse = self.app.tasks.add(Pulse::of(name, limit));
        let kept = alive::keep(pulse, self.stop.subscribe(), make);
        self.running.push(tokio::spawn(kept));
    }

    /// Ends them: who was turned away last is told of, and what is pending in the log is sequenced and signed first.
    pub async fn stop(self) {
        if let Err(cause) = self.app.door.tell_last_floods().await {
            tracing::error!(%cause, "who was turned away last could not be told of");
        }
        let _ = self.stop.send(true);
        for task in self.running {
            if let Err(cause) = task.await {
                tracing::error!(%cause, "a task did not end well");
            }
        }
    }
}

async fn sweep(app: App, postman: Postman, mut stop: watch::Receiver<bool>, pulse: Pulse) {
    while !*stop.borrow_and_update() {
        for (what, done) in [
            ("files", file::sweep(&app).await),
            ("unfinished files", app.blobs.sweep_old(app.clock.now()).await),
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
        pulse.beat();
        let _ = tokio::time::timeout(SWEEP_EVERY, stop.changed()).await;
    }
}

/// Checks each board's log once a day; the first time an hour after the start. Nothing waits for a check at the end.
async fn check(app: App, mut stop: watch::Receiver<bool>, pulse: Pulse) {
    loop {
        pulse.beat();
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

/// Meets the secrets that a rotation of the keys has made.
async fn secrets(app: App, mut stop: watch::Receiver<bool>, pulse: Pulse) {
    while !*stop.borrow_and_update() {
        match app.meet_new_secrets().await {
            Ok(false) => {}
            Ok(true) => tracing::info!("met the secrets of a rotation"),
            Err(cause) => tracing::warn!(%cause, "whether there are new secrets could not be seen"),
        }
        pulse.beat();
        let _ = tokio::time::timeout(SECRETS_EVERY, stop.changed()).await;
    }
}
