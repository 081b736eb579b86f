//! The program itself, as a process that can be killed.

use super::database::Place;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

/// `famn` with the settings of a place.
fn command(place: &Place) -> Command {
    let folder = place.folder.display();
    let mut command = Command::new(env!("CARGO_BIN_EXE_famn"));
    command
        .env("FAMN_SERVER__LISTEN", "127.0.0.1:0")
        .env("FAMN_SERVER__PUBLIC_URL", "http://127.0.0.1")
        .env("FAMN_DATA__FOLDER", folder.to_string())
        .env("FAMN_DATABASE__URL", &place.url)
        .env("FAMN_KEYS__ROOT_FILE", format!("{folder}/root.key"))
        .env("FAMN_AUDIT__ORIGIN", "famn.demo/audit")
        .env("FAMN_MAIL__FROM", "Famn <famn@famn.demo>")
        .env("FAMN_LOG__LEVEL", "error")
        .current_dir(&place.folder);
    command
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Told {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs a command of the program to its end.
pub fn famn(place: &Place, arguments: &[&str], input: &str) -> Told {
    let mut process = spawn(place, arguments);
    let mut pipe = process.stdin.take().expect("its input");
    pipe.write_all(input.as_bytes()).expect("it reads");
    drop(pipe);
    let output = process.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Told {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

/// Begins a command of the program.
pub fn spawn(place: &Place, arguments: &[&str]) -> Child {
    command(place)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// `famn serve` on a place's folder and database.
pub struct Server {
    pub base: String,
    process: Child,
}

impl Server {
    /// Starts it and waits for the line that says where it listens.
    pub fn start(place: &Place) -> Server {
        Server::with(place, &[])
    }

    /// With further settings, as variables.
    pub fn with(place: &Place, settings: &[(&str, String)]) -> Server {
        let mut process = command(place)
            .arg("serve")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let base = lines
            .find_map(|line| line.ok()?.strip_prefix("listening on ").map(str::to_owned))
            .expect("it says where it listens");
        Server { base, process }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
