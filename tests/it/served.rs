//! The program as it runs: the demo and `serve` from start to end, what they do without being asked, what their log
//! says, and what several of them do on one database.

mod quiet;

use crate::kit::{Person, Place, Running, connect, count, famn, id, rest, samples};
use famn::alive::Pulse;
use famn::clock::Clock;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

async fn filled() -> Place {
    tokio::task::spawn_blocking(Place::filled).await.expect("a place")
}

async fn signed_in(at: &Running, who: &str) -> Person {
    let nobody = Person::nobody(&at.base, Arc::default());
    let email = format!("{who}@example.org");
    nobody.signed_in("borlange", &email, famn::demo::PASSWORD).await
}

/// Waits until something holds, as it will without anyone's doing.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1500 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what}: not yet");
}

/// Everything has its place in the log, and every log is signed to its end.
fn is_signed(place: &Place) -> bool {
    let unsigned = "audit_tree t WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoint c WHERE c.board_id = t.board_id \
                    AND c.epoch = t.epoch AND c.size = t.size)";
    count(place, "audit_pending") == 0
        && count(place, "audit_seq") == count(place, "audit_event")
        && count(place, unsigned) == 0
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_filled_served_ended_and_opened_again() {
    let mut place = tokio::task::spawn_blocking(Place::empty).await.expect("a place");
    let folder = place.folder.clone();
    place.url = format!("sqlite:{}", folder.join("famn.db").display());
    let mut demo = Running::demo(&folder);
    for person in famn::demo::PEOPLE {
        let told =
            |line: &String| line.contains(person.email) && line.contains(person.board) && line.contains(person.is);
        assert!(demo.said.iter().any(told), "{} in {:?}", person.email, demo.said);
    }
    assert!(demo.said.iter().any(|line| line.contains(famn::demo::PASSWORD)));
    assert!(
        demo.base.starts_with("http://127.0.0.1:") && !demo.base.ends_with(":0"),
        "{}",
        demo.base
    );
    let ready = Person::nobody(&demo.base, Arc::default());
    let ready = ready.send(ready.plain(reqwest::Method::GET, "/health/ready")).await;
    assert_eq!(ready.expect(200)["status"], "ok");
    let anna = signed_in(&demo, "anna.berg").await;
    let errand = id(&anna.writes("Vi undrar över lördag").await);
    demo.gets("TERM");
    assert_eq!(demo.ended().await, 0, "{}", demo.log());
    assert!(is_signed(&place), "what was pending is sequenced and signed");
    let data = folder.to_str().expect("a path");
    let whole = famn(&place, &["audit", "verify", "--data", data], "");
    assert_eq!(whole.code, 0, "{whole:?}");

    let mut again = Running::demo(&folder);
    let (anna, maria) = (
        signed_in(&again, "anna.berg").await,
        signed_in(&again, "maria.lind").await,
    );
    for person in [&anna, &maria] {
        let seen = person.opens(&errand).await.expect(200);
        assert_eq!(seen["messages"][0]["body"], "Vi undrar över lördag");
    }
    again.gets("INT");
    assert_eq!(again.ended().await, 0, "{}", again.log());
    let folder = famn(&place, &["audit", "verify", "--data", data, "--board", "borlange"], "");
    assert_eq!(folder.code, 0, "{folder:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_serves_nobody_else_and_takes_no_strange_folder() {
    let place = tokio::task::spawn_blocking(Place::empty).await.expect("a place");
    let anywhere = famn(&place, &["demo", "--listen", "0.0.0.0:0"], "");
    assert!(
        anywhere.code == 1 && anywhere.words.contains("loopback"),
        "{anywhere:?}"
    );
    let folder = place.folder.join("annat");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("brev.txt"), "kvar").expect("a file");
    let data = folder.to_str().expect("a path");
    let strange = famn(&place, &["demo", "--listen", "127.0.0.1:0", "--data", data], "");
    assert!(
        strange.code == 1 && strange.words.contains("no demo's folder"),
        "{strange:?}"
    );
    assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_served_once_it_is_up_to_date() {
    let place = tokio::task::spawn_blocking(Place::empty).await.expect("a place");
    famn(&place, &["keys", "init"], "").done();
    let early = famn(&place, &["serve"], "");
    assert!(early.code == 1 && early.words.contains("famn migrate"), "{early:?}");
    assert!(famn(&place, &["migrate"], "").done().starts_with("applied "));
    assert_eq!(famn(&place, &["migrate"], "").done(), "the database is up to date");
    let mut server = Running::serving(&place, &[]);
    // In order also in the moment after it has said that it listens.
    server.gets("TERM");
    assert_eq!(server.ended().await, 0, "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_says_what_it_does_and_an_odd_one_is_refused() {
    let place = tokio::task::spawn_blocking(Place::empty).await.expect("a place");
    let commands = [
        "serve",
        "demo",
        "migrate",
        "keys init",
        "board add",
        "person add",
        "person close",
        "person end-role",
        "home add",
        "home leave",
        "home mark",
        "person mark",
        "assignment mark",
        "assignment add",
        "assignment deputy",
        "audit verify",
        "audit export",
    ];
    for command in commands {
        let words: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let told = famn(&place, &words, "").done();
        assert!(
            told.contains("Usage: famn") && told.lines().next().is_some_and(|line| line.len() > 10),
            "{told}"
        );
    }
    for odd in [&["serva"][..], &["serve", "--odd"], &["audit"], &["person", "add"], &[]] {
        assert_eq!(famn(&place, odd, "").code, 2, "{odd:?}");
    }
    let settings = place.folder.join("famn.toml");
    std::fs::write(&settings, "[server]\nworkers = 900\n[colour]\nred = 1\n").expect("a file");
    let faults = famn(&place, &["serve", "--config", settings.to_str().expect("a path")], "");
    assert!(
        faults.code == 1 && faults.words.contains("server.workers") && faults.words.contains("colour.red"),
        "{faults:?}"
    );
}

/// An upload is half sent when the server is asked to stop: nobody new is let in, the upload is taken whole, and then
/// the server ends, its log whole.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_progress_is_finished_when_it_is_asked_to_stop() {
    let place = filled().await;
    let mut server = Running::serving(&place, &[]);
    let (anna, before) = (signed_in(&server, "anna.berg").await, count(&place, "file"));
    let token = anna.token().to_owned();
    let pdf = samples::pdf_of(1_000_000);
    let mut upload = connect(&server.base);
    let head = format!(
        "POST /api/v1/files HTTP/1.1\r\nHost: famn\r\nAuthorization: Bearer {token}\r\nContent-Type: application/pdf\r\n\
         Content-Disposition: attachment; filename=\"k.pdf\"\r\nContent-Length: {}\r\n\r\n",
        pdf.len()
    );
    upload.write_all(head.as_bytes()).expect("a head");
    let (first, second) = pdf.split_at(600_000);
    upload.write_all(first).expect("half a file");
    let blobs = place.folder.join("blobs");
    let folders = || std::fs::read_dir(&blobs).into_iter().flatten().flatten();
    let files = || folders().flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
    until("the upload has begun", || {
        files().any(|file| file.file_name().to_string_lossy().contains('#'))
    })
    .await;

    server.gets("TERM");
    let address = server.base.trim_start_matches("http://").to_owned();
    until("nobody new is let in", || {
        std::net::TcpStream::connect(&address).is_err()
    })
    .await;
    upload.write_all(second).expect("the other half");
    let answer = tokio::task::spawn_blocking(move || rest(&mut upload))
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 201, "{answer:?}");
    drop(anna);
    assert_eq!(server.ended().await, 0, "{}", server.log());
    assert_eq!(count(&place, "file"), before + 1);
    assert!(is_signed(&place), "what was pending is sequenced and signed");
    let whole = famn(&place, &["audit", "verify"], "");
    assert_eq!(whole.code, 0, "{whole:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_sequenced_and_signed_without_another_call() {
    let place = filled().await;
    let server = Running::serving(&place, &[]);
    let anna = signed_in(&server, "anna.berg").await;
    let before = count(&place, "audit_seq");
    anna.writes("Kan någon ringa oss?").await;
    until("sequenced and signed", || {
        count(&place, "audit_seq") > before && is_signed(&place)
    })
    .await;
}

/// Each log says once an hour that it is alive, so that silence shows; what else is written puts it off.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_hour_leaves_a_signed_heartbeat_in_every_log() {
    let place = filled().await;
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(3600)));
    let mut config = famn::demo::config(&place.folder, std::net::SocketAddr::from(([127, 0, 0, 1], 0)));
    config.database.url = place.url.clone();
    let app = famn::demo::open(config, clock.clone()).await.expect("it opens");
    let keeper = app.keeper();
    // One look, then the end, which signs: the keeper's first poll gets past its first look at `stop`.
    let look = async || {
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let stopped = async { stop.send(true) };
        let _ =
            futures_util::future::join(keeper.clone().run(stopping, Pulse::of("log", Duration::MAX)), stopped).await;
        assert!(is_signed(&place));
        count(&place, "audit_event WHERE action = 'audit.heartbeat'")
    };
    let before = look().await;
    clock.forward(Duration::from_secs(3599));
    assert_eq!(look().await, before, "an hour is not over");
    clock.forward(Duration::from_secs(1));
    let boards = count(&place, "board");
    assert_eq!(look().await, before + boards, "one in every board's log");
    assert_eq!(
        look().await,
        before + boards,
        "and no more before the next hour is over"
    );
    let whole = famn(&place, &["audit", "verify"], "");
    assert_eq!(whole.code, 0, "{whole:?}");
}

