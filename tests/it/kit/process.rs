//! The program as whoever runs it has it: started, listened to, asked to stop, and what it leaves in its log.

use super::database::Place;
use super::server::program;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A server that is running.
pub struct Running {
    pub base: String,
    /// What it said before it listened, line by line.
    pub said: Vec<String>,
    process: Child,
    log: Arc<Mutex<String>>,
}

impl Running {
    /// `famn demo` on a folder.
    pub fn demo(folder: &Path) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_famn"));
        command.args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
        Running::start(command)
    }

    /// `famn serve` on a place, with some settings other than the tests' own.
    pub fn serving(place: &Place, settings: &[(&str, &str)]) -> Running {
        let mut command = program(place);
        command.arg("serve").envs(settings.iter().copied());
        Running::start(command)
    }

    /// `famn serve` that outlives the signal of a limit to its files, so that [`Running::disk_takes`] may set one.
    #[cfg(target_os = "linux")]
    pub fn on_a_small_disk(place: &Place) -> Running {
        let famn = program(place);
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' XFSZ; exec \"$0\" serve"])
            .arg(famn.get_program());
        command.envs(famn.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.current_dir(&place.folder);
        Running::start(command)
    }

    /// From now on no file of the process can be written beyond that many bytes, as if the disk were full.
    #[cfg(target_os = "linux")]
    pub fn disk_takes(&self, bytes: Option<u64>) {
        limit_files(&self.process, bytes);
    }

    fn start(mut command: Command) -> Running {
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = process.spawn().expect("the program starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (told, kept) = (process.stderr.take().expect("its log"), log.clone());
        std::thread::spawn(move || keep(BufReader::new(told), &kept));
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let mut said = Vec::new();
        let base = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let base = line.strip_prefix("listening on ").map(str::to_owned);
            said.push(line);
            base
        });
        std::thread::spawn(move || lines.for_each(drop));
        let log_so_far = || log.lock().expect("not poisoned").clone();
        let base = base.unwrap_or_else(|| panic!("it says where it listens: {said:?} {}", log_so_far()));
        Running {
            base,
            said,
            process,
            log,
        }
    }

    /// What stands in its log by now.
    pub fn log(&self) -> String {
        self.log.lock().expect("not poisoned").clone()
    }

    /// A line of what the kernel says of the process, in kB, such as `VmHWM`: the most memory it has had.
    #[cfg(target_os = "linux")]
    pub fn memory(&self, line: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("a process");
        let found = status.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(':'));
        let number = found.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        number.unwrap_or_else(|| panic!("{line} in {status}"))
    }

    /// A signal to the process, such as `TERM`.
    pub fn gets(&self, signal: &str) {
        kill(&self.process, signal);
    }

    /// Waits for its end; gives its exit code.
    pub async fn ended(&mut self) -> i32 {
        let ended = end_of(&mut self.process).await;
        ended.unwrap_or_else(|| panic!("it does not end: {}", self.log()))
    }
}

/// A server whose output and log go where a test says, and which nobody hears.
pub struct Process {
    pub base: String,
    process: Child,
}

impl Process {
    /// Starts it by a line of shell, in which `$0` is the program.
    pub fn spawn(place: &Place, how: &str, settings: &[(&str, String)], (output, log): (Stdio, Stdio)) -> Process {
        let famn = program(place);
        let mut command = Command::new("sh");
        command.args(["-c", how]).arg(famn.get_program());
        command.envs(famn.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        command
            .current_dir(&place.folder)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(log);
        Process {
            base: String::new(),
            process: command.spawn().expect("the program starts"),
        }
    }

    /// As [`Process::spawn`], and waits until it answers at `listen`.
    pub async fn start(
        place: &Place,
        (how, listen): (&str, SocketAddr),
        settings: &[(&str, String)],
        to: (Stdio, Stdio),
    ) -> Process {
        let mut started = Process::spawn(place, how, settings, to);
        started.base = format!("http://{listen}");
        for _ in 0..1500 {
            if reqwest::get(format!("{}/health/live", started.base)).await.is_ok() {
                return started;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not listen");
    }

    /// As [`Running::disk_takes`].
    #[cfg(target_os = "linux")]
    pub fn disk_takes(&self, bytes: Option<u64>) {
        limit_files(&self.process, bytes);
    }

    /// As [`Running::gets`].
    pub fn gets(&self, signal: &str) {
        kill(&self.process, signal);
    }

    /// As [`Running::ended`].
    pub async fn ended(&mut self) -> i32 {
        end_of(&mut self.process).await.expect("it ends")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(target_os = "linux")]
fn limit_files(process: &Child, bytes: Option<u64>) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let process = Pid::from_raw(process.id().cast_signed());
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    prlimit(process, Resource::Fsize, limit).expect("a limit is set");
}

fn kill(process: &Child, signal: &str) {
    let kill = format!("kill -{signal} {}", process.id());
    let done = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
    assert!(done.success(), "it is running");
}

/// The exit code; nothing if it does not end within a minute.
async fn end_of(process: &mut Child) -> Option<i32> {
    for _ in 0..3000 {
        if let Some(status) = process.try_wait().expect("a process") {
            return Some(status.code().expect("it ended by itself"));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    None
}

fn keep(mut told: impl Read, kept: &Mutex<String>) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = told.read(&mut buffer) {
        let text = String::from_utf8_lossy(&buffer[..read]);
        kept.lock().expect("not poisoned").push_str(&text);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
