//! Uploads that go wrong on the way, and files that nobody takes: nothing is left of them.

use crate::kit::{Person, Town, connect, count, id, rest, samples};
use famn::clock::Clock;
use futures_util::future::{Either, join_all, select};
use reqwest::Method;
use serde_json::json;
use std::io::Write;
use std::time::Duration;

const LARGEST: usize = 15 * 1024 * 1024;

/// The head of an upload by hand.
fn head(town: &Town, person: &Person, more: &str) -> String {
    let host = town.base.strip_prefix("http://").expect("an address");
    format!(
        "POST /api/v1/files HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Type: image/jpeg\r\n{more}\r\n",
        person.token()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_cut_off_in_the_middle_leaves_nothing() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let (rows, blobs) = (count(&town.place, "file"), town.blobs());
    for (declared, sent) in [
        (1_000_000, 0),
        (1_000_000, 40),
        (1_000_000, 300_000),
        (5_000_000, 4_999_999),
    ] {
        let head = head(&town, &anna, &format!("Content-Length: {declared}\r\n"));
        let bytes = samples::photo_of(declared);
        let base = town.base.clone();
        let cut = move || {
            let mut stream = connect(&base);
            stream.write_all(head.as_bytes()).expect("the head is taken");
            stream.write_all(&bytes[..sent]).expect("the bytes are taken");
        };
        tokio::task::spawn_blocking(cut).await.expect("it is cut");
    }
    // Begun without a length, and never ended.
    let head = head(&town, &anna, "Transfer-Encoding: chunked\r\n");
    let base = town.base.clone();
    let cut = move || {
        let mut stream = connect(&base);
        let chunk = [b"20000\r\n".to_vec(), samples::photo_of(0x20000), b"\r\n".to_vec()].concat();
        stream.write_all(head.as_bytes()).expect("the head is taken");
        stream.write_all(&chunk).expect("the bytes are taken");
    };
    tokio::task::spawn_blocking(cut).await.expect("it is cut");
    // Whoever is served after them is served by the same two workers.
    anna.uploads("k.jpg", "image/jpeg", samples::jpeg()).await.expect(201);
    town.settles_to(blobs.len() + 2).await;
    assert_eq!(count(&town.place, "file"), rows + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_length_it_stops_at_the_limit() {
    let town = Town::new().await;
    let anna = town.anna().await;
    let blobs = town.blobs();
    let (head, base) = (head(&town, &anna, "Transfer-Encoding: chunked\r\n"), town.base.clone());
    let endless = move || {
        let mut stream = connect(&base);
        stream.write_all(head.as_bytes()).expect("the head is taken");
        let mut reader = stream.try_clone().expect("a second hand");
        let answer = std::thread::spawn(move || rest(&mut reader));
        let mut chunk = [b"10000\r\n".to_vec(), samples::photo_of(0x10000), b"\r\n".to_vec()].concat();
        let mut sent = 0;
        // Until the server closes the connection; no sender has the patience for a thousand times the limit.
        while sent < LARGEST * 1000 && stream.write_all(&chunk).is_ok() {
            sent += 0x10000;
            chunk[7..7 + 0x10000].fill(0);
        }
        drop(stream);
        (answer.join().expect("it was read"), sent)
    };
    let (answer, sent) = tokio::task::spawn_blocking(endless).await.expect("it ends");
    assert_eq!(answer.status(), 413, "{answer:?}");
    assert!(answer.text.contains("/problems/too-large"));
    assert!(sent < LARGEST * 1000, "the server would go on reading");
    town.settles_to(blobs.len()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_hand_nothing_in_are_refused_before_a_byte_is_kept() {
    let town = Town::new().await;
    let blobs = town.blobs();
    for who in ["per.holm", "stina.drift", "ali.ek"] {
        let answer = town
            .person(who)
            .await
            .uploads("k.jpg", "image/jpeg", samples::jpeg())
            .await;
        assert_eq!(answer.problem(403), "forbidden", "{who}");
    }
    let nobody = town.nobody().uploads("k.jpg", "image/jpeg", samples::jpeg()).await;
    assert_eq!(nobody.problem(401), "sign-in");
    assert_eq!(town.blobs(), blobs);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_errand_takes_is_gone_after_a_day() {
    let clock = Clock::fixed(Clock::system().now());
    let town = Town::at(clock.clone()).await;
    let anna = town.anna().await;
    let (rows, blobs) = (count(&town.place, "file"), town.blobs());
    let mut files = Vec::new();
    for _ in 0..3 {
        files.push(id(&anna
            .uploads("k.jpg", "image/jpeg", samples::jpeg())
            .await
            .expect(201)));
    }
    anna.hands_in(&files[0], 100, "Pressbyrån Borlänge").await.expect(201);
    let new = json!({"kind": "message", "body": "Se bilden från skolan", "file_ids": [files[1]]});
    anna.post("/errands", new).await.expect(201);
    clock.forward(Duration::from_secs(24 * 60 * 60));
    assert_eq!(
        famn::file::sweep(&town.app).await.expect("swept"),
        0,
        "not before the day is over"
    );
    clock.forward(Duration::from_secs(1));
    assert_eq!(
        famn::file::sweep(&town.app).await.expect("swept"),
        2,
        "what was sent and what is shown"
    );
    assert_eq!(
        (count(&town.place, "file"), town.blobs().len()),
        (rows + 2, blobs.len() + 4)
    );
    let anna = town.anna().await;
    for (file, status) in [(&files[0], 200), (&files[1], 200), (&files[2], 404)] {
        for form in ["content", "original"] {
            let answer = anna
                .send(anna.request(Method::GET, &format!("/files/{file}/{form}")))
                .await;
            assert_eq!(answer.status.as_u16(), status);
        }
    }
    assert_eq!(
        anna.hands_in(&files[2], 100, "Pressbyrån Borlänge").await.faults()[0].1,
        "file-unknown"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn eighty_files_at_once_are_all_taken_while_others_are_answered() {
    let town = Town::new().await;
    let (anna, nobody) = (town.anna().await, town.nobody());
    let send = |i: usize| {
        let anna = &anna;
        async move {
            match i % 4 {
                // Sealed, read whole and re-encoded; read whole; read whole and copied.
                0 | 1 => anna.uploads("k.jpg", "image/jpeg", samples::photo_of(200_000)).await,
                2 => anna.uploads("k.pdf", "application/pdf", samples::pdf_of(200_000)).await,
                _ => anna.uploads("k.heic", "image/heic", samples::heic()).await,
            }
        }
    };
    let rows = count(&town.place, "file");
    let mut sent = std::pin::pin!(join_all((0..80).map(send)));
    let mut looks = 0;
    let all = async {
        loop {
            let look = std::pin::pin!(nobody.send(nobody.plain(Method::GET, "/health/ready")));
            match select(&mut sent, look).await {
                Either::Left((sent, _)) => return sent,
                Either::Right((answer, _)) => {
                    assert_eq!(answer.status, 200, "{answer}");
                    looks += 1;
                }
            }
        }
    };
    // What hangs would hang for ever.
    let answers = tokio::time::timeout(Duration::from_secs(120), all)
        .await
        .expect("they end");
    for answer in answers {
        assert_eq!(answer.status, 201, "{answer}");
    }
    assert!(looks > 0, "others were answered meanwhile");
    assert_eq!(count(&town.place, "file"), rows + 80);
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_without_a_row_are_swept_and_no_others() {
    let clock = Clock::fixed(Clock::system().now().plus(Duration::from_secs(2 * 60 * 60)));
    let town = Town::at(clock.clone()).await;
    let anna = town.anna().await;
    for _ in 0..3 {
        let file = id(&anna
            .uploads("k.jpg", "image/jpeg", samples::another_jpeg())
            .await
            .expect(201));
        anna.hands_in(&file, 100, "Pressbyrån Borlänge").await.expect(201);
    }
    let kept = town.blobs();
    // More than are asked for at once, of this board and of none.
    let whole = kept
        .iter()
        .find(|path| path.to_string_lossy().contains('.'))
        .expect("a blob");
    for _ in 0..230 {
        let id = clock.fresh_id::<()>().to_string();
        let digit = id.chars().last().expect("a digit").to_string();
        let board = whole.file_name().and_then(|name| name.to_str()).expect("a name");
        let board = board.split('.').next().expect("a board");
        let stray = town
            .place
            .folder
            .join("blobs")
            .join(digit)
            .join(format!("{board}.{id}"));
        std::fs::copy(whole, stray).expect("a stray");
    }
    assert_eq!(town.blobs().len(), kept.len() + 230);
    // Of two days from now, all of them are old.
    clock.forward(Duration::from_secs(2 * 24 * 60 * 60));
    assert_eq!(famn::file::sweep(&town.app).await.expect("swept"), 230);
    assert_eq!(town.blobs(), kept);
}
