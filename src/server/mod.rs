//! The server: the route list on one page, the outermost layer, limits, health, the OpenAPI document, and what runs
//! beside the requests (sequencing, letters, sweeps). It holds no rule and no query.

mod document;
mod health;
mod layers;
mod metrics;
mod routes;
mod strict;
mod tasks;
mod unmatched;
mod unread;

pub use document::openapi;
pub use layers::outermost;
pub use routes::routes;
pub use tasks::Tasks;

use crate::app::App;
use crate::error::{Error, Result};
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How long a request's head may take to arrive.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// How long a sender is still read, and nothing kept, after an answer that did not wait for the whole body: so that the
/// answer is not lost to one who is slow, and one who never stops is cut off.
const LINGER: Duration = Duration::from_secs(2);
/// How long a connection may stay open without a request.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Connections a worker holds at a time; more wait in the kernel.
const CONNECTIONS: usize = 2_000;
/// Threads a worker has for what may block (database, files); more work waits. Each holds memory of its own.
const BLOCKING: usize = 12;
/// Requests in progress get so many seconds to end once the server is asked to stop.
const GRACE: u64 = 20;

/// Serves on `listener` until the process is asked to stop (SIGTERM, SIGINT), then ends what is in progress, and
/// sequences and signs what is pending. `announce` is told the address once that holds.
pub async fn serve(app: App, listener: TcpListener, announce: impl FnOnce(SocketAddr)) -> Result<()> {
    // Before it is announced: whoever reads that may ask at once, and a signal nobody heeds kills.
    let stop = asked_to_stop().map_err(Error::fault)?;
    announce(listener.local_addr().map_err(Error::fault)?);
    serve_until(app, listener, stop).await
}

/// Serves on `listener` until `stop` is ready; signals are left to the caller.
pub async fn serve_until(app: App, listener: TcpListener, stop: impl Future<Output = ()>) -> Result<()> {
    let tasks = Tasks::start(&app).await?;
    let running = start(&app, listener)?;
    let handle = running.handle();
    let mut running = actix_web::rt::spawn(running);
    let (ended, was_asked) = tokio::select! {
        ended = &mut running => (ended, false),
        () = stop => {
            handle.stop(true).await;
            (running.await, true)
        }
    };
    tasks.stop().await;
    ended.map_err(Error::fault)?.map_err(Error::unavailable)?;
    match was_asked {
        true => Ok(()),
        // Whoever watches the process is to begin it again.
        false => Err(Error::unavailable("it stopped serving, without being asked to")),
    }
}

/// Ready once the process gets a signal to end; heeds them from when this is called, not from when it is awaited.
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut end, mut key) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(async move {
            tokio::select! {
                _ = end.recv() => {}
                _ = key.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async { drop(tokio::signal::ctrl_c().await) })
    }
}

fn start(app: &App, listener: TcpListener) -> Result<Server> {
    let data = web::Data::new(app.clone());
    let make = move || {
        actix_web::App::new()
            .app_data(data.clone())
            .wrap(from_fn(outermost))
            .configure(routes)
    };
    let server = HttpServer::new(make)
        .workers(app.config.server.workers)
        .max_connections(CONNECTIONS)
        .client_request_timeout(HEAD_DEADLINE)
        .client_disconnect_timeout(LINGER)
        .worker_max_blocking_threads(BLOCKING)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(GRACE)
        .listen(listener)
        .map_err(Error::unavailable)?;
    Ok(server.disable_signals().run())
}
