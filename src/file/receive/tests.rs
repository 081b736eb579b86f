//! The pace a sender is held to, on a clock that runs only while nobody has anything to do.

use super::*;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use std::time::Duration;

/// How long a sender is borne, in seconds, until it is told that it is too slow.
async fn borne(mut body: BoxStream<'static, Result<Bytes>>) -> u64 {
    let (begun, mut pace) = (tokio::time::Instant::now(), Pace::start());
    loop {
        match pace.next(&mut body).await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it came to its end"),
            Err(cause) => {
                assert_eq!(cause, Error::TooSlow);
                return begun.elapsed().as_secs();
            }
        }
    }
}

/// So many bytes in each such time, without end.
fn steadily(bytes: usize, every: Duration) -> BoxStream<'static, Result<Bytes>> {
    let next = move |()| async move {
        tokio::time::sleep(every).await;
        Some((Ok(Bytes::from(vec![0; bytes])), ()))
    };
    stream::unfold((), next).boxed()
}

#[tokio::test(start_paused = true)]
async fn less_than_a_kibibyte_a_second_is_too_slow() {
    let second = Duration::from_secs(1);
    assert_eq!(borne(stream::pending().boxed()).await, 10);
    assert_eq!(borne(steadily(1, second / 10)).await, 10);
    assert_eq!(borne(steadily(1000, second)).await, 10);
    assert_eq!(borne(steadily(100, Duration::from_secs(9))).await, 10);
}

#[tokio::test(start_paused = true)]
async fn a_good_beginning_is_no_credit() {
    let burst = stream::iter([Ok(Bytes::from(vec![0; 1 << 20]))]);
    let then_silent = burst.chain(stream::pending());
    assert_eq!(
        borne(then_silent.boxed()).await,
        20,
        "ten seconds for the burst, ten for the silence"
    );
}

#[tokio::test(start_paused = true)]
async fn a_steady_sender_has_ten_minutes() {
    assert_eq!(borne(steadily(2048, Duration::from_secs(1))).await, 600);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ended_is_not_asked_again() {
    // This one panics where it is.
    let once = stream::unfold(true, async |first| {
        first.then(|| (Ok::<_, Error>(Bytes::from("a")), false))
    });
    let (mut once, mut pace) = (Box::pin(once), Pace::start());
    assert_eq!(pace.next(&mut once).await, Ok(Some(Bytes::from("a"))));
    for _ in 0..3 {
        assert_eq!(pace.next(&mut once).await, Ok(None));
    }
}
