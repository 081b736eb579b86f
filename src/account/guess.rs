//! Guessing at passwords: after wrong sign-ins the next has to wait, longer the more there were, and never longer than
//! half a minute: nothing is ever shut. Counted are the account from this network (a pair), the account from anywhere,
//! the network over all accounts, and everyone together; all of it in the database, by keyed hashes.
//!
//! Where an account has signed in before, only the pair's own failures count, so that strangers elsewhere cannot slow
//! the owner. Anywhere else a pair waits for the account (and for everyone) to have been left alone so long, or, where
//! strangers leave it no peace, so long from when it came itself: each network gets its turn, however many crowd. What
//! one network fails at over many accounts is paced together. (SES-09; the steps are Kanidm's.)

use crate::clock::Instant;
use crate::crypt::BlindIndex;
use std::net::IpAddr;
use std::time::Duration;

/// Failures of one network over all accounts that slow nobody yet, within [`WINDOW`]: an office of people who slip.
const FREE_OF_NETWORK: i64 = 30;
/// Failures of everyone together that slow nobody yet: a country's slips on the busiest evening are a tenth of it.
const FREE_OF_EVERYONE: i64 = 1000;
/// How long failures over many accounts are remembered, from the first of them.
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Half of an account's failures are forgotten in each such time without a new one.
const HALVED_EVERY: Duration = Duration::from_secs(60 * 60);
/// Beyond what is free, counting ends here: the wait grows no more, and an account is itself again after eight hours.
const MOST: i64 = 128;

/// The wait required after so many failures.
pub(super) const fn wait_after(failures: i64) -> Duration {
    Duration::from_secs(match failures {
        ..=0 => 0,
        1..=2 => 1,
        3..=8 => 3,
        9..=24 => 5,
        25..=99 => 10,
        _ => 30,
    })
}

/// What a bucket counts failures of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// One account, from one network or any.
    Account,
    Network,
    Everyone,
}

impl Over {
    /// Failures that slow nobody yet.
    const fn free(self) -> i64 {
        match self {
            Over::Account => 0,
            Over::Network => FREE_OF_NETWORK - 1,
            Over::Everyone => FREE_OF_EVERYONE - 1,
        }
    }
}

/// Failures as they are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bucket {
    pub failures: i64,
    /// When counting began.
    pub began_at: Instant,
    /// The last failure; in a pair without any, when it was first made to wait.
    pub last_at: Instant,
}

impl Bucket {
    /// The first of its kind, with nothing counted yet.
    pub(super) const fn empty(now: Instant) -> Bucket {
        Bucket {
            failures: 0,
            began_at: now,
            last_at: now,
        }
    }

    /// The failures that still count.
    fn remembered(&self, over: Over, now: Instant) -> i64 {
        match over {
            Over::Account => {
                let hours = now.since(self.last_at).as_secs() / HALVED_EVERY.as_secs();
                self.failures >> hours.min(62)
            }
            Over::Network | Over::Everyone if now.since(self.began_at) < WINDOW => self.failures,
            Over::Network | Over::Everyone => 0,
        }
    }

    /// The wait these failures require.
    fn wait(&self, over: Over, now: Instant) -> Duration {
        wait_after(self.remembered(over, now) - over.free())
    }

    /// The bucket after one more failure.
    pub(super) fn with_failure(found: Option<Bucket>, over: Over, now: Instant) -> Bucket {
        let before = found.unwrap_or(Bucket::empty(now));
        let remembered = before.remembered(over, now);
        Bucket {
            failures: (remembered + 1).min(over.free() + MOST),
            began_at: if remembered == 0 { now } else { before.began_at },
            last_at: now,
        }
    }
}

/// The tokens a sign-in's buckets stand under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counters {
    pub pair: [u8; 16],
    pub account: [u8; 16],
    pub network: [u8; 16],
    pub everyone: [u8; 16],
}

impl Counters {
    /// For whoever tries `email` (in its normal form) at `board` from `network`, whether or not there is such a board
    /// or account.
    pub(super) fn of(index: &BlindIndex, board: &str, email: &str, network: Option<IpAddr>) -> Counters {
        let network = network.map_or_else(String::new, |ip| ip.to_string());
        let account = index.token("sign_in.account", &format!("{board}\0{email}"));
        Counters {
            pair: index.token("sign_in.pair", &format!("{} {network}", hex::encode(account))),
            account,
            network: index.token("sign_in.network", &network),
            everyone: index.token("sign_in.everyone", ""),
        }
    }

    /// All of them in the order in which their rows are locked.
    pub(super) fn all(&self) -> [([u8; 16], Over); 4] {
        [
            (self.pair, Over::Account),
            (self.account, Over::Account),
            (self.network, Over::Network),
            (self.everyone, Over::Everyone),
        ]
    }
}

/// What has been counted against a sign-in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// Whether the account has signed in from this network before.
    pub known: bool,
    pub pair: Option<Bucket>,
    pub account: Option<Bucket>,
    pub network: Option<Bucket>,
    pub everyone: Option<Bucket>,
}

/// How long a sign-in has still to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub left: Duration,
    /// The pair waits for the first time: it must be noted, since its wait counts from now.
    pub begins: bool,
}

