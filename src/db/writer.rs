//! SQLite's one writer: a thread that owns the write connection and commits in groups. Waiting jobs run one after
//! another in one IMMEDIATE transaction, each in a savepoint of its own, and are all answered after one fsync.
//! (With a disk that needs 3 ms an fsync, 32 writers get some 35 times the rate of a pool that way.)

use super::pool::{Conn, Manager};
use super::{Db, Transactions};
use crate::alive::{Pause, Pulse};
use crate::error::{Error, Result};
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::ManageConnection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Jobs that may wait before more are refused with 503.
const WAITING_MOST: usize = 2048;
/// A group that takes longer than this is stuck: a job waits for a lock of another process 5 s at most.
const GROUP_LIMIT: Duration = Duration::from_secs(60);
/// Jobs that share one commit.
const GROUP_MOST: usize = 128;

/// What a job leaves behind: the connection, whether it met the database failing, and the answer to send.
struct Done {
    db: Conn,
    database_failed: bool,
    answer: Box<dyn FnOnce(Result<()>) + Send>,
}
type Job = Box<dyn FnOnce(Conn) -> Done + Send>;

/// The way to the writer.
#[derive(Clone)]
pub(super) struct Queue {
    jobs: mpsc::SyncSender<Job>,
    waiting: Arc<AtomicUsize>,
    pulse: Pulse,
}

/// A place in the queue, counted for as long as it is held.
struct Ticket(Arc<AtomicUsize>);

impl Ticket {
    fn draw(waiting: &Arc<AtomicUsize>) -> Ticket {
        waiting.fetch_add(1, Ordering::Relaxed);
        Ticket(waiting.clone())
    }
}
impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Queue {
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(Conn) -> (Conn, Result<T>) + Send + 'static,
        stands: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        let ticket = Ticket::draw(&self.waiting);
        let job: Job = Box::new(move |db| {
            drop(ticket);
            if tell.is_closed() {
                // Nobody waits for it any more: whoever asked was told that it took too long, or has gone.
                return Done {
                    db,
                    database_failed: false,
                    answer: Box::new(|_| ()),
                };
            }
            let (db, done) = work(db);
            let database_failed = matches!(done, Err(Error::Unavailable(_)));
            let answer = Box::new(move |durable: Result<()>| drop(tell.send(durable.and(done).inspect(stands))));
            Done {
                db,
                database_failed,
                answer,
            }
        });
        self.jobs
            .try_send(job)
            .map_err(|_| Error::unavailable("the writer's queue is full or closed"))?;
        // A dropped answer means that the group was given up: nothing of it was written.
        told.await
            .map_err(|_| Error::unavailable("the writer gave the group up"))?
    }

    /// Whether the writer lives.
    pub(super) fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Jobs that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// Starts the writer with its first connection.
pub(super) fn start(manager: Manager, first: Db) -> Result<Queue> {
    let (queue, waiting) = mpsc::sync_channel(WAITING_MOST);
    let pulse = Pulse::of("writer", GROUP_LIMIT);
    let own = pulse.clone();
    let run = move || keep_writing(&manager, Conn::Own(Box::new(first)), &waiting, &own);
    std::thread::Builder::new()
        .name("writer".into())
        .spawn(run)
        .map_err(Error::fault)?;
    Ok(Queue {
        jobs: queue,
        waiting: Arc::default(),
        pulse,
    })
}

/// Writes until nobody can send a job any more; what panics is begun again, with a connection opened anew.
fn keep_writing(manager: &Manager, first: Conn, jobs: &mpsc::Receiver<Job>, pulse: &Pulse) {
    let (mut held, mut pause) = (Some(first), Pause::first());
    loop {
        let begun = Instant::now();
        let first = held.take();
        if catch_unwind(AssertUnwindSafe(|| write_on(manager, first, jobs, pulse))).is_ok() {
            return;
        }
        pulse.end();
        tracing::error!("the writer is begun again");
        std::thread::sleep(pause.after(begun.elapsed()));
        pulse.begin_again();
    }
}

fn write_on(manager: &Manager, mut held: Option<Conn>, jobs: &mpsc::Receiver<Job>, pulse: &Pulse) {
    loop {
        pulse.rest();
        let Ok(job) = jobs.recv() else { return };
        pulse.beat();
        let Some(db) = held.take().or_else(|| reopen(manager)) else {
            turn_away(jobs);
            continue; // the job is dropped, and with it the answer: 503
        };
        // Jobs catch their own panics; this is for what they cannot, so that the thread lives on.
        held = catch_unwind(AssertUnwindSafe(|| group(db, job, jobs))).unwrap_or(None);
    }
}

