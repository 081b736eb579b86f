//! The program itself, as a process that can be killed.

use super::database::Place;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

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
        let folder = place.folder.display();
        let mut process = Command::new(env!("CARGO_BIN_EXE_famn"))
            .arg("serve")
            .env("FAMN_SERVER__LISTEN", "127.0.0.1:0")
            .env("FAMN_SERVER__PUBLIC_URL", "http://127.0.0.1")
            .env("FAMN_DATA__FOLDER", folder.to_string())
            .env("FAMN_DATABASE__URL", &place.url)
            .env("FAMN_KEYS__ROOT_FILE", format!("{folder}/root.key"))
            .env("FAMN_AUDIT__ORIGIN", "famn.demo/audit")
            .env("FAMN_MAIL__FROM", "Famn <famn@famn.demo>")
            .env("FAMN_LOG__LEVEL", "error")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .current_dir(&place.folder)
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
