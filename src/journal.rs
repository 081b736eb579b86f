//! The program's own log on its way out. Lines go to a thread of their own, which alone writes: a standard error that is
//! full, closed or read by nobody holds up no request and no task, and ends nothing. What could not be written is
//! counted, and said as soon as something can be written again.

use std::io::{self, Write};
use std::os::fd::AsFd as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

/// Lines that may wait to be written, and their bytes; more are lost.
const LINES_MOST: usize = 8192;
const BYTES_MOST: usize = 4 << 20;
/// Between two tries to write where it would block.
const PAUSE: Duration = Duration::from_millis(20);
/// How long the end of the program waits for what is not written yet.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// Lines that could not be written.
static LOST: AtomicU64 = AtomicU64::new(0);
/// Bytes that wait.
static WAITING: AtomicUsize = AtomicUsize::new(0);
static WRITER: OnceLock<mpsc::SyncSender<Piece>> = OnceLock::new();

enum Piece {
    Line(Vec<u8>),
    /// To be answered once all before it was tried.
    Mark(mpsc::SyncSender<()>),
}

/// Where lines are handed over. Writing to it never blocks and never fails.
#[derive(Debug, Clone, Copy)]
pub struct Journal;

impl Journal {
    /// Starts the writer, on this process's standard error, and has panics told of there.
    ///
    /// # Errors
    /// When there is no standard error at all, or no thread to be had.
    pub fn start() -> io::Result<Journal> {
        let to = std::fs::File::from(io::stderr().as_fd().try_clone_to_owned()?);
        let (pieces, waiting) = mpsc::sync_channel(LINES_MOST);
        if WRITER.set(pieces).is_ok() {
            let write = move || write_on(to, &waiting);
            std::thread::Builder::new().name("journal".into()).spawn(write)?;
            std::panic::set_hook(Box::new(told_panic));
        }
        Ok(Journal)
    }
}

impl Write for Journal {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        hand_over(line);
        Ok(line.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Says something in words, after what was said before; straight to standard error before a journal was started.
pub fn say(words: &str) {
    let line = format!("{words}\n");
    if WRITER.get().is_some() {
        hand_over(line.as_bytes());
    } else {
        let _ = io::stderr().write_all(line.as_bytes());
    }
}

/// Waits until what was handed over is written, if that can be done soon.
pub fn finish() {
    let Some(writer) = WRITER.get() else { return };
    let (done, told) = mpsc::sync_channel(1);
    if writer.try_send(Piece::Mark(done)).is_ok() {
        let _ = told.recv_timeout(LAST_WAIT);
    }
}

/// Lines that could not be written so far.
pub fn lost() -> u64 {
    LOST.load(Ordering::Relaxed)
}

fn hand_over(line: &[u8]) {
    let Some(writer) = WRITER.get() else { return };
    let taken = WAITING.fetch_add(line.len(), Ordering::Relaxed) < BYTES_MOST
        && writer.try_send(Piece::Line(line.to_vec())).is_ok();
    if !taken {
        WAITING.fetch_sub(line.len(), Ordering::Relaxed);
        LOST.fetch_add(1, Ordering::Relaxed);
    }
}

/// Where, and what the program itself says of it; never what was put together at the moment, for it may hold what was
/// being worked on.
fn told_panic(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string);
    let thread = std::thread::current();
    tracing::error!(
        at,
        why = panic.payload().downcast_ref::<&'static str>(),
        thread = thread.name(),
        "panicked"
    );
}

fn write_on(mut to: impl Write, pieces: &mpsc::Receiver<Piece>) {
    let (mut torn, mut told) = (false, 0);
    while let Ok(piece) = pieces.recv() {
        let line = match piece {
            Piece::Line(line) => line,
            Piece::Mark(done) => {
                let _ = done.try_send(());
                continue;
            }
        };
        WAITING.fetch_sub(line.len(), Ordering::Relaxed);
        let written = catch_unwind(AssertUnwindSafe(|| put(&mut to, torn, &line)));
        torn = !matches!(written, Ok(Ok(())));
        if torn {
            LOST.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        let lost = lost();
        if lost > told {
            tracing::error!(lines = lost - told, "lines of this log could not be written");
            told = lost;
        }
    }
}

/// Writes a line, on one of its own where the one before was broken off.
fn put(to: &mut impl Write, torn: bool, line: &[u8]) -> io::Result<()> {
    for part in [if torn { &b"\n"[..] } else { b"" }, line] {
        let mut left = part;
        while !left.is_empty() {
            match to.write(left) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => left = left.get(written..).unwrap_or_default(),
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
                Err(cause) => return Err(cause),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, then none for a while, then all.
    struct Disk {
        room: usize,
        refusals: usize,
        kept: std::sync::Arc<std::sync::Mutex<Vec<u8>>>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.room == 0 && self.refusals > 0 {
                self.refusals -= 1;
                self.room = if self.refusals == 0 { usize::MAX } else { 0 };
                return Err(io::ErrorKind::StorageFull.into());
            }
            let taken = bytes.len().min(self.room);
            self.room -= taken;
            self.kept.lock().expect("kept").extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_a_full_disk_refuses_is_counted_and_the_rest_written_line_by_line() {
        let kept = std::sync::Arc::default();
        let disk = Disk {
            room: 8,
            refusals: 2,
            kept: std::sync::Arc::clone(&kept),
        };
        let (pieces, waiting) = mpsc::sync_channel(8);
        for line in ["first\n", "second\n", "third\n", "fourth\n"] {
            WAITING.fetch_add(line.len(), Ordering::Relaxed);
            pieces.send(Piece::Line(line.into())).expect("it waits");
        }
        drop(pieces);
        let before = lost();
        write_on(disk, &waiting);
        let text = String::from_utf8(kept.lock().expect("kept").clone()).expect("text");
        assert_eq!(text, "first\nse\nfourth\n");
        assert!(lost() >= before + 2);
    }
}
