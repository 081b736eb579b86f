//! What must not end or hold up the service: a standard error that is full, closed, gone or read by nobody, a task that
//! dies, a disk that hangs. And what tells of it.

mod crowd;
mod ready;

use crate::faults::{filled, left, new_errand, sign_in};
use crate::kit::{Place, Process, count, famn, id, samples};
use crate::served::until;
use reqwest::Method;
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;

/// Requests that leave lines in the log: of about 200 bytes each, several times what a pipe holds.
const CALLS: usize = 1500;

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

async fn metric(at: SocketAddr, name: &str) -> f64 {
    let text = reqwest::get(format!("http://{at}/metrics")).await.expect("an answer");
    let text = text.text().await.expect("text");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("famn_{name} ")));
    line.and_then(|value| value.parse().ok())
        .unwrap_or_else(|| panic!("{name} in\n{text}"))
}

/// The main job, many calls, health, and an orderly end. The metrics tell whether lines of the log were lost.
async fn serves_as_ever(place: &Place, mut process: Process, metrics: SocketAddr, loses: bool) {
    let base = process.base.clone();
    let anna = sign_in(&base).await;
    let errand = id(&anna.post("/errands", new_errand(&anna).await).await.expect(201));
    for _ in 0..CALLS / 50 {
        let calls = (0..50).map(|_| anna.send(anna.plain(Method::GET, "/health/live")));
        for answer in futures_util::future::join_all(calls).await {
            answer.expect(200);
        }
    }
    anna.opens(&errand).await.expect(200);
    let file = id(&anna
        .uploads("k.jpg", "image/jpeg", samples::another_jpeg())
        .await
        .expect(201));
    assert_eq!(anna.get(&format!("/files/{file}/content")).await.status, 200);
    until("all has its place in the log", || count(place, "audit_pending") == 0).await;
    let ready = anna.send(anna.plain(Method::GET, "/health/ready")).await;
    assert_eq!(ready.expect(200)["status"], "ok");
    let lost = metric(metrics, "log_lines_lost").await;
    assert_eq!(lost > 0.0, loses, "{lost} lines lost");
    process.gets("TERM");
    assert_eq!(process.ended().await, 0);
    famn(place, &["audit", "verify"], "").done();
}

async fn telling(place: &Place, how: &str, output: Stdio, told: Stdio) -> (Process, SocketAddr) {
    let (listen, metrics) = (free_address(), free_address());
    let settings = [
        ("FAMN_SERVER__LISTEN", listen.to_string()),
        ("FAMN_METRICS__LISTEN", metrics.to_string()),
        ("FAMN_LOG__LEVEL", "info".to_owned()),
    ];
    let process = Process::start(place, (how, listen), &settings, (output, told)).await;
    (process, metrics)
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_log_changes_nothing_for_anyone() {
    let place = filled().await;
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("a full disk");
    let (process, metrics) = telling(&place, "exec \"$0\" serve", Stdio::null(), full.into()).await;
    serves_as_ever(&place, process, metrics, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_reader_is_gone_changes_nothing_for_anyone() {
    let place = filled().await;
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let (gone, output) = std::io::pipe().expect("a pipe");
    drop((reader, gone));
    let (process, metrics) = telling(&place, "exec \"$0\" serve", output.into(), writer.into()).await;
    serves_as_ever(&place, process, metrics, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_standard_error_and_output_change_nothing_for_anyone() {
    let place = filled().await;
    let closed = "exec \"$0\" serve >&- 2>&-";
    let (process, metrics) = telling(&place, closed, Stdio::null(), Stdio::null()).await;
    // What was closed is nowhere: nothing is lost that could have been kept.
    serves_as_ever(&place, process, metrics, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_holds_nobody_up_and_is_read_later() {
    let place = filled().await;
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let output = writer.try_clone().expect("the same");
    let (process, metrics) = telling(&place, "exec \"$0\" serve", output.into(), writer.into()).await;
    serves_as_ever(&place, process, metrics, false).await;
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("what was in the pipe");
    let whole = text
        .lines()
        .filter(|line| line.ends_with('}') && line.contains("answered"));
    assert!(whole.count() > 100, "{text:.400}");
}

/// Log and data on one disk that takes no more, and then does again.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_log_and_data_is_survived_and_told_of() {
    let place = filled().await;
    let path = place.folder.join("famn.log");
    let log = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .expect("a log");
    let (mut process, metrics) = telling(&place, "trap '' XFSZ; exec \"$0\" serve", Stdio::null(), log.into()).await;
    let anna = sign_in(&process.base).await;
    let errand = id(&anna.post("/errands", new_errand(&anna).await).await.expect(201));
    let before = left(&place);
    process.disk_takes(Some(0));
    for _ in 0..20 {
        let sent = anna.uploads("k.pdf", "application/pdf", samples::pdf_of(1_000)).await;
        sent.expect(503);
        anna.send(anna.plain(Method::GET, "/health/live")).await.expect(200);
    }
    process.disk_takes(None);
    crate::faults::until_served(&anna, &errand).await;
    anna.post("/errands", new_errand(&anna).await).await.expect(201);
    until("all has its place in the log", || count(&place, "audit_pending") == 0).await;
    let ready = anna.send(anna.plain(Method::GET, "/health/ready")).await;
    assert_eq!(ready.expect(200)["status"], "ok");
    assert_eq!(left(&place)[0], before[0] + 1);
    assert!(metric(metrics, "log_lines_lost").await > 0.0);
    process.gets("TERM");
    assert_eq!(process.ended().await, 0);
    let text = std::fs::read_to_string(&path).expect("a log");
    assert!(text.contains("lines of this log could not be written"), "{text}");
    famn(&place, &["audit", "verify"], "").done();
}

/// What cannot go on says why and ends with a code, also where nobody hears it.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_begin_ends_with_a_code_also_where_nobody_hears_why() {
    let place = filled().await;
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let listen = taken.local_addr().expect("an address").to_string();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let settings = [("FAMN_SERVER__LISTEN", listen)];
    let mut process = Process::spawn(&place, "exec \"$0\" serve", &settings, (Stdio::null(), writer.into()));
    assert_eq!(process.ended().await, 1);
}