/// Answers 503 to all that waits: what holds the first of them up would hold up each in its turn.
fn turn_away(jobs: &mpsc::Receiver<Job>) {
    while jobs.try_recv().is_ok() {}
}

fn reopen(manager: &Manager) -> Option<Conn> {
    let opened = manager
        .connect()
        .inspect_err(|cause| tracing::error!(%cause, "the database does not open"));
    opened.ok().map(|db| Conn::Own(Box::new(db)))
}

/// Runs one group. Gives the connection back, or nothing when the database failed: SQLite has then rolled back all of
/// the group (or the dropped connection does), and every job in it is answered 503.
fn group(mut db: Conn, first: Job, jobs: &mpsc::Receiver<Job>) -> Option<Conn> {
    if let Err(cause) = begin_immediate(&mut db) {
        tracing::error!(%cause, "no write transaction");
        turn_away(jobs);
        return None;
    }
    let mut answers = Vec::new();
    let mut next = Some(first);
    while let Some(job) = next.take() {
        let done = job(db);
        if done.database_failed {
            tracing::error!("the database failed in the middle of a group; all of it is given up");
            (done.answer)(Ok(())); // its own words
            return None;
        }
        db = done.db;
        answers.push(done.answer);
        if answers.len() < GROUP_MOST {
            next = jobs.try_recv().ok();
        }
    }
    match Transactions::commit_transaction(&mut *db) {
        Ok(()) => {
            for answer in answers {
                answer(Ok(()));
            }
            Some(db)
        }
        Err(cause) => {
            tracing::error!(%cause, "a group could not be committed");
            for answer in answers {
                answer(Err(Error::unavailable(&cause)));
            }
            None
        }
    }
}

fn begin_immediate(db: &mut Conn) -> diesel::QueryResult<()> {
    match &mut **db {
        // Not deferred: a read first and a write later would fail at once when another connection wrote in between.
        Db::Sqlite(db) => AnsiTransactionManager::begin_transaction_sql(db, "BEGIN IMMEDIATE"),
        Db::Postgres(db) => AnsiTransactionManager::begin_transaction_sql(db, "BEGIN"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::file::DatabaseFile;
    use futures_util::FutureExt as _;

    /// The queue is bounded, and says so at once; what nobody waits for any more is not done.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_full_queue_refuses_at_once_and_what_is_given_up_is_not_done() {
        let file = std::env::temp_dir().join(format!("famn-writer-{}.db", hex::encode(crate::secret::random::<8>())));
        let manager = Manager::of(&format!("sqlite:{}", file.display()), DatabaseFile::make).expect("a file");
        let first = manager.connect().expect("a database");
        let queue = start(manager, first).expect("a writer");
        let (go, held) = mpsc::channel::<()>();
        let (begin, begun) = oneshot::channel();
        let holder = queue.clone();
        let holding = tokio::spawn(async move {
            let hold = move |db| {
                let _ = (begin.send(()), held.recv());
                (db, Ok(()))
            };
            holder.run(hold, |()| ()).await
        });
        begun.await.expect("it is held");
        let done: Arc<AtomicUsize> = Arc::default();
        let mut waiting: Vec<_> = (0..WAITING_MOST + 2)
            .map(|_| {
                let done = done.clone();
                let work = move |db| {
                    done.fetch_add(1, Ordering::SeqCst);
                    (db, Ok(()))
                };
                Box::pin(queue.run(work, |()| ()))
            })
            .collect();
        let refused = waiting
            .iter_mut()
            .filter_map(|job| job.now_or_never())
            .filter(Result::is_err);
        assert_eq!(refused.count(), 2);
        assert_eq!(queue.waiting(), WAITING_MOST);
        drop(waiting);
        go.send(()).expect("the holder waits");
        assert_eq!(holding.await.expect("no panic"), Ok(()));
        assert_eq!(queue.run(|db| (db, Ok(7)), |_| ()).await, Ok(7));
        assert_eq!((done.load(Ordering::SeqCst), queue.waiting()), (0, 0));
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", file.display()));
        }
    }
}
