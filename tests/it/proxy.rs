//! What is shipped to stand around the program, as it is shipped: the proxy's settings and the service's.

use crate::kit::{Town, events, setting};
use famn::clock::Clock;
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn shipped(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name);
    std::fs::read_to_string(path).expect("it is shipped")
}

/// A program of the distribution, or nothing; with `FAMN_REQUIRE` it must be there.
fn program(name: &str) -> Option<PathBuf> {
    let path = setting("PATH").unwrap_or_default();
    let folders = path.split(':').chain(["/usr/sbin", "/usr/bin"]);
    let found = folders
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.is_file());
    assert!(
        found.is_some() || setting("FAMN_REQUIRE").is_none(),
        "{name} is missing"
    );
    found
}

/// nginx on two free ports, with the shipped file.
struct Proxy {
    process: Child,
    /// Of HTTPS and of plain HTTP.
    ports: (u16, u16),
}

impl Proxy {
    fn start(nginx: &Path, folder: &Path, famn: &str) -> Proxy {
        let ports = (free_port(), free_port());
        let site = shipped("nginx.conf")
            .replace("listen 443 ssl", &format!("listen 127.0.0.1:{} ssl", ports.0))
            .replace("listen 80", &format!("listen 127.0.0.1:{}", ports.1))
            .replace("/etc/ssl/famn", &folder.display().to_string())
            .replace("server 127.0.0.1:8080", &format!("server {famn}"));
        let at = folder.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
            .collect();
        let whole = format!(
            "daemon off;\nmaster_process off;\npid {at}/nginx.pid;\nerror_log {at}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n"
        );
        std::fs::write(folder.join("nginx.conf"), whole).expect("the settings are written");
        let process = Command::new(nginx)
            .arg("-e")
            .arg(folder.join("error.log"))
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx starts");
        Proxy { process, ports }
    }

    async fn answers(&mut self, folder: &Path) {
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", self.ports.0)).is_ok() {
                return;
            }
            let ended = self.process.try_wait().expect("its state");
            let log = || std::fs::read_to_string(folder.join("error.log")).unwrap_or_default();
            assert!(ended.is_none(), "nginx has ended: {}", log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nginx does not listen");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

fn python(arguments: &[&str], input: &Value) -> Value {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/through_proxy.py");
    let python = setting("FAMN_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let mut process = Command::new(python)
        .arg("-W")
        .arg("ignore")
        .arg(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut pipe = process.stdin.take().expect("its input");
    pipe.write_all(input.to_string().as_bytes()).expect("it reads");
    drop(pipe);
    let done = process.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{arguments:?}");
    serde_json::from_slice(&done.stdout).unwrap_or(Value::Null)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_proxy_serves_over_tls_with_limits_and_tells_who_asks() {
    let Some(nginx) = program("nginx") else { return };
    let town = Town::with(Clock::system(), |config| {
        config.server.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    })
    .await;
    let folder = town.place.folder.join("proxy");
    std::fs::create_dir_all(&folder).expect("a folder");
    let at = folder.display().to_string();
    python(&["cert", &at], &Value::Null);
    let mut proxy = Proxy::start(&nginx, &folder, town.base.trim_start_matches("http://"));
    proxy.answers(&folder).await;

    let anna = town.anna().await;
    let token = json!({"Authorization": format!("Bearer {}", anna.token()), "X-Forwarded-For": "6.6.6.6",
        "Forwarded": "for=6.6.6.6"});
    let long = "a".repeat(40_000);
    let asked = json!([
        {"method": "GET", "path": "/logga-in"},
        {"method": "GET", "path": "/api/v1/me", "headers": token},
        {"method": "GET", "path": "/api/v1/boards", "headers": {"X-Long": long}},
        {"method": "POST", "path": "/api/v1/files", "size": 136_000_000, "headers": token},
        {"method": "POST", "path": "/api/v1/files", "size": 20_000_000,
            "headers": {"Authorization": format!("Bearer {}", anna.token()), "Content-Type": "application/pdf"}},
        {"method": "GET", "path": "/health/ready"},
        {"method": "GET", "path": "/metrics"},
    ]);
    let ca = folder.join("fullchain.pem").display().to_string();
    let port = proxy.ports.0.to_string();
    let answers = tokio::task::block_in_place(|| python(&["ask", &port, &ca], &asked));
    let status = |nth: usize| answers[nth]["status"].as_u64().unwrap_or_default();
    assert_eq!(status(0), 200, "{answers}");
    assert!(answers[0]["headers"]["content-security-policy"].is_string() && answers[0]["headers"]["server"] == "nginx");
    assert_eq!(status(1), 200, "{}", answers[1]);
    let from = events(&town.place)
        .into_iter()
        .rev()
        .find(|event| event["action"] == "me.read");
    assert_eq!(
        from.expect("the event")["ip"],
        "127.0.0.1",
        "the proxy's word, not what it was told"
    );
    assert!([400, 414, 431].contains(&status(2)), "{}", answers[2]);
    // A refusal may reach one who is still sending as a broken connection.
    assert!([413, 0].contains(&status(3)), "{}", answers[3]);
    assert!([413, 0].contains(&status(4)), "{}", answers[4]);
    assert_eq!(status(5), 200, "{}", answers[5]);
    assert_eq!(status(6), 404, "{}", answers[6]);

    let plain = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let sent = plain
        .get(format!("http://127.0.0.1:{}/skriv?a=b", proxy.ports.1))
        .send()
        .await
        .expect("an answer");
    let to = sent.headers()["location"].to_str().expect("text");
    assert_eq!((sent.status().as_u16(), to), (301, "https://famn.example.se/skriv?a=b"));
    drop(proxy);
    let kept = ["client_body", "proxy"].map(|kind| std::fs::read_dir(folder.join(kind)).map_or(0, Iterator::count));
    assert_eq!(kept, [0, 0], "nothing of a body lies on the proxy's disk");
}

#[test]
fn the_shipped_unit_is_one_and_is_hardened() {
    let Some(analyze) = program("systemd-analyze") else {
        return;
    };
    let folder = std::env::temp_dir().join(format!("famn-unit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let unit = folder.join("famn.service");
    let text = shipped("famn.service").replace("/usr/local/bin/famn", env!("CARGO_BIN_EXE_famn"));
    std::fs::write(&unit, text).expect("the unit is written");
    let run = |arguments: &[&str]| {
        let done = Command::new(&analyze)
            .args(arguments)
            .arg(&unit)
            .output()
            .expect("it runs");
        let told = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
        (done.status.success(), told)
    };
    let (fine, told) = run(&["verify"]);
    assert!(fine && !told.contains("famn.service"), "{told}");
    // Tenths: of 100, where an ordinary unit has 96.
    let (fine, told) = run(&["security", "--offline=true", "--threshold=15"]);
    assert!(fine, "{told}");
    std::fs::remove_dir_all(folder).expect("it goes");
}
