//! The server as a process, and what it costs: CPU and memory as the kernel counts them.

use crate::data::Place;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Server {
    pub address: String,
    /// From the start of the process until it says that it listens.
    pub ready: Duration,
    process: Child,
}

impl Server {
    pub fn start(place: &Place) -> Server {
        let folder = place.folder.display();
        let begun = Instant::now();
        let mut process = Command::new(env!("CARGO_BIN_EXE_famn"))
            .arg("serve")
            .env("FAMN_SERVER__LISTEN", "127.0.0.1:0")
            .env("FAMN_DATA__FOLDER", folder.to_string())
            .env("FAMN_DATABASE__URL", &place.url)
            .env("FAMN_KEYS__ROOT_FILE", format!("{folder}/root.key"))
            .env("FAMN_AUDIT__ORIGIN", "famn.demo/audit")
            .env("FAMN_MAIL__FROM", "Famn <famn@famn.demo>")
            .env("FAMN_LOG__LEVEL", "error")
            .current_dir(&place.folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let address = lines
            .find_map(|line| line.ok()?.strip_prefix("listening on http://").map(str::to_owned))
            .expect("it says where it listens");
        Server {
            address,
            ready: begun.elapsed(),
            process,
        }
    }

    /// CPU milliseconds used so far, user and kernel.
    pub fn cpu_ms(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).expect("its state");
        let after_name = stat.rsplit_once(')').expect("a name").1;
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>().expect("user") + fields[12].parse::<f64>().expect("kernel");
        ticks * 10.0
    }

    /// Resident memory in megabytes: now, and the most so far.
    pub fn memory_mb(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("its state");
        let kb = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
            line.split_whitespace()
                .nth(1)
                .expect("a number")
                .parse::<f64>()
                .expect("a number")
                / 1000.0
        };
        (kb("VmRSS"), kb("VmHWM"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
