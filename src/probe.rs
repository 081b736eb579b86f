//! Asking whether what may never answer does: a disk that hangs holds one thread for each kind of question, and whoever
//! asks meanwhile is told so in time.

use crate::error::{Error, Result};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// One question, asked by one at a time.
#[derive(Clone, Default)]
pub struct Probe(Arc<Mutex<()>>);

impl Probe {
    /// What `look` gives, on a thread that may block.
    ///
    /// # Errors
    /// What `look` gave; [`Error::Unavailable`] when it does not answer in time, or the one before still has not.
    pub async fn ask(&self, look: impl FnOnce() -> Result<()> + Send + 'static) -> Result<()> {
        let asked = async {
            let turn = self.0.clone().lock_owned().await;
            let look = move || {
                let _turn = turn;
                look()
            };
            tokio::task::spawn_blocking(look).await.map_err(Error::fault)?
        };
        let late = |_| Err(Error::unavailable("no answer in time"));
        tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(late)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    #[tokio::test]
    async fn what_hangs_is_told_in_time_and_holds_one_thread() {
        let (probe, begun) = (Probe::default(), Arc::new(AtomicUsize::new(0)));
        let (go, hangs) = mpsc::channel::<()>();
        let own = begun.clone();
        let first = probe.ask(move || {
            own.fetch_add(1, Ordering::SeqCst);
            let _ = hangs.recv();
            Ok(())
        });
        assert!(first.await.is_err());
        let own = begun.clone();
        let second = probe.ask(move || {
            own.fetch_add(1, Ordering::SeqCst);
            Ok(())
        });
        assert!(second.await.is_err(), "the first still hangs");
        assert_eq!(begun.load(Ordering::SeqCst), 1);
        go.send(()).expect("it waits");
        assert_eq!(probe.ask(|| Ok(())).await, Ok(()));
    }
}
