//! What is begun and not finished leaves nothing behind.

use super::*;
use crate::clock::Clock;
use futures_util::FutureExt as _;
use tokio::runtime::Builder;

#[tokio::test]
async fn a_blob_is_never_written_over() {
    let shelf = Shelf::fresh();
    let (name, key) = shelf.put(&text(5)).await;
    assert!(shelf.blobs.create(name, &Key::fresh()).await.is_err());
    assert_eq!(shelf.get(name, &key, 5).await.1.expect("as it was"), text(5));
}

#[tokio::test]
async fn what_is_given_up_leaves_nothing() {
    let shelf = Shelf::fresh();
    for abort in [true, false] {
        let mut writer = shelf.blobs.create(name(), &Key::fresh()).await.expect("begun");
        writer.push(&text(3 << 20)).await.expect("written");
        assert_eq!(shelf.files().len(), 1);
        if abort {
            writer.abort().await
        } else {
            drop(writer)
        }
        assert!(shelf.files().is_empty(), "{abort}");
    }
}

#[test]
fn a_runtime_that_goes_down_leaves_nothing() {
    let shelf = Shelf::fresh();
    let runtime = Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .expect("a runtime");
    let blobs = shelf.blobs.clone();
    let begun = runtime.block_on(async move {
        let (begun, told) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let mut writer = blobs.create(name(), &Key::fresh()).await.expect("begun");
            writer.push(&text(3 << 20)).await.expect("written");
            // What is handed to the blocking pool from here on is not started in time.
            spawn_blocking(|| std::thread::sleep(Duration::from_millis(100)));
            begun.send(()).expect("told");
            std::future::pending::<()>().await;
            drop(writer);
        });
        told.await
    });
    begun.expect("begun");
    assert_eq!(shelf.files().len(), 1);
    runtime.shutdown_background();
    assert!(shelf.files().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finish_that_is_dropped_half_way_leaves_nothing() {
    let shelf = Shelf::fresh();
    let mut finished = 0;
    for round in 0..200 {
        let mut writer = shelf.blobs.create(name(), &Key::fresh()).await.expect("begun");
        writer.push(&text(100_000)).await.expect("written");
        let patience = Duration::from_micros(round * 20);
        let started = std::time::Instant::now();
        let mut finish = Box::pin(writer.finish());
        // Polled by hand, as a timer wakes no sooner than a millisecond.
        let answered = loop {
            match (&mut finish).now_or_never() {
                Some(facts) => break facts.is_ok(),
                None if started.elapsed() > patience => break false,
                None => tokio::task::yield_now().await,
            }
        };
        drop(finish);
        finished += usize::from(answered);
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(shelf.files().len(), finished);
    assert!(finished < 200, "none was dropped half-way");
}

#[test]
fn a_part_that_was_lost_is_not_passed_over() {
    let shelf = Shelf::fresh();
    let runtime = Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .expect("a runtime");
    for go_on in [true, false] {
        runtime.block_on(async {
            let mut writer = shelf.blobs.create(name(), &Key::fresh()).await.expect("begun");
            // With the only thread that could write it taken, the part waits when its push is dropped.
            let (let_go, wait) = std::sync::mpsc::channel::<()>();
            let busy = spawn_blocking(move || wait.recv());
            assert!(writer.push(&text(2 << 20)).now_or_never().is_none());
            let_go.send(()).expect("told");
            busy.await.expect("no panic").expect("told");
            if go_on {
                assert!(writer.push(b"more").await.is_err());
            }
            assert!(writer.finish().await.is_err());
        });
    }
    assert!(shelf.files().is_empty());
}

#[tokio::test]
async fn what_a_killed_process_left_is_swept() {
    let shelf = Shelf::fresh();
    let (kept, key) = shelf.put(&text(5)).await;
    let mut killed = shelf.blobs.create(name(), &Key::fresh()).await.expect("begun");
    killed.push(&text(2 << 20)).await.expect("written");
    std::mem::forget(killed);
    assert_eq!(shelf.files().len(), 2);
    let listed: Vec<_> = shelf
        .blobs
        .list(LATER)
        .map_ok(|(name, _)| name)
        .try_collect()
        .await
        .expect("listed");
    assert_eq!(listed, [kept], "what was begun is no blob");

    // Another process that lives may be the one that writes it.
    let other = Blobs::local(&shelf.blobs.root).expect("the same folder");
    assert_eq!(other.sweep_at_start(Instant::from_micros(0)).await, Ok(0));
    let now = Clock::system().now().plus(Duration::from_secs(1));
    assert_eq!(shelf.blobs.sweep_at_start(now).await, Ok(0), "may still be written to");
    assert_eq!(shelf.blobs.sweep_old(now).await, Ok(0), "may still be written to");
    drop(other);
    let alone = Blobs::local(&shelf.blobs.root).expect("the same folder");
    assert_eq!(alone.sweep_at_start(now).await, Ok(0), "the first one lives still");
    assert_eq!(
        alone.sweep_old(LATER).await,
        Ok(1),
        "too old for an upload, whoever lives"
    );
    assert_eq!(shelf.files(), [shelf.path(kept)]);
    assert!(shelf.get(kept, &key, 5).await.0.is_ok());
}

#[tokio::test]
async fn a_process_that_is_alone_sweeps_what_was_begun_just_before_it() {
    let shelf = Shelf::fresh();
    let mut killed = shelf.blobs.create(name(), &Key::fresh()).await.expect("begun");
    killed.push(&text(2 << 20)).await.expect("written");
    std::mem::forget(killed);
    let now = Clock::system().now().plus(Duration::from_secs(1));
    assert_eq!(shelf.blobs.sweep_at_start(now).await, Ok(1));
    assert!(shelf.files().is_empty());
}