impl Wait {
    pub(super) const fn is_over(&self) -> bool {
        self.left.is_zero()
    }

    /// Whole seconds, for `Retry-After`.
    pub(super) const fn seconds(&self) -> u64 {
        self.left.as_micros().div_ceil(1_000_000) as u64
    }
}

impl Counts {
    pub(super) fn wait(&self, now: Instant) -> Wait {
        let own = left(self.pair, Over::Account, now);
        if self.known {
            return Wait {
                left: own,
                begins: false,
            };
        }
        let came_at = self.pair.map_or(now, |pair| pair.last_at);
        let turn = Counts::turn(self.account, Over::Account, came_at, now);
        let turn = turn.max(Counts::turn(self.everyone, Over::Everyone, came_at, now));
        Wait {
            left: own.max(turn).max(left(self.network, Over::Network, now)),
            begins: self.pair.is_none() && !turn.is_zero(),
        }
    }

    /// What is left until it is the turn of a pair that came at `came_at`: until the bucket has been left alone for as
    /// long as it requires, or the pair has waited as long itself.
    fn turn(bucket: Option<Bucket>, over: Over, came_at: Instant, now: Instant) -> Duration {
        let required = bucket.map_or(Duration::ZERO, |one| one.wait(over, now));
        left(bucket, over, now).min(required.saturating_sub(now.since(came_at)))
    }
}

/// What is left of the wait a bucket requires since its last failure.
fn left(bucket: Option<Bucket>, over: Over, now: Instant) -> Duration {
    bucket.map_or(Duration::ZERO, |one| {
        one.wait(over, now).saturating_sub(now.since(one.last_at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant::from_micros(1_795_000_000_000_000);
    const SECOND: Duration = Duration::from_secs(1);

    fn failed(failures: i64, ago: u64) -> Option<Bucket> {
        let last_at = NOW.minus(SECOND * ago as u32);
        Some(Bucket {
            failures,
            began_at: last_at,
            last_at,
        })
    }

    fn seconds(counts: Counts) -> (u64, bool) {
        let wait = counts.wait(NOW);
        (wait.seconds(), wait.begins)
    }

    #[test]
    fn the_steps() {
        let steps = [
            (0, 0),
            (1, 1),
            (2, 1),
            (3, 3),
            (8, 3),
            (9, 5),
            (24, 5),
            (25, 10),
            (99, 10),
            (100, 30),
            (1 << 40, 30),
        ];
        for (failures, wait) in steps {
            assert_eq!(wait_after(failures), SECOND * wait, "{failures}");
        }
        assert_eq!(wait_after(-5), Duration::ZERO);
    }

    #[test]
    fn an_account_left_alone_long_enough_waits_for_nobody() {
        let counts = |ago| Counts {
            account: failed(9, ago),
            ..Counts::default()
        };
        assert_eq!(seconds(counts(5)), (0, false));
        assert_eq!(seconds(counts(4)), (1, true));
        // A pair that came five seconds ago has its turn though someone failed this moment.
        let crowded = Counts {
            pair: failed(0, 5),
            ..counts(0)
        };
        assert_eq!(seconds(crowded), (0, false));
        assert_eq!(
            seconds(Counts {
                pair: failed(0, 2),
                ..counts(0)
            }),
            (3, false)
        );
        assert_eq!(
            seconds(Counts {
                known: true,
                ..counts(0)
            }),
            (0, false)
        );
    }

    #[test]
    fn everyone_and_a_network_may_slip_often() {
        let everyone = |failures| Counts {
            everyone: failed(failures, 0),
            ..Counts::default()
        };
        assert_eq!(seconds(everyone(999)), (0, false));
        assert_eq!(seconds(everyone(1000)), (1, true));
        assert_eq!(seconds(everyone(1200)), (30, true));
        assert_eq!(
            seconds(Counts {
                known: true,
                ..everyone(1200)
            }),
            (0, false)
        );
        assert_eq!(
            seconds(Counts {
                pair: failed(0, 30),
                ..everyone(1200)
            }),
            (0, false)
        );
        let network = |failures, ago| Counts {
            network: failed(failures, ago),
            ..Counts::default()
        };
        assert_eq!(seconds(network(29, 0)), (0, false));
        assert_eq!(seconds(network(30, 0)), (1, false));
        assert_eq!(seconds(network(150, 20)), (10, false));
        assert_eq!(seconds(network(150, 600)), (0, false));
        assert_eq!(
            seconds(Counts {
                pair: failed(0, 60),
                ..network(150, 0)
            }),
            (30, false),
            "a network is paced as one"
        );
    }

    #[test]
    fn counting_ends_and_begins_anew() {
        let mut bucket = None;
        for _ in 0..1000 {
            bucket = Some(Bucket::with_failure(bucket, Over::Account, NOW));
        }
        assert_eq!(bucket.map(|bucket| bucket.failures), Some(MOST));
        let later = NOW.plus(WINDOW);
        let window = Bucket::with_failure(failed(100, 0), Over::Network, later);
        assert_eq!((window.failures, window.began_at), (1, later));
        let clock_went_back = Counts {
            pair: failed(200, 0),
            ..Counts::default()
        }
        .wait(NOW.minus(SECOND * 9999));
        assert_eq!(clock_went_back.seconds(), 30);
    }
}
