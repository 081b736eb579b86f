//! A machine in a folder: what a manual's blocks name of the root of a file system lies in it, `famn` is a user without
//! rights (`nobody`, where the tests run as root), and of what needs a real machine there is a stand-in.

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const STANDS_IN: &[(&str, &str)] = &[
    ("useradd", "exit 0"),
    (
        "systemctl",
        "stop() { [ -f ROOT/pid ] || return 0; pid=$(cat ROOT/pid); rm ROOT/pid
    kill -TERM $(cat /proc/$pid/task/$pid/children 2>/dev/null) 2>/dev/null || kill -TERM $pid
    while kill -0 $pid 2>/dev/null; do sleep 0.05; done; }
case \"$1\" in
stop) stop ;;
start | enable)
    stop; ROOT/usr/local/sbin/famnctl serve >ROOT/served 2>ROOT/log </dev/null & pid=$!
    echo $pid >ROOT/pid
    while ! grep -q listening ROOT/served; do kill -0 $pid || { cat ROOT/log >&2; exit 1; }; sleep 0.05; done ;;
esac",
    ),
];
/// Where nobody may hand files to another user.
const WITHOUT_ROOT: &[(&str, &str)] = &[
    ("chown", "exit 0"),
    ("runuser", "shift 3; exec \"$@\""),
    (
        "install",
        "args=(); while [ $# -gt 0 ]; do case \"$1\" in -o | -g) shift 2 ;; *) args+=(\"$1\"); shift ;; esac; done
exec /usr/bin/install \"${args[@]}\"",
    ),
];

pub struct Machine {
    pub root: PathBuf,
    is_root: bool,
}

impl Machine {
    pub fn new() -> Machine {
        let chance = hex(&famn::secret::random::<6>());
        let root = std::env::temp_dir().join(format!("famn-typed-{chance}"));
        let machine = Machine {
            is_root: rustix::process::geteuid().is_root(),
            root,
        };
        for folder in [
            "work/config",
            "bin",
            "usr/local/bin",
            "usr/local/sbin",
            "etc/systemd/system",
            "var/lib",
            "var/backups",
            "media/usb",
        ] {
            std::fs::create_dir_all(machine.root.join(folder)).expect("a folder");
        }
        // The user without rights passes through, whatever the umask of the tests.
        for folder in machine.root.join("var/lib").ancestors().take(3) {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("open");
        }
        let without = if machine.is_root { &[] } else { WITHOUT_ROOT };
        for (name, script) in STANDS_IN.iter().chain(without) {
            let path = machine.root.join("bin").join(name);
            let script = script.replace("ROOT", &machine.root.display().to_string());
            std::fs::write(&path, format!("#!/bin/bash\n{script}\n")).expect("written");
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("open");
        }
        machine.brings_the_program();
        machine
    }

    /// The folder one stands in: the program and what is shipped beside it.
    pub fn brings_the_program(&self) {
        let work = self.root.join("work");
        std::fs::copy(env!("CARGO_BIN_EXE_famn"), work.join("famn")).expect("the program");
        for name in ["famnctl", "famn.toml.example", "famn.service"] {
            let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name);
            let text = std::fs::read_to_string(shipped).expect("it is shipped");
            let text = self.here(&text).replace("127.0.0.1:8080", "127.0.0.1:0");
            std::fs::write(work.join("config").join(name), text).expect("written");
        }
    }

    /// A text with its paths in this folder, and its user one that is there.
    fn here(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for folder in ["/etc/", "/var/", "/usr/local/", "/media/"] {
            text = text.replace(folder, &format!("\u{1}{folder}"));
        }
        text = text.replace('\u{1}', &self.root.display().to_string());
        let group = if Path::new("/etc/debian_version").exists() {
            "nogroup"
        } else {
            "nobody"
        };
        for (famn, there) in [
            ("-u famn ", "-u nobody ".to_owned()),
            ("-o famn -g famn", format!("-o nobody -g {group}")),
            ("-o root -g famn", format!("-o root -g {group}")),
            ("root:famn ", format!("root:{group} ")),
            ("famn:famn ", format!("nobody:{group} ")),
        ] {
            text = text.replace(famn, &there);
        }
        text
    }

    /// Types a block; gives what it printed.
    #[track_caller]
    pub fn types(&self, block: &str, input: &str) -> String {
        let (root, path) = (self.root.display(), crate::kit::setting("PATH").unwrap_or_default());
        let mut shell = Command::new("bash");
        shell.args(["-eu", "-o", "pipefail", "-c", &self.here(block)]);
        shell.current_dir(self.root.join("work"));
        shell.env(
            "PATH",
            format!("{root}/bin:{root}/usr/local/sbin:{root}/usr/local/bin:{path}:/usr/sbin:/sbin"),
        );
        shell
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut shell = shell.spawn().expect("a shell");
        let mut typed = shell.stdin.take().expect("its input");
        let _ = typed.write_all(input.as_bytes());
        drop(typed);
        let done = shell.wait_with_output().expect("it ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (output, words) = (text(&done.stdout), text(&done.stderr));
        assert!(done.status.success(), "{block}\n{output}\n{words}");
        output
    }

    /// Where the service that was started listens.
    pub fn base(&self) -> String {
        let said = std::fs::read_to_string(self.root.join("served")).expect("it was started");
        let base = said.lines().find_map(|line| line.strip_prefix("listening on "));
        base.expect("it listens").to_owned()
    }

    /// A file is the service's user's, and nobody else reads it.
    #[track_caller]
    pub fn is_the_services(&self, path: &str) {
        let found = std::fs::symlink_metadata(self.root.join(path)).expect(path);
        let owner = if self.is_root { nobody() } else { found.uid() };
        assert_eq!((found.uid(), found.mode() & 0o077), (owner, 0), "{path}");
    }

    /// All files below a folder are.
    #[track_caller]
    pub fn are_the_services(&self, path: &str) {
        for entry in std::fs::read_dir(self.root.join(path)).expect(path) {
            let entry = entry.expect("an entry");
            let within = format!("{path}/{}", entry.file_name().to_string_lossy());
            self.is_the_services(&within);
            if entry.file_type().expect("a kind").is_dir() {
                self.are_the_services(&within);
            }
        }
    }

    /// What was on it is gone, but for backups and what lay apart.
    pub fn is_lost(&self) {
        for folder in ["etc/famn", "var/lib/famn", "usr/local"] {
            std::fs::remove_dir_all(self.root.join(folder)).expect("gone");
        }
        for folder in ["usr/local/bin", "usr/local/sbin"] {
            std::fs::create_dir_all(self.root.join(folder)).expect("a folder");
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let stop = Command::new(self.root.join("bin/systemctl"))
            .args(["stop", "famn"])
            .status();
        let gone = std::fs::remove_dir_all(&self.root);
        if !std::thread::panicking() {
            assert!(stop.is_ok() && gone.is_ok(), "{stop:?} {gone:?}");
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The user without rights, as the system numbers it.
fn nobody() -> u32 {
    let users = std::fs::read_to_string("/etc/passwd").expect("users");
    let line = users.lines().find_map(|line| line.strip_prefix("nobody:"));
    let number = line.and_then(|rest| rest.split(':').nth(1)?.parse().ok());
    number.expect("nobody is there")
}