/// Sixteen writers at two instances on one database: numbers without a gap, one log, and who signs out at one is out at
/// the other.
#[tokio::test(flavor = "multi_thread")]
async fn two_instances_serve_one_database_as_one() {
    let place = filled().await;
    let servers = [Running::serving(&place, &[]), Running::serving(&place, &[])];
    let mut writing = Vec::new();
    for number in 0..16 {
        let who = ["anna.berg", "erik.berg", "sara.ohman"][number % 3];
        let person = signed_in(&servers[number % 2], who).await;
        writing.push(tokio::spawn(async move {
            for turn in 0..4 {
                person.writes(&format!("skribent {number} tur {turn}")).await;
            }
        }));
    }
    for one in writing {
        one.await.expect("all of it is taken");
    }
    let serials = "SELECT CAST(number_serial AS TEXT) AS text FROM errand JOIN board ON board.id = errand.board_id \
                   WHERE slug = 'borlange' ORDER BY number_serial";
    let serials = crate::kit::texts(&place, serials);
    let gapless = (1..=serials.len()).map(|number| number.to_string());
    assert!(
        serials.len() >= 64 && gapless.eq(serials.iter().cloned()),
        "{serials:?}"
    );

    let here = signed_in(&servers[0], "maria.lind").await;
    let there = Person::nobody(&servers[1].base, Arc::default()).with_token(Some(here.token()));
    there.get("/me").await.expect(200);
    here.delete("/sessions/current").await.expect(204);
    assert_eq!(there.get("/me").await.problem(401), "sign-in");
    until("sequenced and signed", || is_signed(&place)).await;
    for mut server in servers {
        server.gets("TERM");
        assert_eq!(server.ended().await, 0, "{}", server.log());
    }
    let whole = famn(&place, &["audit", "verify"], "");
    assert_eq!(whole.code, 0, "{whole:?}");
}

/// Files pass through; they are never whole in memory, neither on their way in nor on their way out.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_flat_while_large_files_stream() {
    const LARGEST: usize = 15 * 1024 * 1024;
    let place = filled().await;
    let server = Running::serving(&place, &[]);
    let anna = signed_in(&server, "anna.berg").await;
    let passes = async |size: usize| {
        let file = id(&anna
            .uploads("k.pdf", "application/pdf", samples::pdf_of(size))
            .await
            .expect(201));
        for form in ["content", "original"] {
            let back = anna.get(&format!("/files/{file}/{form}")).await;
            assert_eq!((back.status.as_u16(), back.bytes.len()), (200, size));
        }
    };
    // Threads, buffers and caches come with the first requests, whatever their size.
    for _ in 0..4 {
        passes(300_000).await;
    }
    let before = server.memory("VmHWM");
    for _ in 0..4 {
        passes(LARGEST).await;
    }
    let grown = server.memory("VmHWM") - before;
    let most = LARGEST as u64 / 1024 * 3 / 4;
    assert!(grown < most, "{grown} kB more than {before} kB for files of 15 MB");
}
