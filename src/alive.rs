//! What runs by itself, and whether it still does: each task says when it comes round, is begun again when it ends or
//! panics, and is missed when it has not come round for too long. Told by `/health/ready` and `/metrics`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Pauses before a task is begun again: the first, and the longest, to which they double.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(60));
/// A task that ran for so long begins with the first pause again.
const RAN_WELL: Duration = Duration::from_secs(5 * 60);

/// One task's pulse. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Task>);

#[derive(Debug)]
struct Task {
    name: &'static str,
    /// How long it may take to come round.
    limit: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// When it came round last.
    seen: Instant,
    /// Waiting for work, for as long as that takes.
    rests: bool,
    /// Between its end and its next beginning.
    ended: bool,
    begun_again: u64,
}

/// How a task stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    pub name: &'static str,
    /// Since it came round last; nothing while it waits for work.
    pub quiet: Duration,
    /// How often it was begun again.
    pub begun_again: u64,
    pub is_well: bool,
}

impl Pulse {
    /// Of a task that is to come round within `limit`.
    pub fn of(name: &'static str, limit: Duration) -> Pulse {
        let state = State {
            seen: Instant::now(),
            rests: false,
            ended: false,
            begun_again: 0,
        };
        Pulse(Arc::new(Task {
            name,
            limit,
            state: Mutex::new(state),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It has come round, and goes on.
    pub fn beat(&self) {
        let mut state = self.state();
        (state.seen, state.rests) = (Instant::now(), false);
    }

    /// It waits for work.
    pub fn rest(&self) {
        self.beat();
        self.state().rests = true;
    }

    /// It has ended, without being asked to.
    pub fn end(&self) {
        self.state().ended = true;
    }

    /// It is begun again.
    pub fn begin_again(&self) {
        self.beat();
        let mut state = self.state();
        (state.ended, state.begun_again) = (false, state.begun_again + 1);
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        let state = *self.state();
        let quiet = if state.rests {
            Duration::ZERO
        } else {
            state.seen.elapsed()
        };
        Standing {
            name: self.0.name,
            quiet,
            begun_again: state.begun_again,
            is_well: !state.ended && quiet <= self.0.limit,
        }
    }
}

/// The tasks of a program.
#[derive(Debug, Default)]
pub struct Roster(Mutex<Vec<Pulse>>);

impl Roster {
    fn pulses(&self) -> MutexGuard<'_, Vec<Pulse>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a task on it, in the place of one of the same name.
    pub fn add(&self, pulse: Pulse) -> Pulse {
        let mut pulses = self.pulses();
        pulses.retain(|one| one.0.name != pulse.0.name);
        pulses.push(pulse.clone());
        pulse
    }

    /// How each stands.
    pub fn standings(&self) -> Vec<Standing> {
        self.pulses().iter().map(Pulse::standing).collect()
    }

    /// The first that is dead or stuck.
    pub fn missing(&self) -> Option<Standing> {
        self.standings().into_iter().find(|one| !one.is_well)
    }
}

/// The pause before a task that ended is begun again.
#[derive(Debug, Clone, Copy)]
pub struct Pause(Duration);

impl Pause {
    pub const fn first() -> Pause {
        Pause(PAUSES.0)
    }

    /// After one that ran for so long: how long to wait now.
    pub fn after(&mut self, ran: Duration) -> Duration {
        if ran >= RAN_WELL {
            self.0 = PAUSES.0;
        }
        let now = self.0;
        self.0 = (now * 2).min(PAUSES.1);
        now
    }
}

/// Runs what `make` makes until `stop` turns true, and makes it anew whenever it ends before that, in whatever way.
pub async fn keep<T>(pulse: Pulse, mut stop: watch::Receiver<bool>, make: impl Fn(Pulse) -> T)
where
    T: Future<Output = ()> + Send + 'static,
{
    let (name, mut pause) = (pulse.0.name, Pause::first());
    loop {
        let begun = Instant::now();
        let ended = tokio::spawn(make(pulse.clone())).await;
        if *stop.borrow() {
            return;
        }
        pulse.end();
        let wait = pause.after(begun.elapsed());
        let how = ended
            .err()
            .map_or_else(|| "it ended".to_owned(), |cause| cause.to_string());
        tracing::error!(
            task = name,
            how,
            again_in_ms = wait.as_millis() as u64,
            "a task is begun again"
        );
        let asked = tokio::time::timeout(wait, stop.wait_for(|stop| *stop)).await;
        if asked.is_ok() {
            return;
        }
        pulse.begin_again();
    }
}

#[cfg(test)]
#[path = "alive/tests.rs"]
mod tests;
