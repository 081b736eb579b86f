//! The program itself, as a process that can be killed.

use super::database::Place;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Output, Stdio};

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
        let mut process = program(place)
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

/// What a command came to.
#[derive(Debug)]
pub struct Told {
    pub code: i32,
    /// Its standard output, without the end of the last line.
    pub output: String,
    /// What it said on standard error.
    pub words: String,
}

impl Told {
    /// The output of a command that has done what it was to do.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.output
    }
}

/// Gives a command of the program on a place's folder and database, with `input` on its standard input.
pub fn famn(place: &Place, command: &[&str], input: &str) -> Told {
    let mut process = spawn(place, command);
    let mut typed = process.stdin.take().expect("its input");
    // It may end without having read it.
    let _ = typed.write_all(input.as_bytes());
    drop(typed);
    told(&process.wait_with_output().expect("it ends"))
}

/// Gives a command with further settings, as variables, and nothing to read.
pub fn famn_set(place: &Place, settings: &[(&str, &str)], command: &[&str]) -> Told {
    let mut program = program(place);
    program
        .args(command)
        .envs(settings.iter().copied())
        .stdin(Stdio::null());
    told(&program.output().expect("it ends"))
}

fn told(done: &Output) -> Told {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    Told {
        code: done.status.code().expect("it ends by itself"),
        output: text(&done.stdout),
        words: text(&done.stderr),
    }
}

/// Begins a command of the program.
pub fn spawn(place: &Place, command: &[&str]) -> Child {
    program(place)
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// The program with its settings for a place.
pub(super) fn program(place: &Place) -> Command {
    let folder = place.folder.display();
    let mut program = Command::new(env!("CARGO_BIN_EXE_famn"));
    program
        .env("FAMN_SERVER__LISTEN", "127.0.0.1:0")
        .env("FAMN_SERVER__PUBLIC_URL", "http://127.0.0.1")
        .env("FAMN_DATA__FOLDER", folder.to_string())
        .env("FAMN_DATABASE__URL", &place.url)
        .env("FAMN_KEYS__ROOT_FILE", format!("{folder}/root.key"))
        .env("FAMN_AUDIT__ORIGIN", "famn.demo/audit")
        .env("FAMN_MAIL__FROM", "Famn <famn@famn.demo>")
        .env("FAMN_LOG__LEVEL", "error")
        .current_dir(&place.folder);
    program
}
