use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn beaten(runs: Arc<AtomicUsize>, pulse: Pulse) {
    pulse.beat();
    match runs.fetch_add(1, Ordering::SeqCst) {
        0 => panic!("the first time it panics"),
        1 => {}
        _ => std::future::pending().await,
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_panics_or_ends_is_begun_again_and_is_missed_meanwhile() {
    let (roster, (stop, stopping)) = (Arc::new(Roster::default()), watch::channel(false));
    let (runs, pulse) = (
        Arc::new(AtomicUsize::new(0)),
        roster.add(Pulse::of("letters", Duration::from_secs(60))),
    );
    let own = runs.clone();
    let kept = tokio::spawn(keep(pulse, stopping, move |pulse| beaten(own.clone(), pulse)));
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(roster.missing().map(|one| one.name), Some("letters"));
    tokio::time::sleep(PAUSES.0).await;
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert!(roster.missing().is_some(), "it has ended again");
    tokio::time::sleep(PAUSES.0).await;
    assert_eq!(runs.load(Ordering::SeqCst), 2, "the second pause is longer");
    tokio::time::sleep(PAUSES.0).await;
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    assert!(roster.missing().is_none());
    assert_eq!(roster.standings()[0].begun_again, 2);
    kept.abort();
    drop(stop);
}

#[tokio::test]
async fn a_task_that_is_asked_to_stop_is_not_begun_again() {
    let (stop, stopping) = watch::channel(false);
    let own = stopping.clone();
    let waits = move |_| {
        let mut stop = own.clone();
        async move { drop(stop.changed().await) }
    };
    let pulse = Pulse::of("sweep", Duration::from_secs(60));
    let kept = tokio::spawn(keep(pulse.clone(), stopping, waits));
    tokio::task::yield_now().await;
    stop.send(true).expect("it listens");
    kept.await.expect("it ends");
    assert_eq!(pulse.standing().begun_again, 0);
}

#[test]
fn one_that_does_not_come_round_is_missed_and_one_that_rests_is_not() {
    let roster = Roster::default();
    let pulse = roster.add(Pulse::of("writer", Duration::from_millis(5)));
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(roster.missing().map(|one| one.name), Some("writer"));
    pulse.beat();
    pulse.rest();
    std::thread::sleep(Duration::from_millis(20));
    assert!(roster.missing().is_none());
}

#[test]
fn pauses_grow_to_a_bound_and_begin_anew_after_a_good_run() {
    let mut pause = Pause::first();
    let waits: Vec<_> = (0..12).map(|_| pause.after(Duration::ZERO)).collect();
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]) && waits[1] == PAUSES.0 * 2);
    assert_eq!(waits[11], PAUSES.1);
    assert_eq!(pause.after(RAN_WELL), PAUSES.0);
}
