//! How fast Famn is, against what the machine can do. One command:
//!
//! `cargo bench --bench speed [-- sqlite|postgres://…] [-- rows=2000000] [-- homes=5000]`
//!
//! prints rate, p50, p95, p99, the server's CPU per operation and its memory. The client runs beside the server.

#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on stops")]

mod client;
mod data;
mod limits;
mod process;

use client::{Connection, Timed, load};
use data::Place;
use process::Server;
use std::time::{Duration, Instant};

const CLIENTS: usize = 32;
const RUN: Duration = Duration::from_secs(8);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let url = arguments.iter().find(|word| word.starts_with("postgres"));
    let rows = arguments
        .iter()
        .find_map(|word| word.strip_prefix("rows=")?.parse().ok())
        .unwrap_or(2_000);
    let homes = arguments
        .iter()
        .find_map(|word| word.strip_prefix("homes=")?.parse().ok());
    let folder = std::env::temp_dir().join(format!("famn-speed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let url = url
        .cloned()
        .unwrap_or_else(|| format!("sqlite:{}", folder.join("famn.db").display()));
    let kind = url.split(':').next().unwrap_or_default().to_owned();
    let place = Place { folder, url };
    println!("{kind}, {rows} errands, {} homes", homes.unwrap_or(20));
    let begun = Instant::now();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let opened = runtime.block_on(data::fill(&place, rows, homes.unwrap_or_default()));
    drop(runtime);
    println!("filled in {:.0} s", begun.elapsed().as_secs_f64());
    if homes.is_some() {
        beside_staff(&place, &opened);
    } else {
        machine(&place);
        measure(&place, &opened);
    }
    let _ = std::fs::remove_dir_all(&place.folder);
}

fn machine(place: &Place) {
    println!("\nthe machine");
    println!(
        "  fsync of 4 KiB                 {:>9.0} /s",
        limits::fsyncs(&place.folder)
    );
    println!("  argon2id hash                  {:>9.1} ms", limits::argon2_ms());
    println!(
        "  seal and hash 5 MiB            {:>9.1} ms",
        limits::seal_and_hash_ms(5)
    );
    let bare = limits::bare_read(&place.folder);
    println!(
        "  bare actix + diesel read       {:>9.0} /s   p50 {:.2} ms",
        bare.rate(),
        bare.at(0.5)
    );
}

fn measure(place: &Place, opened: &[String]) {
    let server = Server::start(place);
    std::thread::sleep(Duration::from_secs(2));
    println!("\nFamn");
    println!(
        "  ready after                    {:>9.0} ms",
        server.ready.as_secs_f64() * 1000.0
    );
    println!("  idle                           {:>9.1} MB", server.memory_mb().0);
    let (anna, assignment) = sign_in(&server, "anna.berg@example.org");
    let (maria, _) = sign_in(&server, "maria.lind@example.org");
    sign_ins(&server);
    run(&server, "open an errand", |connection, number| {
        let path = format!("/api/v1/errands/{}", opened[number % opened.len()]);
        assert_eq!(connection.send("GET", &path, &maria, "", b"").0, 200);
    });
    run(&server, "a page of the inbox", |connection, _| {
        assert_eq!(
            connection.send("GET", "/api/v1/errands?limit=25", &maria, "", b"").0,
            200
        );
    });
    let desk = sign_in_at_a_desk(&server, "maria.lind@example.org");
    run(&server, "the inbox as a page", |connection, _| {
        assert_eq!(connection.page("/arenden", &desk, None).0, 200);
    });
    let before = server.cpu_ms();
    let timed = load(&server.address, 1, Duration::from_secs(4), |connection, _| {
        assert_eq!(connection.page("/arenden", &desk, None).0, 200);
    });
    told(&server, "the inbox as a page (one client)", &timed, before);
    let new = format!(
        r#"{{"kind":"message","assignment_id":"{assignment}","subject":"Fråga","body":"Hej, vi undrar en sak."}}"#
    );
    run(&server, "send a message", |connection, _| {
        assert_eq!(
            connection
                .send("POST", "/api/v1/errands", &anna, "application/json", new.as_bytes())
                .0,
            201
        );
    });
    files(&server, &anna);
    let (now, most) = server.memory_mb();
    println!("  memory under load              {now:>9.1} MB   at most {most:.1} MB");
}

/// A home opens its errands, alone and while one of the staff sends one message after another, before each of which all
/// names of the board are looked through.
fn beside_staff(place: &Place, opened: &[String]) {
    let server = Server::start(place);
    std::thread::sleep(Duration::from_secs(2));
    let (anna, _) = sign_in(&server, "anna.berg@example.org");
    let (maria, _) = sign_in(&server, "maria.lind@example.org");
    let open = |connection: &mut Connection, number: usize| {
        let path = format!("/api/v1/errands/{}", opened[number % opened.len()]);
        assert_eq!(connection.send("GET", &path, &anna, "", b"").0, 200);
    };
    let send = |connection: &mut Connection, number: usize| {
        let path = format!("/api/v1/errands/{}/messages", opened[number % opened.len()]);
        let body = r#"{"body":"Hej Anna! Tack, jag ringer skolan om onsdag och hör av mig när tiden är bokad."}"#;
        assert_eq!(
            connection
                .send("POST", &path, &maria, "application/json", body.as_bytes())
                .0,
            201
        );
    };
    let timed = |what: &str, call: &(dyn Fn(&mut Connection, usize) + Sync)| {
        let before = server.cpu_ms();
        let timed = load(&server.address, 1, RUN, call);
        told(&server, what, &timed, before);
    };
    timed("a home opens an errand", &open);
    timed("staff sends a message", &send);
    std::thread::scope(|threads| {
        let sending = threads.spawn(|| load(&server.address, 1, RUN + Duration::from_secs(1), send));
        timed("a home opens, while staff sends", &open);
        sending.join().expect("it sends");
    });
}

fn run(server: &Server, what: &str, call: impl Fn(&mut Connection, usize) + Sync) {
    load(&server.address, CLIENTS, Duration::from_secs(1), &call);
    let before = server.cpu_ms();
    let timed = load(&server.address, CLIENTS, RUN, &call);
    told(server, what, &timed, before);
}

fn told(server: &Server, what: &str, timed: &Timed, cpu_before: f64) {
    let cpu = (server.cpu_ms() - cpu_before) / timed.calls as f64;
    println!(
        "  {what:<30} {:>9.0} /s   p50 {:.2}  p95 {:.2}  p99 {:.2} ms   CPU {cpu:.3} ms",
        timed.rate(),
        timed.at(0.5),
        timed.at(0.95),
        timed.at(0.99),
    );
}

/// An access token, and the person's first assignment.
fn sign_in(server: &Server, email: &str) -> (String, String) {
    let mut connection = Connection::open(&server.address);
    let body = credentials(email);
    let (status, answer) = connection.send("POST", "/api/v1/sessions", "", "application/json", body.as_bytes());
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let session: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
    let token = session["access_token"].as_str().expect("a token").to_owned();
    let (_, answer) = connection.send("GET", "/api/v1/assignments", &token, "", b"");
    let list: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
    (
        token,
        list["items"][0]["id"].as_str().expect("an assignment").to_owned(),
    )
}

/// The cookie of someone who has signed in at the pages.
fn sign_in_at_a_desk(server: &Server, email: &str) -> String {
    let mut connection = Connection::open(&server.address);
    let (_, page) = connection.page("/logga-in", "", None);
    let page = String::from_utf8_lossy(&page).into_owned();
    let token = page.split("name=\"csrf\" value=\"").nth(1).expect("a token");
    let token = token.split('"').next().unwrap_or_default();
    let form = format!(
        "csrf={token}&board=borlange&email={email}&password={}&tillbaka=/",
        famn::demo::PASSWORD
    );
    let before = connection.cookie("__Host-pre");
    let (status, _) = connection.page("/logga-in", &before, Some(&form));
    assert_eq!(status, 303, "{}", connection.head);
    connection.cookie("__Host-sid")
}

fn credentials(email: &str) -> String {
    format!(
        r#"{{"board":"borlange","email":"{email}","password":"{}"}}"#,
        famn::demo::PASSWORD
    )
}

fn sign_ins(server: &Server) {
    let before = server.cpu_ms();
    let timed = load(&server.address, 1, Duration::from_secs(4), |connection, _| {
        let body = credentials("eva.strand@example.org");
        assert_eq!(
            connection
                .send("POST", "/api/v1/sessions", "", "application/json", body.as_bytes())
                .0,
            201
        );
    });
    told(server, "sign in (one client)", &timed, before);
}

fn files(server: &Server, token: &str) {
    let body = pdf(5 << 20);
    let before = server.cpu_ms();
    let timed = load(&server.address, 4, RUN, |connection, _| {
        assert_eq!(
            connection
                .send("POST", "/api/v1/files", token, "application/pdf", &body)
                .0,
            201
        );
    });
    told(server, "send a PDF of 5 MiB (4 clients)", &timed, before);
}

/// A whole PDF of about `size` bytes, most of it one stream.
fn pdf(size: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n".to_vec();
    let second = out.len();
    out.extend_from_slice(b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n");
    let third = out.len();
    out.extend_from_slice(format!("3 0 obj\n<< /Length {size} >>\nstream\n").as_bytes());
    out.extend((0..size).map(|i| (i * 31 % 251) as u8));
    out.extend_from_slice(b"\nendstream\nendobj\n");
    let table = out.len();
    out.extend_from_slice(
        format!(
            "xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n{second:010} 00000 n \n{third:010} 00000 n \n\
             trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
        )
        .as_bytes(),
    );
    out
}
