//! `famn demo`: everything in one folder, made the first time and opened again after that.

use super::Done;
use super::serve::{announce, start_log, to_output};
use crate::clock::Clock;
use crate::demo::{self, PASSWORD, PEOPLE};
use crate::error::Error;
use crate::server;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) async fn demo(listen: SocketAddr, data: Option<PathBuf>) -> Done {
    if !listen.ip().is_loopback() {
        return Err("the demo serves on a loopback address only: browsers keep its cookie nowhere else".into());
    }
    let temporary = data.is_none();
    let folder = data.unwrap_or_else(|| std::env::temp_dir().join(format!("famn-demo-{}", std::process::id())));
    let listener = TcpListener::bind(listen).map_err(|cause| Error::Unavailable(format!("{listen}: {cause}")))?;
    let config = demo::config(&folder, listener.local_addr()?);
    start_log(&config.log)?;
    let app = demo::open(config, Clock::system()).await?;
    to_output(&format!("Everyone's password is {PASSWORD}"));
    for person in PEOPLE {
        to_output(&format!("  {:<26} {:<9} {}", person.email, person.board, person.is));
    }
    to_output(&format!("data in {}", folder.display()));
    let ended = server::serve(app, listener, announce).await;
    if temporary {
        std::fs::remove_dir_all(&folder)?;
    }
    ended?;
    Ok(ExitCode::SUCCESS)
}
