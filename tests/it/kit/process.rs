//! The program as whoever runs it has it: started, listened to, asked to stop, and what it leaves in its log.

use super::database::Place;
use super::server::program;
use std::io::{BufRead, BufReader, Read};
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
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let process = Pid::from_raw(self.process.id().cast_signed());
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        prlimit(process, Resource::Fsize, limit).expect("a limit is set");
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
        let kill = format!("kill -{signal} {}", self.process.id());
        let done = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
        assert!(done.success(), "it is running");
    }

    /// Waits for its end; gives its exit code.
    pub async fn ended(&mut self) -> i32 {
        for _ in 0..3000 {
            if let Some(status) = self.process.try_wait().expect("a process") {
                return status.code().expect("it ended by itself");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not end: {}", self.log());
    }
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
